"""A request about learning material goes to the school, which decides (art. 28(3)(e)): the publisher's side of it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from dashboard.accounts.model import Board, School
from dashboard.addresses import normalized_or_empty
from dashboard.data_requests.case.access_model import SchoolKey
from dashboard.data_requests.case.codes import CODE_BYTES, as_code, code_hmac
from dashboard.data_requests.case.lifecycle import Verb
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.moves import load_case, move
from dashboard.data_requests.case.needs import rights_of
from dashboard.data_requests.requester.intake import line_of
from dashboard.errors import InvalidInputError
from dashboard.mail import messages
from dashboard.mail.messages import Post
from dashboard.permissions import Actor, Permission, require
from dashboard.settings import Settings

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class HandTo:
    """To whom: a school (BRIN) or a board we know, and the person there who deals with it. As it was typed."""

    contact_name: str
    contact_email: str
    brin: str = ""
    board: str = ""
    other: str = ""


def hand_over(
    session: Session, actor: Actor, case_id: str, to: HandTo, *, version: int, settings: Settings, now: datetime
) -> None:
    """Pass the request to the school. Its contact gets a code by mail; with that and a login of that school it opens.

    The requester hears to whom it went. Raises InvalidInputError.
    """
    case = _case(session, actor, case_id)
    name, contact, email = _checked(session, to)
    move(
        session,
        actor,
        case,
        Verb.HAND_OVER,
        now=now,
        version=version,
        fields={"school": f"{name}, {contact}"},
        handed_at=now,
        handed_brin=to.brin or None,
        handed_board=to.board or None,
    )
    code = as_code(secrets.token_bytes(CODE_BYTES))
    pepper = settings.pepper.get_secret_value()
    key = SchoolKey(case_id=case.id, code_hmac=code_hmac(code, pepper), contact_name=contact, contact_email=email, created_at=now)
    session.add(key)
    post = Post(session, settings, now)
    messages.handed_over(post, case, school=f"{name}, {contact}")
    messages.for_school(post, case, school=key, code=code, in_portal=bool(to.brin or to.board), rights=rights_of(session, case))


def close_by_school(session: Session, actor: Actor, case_id: str, *, version: int, settings: Settings, now: datetime) -> None:
    """Record that the school has answered outside the portal."""
    case = _case(session, actor, case_id)
    move(session, actor, case, Verb.CLOSE_BY_SCHOOL, now=now, version=version, closed_at=now)
    messages.closed_by_school(Post(session, settings, now), case, rights=rights_of(session, case))


def execute(session: Session, actor: Actor, case_id: str, *, version: int, settings: Settings, now: datetime) -> None:
    """What the school decided was carried out: the case ends, and both sides hear so."""
    case = _case(session, actor, case_id)
    move(session, actor, case, Verb.EXECUTE, now=now, version=version, closed_at=now)
    post = Post(session, settings, now)
    messages.closed_by_school(post, case, rights=rights_of(session, case))
    key = session.get(SchoolKey, case.id)
    if key:
        messages.executed_for_school(post, case, school=key)


def _checked(session: Session, to: HandTo) -> tuple[str, str, str]:
    problems: dict[str, str] = {}
    name = _name_of(session, to)
    contact, email = line_of(to.contact_name), normalized_or_empty(to.contact_email)
    if not 0 < len(name) <= LONGEST_NAME:
        problems["school"] = "invalid.school_empty"
    if not 0 < len(contact) <= LONGEST_NAME:
        problems["contact_name"] = "invalid.contact_name"
    if not email:
        problems["contact_email"] = "invalid.email"
    if problems:
        raise InvalidInputError(problems)
    return name, contact, email


def _name_of(session: Session, to: HandTo) -> str:
    if to.brin:
        school = session.get(School, to.brin)
        return school.name if school else ""
    if to.board:
        board = session.get(Board, to.board)
        return board.name if board else ""
    return line_of(to.other)


def _case(session: Session, actor: Actor, case_id: str) -> Case:
    require(actor, Permission.HANDLE_CASE)
    return load_case(session, actor, case_id)
