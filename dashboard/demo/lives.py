"""What may have happened to a made-up request, from the day it came: as the rows that the service would have left. Pure, but for
the chance that is handed in.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from dashboard.clock import local_day
from dashboard.data_requests.case.codes import code_for, code_hmac, made_reference
from dashboard.data_requests.case.events import EventKind, checked
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.terms import Channel, ExtensionReason, Recognised
from dashboard.data_requests.law.deadlines import statutory_due
from dashboard.data_requests.law.rights import (
    NEEDS_EVIDENCE,
    Ground,
    Outcome,
    RequesterRole,
    Right,
    Subject,
    bits_of,
    grounds_of,
    outcomes_of,
)
from dashboard.i18n import Language
from dashboard.permissions import Role
from dashboard.tokens import digest

NAMES_PRODUCT = 0.6
TWO_RIGHTS, NEVER_CONFIRMED, EXTENDED, RATED = 0.15, 0.05, 0.04, 0.3
LINGERS, LINGERS_FROM, LINGERS_TO = 0.25, 24, 38
OLDEST_DAYS = 700
UNVERIFIED_DAYS = 30
FIRST_NAMES = ("Sam", "Noor", "Daan", "Lotte", "Bram", "Fleur", "Sem", "Yara", "Tijn", "Mees", "Isa", "Joep")
LAST_NAMES = ("Voorbeeld", "Verzonnen", "Proef", "Denkbeeldig", "Fictief", "Monster")
EXPLANATIONS = (
    "Ik wil graag weten welke gegevens jullie van mij hebben.",
    "Mijn adres klopt niet meer, kunnen jullie dat aanpassen?",
    "Ik ben geen klant meer en wil dat mijn gegevens worden gewist.",
    "Ik wil de nieuwsbrief niet meer krijgen.",
    "Welke gegevens van mijn kind staan in het lesmateriaal?",
)
REASON = "Zo staat het in onze administratie; in ons antwoord leggen we het uit."
_ROLES = (RequesterRole.CUSTOMER, RequesterRole.CUSTOMER, RequesterRole.TEACHER)
_LANGUAGES = (Language.NL, Language.NL, Language.NL, Language.EN)
_RIGHTS = {
    Right.ACCESS: 40,
    Right.ERASURE: 25,
    Right.RECTIFICATION: 14,
    Right.CONSENT_WITHDRAWAL: 9,
    Right.OBJECTION: 6,
    Right.PORTABILITY: 4,
    Right.RESTRICTION: 2,
}
_CHANNELS = {Channel.FORM: 84, Channel.MAIL: 8, Channel.LETTER: 5, Channel.PHONE: 3}
_OUTCOMES = {Outcome.GRANTED: 80, Outcome.PARTLY: 10, Outcome.REFUSED: 6, Outcome.NOT_APPLICABLE: 4}
_MARKS = (5, 5, 5, 4, 4, 4, 3, 3, 2, 1)
_ORDER = {right: place for place, right in enumerate(Right)}


@dataclass(frozen=True, slots=True)
class Life:
    """A case, its rights and its events."""

    case: dict[str, Any]
    rights: list[dict[str, Any]]
    events: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Portal:
    """What every life needs of the portal that it happens in."""

    pepper: str
    now: datetime
    handlers: Sequence[str] = ()
    products: Sequence[str] = ()


def lived(chance: random.Random, portal: Portal, number: int) -> Life:
    """The life of one request. `number` makes its reference."""
    # Squared: more recent requests than old ones.
    submitted = portal.now - timedelta(days=OLDEST_DAYS * chance.random() ** 2, seconds=chance.randrange(86_400))
    case = _case(chance, portal, number, submitted)
    (channel,) = chance.choices(list(_CHANNELS), weights=list(_CHANNELS.values()))
    asked = chance.choices(list(_RIGHTS), weights=list(_RIGHTS.values()), k=2 if chance.random() < TWO_RIGHTS else 1)
    rights = sorted(set(asked), key=_ORDER.__getitem__)
    status, closed_at = _fate(chance, submitted, portal.now, by_form=channel is Channel.FORM)
    case |= {
        "channel": channel,
        "status": status,
        "closed_at": closed_at,
        "answered_at": closed_at if status is Status.CLOSED else None,
        "waiting_since": submitted if status is Status.WAITING_FOR_REQUESTER else None,
        "recognised": None if channel is Channel.FORM else Recognised.KNOWN_ADDRESS,
        "verified_at": None if status in {Status.UNVERIFIED, Status.EXPIRED} else submitted + timedelta(hours=1),
        "rights_bits": bits_of(rights),
    }
    if portal.handlers and status in {Status.IN_PROGRESS, Status.WAITING_FOR_REQUESTER}:
        case["handler_id"] = chance.choice(portal.handlers)
    decided = [_decided(chance, right) if status is Status.CLOSED else (None, None) for right in rights]
    rows = [
        {"case_id": case["id"], "right": right, "outcome": outcome, "ground": ground, "reason": REASON if ground else ""}
        for right, (outcome, ground) in zip(rights, decided, strict=True)
    ]
    if status is Status.CLOSED and chance.random() < EXTENDED:
        case |= {"extended": True, "due_on": _due(case["received_on"], extended=True)}
    events = list(_events(chance, case, rows, portal.now))
    return Life(case | {"version": len(events)}, rows, events)


def _case(chance: random.Random, portal: Portal, number: int, submitted: datetime) -> dict[str, Any]:
    received_on = local_day(submitted)
    key = chance.randbytes(32).hex()
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    return {
        "id": made_id(chance),
        "reference": made_reference(number),
        "code_hmac": code_hmac(code_for(key, portal.pepper), portal.pepper),
        "submission": digest(key),
        "role": chance.choice(_ROLES),
        "subject": Subject.OWN_RECORDS,
        "language": chance.choice(_LANGUAGES),
        "product": chance.choice(portal.products) if portal.products and chance.random() < NAMES_PRODUCT else "",
        "name": name,
        "email": f"{name.lower().replace(' ', '.')}{chance.randrange(10_000)}@aanvrager.example",
        "explanation": chance.choice(EXPLANATIONS),
        "submitted_at": submitted,
        "received_on": received_on,
        "due_on": _due(received_on),
        "extended": False,
        "handler_id": None,
    }


@cache
def _due(received_on: date, *, extended: bool = False) -> date:
    return statutory_due(received_on, extended=extended)


def _fate(chance: random.Random, submitted: datetime, now: datetime, *, by_form: bool) -> tuple[Status, datetime | None]:
    """Where a request stands now: old ones are answered, but for a few; a few of the forms were never confirmed."""
    age = (now - submitted).days
    if by_form and chance.random() < NEVER_CONFIRMED:
        if age > UNVERIFIED_DAYS:
            return Status.EXPIRED, submitted + timedelta(days=UNVERIFIED_DAYS)
        return Status.UNVERIFIED, None
    answered_after = max(0.5, chance.gauss(16, 7))
    # Some of the last weeks stay open, so that the desk has cases due soon and cases that are overdue.
    lingers = LINGERS_FROM <= age <= LINGERS_TO and chance.random() < LINGERS
    if age >= answered_after and not lingers:
        return Status.CLOSED, submitted + timedelta(days=answered_after)
    return chance.choice((Status.RECEIVED, Status.IN_PROGRESS, Status.IN_PROGRESS, Status.WAITING_FOR_REQUESTER)), None


def _decided(chance: random.Random, right: Right) -> tuple[Outcome, Ground | None]:
    (outcome,) = chance.choices(list(_OUTCOMES), weights=list(_OUTCOMES.values()))
    grounds = _plain_grounds(right, outcome)
    return (outcome, chance.choice(grounds)) if grounds else (Outcome.GRANTED, None)


@cache
def _plain_grounds(right: Right, outcome: Outcome) -> tuple[Ground, ...]:
    """Those of which nothing more need be shown."""
    if outcome not in outcomes_of(right):
        return ()
    return tuple(ground for ground in grounds_of(right, outcome) if ground not in NEEDS_EVIDENCE)


def _events(chance: random.Random, case: dict[str, Any], rights: list[dict[str, Any]], now: datetime) -> Iterator[dict[str, Any]]:
    """In the order in which they happened; each goes on from the status in which the one before left the case."""
    numbers, status = count(1), ""
    for kind, at, after, by, fields in _told(chance, case, rights, now):
        yield {
            "id": made_id(chance),
            "case_id": case["id"],
            "number": next(numbers),
            "kind": kind,
            "at": at,
            "actor_role": by.value,
            "actor_id": (case["handler_id"] or "") if by is Role.DESK_AGENT else "",
            "from_status": status or None,
            "to_status": after.value,
            "fields": checked(kind, fields),
        }
        status = after.value


_Told = tuple[EventKind, datetime, Status, Role, dict[str, Any]]


def _told(chance: random.Random, case: dict[str, Any], rights: list[dict[str, Any]], now: datetime) -> Iterator[_Told]:
    came, status, end = case["submitted_at"], case["status"], case["closed_at"] or now
    begun = {
        "rights": [row["right"].value for row in rights],
        "role": case["role"].value,
        "subject": case["subject"].value,
        "channel": case["channel"].value,
        "product": case["product"],
        "received_on": case["received_on"].isoformat(),
        "due_on": _due(case["received_on"]).isoformat(),
    }
    if case["channel"] is not Channel.FORM:
        yield EventKind.REGISTERED, came, Status.RECEIVED, Role.DESK_AGENT, begun
    else:
        yield EventKind.SUBMITTED, came, Status.UNVERIFIED, Role.VISITOR, begun
        if status is Status.EXPIRED:
            yield EventKind.EXPIRED, case["closed_at"], Status.EXPIRED, Role.SYSTEM, {}
        if case["verified_at"]:
            yield EventKind.VERIFIED, case["verified_at"], Status.RECEIVED, Role.VISITOR, {}
    if status not in {Status.IN_PROGRESS, Status.WAITING_FOR_REQUESTER, Status.CLOSED}:
        return
    taken = came + (end - came) * chance.uniform(0.1, 0.5)
    yield EventKind.TAKEN, taken, Status.IN_PROGRESS, Role.DESK_AGENT, {"previous_handler": None}
    if status is Status.WAITING_FOR_REQUESTER:
        yield EventKind.ASKED, taken, Status.WAITING_FOR_REQUESTER, Role.DESK_AGENT, {"message_id": ""}
    if status is Status.CLOSED:
        yield from _ended(chance, case, rights, taken)


def _ended(chance: random.Random, case: dict[str, Any], rights: list[dict[str, Any]], taken: datetime) -> Iterator[_Told]:
    closed, first = case["closed_at"], _due(case["received_on"])
    if case["extended"]:
        moved = {"from_due": first.isoformat(), "to_due": case["due_on"].isoformat()}
        told = {"message_id": "", "reason": chance.choice(list(ExtensionReason)).value, **moved}
        yield EventKind.EXTENDED, taken, Status.IN_PROGRESS, Role.DESK_AGENT, told
    for row in rights:
        said = {
            "right": row["right"].value,
            "outcome": row["outcome"].value,
            "ground": row["ground"].value if row["ground"] else None,
        }
        yield EventKind.DECIDED, closed, Status.IN_PROGRESS, Role.DESK_AGENT, said
    outcomes = {row["right"].value: row["outcome"].value for row in rights}
    on_time = local_day(closed) <= case["due_on"]
    yield EventKind.CLOSED, closed, Status.CLOSED, Role.DESK_AGENT, {"message_id": "", "outcomes": outcomes, "on_time": on_time}
    if chance.random() < RATED:
        marks = {"easy": chance.choice(_MARKS), "clear": chance.choice(_MARKS)}
        yield EventKind.RATED, closed + timedelta(hours=2), Status.CLOSED, Role.REQUESTER, marks


def made_id(chance: random.Random) -> str:
    """A random id as `uuid4` makes them, from this chance."""
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
