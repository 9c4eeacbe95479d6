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
from dashboard.mail.outbox import GIVE_UP_AFTER, LEASE, Envelope, Message, enqueue, oldest_waiting
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


def test_how_long_the_oldest_waits_is_known(engine: Engine, now: datetime) -> None:
    put(engine, now)
    put(engine, now - timedelta(hours=1))
    with reading(engine) as session:
        assert oldest_waiting(by(session, SYSTEM)) == now - timedelta(hours=1)
    deliver(engine, lambda _mail: None, now)
    with reading(engine) as session:
        assert oldest_waiting(by(session, SYSTEM)) is None


def test_only_the_system_delivers(engine: Engine, now: datetime) -> None:
    for question in (outbox.due, lambda act: outbox.claim(act, "x")):
        with pytest.raises(NotAllowedError, match="run_jobs"), transaction(engine) as session:
            question(by(session, AGENT, now))
