"""A personal data breach: noted when it is noticed, traced, told to the authority within 72 hours and to people where the risk is
high, and kept in a register (art. 33 and 34 GDPR).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, func, select

from dashboard import audit
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.clock import local_day
from dashboard.data_requests.case.moves import checked_text
from dashboard.db import put
from dashboard.errors import InvalidInputError, NotPossibleError, reject
from dashboard.oversight.model import Breach, BreachCase
from dashboard.oversight.terms import Risk
from dashboard.oversight.tracing import trace
from dashboard.permissions import Permission
from dashboard.rows import row_of

# Art. 33(1). Hours run on through weekends and holidays (Regulation 1182/71, art. 3(4)).
TO_TELL_WITHIN = timedelta(hours=72)
OLDEST = timedelta(days=366)
LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class BreachView:
    """`cases`: how many requests it reached, as far as was traced."""

    id: str
    number: str
    version: int
    noticed_at: datetime
    happened: str
    effects: str
    measures: str
    risk: Risk
    traced_who: str
    traced_from: date | None
    traced_to: date | None
    authority_at: datetime | None
    authority_why: str
    people_at: datetime | None
    people_why: str
    closed_at: datetime | None
    cases: int

    @property
    def seen(self) -> Seen:
        return Seen(self.id, self.version)

    @property
    def tell_by(self) -> datetime:
        """Until when the authority must hear."""
        return self.noticed_at + TO_TELL_WITHIN

    @property
    def waits_for_authority(self) -> bool:
        return self.closed_at is None and self.authority_at is None and not self.authority_why


@asks(Permission.READ_AUDIT)
def breaches(act: Allowed) -> list[BreachView]:
    """All of them, the open ones first, then the newest."""
    rows = act.session.exec(select(Breach).order_by(col(Breach.noticed_at).desc(), col(Breach.number).desc())).all()
    counted = dict(act.session.exec(select(BreachCase.breach_id, func.count()).group_by(col(BreachCase.breach_id))).all())
    found = [row_of(BreachView, row, cases=counted.get(row.id, 0)) for row in rows]
    return sorted(found, key=lambda each: each.closed_at is not None)


@asks(Permission.HANDLE_BREACH)
def note(act: Allowed, noticed_at: datetime | None, happened: str) -> str:
    """Begin the clock. Returns the number. Raises InvalidInputError."""
    problems: dict[str, str] = {}
    if noticed_at is None or noticed_at > act.now or noticed_at < act.now - OLDEST:
        problems["noticed"] = "invalid.breach_noticed"
    said = _text(happened, "happened", problems)
    reject(problems)
    year = local_day(noticed_at or act.now).year
    last = act.session.exec(select(Breach.number).where(col(Breach.number).startswith(f"{year}-"))).all()
    number = f"{year}-{1 + max((int(each.partition('-')[2]) for each in last), default=0)}"
    row = Breach(number=number, noticed_at=noticed_at or act.now, noted_at=act.now, noted_by=act.actor.id, happened=said)
    act.session.add(row)
    act.session.flush()
    audit.record(act, Action.BREACH_NOTED, row.id)
    return number


@asks(Permission.HANDLE_BREACH)
def describe(act: Allowed, seen: Seen, effects: str, measures: str, risk: str) -> None:
    """What it does to people, what was done about it, and how likely it harms them. Raises InvalidInputError, StaleError."""
    row, problems = _open(act, seen), dict[str, str]()
    said = (_text(effects, "effects", problems), _text(measures, "measures", problems))
    if risk not in set(Risk):
        problems["risk"] = "invalid.breach_risk"
    reject(problems)
    row.effects, row.measures = said
    row.risk = Risk(risk)
    _changed(act, row, Action.BREACH_DESCRIBED)


@asks(Permission.HANDLE_BREACH)
def keep_traced(act: Allowed, seen: Seen, who: str, first: date, last: date) -> None:
    """Note whose doings it was, and the requests that they reached."""
    row = _open(act, seen)
    found = trace(act, who, first, last)
    for case_id in found.cases:
        put(act.session, BreachCase(breach_id=row.id, case_id=case_id))
    row.traced_who, row.traced_from, row.traced_to = who[:80], first, last
    _changed(act, row, Action.BREACH_TRACED)


@asks(Permission.HANDLE_BREACH)
def tell_authority(act: Allowed, seen: Seen, at: datetime | None, why: str) -> None:
    """When the authority was told; and where that was late, or wasn't needed, why. Raises InvalidInputError."""
    row = _open(act, seen)
    row.authority_at, row.authority_why = _told(act, row, at, why, late_by=row.noticed_at + TO_TELL_WITHIN)
    _changed(act, row, Action.BREACH_TOLD)


@asks(Permission.HANDLE_BREACH)
def tell_people(act: Allowed, seen: Seen, at: datetime | None, why: str) -> None:
    """When those whom it is about were told, or why that wasn't needed (art. 34(3))."""
    row = _open(act, seen)
    row.people_at, row.people_why = _told(act, row, at, why)
    _changed(act, row, Action.BREACH_TOLD)


@asks(Permission.HANDLE_BREACH)
def close(act: Allowed, seen: Seen) -> None:
    """All that the register must say is said. Raises NotPossibleError, naming what isn't."""
    row = _open(act, seen)
    if not row.effects or not row.measures or row.risk is Risk.UNKNOWN:
        raise NotPossibleError("error.breach_undescribed")
    if row.authority_at is None and (not row.authority_why or row.risk is not Risk.UNLIKELY):
        # Only what is unlikely to harm anybody need not be told.
        raise NotPossibleError("error.breach_authority")
    if row.risk is Risk.HIGH and row.people_at is None and not row.people_why:
        raise NotPossibleError("error.breach_people")
    row.closed_at = act.now
    _changed(act, row, Action.BREACH_CLOSED)


def _open(act: Allowed, seen: Seen) -> Breach:
    row = act.find(Breach, seen.id)
    seen.compare(row.version)
    if row.closed_at:
        raise NotPossibleError("error.breach_closed")
    return row


def _changed(act: Allowed, row: Breach, action: Action) -> None:
    row.version += 1
    act.session.add(row)
    act.session.flush()
    audit.record(act, action, row.id)


def _told(
    act: Allowed, row: Breach, at: datetime | None, why: str, late_by: datetime | None = None
) -> tuple[datetime | None, str]:
    problems: dict[str, str] = {}
    if at is not None and not row.noticed_at <= at <= act.now:
        problems["at"] = "invalid.breach_told"
    is_late = at is not None and late_by is not None and at > late_by
    said = _text(why, "why", problems) if at is None or is_late or why.strip() else ""
    reject(problems)
    return at, said


def _text(typed: str, field: str, problems: dict[str, str]) -> str:
    try:
        return checked_text(typed, f"breach_{field}", LONGEST)
    except InvalidInputError as wrong:
        problems[field] = next(iter(wrong.problems.values()))
        return ""
