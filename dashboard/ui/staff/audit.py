"""The audit trail on a page: a bar of filters that stands in the address, a table, and the way to take it along."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.audit import DENIED, DONE, Action
from dashboard.i18n import Texts
from dashboard.oversight import trail
from dashboard.oversight.trail import Asked, TrailRow
from dashboard.permissions import Role
from dashboard.ui import bound, state
from dashboard.ui.visit import visit

FIRST_DAY = date(2020, 1, 1)
LONGEST = 80
TABLE_HEIGHT = 640
# Roles that no person of ours has.
_OTHERS = (Role.REQUESTER, Role.VISITOR, Role.SCHOOL, Role.SCHOOL_READER, Role.SCHOOL_SYSTEM, Role.SYSTEM)


def filters() -> tuple[Asked, str]:
    """What is asked for, and words that somebody may have searched for: these are a name, and stay out of the address."""
    here = visit()
    t, standard = here.t, Asked.of({}, here.today)
    people = here.ask(trail.people)
    whose = {**people, **{role.value: t(f"actor.{role.value}") for role in _OTHERS}}
    actions = {each.value: t(f"audit.action.{each.value}") for each in Action}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = {
            "who": _one("who", t("audit.who"), whose),
            "what": _one("what", t("audit.what"), dict(sorted(actions.items(), key=lambda each: each[1].lower()))),
            "outcome": _one("outcome", t("audit.outcome"), {DONE: t("audit.done"), DENIED: t("audit.denied")}),
        }
    first, last, about = st.columns(3)
    with first:
        chosen["from"] = _day("from", t("audit.from"), standard.first)
    with last:
        chosen["to"] = _day("to", t("audit.to"), standard.last)
    with about:
        bound.words("about", LONGEST)
        chosen["about"] = st.text_input(t("audit.about"), key="about", max_chars=LONGEST, help=t("audit.about_help"))
        bound.keep("about", chosen["about"].strip() or None)
    searched = st.text_input(t("audit.searched"), key="audit_searched", max_chars=LONGEST, help=t("audit.searched_help"))
    return Asked.of(chosen, here.today), searched


def table(asked: Asked, searched: str) -> None:
    here = visit()
    t = here.t
    place = (*asked.query.items(), searched)
    cursors = state.cursors_of("audit", place)
    page = here.ask(trail.trail, asked, searched=searched, start=cursors[-1] if cursors else None)
    if not page.rows:
        st.info(t("audit.none"))
    else:
        st.dataframe(
            _frame(page.rows, t),
            hide_index=True,
            height=min(TABLE_HEIGHT, 38 + 35 * len(page.rows)),
            column_config={t("audit.column.case"): st.column_config.LinkColumn(display_text=r"ref=(.*)", width=130)},
        )
    with st.container(horizontal=True):
        if cursors and st.button(t("audit.newer"), key="audit_newer", icon=":material/arrow_back:"):
            cursors.pop()
            st.rerun()
        if page.next and st.button(t("audit.older"), key="audit_older", icon=":material/arrow_forward:"):
            cursors.append(page.next)
            st.rerun()


def taking(asked: Asked) -> None:
    """The signed export, and what it can be checked with."""
    here = visit()
    t, rows, head = here.t, here.ask(trail.how_many, asked), here.ask(trail.head)
    st.subheader(t("audit.take"), anchor=False)
    st.write(t.count("audit.found", rows))
    if rows > trail.MOST_EXPORTED:
        st.info(t("audit.too_many", most=t.number(trail.MOST_EXPORTED)))
    elif rows:
        st.link_button(t("audit.export"), f"/audit/export.zip?{urlencode(asked.query)}", icon=":material/download:")
    st.caption(t("audit.signed"))
    st.write(t("audit.chain", number=t.number(head.number)))
    st.code(head.chain, language=None)
    st.caption(t("audit.chain_help"))


def _frame(rows: Sequence[TrailRow], t: Texts) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("audit.column.at"): [t.moment(row.at) for row in rows],
            t("audit.column.who"): [row.who or t(f"actor.{row.role}") for row in rows],
            t("audit.column.what"): [t(f"audit.action.{row.action}") for row in rows],
            t("audit.column.outcome"): [t("audit.denied") if row.denied else t("audit.done") for row in rows],
            t("audit.column.case"): [_link(row) for row in rows],
            t("audit.column.about"): ["" if row.reference or row.subject_id == row.actor_id else row.subject_id for row in rows],
            t("audit.column.facts"): [", ".join(f"{name}: {value}" for name, value in row.detail.items()) for row in rows],
            t("audit.column.role"): [t(f"actor.{row.role}") for row in rows],
            t("audit.column.number"): [row.number for row in rows],
        }
    )


def _link(row: TrailRow) -> str:
    return f"/case?ref={row.reference}" if row.reference else ""


def _one(key: str, label: str, names: Mapping[str, str]) -> str:
    everything = {"": visit().t("insight.all"), **names}
    bound.one(key, everything, "")
    chosen = st.selectbox(label, list(everything), format_func=lambda each: everything.get(each, each), key=key) or ""
    bound.keep(key, chosen or None)
    return chosen


def _day(key: str, label: str, standard: date) -> str:
    today = visit().today
    bound.a_day(key, standard, FIRST_DAY, today)
    chosen = st.date_input(label, min_value=FIRST_DAY, max_value=today, key=key, format="DD-MM-YYYY")
    day = chosen if isinstance(chosen, date) else standard
    bound.keep(key, day.isoformat() if day != standard else None)
    return day.isoformat()
