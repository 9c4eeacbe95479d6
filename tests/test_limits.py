"""How often something may be done, counted in the database: never more in any stretch of the window, by anybody, in any order."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard import limits
from dashboard.addresses import letterbox
from dashboard.data_requests.case.codes import made_reference
from dashboard.data_requests.requester import asking, entering, following
from dashboard.data_requests.upkeep.upkeep import CaseChore
from dashboard.db import reading, transaction
from dashboard.errors import TooMuchError
from dashboard.limits import Limit, LimitCount
from dashboard.mail.model import OutgoingMail
from dashboard.mail.post import salutation
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.settings import Settings
from dashboard.tokens import new_key
from tests import cases
from tests.acts import by, seen
from tests.people import request, requester

FEW = Limit("few", 3, timedelta(hours=1))
APART = Limit("apart", 50, timedelta(minutes=5), apart=16)


@pytest.mark.parametrize("limit", [FEW, APART])
def test_no_stretch_of_the_window_holds_more_than_allowed(
    engine: Engine, settings: Settings, now: datetime, limit: Limit
) -> None:
    chance, moment, done = random.Random(3), now, []  # noqa: S311  a walk, no secret
    for _ in range(300):
        moment += limit.window * chance.random() * 3 / limit.most
        with transaction(engine) as session:
            act = by(session, VISITOR, moment, settings)
            try:
                limits.take(act, (limit, "somebody"))
            except TooMuchError as refused:
                # After the wait that was told it may be done, if nobody did it meanwhile.
                later = by(session, VISITOR, moment + timedelta(seconds=refused.wait_seconds), settings)
                assert limits.wait(later, limit, "somebody") == 0
            else:
                done.append(moment)
            assert limits.wait(act, limit, "somebody else") == 0
    most = max(sum(start <= each < start + limit.window for each in done) for start in done)
    # The oldest part counts whole: a few less, never more.
    assert limit.most * 0.7 <= most <= limit.most


def test_those_who_come_at_the_same_moment_count_each_other(engine: Engine, settings: Settings, now: datetime) -> None:
    begun = Barrier(12)

    def one(_number: int) -> bool:
        begun.wait()
        try:
            with transaction(engine) as session:
                limits.take(by(session, VISITOR, now, settings), (FEW, "one mailbox"))
        except TooMuchError:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(one, range(12))) == FEW.most


def test_a_limit_that_is_counted_says_nothing_about_whom(engine: Engine, settings: Settings, now: datetime) -> None:
    with transaction(engine) as session:
        limits.take(by(session, VISITOR, now, settings), (FEW, "noor@aanvrager.example"))
    with reading(engine) as session:
        assert "noor" not in repr(session.exec(select(LimitCount)).all())


def test_what_no_window_reaches_is_forgotten(engine: Engine, settings: Settings, now: datetime) -> None:
    with transaction(engine) as session:
        limits.take(by(session, VISITOR, now, settings), (FEW, "a"))
    for days, left in ((1, 1), (3, 0)):
        with transaction(engine) as session:
            limits.forget_old(by(session, SYSTEM, now + timedelta(days=days), settings))
            assert len(session.exec(select(LimitCount)).all()) == left


def submit(engine: Engine, settings: Settings, now: datetime, email: str, **others: str) -> asking.Receipt:
    with transaction(engine) as session:
        return asking.submit(by(session, VISITOR, now, settings), request(email=email), key=new_key(), **others)


def test_a_mailbox_gets_three_mails_an_hour_however_its_address_is_written(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    """T16: dots, a plus sign, capitals. The rest goes later; after ten a day from one place nothing is taken there, and whose
    mailbox it is still comes in from theirs.
    """
    written = ("noor.v@aanvrager.example", "n.oorv@aanvrager.example", "NOORV+x{}@aanvrager.example")
    taken = 0
    for number in range(100):
        try:
            email = written[number % 3].format(number)
            submit(engine, settings, now + timedelta(seconds=number), email, address="192.0.2.1")
        except TooMuchError:
            continue
        taken += 1
    assert taken == 10
    assert submit(engine, settings, now + timedelta(minutes=5), written[0], address="198.51.100.7").mailed_at
    with reading(engine) as session:
        goes = sorted(session.exec(select(OutgoingMail.next_try_at)).all())
    assert max(sum(start <= each < start + timedelta(hours=1) for each in goes) for start in goes) == 3
    # Somebody else's is taken at once, and the same one tomorrow.
    submit(engine, settings, now, "piet@aanvrager.example")
    submit(engine, settings, now + timedelta(days=2), written[0])


def test_a_link_that_goes_later_is_good_for_a_day_from_then(engine: Engine, settings: Settings, now: datetime) -> None:
    for _ in range(4):
        submit(engine, settings, now, "noor@aanvrager.example")
    with reading(engine) as session:
        last = session.exec(select(OutgoingMail).order_by(OutgoingMail.next_try_at.desc())).first()  # type: ignore[attr-defined]
    assert last
    assert last.next_try_at > now
    cases.open_link(engine, settings, cases.token_in(last), last.next_try_at + timedelta(hours=23))


def test_a_refused_request_leaves_nothing(engine: Engine, settings: Settings, now: datetime) -> None:
    for _ in range(20):
        submit(engine, settings, now, f"{new_key()}@x.example", visitor="one browser")
    with pytest.raises(TooMuchError):
        submit(engine, settings, now, "last@x.example", visitor="one browser")
    with reading(engine) as session:
        assert "last@x.example" not in {mail.recipient for mail in session.exec(select(OutgoingMail))}
    # It didn't count for the mailbox either.
    for _ in range(10):
        submit(engine, settings, now, "last@x.example")


def test_a_school_behind_one_address_sends_sixty_requests_an_hour(engine: Engine, settings: Settings, now: datetime) -> None:
    for number in range(60):
        submit(engine, settings, now + timedelta(minutes=number), f"leerling{number}@x.example", address="192.0.2.1")


def test_the_same_form_again_counts_once(engine: Engine, settings: Settings, now: datetime) -> None:
    with transaction(engine) as session:
        act = by(session, VISITOR, now, settings)
        references = {asking.submit(act, request(), key="one", visitor="b").reference for _ in range(30)}
    assert len(references) == 1


def test_wrong_codes_stop_after_ten_from_an_address_and_a_thousand_in_all(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    """T15: each about another request, so that no single one stops them."""

    def evaluated(tries: int, address: str) -> int:
        found = 0
        for number in range(tries):
            with transaction(engine) as session:
                act = by(session, VISITOR, now, settings)
                entry = entering.try_code(act, made_reference(number), "FOUT", address=address.format(number))
            found += not entry.wait_seconds
        return found

    assert evaluated(200, "192.0.2.1") == 10
    # From everywhere: what was evaluated before counts.
    assert evaluated(1_100, "192.0.2.{}") == 990
    with transaction(engine) as session:
        later = by(session, VISITOR, now + timedelta(minutes=6), settings)
        assert not entering.try_code(later, "BS-AAA-AAA-AAA", "FOUT", address="192.0.2.1").wait_seconds


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Noor Voorbeeld", "Noor Voorbeeld"),
        ("J.P. d'Angelo-Łoś", "J.P. d'Angelo-Łoś"),
        ("王小明", "王小明"),
        ("Zoë 😀", "Zoë 😀"),
        ("Win nu op winnen.example", ""),
        ("http://x", ""),
        ("**Let op**", ""),
        ("[klik](x)", ""),
        ("bel 0900", ""),
        ("a@b", ""),
        ("x" * 81, ""),
    ],
)
def test_a_salutation_holds_a_name_and_nothing_else(name: str, said: str) -> None:
    assert salutation(name) == said


def test_who_gets_a_mail_for_an_address_that_wasnt_proven_reads_no_word_of_the_sender(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    name, words = "Wachtwoord vergeten", "Klik snel"
    with transaction(engine) as session:
        act = by(session, VISITOR, now, settings)
        asking.submit(act, request(name=name, explanation=words, subject_name="Kees", school_name="Nep"), key=new_key())
    [mail] = cases.mails(engine, "verification")
    assert "Beste aanvrager," in mail.body
    assert [typed for typed in (name, words, "Kees", "Nep") if typed in mail.body + mail.subject] == []
    cases.open_link(engine, settings, cases.token_in(mail), now)


def test_letters_of_a_mailbox_that_dots_dont_change() -> None:
    assert letterbox("No.Or+werk@Aanvrager.example") == letterbox("noor@aanvrager.example")
    assert letterbox("noor@a.example") != letterbox("noor@b.example")


def test_no_mail_goes_to_an_address_that_was_only_typed_but_within_its_mailboxs_share(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    """Asked, withdrawn, asked for a new address, reminded, expired: whatever a stranger does with it."""
    typed = "slachtoffer@aanvrager.example"
    for number in range(6):
        receipt = submit(engine, settings, now, typed, address=f"192.0.2.{number}")
        case = cases.case_of(engine, receipt)
        if number % 2:
            with transaction(engine) as session:
                following.withdraw(by(session, requester(case.id), now, settings), seen(case))
    own = cases.received(engine, settings, now, request(email="stranger@aanvrager.example"))
    for _ in range(3):
        with transaction(engine) as session:
            following.ask_new_address(by(session, requester(own.id), now, settings), seen(cases.fresh(engine, own)), typed)
    for days in (1, 2, 31, 32):
        for name in (CaseChore.REMIND_UNVERIFIED, CaseChore.EXPIRE_UNVERIFIED):
            cases.chore(engine, settings, now + timedelta(days=days), name)
    with reading(engine) as session:
        goes = sorted(each.next_try_at for each in session.exec(select(OutgoingMail)) if each.recipient == typed)
    assert len(goes) > 10
    assert max(sum(start <= each < start + timedelta(hours=1) for each in goes) for start in goes) <= 3
    assert [mail for mail in cases.mails(engine, "withdrawn") if mail.recipient == typed] == []
