"""The catalogue: what needs attention, every document with its versions, and beginning a new one."""

import streamlit as st

from dashboard.annexes import catalogue as annexes_catalogue
from dashboard.annexes.completeness import worries
from dashboard.permissions import Permission
from dashboard.ui.staff import catalogue
from dashboard.ui.visit import visit

t, actor = visit().t, visit().actor

st.title(t("catalogue.title"), anchor=False)
catalogue.attention(visit().ask(worries, language=t.language))
if actor.may(Permission.DRAFT_ANNEX):
    catalogue.begin()
catalogue.public()
catalogue.documents(visit().ask(annexes_catalogue.catalogue, language=t.language))
