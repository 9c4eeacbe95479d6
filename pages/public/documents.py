"""The agreement and the annexes that anybody may have, without a login; of an open product all that its annexes say."""

import streamlit as st

from dashboard.ui import parts
from dashboard.ui.public import documents
from dashboard.ui.visit import visit

t = visit().t
shown = documents.asked()

st.title(parts.plain(shown.name) if shown else t("documents.title"), anchor=False)
if shown:
    documents.product(shown)
else:
    st.write(t("documents.intro"))
    documents.show()
documents.ask()
st.page_link(visit().pages["public/schools.py"], label=t("documents.to_schools"), icon=":material/login:")
st.page_link(visit().pages["public/verify.py"], label=t("verify.link"), icon=":material/verified:")
