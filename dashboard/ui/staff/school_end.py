"""Ending a school with its board: first what still hangs on it, then the day."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard.accounts import ending
from dashboard.accounts.directory import MemberRow
from dashboard.accounts.periods import FIRST_DAY, LAST_DAY
from dashboard.act import Seen
from dashboard.annexes import licensing
from dashboard.data_requests.school import at_school
from dashboard.notices import subscriptions
from dashboard.permissions import Permission
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def end(board: str, rows: Sequence[MemberRow]) -> None:
    here = visit()
    t = here.t
    current = {row.id: row for row in rows if row.period.end is None}
    if not current or not here.actor.may(Permission.MANAGE_SCHOOLS):
        return
    with st.expander(t("school_end.title"), icon=":material/event_busy:", key=f"open_school_end_{board}"):
        chosen = st.selectbox(
            t("school_end.which"),
            list(current),
            index=None,
            format_func=lambda key: f"{current[key].name} ({current[key].brin})" if key in current else key,
            key=f"school_end_which_{board}",
            placeholder=t("choose"),
        )
        if chosen in current:
            _hangs_on_it(current[chosen])
            _day(current[chosen])


def _hangs_on_it(row: MemberRow) -> None:
    here = visit()
    t, codes = here.t, [row.brin, *(code for code, _ in row.locations)]
    running = [each for each in here.ask(licensing.licences, codes) if each.period.holds(here.today)]
    for name, number in (
        ("licences", len(running)),
        ("people", here.ask(licensing.people_of, codes)),
        ("subscribers", here.ask(subscriptions.how_many, row.brin)),
        ("requests", here.ask(at_school.open_at, row.brin)),
    ):
        st.markdown(f"- {t.count(f'school_end.{name}', number)}")
    st.write(t("school_end.stays"))


def _day(row: MemberRow) -> None:
    t, form = visit().t, Form("school_end", Seen(row.id))
    with st.form(form.key("school_end"), border=False):
        day = st.date_input(
            t("school_end.day"),
            value=None,
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            format="DD-MM-YYYY",
            key=form.key("school_end_day"),
        )
        sent = form.submit(t("school_end.button"), "school_end_submit")
    if sent:
        form.do("school_end.done", ending.end_school, day if isinstance(day, date) else None)
