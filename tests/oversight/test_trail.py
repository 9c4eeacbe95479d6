"""Who did, read or tried what: found by every filter, counted against a plain look through the rows, taken along signed."""

import csv
import io
import json
import zipfile
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard import audit_chain, refusals
from dashboard.audit import AuditRow
from dashboard.audit_chain import Break
from dashboard.clock import local_day, utc_now
from dashboard.data_requests.desk import looking
from dashboard.data_requests.upkeep import retention
from dashboard.db import reading, transaction
from dashboard.errors import NotAllowedError, NotFoundError, NotPossibleError
from dashboard.evidence.signing import Signature, holds, public_key
from dashboard.oversight import export, trail
from dashboard.oversight.trail import Asked
from dashboard.permissions import SYSTEM, VISITOR, Actor
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.people import AGENT, AUDITOR, COLLEAGUE, OFFICER, request


def asked(now: datetime, **others: str) -> Asked:
    return Asked(local_day(now) - timedelta(days=1), local_day(now) + timedelta(days=1), **others)


def found(
    engine: Engine, settings: Settings, now: datetime, who: Actor = OFFICER, searched: str = "", **others: str
) -> list[trail.TrailRow]:
    rows, start = [], None
    while True:
        with reading(engine) as session:
            page = trail.trail(by(session, who, now, settings), asked(now, **others), searched=searched, start=start)
        rows += page.rows
        start = page.next
        if start is None:
            return rows


def stored(engine: Engine) -> list[AuditRow]:
    with reading(engine) as session:
        return list(session.exec(select(AuditRow)).all())


@pytest.fixture
def worked(engine: Engine, settings: Settings, now: datetime) -> Engine:
    """Some work of two people on a few requests."""
    for number in range(12):
        moment = now + timedelta(seconds=number)
        case = cases.in_progress(
            engine, settings, moment, request(email=f"{number}@x.example"), AGENT if number % 3 else COLLEAGUE
        )
        cases.decide(engine, case, moment)
    return engine


def test_every_row_is_on_the_pages_once_the_newest_first(worked: Engine, settings: Settings, now: datetime) -> None:
    rows = found(worked, settings, now)
    assert len(rows) > trail.PAGE_SIZE
    assert sorted(row.id for row in rows) == sorted(row.id for row in stored(worked))
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)


@pytest.mark.parametrize(
    "chosen",
    [
        {"who": "agent-1"},
        {"who": "agent-2", "what": "case.take"},
        {"who": "visitor"},
        {"what": "case.decide"},
        {"outcome": "denied"},
    ],
)
def test_a_filter_finds_what_looking_through_all_rows_finds(
    worked: Engine, settings: Settings, now: datetime, chosen: dict[str, str]
) -> None:
    refusals.note(Portal(settings, worked, by(None, SYSTEM, now, settings).files), AGENT, "x", NotAllowedError())  # type: ignore[arg-type]
    soon = utc_now()
    rows = {row.id for row in stored(worked)}
    wanted = {
        row.id
        for row in stored(worked)
        if chosen.get("who", row.actor_id) in {row.actor_id, row.actor_role}
        and row.action == chosen.get("what", row.action)
        and row.outcome == chosen.get("outcome", row.outcome)
    }
    span = Asked(local_day(now), local_day(soon), **chosen)
    with reading(worked) as session:
        act = by(session, OFFICER, soon, settings)
        assert trail.how_many(act, span) == len(wanted) > 0
        page = trail.trail(act, span)
    assert {row.id for row in page.rows} <= wanted <= rows


def test_a_request_is_found_by_its_reference_however_it_is_typed(worked: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(worked, settings, now, request(email="een@x.example"))
    typed = case.reference.lower().replace("-", " ")
    rows = found(worked, settings, now, about=typed)
    assert {row.reference for row in rows} == {case.reference}
    assert [row.action for row in rows].count("case.submit") == 1


def test_days_are_those_of_amsterdam_and_what_isnt_one_counts_as_not_said(now: datetime) -> None:
    today = local_day(now)
    assert Asked.of({"from": "gisteren", "to": "9999-99-99", "what": "zzz", "outcome": "x"}, today) == Asked(
        today - timedelta(days=30), today
    )
    assert Asked.of({"from": "2026-03-09", "to": "2026-03-01"}, today).first.isoformat() == "2026-03-01"


def test_who_searched_for_a_name_is_found_by_that_name_alone(worked: Engine, settings: Settings, now: datetime) -> None:
    with transaction(worked) as session:
        looking.note_search(by(session, AGENT, now, settings), "Noor  Voorbeeld")
    assert [row.actor_id for row in found(worked, settings, now, searched="noor voorbeeld")] == ["agent-1"]
    assert found(worked, settings, now, searched="noor") == []
    assert "noor" not in repr(stored(worked)).lower()


def test_an_auditor_reads_it_and_a_handler_doesnt(worked: Engine, settings: Settings, now: datetime) -> None:
    assert found(worked, settings, now, AUDITOR)
    with pytest.raises(NotAllowedError):
        found(worked, settings, now, AGENT)


def test_the_export_holds_every_row_its_digest_and_a_signature_that_checks(
    worked: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "AT_ONCE", 7)

    def pieces() -> object:
        start = None
        while True:
            with reading(worked) as session:
                page = trail.piece(by(session, OFFICER, now, settings), asked(now), start)
            yield page.rows
            start = page.next
            if start is None:
                return

    with transaction(worked) as session:
        act = by(session, SYSTEM, now, settings)
        while audit_chain.link(act):
            pass
        head = audit_chain.head(act)
    content = b"".join(export.packed(pieces(), asked(now), head, settings, by="Fien", now=now))  # type: ignore[arg-type]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rows, about, signature = (archive.read(name) for name in (export.ROWS, export.ABOUT, export.SIGNATURE))
    told = json.loads(about)
    assert told["sha256"] == sha256(rows).hexdigest()
    assert told["chain"] == {"number": head.number, "head": head.chain}
    assert holds(Signature.from_bytes(signature), about, public_key(settings))
    assert not holds(Signature.from_bytes(signature), about.replace(b"Fien", b"Finn"), public_key(settings))
    read = list(csv.DictReader(io.StringIO(rows.decode("utf-8-sig")), delimiter=";"))
    assert told["rows"] == len(read) == len(stored(worked))
    assert {row["id"] for row in read} == {row.id for row in stored(worked)}
    assert sorted(int(row["number"]) for row in read) == list(range(1, len(read) + 1))


@pytest.mark.parametrize(
    ("refusal", "noted", "subject"),
    [
        (NotAllowedError(), "not_allowed: desk.bulk.merge", ""),
        (NotFoundError("BS-ABC-DEF-GHJ"), "not_found: desk.bulk.merge", "BS-ABC-DEF-GHJ"),
        # Whatever somebody typed isn't kept.
        (NotFoundError("Noor Voorbeeld"), "not_found: desk.bulk.merge", ""),
    ],
)
def test_what_was_refused_is_one_row(
    engine: Engine, settings: Settings, refusal: NotAllowedError | NotFoundError, noted: str, subject: str
) -> None:
    portal = Portal(settings, engine, by(None, SYSTEM, settings=settings).files)  # type: ignore[arg-type]
    refusals.note(portal, AGENT, "desk.bulk.merge", refusal)
    [row] = stored(engine)
    assert (row.action, row.outcome, row.actor_id, row.subject_id, row.detail) == (
        "refused",
        "denied",
        "agent-1",
        subject,
        {"reason": noted},
    )


def test_a_flood_of_refusals_fills_no_table(engine: Engine, settings: Settings) -> None:
    portal = Portal(settings, engine, by(None, SYSTEM, settings=settings).files)  # type: ignore[arg-type]
    for _ in range(80):
        refusals.note(portal, VISITOR, "x", NotFoundError())
    refusals.note(portal, AGENT, "x", NotFoundError())
    assert [row.actor_id for row in stored(engine)].count("") == 60
    assert [row.actor_id for row in stored(engine)].count("agent-1") == 1
    refusals.note(portal, AGENT, "x", NotPossibleError("error.wrong_state"))
    assert len(stored(engine)) == 61


def test_rows_about_a_request_go_with_it_and_the_chain_still_holds(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.decide(engine, cases.in_progress(engine, settings, now), now)
    cases.close(engine, settings, case, now)
    other = cases.in_progress(engine, settings, now, request(email="ander@x.example"))
    later = now + timedelta(days=800)
    before = len(stored(engine))
    with reading(engine) as session:
        due = [each for each in retention.due(by(session, SYSTEM, later, settings)) if each.case_id == case.id]
    for each in due:
        with transaction(engine) as session:
            assert retention.purge(by(session, SYSTEM, later, settings), each)
    left = stored(engine)
    assert {row.action for row in left if row.subject_id == case.id} == {"case.purge"}
    assert [row for row in left if row.subject_id == other.id]
    assert len(left) < before
    _link(engine, settings, later)
    assert _broken(engine) == []


def test_rows_that_were_said_to_go_without_their_request_are_found(engine: Engine, settings: Settings, now: datetime) -> None:
    """Who gets past us and uses the same way."""
    case = cases.in_progress(engine, settings, now)
    _link(engine, settings, now)
    with transaction(engine) as session:
        act = by(session, SYSTEM, now, settings)
        audit_chain.purge_with(act, case.id)
    assert {each.how for each in _broken(engine)} == {Break.GONE}


def _link(engine: Engine, settings: Settings, now: datetime) -> None:
    with transaction(engine) as session:
        while audit_chain.link(by(session, SYSTEM, now, settings)):
            pass


def _broken(engine: Engine) -> list[audit_chain.Broken]:
    with reading(engine) as session:
        return list(audit_chain.breaks(by(session, SYSTEM)))
