"""Checking evidence that a school took earlier, or a single document: for anybody, without an account."""

import streamlit as st

from dashboard.ui import chosen_files
from dashboard.ui.public import verify
from dashboard.ui.visit import visit

t = visit().t

st.title(t("verify.title"), anchor=False)
st.write(t("verify.intro"))
files = chosen_files.uploader(
    t("verify.upload"), type=["zip", "json", "sig", "pdf"], accept_multiple_files=True, key="verify_files", help=t("verify.help")
)
verify.outcome(files or [])
with st.expander(t("verify.large"), icon=":material/terminal:", key="open_verify_large"):
    st.write(t("verify.large_text"))
    st.code(t("verify.command", key=verify.our_key()), language=None, wrap_lines=True)
