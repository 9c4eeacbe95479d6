"""What stands in front of a page: signing in, and for who signed in and may go no further, why and what they can do."""

from typing import Literal

import streamlit as st

from dashboard.accounts import access
from dashboard.content import organisation
from dashboard.i18n import Texts
from dashboard.permissions import Refusal
from dashboard.settings import ProviderKind
from dashboard.ui import parts
from dashboard.ui.visit import visit


def gate(*, path: str) -> None:
    """In place of a page that this visitor may not open, or that isn't there: the two look the same."""
    t, actor = visit().t, visit().actor
    if actor.refusal:
        refusal_page()
        return
    st.title(t("gate.title"), anchor=False)
    if actor.signed_in:
        st.write(t("gate.not_yours"))
        return
    st.write(t("gate.text"))
    st.subheader(t("gate.school"), anchor=False)
    sign_in_buttons(staff=False, path=path)
    st.subheader(t("gate.staff"), anchor=False)
    sign_in_buttons(staff=True, path=path)


def refusal_page() -> None:
    """For somebody who signed in and may go no further: why, and whom to ask."""
    here = visit()
    t, refusal = here.t, here.actor.refusal
    if refusal is None:
        return
    st.title(t(f"refusal.{refusal.value}.title"), anchor=False)
    st.write(t(f"refusal.{refusal.value}.text"))
    if refusal is Refusal.UNKNOWN_SCHOOL:
        ask_access()
    st.write(t("refusal.contact", email=organisation().email))


def ask_access() -> None:
    """For a school that we don't know yet: ask, and read that it was asked."""
    here = visit()
    t = here.t
    if here.ask(access.my_request):
        st.success(t("access.asked"), icon=":material/check_circle:")
        return
    with st.form("ask_access"):
        st.markdown(f"**{t('access.ask')}**")
        said = st.text_input(t("access.said"), key="access_said", max_chars=access.LONGEST_SAID, help=t("access.said_help"))
        email = st.text_input(t("access.email"), key="access_email", max_chars=254, autocomplete="email")
        sent = st.form_submit_button(t("access.send"), type="primary", key="access_submit")
    if sent:
        attempt = here.attempt(access.ask_access, said, email, language=t.language)
        if attempt.done:
            st.rerun()
        parts.refused(attempt.refusal, t)


def sign_in_buttons(*, staff: bool, path: str) -> None:
    """One button for each provider of that kind."""
    settings = visit().portal.settings
    chosen = [p for p in settings.providers if (p.kind is ProviderKind.PUBLISHER) is staff]
    if not chosen:
        st.info(visit().t("gate.no_provider"))
    for number, provider in enumerate(chosen):
        kind: Literal["primary", "secondary"] = "primary" if number == 0 else "secondary"
        label = visit().t("gate.sign_in_with", provider=provider.label)
        st.link_button(label, f"/sign-in/{provider.name}?to={parts.back_to(path)}", type=kind)


def staff_link(t: Texts) -> None:
    """The publisher's own people sign in here."""
    providers = visit().portal.settings.providers
    for provider in (p for p in providers if p.kind is ProviderKind.PUBLISHER):
        st.link_button(t("home.staff_link"), f"/sign-in/{provider.name}?to=/desk", type="tertiary")
