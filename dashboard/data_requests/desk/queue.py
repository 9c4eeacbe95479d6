"""The desk's list, its counts and its search: each costs the same at a thousand and at a million requests."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, exists, or_
from sqlalchemy import case as when
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from dashboard import vault
from dashboard.accounts.queries import names_of
from dashboard.act import Allowed, asks
from dashboard.data_requests.case.codes import normal_reference
from dashboard.data_requests.case.desk_model import CaseMention, OpenLoad, SearchWord
from dashboard.data_requests.case.lifecycle import AT_SCHOOL, OPEN, Status
from dashboard.data_requests.case.model import Case, CaseRight
from dashboard.data_requests.desk.behind import AT_ONCE, MOST_LOOKED, Behind, candidates, counting
from dashboard.data_requests.desk.rows import NOBODY, Cursor, DeskPage, DeskRow, Filters, Order, View
from dashboard.data_requests.law.rights import Right, bits_of
from dashboard.permissions import Actor, Permission
from dashboard.sealed import left_out
from dashboard.words import after, asked

WEEK_DAYS = 7
PAGE_SIZE = 25
# A search for a word that thousands share looks at this many: the page says so, and asks for another word.
MOST_FOUND = 100

_ORDER: dict[Order, Any] = {
    Order.DUE: col(Case.due_on),
    Order.RECEIVED: col(Case.received_on),
    Order.REFERENCE: col(Case.reference),
}
_BY_STATUS = {
    View.REQUESTER: {Status.WAITING_FOR_REQUESTER},
    View.SCHOOL: AT_SCHOOL,
    View.EXECUTE: {Status.SCHOOL_DECIDED},
    View.UNVERIFIED: {Status.UNVERIFIED},
}


@asks(Permission.READ_DESK)
def desk(act: Allowed, filters: Filters, *, start: Cursor | None = None) -> DeskPage:
    """One page of the queue, found by key: the last page costs what the first does. A search looks at every case, in any view."""
    if filters.behind and not filters.search.strip():
        return _page_behind(act, filters, filters.behind, start)
    column = _ORDER[filters.order]
    listed = select(Case).options(*left_out(Case, but=("name",))).where(*_conditions(filters, act.actor, act.today))
    query = listed.order_by(column, col(Case.id)).limit(PAGE_SIZE + 1)
    cut = False
    if filters.search.strip():
        ids = _found(act, filters.search)
        cut = len(ids) > MOST_FOUND
        query = query.where(col(Case.id).in_(ids[:MOST_FOUND]))
    return _page(act, act.session.exec(_after(query, column, start)).all(), column, cut=cut)


def _after(query: Any, column: Any, start: Cursor | None) -> Any:
    return query.where(or_(column > start.value, and_(column == start.value, col(Case.id) > start.id))) if start else query


def _page(act: Allowed, found: Sequence[Case], column: Any, *, cut: bool) -> DeskPage:
    """What was found, of which one more than a page says that there is a next."""
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    last = shown[-1] if shown else None
    cursor = Cursor(getattr(last, column.key), last.id) if more and last else None
    return DeskPage(tuple(_rows(act, shown)), cursor, cut)


def _page_behind(act: Allowed, filters: Filters, behind: Behind, start: Cursor | None) -> DeskPage:
    """Candidates are looked through, some hundreds at a time, until a page of those that count is full."""
    column, found, looked = _ORDER[filters.order], list[Case](), 0
    listed = select(Case).options(*left_out(Case, but=("name",))).where(*candidates(behind), *_narrowed(filters))
    query = listed.order_by(column, col(Case.id)).limit(AT_ONCE)
    while len(found) <= PAGE_SIZE and looked < MOST_LOOKED:
        cases = act.session.exec(_after(query, column, start)).all()
        looked += len(cases)
        found += counting(act, behind, cases)
        if len(cases) < AT_ONCE:
            return _page(act, found, column, cut=False)
        start = Cursor(getattr(cases[-1], column.key), cases[-1].id)
    page = _page(act, found, column, cut=False)
    # Few among many: the next page goes on where this one stopped looking.
    return page if page.next else replace(page, next=start, partly=True)


@asks(Permission.READ_DESK)
def desk_counts(act: Allowed) -> dict[View, int]:
    """How many cases each open view holds: the filters on top of the desk."""
    given = {"me": act.actor.id, "today": act.today, "week": act.today + timedelta(days=WEEK_DAYS)}
    views, query = _counting()
    return dict(zip(views, map(int, act.session.execute(query, given).one()), strict=True))


@asks(Permission.RUN_JOBS)
def recounted(act: Allowed) -> dict[tuple[Status, date, str], int]:
    """The open cases counted anew from the cases themselves: `bijsluiter check` compares them with the kept counts."""
    rows = act.session.exec(
        select(col(Case.status), col(Case.due_on), col(Case.handler_id), func.count())
        .where(col(Case.closed_at).is_(None))
        .group_by(col(Case.status), col(Case.due_on), col(Case.handler_id))
    ).all()
    return {(Status(row[0]), row[1], row[2] or ""): int(row[3]) for row in rows}


@asks(Permission.RUN_JOBS)
def kept_counts(act: Allowed) -> dict[tuple[Status, date, str], int]:
    """The open cases as every move counted them."""
    rows = act.session.exec(select(OpenLoad).where(OpenLoad.cases != 0)).all()
    return {(Status(row.status), row.due_on, row.handler_id): row.cases for row in rows}


def _conditions(filters: Filters, actor: Actor, today: date) -> list[ColumnElement[bool]]:
    return [*([] if filters.search.strip() else [_of_view(filters.view, actor, today)]), *_narrowed(filters)]


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    """Whatever the view is."""
    conditions: list[ColumnElement[bool]] = []
    if filters.statuses:
        conditions.append(col(Case.status).in_(filters.statuses))
    if filters.rights:
        conditions.append(col(Case.rights_bits).bitwise_and(bits_of(filters.rights)) != 0)
    if filters.handler:
        conditions.append(
            col(Case.handler_id).is_(None) if filters.handler == NOBODY else col(Case.handler_id) == filters.handler
        )
    if filters.due:
        conditions.append(col(Case.due_on).between(*filters.due))
    return conditions


def _of_view(view: View, actor: Actor, today: date) -> ColumnElement[bool]:  # noqa: PLR0911 - one return for each view
    is_open = col(Case.closed_at).is_(None)
    match view:
        case View.OPEN:
            return is_open
        case View.ENDED:
            return col(Case.closed_at).is_not(None)
        case View.MINE:
            return and_(is_open, col(Case.handler_id) == actor.id)
        case View.MENTIONED:
            return col(Case.id).in_(select(CaseMention.case_id).where(CaseMention.person_id == actor.id))
        case View.WEEK:
            return and_(is_open, col(Case.due_on).between(today, today + timedelta(days=WEEK_DAYS)))
        case View.OVERDUE:
            return and_(is_open, col(Case.due_on) < today)
        case _:
            return and_(is_open, col(Case.status).in_(_BY_STATUS[view]))


@cache
def _counting() -> tuple[list[View], Any]:
    """All counts in one statement, made once: making it takes as long as asking it."""
    today, named = bindparam("today", type_=Date), select(func.count()).where(CaseMention.person_id == bindparam("me"))
    held: dict[View, ColumnElement[bool]] = {
        View.OPEN: col(OpenLoad.status).in_(OPEN),
        View.MINE: col(OpenLoad.handler_id) == bindparam("me"),
        View.WEEK: col(OpenLoad.due_on).between(today, bindparam("week", type_=Date)),
        View.OVERDUE: col(OpenLoad.due_on) < today,
        **{view: col(OpenLoad.status).in_(statuses) for view, statuses in _BY_STATUS.items()},
    }
    sums: list[Any] = [func.coalesce(func.sum(when((which, OpenLoad.cases), else_=0)), 0) for which in held.values()]
    return [*held, View.MENTIONED], select(*sums, named.scalar_subquery())  # type: ignore[call-overload]


def _found(act: Allowed, typed: str) -> Sequence[str]:
    """The ids of the cases with this reference, or with words that begin like every word typed."""
    reference = normal_reference(typed)
    named = act.session.exec(select(Case.id).where(Case.reference == reference)).all() if reference else ()
    if named:
        return named
    # A name of nine letters may look like a reference that isn't there.
    words = [vault.of(act.session).words(word) for word in asked(typed)]
    if not words:
        return []
    first, *others = words
    query = select(SearchWord.case_id).where(_begins(SearchWord, first)).distinct()
    for word in others:
        also = aliased(SearchWord)
        # Looked up case by case: the list of everybody called so may be long, and a hundred are enough.
        query = query.where(exists().where(col(also.case_id) == col(SearchWord.case_id), _begins(also, word)))
    return act.session.exec(query.limit(MOST_FOUND + 1)).all()


def _begins(of: Any, hidden: Sequence[str]) -> ColumnElement[bool]:
    """With a word as it may stand in the index: while a secret is replaced there are two."""
    return or_(*(and_(col(of.word) >= each, col(of.word) < after(each)) for each in hidden))


def _rows(act: Allowed, cases: Sequence[Case]) -> Iterable[DeskRow]:
    names = names_of(act, [case.handler_id for case in cases if case.handler_id])
    rights: dict[str, list[Right]] = {}
    for case_id, right in act.session.exec(
        select(CaseRight.case_id, CaseRight.right).where(col(CaseRight.case_id).in_([case.id for case in cases]))
    ):
        rights.setdefault(case_id, []).append(Right(right))
    order = list(Right)
    for case in cases:
        yield DeskRow(
            id=case.id,
            reference=case.reference,
            name=case.name,
            version=case.version,
            status=case.status,
            due_on=case.due_on,
            received_on=case.received_on,
            rights=tuple(sorted(rights.get(case.id, []), key=order.index)),
            subject=case.subject,
            handler=names.get(case.handler_id or "", ""),
        )
