"""The request form: which steps there are, going on and back, the check, sending, and the receipt."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboard.clock import local_day, utc_now
from dashboard.data_requests.law.narrative import reasons_in_words
from dashboard.data_requests.law.rights import AGE_MATTERS, ASKS_FOR_ANOTHER, RequesterRole, Subject
from dashboard.data_requests.outgoing.case_files import Upload
from dashboard.data_requests.requester import asking, drafts
from dashboard.data_requests.requester.intake import BOTH, NewRequest, check
from dashboard.errors import InvalidInputError
from dashboard.i18n import Language
from dashboard.ui import identity, parts, state
from dashboard.ui.here import here
from dashboard.ui.public import request_steps


@dataclass(frozen=True, slots=True)
class Step:
    """One question: its name in the catalogue, the fields it asks, and how it is drawn."""

    name: str
    fields: tuple[str, ...]
    draw: Callable[[dict[str, str], request_steps.Buttons], None]


def typed(language: Language) -> NewRequest:
    """Everything typed so far."""
    authorisation = state.kept_files(state.AUTHORISATION)
    return NewRequest(
        rights=state.typed_rights(),
        role=state.typed(state.ROLE),
        subject=state.typed(state.SUBJECT),
        explanation=state.typed(state.EXPLANATION),
        name=state.typed(state.NAME),
        email=state.typed(state.EMAIL),
        school_name=state.typed(state.SCHOOL),
        subject_name=state.typed(state.ABOUT_NAME),
        born_on=state.typed(state.BORN),
        wrong_field=state.typed(state.WRONG),
        right_value=state.typed(state.RIGHT_VALUE),
        uploads=tuple(Upload(*file) for file in state.kept_files(state.UPLOADS)),
        authorisation=Upload(*authorisation[0]) if authorisation and state.typed(state.ROLE) == RequesterRole.AGENT else None,
        language=language,
    )


def steps() -> tuple[Step, ...]:
    """The steps that this requester gets: whom it is about is asked only where it matters."""
    asks = state.typed(state.ROLE) in ASKS_FOR_ANOTHER | AGE_MATTERS
    return tuple(step for step in STEPS if step.name != "about" or asks)


def draw() -> None:
    """The step where one is."""
    now = here()
    offered = _offer_draft()
    active = steps()
    number = min(state.step(), len(active) - 1)
    step = active[number]
    title = now.t(f"request.{step.name}.title")
    st.progress((number + 1) / len(active), text=now.t("request.step", number=number + 1, total=len(active), name=title))
    if number == 0 and not offered:
        request_steps.one_click(next(place for place, each in enumerate(STEPS) if each.name == "contact") - 1)
    problems = state.take_problems()
    step.draw(problems, partial(_buttons, number))
    if number > 0:
        _save_draft()
    else:
        st.caption(now.t("request.duration"))
        parts.by_letter(now.t)


def _check(problems: dict[str, str], _buttons_of: request_steps.Buttons) -> None:
    t, asked = here().t, typed(here().t.language)
    parts.summary(problems, t)
    st.subheader(t("request.check.question"), anchor=False)
    for number, (label, value) in enumerate(_answers(asked)):
        with st.container(border=True):
            st.markdown(f"**{label}**")
            st.text(value)
            st.button(
                t("request.change", what=label),
                key=f"request_change_{number}",
                type="tertiary",
                on_click=state.go_to,
                args=(number,),
            )
    st.caption(t("request.check.note"))
    with st.form("request_check", border=False), st.container(horizontal=True):
        send = st.form_submit_button(t("request.send"), type="primary", key="request_send")
        st.form_submit_button(t("request.back"), on_click=state.go_to, args=(len(steps()) - 2,), key="request_back_check")
    if send:
        _send(asked)


def _send(asked: NewRequest) -> None:
    now_here, key, visitor = here(), state.sending(), identity.visitor(here().portal)
    attempt = now_here.attempt(
        lambda session: asking.submit(
            session, now_here.actor, asked, key=key, shelf=now_here.portal.shelf, visitor=visitor, now=now_here.now
        )
    )
    if attempt.done:
        st.rerun()
    parts.refused(attempt.refusal, now_here.t)


def receipt(key: str) -> asking.Receipt | None:
    """The receipt of a form that was sent; still there when the page runs again."""
    now_here = here()
    return now_here.ask(
        lambda session: asking.receipt(session, now_here.actor, key, settings=now_here.portal.settings, now=now_here.now)
    )


def confirmation(shown: asking.Receipt) -> None:
    """Received: reference and code, the date with its reason, what happens next."""
    t = here().t
    st.title(t("receipt.title"), anchor=False)
    st.success(t("receipt.mailed"), icon=":material/check_circle:")
    with st.container(border=True):
        st.markdown(f"**{t('receipt.reference_ours' if shown.also else 'receipt.reference')}**")
        st.code(shown.reference, language=None)
        if shown.also:
            st.markdown(f"**{t('receipt.reference_school')}**")
            st.code(shown.also, language=None)
        st.markdown(f"**{t('receipt.code_both' if shown.also else 'receipt.code')}**")
        st.code(shown.code, language=None)
        st.caption(t("receipt.keep"))
    st.subheader(t("receipt.due", day=t.day(shown.explanation.due_on)), anchor=False)
    st.write(reasons_in_words(t, shown.explanation))
    st.subheader(t("receipt.next"), anchor=False)
    st.markdown("\n".join(f"{number}. {t(f'receipt.next.{number}')}" for number in (1, 2, 3)))
    with st.container(horizontal=True):
        if st.button(t("receipt.track"), key="request_to_track"):
            st.switch_page(here().pages["public/track.py"])
        st.button(t("receipt.another"), on_click=state.forget_receipt, type="tertiary", key="request_another")


def _buttons(number: int, *, first: bool = False) -> None:
    t = here().t
    with st.container(horizontal=True):
        st.form_submit_button(t("request.next"), type="primary", on_click=_next, key=f"request_next_{number}")
        if not first:
            st.form_submit_button(t("request.back"), on_click=_back, args=(number - 1,), key=f"request_back_{number}")


def _next() -> None:
    """Go on when this step's fields are right; else stay, and say what isn't."""
    state.keep_files()
    problems = _problems_of(steps()[state.step()])
    state.note_problems(problems)
    if not problems:
        state.go_to(state.step() + 1)


def _back(number: int) -> None:
    state.keep_files()
    state.go_to(number)


def _problems_of(step: Step) -> dict[str, str]:
    try:
        # A callback runs before the page: who is here isn't known yet, and the language doesn't matter.
        check(typed(Language.NL), today=local_day(utc_now()))
    except InvalidInputError as invalid:
        return {field: text_key for field, text_key in invalid.problems.items() if field in step.fields}
    return {}


def _offer_draft() -> bool:
    """A form that was begun on this device and not sent: go on with it, or begin anew."""
    now_here, visitor = here(), identity.visitor(here().portal)
    if state.has_begun() or not visitor:
        return False
    draft = now_here.ask(lambda session: drafts.load(session, now_here.actor, visitor, now=now_here.now))
    if not draft:
        return False
    with st.container(border=True):
        st.markdown(f"**{now_here.t('request.draft.title')}**  \n{now_here.t('request.draft.text')}")
        with st.container(horizontal=True):
            st.button(
                now_here.t("request.draft.go_on"), key="request_draft_on", type="primary", on_click=state.put_back, args=(draft,)
            )
            if st.button(now_here.t("request.draft.anew"), key="request_draft_anew"):
                now_here.attempt(lambda session: drafts.forget(session, now_here.actor, visitor))
                state.note_begun()
                st.rerun()
    return True


def _save_draft() -> None:
    now_here, visitor, content = here(), identity.visitor(here().portal), state.everything_typed()
    if visitor and content and state.is_new_draft(content):
        now_here.attempt(lambda session: drafts.save(session, now_here.actor, visitor, content, now=now_here.now))


def _answers(asked: NewRequest) -> list[tuple[str, str]]:
    """The answers step by step, for the check."""
    t = here().t
    by_school = asked.subject in {Subject.LEARNING_MATERIAL.value, BOTH}
    values = {
        "rights": [t(f"right.{right}.title") for right in asked.rights],
        "whose": [t(f"role.{asked.role}") if asked.role else "", t(f"subject.{asked.subject}") if asked.subject else ""],
        "about": [asked.subject_name, asked.born_on, asked.authorisation.name if asked.authorisation else ""],
        "what": [
            asked.school_name if by_school else "",
            f"{asked.wrong_field} → {asked.right_value}" if asked.wrong_field else "",
            asked.explanation,
            *(upload.name for upload in asked.uploads),
        ],
        "contact": [asked.name, asked.email],
    }
    return [
        (t(f"request.{step.name}.title"), "\n".join(line for line in values[step.name] if line) or "-")
        for step in steps()
        if step.name in values
    ]


STEPS: tuple[Step, ...] = (
    Step("rights", ("rights",), request_steps.rights),
    Step("whose", ("role", "subject"), request_steps.whose),
    Step("about", ("subject_name", "born_on", "authorisation"), request_steps.about),
    Step("what", ("school_name", "wrong_field", "right_value", "explanation", "uploads"), request_steps.what),
    Step("contact", ("name", "email"), request_steps.contact),
    Step("check", (), _check),
)
