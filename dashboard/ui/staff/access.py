"""Requests for access, and the mappings of organisations: what an administrator decides."""

import streamlit as st

from dashboard.accounts import access
from dashboard.accounts.access import MAPPED, AccessRow, MappingRow
from dashboard.accounts.model import AccessState
from dashboard.permissions import Permission
from dashboard.settings import ProviderKind
from dashboard.ui import parts
from dashboard.ui.acting import do
from dashboard.ui.here import here

_STATE_COLOUR: dict[AccessState, parts.Colour] = {
    AccessState.OPEN: "orange",
    AccessState.APPROVED: "green",
    AccessState.REFUSED: "gray",
}


def request(row: AccessRow) -> None:
    now = here()
    t = now.t
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{parts.plain(row.said)}**")
            st.badge(t(f"access.state.{row.state.value}"), color=_STATE_COLOUR[row.state])
        st.text(f"{row.name}, {row.email}\n{t(f'provider.{row.provider.value}')}: {row.value}")
        st.caption(t("access.at", moment=t.moment(row.at)))
        if row.decided_at:
            st.text(f"{row.decided_by}, {t.moment(row.decided_at)}. {row.reason}".strip())
        elif now.actor.may(Permission.MANAGE_SCHOOLS):
            _decide(row)


def _decide(row: AccessRow) -> None:
    now = here()
    t, settings = now.t, now.portal.settings
    with st.form(f"access_{row.id}", border=False):
        if row.needs_mapping:
            target = st.text_input(t("access.target"), key=f"access_target_{row.id}", max_chars=5, help=t("access.target_help"))
        else:
            st.write(t("access.by_brin", brin=row.value))
            target = ""
        reason = st.text_input(t("access.reason"), key=f"access_reason_{row.id}", max_chars=access.LONGEST_REASON)
        with st.container(horizontal=True):
            yes = st.form_submit_button(t("access.approve"), type="primary", key=f"access_yes_{row.id}")
            no = st.form_submit_button(t("access.refuse"), key=f"access_no_{row.id}")
    if yes:
        do(
            lambda s: access.approve_access(s, now.actor, row.id, target, settings=settings, now=now.now),
            "access.approved_notice",
            f"access_target_{row.id}",
        )
    elif no:
        do(
            lambda s: access.refuse_access(s, now.actor, row.id, reason, settings=settings, now=now.now),
            "access.refused_notice",
            f"access_reason_{row.id}",
        )


def mapping(row: MappingRow) -> None:
    now = here()
    t = now.t
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{t(f'provider.{row.provider.value}')}: {row.value} → {row.target_name} ({row.target})")
        if row.merged_into:
            st.badge(t("access.mapping_merged", board=row.merged_into), color="orange", icon=":material/merge:")
        if now.actor.may(Permission.MANAGE_SCHOOLS) and st.button(t("access.remove"), key=f"mapping_{row.id}", type="tertiary"):
            do(lambda s: access.remove_mapping(s, now.actor, row.id, now=now.now), "access.removed")


def new_mapping() -> None:
    now = here()
    t = now.t
    with st.form("new_mapping"):
        st.markdown(f"**{t('access.new_mapping')}**")
        st.caption(t("access.new_mapping_help"))
        provider = st.selectbox(
            t("access.provider"),
            [kind.value for kind in MAPPED],
            format_func=lambda kind: t(f"provider.{kind}"),
            key="mapping_provider",
        )
        value = st.text_input(t("access.value"), key="mapping_value", max_chars=200, help=t("access.value_help"))
        target = st.text_input(t("access.target"), key="mapping_target", max_chars=5, help=t("access.target_help"))
        sent = st.form_submit_button(t("access.add"), key="mapping_submit")
    if sent:
        do(
            lambda s: access.add_mapping(s, now.actor, ProviderKind(provider), value, target, now=now.now),
            "access.added",
            "mapping_value",
            "mapping_target",
        )
