from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from dashboard.act import Seen
from dashboard.audit import AuditRow
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.codes import normal_code
from dashboard.data_requests.case.desk_model import FactDay
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case, CaseEvent, CaseRight
from dashboard.data_requests.desk import deciding, handling
from dashboard.data_requests.requester import asking, entering, following
from dashboard.data_requests.requester.links import Entry
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, LinkExpiredError, NotAllowedError, NotFoundError, NotPossibleError
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.settings import Settings
from dashboard.tokens import digest, new_key
from tests import cases
from tests.acts import by, seen
from tests.cases import BROWSER
from tests.people import AGENT, LYCEUM, request, requester


def count(engine: Engine, table: type) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()


def open_code(engine: Engine, settings: Settings, now: datetime, reference: str, code: str, address: str = "192.0.2.1") -> Entry:
    return cases.enter(engine, settings, now, reference, code, address=address)


def test_submitting_leaves_case_rights_event_audit_count_and_mail_together(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now, request(rights=("access", "erasure")))
    case = cases.case_of(engine, receipt)
    assert case.status is Status.UNVERIFIED
    assert (case.received_on, case.due_on) == (date(2026, 3, 5), date(2026, 4, 7))
    assert [count(engine, table) for table in (Case, CaseRight, CaseEvent, AuditRow, FactDay)] == [1, 2, 1, 1, 3]
    (mail,) = cases.mails(engine)
    assert mail.recipient == "noor@aanvrager.example"
    assert receipt.reference in mail.subject
    assert "dinsdag 7 april 2026" in mail.body
    assert receipt.code not in mail.body


def test_the_day_of_receipt_is_the_day_of_submission_in_amsterdam_even_when_confirmed_later(
    engine: Engine, settings: Settings
) -> None:
    submitted = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    receipt = cases.submit(engine, settings, submitted)
    cases.verify(engine, settings, submitted + timedelta(hours=20))
    assert cases.case_of(engine, receipt).received_on == date(2026, 2, 1)


def test_the_code_is_nowhere_in_the_database(sqlite: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(sqlite, settings, now)
    with sqlite.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump()).upper()  # type: ignore[union-attr]
    assert receipt.reference in dump
    assert normal_code(receipt.code) not in dump.replace("-", "")


def test_bad_input_leaves_nothing_behind(engine: Engine, settings: Settings, now: datetime) -> None:
    with pytest.raises(InvalidInputError):
        cases.submit(engine, settings, now, request(email="noor", explanation=""))
    assert [count(engine, table) for table in (Case, CaseEvent, AuditRow, FactDay)] == [0, 0, 0, 0]
    assert not cases.mails(engine)


def test_sending_the_same_form_again_gives_the_same_case_and_code(engine: Engine, settings: Settings, now: datetime) -> None:
    key = new_key()
    first = cases.submit(engine, settings, now, key=key)
    assert cases.submit(engine, settings, now + timedelta(seconds=3), key=key) == first
    assert count(engine, Case) == len(cases.mails(engine)) == 1


def test_eight_clicks_at_the_same_moment_are_one_case(engine: Engine, settings: Settings, now: datetime) -> None:
    key = new_key()
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: cases.submit(engine, settings, now, key=key), range(8)))
    assert len(set(receipts)) == 1
    assert count(engine, Case) == len(cases.mails(engine)) == 1


def test_a_receipt_can_be_had_for_an_hour_by_the_browser_that_sent_the_form_until_it_is_put_away(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    first = cases.submit(engine, settings, now)
    with reading(engine) as session:
        assert asking.receipt(by(session, VISITOR, now + timedelta(minutes=59), settings), BROWSER) == first
        assert asking.receipt(by(session, VISITOR, now + timedelta(minutes=61), settings), BROWSER) is None
        for another in (None, "", "another-browser", digest(BROWSER)):
            assert asking.receipt(by(session, VISITOR, now, settings), another) is None
    second = cases.submit(engine, settings, now + timedelta(minutes=5), request(rights=("erasure",)))
    with transaction(engine) as session:
        assert asking.receipt(by(session, VISITOR, now + timedelta(minutes=6), settings), BROWSER) == second
        asking.forget_receipt(by(session, VISITOR, now, settings), BROWSER)
    with reading(engine) as session:
        assert asking.receipt(by(session, VISITOR, now + timedelta(minutes=7), settings), BROWSER) is None


def test_the_short_code_of_a_mail_opens_its_case_once_and_proves_the_address_as_its_link_does(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now)
    (mail,) = cases.mails(engine, "verification")
    once = cases.once_in(mail)
    other = cases.submit(engine, settings, now, request(name="Iemand Anders", email="ander@aanvrager.example"))
    assert not open_code(engine, settings, now, other.reference, once).opened
    assert not open_code(engine, settings, now + timedelta(hours=25), receipt.reference, once).opened
    assert open_code(engine, settings, now, receipt.reference, once.lower().replace("-", " ")).opened
    case = cases.case_of(engine, receipt)
    assert (case.status, case.verified_at) == (Status.RECEIVED, now)
    assert not open_code(engine, settings, now, receipt.reference, once).opened
    with pytest.raises(LinkExpiredError):
        cases.open_link(engine, settings, cases.token_in(mail), now)


def test_the_code_of_the_case_opens_it_and_proves_no_address(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now)
    assert open_code(engine, settings, now, receipt.reference, receipt.code).opened
    case = cases.case_of(engine, receipt)
    assert case.status is Status.UNVERIFIED
    with reading(engine) as session:
        assert entering.resolve_requester(by(session, VISITOR, now), BROWSER).case_id == case.id


def test_a_ticket_is_good_for_a_minute_and_once(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now)
    with transaction(engine) as session:
        found = entering.try_code(by(session, VISITOR, now, settings), receipt.reference, receipt.code, address="192.0.2.1")
    with pytest.raises(LinkExpiredError):
        cases.open_link(engine, settings, found.ticket, now + timedelta(seconds=61))
    cases.open_link(engine, settings, found.ticket, now + timedelta(seconds=59))
    with pytest.raises(LinkExpiredError):
        cases.open_link(engine, settings, found.ticket, now + timedelta(seconds=59))


def test_an_opened_case_closes_after_eight_hours_however_busy(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    opened = now + timedelta(minutes=5)
    for minutes in range(20, 8 * 60, 20):
        with transaction(engine) as session:
            then = opened + timedelta(minutes=minutes)
            assert entering.needs_touch(by(session, VISITOR, then), BROWSER)
            entering.touch_grant(by(session, requester(case.id), then), BROWSER)
    with reading(engine) as session:
        last = opened + timedelta(hours=8)
        assert entering.resolve_requester(by(session, VISITOR, last - timedelta(seconds=1)), BROWSER).case_id == case.id
        assert entering.resolve_requester(by(session, VISITOR, last), BROWSER) is VISITOR


def test_the_mailed_link_verifies_once_and_opens_the_case_in_that_browser(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now)
    cases.verify(engine, settings, now + timedelta(hours=1))
    case = cases.case_of(engine, receipt)
    assert case.status is Status.RECEIVED
    assert case.verified_at == now + timedelta(hours=1)
    with reading(engine) as session:
        assert entering.resolve_requester(by(session, VISITOR, now + timedelta(hours=1)), BROWSER).case_id == case.id
        assert entering.resolve_requester(by(session, VISITOR, now + timedelta(hours=1)), "another-browser") is VISITOR
    with pytest.raises(LinkExpiredError):
        cases.verify(engine, settings, now + timedelta(hours=2))


@pytest.mark.parametrize("token", ["", "x", "../../etc", "💥" * 50])
def test_an_unknown_link_opens_nothing(engine: Engine, settings: Settings, now: datetime, token: str) -> None:
    with pytest.raises(LinkExpiredError), transaction(engine) as session:
        entering.enter_by_link(by(session, VISITOR, now, settings), token, opening=BROWSER)


def test_a_link_of_yesterday_no_longer_works(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now)
    with pytest.raises(LinkExpiredError):
        cases.verify(engine, settings, now + timedelta(hours=24, seconds=1))
    assert cases.case_of(engine, receipt).status is Status.UNVERIFIED


def test_an_opened_case_closes_after_half_an_hour_without_use(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    opened = now + timedelta(minutes=5)
    with reading(engine) as session:
        assert entering.resolve_requester(by(session, VISITOR, opened + timedelta(minutes=29)), BROWSER).case_id == case.id
        assert entering.resolve_requester(by(session, VISITOR, opened + timedelta(minutes=31)), BROWSER) is VISITOR
    with transaction(engine) as session:
        entering.touch_grant(by(session, requester(case.id), opened + timedelta(minutes=29)), BROWSER)
    with reading(engine) as session:
        assert entering.resolve_requester(by(session, VISITOR, opened + timedelta(minutes=31)), BROWSER).case_id == case.id


def test_leaving_closes_the_case_in_that_browser(engine: Engine, settings: Settings, now: datetime) -> None:
    cases.received(engine, settings, now)
    with transaction(engine) as session:
        entering.leave(by(session, VISITOR), BROWSER)
    with reading(engine) as session:
        assert entering.resolve_requester(by(session, VISITOR, now), BROWSER) is VISITOR


def test_reference_and_code_open_the_case_however_they_are_typed(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now)
    sloppy = receipt.code.lower().replace("-", " ")
    assert open_code(engine, settings, now, receipt.reference.lower().replace("-", ""), sloppy).opened


def test_a_wrong_code_an_unknown_reference_and_nonsense_get_the_same_answer(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now)
    other = cases.submit(engine, settings, now)
    answers = [
        open_code(engine, settings, now, receipt.reference, other.code),
        open_code(engine, settings, now, "BS-111-111-111", receipt.code),
        open_code(engine, settings, now, "geen kenmerk", ""),
        open_code(engine, settings, now, "", "💥"),
    ]
    assert set(answers) == {Entry(opened=False, wait_seconds=0)}


def test_after_five_wrong_codes_each_further_one_doubles_the_wait(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now)
    waits = [open_code(engine, settings, now, receipt.reference, "fout").wait_seconds for _ in range(5)]
    assert waits == [0, 0, 0, 0, 60]
    assert open_code(engine, settings, now + timedelta(seconds=59), receipt.reference, receipt.code) == Entry(
        opened=False, wait_seconds=1
    )
    later = now + timedelta(seconds=61)
    assert open_code(engine, settings, later, receipt.reference, "fout").wait_seconds == 120
    later += timedelta(seconds=121)
    assert open_code(engine, settings, later, receipt.reference, "fout").wait_seconds == 240
    assert open_code(engine, settings, later + timedelta(seconds=241), receipt.reference, receipt.code).opened


def test_an_unknown_reference_waits_just_the_same(engine: Engine, settings: Settings, now: datetime) -> None:
    waits = [open_code(engine, settings, now, "BS-111-111-111", "fout").wait_seconds for _ in range(6)]
    assert waits == [0, 0, 0, 0, 60, 60]


def test_somebody_elses_wrong_codes_dont_keep_the_requester_out(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now)
    for _ in range(6):
        open_code(engine, settings, now, receipt.reference, "fout", address="198.51.100.7")
    assert open_code(engine, settings, now, receipt.reference, receipt.code).opened


def test_a_fresh_link_goes_out_only_when_reference_and_address_belong_together(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    receipt = cases.submit(engine, settings, now)
    for reference, email in (
        (receipt.reference, "ander@aanvrager.example"),
        ("BS-111-111-111", "noor@aanvrager.example"),
    ):
        with transaction(engine) as session:
            entering.send_fresh_link(by(session, VISITOR, now, settings), reference, email)
    for reference, email in (("", ""), (receipt.reference, "geen adres"), ("BS-12", "noor@aanvrager.example")):
        with pytest.raises(InvalidInputError), transaction(engine) as session:
            entering.send_fresh_link(by(session, VISITOR, now, settings), reference, email)
    assert not cases.mails(engine, "fresh_link")
    with transaction(engine) as session:
        entering.send_fresh_link(by(session, VISITOR, now, settings), receipt.reference, "NOOR@aanvrager.example")
    (mail,) = cases.mails(engine, "fresh_link")
    with transaction(engine) as session:
        entering.enter_by_link(by(session, VISITOR, now, settings), cases.token_in(mail), opening=BROWSER)
    assert cases.case_of(engine, receipt).status is Status.RECEIVED


def test_fresh_links_stop_after_three_an_hour(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now)
    for _ in range(5):
        with transaction(engine) as session:
            entering.send_fresh_link(by(session, VISITOR, now, settings), receipt.reference, "noor@aanvrager.example")
    assert len(cases.mails(engine)) == 3


def test_a_requester_replies_and_withdraws_and_gets_a_confirmation(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    with transaction(engine) as session:
        following.reply(by(session, requester(case.id), now), Seen(case.id), "Nog iets: het gaat om 2024.")
    with transaction(engine) as session:
        following.withdraw(by(session, requester(case.id), now, settings), Seen(case.id))
    found = cases.fresh(engine, case)
    assert found.status is Status.WITHDRAWN
    assert found.closed_at == now
    assert len(cases.mails(engine, "withdrawn")) == 1
    with pytest.raises(NotPossibleError), transaction(engine) as session:
        following.reply(by(session, requester(case.id), now), Seen(case.id), "Toch niet?")


def test_a_reply_is_checked_and_a_refused_one_leaves_nothing(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now)
    for body in ("  ", "x" * 5_001):
        with pytest.raises(InvalidInputError), transaction(engine) as session:
            following.reply(by(session, requester(case.id), now), Seen(case.id), body)
    with reading(engine) as session:
        assert queries.case_view(by(session, requester(case.id), now, settings), case.id).messages == ()


def test_only_the_requester_of_a_case_acts_on_it_and_a_stranger_finds_nothing(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    mine = cases.received(engine, settings, now)
    other = cases.received(engine, settings, now)
    with reading(engine) as session:
        assert queries.case_view(by(session, requester(mine.id), now, settings), mine.id).reference == mine.reference
        for reader in (requester(mine.id), LYCEUM):
            with pytest.raises(NotFoundError):
                queries.case_view(by(session, reader, now, settings), other.id)
        for stranger in (VISITOR, SYSTEM):
            with pytest.raises(NotAllowedError):
                queries.case_view(by(session, stranger, now, settings), mine.id)
    for outsider in (VISITOR, LYCEUM, AGENT):
        with pytest.raises(NotAllowedError), transaction(engine) as session:
            following.withdraw(by(session, outsider, now, settings), Seen(mine.id))


def test_the_requester_sees_neither_notes_nor_decisions_before_the_answer(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    case = cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        handling.note(by(session, AGENT, now), seen(case), "Let op: dubbel account.")
    case = cases.fresh(engine, case)
    with transaction(engine) as session:
        deciding.decide(by(session, AGENT, now), seen(case), deciding.NewDecision("access", "granted"))
    with reading(engine) as session:
        shown = queries.case_view(by(session, requester(case.id), now, settings), case.id)
        desk = queries.case_view(by(session, AGENT, now, settings), case.id)
    assert shown.messages == ()
    assert shown.rights[0].outcome is None
    assert {event.kind.value for event in shown.events} == {"submitted", "verified", "taken"}
    assert len(desk.messages) == 1
    assert desk.rights[0].outcome is not None
