"""One version of a document for staff: where it stands, what it changes, and what may be done with it."""

from datetime import date

import streamlit as st

from dashboard.annexes import drafting, publishing
from dashboard.annexes.catalogue import VersionView
from dashboard.annexes.timeline import Phase
from dashboard.permissions import Permission
from dashboard.ui import differences, parts, state
from dashboard.ui.acting import Form, refuse
from dashboard.ui.staff import annex_form
from dashboard.ui.staff.catalogue import PHASE_COLOUR
from dashboard.ui.visit import visit


def shown(view: VersionView) -> None:
    here = visit()
    t = here.t
    st.title(f"{parts.plain(view.product) or t('catalogue.general')}, {parts.plain(view.kind_name)}", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{t('annexes.past', version=view.version, model=view.model_version)}**")
        said = f"phase.{view.phase.value}" if view.phase else "catalogue.offered" if view.offered_at else "catalogue.draft"
        st.badge(t(said), color=PHASE_COLOUR.get(view.phase, "gray"))
        if view.sector:
            st.badge(t(f"sector.{view.sector.value}"), color="gray")
    _facts(view)
    if view.sha256:
        st.link_button(t("annex.look", size=parts.file_size(view.size, t)), f"/catalogue/{view.id}", icon=":material/visibility:")
        with st.popover(t("annexes.digest"), icon=":material/fingerprint:"):
            st.code(view.sha256, language=None, wrap_lines=True)
    st.subheader(t("annex.changes"), anchor=False)
    st.text(view.changes_nl or t("annex.no_summary"))
    if view.differences is None:
        st.caption(t("annex.no_comparison"))
    differences.shown(view.differences, t)
    if view.phase is None:
        _draft(view)
    elif here.actor.may(Permission.PUBLISH_ANNEX) and not view.locked and view.phase in {Phase.IN_FORCE, Phase.ANNOUNCED}:
        _withdraw(view)


def _facts(view: VersionView) -> None:
    t = visit().t
    st.write(t("catalogue.from", day=t.day(view.valid_from)))
    if view.review_on:
        st.write(t("annex.review_by", day=t.day(view.review_on)))
    if view.deviates:
        st.markdown(f"**{t('annexes.deviates')}**")
        st.text(view.deviation_reason)
    if view.withdrawn_on:
        st.warning(t("annex.withdrawn", day=t.day(view.withdrawn_on)), icon=":material/block:")
        st.text(view.withdrawn_reason)
    if view.drafted_at:
        st.caption(t("annex.drafted", name=parts.plain(view.drafted_name), moment=t.moment(view.drafted_at)))
    if view.offered_at:
        st.caption(t("annex.was_offered", moment=t.moment(view.offered_at)))
    if view.approved_at:
        st.caption(t("annex.approved", name=parts.plain(view.approved_name), moment=t.moment(view.approved_at)))


def _draft(view: VersionView) -> None:
    """What may be done with a draft, by whom: who wrote it last doesn't approve it."""
    here, form = visit(), Form("draft", view.seen)
    t, actor = here.t, here.actor
    with st.container(horizontal=True):
        if actor.may(Permission.DRAFT_ANNEX) and not view.offered_at and form.button(t("annex.offer"), "annex_offer"):
            form.do("annex.offered", drafting.offer)
        if actor.may(Permission.PUBLISH_ANNEX) and view.drafted_by != actor.id:
            if form.button(t("annex.approve"), "annex_approve", type="primary"):
                form.do("annex.was_approved", publishing.approve)
            if view.offered_at and form.button(t("annex.send_back"), "annex_send_back"):
                form.do("annex.sent_back", publishing.send_back)
    if actor.may(Permission.PUBLISH_ANNEX) and view.drafted_by == actor.id:
        st.info(t("catalogue.four_eyes"), icon=":material/group:")
    if not actor.may(Permission.DRAFT_ANNEX):
        return
    with st.expander(t("annex.edit"), icon=":material/edit:", key=form.place("open_annex_edit")):
        annex_form.edit(view)
    with st.expander(t("annex.discard"), icon=":material/delete:", key=form.place("open_annex_discard")):
        st.write(t("annex.discard_text"))
        if form.button(t("annex.discard_button"), "annex_discard"):
            attempt = here.attempt(drafting.discard, state.pressed(view.seen))
            if attempt.done:
                st.switch_page(here.pages["staff/catalogue.py"])
            refuse(attempt.refusal)


def _withdraw(view: VersionView) -> None:
    here, form = visit(), Form("withdraw", view.seen)
    t = here.t
    with (
        st.expander(t("annex.withdraw"), icon=":material/block:", key=form.place("open_annex_withdraw")),
        st.form(form.key("annex_withdraw"), border=False),
    ):
        st.write(t("annex.withdraw_text"))
        day = st.date_input(t("annex.withdraw_day"), value=here.today, format="DD-MM-YYYY", key=form.key("withdraw_day"))
        reason = st.text_input(t("annex.withdraw_reason"), key=form.key("withdraw_reason"), max_chars=publishing.LONGEST_REASON)
        sent = form.submit(t("annex.withdraw_button"), "withdraw_submit")
    if sent:
        chosen = day if isinstance(day, date) else None
        form.do("annex.was_withdrawn", publishing.withdraw, chosen, reason)
