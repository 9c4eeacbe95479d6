"""Standard texts: worded on the rules page, and put into a message of a request."""

import streamlit as st

from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.outgoing import snippets
from dashboard.data_requests.outgoing.snippets import Snippet
from dashboard.i18n import Language
from dashboard.policy import queries
from dashboard.policy.queries import RuleView
from dashboard.ui import state
from dashboard.ui.acting import Form
from dashboard.ui.folds import fold
from dashboard.ui.staff.policy_parts import history, may_set, reason
from dashboard.ui.visit import visit


def to_edit() -> None:
    """All of them: one at a time to read or to word anew."""
    here = visit()
    t = here.t
    place = fold(t("policy.snippets"), icon=":material/text_snippet:", key="open_policy_snippets")
    if place is None:
        return
    with place:
        st.write(t("policy.snippets_help"))
        rule = here.ask(queries.rule, snippets.RULE)
        known = {each.id: each for each in here.ask(snippets.snippets)}
        if not known and not may_set():
            st.text(t("policy.snippets_none"))
            return
        titles = {each.id: each.title for each in known.values()} | ({"": t("policy.snippet_new")} if may_set() else {})
        if state.value_of("policy_snippet") not in titles:
            # The one that was chosen is gone.
            state.clear(["policy_snippet"])
        which = st.selectbox(t("policy.snippet"), list(titles), format_func=lambda each: titles[each], key="policy_snippet")
        if may_set():
            _word(rule, known.get(which))
        else:
            for said in known[which].words.values():
                st.text(said)
        history(rule, listed=lambda row: str(row["title"]))


def _word(rule: RuleView, found: Snippet | None) -> None:
    t, form, which = visit().t, Form("snippet", rule.seen, bound=True), found.id if found else ""
    form.mind()
    with st.form(form.key(f"policy_snippet_{which}"), border=False):
        form.top()
        title = st.text_input(
            t("policy.snippet_title"), value=found.title if found else "", key=form.key(f"policy_snippet_title_{which}")
        )
        form.at("title")
        words = {}
        for language in Language:
            words[language] = st.text_area(
                t(f"policy.snippet_text.{language.value}"),
                value=found.words.get(language, "") if found else "",
                height=200,
                key=form.key(f"policy_snippet_text_{language.value}_{which}"),
            )
            form.at(language.value)
        why = reason(form)
        form.at("reason")
        with st.container(horizontal=True):
            sent = form.submit(t("policy.save"), f"policy_snippet_submit_{which}", type="primary")
            gone = bool(found) and form.submit(t("policy.snippet_remove"), f"policy_snippet_remove_{which}")
    if sent:
        form.do("policy.saved", snippets.write, which, title, words, reason=why)
    elif gone:
        form.do("policy.saved", snippets.remove, which, reason=why)


def to_use(case: CaseView, box: str) -> None:
    """In the form of the box with this key: put one below what stands there. The form sends what was typed along."""
    here = visit()
    t, known = here.t, {each.id: each for each in here.ask(snippets.offered, case)}
    if not known:
        return
    chooser = f"case_snippet_{case.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = st.selectbox(
            t("case.snippet"),
            list(known),
            index=None,
            format_func=lambda each: known[each].title if each in known else "",
            placeholder=t("choose"),
            key=chooser,
        )
        words = {each.id: next(iter(each.words.values())) for each in known.values()}
        used = st.form_submit_button(
            t("case.snippet_use"), key=f"case_snippet_use_{case.id}", on_click=_put, args=(chooser, words, box)
        )
    if used and which is None:
        st.error(t("invalid.snippet_none"), icon=":material/error:")


def _put(chooser: str, words: dict[str, str], box: str) -> None:
    """Before the page is drawn anew: no box takes words after that."""
    said, typed = words.get(str(state.value_of(chooser))), str(state.value_of(box) or "").rstrip()
    # Not twice by a double click.
    if said and not typed.endswith(said.rstrip()):
        state.fill(box, f"{typed}\n\n{said}" if typed else said)
