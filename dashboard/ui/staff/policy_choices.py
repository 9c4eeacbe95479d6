"""Rules that are a choice: which answers a colleague looks at, and whether everybody may read the numbers."""

import streamlit as st

from dashboard.policy import queries, service
from dashboard.policy.rules import ANSWERS_CHECKED, OPEN_NUMBERS, AnswersChecked
from dashboard.ui.acting import Form
from dashboard.ui.folds import fold
from dashboard.ui.staff.policy_parts import history, may_set, reason
from dashboard.ui.visit import visit


def answers_checked() -> None:
    """Of which cases a colleague looks before data go out."""
    here = visit()
    t, words = here.t, {each.value: here.t(f"policy.answers_checked.{each.value}") for each in AnswersChecked}
    with st.expander(t("policy.answers_checked"), icon=":material/visibility:", key="open_policy_answers_checked"):
        st.write(t("policy.answers_checked_help"))
        rule = here.ask(queries.rule, ANSWERS_CHECKED)
        st.markdown(f"**{words[rule.value]}**")
        if may_set():
            form = Form("policy", rule.seen, bound=True)
            form.mind()
            with st.form(form.key("policy"), border=False):
                options = list(words)
                label, at = t("policy.answers_checked"), options.index(rule.value)
                wanted = st.radio(label, options, index=at, format_func=lambda each: words[each], key=form.key("policy_value"))
                why = reason(form)
                sent = form.submit(t("policy.save"), "policy_submit")
            if sent:
                form.do("policy.saved", service.set_rule, wanted, reason=why)
        history(rule)


def open_numbers() -> None:
    """Whether everybody may read how requests are answered."""
    here = visit()
    t = here.t
    place = fold(t("policy.open_numbers"), icon=":material/bar_chart:", key="open_policy_open_numbers")
    if place is None:
        return
    with place:
        st.write(t("policy.open_numbers_help"))
        rule = here.ask(queries.rule, OPEN_NUMBERS)
        st.markdown(f"**{t('policy.open_numbers_yes' if rule.value else 'policy.open_numbers_no')}**")
        if may_set():
            form = Form("policy", rule.seen, bound=True)
            form.mind()
            with st.form(form.key("policy"), border=False):
                wanted = st.checkbox(t("policy.open_numbers_show"), value=bool(rule.value), key=form.key("policy_value"))
                why = reason(form)
                sent = form.submit(t("policy.save"), "policy_submit")
            if sent:
                form.do("policy.saved", service.set_rule, wanted, reason=why)
        history(rule, lambda value: t("policy.open_numbers_yes" if value == str(True) else "policy.open_numbers_no"))
