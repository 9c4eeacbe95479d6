"""Volumes and deadlines in charts, each with its table, its definition and a CSV."""

import streamlit as st

from dashboard.insight import figures, queries
from dashboard.ui.here import here
from dashboard.ui.staff import insight

t, actor, today = here().t, here().actor, here().today

st.title(t("insight.title"), anchor=False)
st.write(t("insight.intro"))
weekly = here().ask(lambda session: queries.requests_per_week(session, actor, today=today))
insight.panel("requests-per-week", figures.weekly_figure(weekly, t), empty=not weekly)
statuses = here().ask(lambda session: queries.status_counts(session, actor))
insight.panel("open-by-status", figures.status_figure(statuses, t), empty=not statuses)
health = here().ask(lambda session: queries.deadline_health(session, actor, today=today))
insight.panel("deadline-health", figures.health_figure(health, t), empty=not statuses)
