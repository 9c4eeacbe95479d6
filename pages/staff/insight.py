"""Volumes, terms, outcomes and workload: charts, each with its table, its definition and a CSV."""

import streamlit as st

from dashboard.insight.panels import View
from dashboard.ui.staff import insight
from dashboard.ui.visit import visit

t = visit().t

st.title(t("insight.title"), anchor=False)
chosen = insight.view()
asked = insight.bar(chosen)
if chosen is View.OVERVIEW:
    insight.figures(asked)
insight.panels(chosen, asked)
