"""An objection of a board, for the school and for staff: what was objected and answered."""

import streamlit as st

from dashboard.notices.rows import ObjectionRow
from dashboard.ui import parts
from dashboard.ui.visit import visit


def shown(row: ObjectionRow) -> None:
    """What was objected and answered, for the school and for staff."""
    t = visit().t
    st.markdown(f"**{t('notices.objection')}**")
    st.text(row.body)
    st.caption(t("notices.objected", name=parts.plain(row.name), moment=t.moment(row.at)))
    if not row.in_time:
        st.badge(t("notices.late"), color="orange", icon=":material/schedule:")
    if row.outcome is None:
        st.info(t("notices.waits"), icon=":material/hourglass_top:")
        return
    st.markdown(f"**{t(f'objection.{row.outcome.value}')}**")
    st.text(row.answer)
    if row.answered_at:
        st.caption(t("notices.answered", moment=t.moment(row.answered_at)))
