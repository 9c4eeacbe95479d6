"""One version: write it, read what it changes, approve it, withdraw it."""

import streamlit as st

from dashboard.annexes import catalogue
from dashboard.ui.staff import annex_form, annex_version
from dashboard.ui.visit import visit

t, actor = visit().t, visit().actor

if version_id := st.query_params.get("version", ""):
    view = visit().ask(catalogue.version_view, version_id, language=t.language)
    annex_version.shown(view)
else:
    annex_form.new(st.query_params.get("product", ""), st.query_params.get("kind", ""), st.query_params.get("sector", ""))
