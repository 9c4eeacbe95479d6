"""The catalogue: what needs attention, every document with its versions, and beginning a new one."""

import streamlit as st

from dashboard.annexes import catalogue as annexes_catalogue
from dashboard.annexes.completeness import worries
from dashboard.permissions import Permission
from dashboard.ui.here import here
from dashboard.ui.staff import catalogue

t, actor = here().t, here().actor

st.title(t("catalogue.title"), anchor=False)
catalogue.attention(here().ask(lambda session: worries(session, actor, now=here().now, language=t.language)))
if actor.may(Permission.DRAFT_ANNEX):
    catalogue.begin()
catalogue.documents(
    here().ask(lambda session: annexes_catalogue.catalogue(session, actor, today=here().today, language=t.language))
)
