import io
import json
import zipfile
from datetime import datetime, time, timedelta

import pikepdf
import pytest
from icalendar import Calendar
from sqlalchemy import Engine, update

from dashboard.act import Seen
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.desk import handling
from dashboard.data_requests.law.recipients import systems
from dashboard.data_requests.outgoing import answers, calendar_file, data_map, packages, papers
from dashboard.data_requests.outgoing.packages import Finding
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester import following
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotPossibleError
from dashboard.i18n import Language
from dashboard.permissions import Actor
from dashboard.policy import queries as policy
from dashboard.policy.model import PolicyChange
from dashboard.settings import Settings
from tests import cases
from tests.acts import by, seen
from tests.people import AGENT, AUDITOR, OFFICER, request, requester

CRM = Upload("crm.json", json.dumps([{"naam": "Noor", "telefoon": "=1+1"}]).encode())
CSV = Upload("orders.csv", "order;datum\n1;2024-02-01\n2;2025-02-01\n".encode("utf-8-sig"))
FOUND = [Finding("crm", CRM), Finding("administration", CSV), Finding("newsletter")]


def view(engine: Engine, settings: Settings, case: Case, now: datetime, actor: Actor = AGENT) -> CaseView:
    with reading(engine) as session:
        return queries.case_view(by(session, actor, now, settings), case.id)


def confirm(engine: Engine, now: datetime) -> None:
    """The officer says that the data map is right, unless it was said before."""
    with transaction(engine) as session:
        act = by(session, OFFICER, now)
        if not data_map.is_confirmed(act):
            data_map.confirm(act, Seen(data_map.RULE), reason="Nagekeken")


def build(
    engine: Engine, settings: Settings, case: Case, now: datetime, found: list[Finding], who: Actor = AGENT
) -> zipfile.ZipFile:
    shown = view(engine, settings, case, now)
    confirm(engine, now)
    with transaction(engine) as session:
        packages.build(by(session, who, now, settings), seen(shown), found)
    (file,) = view(engine, settings, case, now).files
    with transaction(engine) as session:
        content = answers.download(by(session, AGENT, now, settings), file.id).content
    return zipfile.ZipFile(io.BytesIO(content))


def text_of(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def test_the_package_holds_summary_json_and_csv(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    archive = build(engine, settings, case, now, FOUND)
    assert sorted(archive.namelist()) == ["administration.csv", "crm.csv", "data.json", "portal.csv", "samenvatting.pdf"]
    data = json.loads(archive.read("data.json"))
    assert data["crm"] == [{"naam": "Noor", "telefoon": "=1+1"}]
    assert [row["order"] for row in data["administration"]] == ["1", "2"]
    assert data["newsletter"] == []
    (own,) = data["portal"]
    assert (own["Kenmerk"], own["Je e-mailadres"]) == (case.reference, case.email)
    # In a spreadsheet nothing runs.
    assert archive.read("crm.csv").decode("utf-8-sig").splitlines() == ["naam;telefoon", "Noor;'=1+1"]
    pdf = text_of(archive.read("samenvatting.pdf"))
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "nl"


def captured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the summary says, as it goes to the printer."""
    written: list[str] = []

    def read(*paper: object, **_: object) -> bytes:
        written.append(repr(paper))
        return b"%PDF"

    monkeypatch.setattr(packages, "pdf", read)
    return written


def test_an_answer_about_a_child_names_the_child_and_tells_of_what_was_found_alone(
    engine: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = request(role="parent", subject_name="Mees Voorbeeld", born_on="14-3-2018")
    case = cases.in_progress(engine, settings, now, child)
    written = captured(monkeypatch)
    build(engine, settings, case, now, FOUND)
    (text,) = written
    assert "Dit gaat over Mees Voorbeeld, op verzoek van Noor Voorbeeld." in text
    for told in ("vragen beantwoorden", "bestellingen leveren", "Leverancier van het relatiebeheer", "Dit portaal"):
        assert told in text
    # Nothing was found in the newsletter's system: no purpose, and nobody who gets it.
    for untold in ("je de nieuwsbrief sturen", "Dienst voor de nieuwsbrief", "Europese Unie"):
        assert untold not in text
    assert "Europese Economische Ruimte (EER)" in text


def test_of_a_mailbox_of_several_people_only_ones_own_requests_are_given(
    engine: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = cases.received(engine, settings, now, request(name="Piet Ander", email="info@school.example"))
    mine = cases.in_progress(engine, settings, now + timedelta(hours=1), request(email="info@school.example"))
    archive = build(engine, settings, mine, now + timedelta(hours=1), FOUND)
    assert mine.reference in archive.read("portal.csv").decode("utf-8-sig")
    assert other.reference not in archive.read("data.json").decode()


def test_no_package_is_made_with_a_map_that_nobody_confirmed(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    with pytest.raises(NotPossibleError, match="data_map"), transaction(engine) as session:
        packages.build(by(session, AGENT, now, settings), seen(case), FOUND)
    with pytest.raises(NotAllowedError), transaction(engine) as session:
        data_map.confirm(by(session, AGENT, now), Seen(data_map.RULE), reason="Klopt")
    with pytest.raises(InvalidInputError), transaction(engine) as session:
        data_map.confirm(by(session, OFFICER, now), Seen(data_map.RULE), reason=" ")
    confirm(engine, now)
    with reading(engine) as session:
        (row,) = policy.history(by(session, OFFICER, now), data_map.RULE)
    assert (row.by, row.at, row.reason) == (OFFICER.name, now, "Nagekeken")
    # A map that changed since is another one.
    with transaction(engine) as session:
        session.exec(update(PolicyChange).values(value="of-another-map"))
    with reading(engine) as session:
        assert not data_map.is_confirmed(by(session, AGENT, now))


def test_the_package_lies_encrypted(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    build(engine, settings, case, now, FOUND)
    stored = [path.read_bytes() for path in (settings.data_dir / "files").rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert not stored[0].startswith(b"PK")
    assert b"data.json" not in stored[0]


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (FOUND[:2], "invalid.package_systems"),
        ([], "invalid.package_systems"),
        ([*FOUND[:2], Finding("elsewhere")], "invalid.package_systems"),
        ([Finding("crm", Upload("a.json", b"{niet")), *FOUND[1:]], "invalid.package_file"),
        ([Finding("crm", Upload("a.json", b"[1, 2]")), *FOUND[1:]], "invalid.package_file"),
        ([Finding("crm", Upload("a.csv", b"\xff\xfe\x00")), *FOUND[1:]], "invalid.package_file"),
        ([Finding("crm", Upload("a.csv", b"x")), *FOUND[1:]], "invalid.package_file"),
    ],
)
def test_no_system_is_forgotten_and_no_broken_file_goes_along(
    engine: Engine, settings: Settings, now: datetime, found: list[Finding], problem: str
) -> None:
    case = cases.in_progress(engine, settings, now)
    with pytest.raises(InvalidInputError) as refused:
        build(engine, settings, case, now, found)
    assert refused.value.problems == {"package": problem}
    assert view(engine, settings, case, now).files == ()


def test_only_the_desk_makes_a_package(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    with pytest.raises(NotAllowedError):
        build(engine, settings, case, now, FOUND, who=AUDITOR)


@pytest.mark.parametrize("language", list(Language))
def test_the_summary_of_an_access_answers_article_15(
    engine: Engine, settings: Settings, now: datetime, language: Language
) -> None:
    case = cases.in_progress(engine, settings, now, request(language=language))
    shown = view(engine, settings, case, now)
    found: dict[str, packages.Rows] = {system.key: [{"naam": "Noor"}] for system in systems()}
    archive = zipfile.ZipFile(io.BytesIO(packages.packed(shown, found, now=now)))
    name = {"nl": "samenvatting.pdf", "en": "summary.pdf"}[language.value]
    assert archive.namelist()[:2] == [name, "data.json"]
    assert len(text_of(archive.read(name)).pages) >= 2


def test_receipt_and_dossier_are_tagged_papers_in_the_right_language(engine: Engine, settings: Settings, now: datetime) -> None:
    hostile = "#set text(fill: red) $x$ *vet* [link](x) \\ `code` @ref <script>"
    typed = request(language=Language.EN, explanation=hostile, name="Zoë #panic() Voorbeeld")
    case = cases.in_progress(engine, settings, now, typed)
    receipt = text_of(papers.receipt(view(engine, settings, case, now, requester(case.id)), now=now))
    dossier = text_of(papers.dossier(view(engine, settings, case, now), now=now))
    assert (str(receipt.Root.Lang), str(dossier.Root.Lang)) == ("en", "nl")
    assert case.reference in str(receipt.docinfo["/Title"])
    for paper in (receipt, dossier):
        assert paper.Root.MarkInfo.Marked


def test_the_dossier_says_in_words_why_something_was_doubted_put_off_corrected_and_told(
    engine: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"wrong_field": "Geboortedatum", "right_value": "1 mei 1990", "role": "agent", "subject_name": "Oma"}
    typed = request(rights=("rectification",), authorisation=Upload("m.png", cases.PNG), **asked)
    case = cases.in_progress(engine, settings, now, typed)
    with transaction(engine) as session:
        why = {"reason": "number_of_requests", "explanation": "Veel verzoeken."}
        handling.extend(by(session, AGENT, now, settings), seen(case), **why)
    doubt = {"doubt": "De handtekening wijkt af.", "question": "Wat?", "about": "authorisation"}
    with transaction(engine) as session:
        handling.doubt_identity(by(session, AGENT, now, settings), seen(cases.fresh(engine, case)), **doubt)
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), now, settings), Seen(case.id), "Hierbij.")
    cases.tell_all(engine, case, now)
    written: list[str] = []

    def read(*paper: object, **_: object) -> bytes:
        written.append(repr(paper))
        return b""

    monkeypatch.setattr(papers, "pdf", read)
    papers.dossier(view(engine, settings, case, now), now=now)
    (text,) = written
    for part in (
        "Of de aanvrager gemachtigd is: De handtekening wijkt af.",
        "veel verzoeken",
        "Geboortedatum → 1 mei 1990",
        "Leverancier van het relatiebeheer",
    ):
        assert part in text
    for key in ("crm_host", "number_of_requests", "authorisation"):
        assert key not in text


def test_the_due_date_goes_into_a_calendar_without_a_name(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    content = calendar_file.due_date(view(engine, settings, case, now), base_url="https://x.example", now=now).decode()
    assert "DTSTART;VALUE=DATE:20260407" in content
    assert case.reference in content
    assert "Noor" not in content
    # It rings at nine the day before: an all-day event begins at midnight.
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    (alarm,) = event.walk("VALARM")
    midnight = datetime.combine(event.decoded("dtstart"), time())
    assert midnight + alarm.decoded("trigger") == datetime(2026, 4, 6, 9)  # noqa: DTZ001  the wall clock of whoever reads it
