"""The rules that may be set: bridge days, targets, periods, letters, the digest; each with its history."""

import streamlit as st

from dashboard.ui.staff import policy, policy_choices, snippets
from dashboard.ui.visit import visit

t = visit().t

st.title(t("policy.title"), anchor=False)
st.write(t("policy.intro"))
policy.days_off()
policy.numbers()
policy_choices.answers_checked()
policy_choices.open_numbers()
policy.data_map_confirmed()
policy.digest()
policy.letters_to_edit()
snippets.to_edit()
policy.grounds_to_edit()
