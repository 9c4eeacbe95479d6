"""Steps that many tests take to get a case where they need it."""

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import select

from dashboard.data_requests import handling, service
from dashboard.data_requests.intake import NewRequest
from dashboard.data_requests.model import Case
from dashboard.data_requests.service import Receipt
from dashboard.db import reading, transaction
from dashboard.mail.model import OutgoingMail
from dashboard.permissions import VISITOR, Actor
from dashboard.settings import Settings
from dashboard.tokens import new_key
from tests.people import AGENT, request

BROWSER = "browser-of-the-requester"


def submit(engine: Engine, settings: Settings, now: datetime, typed: NewRequest | None = None, key: str | None = None) -> Receipt:
    with transaction(engine) as session:
        return service.submit(session, VISITOR, typed or request(), key=key or new_key(), settings=settings, now=now)


def case_of(engine: Engine, receipt: Receipt) -> Case:
    with reading(engine) as session:
        return session.exec(select(Case).where(Case.reference == receipt.reference)).one()


def mails(engine: Engine, kind: str | None = None) -> list[OutgoingMail]:
    with reading(engine) as session:
        found = session.exec(select(OutgoingMail).order_by(OutgoingMail.created_at)).all()
    return [mail for mail in found if kind in {None, mail.kind}]


def token_in(mail: OutgoingMail) -> str:
    return mail.body.split("/open#")[1].split()[0]


def verify(engine: Engine, now: datetime) -> None:
    """Click the link in the newest verification mail."""
    token = token_in(mails(engine, "verification")[-1])
    with transaction(engine) as session:
        service.open_by_link(session, VISITOR, token, visitor=BROWSER, now=now)


def received(engine: Engine, settings: Settings, now: datetime, typed: NewRequest | None = None) -> Case:
    receipt = submit(engine, settings, now, typed)
    verify(engine, now + timedelta(minutes=5))
    return case_of(engine, receipt)


def in_progress(engine: Engine, settings: Settings, now: datetime, typed: NewRequest | None = None, by: Actor = AGENT) -> Case:
    case = received(engine, settings, now, typed)
    with transaction(engine) as session:
        handling.take(session, by, case.id, version=case.version, now=now)
    return fresh(engine, case)


def fresh(engine: Engine, case: Case) -> Case:
    with reading(engine) as session:
        return session.get_one(Case, case.id)
