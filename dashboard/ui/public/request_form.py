"""The request form: which steps there are, going on and back, the check and sending. What is shown then is in `receipt.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dashboard.annexes.catalogue import product_names
from dashboard.clock import local_day, utc_now
from dashboard.data_requests.law.rights import AGE_MATTERS, ASKS_FOR_ANOTHER, RequesterRole, Subject
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester import asking, drafts
from dashboard.data_requests.requester.intake import BOTH, NewRequest, check
from dashboard.errors import InvalidInputError
from dashboard.i18n import Language
from dashboard.ui import identity, parts, state
from dashboard.ui.public import entry, request_steps
from dashboard.ui.visit import visit


@dataclass(frozen=True, slots=True)
class Step:
    """One question: its name in the catalogue, the fields it asks, and how it is drawn."""

    name: str
    fields: tuple[str, ...]
    draw: Callable[[dict[str, str], request_steps.Buttons], None]


def typed(language: Language) -> NewRequest:
    """Everything typed so far."""
    authorisation = entry.kept_files(entry.AUTHORISATION)
    return NewRequest(
        rights=entry.typed_rights(),
        role=entry.typed(entry.ROLE),
        subject=entry.typed(entry.SUBJECT),
        explanation=entry.typed(entry.EXPLANATION),
        name=entry.typed(entry.NAME),
        email=entry.typed(entry.EMAIL),
        school_name=entry.typed(entry.SCHOOL),
        product=entry.typed(entry.PRODUCT),
        subject_name=entry.typed(entry.ABOUT_NAME),
        born_on=entry.typed(entry.BORN),
        wrong_field=entry.typed(entry.WRONG),
        right_value=entry.typed(entry.RIGHT_VALUE),
        uploads=tuple(Upload(*file) for file in entry.kept_files(entry.UPLOADS)),
        authorisation=Upload(*authorisation[0]) if authorisation and entry.typed(entry.ROLE) == RequesterRole.AGENT else None,
        language=language,
    )


def steps() -> tuple[Step, ...]:
    """The steps that this requester gets: whom it is about is asked only where it matters."""
    asks = entry.typed(entry.ROLE) in ASKS_FOR_ANOTHER | AGE_MATTERS
    return tuple(step for step in STEPS if step.name != "about" or asks)


def draw() -> None:
    """The step where one is."""
    here = visit()
    offered = _offer_draft()
    active = steps()
    number = min(entry.step(), len(active) - 1)
    step = active[number]
    title = here.t(f"request.{step.name}.title")
    st.progress((number + 1) / len(active), text=here.t("request.step", number=number + 1, total=len(active), name=title))
    if number == 0 and not offered:
        request_steps.one_click(next(place for place, each in enumerate(STEPS) if each.name == "contact") - 1)
    problems = state.take_problems()
    # By its key our script knows that another question came, and brings the reader to its title.
    with st.container(key=f"step_{step.name}"):
        step.draw(problems, partial(_buttons, number))
    if number > 0:
        _save_draft()
    else:
        st.caption(here.t("request.duration"))
        parts.by_letter(here.t)


def _check(problems: dict[str, str], _buttons_of: request_steps.Buttons) -> None:
    t, asked = visit().t, typed(visit().t.language)
    parts.list_of_problems(problems, t)
    st.subheader(t("request.check.question"), anchor=False)
    for number, (label, value) in enumerate(_answers(asked)):
        with st.container(border=True):
            st.markdown(f"**{label}**")
            st.text(value)
            st.button(
                t("request.change", what=label),
                key=f"request_change_{number}",
                type="tertiary",
                on_click=entry.go_to,
                args=(number,),
            )
    st.caption(t("request.check.note"))
    with st.form("request_check", border=False), st.container(horizontal=True):
        send = st.form_submit_button(t("request.send"), type="primary", key="request_send")
        st.form_submit_button(t("request.back"), on_click=entry.go_to, args=(len(steps()) - 2,), key="request_back_check")
    if send:
        _send(asked)


def _send(asked: NewRequest) -> None:
    here, visitor = visit(), identity.visitor(visit().portal)
    key, address = state.form_key(), identity.read_address()
    if wait := here.ask(asking.must_wait, key, asked.email, visitor=visitor, address=address):
        return parts.refused(wait, here.t)
    attempt = here.attempt(asking.submit, asked, key=key, visitor=visitor, address=address)
    if attempt.result:
        if not visitor:
            # No cookie to ask for: it is shown this once, and the same stands in the mail.
            entry.leave_receipt(attempt.result)
        entry.forget_form()
        st.rerun()
    return parts.refused(attempt.refusal, here.t)


def _buttons(number: int, *, first: bool = False) -> None:
    t = visit().t
    with st.container(horizontal=True):
        st.form_submit_button(t("request.next"), type="primary", on_click=_next, key=f"request_next_{number}")
        if not first:
            st.form_submit_button(t("request.back"), on_click=_back, args=(number - 1,), key=f"request_back_{number}")


def _next() -> None:
    """Go on when this step's fields are right; else stay, and say what isn't."""
    entry.keep_files()
    problems = _problems_of(steps()[entry.step()])
    state.note_problems(problems)
    if not problems:
        entry.go_to(entry.step() + 1)


def _back(number: int) -> None:
    entry.keep_files()
    entry.go_to(number)


def _problems_of(step: Step) -> dict[str, str]:
    try:
        # A callback runs before the page: who is here isn't known yet, and the language doesn't matter.
        check(typed(Language.NL), today=local_day(utc_now()))
    except InvalidInputError as invalid:
        return {field: text_key for field, text_key in invalid.problems.items() if field in step.fields}
    return {}


def _offer_draft() -> bool:
    """A form that was begun on this device and not sent: go on with it, or begin anew."""
    here, visitor = visit(), identity.visitor(visit().portal)
    if entry.has_begun() or not visitor:
        return False
    draft = here.ask(drafts.load, visitor)
    if not draft:
        return False
    with st.container(border=True):
        st.markdown(f"**{here.t('request.draft.title')}**  \n{here.t('request.draft.text')}")
        with st.container(horizontal=True):
            st.button(
                here.t("request.draft.go_on"),
                key="request_draft_on",
                type="primary",
                on_click=entry.put_back,
                args=(draft,),
            )
            if st.button(here.t("request.draft.anew"), key="request_draft_anew"):
                here.attempt(drafts.forget, visitor)
                entry.note_begun()
                state.leave_sent("request_")
                st.rerun()
    return True


def _save_draft() -> None:
    here, visitor, content = visit(), identity.visitor(visit().portal), entry.everything_typed()
    if visitor and content and entry.is_new_draft(content):
        here.attempt(drafts.save, visitor, content, address=identity.read_address())


def _answers(asked: NewRequest) -> list[tuple[str, str]]:
    """The answers step by step, for the check."""
    t, names = visit().t, visit().ask(product_names) if asked.product else {}
    by_school = asked.subject in {Subject.LEARNING_MATERIAL.value, BOTH}
    values = {
        "rights": [t(f"right.{right}.title") for right in asked.rights],
        "whose": [t(f"role.{asked.role}") if asked.role else "", t(f"subject.{asked.subject}") if asked.subject else ""],
        "about": [asked.subject_name, asked.born_on, asked.authorisation.name if asked.authorisation else ""],
        "what": [
            names.get(asked.product, asked.product),
            asked.school_name if by_school else "",
            f"{asked.wrong_field} → {asked.right_value}" if asked.wrong_field else "",
            asked.explanation,
            *(upload.name for upload in asked.uploads),
        ],
        "contact": [asked.name, asked.email],
    }
    named = [step.name for step in steps() if step.name in values]
    return [(t(f"request.{name}.title"), "\n".join(filter(None, values[name])) or "-") for name in named]


STEPS: tuple[Step, ...] = (
    Step("rights", ("rights",), request_steps.rights),
    Step("whose", ("role", "subject"), request_steps.whose),
    Step("about", ("subject_name", "born_on", "authorisation"), request_steps.about),
    Step("what", ("product", "school_name", "wrong_field", "right_value", "explanation", "uploads"), request_steps.what),
    Step("contact", ("name", "email"), request_steps.contact),
    Step("check", (), _check),
)
