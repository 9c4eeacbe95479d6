"""What somebody said in a request, as whoever may read it reads it. People typed it: shown as text, never as markup."""

from collections.abc import Iterable

import streamlit as st

from dashboard.annexes.catalogue import product_names
from dashboard.data_requests.case.asked import Asked, told
from dashboard.data_requests.case.rows import RightRow
from dashboard.ui.visit import visit


def facts(asked: Asked) -> None:
    here = visit()
    names = here.ask(product_names) if asked.product else {}
    for heading, text in told(here.t, asked, names):
        st.markdown(f"**{heading}**")
        st.text(text)


def words(asked: Asked, rights: Iterable[RightRow]) -> None:
    facts(asked)
    st.markdown(f"**{visit().t('case.words')}**")
    for row in rights:
        if row.correction:
            st.text(row.correction)
    st.text(asked.explanation or "-")
