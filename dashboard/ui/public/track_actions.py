"""What a requester can do with a request: write, send files, reopen, rate, move to another address, withdraw, leave."""

import streamlit as st

from dashboard.content import organisation
from dashboard.data_requests.case.lifecycle import OPEN, Status, Verb, find_move
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.outgoing.case_files import ATTACHMENT_KINDS, Upload
from dashboard.data_requests.requester import entering, following
from dashboard.permissions import Actor
from dashboard.ui import identity, parts, state
from dashboard.ui.here import here

MARKS = (1, 2, 3, 4, 5)


def other_half(case: CaseView, requester: Actor) -> None:
    """The other case of the same submission: one click, no second code."""
    t, now_here = here().t, here()
    visitor = identity.visitor(now_here.portal)
    if st.button(t("track.sibling", reference=case.sibling), key="track_sibling", icon=":material/swap_horiz:") and visitor:
        now_here.attempt(lambda session: entering.open_sibling(session, requester, visitor, now=now_here.now))
        st.rerun()


def write(case: CaseView, requester: Actor) -> None:
    t, now_here = here().t, here()
    if find_move(case.status, Verb.REPLY) is None:
        return
    waits = case.status is Status.WAITING_FOR_REQUESTER
    # A new uploader after each message: the browser would keep the files of the last one in the old.
    turn = len(case.messages)
    with st.form("track_reply", border=False):
        body = st.text_area(t("track.answer_us" if waits else "track.write_us"), key="track_reply_body")
        proof = None
        if case.asks_identity:
            proof = st.file_uploader(
                t("track.identity"),
                type=list(ATTACHMENT_KINDS),
                key=f"track_reply_identity_{turn}",
                help=t("track.identity_help"),
            )
        files = st.file_uploader(
            t("request.what.files"), type=list(ATTACHMENT_KINDS), accept_multiple_files=True, key=f"track_reply_files_{turn}"
        )
        sent = st.form_submit_button(t("track.send"), type="primary", key="track_reply_submit")
    if not sent:
        return
    uploads = tuple(Upload(file.name, file.getvalue()) for file in files)
    identity_proof = Upload(proof.name, proof.getvalue()) if proof else None
    attempt = now_here.attempt(
        lambda session: following.reply(
            session, requester, body, uploads=uploads, identity=identity_proof, shelf=now_here.portal.shelf, now=now_here.now
        )
    )
    if attempt.done:
        state.clear(("track_reply_body",))
        state.leave_notice(t("track.sent"))
        st.rerun()
    parts.refused(attempt.refusal, t)


def not_satisfied(case: CaseView, requester: Actor) -> None:
    """Every way on after an answer: us, our officer, the authority, the court with its date."""
    t, now_here, o = here().t, here(), organisation()
    with st.expander(t("track.unhappy.title"), icon=":material/thumb_down:", key="open_track_unhappy_title"):
        until = case.dates.court_until
        day = t.day(until) if until else ""
        st.markdown(t("track.unhappy.text", email=o.email, authority=o.authority_name, url=o.authority_complaint_url, day=day))
        if case.status is not Status.CLOSED or until is None or now_here.today > until:
            return
        with st.form("track_reopen", border=False):
            body = st.text_area(t("track.unhappy.why"), key="track_reopen_body")
            sent = st.form_submit_button(t("track.unhappy.send"), key="track_reopen_submit")
        if sent:
            settings = now_here.portal.settings
            attempt = now_here.attempt(
                lambda session: following.reopen(session, requester, body, settings=settings, now=now_here.now)
            )
            if attempt.done:
                state.clear(("track_reopen_body",))
                state.leave_notice(t("track.unhappy.sent"))
                st.rerun()
            parts.refused(attempt.refusal, t)


def rating(case: CaseView, requester: Actor) -> None:
    t, now_here = here().t, here()
    if case.rated:
        st.caption(t("track.rating.thanks"))
        return
    with (
        st.expander(t("track.rating.title"), icon=":material/star:", key="open_track_rating_title"),
        st.form("track_rating", border=False),
    ):
        words = {mark: t(f"track.rating.{mark}") for mark in MARKS}
        easy = st.radio(t("track.rating.easy"), MARKS, index=None, format_func=words.get, key="track_rating_easy")
        clear = st.radio(t("track.rating.clear"), MARKS, index=None, format_func=words.get, key="track_rating_clear")
        sent = st.form_submit_button(t("track.rating.send"), key="track_rating_submit")
    if sent:
        attempt = now_here.attempt(
            lambda session: following.rate(session, requester, easy=easy or 0, clear=clear or 0, now=now_here.now)
        )
        if attempt.done:
            st.rerun()
        parts.refused(attempt.refusal, t)


def endings(case: CaseView, requester: Actor) -> None:
    """Another address, withdraw, and leave this browser."""
    t, now_here = here().t, here()
    if case.status in OPEN and case.status is not Status.UNVERIFIED:
        _new_address(requester)
    if find_move(case.status, Verb.WITHDRAW):
        with st.expander(t("track.withdraw.title"), icon=":material/undo:", key="open_track_withdraw_title"):
            st.write(t("track.withdraw.text"))
            if st.button(t("track.withdraw.button"), key="track_withdraw"):
                attempt = now_here.attempt(
                    lambda session: following.withdraw(session, requester, settings=now_here.portal.settings, now=now_here.now)
                )
                if attempt.done:
                    st.rerun()
                parts.refused(attempt.refusal, t)
    if st.button(t("track.leave"), key="track_leave", type="tertiary", icon=":material/logout:"):
        visitor = identity.visitor(now_here.portal) or ""
        now_here.attempt(lambda session: entering.leave(session, now_here.actor, visitor))
        st.rerun()


def _new_address(requester: Actor) -> None:
    t, now_here = here().t, here()
    with (
        st.expander(t("track.address.title"), icon=":material/alternate_email:", key="open_track_address_title"),
        st.form("track_address", border=False),
    ):
        st.write(t("track.address.text"))
        email = st.text_input(t("track.address.new"), key="track_address_new", autocomplete="email")
        sent = st.form_submit_button(t("track.address.send"), key="track_address_submit")
    if sent:
        attempt = now_here.attempt(
            lambda session: following.ask_new_address(
                session, requester, email, settings=now_here.portal.settings, now=now_here.now
            )
        )
        if attempt.done:
            state.clear(("track_address_new",))
            state.leave_notice(t("track.address.sent"))
            st.rerun()
        parts.refused(attempt.refusal, t)
