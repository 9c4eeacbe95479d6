"""What a person arranges for their school: mail, keys for its systems, the feed."""

import streamlit as st

from dashboard.accounts import keys as accounts_keys
from dashboard.accounts.keys import KeyRow
from dashboard.accounts.terms import KeyUse
from dashboard.notices import subscriptions
from dashboard.notices.terms import Frequency
from dashboard.ui import parts
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def mail() -> None:
    here = visit()
    t = here.t
    st.subheader(t("school.mail"), anchor=False)
    st.write(t("school.mail_text"))
    held = here.ask(subscriptions.mine)
    if held:
        key = "school.mail_on" if held.confirmed else "school.mail_asked"
        st.success(
            t(key, email=parts.plain(held.email)), icon=":material/mark_email_read:" if held.confirmed else ":material/mail:"
        )
    with st.form("subscription"):
        email = st.text_input(
            t("school.email"), value=held.email if held else "", key="subscription_email", max_chars=254, autocomplete="email"
        )
        frequency = st.radio(
            t("school.frequency"),
            [each.value for each in Frequency],
            index=[each.value for each in Frequency].index(held.frequency.value) if held else 0,
            format_func=lambda each: t(f"frequency.{each}"),
            horizontal=True,
            key="subscription_frequency",
        )
        sent = st.form_submit_button(
            t("school.change" if held else "school.subscribe"), type="primary", key="subscription_submit"
        )
    if sent:
        Form("subscription").make("school.subscribed", subscriptions.subscribe, email, frequency, language=t.language)
    if held and st.button(t("school.unsubscribe"), key="subscription_end", type="tertiary"):
        Form("subscription").make("school.unsubscribed", subscriptions.end_mine)


def keys() -> None:
    """Keys for the API and the feed. A new one is shown once."""
    here = visit()
    t = here.t
    st.subheader(t("school.keys"), anchor=False)
    st.write(t("school.keys_text"))
    base = here.portal.settings.base_url
    with st.expander(t("school.how"), icon=":material/terminal:", key="open_api_help"):
        st.code(t("school.how_api", base=base), language=None, wrap_lines=True)
        st.link_button(t("school.openapi"), "/api/v1/openapi.json", icon=":material/description:")
    _new_key(base)
    rows = here.ask(accounts_keys.keys)
    if not rows:
        st.caption(t("school.no_keys"))
    for row in rows:
        _key(row)


def _new_key(base: str) -> None:
    here = visit()
    t = here.t
    with st.form("new_key", clear_on_submit=True):
        label = st.text_input(t("school.key_label"), key="key_label", max_chars=accounts_keys.LONGEST_LABEL)
        use = st.radio(
            t("school.key_use"),
            [each.value for each in KeyUse],
            format_func=lambda each: t(f"key.{each}"),
            horizontal=True,
            key="key_use",
        )
        sent = st.form_submit_button(t("school.make_key"), key="key_submit")
    if not sent:
        return
    attempt = here.attempt(accounts_keys.make_key, KeyUse(use), label)
    parts.refused(attempt.refusal, t)
    if secret := attempt.result:
        # Shown in the run that made it, and kept nowhere: not in the session either.
        st.success(t("school.key_made"), icon=":material/key:")
        shown = secret if KeyUse(use) is KeyUse.API else f"{base}/feeds/{secret}/annexes.atom"
        st.code(shown, language=None, wrap_lines=True)


def _key(row: KeyRow) -> None:
    t, form = visit().t, Form("key", row.seen)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{row.label} ({t(f'key.{row.use.value}')}, {row.begins_with}…)")
        used = t("school.key_used", day=t.short_day(row.last_used_on)) if row.last_used_on else t("school.key_unused")
        st.caption(f"{t('school.key_by', name=parts.plain(row.made_by), moment=t.moment(row.made_at))} {used}")
        if row.revoked_at:
            st.badge(t("school.key_revoked"), color="gray")
        elif form.button(t("school.revoke"), "key_revoke", type="tertiary"):
            form.do("school.revoked", accounts_keys.revoke_key)
