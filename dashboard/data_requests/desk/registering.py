"""A letter, a call or a mail that reached us: staff enter it, with the day it was received (rule 3)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from dashboard.act import Allowed, asks
from dashboard.data_requests.case.codes import code_for
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.terms import Channel, Recognised
from dashboard.data_requests.law.rights import Subject
from dashboard.data_requests.outgoing import messages
from dashboard.data_requests.requester.intake import CheckedRequest, NewRequest, check, day_of
from dashboard.data_requests.requester.starting import Arrival, check_product, new_case, record_start
from dashboard.errors import InvalidInputError
from dashboard.permissions import Permission
from dashboard.tokens import digest

OLDEST_RECEIPT = timedelta(days=400)
LONGEST_ADDRESS = 500


@dataclass(frozen=True, slots=True)
class Registration:
    """What staff know of a request that didn't come by the form."""

    request: NewRequest
    channel: str
    received_on: str
    postal_address: str = ""
    # Staff have seen the authorisation of who asks for another; it stays with the paper.
    has_authorisation: bool = False
    # How we know who it is.
    recognised: str = Recognised.NOT_YET


@asks(Permission.HANDLE_CASE)
def register(act: Allowed, entered: Registration, *, key: str) -> list[str]:
    """Open the case, or two; returns the references. The day of receipt is the letter's, not today's.

    Whoever enters it has the address from the letter, call or mail, so the case needs no confirming. The same key again
    gives the same cases. Raises InvalidInputError.
    """
    if known := _registered(act, key):
        return known
    channel, received_on, address = _checked(entered, act.today)
    recognised = Recognised(entered.recognised)
    # Who may ask for whom is a matter of age, on the day the request reached us.
    asked = check(entered.request, today=received_on, needs_email=not address, by_desk=True, on_paper=entered.has_authorisation)
    check_product(act, asked.product)
    try:
        with act.session.begin_nested():
            cases = _open(
                act, asked, key, Arrival(channel, received_on, act.now), {"postal_address": address, "recognised": recognised}
            )
    except IntegrityError:
        # The same form, sent twice at once: the other one won.
        if known := _registered(act, key):
            return known
        raise
    for case, part in zip(cases, asked.parts, strict=True):
        record_start(act, case, part, asked)
    code = code_for(key, act.settings.pepper.get_secret_value())
    also = cases[1].reference if len(cases) > 1 else ""
    messages.registered(act, cases[0], code=code, rights=asked.rights, also=also)
    return [case.reference for case in cases]


def _open(act: Allowed, asked: CheckedRequest, key: str, arrival: Arrival, known: dict[str, Any]) -> list[Case]:
    cases = [new_case(act, asked, part, key, arrival) for part in asked.parts]
    if len(cases) > 1:
        cases[0].sibling_id, cases[1].sibling_id = cases[1].id, cases[0].id
    for case in cases:
        case.status, case.verified_at = Status.RECEIVED, act.now
        for name, value in known.items():
            setattr(case, name, value)
    act.session.add_all(cases)
    act.session.flush()
    return cases


def _registered(act: Allowed, key: str) -> list[str]:
    """The references that this key gave before: of the case, or of both."""
    first = act.session.exec(select(Case).where(Case.submission == digest(key))).one_or_none()
    halves = [digest(f"{key}:{subject.value}") for subject in Subject]
    second = act.session.exec(select(Case).where(col(Case.submission).in_(halves))).one_or_none()
    return [case.reference for case in (first, second) if case]


def _checked(entered: Registration, today: date) -> tuple[Channel, date, str]:
    problems: dict[str, str] = {}
    received_on = day_of(entered.received_on)
    if entered.channel not in set(Channel) - {Channel.FORM}:
        problems["channel"] = "invalid.channel"
    if entered.recognised not in set(Recognised):
        problems["recognised"] = "invalid.recognised"
    if received_on is None:
        problems["received_on"] = "invalid.received_none"
    elif received_on > today:
        problems["received_on"] = "invalid.received_future"
    elif received_on < today - OLDEST_RECEIPT:
        problems["received_on"] = "invalid.received_old"
    address = "\n".join(line for typed in entered.postal_address.splitlines() if (line := " ".join(typed.split())))
    if len(address) > LONGEST_ADDRESS:
        problems["postal_address"] = "invalid.postal_address"
    if problems or received_on is None:
        raise InvalidInputError(problems | _others(entered, today))
    return Channel(entered.channel), received_on, address


def _others(entered: Registration, today: date) -> dict[str, str]:
    """What else is wrong: all of it is said at once."""
    try:
        check(
            entered.request,
            today=today,
            needs_email=not entered.postal_address.strip(),
            by_desk=True,
            on_paper=entered.has_authorisation,
        )
    except InvalidInputError as wrong:
        return wrong.problems
    return {}
