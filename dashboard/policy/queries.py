"""What a rule is now, and what it was. Reading needs no capability: the rules hold for everybody."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import tuple_
from sqlmodel import col, func, select

from dashboard.act import Allowed, Seen, asks, once
from dashboard.db import READING
from dashboard.permissions import Permission
from dashboard.policy.model import PolicyChange
from dashboard.policy.rules import RULES, Term
from dashboard.rows import row_of

# What an action asked of the rules so far; who sets one forgets it.
RULES_KNOWN = "rules known"


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule's value, and how often it was set: who sets it says which one they saw."""

    name: str
    value: Any
    number: int

    @property
    def seen(self) -> Seen:
        return Seen(self.name, self.number)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    number: int
    value: Any
    at: datetime
    by: str
    reason: str


def current(act: Allowed, name: str, at: datetime | None = None) -> Any:
    """The newest value of a rule, or the one that held at a moment; its default when nobody had set it."""
    default = RULES[name].default if name in RULES else None
    if at:
        return _value(act, name, default, at)
    if READING in act.session.info:
        return once(act, "rules", partial(_all_current, act)).get(name, default)
    known: dict[str, Any] = act.session.info.setdefault(RULES_KNOWN, {})
    if name not in known:
        known[name] = _value(act, name, default)
    return known[name]


def _value(act: Allowed, name: str, default: Any, at: datetime | None = None) -> Any:
    query = select(PolicyChange.value).where(PolicyChange.name == name).order_by(col(PolicyChange.number).desc()).limit(1)
    found = act.session.exec(query.where(PolicyChange.at <= at) if at else query).all()
    return found[0] if found else default


def _all_current(act: Allowed) -> dict[str, Any]:
    """What every rule is that was ever set: a page needs a dozen of them."""
    newest = select(PolicyChange.name, func.max(PolicyChange.number)).group_by(PolicyChange.name)
    query = select(PolicyChange.name, PolicyChange.value).where(tuple_(PolicyChange.name, PolicyChange.number).in_(newest))
    return dict(act.session.exec(query).all())


def bridge_days(act: Allowed, at: datetime | None = None) -> tuple[date, ...]:
    """The bridge days by royal decree (Algemene termijnenwet, art. 3) that staff entered, by now or by a moment."""
    return tuple(sorted(date.fromisoformat(day) for day in current(act, "bridge_days", at)))


def days_of(act: Allowed, term: Term) -> int:
    """How many days a term is."""
    return int(current(act, term.value))


@asks(Permission.READ_POLICY)
def rule(act: Allowed, name: str) -> RuleView:
    """A rule as it is now."""
    return RuleView(name, current(act, name), newest_number(act, name))


def newest_number(act: Allowed, name: str) -> int:
    """How often a rule was set."""
    return act.session.exec(select(func.max(PolicyChange.number)).where(PolicyChange.name == name)).one() or 0


@asks(Permission.READ_POLICY)
def history(act: Allowed, name: str) -> list[ChangeRow]:
    """Every value a rule had, the newest first."""
    rows = act.session.exec(select(PolicyChange).where(PolicyChange.name == name).order_by(col(PolicyChange.number).desc())).all()
    return [row_of(ChangeRow, row, by=row.by_name) for row in rows]
