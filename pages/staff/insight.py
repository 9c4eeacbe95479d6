"""Volumes and deadlines in charts, each with its table, its definition and a CSV."""

import streamlit as st

from dashboard.insight import figures, queries
from dashboard.ui.staff import insight
from dashboard.ui.visit import visit

t, actor, today = visit().t, visit().actor, visit().today

st.title(t("insight.title"), anchor=False)
st.write(t("insight.intro"))
weekly = visit().ask(queries.requests_per_week)
insight.panel("requests-per-week", figures.weekly_figure(weekly, t), empty=not weekly)
statuses = visit().ask(queries.status_counts)
insight.panel("open-by-status", figures.status_figure(statuses, t), empty=not statuses)
health = visit().ask(queries.deadline_health)
insight.panel("deadline-health", figures.health_figure(health, t), empty=not statuses)
