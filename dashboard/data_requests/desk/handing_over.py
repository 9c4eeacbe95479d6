"""A request about learning material goes to the school, which decides (art. 28(3)(e)): the publisher's side of it."""

import secrets
from dataclasses import dataclass

from sqlmodel import col, delete, select

from dashboard.accounts.queries import known_name
from dashboard.act import Allowed, Seen, asks
from dashboard.addresses import normalized_or_empty
from dashboard.clock import local_midnight
from dashboard.data_requests.case.access_model import SchoolGrant, SchoolKey
from dashboard.data_requests.case.codes import CODE_BYTES, as_code, code_hmac
from dashboard.data_requests.case.lifecycle import Verb
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.case.moves import load, move
from dashboard.data_requests.case.needs import open_doubt, rights_of
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.outgoing import messages, to_schools
from dashboard.data_requests.requester import links
from dashboard.data_requests.requester.intake import day_of
from dashboard.errors import InvalidInputError, reject
from dashboard.permissions import Permission, SchoolScope
from dashboard.typed import line_of

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class HandTo:
    """To whom: a school (BRIN) or a board we know, and the person there who deals with it. As it was typed."""

    contact_name: str
    contact_email: str
    brin: str = ""
    board: str = ""
    other: str = ""


@asks(Permission.HANDLE_CASE)
def hand_over(act: Allowed, seen: Seen, to: HandTo) -> None:
    """Pass the request to the school. Its contact gets a code by mail; with that and a login of that school it opens.

    The requester hears to whom it went. Raises InvalidInputError.
    """
    act.require_fresh()
    case = load(act, seen)
    name, contact, email = _checked(act, to)
    move(
        act,
        case,
        Verb.HAND_OVER,
        fields={"school": f"{name}, {contact}", "key": to.brin or to.board},
        handed_at=act.now,
        handed_brin=to.brin or None,
        handed_board=to.board or None,
    )
    code = as_code(secrets.token_bytes(CODE_BYTES))
    pepper = act.settings.pepper.get_secret_value()
    key = SchoolKey(
        case_id=case.id, code_hmac=code_hmac(code, pepper), contact_name=contact, contact_email=email, created_at=act.now
    )
    act.session.add(key)
    messages.handed_over(act, case, school=f"{name}, {contact}")
    to_schools.for_school(act, case, school=key, code=code, in_portal=bool(to.brin or to.board), rights=rights_of(act, case))


@asks(Permission.HANDLE_CASE)
def take_back(act: Allowed, seen: Seen) -> None:
    """It went to the wrong school: that one reads it no more, and both sides hear what happened, as it was.

    The request is ours to hand over again; a doubt of that school ends with it.
    """
    case = load(act, seen)
    key = act.find(SchoolKey, case.id)
    opened = act.session.exec(select(SchoolGrant).where(SchoolGrant.case_id == case.id)).first() is not None
    school = f"{_school_of(act, case)}, {key.contact_name}".removeprefix(", ")
    doubt = open_doubt(act, case)
    if doubt:
        doubt.settled_at = act.now
    fields = {"school": school, "opened": opened}
    move(act, case, Verb.TAKE_BACK, fields=fields, handed_at=None, handed_brin=None, handed_board=None)
    messages.taken_back(act, case, school=school, opened=opened)
    to_schools.taken_back_from_school(act, case, school=key)
    act.session.exec(delete(SchoolGrant).where(col(SchoolGrant.case_id) == case.id))
    act.session.delete(key)


@asks(Permission.HANDLE_CASE)
def close_by_school(act: Allowed, seen: Seen, answered_on: str = "") -> None:
    """Record that the school has answered outside the portal, on a day as typed; nothing where nobody knows it.

    Raises InvalidInputError.
    """
    case = load(act, seen)
    day = day_of(answered_on)
    if answered_on.strip() and (day is None or not case.received_on <= day <= act.today):
        raise InvalidInputError({"answered_on": "invalid.answered_on"})
    answered_at = local_midnight(day) if day else case.answered_at
    move(act, case, Verb.CLOSE_BY_SCHOOL, closed_at=act.now, answered_at=answered_at)
    messages.closed_by_school(act, case)


@asks(Permission.HANDLE_CASE)
def execute(act: Allowed, seen: Seen) -> None:
    """What the school decided was carried out: the case ends, what it grants is the requester's to take, both sides hear so."""
    case = load(act, seen)
    move(act, case, Verb.EXECUTE, closed_at=act.now)
    found = select(CaseFile.id).where(
        CaseFile.case_id == case.id, CaseFile.purpose == FilePurpose.ANSWER, col(CaseFile.deleted_at).is_(None)
    )
    files = act.session.exec(found.limit(1)).first() is not None
    messages.executed(act, case, rights=rights_of(act, case), token=links.notice_link(act, case), files=files)
    key = act.session.get(SchoolKey, case.id)
    if key:
        to_schools.executed_for_school(act, case, school=key)


def _school_of(act: Allowed, case: Case) -> str:
    if not (case.handed_brin or case.handed_board):
        return ""
    return known_name(act, SchoolScope(board=case.handed_board, brin=case.handed_brin))


def _checked(act: Allowed, to: HandTo) -> tuple[str, str, str]:
    problems: dict[str, str] = {}
    name = _name_of(act, to)
    contact, email = line_of(to.contact_name), normalized_or_empty(to.contact_email)
    if not 0 < len(name) <= LONGEST_NAME:
        problems["school"] = "invalid.school_empty"
    if not 0 < len(contact) <= LONGEST_NAME:
        problems["contact_name"] = "invalid.contact_name"
    if not email:
        problems["contact_email"] = "invalid.email"
    reject(problems)
    return name, contact, email


def _name_of(act: Allowed, to: HandTo) -> str:
    if to.brin or to.board:
        return known_name(act, SchoolScope(board=to.board or None, brin=to.brin or None))
    return line_of(to.other)
