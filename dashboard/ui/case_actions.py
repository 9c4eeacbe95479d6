"""What staff can do with a case now: the verbs of the table, one form for each decision."""

from collections.abc import Callable

import streamlit as st
from sqlmodel import Session

from dashboard.data_requests import answers, handling
from dashboard.data_requests.lifecycle import Verb, verbs_from
from dashboard.data_requests.narrative import right_in_words
from dashboard.data_requests.rights import GROUNDS, Outcome, Subject
from dashboard.data_requests.rows import CaseView, RightRow
from dashboard.errors import StaleError
from dashboard.i18n import texts
from dashboard.permissions import Permission
from dashboard.ui import parts, state
from dashboard.ui.here import here


def show(case: CaseView) -> None:
    t = here().t
    verbs = set(verbs_from(case.status, Permission.HANDLE_CASE))
    st.subheader(t("case.actions"), anchor=False)
    if not verbs:
        st.caption(t("case.no_actions"))
    if Verb.TAKE in verbs and case.handler_id != here().actor.id:
        _take(case)
    we_decide = case.subject is Subject.OWN_RECORDS
    if Verb.DECIDE in verbs and we_decide:
        for row in case.rights:
            _decide(case, row)
        _attach(case)
        _close(case)
    if Verb.HAND_OVER in verbs and not we_decide:
        _hand_over(case)
    if Verb.CLOSE_BY_SCHOOL in verbs:
        _close_by_school(case)
    if Verb.ASK in verbs:
        _write(case)
    if Verb.NOTE in verbs:
        _note(case)


def _take(case: CaseView) -> None:
    if st.button(here().t("case.take"), type="primary", key="case_take", icon=":material/back_hand:"):
        _do(lambda s: handling.take(s, here().actor, case.id, version=case.version, now=here().now), "case.taken")


def _decide(case: CaseView, row: RightRow) -> None:
    t, now_here, key = here().t, here(), row.right.value
    with (
        st.expander(t("case.decide", right=right_in_words(t, row.right)), icon=":material/rule:"),
        st.form(f"case_decide_{key}", border=False),
    ):
        outcomes = [outcome.value for outcome in Outcome]
        outcome = st.radio(
            t("case.outcome"),
            outcomes,
            index=outcomes.index(row.outcome.value) if row.outcome else None,
            format_func=lambda value: t(f"outcome.{value}"),
            key=f"case_outcome_{key}",
            horizontal=True,
        )
        grounds = [ground.value for ground in GROUNDS[row.right]]
        ground = (
            st.selectbox(
                t("case.ground"),
                grounds,
                index=grounds.index(row.ground.value) if row.ground else None,
                format_func=lambda value: t(f"ground.{value}"),
                placeholder=t("case.ground_none"),
                key=f"case_ground_{key}",
            )
            if grounds
            else None
        )
        reason = st.text_area(t("case.reason"), value=row.reason, key=f"case_reason_{key}", help=t("case.reason_help"))
        sent = st.form_submit_button(t("case.save_decision"), key=f"case_decide_submit_{key}")
    if sent:
        _do(
            lambda s: handling.decide(
                s,
                now_here.actor,
                case.id,
                right=key,
                outcome=outcome or "",
                ground=ground if outcome in {"partly", "refused"} else None,
                reason=reason,
                version=case.version,
                now=now_here.now,
            ),
            "case.decided",
        )


def _attach(case: CaseView) -> None:
    t, now_here = here().t, here()
    with st.expander(t("case.attach"), icon=":material/attach_file:"), st.form("case_attach", border=False, clear_on_submit=True):
        file = st.file_uploader(t("case.file"), type=list(answers.MEDIA_TYPES), key=f"case_file_{case.id}")
        sent = st.form_submit_button(t("case.attach_button"), key="case_attach_submit")
    if not sent:
        return
    if file is None:
        st.error(t("invalid.file_none"), icon=":material/error:")
        return
    name, content = file.name, file.getvalue()
    _do(
        lambda s: answers.attach(
            s,
            now_here.actor,
            case.id,
            name=name,
            content=content,
            files=now_here.portal.files,
            version=case.version,
            now=now_here.now,
        ),
        "case.attached",
    )


def _close(case: CaseView) -> None:
    t, now_here = here().t, here()
    with st.expander(t("case.close"), icon=":material/task_alt:"), st.form("case_close", border=False):
        letter = st.text_area(t("case.letter"), value=_letter(case), height=240, key=f"case_letter_{_decided(case)}")
        st.caption(t("case.close_help"))
        sent = st.form_submit_button(t("case.close_button"), type="primary", key="case_close_submit")
    if sent:
        settings = now_here.portal.settings
        _do(
            lambda s: handling.close(
                s, now_here.actor, case.id, letter, version=case.version, settings=settings, now=now_here.now
            ),
            "case.closed",
        )


def _decided(case: CaseView) -> str:
    """The draft starts anew when a decision changes."""
    return "".join(row.outcome.value[0] if row.outcome else "-" for row in case.rights)


def _letter(case: CaseView) -> str:
    """A first draft in the requester's language: a line for each right and what was decided."""
    t = texts(case.language)
    decided = [f"- {right_in_words(t, row.right)}: {t(f'outcome.{row.outcome.value}')}" for row in case.rights if row.outcome]
    return "\n".join(
        (
            t("letter_draft.opening", name=case.name),
            "",
            t("letter_draft.intro", day=t.day(case.received_on)),
            *decided,
            "",
            t("letter_draft.closing"),
        )
    )


def _hand_over(case: CaseView) -> None:
    t, now_here = here().t, here()
    with st.expander(t("case.hand_over"), icon=":material/school:"), st.form("case_hand_over", border=False):
        st.write(t("case.hand_over_help"))
        school = st.text_input(t("case.school"), value=case.school_name, key="case_school")
        sent = st.form_submit_button(t("case.hand_over_button"), type="primary", key="case_hand_over_submit")
    if sent:
        settings = now_here.portal.settings
        _do(
            lambda s: handling.hand_over(
                s, now_here.actor, case.id, school, version=case.version, settings=settings, now=now_here.now
            ),
            "case.handed_over",
        )


def _close_by_school(case: CaseView) -> None:
    if st.button(here().t("case.close_by_school"), key="case_close_by_school", icon=":material/task_alt:"):
        settings = here().portal.settings
        _do(
            lambda s: handling.close_by_school(s, here().actor, case.id, version=case.version, settings=settings, now=here().now),
            "case.closed",
        )


def _write(case: CaseView) -> None:
    t, now_here = here().t, here()
    with st.expander(t("case.write"), icon=":material/forum:"), st.form("case_write", border=False):
        body = st.text_area(t("case.message"), key="case_message")
        with st.container(horizontal=True):
            asked = st.form_submit_button(t("case.ask_button"), key="case_ask_submit")
            told = st.form_submit_button(t("case.inform_button"), key="case_inform_submit")
    verb = handling.ask if asked else handling.inform
    if asked or told:
        settings = now_here.portal.settings
        _do(
            lambda s: verb(s, now_here.actor, case.id, body, version=case.version, settings=settings, now=now_here.now),
            "case.sent",
            "case_message",
        )


def _note(case: CaseView) -> None:
    t, now_here = here().t, here()
    with st.expander(t("case.note"), icon=":material/sticky_note_2:"), st.form("case_note", border=False):
        body = st.text_area(t("case.note_text"), key="case_note_text", help=t("case.note_help"))
        sent = st.form_submit_button(t("case.note_button"), key="case_note_submit")
    if sent:
        _do(
            lambda s: handling.note(s, now_here.actor, case.id, body, version=case.version, now=now_here.now),
            "case.noted",
            "case_note_text",
        )


def _do(work: Callable[[Session], None], notice: str, *typed: str) -> None:
    """Do it; on success a sentence at the top of the page as it is now, on refusal the reason and everything typed stays."""
    t, attempt = here().t, here().attempt(work)
    if attempt.done:
        state.clear(typed)
        state.leave_notice(t(notice))
        st.rerun()
    parts.refused(attempt.refusal, t)
    if isinstance(attempt.refusal, StaleError):
        st.button(t("case.look_again"), key="case_look_again", icon=":material/refresh:")
