"""The steps of a new request, and its receipt."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.content import organisation
from dashboard.data_requests import service
from dashboard.data_requests.intake import NewRequest, check
from dashboard.data_requests.moves import LONGEST_MESSAGE
from dashboard.data_requests.narrative import reasons_in_words
from dashboard.data_requests.rights import RequesterRole, Right, Subject
from dashboard.errors import InvalidInputError
from dashboard.i18n import Language
from dashboard.ui import parts, state
from dashboard.ui.here import here


@dataclass(frozen=True, slots=True)
class Step:
    """One question: its name in the catalogue, the fields it asks, and how it is drawn."""

    name: str
    fields: tuple[str, ...]
    draw: Callable[[], None]


def typed(language: Language) -> NewRequest:
    """Everything typed so far."""
    return NewRequest(
        rights=state.typed_rights(),
        role=state.typed(state.ROLE),
        subject=state.typed(state.SUBJECT),
        explanation=state.typed(state.EXPLANATION),
        name=state.typed(state.NAME),
        email=state.typed(state.EMAIL),
        school_name=state.typed(state.SCHOOL),
        language=language,
    )


def progress(step: Step) -> None:
    t, number = here().t, STEPS.index(step) + 1
    st.progress(
        number / len(STEPS), text=t("request.step", number=number, total=len(STEPS), name=t(f"request.{step.name}.title"))
    )


def _rights() -> None:
    t = here().t
    with st.form("request_rights", border=False):
        st.subheader(t("request.rights.question"), anchor=False)
        problems = _problems_shown()
        for right in Right:
            label = f"**{t(f'right.{right.value}.title')}.** {t(f'right.{right.value}.text')}"
            st.checkbox(label, key=state.right_key(right), persist_state="session")
        parts.beside(problems, "rights", t)
        _buttons(first=True)


def _whose() -> None:
    t = here().t
    with st.form("request_whose", border=False):
        problems = _problems_shown()
        roles = [role.value for role in RequesterRole]
        st.radio(
            t("request.whose.role"),
            roles,
            format_func=lambda role: t(f"role.{role}"),
            captions=[t(f"role.{role}.text") for role in roles],
            index=None,
            key=state.ROLE,
            persist_state="session",
        )
        parts.beside(problems, "role", t)
        subjects = [subject.value for subject in Subject]
        st.radio(
            t("request.whose.subject"),
            subjects,
            format_func=lambda subject: t(f"subject.{subject}"),
            captions=[t(f"subject.{subject}.text", organisation=organisation().short_name) for subject in subjects],
            index=None,
            key=state.SUBJECT,
            persist_state="session",
        )
        parts.beside(problems, "subject", t)
        _buttons()


def _what() -> None:
    t = here().t
    with st.form("request_what", border=False):
        problems = _problems_shown()
        if state.typed(state.SUBJECT) == Subject.LEARNING_MATERIAL:
            st.text_input(t("request.what.school"), key=state.SCHOOL, persist_state="session", help=t("request.what.school_help"))
            parts.beside(problems, "school_name", t)
        st.text_area(t("request.what.explanation"), height=200, key=state.EXPLANATION, persist_state="session")
        st.caption(t("request.what.explanation_help", limit=t.number(LONGEST_MESSAGE)))
        parts.beside(problems, "explanation", t)
        _buttons()


def _contact() -> None:
    t = here().t
    with st.form("request_contact", border=False):
        problems = _problems_shown()
        st.text_input(t("request.contact.name"), key=state.NAME, persist_state="session", autocomplete="name")
        parts.beside(problems, "name", t)
        st.text_input(t("request.contact.email"), key=state.EMAIL, persist_state="session", autocomplete="email")
        st.caption(t("request.contact.email_help"))
        parts.beside(problems, "email", t)
        _buttons()


def _check() -> None:
    t, asked = here().t, typed(here().t.language)
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
        st.form_submit_button(t("request.back"), on_click=state.go_to, args=(state.step() - 1,), key="request_back_check")
    if send:
        _send(asked)


def _send(asked: NewRequest) -> None:
    now_here, key = here(), state.sending()
    attempt = now_here.attempt(
        lambda session: service.submit(
            session, now_here.actor, asked, key=key, settings=now_here.portal.settings, now=now_here.now
        )
    )
    if attempt.done:
        st.rerun()
    parts.refused(attempt.refusal, now_here.t)


def receipt(key: str) -> service.Receipt | None:
    """The receipt of a form that was sent; still there when the page runs again."""
    now_here = here()
    return now_here.ask(
        lambda session: service.receipt(session, now_here.actor, key, settings=now_here.portal.settings, now=now_here.now)
    )


def confirmation(shown: service.Receipt) -> None:
    """Received: reference and code, the date with its reason, what happens next."""
    t = here().t
    st.title(t("receipt.title"), anchor=False)
    st.success(t("receipt.mailed"), icon=":material/check_circle:")
    with st.container(border=True):
        st.markdown(f"**{t('receipt.reference')}**")
        st.code(shown.reference, language=None)
        st.markdown(f"**{t('receipt.code')}**")
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


def _buttons(*, first: bool = False) -> None:
    t, step = here().t, state.step()
    with st.container(horizontal=True):
        st.form_submit_button(t("request.next"), type="primary", on_click=_next, key=f"request_next_{step}")
        if not first:
            st.form_submit_button(t("request.back"), on_click=state.go_to, args=(step - 1,), key=f"request_back_{step}")


def _next() -> None:
    """Go on when this step's fields are right; else stay, and say what isn't."""
    problems = _problems_of(STEPS[state.step()])
    state.note_problems(problems)
    if not problems:
        state.go_to(state.step() + 1)


def _problems_shown() -> dict[str, str]:
    """What the last try to go on found wrong, shown on top of the form."""
    problems = state.take_problems()
    parts.summary(problems, here().t)
    return problems


def _problems_of(step: Step) -> dict[str, str]:
    try:
        # A callback runs before the page: who is here isn't known yet, and the language doesn't matter.
        check(typed(Language.NL))
    except InvalidInputError as invalid:
        return {field: text_key for field, text_key in invalid.problems.items() if field in step.fields}
    return {}


def _answers(asked: NewRequest) -> list[tuple[str, str]]:
    """The answers step by step, for the check."""
    t = here().t
    rights = "\n".join(t(f"right.{right}.title") for right in asked.rights)
    role = t(f"role.{asked.role}") if asked.role else ""
    subject = t(f"subject.{asked.subject}") if asked.subject else ""
    school = f"{asked.school_name}\n" if asked.subject == Subject.LEARNING_MATERIAL else ""
    values = (rights, f"{role}\n{subject}", f"{school}{asked.explanation}", f"{asked.name}\n{asked.email}")
    return [(t(f"request.{step.name}.title"), value) for step, value in zip(STEPS, values, strict=False)]


STEPS: tuple[Step, ...] = (
    Step("rights", ("rights",), _rights),
    Step("whose", ("role", "subject"), _whose),
    Step("what", ("school_name", "explanation"), _what),
    Step("contact", ("name", "email"), _contact),
    Step("check", (), _check),
)
