"""A chart with its definition, its table and its CSV."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.insight.tables import TABLES
from dashboard.ui.visit import visit

SHORT = 7
TABLE_HEIGHT = 300


def panel(name: str, figure: go.Figure, *, empty: bool) -> None:
    t, here = visit().t, visit()
    key = name.replace("-", "_")
    st.subheader(t(f"insight.{key}.title"), anchor=False)
    st.caption(t(f"insight.{key}.definition"))
    if empty:
        st.info(t("insight.empty"), icon=":material/bar_chart:")
        return
    table = here.ask(TABLES[name], t.language)
    chart, beside = st.columns([3, 2], gap="medium")
    with chart:
        st.plotly_chart(figure, key=f"chart_{key}", config={"displayModeBar": False}, alt=t(f"insight.{key}.alt"))
    with beside:
        frame = pd.DataFrame(table.rows, columns=list(table.columns))
        st.dataframe(
            frame, hide_index=True, height="content" if len(frame) <= SHORT else TABLE_HEIGHT, alt=t(f"insight.{key}.title")
        )
        st.link_button(t("insight.csv"), f"/insight/{name}.csv", icon=":material/download:", type="tertiary")
