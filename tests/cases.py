"""Steps that many tests take to get a case where they need it."""

import re
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import col, select

from dashboard.accounts.model import School
from dashboard.accounts.terms import Sector
from dashboard.data_requests.case.model import Case, CaseFile, CaseRight
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.desk import deciding, handing_over, handling
from dashboard.data_requests.desk.deciding import NewDecision
from dashboard.data_requests.desk.handing_over import HandTo
from dashboard.data_requests.law.recipients import recipients
from dashboard.data_requests.law.rights import Outcome, Right
from dashboard.data_requests.outgoing import answers
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester import asking, entering
from dashboard.data_requests.requester.asking import Receipt
from dashboard.data_requests.requester.intake import NewRequest
from dashboard.data_requests.requester.links import Entry
from dashboard.data_requests.upkeep import upkeep
from dashboard.data_requests.upkeep.upkeep import CaseChore
from dashboard.db import reading, transaction
from dashboard.mail.model import OutgoingMail
from dashboard.permissions import SYSTEM, VISITOR, Actor
from dashboard.settings import Settings
from dashboard.tokens import new_key
from tests.acts import by, seen
from tests.people import AGENT, COLLEAGUE, request

BROWSER = "browser-of-the-requester"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def submit(engine: Engine, settings: Settings, now: datetime, typed: NewRequest | None = None, key: str | None = None) -> Receipt:
    with transaction(engine) as session:
        return asking.submit(by(session, VISITOR, now, settings), typed or request(), key=key or new_key(), visitor=BROWSER)


def case_of(engine: Engine, receipt: Receipt) -> Case:
    with reading(engine) as session:
        return session.exec(select(Case).where(Case.reference == receipt.reference)).one()


def mails(engine: Engine, kind: str | None = None, last: int | None = None) -> list[OutgoingMail]:
    """The oldest first; of `kind`, and only the `last` so many."""
    asked = select(OutgoingMail).order_by(col(OutgoingMail.created_at))
    if kind:
        asked = asked.where(OutgoingMail.kind == kind)
    if last:
        newest = select(OutgoingMail.id).order_by(col(OutgoingMail.created_at).desc()).limit(last)
        asked = asked.where(col(OutgoingMail.id).in_(newest))
    with reading(engine) as session:
        return list(session.exec(asked).all())


def token_in(mail: OutgoingMail) -> str:
    return mail.body.split("/open#")[1].split()[0].rstrip(">")


def once_in(mail: OutgoingMail) -> str:
    """The short code beside the link."""
    return mail.body.split("met deze code: ")[1].split()[0]


def verify(engine: Engine, settings: Settings, now: datetime) -> None:
    """Click the link in the newest verification mail."""
    open_link(engine, settings, token_in(mails(engine, "verification")[-1]), now)


def open_link(engine: Engine, settings: Settings, token: str, now: datetime) -> None:
    with transaction(engine) as session:
        entering.enter_by_link(by(session, VISITOR, now, settings), token, opening=BROWSER)


def enter(
    engine: Engine,
    settings: Settings,
    now: datetime,
    reference: str,
    code: str,
    *,
    opening: str = BROWSER,
    address: str = "192.0.2.1",
) -> Entry:
    """Type a reference and a code, and where they are right go in with that browser."""
    with transaction(engine) as session:
        found = entering.try_code(by(session, VISITOR, now, settings), reference, code, address=address)
    if found.ticket:
        with transaction(engine) as session:
            entering.enter_by_link(by(session, VISITOR, now, settings), found.ticket, opening=opening)
    return found


def received(engine: Engine, settings: Settings, now: datetime, typed: NewRequest | None = None) -> Case:
    receipt = submit(engine, settings, now, typed)
    case = case_of(engine, receipt)
    # Its own mail: others may have been written in the same instant.
    [mail] = [each for each in mails(engine, "verification") if each.case_id == case.id]
    open_link(engine, settings, token_in(mail), now + timedelta(minutes=5))
    return fresh(engine, case)


def in_progress(engine: Engine, settings: Settings, now: datetime, typed: NewRequest | None = None, who: Actor = AGENT) -> Case:
    case = received(engine, settings, now, typed)
    with transaction(engine) as session:
        handling.take(by(session, who, now, settings), seen(case))
    return fresh(engine, case)


def fresh(engine: Engine, case: Case) -> Case:
    with reading(engine) as session:
        return session.get_one(Case, case.id)


def decide(
    engine: Engine,
    case: Case,
    now: datetime,
    right: str = "access",
    outcome: str = "granted",
    ground: str | None = None,
    reason: str = "",
    evidence: str = "",
    who: Actor = AGENT,
) -> Case:
    with transaction(engine) as session:
        chosen = NewDecision(right, outcome, ground, reason, evidence)
        deciding.decide(by(session, who, now), seen(fresh(engine, case)), chosen)
    return fresh(engine, case)


def approve(engine: Engine, case: Case, now: datetime, right: str, who: Actor = COLLEAGUE) -> Case:
    with transaction(engine) as session:
        deciding.approve(by(session, who, now), seen(fresh(engine, case)), right)
    return fresh(engine, case)


def tell_all(engine: Engine, case: Case, now: datetime) -> Case:
    for recipient in recipients():
        with transaction(engine) as session:
            deciding.tell_recipient(by(session, AGENT, now), seen(fresh(engine, case)), recipient.key, told=True, reason="")
    return fresh(engine, case)


LETTER = "Beste [naam],\n\n[besluiten]\n\n[klacht]\n\n[rechter]"


def give(engine: Engine, settings: Settings, case: Case, now: datetime, who: Actor = AGENT) -> Case:
    """Add a file to the answer."""
    with transaction(engine) as session:
        upload = Upload("gegevens.csv", b"naam;plaats\nNoor Voorbeeld;Bodegraven\n")
        answers.attach(by(session, who, now, settings), seen(fresh(engine, case)), upload)
    return fresh(engine, case)


def close(engine: Engine, settings: Settings, case: Case, now: datetime, letter: str = LETTER, who: Actor = AGENT) -> Case:
    """Close; where access is given, with a file."""
    with reading(engine) as session:
        access = session.get(CaseRight, (case.id, Right.ACCESS))
        answered = (CaseFile.case_id == case.id, CaseFile.purpose == FilePurpose.ANSWER)
        files = session.exec(select(CaseFile.id).where(*answered)).all()
    if access and access.outcome in {Outcome.GRANTED, Outcome.PARTLY} and not files:
        give(engine, settings, case, now)
    with transaction(engine) as session:
        deciding.close(by(session, who, now, settings), seen(fresh(engine, case)), letter)
    return fresh(engine, case)


TO_LYCEUM = HandTo("Fem Functionaris", "fem@lyceum.example", brin="90AD")


def handed(engine: Engine, settings: Settings, now: datetime, to: HandTo = TO_LYCEUM, **asked: object) -> Case:
    """A pupil's request, handed to the sample lyceum (its row is made when there is none)."""
    with transaction(engine) as session:
        if to.brin and session.get(School, to.brin) is None:
            session.add(School(brin=to.brin, name="Vijf Bruggen Lyceum", sector=Sector.VO))
    about = {"role": "pupil", "born_on": "1-2-2008", "subject": "learning_material", "school_name": "Vijf Bruggen Lyceum"}
    learning = request(**about | asked)
    case = received(engine, settings, now, learning)
    with transaction(engine) as session:
        handing_over.hand_over(by(session, AGENT, now, settings), seen(case), to)
    return fresh(engine, case)


def school_code(engine: Engine, case: Case | None = None) -> str:
    """The code in the newest mail to a school, about this case."""
    sent = [mail for mail in mails(engine, "for_school") if case is None or mail.case_id == case.id]
    found = re.search(r"(\w{4}-){5}\w{4}", sent[-1].body)
    assert found
    return found.group()


def chore(engine: Engine, settings: Settings, moment: datetime, name: CaseChore) -> int:
    """Do it for every case for which it is time then, each in a transaction of its own, as the worker does; returns how many."""
    with reading(engine) as session:
        due = upkeep.due(by(session, SYSTEM, moment, settings), name)
    done = 0
    for case_id in due:
        with transaction(engine) as session:
            done += upkeep.do(by(session, SYSTEM, moment, settings), name, case_id)
    return done
