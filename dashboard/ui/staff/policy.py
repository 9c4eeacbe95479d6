"""Setting rules: what is, what would change, why; and what was."""

from typing import Any

import streamlit as st

from dashboard.data_requests.law.rights import Ground
from dashboard.data_requests.outgoing import letters
from dashboard.data_requests.outgoing.letters import Letter
from dashboard.data_requests.requester.intake import day_of
from dashboard.data_requests.upkeep import bridge_days
from dashboard.i18n import Language
from dashboard.permissions import Permission
from dashboard.policy import queries, service
from dashboard.policy.rules import Period
from dashboard.ui.acting import do
from dashboard.ui.here import here

NUMBERS = ("internal_target_days", "hand_over_target_days", "objection_days", "draft_waits_days", *(p.value for p in Period))


def days_off() -> None:
    """Bridge days by royal decree, with a preview of the open cases that move."""
    now = here()
    t, settings = now.t, now.portal.settings
    with st.expander(t("policy.bridge_days"), icon=":material/event_busy:", key="open_policy_bridge_days"):
        st.write(t("policy.bridge_days_help"))
        known = [str(day) for day in now.ask(lambda session: queries.current(session, "bridge_days"))]
        shown = "\n".join(f"{day[8:10]}-{day[5:7]}-{day[:4]}" for day in known)
        if _may_set():
            with st.form("policy_bridge_days", border=False):
                text = st.text_area(
                    t("policy.bridge_days_label"), value=shown, key="policy_bridge_text", help=t("policy.bridge_days_how")
                )
                reason = st.text_input(t("policy.reason"), key="policy_bridge_reason")
                with st.container(horizontal=True):
                    look = st.form_submit_button(t("policy.preview"), key="policy_bridge_preview")
                    sent = st.form_submit_button(t("policy.save"), key="policy_bridge_submit", type="primary")
            days = [day_of(line) for line in text.splitlines() if line.strip()]
            if (look or sent) and None in days:
                st.error(t("invalid.policy.bridge_days"), icon=":material/error:")
            elif look:
                _preview([day for day in days if day])
            elif sent:
                given = [day for day in days if day]
                do(
                    lambda s: bridge_days.set_bridge_days(s, now.actor, given, reason=reason, settings=settings, now=now.now),
                    "policy.saved",
                    "policy_bridge_reason",
                )
        else:
            st.text(shown or t("policy.none"))
        _history("bridge_days")


def _preview(days: list[Any]) -> None:
    now = here()
    settings = now.portal.settings
    moved = now.ask(lambda session: bridge_days.preview(session, now.actor, days, settings=settings))
    st.info(now.t.count("policy.moves", len(moved)), icon=":material/event_repeat:")
    for row in moved[:50]:
        st.markdown(f"{row.reference}: {now.t.day(row.from_due)} → **{now.t.day(row.to_due)}**")


def numbers() -> None:
    """Targets and retention periods, in days."""
    now = here()
    with st.expander(now.t("policy.numbers"), icon=":material/timer:", key="open_policy_numbers"):
        for name in NUMBERS:
            value = int(now.ask(lambda session, name=name: queries.current(session, name)))  # type: ignore[misc]
            st.markdown(f"**{now.t(f'policy.{name}')}**: {now.t.count('days', value)}")
            if _may_set():
                _number(name, value)
            _history(name)


def _number(name: str, value: int) -> None:
    now = here()
    with st.form(f"policy_{name}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(now.t("policy.days", name=now.t(f"policy.{name}")), value=str(value), key=f"policy_{name}_value")
        reason = st.text_input(now.t("policy.reason"), key=f"policy_{name}_reason")
        sent = st.form_submit_button(now.t("policy.save"), key=f"policy_{name}_submit")
    if sent:
        do(
            lambda s: service.set_rule(s, now.actor, name, wanted, reason=reason, now=now.now),
            "policy.saved",
            f"policy_{name}_reason",
        )


def digest() -> None:
    """Who gets the morning mail besides the desk's own people."""
    now = here()
    with st.expander(now.t("policy.digest_to"), icon=":material/mail:", key="open_policy_digest_to"):
        st.write(now.t("policy.digest_help"))
        known = [str(each) for each in now.ask(lambda session: queries.current(session, "digest_to"))]
        if _may_set():
            with st.form("policy_digest", border=False):
                text = st.text_area(now.t("policy.digest_label"), value="\n".join(known), key="policy_digest_text")
                reason = st.text_input(now.t("policy.reason"), key="policy_digest_reason")
                sent = st.form_submit_button(now.t("policy.save"), key="policy_digest_submit")
            if sent:
                given = text.splitlines()
                do(
                    lambda s: service.set_rule(s, now.actor, "digest_to", given, reason=reason, now=now.now),
                    "policy.saved",
                    "policy_digest_reason",
                )
        else:
            st.text("\n".join(known) or now.t("policy.none"))
        _history("digest_to")


def letters_to_edit() -> None:
    """The templates of letters, in both languages."""
    now = here()
    t = now.t
    with st.expander(t("policy.letters"), icon=":material/edit_document:", key="open_policy_letters"):
        st.write(t("policy.letters_help"))
        left, right = st.columns(2)
        letter = Letter(
            left.selectbox(
                t("policy.letter"),
                [each.value for each in Letter],
                format_func=lambda each: t(f"policy.letter.{each}"),
                key="policy_letter",
            )
        )
        language = Language(
            right.selectbox(
                t("register.language"),
                [each.value for each in Language],
                format_func=lambda each: t(f"register.language.{each}"),
                key="policy_language",
            )
        )
        name = letters.rule_name(letter, language)
        text = now.ask(lambda session: letters.template(session, letter, language))
        if not _may_set():
            st.text(text)
        else:
            with st.form("policy_letter_form", border=False):
                wanted = st.text_area(t("policy.letter_text"), value=text, height=300, key=f"policy_text_{name}")
                reason = st.text_input(t("policy.reason"), key="policy_letter_reason")
                sent = st.form_submit_button(t("policy.save"), key="policy_letter_submit")
            if sent:
                do(
                    lambda s: letters.set_template(s, now.actor, letter, language, wanted, reason=reason, now=now.now),
                    "policy.saved",
                    "policy_letter_reason",
                    f"policy_text_{name}",
                )
        _history(name)


def grounds_to_edit() -> None:
    """What letters say of each ground."""
    now = here()
    t = now.t
    with st.expander(t("policy.grounds"), icon=":material/gavel:", key="open_policy_grounds"):
        left, right = st.columns(2)
        ground = Ground(
            left.selectbox(
                t("policy.ground"),
                [each.value for each in Ground],
                format_func=lambda each: t(f"ground.{each}"),
                key="policy_ground",
            )
        )
        language = Language(
            right.selectbox(
                t("register.language"),
                [each.value for each in Language],
                format_func=lambda each: t(f"register.language.{each}"),
                key="policy_ground_language",
            )
        )
        name = letters.ground_rule(ground, language)
        text = now.ask(lambda session: letters.ground_texts(session, language))[ground]
        if not _may_set():
            st.text(text)
        else:
            with st.form("policy_ground_form", border=False):
                wanted = st.text_area(t("policy.letter_text"), value=text, key=f"policy_text_{name}")
                reason = st.text_input(t("policy.reason"), key="policy_ground_reason")
                sent = st.form_submit_button(t("policy.save"), key="policy_ground_submit")
            if sent:
                do(
                    lambda s: letters.set_ground_text(s, now.actor, ground, language, wanted, reason=reason, now=now.now),
                    "policy.saved",
                    "policy_ground_reason",
                    f"policy_text_{name}",
                )
        _history(name)


def _history(name: str) -> None:
    now = here()
    rows = now.ask(lambda session: queries.history(session, now.actor, name))
    for row in rows[:10]:
        value = ", ".join(str(each) for each in row.value) if isinstance(row.value, list) else str(row.value)
        st.caption(now.t("policy.changed", moment=now.t.moment(row.at)))
        st.text(f"{row.by}: {row.reason}\n{value[:400] or '-'}")


def _may_set() -> bool:
    return here().actor.may(Permission.SET_POLICY)
