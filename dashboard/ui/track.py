"""One request as its requester sees it."""

import streamlit as st

from dashboard.content import organisation
from dashboard.data_requests import service
from dashboard.data_requests.deadlines import explain
from dashboard.data_requests.events import EventKind
from dashboard.data_requests.lifecycle import OPEN, Status, Turn, Verb, find_move
from dashboard.data_requests.narrative import reasons_in_words, right_in_words
from dashboard.data_requests.rights import NEEDS_GROUND
from dashboard.data_requests.rows import CaseView
from dashboard.permissions import Actor
from dashboard.ui import identity, parts, state
from dashboard.ui.here import Attempt, here


def try_code(reference: str, code: str, visitor: str | None) -> None:
    """Try to open a case in this browser, which needs our cookie for that."""
    now_here = here()
    if not visitor:
        st.error(now_here.t("track.no_cookie"), icon=":material/error:")
        return
    address, settings = identity.read_address(), now_here.portal.settings
    after_trying(
        now_here.attempt(
            lambda session: service.open_by_code(
                session, now_here.actor, reference, code, visitor=visitor, address=address, settings=settings, now=now_here.now
            )
        )
    )


def after_trying(attempt: Attempt[service.Opening]) -> None:
    """Open now, or why not: never whether the reference exists."""
    opening, t = attempt.result, here().t
    if opening and opening.opened:
        state.clear(("track_reference", "track_code"))
        st.rerun()
    elif opening and opening.wait_seconds:
        st.error(t("error.too_many_tries", wait=parts.waiting(opening.wait_seconds, t)), icon=":material/error:")
    else:
        st.error(t("track.wrong"), icon=":material/error:")


def show(case: CaseView, requester: Actor) -> None:
    t = here().t
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(t("track.reference_shown", reference=case.reference), anchor=False)
        parts.status_badge(case.status, t)
    st.write(t(f"status.{case.status.value}.sentence"))
    _whose_turn(case)
    _answer(case)
    _messages(case, requester)
    with st.expander(t("track.timeline"), expanded=case.status is not Status.CLOSED, icon=":material/history:"):
        _timeline(case)
    with st.expander(t("track.asked"), icon=":material/description:"):
        _asked(case)
    _endings(case, requester)


def _whose_turn(case: CaseView) -> None:
    t = here().t
    if case.turn is not Turn.NOBODY:
        st.info(t(f"turn.{case.turn.value}"), icon=":material/person_raised_hand:")
    if case.status in OPEN and case.status is not Status.HANDED_TO_SCHOOL:
        st.markdown(f"**{t('track.due', day=t.day(case.due_on))}**")
        st.caption(reasons_in_words(t, explain(case.received_on, extra_holidays=here().portal.settings.bridge_days)))


def _answer(case: CaseView) -> None:
    t = here().t
    if case.status is not Status.CLOSED:
        return
    st.subheader(t("track.answer"), anchor=False)
    for row in case.rights:
        with st.container(border=True):
            st.markdown(f"**{right_in_words(t, row.right)}**: {t(f'outcome.{row.outcome.value}') if row.outcome else ''}")
            if row.ground:
                st.write(t(f"ground.{row.ground.value}"))
            if row.reason:
                st.text(row.reason)
    for file in case.files:
        label = t("track.download", name=file.name, size=parts.file_size(file.size, t))
        st.link_button(label, f"/answers/{file.id}", icon=":material/download:")
    if any(row.outcome in NEEDS_GROUND for row in case.rights):
        o = organisation()
        st.markdown(t("track.routes", email=o.email, authority=o.authority_name, url=o.authority_complaint_url))


def _messages(case: CaseView, requester: Actor) -> None:
    t, now_here = here().t, here()
    st.subheader(t("track.messages"), anchor=False)
    if not case.messages:
        st.write(t("track.no_messages"))
    for message in case.messages:
        with st.container(border=True):
            st.caption(f"{t(f'author.{message.author.value}')} · {t.moment(message.at)}")
            st.text(message.body)
    if find_move(case.status, Verb.REPLY) is None:
        return
    with st.form("track_reply", border=False):
        label = t("track.answer_us" if case.status is Status.WAITING_FOR_REQUESTER else "track.write_us")
        body = st.text_area(label, key="track_reply_body")
        sent = st.form_submit_button(t("track.send"), type="primary", key="track_reply_submit")
    if sent:
        attempt = now_here.attempt(lambda session: service.reply(session, requester, body, now=now_here.now))
        if attempt.done:
            state.clear(("track_reply_body",))
            state.leave_notice(t("track.sent"))
            st.rerun()
        parts.refused(attempt.refusal, t)


def _timeline(case: CaseView) -> None:
    t = here().t
    for event in case.events:
        who = t("author.requester") if event.by_requester else t("author.staff")
        key = f"event.{event.kind.value}"
        st.markdown(f"**{t(key)}**  \n:gray[{t.moment(event.at)} · {who}]")
        if event.kind is EventKind.HANDED_OVER:
            st.text(event.fields["school"])


def _asked(case: CaseView) -> None:
    t = here().t
    st.markdown("\n".join(f"- {right_in_words(t, row.right)}" for row in case.rights))
    st.caption(t("track.received", day=t.day(case.received_on)))
    st.text(case.explanation)


def _endings(case: CaseView, requester: Actor) -> None:
    """Withdraw, and leave this browser."""
    t, now_here = here().t, here()
    if find_move(case.status, Verb.WITHDRAW):
        with st.expander(t("track.withdraw.title"), icon=":material/undo:"):
            st.write(t("track.withdraw.text"))
            if st.button(t("track.withdraw.button"), key="track_withdraw"):
                attempt = now_here.attempt(
                    lambda session: service.withdraw(session, requester, settings=now_here.portal.settings, now=now_here.now)
                )
                if attempt.done:
                    st.rerun()
                parts.refused(attempt.refusal, t)
    if st.button(t("track.leave"), key="track_leave", type="tertiary", icon=":material/logout:"):
        visitor = identity.visitor(now_here.portal) or ""
        now_here.attempt(lambda session: service.leave(session, now_here.actor, visitor))
        st.rerun()
