"""One request as its requester sees it. Acting on it is in `track_actions.py`."""

import time

import streamlit as st

from dashboard.clock import local_day
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.lifecycle import OPEN, Status, Turn
from dashboard.data_requests.case.rows import CaseView, EventRow, FileRow
from dashboard.data_requests.case.terms import Author
from dashboard.data_requests.law.narrative import late_ways_on, reasons_in_words, right_in_words
from dashboard.data_requests.law.rights import Subject, limits
from dashboard.data_requests.requester import entering
from dashboard.data_requests.requester.links import Entry
from dashboard.ui import acting, asked, identity, parts, turns
from dashboard.ui.public import track_actions
from dashboard.ui.visit import Attempt, visit


def try_code(reference: str, code: str) -> None:
    """Try to open a case in this browser, which needs our cookies for that."""
    here = visit()
    if not identity.visitor(here.portal):
        st.error(here.t("track.no_cookie"), icon=":material/error:")
        return
    after_trying(here.attempt(entering.try_code, reference, code, address=identity.read_address()))


# The school decides, and doesn't have it yet.
BEFORE_SCHOOL = frozenset({Status.UNVERIFIED, Status.RECEIVED, Status.IN_PROGRESS})
# Longer than writing a mail takes on a busy machine.
ANSWERS_AFTER = 0.3


def send_link(reference: str, email: str) -> None:
    """A fresh link, where both belong together; the same sentence where they don't."""
    here, began = visit(), time.monotonic()
    attempt = here.attempt(entering.send_fresh_link, reference, email)
    # A mail takes longer to write than none: who asks can't tell by the time either.
    with turns.stepping_aside(here.reader):
        time.sleep(max(0.0, ANSWERS_AFTER - (time.monotonic() - began)))
    if attempt.done:
        st.success(here.t("track.lost.sent"), icon=":material/mail:")
    parts.refused(attempt.refusal, here.t)


def after_trying(attempt: Attempt[Entry]) -> None:
    """Open now, or why not: never whether the reference exists."""
    opening, t = attempt.result, visit().t
    if opening and opening.ticket:
        # A page can't set a cookie: our script follows this link at once, and the route behind it does.
        parts.follow(f"/open#{opening.ticket}", t("track.opening"))
    elif opening and opening.wait_seconds:
        st.error(t("error.too_many_tries", wait=parts.waiting(opening.wait_seconds, t)), icon=":material/error:")
    else:
        st.error(t("track.wrong"), icon=":material/error:")


def show(case: CaseView) -> None:
    t = visit().t
    acting.mind(case.seen)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(t("track.reference_shown", reference=case.reference), anchor=False)
        parts.status_badge(case.status, t)
    st.write(t(f"status.{case.status.value}.sentence"))
    if case.merged_into:
        st.info(t("track.merged", reference=case.merged_into), icon=":material/merge:")
    if case.sibling:
        track_actions.other_half(case)
    _whose_turn(case)
    _answer(case)
    _answered_before(case)
    _messages(case)
    if case.status in {Status.CLOSED, Status.CLOSED_BY_SCHOOL}:
        track_actions.not_satisfied(case)
        track_actions.rating(case)
    with st.expander(
        t("track.timeline"), expanded=case.status in OPEN, icon=":material/history:", key=f"open_track_timeline_{case.id}"
    ):
        _timeline(case)
    with st.expander(t("track.asked"), icon=":material/description:", key=f"open_track_asked_{case.id}"):
        _asked(case)
    track_actions.endings(case)


def _whose_turn(case: CaseView) -> None:
    here = visit()
    t = here.t
    if case.turn is not Turn.NOBODY:
        st.info(t(f"turn.{case.turn.value}"), icon=":material/person_raised_hand:")
    if case.status not in OPEN:
        return
    if case.subject is Subject.LEARNING_MATERIAL and case.status in BEFORE_SCHOOL:
        st.write(t("track.to_school", school=parts.plain(case.school_name)))
    dates = case.dates
    late = case.unanswered and here.today > case.due_on
    if late:
        st.warning(t("track.late", day=t.day(case.due_on)), icon=":material/error:")
        st.markdown("\n".join(f"- {way}" for way in late_ways_on(t, case.governance)))
    else:
        st.markdown(f"**{t('track.due', day=t.day(case.due_on))}**")
    if dates.extended:
        st.write(t("track.extended", day=t.day(dates.first.due_on)))
    st.caption(reasons_in_words(t, dates.due))
    if dates.review_by:
        st.write(t("track.review_by", day=t.day(dates.review_by)))
    if dates.with_pause:
        running = t("track.paused_since", day=t.day(dates.paused_since)) if dates.paused_since else ""
        st.write(
            " ".join(
                (running, t("track.with_pause", days=t.count("days", dates.paused_days), day=t.day(dates.with_pause)))
            ).strip()
        )
    with st.container(horizontal=True):
        st.link_button(t("track.calendar"), f"/track/due.ics?ref={case.reference}", icon=":material/event:", type="tertiary")
        st.link_button(
            t("track.proof"), f"/track/receipt.pdf?ref={case.reference}", icon=":material/receipt_long:", type="tertiary"
        )


def _answer(case: CaseView) -> None:
    t = visit().t
    if not any(row.outcome for row in case.rights):
        return
    by_school = case.subject is Subject.LEARNING_MATERIAL
    st.subheader(t("track.answer_school" if by_school else "track.answer"), anchor=False)
    for row in case.rights:
        with st.container(border=True):
            st.markdown(f"**{right_in_words(t, row.right)}**: {t(f'outcome.{row.outcome.value}') if row.outcome else ''}")
            if row.ground:
                st.write(t(f"letter.ground.{row.ground.value}"))
            if row.reason:
                st.text(row.reason)
    _answer_files(case)
    if any(limits(row.outcome, row.ground) for row in case.rights):
        st.markdown(f"**{t('ways.title')}**\n\n{track_actions.ways(case)}")


def _answer_files(case: CaseView) -> None:
    answers = [file for file in case.files if file.purpose.value == "answer"]
    for file in answers:
        _file(file)
    if any(not file.gone for file in answers):
        st.caption(visit().t("track.answer_days"))


def _answered_before(case: CaseView) -> None:
    """What we answered before it was looked at again: it stays."""
    t = visit().t
    if not case.answered_before:
        return
    st.subheader(t("track.before"), anchor=False)
    for row in case.answered_before:
        with st.container(border=True):
            st.caption(t("track.before_on", day=t.day(local_day(row.at)), until=t.day(row.court_until)))
            for right, outcome in row.outcomes:
                st.markdown(f"**{right_in_words(t, right)}**: {t(f'outcome.{outcome.value}')}")
    if not any(row.outcome for row in case.rights):
        _answer_files(case)


def _file(file: FileRow) -> None:
    t = visit().t
    if file.gone:
        st.caption(t("track.file_gone"))
        return
    label = t("track.download", name=file.name, size=parts.file_size(file.size, t))
    st.link_button(label, f"/answers/{file.id}", icon=":material/download:")


def _messages(case: CaseView) -> None:
    t = visit().t
    st.subheader(t("track.messages"), anchor=False)
    if not case.messages:
        st.write(t("track.no_messages"))
    for message in case.messages:
        with st.container(border=True):
            st.caption(f"{_named(message.author)} · {t.moment(message.at)}")
            st.text(message.body)
            for file in message.files:
                _file(file)
    track_actions.write(case)


def _timeline(case: CaseView) -> None:
    t = visit().t
    for event in case.events:
        key = f"event.{event.kind.value}"
        st.markdown(f"**{t(key)}**  \n:gray[{t.moment(event.at)} · {_named(_who(event))}]")
        if event.kind is EventKind.HANDED_OVER:
            st.text(event.fields["school"])


def _named(author: Author) -> str:
    """The reader is who asks."""
    t = visit().t
    return t("track.you") if author is Author.REQUESTER else t(f"author.{author.value}")


def _who(event: EventRow) -> Author:
    if event.by_requester:
        return Author.REQUESTER
    return Author.SCHOOL if event.by_school else Author.STAFF


def _asked(case: CaseView) -> None:
    t = visit().t
    st.markdown("\n".join(f"- {right_in_words(t, row.right)}" for row in case.rights))
    st.caption(t("track.received", day=t.day(case.dates.received_on)))
    asked.words(case, case.rights)
    for file in case.files:
        if file.purpose.value == "attachment":
            _file(file)
