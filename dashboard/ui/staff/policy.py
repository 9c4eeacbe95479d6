"""Setting rules: what is, what would change, why; and what was."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TypeVar

import streamlit as st

from dashboard.data_requests.law.recipients import general, recipients, systems
from dashboard.data_requests.law.rights import Ground
from dashboard.data_requests.outgoing import data_map, letters
from dashboard.data_requests.outgoing.letters import Letter
from dashboard.data_requests.requester.intake import day_of
from dashboard.data_requests.upkeep import bridge_days
from dashboard.i18n import Language
from dashboard.policy import queries, service
from dashboard.policy.queries import RuleView
from dashboard.policy.rules import Term
from dashboard.ui.acting import Form
from dashboard.ui.staff.policy_parts import history, may_set, reason
from dashboard.ui.visit import visit

NUMBERS = tuple(term.value for term in Term)
C = TypeVar("C", bound=StrEnum)


def days_off() -> None:
    """Bridge days by royal decree, with a preview of the open cases that move."""
    here = visit()
    t = here.t
    with st.expander(t("policy.bridge_days"), icon=":material/event_busy:", key="open_policy_bridge_days"):
        st.write(t("policy.bridge_days_help"))
        rule = here.ask(queries.rule, "bridge_days")
        shown = "\n".join(f"{day[8:10]}-{day[5:7]}-{day[:4]}" for day in map(str, rule.value))
        if may_set():
            _set_days_off(rule, shown)
        else:
            st.text(shown or t("policy.none"))
        history(rule)


def _set_days_off(rule: RuleView, shown: str) -> None:
    t, form = visit().t, Form("policy", rule.seen, bound=True)
    form.mind()
    with st.form(form.key("policy"), border=False):
        text = st.text_area(
            t("policy.bridge_days_label"), value=shown, key=form.key("policy_text"), help=t("policy.bridge_days_how")
        )
        why = reason(form)
        with st.container(horizontal=True):
            look = form.submit(t("policy.preview"), "policy_preview")
            sent = form.submit(t("policy.save"), "policy_submit", type="primary")
    days = [day_of(line) for line in text.splitlines() if line.strip()]
    given = [day for day in days if day]
    if len(given) < len(days):
        if look or sent:
            st.error(t("invalid.policy.bridge_days"), icon=":material/error:")
        return
    if sent:
        form.do("policy.saved", bridge_days.set_bridge_days, given, reason=why)
    # As long as they are typed and not saved: a preview of the press alone would be gone at the next thing one touches.
    if look or sorted(map(str, given)) != sorted(map(str, rule.value)):
        _preview(given)


def _preview(days: list[date]) -> None:
    here = visit()
    moved = here.ask(bridge_days.preview, days)
    st.info(here.t.count("policy.moves", len(moved)), icon=":material/event_repeat:")
    for row in moved[:50]:
        st.markdown(f"{row.reference}: {here.t.day(row.from_due)} → **{here.t.day(row.to_due)}**")


def numbers() -> None:
    """Targets and retention periods, in days."""
    here = visit()
    with st.expander(here.t("policy.numbers"), icon=":material/timer:", key="open_policy_numbers"):
        for name in NUMBERS:
            rule = here.ask(queries.rule, name)
            st.markdown(f"**{here.t(f'policy.{name}')}**: {here.t.count('days', int(rule.value))}")
            if may_set():
                _number(rule)
            history(rule)


def data_map_confirmed() -> None:
    """What the publisher keeps about people, and who gets it: right, says somebody with a name."""
    here = visit()
    t = here.t
    with st.expander(t("policy.data_map"), icon=":material/fact_check:", key="open_policy_data_map"):
        st.write(t("policy.data_map_help"))
        rule = here.ask(queries.rule, data_map.RULE)
        if here.ask(data_map.is_confirmed):
            st.success(t("policy.data_map_yes"), icon=":material/check_circle:")
        else:
            st.warning(t("policy.data_map_no"), icon=":material/error:")
        _map()
        if may_set() and not here.ask(data_map.is_confirmed):
            form = Form("policy", rule.seen, bound=True)
            form.mind()
            with st.form(form.key("policy"), border=False):
                why = reason(form)
                sent = form.submit(t("policy.data_map_confirm"), "policy_submit")
            if sent:
                form.do("policy.saved", data_map.confirm, reason=why)
        history(rule, lambda value: t("policy.data_map_version", version=value[:12]))


def _map() -> None:
    t = visit().t
    language = t.language
    for role in ("controller", "processor"):
        names = {each.key: each.name(language) for each in recipients(role)}
        for system in systems(role):
            told = [system.told("purposes", language), system.told("categories", language), system.told("retention", language)]
            who = ", ".join(names[key] for key in system.recipients) or t("package.nobody")
            st.text(f"{system.name(language)}: {'; '.join(told)}.\n{t('package.recipients')}: {who}")
    st.write(
        f"{t('package.automated')}: {general('automated', language)} {t('package.transfer')}: {general('transfer', language)}"
    )


def _number(rule: RuleView) -> None:
    t, form = visit().t, Form("policy", rule.seen, bound=True)
    form.mind()
    with st.form(form.key("policy"), border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        label = t("policy.days", name=t(f"policy.{rule.name}"))
        wanted = st.text_input(label, value=str(rule.value), key=form.key("policy_value"))
        why = reason(form)
        sent = form.submit(t("policy.save"), "policy_submit")
    if sent:
        form.do("policy.saved", service.set_rule, wanted, reason=why)


def digest() -> None:
    """Who gets the morning mail besides the desk's own people."""
    here = visit()
    t = here.t
    with st.expander(t("policy.digest_to"), icon=":material/mail:", key="open_policy_digest_to"):
        st.write(t("policy.digest_help"))
        rule = here.ask(queries.rule, "digest_to")
        known = "\n".join(map(str, rule.value))
        if may_set():
            form = Form("policy", rule.seen, bound=True)
            form.mind()
            with st.form(form.key("policy"), border=False):
                text = st.text_area(t("policy.digest_label"), value=known, key=form.key("policy_text"))
                why = reason(form)
                sent = form.submit(t("policy.save"), "policy_submit")
            if sent:
                form.do("policy.saved", service.set_rule, text.splitlines(), reason=why)
        else:
            st.text(known or t("policy.none"))
        history(rule)


def letters_to_edit() -> None:
    """The templates of letters, in both languages."""
    here = visit()
    t = here.t
    with st.expander(t("policy.letters"), icon=":material/edit_document:", key="open_policy_letters"):
        st.write(t("policy.letters_help"))
        letter, language = _which(Letter, "policy.letter", "policy.letter.{}", "policy_letter")
        rule = here.ask(queries.rule, letters.rule_name(letter, language))
        text = here.ask(letters.template, letter, language)
        if not may_set():
            st.text(text)
        else:
            _rewrite(rule, text, letters.set_template)
        history(rule)


def grounds_to_edit() -> None:
    """What letters say of each ground."""
    here = visit()
    with st.expander(here.t("policy.grounds"), icon=":material/gavel:", key="open_policy_grounds"):
        ground, language = _which(Ground, "policy.ground", "ground.{}", "policy_ground")
        rule = here.ask(queries.rule, letters.ground_rule(ground, language))
        text = here.ask(letters.ground_texts, language)[ground]
        if not may_set():
            st.text(text)
        else:
            _rewrite(rule, text, letters.set_ground_text)
        history(rule)


def _which(options: type[C], label: str, name: str, key: str) -> tuple[C, Language]:
    """One of several texts, in one of both languages."""
    t = visit().t
    left, right = st.columns(2)
    chosen = left.selectbox(t(label), [each.value for each in options], format_func=lambda each: t(name.format(each)), key=key)
    language = right.selectbox(
        t("register.language"),
        [each.value for each in Language],
        format_func=lambda each: t(f"register.language.{each}"),
        key=f"{key}_language",
    )
    return options(chosen), Language(language)


def _rewrite(rule: RuleView, text: str, verb: Callable[..., object]) -> None:
    t, form = visit().t, Form("policy", rule.seen, bound=True)
    form.mind()
    with st.form(form.key("policy"), border=False):
        wanted = st.text_area(t("policy.letter_text"), value=text, height=300, key=form.key("policy_text"))
        why = reason(form)
        sent = form.submit(t("policy.save"), "policy_submit")
    if sent:
        form.do("policy.saved", verb, wanted, reason=why)
