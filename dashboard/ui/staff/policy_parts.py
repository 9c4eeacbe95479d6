"""What every rule's form has: who may set it, why, and what it was before."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.permissions import Permission
from dashboard.policy import queries
from dashboard.policy.queries import RuleView
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def reason(form: Form) -> str:
    return st.text_input(visit().t("policy.reason"), key=form.key("policy_reason"))


def history(rule: RuleView, words: Callable[[str], str] = str, listed: Callable[[Any], str] = str) -> None:
    """What it was; `words` says a value as people know it, `listed` one of a list of them."""
    here = visit()
    for row in here.ask(queries.history, rule.name)[:10]:
        value = words(", ".join(listed(each) for each in row.value) if isinstance(row.value, list) else str(row.value))
        st.caption(here.t("policy.changed", moment=here.t.moment(row.at)))
        st.text(f"{row.by}: {row.reason}\n{value[:400] or '-'}")


def may_set() -> bool:
    return visit().actor.may(Permission.SET_POLICY)
