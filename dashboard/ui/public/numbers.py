"""The parts of the page with numbers for everybody."""

import streamlit as st

from dashboard.data_requests.law.narrative import right_in_words
from dashboard.insight.open_numbers import OpenNumbers
from dashboard.ui.visit import visit

WIDE = 160


def figures(found: OpenNumbers) -> None:
    t = visit().t
    with st.container(horizontal=True):
        for key, number, unit in (
            ("received", found.received, "{}"),
            ("answered", found.answered, "{}"),
            ("on_time", found.on_time, "{} %"),
            ("within_month", found.within_month, "{} %"),
            ("median", found.median_days, "{}"),
        ):
            st.metric(t(f"numbers.{key}"), _told(number, unit), border=True, width=WIDE)


def rights(found: OpenNumbers) -> None:
    t = visit().t
    st.subheader(t("numbers.by_right"), anchor=False)
    rows = [f"| {right_in_words(t, right)} | {_told(number)} |" for right, number in found.by_right]
    if not rows:
        st.info(t("insight.empty"), icon=":material/bar_chart:")
        return
    lines = [f"| {t('insight.right')} | {t('insight.requests')} |", "|---|---:|"]
    st.markdown("\n".join([*lines, *rows]))


def _told(number: int | None, unit: str = "{}") -> str:
    t = visit().t
    return t("numbers.few") if number is None else unit.format(t.number(number))
