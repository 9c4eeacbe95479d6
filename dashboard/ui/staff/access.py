"""Requests for access, and the mappings of organisations: what an administrator decides."""

import streamlit as st

from dashboard.accounts import access, mappings
from dashboard.accounts.access import AccessRow
from dashboard.accounts.mappings import MAPPED, MappingRow
from dashboard.accounts.terms import AccessState
from dashboard.notices.mappings import remove_mapping
from dashboard.permissions import Permission
from dashboard.settings import ProviderKind
from dashboard.ui import parts
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit

_STATE_COLOUR: dict[AccessState, parts.Colour] = {
    AccessState.OPEN: "orange",
    AccessState.APPROVED: "green",
    AccessState.REFUSED: "gray",
}


def request(row: AccessRow) -> None:
    here = visit()
    t = here.t
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{parts.plain(row.said)}**")
            st.badge(t(f"access.state.{row.state.value}"), color=_STATE_COLOUR[row.state])
        st.text(f"{row.name}, {row.email}\n{t(f'provider.{row.provider.value}')}: {row.value}")
        st.caption(t("access.at", moment=t.moment(row.at)))
        if row.decided_at:
            st.text(f"{row.decided_by}, {t.moment(row.decided_at)}. {row.reason}".strip())
        elif here.actor.may(Permission.MANAGE_SCHOOLS):
            _decide(row)


def _decide(row: AccessRow) -> None:
    t, form = visit().t, Form("access", row.seen)
    with st.form(form.key("access"), border=False):
        if row.needs_mapping:
            target = st.text_input(t("access.target"), key=form.key("access_target"), max_chars=5, help=t("access.target_help"))
        else:
            st.write(t("access.by_brin", brin=row.value))
            target = ""
        reason = st.text_input(t("access.reason"), key=form.key("access_reason"), max_chars=access.LONGEST_REASON)
        with st.container(horizontal=True):
            yes = form.submit(t("access.approve"), "access_yes", type="primary")
            no = form.submit(t("access.refuse"), "access_no")
    if yes:
        form.do("access.approved_notice", access.approve_access, target)
    elif no:
        form.do("access.refused_notice", access.refuse_access, reason)


def mapping(row: MappingRow) -> None:
    here, form = visit(), Form("mapping", row.seen)
    t = here.t
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{t(f'provider.{row.provider.value}')}: {row.value} → {row.target_name} ({row.target})")
        if row.merged_into:
            st.badge(t("access.mapping_merged", board=row.merged_into), color="orange", icon=":material/merge:")
        if row.only_reads:
            st.badge(t("access.only_reads"), color="orange", icon=":material/visibility:")
        elif row.staff_claim:
            st.text(t("access.staff_by", claim=row.staff_claim, value=row.staff_value))
        if here.actor.may(Permission.MANAGE_SCHOOLS) and form.button(t("access.remove"), "mapping", type="tertiary"):
            form.do("access.removed", remove_mapping)


def new_mapping() -> None:
    t, form = visit().t, Form("new_mapping")
    with st.form("new_mapping"):
        st.markdown(f"**{t('access.new_mapping')}**")
        st.caption(t("access.new_mapping_help"))
        provider = st.selectbox(
            t("access.provider"),
            [kind.value for kind in MAPPED],
            format_func=lambda kind: t(f"provider.{kind}"),
            key=form.key("mapping_provider"),
        )
        value = st.text_input(t("access.value"), key=form.key("mapping_value"), max_chars=200, help=t("access.value_help"))
        target = st.text_input(t("access.target"), key=form.key("mapping_target"), max_chars=5, help=t("access.target_help"))
        st.caption(t("access.staff_help"))
        left, right = st.columns(2)
        claim = left.text_input(t("access.staff_claim"), key=form.key("mapping_claim"), max_chars=80)
        mark = right.text_input(t("access.staff_value"), key=form.key("mapping_mark"), max_chars=200)
        sent = form.submit(t("access.add"), "mapping_submit")
    if sent:
        told = {"staff_claim": claim, "staff_value": mark}
        form.make("access.added", mappings.add_mapping, ProviderKind(provider), value, target, **told)
