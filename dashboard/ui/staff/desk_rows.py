"""The rows of the desk: who asks what, how long there is, where it stands, whose it is. A click opens one."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard.data_requests.case.lifecycle import OPEN
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.desk.rows import DeskPage, DeskRow
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.i18n import Texts
from dashboard.insight.health import Health, health_of
from dashboard.permissions import Permission
from dashboard.ui import parts, state
from dashboard.ui.staff import desk_bulk, shortcuts
from dashboard.ui.visit import visit

COLUMNS = ("who", "left", "status", "handler", "reference")
# A colour beside a word and a sign, never alone.
_MARKED = {
    Health.OVERDUE: (":red[:material/error: **{words}**]"),
    Health.WITHIN_5: (":orange[:material/schedule: **{words}**]"),
}


def table(page: DeskPage) -> None:
    """One row a case. What can be done with the ticked ones stands above them."""
    t, may = visit().t, visit().actor.may(Permission.HANDLE_CASE)
    if page.cut:
        st.warning(t("desk.cut"), icon=":material/filter_alt:")
    if page.partly:
        st.info(t("desk.partly"), icon=":material/hourglass_top:")
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    state.list_cases((row.reference for row in page.rows), asked)
    if not page.rows:
        if not page.partly:
            st.info(t("desk.empty"), icon=":material/inbox:")
        return
    # Boxes to tick cost as much as the rows: they are there for who asks for them.
    may = may and st.toggle(t("desk.pick"), key="desk_pick")
    if may:
        desk_bulk.picked([row for row in page.rows if state.value_of(desk_bulk.tick_of(row))])
    # One grid of three, or two, things a row: a container around each would cost as much as what is in it.
    with st.container(key="desk_rows" if may else "desk_rows_read", gap=None):
        st.caption("\n\n".join(t(f"desk.column.{name}") for name in COLUMNS))
        for row in page.rows:
            _row(row, may=may)


def _row(row: DeskRow, *, may: bool) -> None:
    t = visit().t
    who = parts.plain(row.name)
    if may:
        st.checkbox(t("desk.tick", name=who, reference=row.reference), key=desk_bulk.tick_of(row), label_visibility="collapsed")
    rights = ", ".join(right_in_words(t, right) for right in row.rights)
    if st.button(f"**{who}** · {rights}", key=f"desk_row_open_{row.id}", type="tertiary"):
        desk_bulk.open_case(row.reference)
    told = (
        left(row, t, visit().today),
        f"{parts.STATUS_ICON[row.status]} {t(f'status.{row.status.value}')}",
        parts.plain(row.handler) or t("desk.nobody"),
        f":gray[{row.reference}]",
    )
    # A paragraph each, in columns.
    st.markdown("\n\n".join(told))


def left(row: DeskRow | CaseView, t: Texts, today: date) -> str:
    """How many days there are until the statutory date, and the date."""
    day = f":gray[{t.short_day(row.due_on)}]"
    if row.status not in OPEN:
        return day
    days = (row.due_on - today).days
    words = t.count("desk.late_by", -days) if days < 0 else t.count("desk.left", days) if days else t("desk.today")
    return f"{_MARKED.get(health_of(row.due_on, today), '{words}').format(words=words)} {day}"


def way(reference: str) -> None:
    """At a case: back to the list, and to the ones before and after it there."""
    here, listed = visit(), state.listed_cases()
    t = here.t
    with st.container(horizontal=True, vertical_alignment="center", key="case_way"):
        st.page_link(
            here.pages["staff/desk.py"], label=t("case.back"), icon=":material/arrow_back:", query_params=state.desk_address()
        )
        shortcuts.show(shortcuts.ON_CASE)
        if reference not in listed:
            return
        place = listed.index(reference)
        _go("previous", listed[:place][-1:], shortcut="Alt+K", icon=":material/chevron_left:")
        st.caption(t("case.place", place=place + 1, total=len(listed)), width="content")
        _go("next", listed[place + 1 :][:1], shortcut="Alt+J", icon=":material/chevron_right:")


def in_short(case: CaseView) -> None:
    """Under its title, the same as its row said."""
    t = visit().t
    rights = ", ".join(right_in_words(t, row.right) for row in case.rights)
    st.markdown(f"**{parts.plain(case.name)}** · {rights} · {left(case, t, visit().today)}")


def _go(where: str, to: Sequence[str], *, shortcut: str, icon: str) -> None:
    label = visit().t(f"case.{where}")
    if st.button(label, key=f"case_{where}", type="tertiary", icon=icon, shortcut=shortcut, disabled=not to) and to:
        st.query_params.from_dict({"ref": to[0]})
        st.rerun()
