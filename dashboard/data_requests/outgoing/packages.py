"""The answer to an access or portability request as one ZIP: a summary people can read, and the data as JSON and CSV.

Staff put in what each system gave (JSON or CSV); the data map adds what art. 15(1)(a)-(h) asks. The ZIP is sealed at rest as
every file of a case is.
"""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.accounts.queries import logins_of
from dashboard.act import Allowed, Seen, asks
from dashboard.content import organisation
from dashboard.data_requests.case.alike import same_address
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.queries import case_view
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.case.ticks import tick_those
from dashboard.data_requests.law.checklists import step_of
from dashboard.data_requests.law.recipients import PART, PORTAL, System, general, looked_up, recipients, systems
from dashboard.data_requests.law.rights import Right, Subject
from dashboard.data_requests.outgoing.answers import attach
from dashboard.data_requests.outgoing.contents import depth_of
from dashboard.data_requests.outgoing.data_map import is_confirmed
from dashboard.data_requests.outgoing.uploads import LARGEST_BYTES, Upload
from dashboard.errors import InvalidInputError, NotPossibleError
from dashboard.i18n import Texts, texts
from dashboard.papers import Section, pdf
from dashboard.permissions import Permission
from dashboard.spreadsheets import as_csv, decoded, rows_of
from dashboard.words import loosely

MOST_ROWS = 20_000
DEEPEST = 60
_MADE_ON = (1980, 1, 1, 0, 0, 0)
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one system of the data map gave: a file, or nothing found."""

    system: str
    upload: Upload | None = None


@asks(Permission.HANDLE_CASE)
def build(act: Allowed, seen: Seen, findings: Sequence[Finding]) -> None:
    """Make the package and put it with the answer. Raises InvalidInputError for a system that wasn't looked at, or a file
    that isn't JSON or CSV; NotPossibleError while nobody confirmed the data map. That each system was looked at is ticked.
    """
    case = case_view(act, seen.id)
    if {each.system for each in findings} != {system.key for system in looked_up(PART[case.subject])}:
        raise InvalidInputError({"package": "invalid.package_systems"})
    if not is_confirmed(act):
        raise NotPossibleError("error.data_map")
    found = {each.system: parsed(each.upload) if each.upload else [] for each in findings}
    if case.subject is Subject.OWN_RECORDS:
        found[PORTAL] = _of_portal(act, case)
    content = packed(case, found, now=act.now)
    if len(content) > LARGEST_BYTES:
        raise InvalidInputError({"file": "invalid.file_large"})
    attach(act, seen, Upload(f"{texts(case.language)('package.name')}-{case.reference}.zip", content))
    if case.subject is Subject.OWN_RECORDS:
        asked = [row.right for row in case.rights if row.right in {Right.ACCESS, Right.PORTABILITY}]
        tick_those(act, act.find(Case, case.id), (step_of(right, key) for right in asked for key in sorted(found)))


def _of_portal(act: Allowed, case: CaseView) -> Rows:
    """What this portal holds of the requester: this request, their others, their logins. One mailbox may be several people's:
    only those of the same name.
    """
    t, own = texts(case.language), act.find(Case, case.id)
    theirs = [each for each in (own, *same_address(act, own)) if loosely(each.name) == loosely(own.name)]
    rows = [
        {
            t("paper.reference"): each.reference,
            t("paper.received"): each.received_on.isoformat(),
            t("paper.name"): each.name,
            t("request.contact.email"): each.email,
            t("case.about"): each.subject_name or each.name,
            t("paper.words"): each.explanation,
        }
        for each in theirs
        if not each.purged_at
    ]
    return [*rows, *logins_of(act, own.email)]


def parsed(upload: Upload) -> Rows:
    """The rows of a JSON or CSV file. A JSON object is one row; a list of objects is a row each."""
    try:
        text = decoded(upload.content)
        rows = _from_csv(text) if upload.name.lower().endswith(".csv") else _from_json(text)
    except (ValueError, csv.Error, RecursionError) as wrong:
        raise InvalidInputError({"package": "invalid.package_file"}) from wrong
    if len(rows) > MOST_ROWS:
        raise InvalidInputError({"package": "invalid.package_rows"})
    return rows


def packed(case: CaseView, found: dict[str, Rows], *, now: datetime) -> bytes:
    """The ZIP: summary in the requester's language, and each system's rows twice, for people's and for machines' use."""
    t = texts(case.language)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, t("package.summary_name"), summary_pdf(t, case, found, now=now))
        _add(archive, "data.json", json.dumps(found, ensure_ascii=False, indent=2).encode())
        for key, rows in sorted(found.items()):
            if rows:
                _add(archive, f"{key}.csv", to_csv(rows))
    return out.getvalue()


def summary_pdf(t: Texts, case: CaseView, found: dict[str, Rows], *, now: datetime) -> bytes:
    """What art. 15(1)(a)-(h) asks, per system, as a tagged PDF. A portability answer needs only the data, and says so."""
    asks_access = any(row.right is Right.ACCESS for row in case.rights)
    sections = [_system(t, system, found[system.key], told=asks_access) for system in systems(PART[case.subject])]
    if asks_access:
        o = organisation()
        sections.append(
            Section(
                t("package.rights.title"),
                text=(t("package.rights.text", email=o.email, authority=o.authority_name, url=o.authority_complaint_url),),
            )
        )
    about = "package.intro_about" if case.subject_name else "package.intro"
    intro = (t(about, name=case.name, about=case.about, day=t.day(case.dates.received_on)),)
    return pdf(t, t("package.title", reference=case.reference), intro, sections, now=now)


def to_csv(rows: Rows) -> bytes:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return as_csv((columns, *([_shown(row.get(name, "")) for name in columns] for row in rows)))


def _system(t: Texts, system: System, rows: Rows, *, told: bool) -> Section:
    language = t.language
    by_key = {each.key: each.name(language) for each in recipients(system.role)}
    facts = (
        (t("package.purposes"), system.told("purposes", language)),
        (t("package.legal_ground"), t(f"legal_ground.{system.legal_ground}")),
        (t("package.categories"), system.told("categories", language)),
        (t("package.recipients"), ", ".join(by_key[key] for key in system.recipients) or t("package.nobody")),
        (t("package.retention"), system.told("retention", language)),
        (t("package.source"), system.told("source", language)),
        (t("package.automated"), general("automated", language)),
        (t("package.transfer"), general("transfer", language)),
    )
    lines = tuple("\n".join(f"{name}: {_shown(value)}" for name, value in row.items()) for row in rows)
    # Of a system in which nothing was found nothing is used for anything, and nobody gets it.
    return Section(system.name(language), facts if told and rows else (), lines or (t("package.nothing"),))


def _from_json(text: str) -> Rows:
    value = json.loads(text)
    rows = value if isinstance(value, list) else [value]
    if not all(isinstance(row, dict) for row in rows) or depth_of(value) > DEEPEST:
        raise ValueError("not objects, or deeper than anybody reads")
    return rows


def _from_csv(text: str) -> Rows:
    headings, *rows = rows_of(text)
    headings = _told_apart(headings)
    if len(headings) == 1 and not rows:
        raise ValueError("a word is no table")
    return [dict(zip(headings, row, strict=len(row) > len(headings))) for row in rows if row]


def _told_apart(headings: Sequence[str]) -> list[str]:
    """Two columns of one name stay two."""
    found: list[str] = []
    for heading in headings:
        number = sum(each == heading or each.startswith(f"{heading} (") for each in found)
        found.append(f"{heading} ({number + 1})" if heading in found else heading)
    return found


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _MADE_ON), content, zipfile.ZIP_DEFLATED)
