"""What staff can do with a case now: the verbs of the table, one form for each decision."""

from collections.abc import Callable

import streamlit as st

from dashboard.accounts.queries import desk_people
from dashboard.data_requests.case.lifecycle import Verb, fits, moves_from
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.case.terms import ComplaintTo
from dashboard.data_requests.desk import handling
from dashboard.data_requests.law.checklists import steps_of
from dashboard.data_requests.law.rights import Subject
from dashboard.data_requests.outgoing.uploads import ATTACHMENT_KINDS, Upload
from dashboard.permissions import Permission
from dashboard.ui import chosen_files, parts
from dashboard.ui.acting import Form
from dashboard.ui.folds import fold
from dashboard.ui.staff import case_clock, case_decide, case_links
from dashboard.ui.visit import visit


def offered(case: CaseView) -> list[Verb]:
    """The verbs that staff have now: those of the table in this state, less those that this kind of case never needs."""
    ours = case.subject is Subject.OWN_RECORDS
    never = set()
    if not case.asks_identity:
        never.add(Verb.CHECK_IDENTITY)
    if case.dates.extended:
        never.add(Verb.EXTEND)
    if case.is_known:
        never.add(Verb.RECOGNISE)
    moves = moves_from(case.status, Permission.HANDLE_CASE)
    return [move.verb for move in moves if fits(move, ours=ours) and move.verb not in never]


def show(case: CaseView) -> None:
    """The next steps first: whose it is, what to check, the decisions, then everything else."""
    t = visit().t
    verbs = offered(case)
    st.subheader(t("case.actions"), anchor=False)
    if not verbs:
        st.caption(t("case.no_actions"))
    for heading, forms in _GROUPS.items():
        drawn = [draw for verb, draw in forms.items() if verb in verbs]
        if drawn and heading:
            st.caption(t(f"case.group.{heading}"))
        for draw in drawn:
            draw(case)


def _take(case: CaseView) -> None:
    here, form = visit(), Form("take", case.seen)
    if case.handler_id == here.actor.id:
        return
    if form.button(here.t("case.take"), "case_take", type="primary", icon=":material/back_hand:"):
        form.do("case.taken", handling.take)


def _acknowledge(case: CaseView) -> None:
    here, form = visit(), Form("acknowledge", case.seen)
    if form.button(here.t("case.acknowledge"), "case_acknowledge", icon=":material/mark_email_read:"):
        form.do("case.acknowledged", handling.acknowledge)


def _assign(case: CaseView) -> None:
    here, form = visit(), Form("assign", case.seen)
    place = fold(here.t("case.assign"), icon=":material/person_add:", key=form.place("open_case_assign"))
    if place is None:
        return
    people = [person for person in here.ask(desk_people) if person.id != case.handler_id]
    with place, st.form(form.key("case_assign"), border=False):
        names = {person.id: person.name for person in people}
        handler = st.selectbox(
            here.t("case.assign_to"),
            list(names),
            index=None,
            format_func=lambda each: names.get(each, each),
            placeholder=here.t("choose"),
            key=form.key("case_handler"),
        )
        sent = form.submit(here.t("case.assign_button"), "case_assign_submit")
    if sent and handler:
        form.do("case.assigned", handling.assign, handler)


def _checklist(case: CaseView) -> None:
    here, form = visit(), Form("checklist", case.seen, bound=True)
    steps = steps_of([row.right for row in case.rights], case.subject, here.t)
    done = {row.step: row for row in (case.staff.ticks if case.staff else ())}
    st.caption(here.t("case.checklist_done", done=len(done.keys() & steps.keys()), total=len(steps)))
    form.mind()
    # Its words stay the same: with a count in them it would be another one after each tick, and closed.
    place = fold(here.t("case.checklist"), icon=":material/checklist:", key=form.place("open_checklist"))
    if place is None:
        return
    with place:
        for step, words in steps.items():
            # Drawn anew at every version: a box shows what is recorded, not what was clicked on an older one.
            ticked = form.checkbox(words, f"case_tick_{step}", value=step in done)
            if step in done:
                st.caption(f"{parts.plain(done[step].by)} · {here.t.moment(done[step].at)}")
            if ticked is not (step in done):
                form.do("case.ticked", handling.tick, step, done=ticked)


def _write(case: CaseView) -> None:
    here, form = visit(), Form("write", case.seen)
    place = fold(here.t("case.write"), icon=":material/forum:", key=form.place("open_case_write"))
    if place is None:
        return
    with place, st.form(form.key("case_write"), border=False):
        body = st.text_area(here.t("case.message"), key=form.key("case_message"))
        files = chosen_files.uploader(
            here.t("request.what.files"),
            type=list(ATTACHMENT_KINDS),
            accept_multiple_files=True,
            key=form.key("case_message_files"),
        )
        with st.container(horizontal=True):
            asked = form.submit(here.t("case.ask_button"), "case_ask_submit")
            told = form.submit(here.t("case.inform_button"), "case_inform_submit")
    uploads = [Upload(file.name, file.getvalue()) for file in files]
    if asked or told:
        form.do("case.sent", handling.ask if asked else handling.inform, body, uploads=uploads)


def _note(case: CaseView) -> None:
    here, form = visit(), Form("note", case.seen)
    place = fold(here.t("case.note"), icon=":material/sticky_note_2:", key=form.place("open_case_note"))
    if place is None:
        return
    with place, st.form(form.key("case_note"), border=False):
        body = st.text_area(here.t("case.note_text"), key=form.key("case_note_text"), help=here.t("case.note_help"))
        names = {person.id: person.name for person in here.ask(desk_people) if person.id != here.actor.id}
        named = st.multiselect(
            here.t("case.note_mention"),
            list(names),
            format_func=lambda each: names.get(each, each),
            placeholder=here.t("choose"),
            key=form.key("case_note_mentions"),
        )
        sent = form.submit(here.t("case.note_button"), "case_note_submit")
    if sent:
        form.do("case.noted", handling.note, body, mentions=named)


def _complaint(case: CaseView) -> None:
    here, form = visit(), Form("complaint", case.seen)
    place = fold(here.t("case.complaint"), icon=":material/sentiment_dissatisfied:", key=form.place("open_case_complaint"))
    if place is None:
        return
    with place, st.form(form.key("case_complaint"), border=False):
        about = st.radio(
            here.t("case.complaint_about"),
            [each.value for each in ComplaintTo],
            index=None,
            format_func=lambda each: here.t(f"complaint.{each}"),
            key=form.key("case_complaint_about"),
        )
        body = st.text_area(here.t("case.complaint_text"), key=form.key("case_complaint_text"), help=here.t("case.note_help"))
        sent = form.submit(here.t("case.complaint_button"), "case_complaint_submit")
    if sent:
        form.do("case.complained", handling.note_complaint, body, about=about or "")


# In the order of the page: each verb of the table that staff have, with its form. A test holds that none is missing.
_GROUPS: dict[str, dict[Verb, Callable[[CaseView], None]]] = {
    "": {
        Verb.TAKE: _take,
        Verb.ACKNOWLEDGE: _acknowledge,
        Verb.CHECK_IDENTITY: case_clock.check_identity,
        Verb.RECOGNISE: case_clock.recognise,
        Verb.EXECUTE: case_links.execute,
        Verb.CLOSE_BY_SCHOOL: case_links.close_by_school,
        Verb.HAND_OVER: case_links.hand_over,
        Verb.TAKE_BACK: case_links.take_back,
        Verb.TICK: _checklist,
    },
    "decide": {
        Verb.DECIDE: case_decide.decide,
        Verb.APPROVE: case_decide.approve,
        Verb.TELL_RECIPIENT: case_decide.tell_recipients,
        Verb.ATTACH: case_decide.attach,
        Verb.CLOSE: case_decide.close,
    },
    "write": {
        Verb.ASK: _write,
        Verb.NOTE: _note,
        Verb.NOTE_COMPLAINT: _complaint,
    },
    "clock": {
        Verb.PAUSE: case_clock.pause,
        Verb.DOUBT_IDENTITY: case_clock.doubt_identity,
        Verb.EXTEND: case_clock.extend,
        Verb.ANNOUNCE_FEE: case_clock.announce_fee,
    },
    "more": {
        Verb.ASSIGN: _assign,
        Verb.MERGE: case_links.merge,
    },
}
# INFORM shares the form of ASK.
WITH_A_FORM = frozenset(verb for forms in _GROUPS.values() for verb in forms) | {Verb.INFORM}
