from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select, update

from dashboard.accounts.model import Board, Person
from dashboard.act import Seen
from dashboard.annexes.model import Licence, SubprocessorNotice
from dashboard.annexes.subprocessors import subprocessor_register
from dashboard.clock import local_day
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError, NotPossibleError
from dashboard.i18n import Language
from dashboard.mail.model import OutgoingMail
from dashboard.notices import queries, service
from dashboard.notices.model import BoardNotice, Objection
from dashboard.notices.rows import NoticeRow
from dashboard.notices.service import NewObjection
from dashboard.notices.terms import ObjectionOutcome
from dashboard.permissions import SYSTEM, VISITOR, Actor
from dashboard.portal import Portal
from tests.acts import NOW, by
from tests.people import AGENT, AUDITOR, BOARD, EDITOR, LYCEUM, OFFICER, OTHER_SCHOOL

TODAY = local_day(NOW)
# The sample announces Klikkompas 1.5 for six weeks from today, with another sub-processor for mail.
HOLDERS = {"90101", "90103", "90111"}


@pytest.fixture(autouse=True)
def _known_people(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        for actor in (LYCEUM, OTHER_SCHOOL, BOARD):
            session.add(Person(id=actor.id, issuer="i", subject=actor.id, name=actor.name, created_at=NOW))


def tell(portal: Portal, now: datetime = NOW) -> int:
    with transaction(portal.engine) as session:
        act = by(session, SYSTEM, now, portal.settings)
        return sum(service.tell_board(act, *each) for each in service.due(act))


def read(portal: Portal, actor: Actor = LYCEUM) -> list[NoticeRow]:
    with reading(portal.engine) as session:
        return queries.notices(by(session, actor, TODAY))


def notice_id(portal: Portal) -> str:
    with reading(portal.engine) as session:
        return session.exec(select(SubprocessorNotice.id)).one()


def object_to(portal: Portal, actor: Actor = LYCEUM, now: datetime = NOW, **changes: object) -> None:
    typed = replace(NewObjection("Te ver weg.", "fg@bruggen.example", on_behalf=True, language=Language.NL), **changes)  # type: ignore[arg-type]
    with transaction(portal.engine) as session:
        service.object_to(by(session, actor, now, portal.settings), Seen(notice_id(portal)), typed)


def mails(portal: Portal, kind: str) -> list[OutgoingMail]:
    with reading(portal.engine) as session:
        rows = session.exec(select(OutgoingMail).where(OutgoingMail.kind == kind)).all()
    return sorted(rows, key=lambda mail: mail.recipient)


def test_every_board_that_uses_the_product_is_told_once_with_its_own_term(school_portal: Portal) -> None:
    assert tell(school_portal) == 3
    assert tell(school_portal, NOW + timedelta(hours=1)) == 0
    with reading(school_portal.engine) as session:
        rows = {row.board_number: row for row in session.exec(select(BoardNotice))}
    assert set(rows) == HOLDERS
    assert {(row.told_at, row.object_until, row.mailed) for row in rows.values()} == {(NOW, TODAY + timedelta(days=28), True)}
    sent = mails(school_portal, "subprocessor_notice")
    assert [mail.recipient for mail in sent] == [f"privacy@{number}.example" for number in sorted(HOLDERS)]
    assert "- Postkoets Oy (fictief) toegevoegd:" in sent[0].body
    assert "donderdag 2 april 2026" in sent[0].body


def test_a_board_that_comes_later_is_told_later_with_its_own_term(school_portal: Portal) -> None:
    tell(school_portal)
    with transaction(school_portal.engine) as session:
        session.add(Licence(id="new", product_slug="klikkompas", location="95CB00", valid_from=TODAY + timedelta(days=3)))
    later = NOW + timedelta(days=10)
    assert tell(school_portal, later) == 1
    with reading(school_portal.engine) as session:
        assert session.get_one(BoardNotice, (notice_id(school_portal), "90113")).object_until == TODAY + timedelta(days=38)


def test_nobody_is_told_of_what_began_was_called_off_or_is_licensed_only_afterwards(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        session.exec(
            update(Licence).where(col(Licence.product_slug) == "klikkompas").values(valid_from=TODAY + timedelta(days=90))
        )
    assert tell(school_portal) == 0
    with transaction(school_portal.engine) as session:
        session.exec(update(Licence).where(col(Licence.product_slug) == "klikkompas").values(valid_from=date(2020, 1, 1)))
    assert tell(school_portal, NOW + timedelta(days=42)) == 0
    with transaction(school_portal.engine) as session:
        session.exec(update(SubprocessorNotice).values(withdrawn_at=NOW))
    assert tell(school_portal) == 0


def test_a_board_without_a_contact_is_told_in_the_portal_and_that_is_kept(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        session.exec(update(Board).where(col(Board.number) == "90101").values(contact_email=""))
    tell(school_portal)
    with reading(school_portal.engine) as session:
        told = {row.board_number: row.mailed for row in queries.told_boards(by(session, AUDITOR), notice_id(school_portal))}
    assert told == {"90101": False, "90103": True, "90111": True}
    assert len(mails(school_portal, "subprocessor_notice")) == 2


def test_a_board_that_merged_is_told_as_the_one_it_is_now(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        session.add(Licence(id="old", product_slug="klikkompas", board_number="90106", valid_from=date(2020, 1, 1)))
        session.add(Licence(id="moved", product_slug="klikkompas", brin="94AA", valid_from=date(2020, 1, 1)))
    tell(school_portal)
    with reading(school_portal.engine) as session:
        told = {row.board_number for row in session.exec(select(BoardNotice))}
    assert told == HOLDERS | {"90107"}


def test_a_school_reads_what_its_board_was_told_and_the_first_look_is_kept(school_portal: Portal) -> None:
    tell(school_portal)
    (row,) = read(school_portal)
    assert (row.notice.product, row.notice.version, row.board_number, row.object_until) == (
        "Klikkompas",
        "1.5",
        "90101",
        TODAY + timedelta(days=28),
    )
    assert {(change.change.value, change.name) for change in row.notice.changes} == {
        ("removed", "Berichtenpost GmbH (fictief)"),
        ("added", "Postkoets Oy (fictief)"),
    }
    assert read(school_portal, OTHER_SCHOOL) == []
    for when in (NOW, NOW + timedelta(days=1)):
        with transaction(school_portal.engine) as session:
            service.mark_seen(by(session, LYCEUM, when), row.id)
    assert read(school_portal)[0].seen_at == NOW
    with pytest.raises(NotFoundError), transaction(school_portal.engine) as session:
        service.mark_seen(by(session, OTHER_SCHOOL, NOW), row.id)


def test_an_objection_is_received_answered_once_and_mailed(school_portal: Portal) -> None:
    tell(school_portal)
    object_to(school_portal)
    with pytest.raises(NotPossibleError) as refused:
        object_to(school_portal, BOARD)
    assert refused.value.text_key == "notices.objected_already"
    with reading(school_portal.engine) as session:
        objection = session.exec(select(Objection)).one()
        (summary,) = queries.summaries(by(session, AUDITOR))
    assert (objection.in_time, objection.board_number, len(summary.objections)) == (True, "90101", 1)
    with transaction(school_portal.engine) as session:
        service.answer_objection(by(session, OFFICER, NOW, school_portal.settings), Seen(objection.id), "upheld", "Akkoord.")
    with pytest.raises(NotFoundError), transaction(school_portal.engine) as session:
        service.answer_objection(by(session, OFFICER, NOW, school_portal.settings), Seen(objection.id), "rejected", "Nee.")
    shown = read(school_portal, BOARD)[0].objection
    assert shown is not None
    assert (shown.outcome, shown.answer) == (ObjectionOutcome.UPHELD, "Akkoord.")
    assert [mail.recipient for kind in ("objection_received", "objection_answered") for mail in mails(school_portal, kind)] == [
        "fg@bruggen.example"
    ] * 2


@pytest.mark.parametrize(("days", "in_time"), [(28, True), (29, False)])
def test_an_objection_after_the_term_is_taken_and_said_to_be_late(school_portal: Portal, days: int, in_time: bool) -> None:
    tell(school_portal)
    object_to(school_portal, now=NOW + timedelta(days=days))
    with reading(school_portal.engine) as session:
        assert session.exec(select(Objection.in_time)).one() is in_time


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"body": "  "}, "body"), ({"body": "x" * 5001}, "body"), ({"email": "geen"}, "email"), ({"on_behalf": False}, "on_behalf")],
)
def test_an_objection_says_what_where_to_answer_and_for_whom(
    school_portal: Portal, changes: dict[str, object], field: str
) -> None:
    tell(school_portal)
    with pytest.raises(InvalidInputError) as refused:
        object_to(school_portal, **changes)
    assert set(refused.value.problems) == {field}


def test_another_school_objects_to_nothing_and_others_answer_nothing(school_portal: Portal) -> None:
    tell(school_portal)
    with pytest.raises(NotFoundError):
        object_to(school_portal, OTHER_SCHOOL)
    for actor in (VISITOR, AGENT, AUDITOR):
        with pytest.raises(NotAllowedError):
            object_to(school_portal, actor)
    object_to(school_portal)
    with reading(school_portal.engine) as session:
        objection = session.exec(select(Objection.id)).one()
    for actor in (VISITOR, LYCEUM, AGENT, EDITOR, AUDITOR):
        with pytest.raises(NotAllowedError), transaction(school_portal.engine) as session:
            service.answer_objection(by(session, actor, NOW, school_portal.settings), Seen(objection), "upheld", "Ja.")


@pytest.mark.parametrize(
    ("outcome", "answer", "field"), [("", "x", "outcome"), ("misschien", "x", "outcome"), ("upheld", " ", "answer")]
)
def test_an_answer_has_a_judgement_and_words(school_portal: Portal, outcome: str, answer: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused, transaction(school_portal.engine) as session:
        service.answer_objection(by(session, OFFICER, NOW, school_portal.settings), Seen("x"), outcome, answer)
    assert set(refused.value.problems) == {field}


def test_the_register_holds_who_gets_what_now_and_from_when(school_portal: Portal) -> None:
    with reading(school_portal.engine) as session:
        rows = subprocessor_register(by(session, AUDITOR, TODAY))
    coming = [row for row in rows if row.name == "Postkoets Oy (fictief)"]
    assert [(row.product, row.version, row.country, row.since) for row in coming] == [
        ("Klikkompas", "1.5", "FI", TODAY + timedelta(days=42))
    ]
    leaving = [row for row in rows if row.product == "Klikkompas" and row.name == "Berichtenpost GmbH (fictief)"]
    assert [(row.version, row.until) for row in leaving] == [("1.4", TODAY + timedelta(days=41))]
    assert not [row for row in rows if row.product == "Codekist"]
