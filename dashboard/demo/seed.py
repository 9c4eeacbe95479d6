"""Synthetic requests, for the demo and for benchmarks: the same seed gives the same people, all made up.

Rows are inserted in bulk, but they are what the service would have left: a case with its rights, events and rollup.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from dashboard.act import Allowed, asks
from dashboard.clock import local_day
from dashboard.data_requests.case.codes import code_for, code_hmac, new_reference
from dashboard.data_requests.case.counts import add_facts
from dashboard.data_requests.case.events import EventKind, checked
from dashboard.data_requests.case.facts import Count, Told, facts_of
from dashboard.data_requests.case.lifecycle import OPEN, Status
from dashboard.data_requests.case.terms import Channel
from dashboard.data_requests.law.deadlines import statutory_due
from dashboard.data_requests.law.rights import Outcome, RequesterRole, Right, Subject, bits_of
from dashboard.i18n import Language
from dashboard.permissions import Permission
from dashboard.settings import Settings
from dashboard.tables import data_requests, desk_model
from dashboard.tokens import digest
from dashboard.words import words

BATCH = 5_000
COUNCIL_MEMBERS = 0.9
TWO_RIGHTS = 0.15
NEVER_CONFIRMED = 0.05
LINGERS = 0.25
LINGERS_FROM, LINGERS_TO = 24, 38
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
SEEDED_ROLES = (RequesterRole.CUSTOMER, RequesterRole.CUSTOMER, RequesterRole.TEACHER)
_RIGHT_WEIGHTS = {
    Right.ACCESS: 40,
    Right.ERASURE: 25,
    Right.RECTIFICATION: 14,
    Right.CONSENT_WITHDRAWAL: 9,
    Right.OBJECTION: 6,
    Right.PORTABILITY: 4,
    Right.RESTRICTION: 2,
}


@dataclass(slots=True)
class _Rows:
    """What one batch inserts, table by table."""

    cases: list[dict[str, Any]] = field(default_factory=list)
    rights: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    words: list[dict[str, Any]] = field(default_factory=list)
    facts: Counter[Count] = field(default_factory=Counter)
    load: Counter[tuple[Status, date, str]] = field(default_factory=Counter)


@asks(Permission.RUN_JOBS)
def requests(act: Allowed, number: int, *, seed: int, handlers: Sequence[str] = ()) -> None:
    """Insert requests over the last two years: most answered, the newest open and, where there are any, with one of these people
    who handle them.
    """
    chance = random.Random(seed)  # noqa: S311  made-up people, no secrets
    for begin in range(0, number, BATCH):
        rows = _Rows()
        for _ in range(min(BATCH, number - begin)):
            _one(chance, rows, act, handlers)
        for table, values in (
            (data_requests.Case, rows.cases),
            (data_requests.CaseRight, rows.rights),
            (data_requests.CaseEvent, rows.events),
            (desk_model.SearchWord, rows.words),
        ):
            act.session.execute(insert(table), values)
        _add_load(act, rows.load)
        add_facts(act, rows.facts.items())


def _one(chance: random.Random, rows: _Rows, act: Allowed, handlers: Sequence[str]) -> None:
    # Squared: more recent requests than old ones.
    submitted = act.now - timedelta(days=OLDEST_DAYS * chance.random() ** 2, seconds=chance.randrange(86_400))
    case = _case(chance, submitted, act.settings, act.now)
    if handlers and case["status"] in {Status.IN_PROGRESS, Status.WAITING_FOR_REQUESTER}:
        case["handler_id"] = handlers[case["id"].encode()[0] % len(handlers)]
    asked = chance.choices(
        list(_RIGHT_WEIGHTS), weights=list(_RIGHT_WEIGHTS.values()), k=2 if chance.random() < TWO_RIGHTS else 1
    )
    rights = sorted(set(asked), key=list(Right).index)
    outcome = Outcome.GRANTED if case["status"] is Status.CLOSED else None
    rows.cases.append({**case, "rights_bits": bits_of(rights)})
    rows.rights += [{"case_id": case["id"], "right": right, "outcome": outcome, "ground": None, "reason": ""} for right in rights]
    events = list(_events(chance, case, rights, act.now))
    rows.events += events
    told = [Told(row["kind"], row["at"], row["from_status"], row["to_status"], row["fields"]) for row in events]
    rows.facts.update(facts_of(told))
    rows.words += [{"word": word, "case_id": case["id"]} for word in sorted(words(case["name"], case["email"]))]
    if case["status"] in OPEN:
        rows.load[case["status"], case["due_on"], case["handler_id"] or ""] += 1


def _case(chance: random.Random, submitted: datetime, settings: Settings, now: datetime) -> dict[str, Any]:
    received_on = local_day(submitted)
    due_on = statutory_due(received_on)
    status, closed_at = _fate(chance, submitted, now)
    key = chance.randbytes(32).hex()
    pepper = settings.pepper.get_secret_value()
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    return {
        "id": str(made_id(chance)),
        "reference": new_reference(),
        "code_hmac": code_hmac(code_for(key, pepper), pepper),
        "submission": digest(key),
        "status": status,
        "role": chance.choice(SEEDED_ROLES),
        "subject": Subject.OWN_RECORDS,
        "channel": Channel.FORM,
        "language": chance.choice((Language.NL, Language.NL, Language.NL, Language.EN)),
        "name": name,
        "email": f"{name.lower().replace(' ', '.')}{chance.randrange(10_000)}@aanvrager.example",
        "explanation": chance.choice(EXPLANATIONS),
        "submitted_at": submitted,
        "received_on": received_on,
        "due_on": due_on,
        "verified_at": None if status in {Status.UNVERIFIED, Status.EXPIRED} else submitted + timedelta(hours=1),
        "closed_at": closed_at,
        "answered_at": closed_at if status is Status.CLOSED else None,
        "waiting_since": submitted if status is Status.WAITING_FOR_REQUESTER else None,
        "handler_id": None,
        "version": 1,
    }


def _fate(chance: random.Random, submitted: datetime, now: datetime) -> tuple[Status, datetime | None]:
    """Where a request stands now: old ones are answered, but for a few; a few were never confirmed."""
    age = (now - submitted).days
    if chance.random() < NEVER_CONFIRMED:
        return (
            (Status.EXPIRED, submitted + timedelta(days=UNVERIFIED_DAYS)) if age > UNVERIFIED_DAYS else (Status.UNVERIFIED, None)
        )
    answered_after = max(0.5, chance.gauss(16, 7))
    # Some of the last weeks stay open, so that the desk has cases due soon and cases that are overdue.
    lingers = LINGERS_FROM <= age <= LINGERS_TO and chance.random() < LINGERS
    if age >= answered_after and not lingers:
        return Status.CLOSED, submitted + timedelta(days=answered_after)
    return chance.choice((Status.RECEIVED, Status.IN_PROGRESS, Status.IN_PROGRESS, Status.WAITING_FOR_REQUESTER)), None


def _events(chance: random.Random, case: dict[str, Any], rights: list[Right], now: datetime) -> Iterator[dict[str, Any]]:
    facts = {
        "rights": [right.value for right in rights],
        "role": case["role"].value,
        "subject": case["subject"].value,
        "channel": case["channel"].value,
        "received_on": case["received_on"].isoformat(),
        "due_on": case["due_on"].isoformat(),
    }
    told: list[tuple[EventKind, datetime, Status | None, Status, dict[str, Any]]] = [
        (EventKind.SUBMITTED, case["submitted_at"], None, Status.UNVERIFIED, facts)
    ]
    if case["verified_at"]:
        told.append((EventKind.VERIFIED, case["verified_at"], Status.UNVERIFIED, Status.RECEIVED, {}))
    if case["status"] is Status.EXPIRED:
        told.append((EventKind.EXPIRED, case["closed_at"], Status.UNVERIFIED, Status.EXPIRED, {}))
    if case["status"] is Status.CLOSED:
        on_time = local_day(case["closed_at"]) <= case["due_on"]
        closed = {"message_id": "", "outcomes": {right.value: Outcome.GRANTED.value for right in rights}, "on_time": on_time}
        told.append((EventKind.CLOSED, case["closed_at"], Status.IN_PROGRESS, Status.CLOSED, closed))
    if case["handler_id"]:
        taken = case["submitted_at"] + (now - case["submitted_at"]) / 4
        told.append((EventKind.TAKEN, taken, Status.RECEIVED, Status.IN_PROGRESS, {"previous_handler": None}))
    for number, (kind, at, before, after, fields) in enumerate(told, start=1):
        yield {
            "id": str(made_id(chance)),
            "case_id": case["id"],
            "number": number,
            "kind": kind,
            "at": at,
            "actor_role": "desk_agent" if kind is EventKind.TAKEN else "visitor",
            "actor_id": case["handler_id"] if kind is EventKind.TAKEN else "",
            "from_status": before.value if before else None,
            "to_status": after.value,
            "fields": checked(kind, fields),
        }


def _add_load(act: Allowed, load: Counter[tuple[Status, date, str]]) -> None:
    for (status, due_on, handler), number in load.items():
        row = act.session.get(desk_model.OpenLoad, (status, due_on, handler)) or desk_model.OpenLoad(
            status=status, due_on=due_on, handler_id=handler, cases=0
        )
        row.cases += number
        act.session.add(row)


def made_id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)
