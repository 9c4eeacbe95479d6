import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from obstore.store import MemoryStore
from sqlalchemy import Engine

from dashboard.db import reading, transaction
from dashboard.errors import NotAllowedError
from dashboard.files import FileStore
from dashboard.jobs import deliver_mail
from dashboard.mail import outbox
from dashboard.mail.model import MailState
from dashboard.mail.outbox import GIVE_UP_AFTER, LEASE, Envelope, Message, enqueue, none_goes
from dashboard.mail.smtp import DeliveryFailed
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.people import AGENT


def put(engine: Engine, now: datetime, number: int = 1) -> None:
    with transaction(engine) as session:
        for index in range(number):
            enqueue(
                by(session, SYSTEM, now),
                "news",
                Envelope(f"noor{index}@aanvrager.example"),
                subject="Onderwerp",
                body="Geheime link",
            )


def failing(*, permanent: bool) -> Callable[[Message], None]:
    def send(_mail: Message) -> None:
        raise DeliveryFailed("smtp 550" if permanent else "ConnectionRefusedError", permanent=permanent)

    return send


def deliver(engine: Engine, send: Callable[[Message], None], now: datetime) -> int:
    settings = Settings(_env_file=None, environment="demo")
    return deliver_mail(Portal(settings, engine, FileStore(MemoryStore())), send, lambda: now)


def test_each_message_goes_out_once_and_its_secret_is_emptied(engine: Engine, now: datetime) -> None:
    put(engine, now, 3)
    sent: list[str] = []
    assert deliver(engine, lambda mail: sent.append(mail.body), now) == 3
    assert deliver(engine, lambda mail: sent.append(mail.body), now) == 0
    assert sent == ["Geheime link"] * 3
    assert {(mail.state, mail.body, mail.sent_at) for mail in cases.mails(engine)} == {(MailState.SENT, "", now)}


def test_while_the_server_is_down_messages_wait_ever_longer_and_then_all_go(engine: Engine, now: datetime) -> None:
    put(engine, now, 2)
    clock, tries = now, 0
    while clock < now + timedelta(hours=2):
        before = sum(mail.attempts for mail in cases.mails(engine))
        deliver(engine, failing(permanent=False), clock)
        tries += sum(mail.attempts for mail in cases.mails(engine)) - before
        clock += timedelta(seconds=30)
    assert 20 < tries < 60
    assert {mail.state for mail in cases.mails(engine)} == {MailState.QUEUED}
    assert {mail.last_failure for mail in cases.mails(engine)} == {"ConnectionRefusedError"}
    assert deliver(engine, lambda _mail: None, clock + timedelta(minutes=10)) == 2


def test_a_permanent_refusal_is_dead_at_once_and_not_tried_again(engine: Engine, now: datetime) -> None:
    put(engine, now)
    assert deliver(engine, failing(permanent=True), now) == 0
    assert deliver(engine, failing(permanent=True), now + timedelta(days=1)) == 0
    (mail,) = cases.mails(engine)
    assert (mail.state, mail.attempts, mail.last_failure) == (MailState.DEAD, 1, "smtp 550")


def test_after_three_days_of_failures_a_message_is_given_up(engine: Engine, now: datetime) -> None:
    put(engine, now)
    deliver(engine, failing(permanent=False), now + GIVE_UP_AFTER)
    assert cases.mails(engine)[0].state is MailState.DEAD


def test_a_worker_that_dies_leaves_its_message_to_another_after_the_lease(engine: Engine, now: datetime) -> None:
    put(engine, now)

    def die(_mail: Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(engine, die, now)
    assert deliver(engine, lambda _mail: None, now + LEASE - timedelta(seconds=1)) == 0
    assert deliver(engine, lambda _mail: None, now + LEASE) == 1


def test_four_workers_claim_each_of_two_hundred_messages_once(engine: Engine, now: datetime) -> None:
    put(engine, now, 200)
    sent: list[str] = []
    workers = [threading.Thread(target=deliver, args=(engine, lambda mail: sent.append(mail.id), now)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(sent) == len(set(sent)) == 200


LATE = timedelta(minutes=15)


def stopped(engine: Engine, now: datetime) -> bool:
    with reading(engine) as session:
        return none_goes(by(session, SYSTEM, now), LATE)


def fails_with(reason: str) -> Callable[[Message], None]:
    def send(_mail: Message) -> None:
        raise DeliveryFailed(reason, permanent=False)

    return send


def deliver_for(engine: Engine, now: datetime, minutes: int, send: Callable[[Message], None]) -> datetime:
    """A worker that looks every half minute; returns when it stopped."""
    for half in range(minutes * 2):
        deliver(engine, send, now + timedelta(seconds=30 * half))
    return now + timedelta(minutes=minutes)


def test_mails_have_stopped_when_nobody_sends_them_or_the_server_is_down(engine: Engine, now: datetime) -> None:
    assert not stopped(engine, now)
    put(engine, now)
    assert not stopped(engine, now + timedelta(minutes=14))
    assert stopped(engine, now + timedelta(minutes=15))
    later = deliver_for(engine, now, 16, fails_with("ConnectionRefusedError"))
    assert stopped(engine, later)
    deliver(engine, lambda _mail: None, later + timedelta(minutes=10))
    assert not stopped(engine, later + timedelta(minutes=10))


def test_one_message_that_does_not_go_says_nothing_of_the_others(engine: Engine, now: datetime) -> None:
    put(engine, now)
    assert not stopped(engine, deliver_for(engine, now, 20, fails_with("smtp 450")))


@pytest.mark.parametrize("reason", ["smtp 535", "smtp 421", "TimeoutError"])
def test_a_server_that_takes_nothing_from_us_is_not_one_message_s_trouble(engine: Engine, now: datetime, reason: str) -> None:
    put(engine, now)
    assert stopped(engine, deliver_for(engine, now, 20, fails_with(reason)))


def test_a_message_at_fault_itself_is_given_up_in_three_days_and_the_others_go(engine: Engine, now: datetime) -> None:
    put(engine, now, 2)
    gone: list[str] = []

    def send(mail: Message) -> None:
        if mail.recipient.startswith("noor0"):
            raise UnicodeEncodeError("ascii", "noor0@aanvrager.example", 0, 1, "secret")
        gone.append(mail.recipient)

    later = deliver_for(engine, now, 20, send)
    assert gone == ["noor1@aanvrager.example"]
    assert not stopped(engine, later)
    deliver(engine, send, now + GIVE_UP_AFTER)
    (dead,) = (mail for mail in cases.mails(engine) if mail.state is MailState.DEAD)
    assert (dead.last_failure, dead.body) == ("fault UnicodeEncodeError", "")


def test_whoever_lost_its_lease_changes_nothing_of_what_was_sent(engine: Engine, now: datetime) -> None:
    put(engine, now)

    def slow(_mail: Message) -> None:
        assert deliver(engine, lambda _mail: None, now + LEASE) == 1
        raise DeliveryFailed("smtp 550", permanent=True)

    deliver(engine, slow, now)
    assert cases.mails(engine)[0].state is MailState.SENT


def test_what_went_after_all_is_sent_also_when_another_gave_it_up(engine: Engine, now: datetime) -> None:
    put(engine, now)

    def slow(_mail: Message) -> None:
        deliver(engine, failing(permanent=True), now + LEASE)

    deliver(engine, slow, now)
    assert cases.mails(engine)[0].state is MailState.SENT


def test_given_up_messages_keep_no_secret_link(engine: Engine, now: datetime) -> None:
    put(engine, now)
    deliver(engine, failing(permanent=True), now)
    assert cases.mails(engine)[0].body == ""


def test_messages_about_no_request_go_thirty_days_after_and_waiting_ones_stay(engine: Engine, now: datetime) -> None:
    put(engine, now, 2)
    deliver(engine, lambda _mail: None, now)
    put(engine, now)
    with transaction(engine) as session:
        about = Envelope("noor@aanvrager.example", case_id="zaak")
        enqueue(by(session, SYSTEM, now - timedelta(days=99)), "news", about, subject="x", body="y")
    for days, gone in ((29, 0), (30, 2), (31, 0)):
        with transaction(engine) as session:
            assert outbox.forget_old(by(session, SYSTEM, now + timedelta(days=days))) == gone
    assert len(cases.mails(engine)) == 2


def test_only_the_system_delivers(engine: Engine, now: datetime) -> None:
    for question in (outbox.due, lambda act: outbox.claim(act, "x")):
        with pytest.raises(NotAllowedError, match="run_jobs"), transaction(engine) as session:
            question(by(session, AGENT, now))
