"""What staff can do with a case now: the next step on top, everything else a press away, one form at a time."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import streamlit as st

from dashboard.accounts.queries import desk_people
from dashboard.data_requests.case.lifecycle import Verb, fits, moves_from
from dashboard.data_requests.case.next_step import NextStep, Step, next_step
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.case.terms import ComplaintTo
from dashboard.data_requests.desk import handling, waiting
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.rights import Right, Subject
from dashboard.data_requests.outgoing.uploads import ATTACHMENT_KINDS, Upload
from dashboard.permissions import Permission
from dashboard.ui import chosen_files
from dashboard.ui.acting import Form
from dashboard.ui.staff import case_checklist, case_clock, case_decide, case_links, case_next, case_sheets, case_waiting, snippets
from dashboard.ui.staff.case_sheets import Sheet, sheet
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
    """What comes first, and the way to all else."""
    t, verbs = visit().t, offered(case)
    step, held = next_step(case, visit().actor.id), visit().ask(waiting.waiting, case.id)
    sheets = [each for verb, of in SHEETS.items() if verb in verbs for each in of(case)]
    top = case_sheets.on_top(case, case_next.sheet_of(step))
    with st.container(border=True, key="case_now"):
        st.subheader(t("case.now"), anchor=False)
        if held and held.send_at:
            case_waiting.on_its_way(held)
            return
        case_waiting.too_late(case.id)
        case_next.say(case, step)
        with st.container(horizontal=True):
            _take(case, verbs, step)
            _acknowledge(case, verbs)
            case_next.open_it(case, step, sheets, top)
            case_sheets.direct(case, sheets, ("write", "note"))
            if sheets:
                case_sheets.menu(case, sheets)
        if Verb.CHECK_IDENTITY in verbs:
            case_clock.check_identity(case)
        if Verb.EXECUTE in verbs:
            case_links.execute(case)
        if Verb.APPROVE in verbs:
            case_decide.approve(case)
        if Verb.TICK in verbs:
            case_checklist.progress(case)
    case_sheets.stack(case, sheets, top)
    if Verb.TICK in verbs:
        case_checklist.show(case)


def _take(case: CaseView, verbs: list[Verb], step: NextStep) -> None:
    here, form = visit(), Form("take", case.seen)
    if Verb.TAKE not in verbs or case.handler_id == here.actor.id:
        return
    first = "primary" if step.step is Step.TAKE else "secondary"
    if form.button(here.t("case.take"), "case_take", type=first, icon=":material/back_hand:"):
        case_sheets.open_next(case)
        form.do("case.taken", handling.take)


def _acknowledge(case: CaseView, verbs: list[Verb]) -> None:
    here, form = visit(), Form("acknowledge", case.seen)
    if Verb.ACKNOWLEDGE not in verbs:
        return
    if form.button(here.t("case.acknowledge"), "case_acknowledge", icon=":material/mark_email_read:"):
        form.do("case.acknowledged", handling.acknowledge)


def _assign(case: CaseView) -> None:
    here, form = visit(), Form("assign", case.seen)
    people = [person for person in here.ask(desk_people) if person.id != case.handler_id]
    with st.form(form.key("case_assign"), border=False):
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
    if sent and not handler:
        st.error(here.t("invalid.colleague_none"), icon=":material/error:")
    elif sent and handler:
        form.do("case.assigned", handling.assign, handler)


def _write(case: CaseView) -> None:
    here, form = visit(), Form("write", case.seen)
    with st.form(form.key("case_write"), border=False):
        form.top()
        snippets.to_use(case, form.key("case_message"))
        body = st.text_area(here.t("case.message"), key=form.key("case_message"), height=220)
        form.at("message")
        files = chosen_files.uploader(
            here.t("request.what.files"),
            type=list(ATTACHMENT_KINDS),
            accept_multiple_files=True,
            key=form.key("case_message_files"),
        )
        form.at("uploads", "file")
        with st.container(horizontal=True):
            asked = form.submit(here.t("case.ask_button"), "case_ask_submit")
            told = form.submit(here.t("case.inform_button"), "case_inform_submit")
    uploads = [Upload(file.name, file.getvalue()) for file in files]
    if asked or told:
        form.do("case.sent", handling.ask if asked else handling.inform, body, uploads=uploads)


def _note(case: CaseView) -> None:
    here, form = visit(), Form("note", case.seen)
    with st.form(form.key("case_note"), border=False):
        form.top()
        body = st.text_area(here.t("case.note_text"), key=form.key("case_note_text"), help=here.t("case.note_help"))
        form.at("message")
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
    with st.form(form.key("case_complaint"), border=False):
        form.top()
        about = st.radio(
            here.t("case.complaint_about"),
            [each.value for each in ComplaintTo],
            index=None,
            format_func=lambda each: here.t(f"complaint.{each}"),
            key=form.key("case_complaint_about"),
        )
        form.at("about")
        body = st.text_area(here.t("case.complaint_text"), key=form.key("case_complaint_text"), help=here.t("case.note_help"))
        form.at("message")
        sent = form.submit(here.t("case.complaint_button"), "case_complaint_submit")
    if sent:
        form.do("case.complained", handling.note_complaint, body, about=about or "")


def _decisions(case: CaseView) -> Iterator[Sheet]:
    t = visit().t
    for row in case.rights:
        title = t("case.decide", right=right_in_words(t, row.right))
        yield Sheet(f"decide_{row.right.value}", title, ":material/rule:", partial(case_decide.decide, row=row))


def _recipients(case: CaseView) -> Iterator[Sheet]:
    """Shown when something was corrected, erased or restricted."""
    t, staff = visit().t, case.staff
    if staff and (staff.untold or staff.recipients):
        yield Sheet("recipients", t("case.recipients"), ":material/campaign:", case_decide.tell_recipients)


def _files(case: CaseView) -> Iterator[Sheet]:
    t = visit().t
    if any(row.right in {Right.ACCESS, Right.PORTABILITY} for row in case.rights):
        yield Sheet("package", t("case.package"), ":material/folder_zip:", case_decide.package)
    yield Sheet("attach", t("case.attach"), ":material/attach_file:", case_decide.attach)


# In the order of the menu: each verb of the table that has a form, with its sheets.
SHEETS: dict[Verb, Callable[[CaseView], Iterable[Sheet]]] = {
    Verb.RECOGNISE: sheet(
        "recognise",
        "case.recognise",
        ":material/how_to_reg:",
        case_clock.recognise,
        fits=lambda case: not case.is_known,
    ),
    Verb.HAND_OVER: sheet("hand_over", "case.hand_over", ":material/school:", case_links.hand_over),
    Verb.TAKE_BACK: sheet("take_back", "case.take_back", ":material/undo:", case_links.take_back),
    Verb.CLOSE_BY_SCHOOL: sheet("close_by_school", "case.close_by_school", ":material/task_alt:", case_links.close_by_school),
    Verb.DECIDE: _decisions,
    Verb.TELL_RECIPIENT: _recipients,
    Verb.ATTACH: _files,
    Verb.CLOSE: sheet("close", "case.close", ":material/task_alt:", case_decide.close),
    Verb.ASK: sheet("write", "case.write", ":material/forum:", _write),
    Verb.NOTE: sheet("note", "case.note", ":material/sticky_note_2:", _note),
    Verb.NOTE_COMPLAINT: sheet("complaint", "case.complaint", ":material/sentiment_dissatisfied:", _complaint),
    Verb.PAUSE: sheet("pause", "case.pause", ":material/pause_circle:", case_clock.pause),
    Verb.DOUBT_IDENTITY: sheet("doubt", "case.doubt", ":material/badge:", case_clock.doubt_identity),
    Verb.EXTEND: sheet("extend", "case.extend", ":material/more_time:", case_clock.extend),
    Verb.ANNOUNCE_FEE: sheet("fee", "case.fee", ":material/euro:", case_clock.announce_fee),
    Verb.ASSIGN: sheet("assign", "case.assign", ":material/person_add:", _assign),
    Verb.MERGE: sheet("merge", "case.merge", ":material/merge:", case_links.merge),
}
# A button, a box to press in, or boxes to tick; INFORM shares the form of ASK. A test holds that none is missing.
WITH_A_FORM = frozenset(SHEETS) | {
    Verb.TAKE,
    Verb.ACKNOWLEDGE,
    Verb.CHECK_IDENTITY,
    Verb.EXECUTE,
    Verb.APPROVE,
    Verb.TICK,
    Verb.INFORM,
}
