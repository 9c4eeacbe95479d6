"""One version: write it, read what it changes, approve it, withdraw it."""

import streamlit as st

from dashboard.annexes import catalogue
from dashboard.ui.here import here
from dashboard.ui.staff import annex_form, annex_version

t, actor = here().t, here().actor

if version_id := st.query_params.get("version", ""):
    view = here().ask(lambda session: catalogue.version_view(session, actor, version_id, today=here().today, language=t.language))
    annex_version.shown(view)
else:
    annex_form.new(st.query_params.get("product", ""), st.query_params.get("kind", ""), st.query_params.get("sector", ""))
