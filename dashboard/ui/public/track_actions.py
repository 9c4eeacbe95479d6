"""What a requester can do with a request: write, send files, reopen, rate, move to another address, withdraw, leave."""

import streamlit as st

from dashboard.content import organisation
from dashboard.data_requests.case.lifecycle import AT_SCHOOL, OPEN, WAITING, Status, Verb, find_move
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.law.narrative import ways_on
from dashboard.data_requests.outgoing.uploads import ATTACHMENT_KINDS, Upload
from dashboard.data_requests.requester import entering, following
from dashboard.ui import chosen_files, identity, state
from dashboard.ui.acting import Form
from dashboard.ui.folds import fold
from dashboard.ui.visit import visit

MARKS = (1, 2, 3, 4, 5)


def other_half(case: CaseView) -> None:
    """The other case of the same submission: one click, no second code."""
    here, form = visit(), Form("sibling", case.seen)
    opening = identity.opening(here.portal)
    label = here.t("track.sibling", reference=case.sibling)
    if form.button(label, "track_sibling", icon=":material/swap_horiz:") and opening:
        form.do("", entering.enter_sibling, opening)


def write(case: CaseView) -> None:
    t, form = visit().t, Form("reply", case.seen)
    if find_move(case.status, Verb.REPLY) is None:
        return
    to = "track.write_school" if case.status in AT_SCHOOL else "track.write_us"
    with st.form(form.key("track_reply"), border=False):
        form.top()
        body = st.text_area(t("track.answer_us" if case.status in WAITING else to), key=form.key("track_reply_body"))
        form.at("message")
        proof = None
        if case.asks_identity:
            proof = chosen_files.uploader(
                t("track.identity"),
                type=list(ATTACHMENT_KINDS),
                key=form.key("track_reply_identity"),
                help=t("track.identity_help"),
            )
        files = chosen_files.uploader(
            t("request.what.files"),
            type=list(ATTACHMENT_KINDS),
            accept_multiple_files=True,
            key=form.key("track_reply_files"),
        )
        form.at("uploads", "file")
        sent = form.submit(t("track.send"), "track_reply_submit", type="primary")
    if sent:
        uploads = tuple(Upload(file.name, file.getvalue()) for file in files)
        identity_proof = Upload(proof.name, proof.getvalue()) if proof else None
        form.do("track.sent", following.reply, body, uploads=uploads, identity=identity_proof)


def ways(case: CaseView) -> str:
    """Where to go who doesn't agree, as a list."""
    return "\n".join(f"- {way}" for way in ways_on(visit().t, case.governance, case.dates.court_until))


def not_satisfied(case: CaseView) -> None:
    """Every way on after an answer: us, our officer, the authority, the court with its date."""
    here, o, form = visit(), organisation(), Form("reopen", case.seen)
    t = here.t
    place = fold(t("track.unhappy.title"), icon=":material/thumb_down:", key=form.place("open_track_unhappy_title"))
    if place is None:
        return
    with place:
        until = case.dates.court_until
        st.markdown(f"{t('track.unhappy.text')}\n\n{ways(case)}\n- {t('track.unhappy.officer', email=o.email)}")
        st.write(t("track.unhappy.waiting"))
        if case.status is not Status.CLOSED or until is None or here.today > until:
            return
        with st.form(form.key("track_reopen"), border=False):
            form.top()
            body = st.text_area(t("track.unhappy.why"), key=form.key("track_reopen_body"))
            form.at("message")
            sent = form.submit(t("track.unhappy.send"), "track_reopen_submit")
        if sent:
            form.do("track.unhappy.sent", following.reopen, body)


def rating(case: CaseView) -> None:
    t, form = visit().t, Form("rating", case.seen)
    if case.rated:
        st.caption(t("track.rating.thanks"))
        return
    place = fold(t("track.rating.title"), icon=":material/star:", key=form.place("open_track_rating_title"))
    if place is None:
        return
    with place, st.form(form.key("track_rating"), border=False):
        words = {mark: t(f"track.rating.{mark}") for mark in MARKS}
        easy = st.radio(t("track.rating.easy"), MARKS, index=None, format_func=words.get, key=form.key("track_rating_easy"))
        clear = st.radio(t("track.rating.clear"), MARKS, index=None, format_func=words.get, key=form.key("track_rating_clear"))
        sent = form.submit(t("track.rating.send"), "track_rating_submit")
    if sent:
        form.do("", following.rate, easy=easy or 0, clear=clear or 0)


def endings(case: CaseView) -> None:
    """Another address, withdraw, and leave this browser."""
    here, form = visit(), Form("withdraw", case.seen)
    t = here.t
    if case.status in OPEN and case.status is not Status.UNVERIFIED:
        _new_address(case)
    if find_move(case.status, Verb.WITHDRAW):
        with st.expander(t("track.withdraw.title"), icon=":material/undo:", key=form.place("open_track_withdraw_title")):
            st.write(t("track.withdraw.text"))
            if form.button(t("track.withdraw.button"), "track_withdraw"):
                form.do("", following.withdraw)
    if st.button(t("track.leave"), key="track_leave", type="tertiary", icon=":material/logout:"):
        here.attempt(entering.leave, identity.opening(here.portal) or "", identity.visitor(here.portal))
        state.leave_sent("")
        st.rerun()


def _new_address(case: CaseView) -> None:
    t, form = visit().t, Form("address", case.seen)
    place = fold(t("track.address.title"), icon=":material/alternate_email:", key=form.place("open_track_address_title"))
    if place is None:
        return
    with place, st.form(form.key("track_address"), border=False):
        form.top()
        st.write(t("track.address.text"))
        email = st.text_input(t("track.address.new"), key=form.key("track_address_new"), autocomplete="email")
        form.at("email")
        sent = form.submit(t("track.address.send"), "track_address_submit")
    if sent:
        form.do("track.address.sent", following.ask_new_address, email)
