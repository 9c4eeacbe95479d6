"""What staff can do with a case now: the verbs of the table, one form for each decision."""

from collections.abc import Callable

import streamlit as st

from dashboard.accounts.queries import desk_people
from dashboard.data_requests.case.lifecycle import Verb, verbs_from
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.desk import handling
from dashboard.data_requests.law.checklists import steps_of
from dashboard.data_requests.law.rights import Subject
from dashboard.data_requests.outgoing.case_files import ATTACHMENT_KINDS, Upload
from dashboard.permissions import Permission
from dashboard.ui import parts
from dashboard.ui.acting import Work, do
from dashboard.ui.here import here
from dashboard.ui.staff import case_clock, case_decide, case_links


def offered(case: CaseView) -> list[Verb]:
    """The verbs that staff have now: those of the table in this state, less those that this kind of case never needs."""
    ours = case.subject is Subject.OWN_RECORDS
    never = {Verb.HAND_OVER} if ours else set(_ONLY_OURS)
    if not case.asks_identity:
        never.add(Verb.CHECK_IDENTITY)
    if case.dates.extended:
        never.add(Verb.EXTEND)
    return [verb for verb in verbs_from(case.status, Permission.HANDLE_CASE) if verb not in never]


def show(case: CaseView) -> None:
    """The next steps first: whose it is, what to check, the decisions, then everything else."""
    t = here().t
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
    if case.handler_id != here().actor.id and st.button(
        here().t("case.take"), type="primary", key="case_take", icon=":material/back_hand:"
    ):
        do(lambda s: handling.take(s, here().actor, case.id, version=case.version, now=here().now), "case.taken")


def _acknowledge(case: CaseView) -> None:
    now = here()
    if st.button(now.t("case.acknowledge"), key="case_acknowledge", icon=":material/mark_email_read:"):
        settings = now.portal.settings
        do(
            lambda s: handling.acknowledge(s, now.actor, case.id, version=case.version, settings=settings, now=now.now),
            "case.acknowledged",
        )


def _assign(case: CaseView) -> None:
    now = here()
    people = [person for person in now.ask(desk_people) if person.id != case.handler_id]
    with (
        st.expander(now.t("case.assign"), icon=":material/person_add:", key="open_case_assign"),
        st.form("case_assign", border=False),
    ):
        names = {person.id: person.name for person in people}
        handler = st.selectbox(
            now.t("case.assign_to"),
            list(names),
            index=None,
            format_func=lambda each: names.get(each, each),
            placeholder=now.t("choose"),
            key="case_handler",
        )
        sent = st.form_submit_button(now.t("case.assign_button"), key="case_assign_submit")
    if sent and handler:
        do(
            lambda s: handling.assign(s, now.actor, case.id, handler, version=case.version, now=now.now),
            "case.assigned",
            "case_handler",
        )


def _checklist(case: CaseView) -> None:
    now = here()
    steps = steps_of([row.right for row in case.rights], case.subject, now.t)
    done = {row.step: row for row in (case.staff.ticks if case.staff else ())}
    title = now.t("case.checklist", done=len(done.keys() & steps.keys()), total=len(steps))
    with st.expander(title, icon=":material/checklist:", key="open_checklist"):
        for step, words in steps.items():
            ticked = st.checkbox(words, value=step in done, key=f"case_tick_{case.version}_{step}")
            if step in done:
                st.caption(f"{parts.plain(done[step].by)} · {now.t.moment(done[step].at)}")
            if ticked is not (step in done):
                do(_ticking(case, step, ticked=ticked), "case.ticked")


def _ticking(case: CaseView, step: str, *, ticked: bool) -> Work:
    now = here()
    return lambda s: handling.tick(s, now.actor, case.id, step, done=ticked, version=case.version, now=now.now)


def _write(case: CaseView) -> None:
    now = here()
    settings = now.portal.settings
    with st.expander(now.t("case.write"), icon=":material/forum:", key="open_case_write"), st.form("case_write", border=False):
        body = st.text_area(now.t("case.message"), key="case_message")
        # A new uploader after each message: the browser would keep the files of the last one in the old.
        files = st.file_uploader(
            now.t("request.what.files"),
            type=list(ATTACHMENT_KINDS),
            accept_multiple_files=True,
            key=f"case_message_files_{case.id}_{len(case.messages)}",
        )
        with st.container(horizontal=True):
            asked = st.form_submit_button(now.t("case.ask_button"), key="case_ask_submit")
            told = st.form_submit_button(now.t("case.inform_button"), key="case_inform_submit")
    verb = handling.ask if asked else handling.inform
    uploads = [Upload(file.name, file.getvalue()) for file in files]
    if asked or told:
        do(
            lambda s: verb(
                s,
                now.actor,
                case.id,
                body,
                version=case.version,
                settings=settings,
                now=now.now,
                uploads=uploads,
                shelf=now.portal.shelf,
            ),
            "case.sent",
            "case_message",
        )


def _note(case: CaseView) -> None:
    now = here()
    settings = now.portal.settings
    with (
        st.expander(now.t("case.note"), icon=":material/sticky_note_2:", key="open_case_note"),
        st.form("case_note", border=False),
    ):
        body = st.text_area(now.t("case.note_text"), key="case_note_text", help=now.t("case.note_help"))
        names = {person.id: person.name for person in now.ask(desk_people) if person.id != now.actor.id}
        named = st.multiselect(
            now.t("case.note_mention"),
            list(names),
            format_func=lambda each: names.get(each, each),
            placeholder=now.t("choose"),
            key="case_note_mentions",
        )
        sent = st.form_submit_button(now.t("case.note_button"), key="case_note_submit")
    if sent:
        do(
            lambda s: handling.note(
                s, now.actor, case.id, body, version=case.version, now=now.now, settings=settings, mentions=named
            ),
            "case.noted",
            "case_note_text",
            "case_note_mentions",
        )


_ONLY_OURS = frozenset(
    {
        Verb.PAUSE,
        Verb.DOUBT_IDENTITY,
        Verb.CHECK_IDENTITY,
        Verb.DECIDE,
        Verb.APPROVE,
        Verb.TELL_RECIPIENT,
        Verb.ATTACH,
        Verb.EXTEND,
        Verb.CLOSE,
    }
)

# In the order of the page: each verb of the table that staff have, with its form. A test holds that none is missing.
_GROUPS: dict[str, dict[Verb, Callable[[CaseView], None]]] = {
    "": {
        Verb.TAKE: _take,
        Verb.ACKNOWLEDGE: _acknowledge,
        Verb.CHECK_IDENTITY: case_clock.check_identity,
        Verb.EXECUTE: case_links.execute,
        Verb.CLOSE_BY_SCHOOL: case_links.close_by_school,
        Verb.HAND_OVER: case_links.hand_over,
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
    },
    "clock": {
        Verb.PAUSE: case_clock.pause,
        Verb.DOUBT_IDENTITY: case_clock.doubt_identity,
        Verb.EXTEND: case_clock.extend,
    },
    "more": {
        Verb.ASSIGN: _assign,
        Verb.MERGE: case_links.merge,
    },
}
# INFORM shares the form of ASK.
WITH_A_FORM = frozenset(verb for forms in _GROUPS.values() for verb in forms) | {Verb.INFORM}
