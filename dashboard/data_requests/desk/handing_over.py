"""A request about learning material goes to the school, which decides (art. 28(3)(e)): the publisher's side of it."""

import secrets
from dataclasses import dataclass

from dashboard.accounts.queries import known_name
from dashboard.act import Allowed, Seen, asks
from dashboard.addresses import normalized_or_empty
from dashboard.data_requests.case.access_model import SchoolKey
from dashboard.data_requests.case.codes import CODE_BYTES, as_code, code_hmac
from dashboard.data_requests.case.lifecycle import Verb
from dashboard.data_requests.case.moves import load, move
from dashboard.data_requests.case.needs import rights_of
from dashboard.data_requests.outgoing import messages
from dashboard.data_requests.requester.intake import line_of
from dashboard.errors import reject
from dashboard.permissions import Permission, SchoolScope

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
    case = load(act, seen)
    name, contact, email = _checked(act, to)
    move(
        act,
        case,
        Verb.HAND_OVER,
        fields={"school": f"{name}, {contact}"},
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
    messages.for_school(act, case, school=key, code=code, in_portal=bool(to.brin or to.board), rights=rights_of(act, case))


@asks(Permission.HANDLE_CASE)
def close_by_school(act: Allowed, seen: Seen) -> None:
    """Record that the school has answered outside the portal."""
    case = load(act, seen)
    move(act, case, Verb.CLOSE_BY_SCHOOL, closed_at=act.now)
    messages.closed_by_school(act, case, rights=rights_of(act, case))


@asks(Permission.HANDLE_CASE)
def execute(act: Allowed, seen: Seen) -> None:
    """What the school decided was carried out: the case ends, and both sides hear so."""
    case = load(act, seen)
    move(act, case, Verb.EXECUTE, closed_at=act.now)
    messages.closed_by_school(act, case, rights=rights_of(act, case))
    key = act.session.get(SchoolKey, case.id)
    if key:
        messages.executed_for_school(act, case, school=key)


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
