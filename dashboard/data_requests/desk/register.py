"""The register of all requests, to take away: a row each, without a name or an address, in pieces that hold nobody up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, and_, or_, type_coerce
from sqlmodel import col, select

from dashboard import audit
from dashboard.accounts.queries import names_of
from dashboard.act import Allowed, asks
from dashboard.annexes.catalogue import product_names
from dashboard.audit import Action
from dashboard.clock import local_day
from dashboard.data_requests.case.model import Case, CaseRight
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.rights import Right
from dashboard.i18n import Texts
from dashboard.permissions import Permission

PIECE = 2_000
COLUMNS = (
    "reference",
    "status",
    "rights",
    "outcomes",
    "role",
    "subject",
    "channel",
    "product",
    "received_on",
    "due_on",
    "extended",
    "paused_days",
    "closed_on",
    "answered_on",
    "handler",
)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows as the reader reads them, and where the next piece begins; None after the last."""

    rows: list[Row]
    after: tuple[date, str] | None


def headings(t: Texts) -> Row:
    return tuple(t(f"register.column.{column}") for column in COLUMNS)


@asks(Permission.READ_DESK)
def note_taken(act: Allowed, form: str) -> None:
    """That somebody took the register with them."""
    act.require_fresh()
    audit.record(act, Action.REGISTER_TAKEN, act.actor.id, form=form)


@asks(Permission.READ_DESK)
def piece(act: Allowed, t: Texts, after: tuple[date, str] | None = None) -> Piece:
    """The next requests by day of receipt: what is asked and what came of it. Each case once, however many come meanwhile."""
    # As the database writes them: a million times less to read and write anew.
    query = select(  # type: ignore[call-overload]
        Case.id,
        Case.reference,
        *(type_coerce(each, String) for each in (col(Case.status), col(Case.role), col(Case.subject), col(Case.channel))),
        type_coerce(col(Case.received_on), String),
        type_coerce(col(Case.due_on), String),
        Case.extended,
        Case.paused_days,
        Case.closed_at,
        Case.answered_at,
        Case.handler_id,
        Case.product,
    )
    if after:
        day, last = after
        query = query.where(or_(col(Case.received_on) > day, and_(col(Case.received_on) == day, col(Case.id) > last)))
    found = act.session.execute(query.order_by(col(Case.received_on), col(Case.id)).limit(PIECE)).all()
    rows = list(_rows(act, found, t))
    return Piece(rows, (date.fromisoformat(str(found[-1][6])), found[-1][0]) if len(found) == PIECE else None)


def _rows(act: Allowed, found: Sequence[Any], t: Texts) -> Iterator[Row]:
    words = _Words(t)
    asked: dict[str, list[tuple[str, str | None]]] = {}
    ids = [row[0] for row in found]
    query = select(CaseRight.case_id, type_coerce(col(CaseRight.right), String), type_coerce(col(CaseRight.outcome), String))
    for case_id, right, outcome in act.session.execute(query.where(col(CaseRight.case_id).in_(ids))):
        asked.setdefault(case_id, []).append((right, outcome))
    products = product_names(act) if any(row[13] for row in found) else {}
    names = names_of(act, [row[12] for row in found if row[12]])
    for (
        case_id,
        reference,
        status,
        role,
        subject,
        channel,
        received,
        due,
        extended,
        paused,
        closed,
        answered,
        handler,
        product,
    ) in found:
        rights = sorted(asked.get(case_id, ()), key=lambda each: words.order[each[0]])
        yield (
            reference,
            words(f"status.{status}"),
            ", ".join(words.right(right) for right, _ in rights),
            ", ".join(words(f"outcome.{outcome}") for _, outcome in rights if outcome),
            words(f"role.{role}"),
            words(f"subject.{subject}.short"),
            words(f"channel.{channel}"),
            products.get(product, product),
            str(received),
            str(due),
            words("export.yes" if extended else "export.no"),
            paused,
            local_day(closed).isoformat() if closed else "",
            local_day(answered).isoformat() if answered else "",
            names.get(handler or "", ""),
        )


class _Words:
    """Texts looked up once: a million rows say the same few."""

    def __init__(self, t: Texts) -> None:
        self._t = t
        self._known: dict[str, str] = {}
        self.order = {right.value: place for place, right in enumerate(Right)}

    def __call__(self, key: str) -> str:
        if key not in self._known:
            self._known[key] = self._t(key)
        return self._known[key]

    def right(self, value: str) -> str:
        if value not in self._known:
            self._known[value] = right_in_words(self._t, Right(value))
        return self._known[value]
