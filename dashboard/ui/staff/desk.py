"""The parts of the desk: filters and pages. Its rows are in `desk_rows.py`, what several cases get at once in `desk_bulk.py`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import streamlit as st

from dashboard.accounts.queries import desk_people
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.desk.behind import Behind
from dashboard.data_requests.desk.rows import NOBODY, Cursor, DeskPage, Filters, Order, View
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.rights import Right
from dashboard.data_requests.upkeep.faults import FaultRow
from dashboard.i18n import Texts
from dashboard.ui import bound, parts, state
from dashboard.ui.visit import visit


def filters(counts: Mapping[View, int]) -> Filters:
    """The saved views with their counts on top; then the rest. All but the search stand in the URL."""
    t = visit().t
    # The cases of a number are what they are, in whatever view.
    behind = _behind()
    view = View.OPEN.value if behind else _view(counts)
    people = {NOBODY: t("desk.nobody"), **{person.id: person.name for person in visit().ask(desk_people)}}
    with st.container(horizontal=True, vertical_alignment="bottom", key="desk_filters"):
        search = st.text_input(t("desk.search"), key="desk_search", help=t("desk.search_help"), icon=":material/search:")
        orders = [order.value for order in Order]
        bound.one("desk_order", orders, orders[0])
        order = st.selectbox(t("desk.order"), orders, format_func=lambda o: t(f"desk.order.{o}"), key="desk_order", width=200)
        bound.keep("desk_order", order if order != orders[0] else "")
        narrowed = sum(bool(st.query_params.get(each)) for each in ("desk_right", "desk_status", "desk_handler"))
        place = st.popover(t.count("desk.filters", narrowed) if narrowed else t("desk.filter"), icon=":material/filter_list:")
    with place:
        rights = _several("desk.right", [r.value for r in Right], lambda r: right_in_words(t, Right(r)), "desk_right")
        statuses = _several("desk.status", [s.value for s in Status], lambda s: t(f"status.{s}"), "desk_status")
        bound.one("desk_handler", people)
        handler = st.selectbox(
            t("desk.handler"),
            list(people),
            index=None,
            format_func=lambda each: people.get(each, each),
            key="desk_handler",
            placeholder=t("desk.all"),
        )
        bound.keep("desk_handler", handler)
    due = _due()
    return Filters(
        view=View(view) if view in set(View) else View.OPEN,
        rights=tuple(Right(each) for each in rights if each in set(Right)),
        statuses=tuple(Status(each) for each in statuses if each in set(Status)),
        handler=handler or "",
        search=search,
        order=Order(order) if order in set(Order) else Order.DUE,
        due=due,
        behind=behind,
    )


def _view(counts: Mapping[View, int]) -> str:
    t = visit().t
    # A radio, not pills: those write the chosen one in the theme's colour, too faint on the dark ground.
    views = [view.value for view in View]
    bound.one("desk_view", views, View.OPEN.value)
    labels = {view.value: _labelled(view, counts, t) for view in View}
    view = st.radio(t("desk.view"), views, format_func=labels.get, horizontal=True, key="desk_view")
    bound.keep("desk_view", view if view != View.OPEN.value else "")
    return view


def _behind() -> Behind | None:
    """From a number of insight to its cases: of which number, and a way to let go of them."""
    t, found = visit().t, Behind.read(st.query_params.get("desk_behind", ""))
    if found is None:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        facts = t("list.or").join(t(f"fact.{fact.value}") for fact in (found.fact, found.or_fact) if fact)
        words = t("desk.behind", fact=facts, days=parts.days(found.first, found.last, t))
        st.badge(words, icon=":material/bar_chart:", color="blue")
        if st.button(t("desk.behind_all"), key="desk_behind_all", type="tertiary", icon=":material/close:"):
            st.query_params.pop("desk_behind", None)
            st.rerun()
    return found


def _due() -> tuple[date, date] | None:
    """From a chart to the desk: the statutory dates that the address names, and a way to let go of them."""
    t = visit().t
    first, _, last = st.query_params.get("desk_due", "").partition("..")
    try:
        found = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(t("desk.due", days=parts.days(*found, t)), icon=":material/event:", color="blue")
        if st.button(t("desk.due_all"), key="desk_due_all", type="tertiary", icon=":material/close:"):
            st.query_params.pop("desk_due", None)
            st.rerun()
    return found


def unsent(references: Sequence[str]) -> None:
    """Answers that were written and kept from going out: nobody may think that they went."""
    t = visit().t
    if references:
        links = ", ".join(f"[{each}](/case?ref={each})" for each in references)
        st.warning(f"{t.count('desk.unsent', len(references))} {links}", icon=":material/unsubscribe:")


def failing(rows: Sequence[FaultRow]) -> None:
    """Work in the background that keeps failing: what, and for which request."""
    t = visit().t
    if not rows:
        return
    st.warning(t.count("desk.failing", len(rows)), icon=":material/sync_problem:")
    with st.expander(t("desk.failing.which")):
        for row in rows:
            about = f" [{row.reference}](/case?ref={row.reference})" if row.reference else ""
            st.markdown(
                t(
                    "desk.failing.line",
                    job=t(f"job.{row.job}"),
                    reference=about,
                    since=t.moment(row.since),
                    times=row.times,
                    fault=row.fault,
                )
            )


def cursors(chosen: Filters) -> list[Cursor | None]:
    return state.desk_cursors(chosen)


def pager(page: DeskPage, begun: list[Cursor | None]) -> None:
    """On and back, by key: nothing is counted or skipped."""
    t = visit().t
    with st.container(horizontal=True):
        st.button(
            t("desk.previous"),
            disabled=not begun[1:],
            on_click=state.desk_back,
            key="desk_previous",
            icon=":material/chevron_left:",
        )
        st.button(
            t("desk.next"),
            disabled=page.next is None,
            on_click=state.desk_on,
            args=(page.next,),
            key="desk_next",
            icon=":material/chevron_right:",
        )


def take() -> None:
    """The register of all requests, for who must show it."""
    t = visit().t
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("register.take"), width="content")
        for form in ("csv", "xlsx"):
            st.link_button(t(f"register.take_{form}"), f"/register/all.{form}", icon=":material/download:", type="tertiary")


def _labelled(view: View, counts: Mapping[View, int], t: Texts) -> str:
    name = t(f"desk.view.{view.value}")
    return f"{name} ({t.number(counts[view])})" if view in counts else name


def _several(label: str, options: list[str], words: Callable[[str], str], key: str) -> list[str]:
    t = visit().t
    bound.several(key, options)
    chosen: list[str] = st.multiselect(t(label), options, format_func=words, key=key, placeholder=t("desk.all"))
    bound.keep(key, *chosen)
    return chosen
