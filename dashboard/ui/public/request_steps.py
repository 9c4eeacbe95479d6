"""The questions of the request form, a step each."""

from collections.abc import Callable

import streamlit as st

from dashboard.annexes.catalogue import product_names
from dashboard.content import organisation
from dashboard.data_requests.case.moves import LONGEST_MESSAGE
from dashboard.data_requests.law.rights import AGE_MATTERS, ASKS_FOR_ANOTHER, ONE_CLICK, RequesterRole, Right, Subject
from dashboard.data_requests.outgoing.uploads import ATTACHMENT_KINDS
from dashboard.data_requests.requester.intake import BOTH, MOST_UPLOADS
from dashboard.ui import chosen_files, parts
from dashboard.ui.public import entry, school_finder
from dashboard.ui.visit import visit

Buttons = Callable[..., None]


def rights(problems: dict[str, str], buttons: Buttons) -> None:
    t = visit().t
    with st.form("request_rights", border=False):
        st.subheader(t("request.rights.question"), anchor=False)
        parts.list_of_problems(problems, t, linked=True)
        for right in Right:
            label = f"**{t(f'right.{right.value}.title')}.** {t(f'right.{right.value}.text')}"
            st.checkbox(label, key=entry.right_key(right), persist_state="session")
        parts.beside(problems, "rights", t)
        buttons(first=True)


def one_click(contact_step: int) -> None:
    """Newsletter and marketing: nothing to choose and nothing to explain."""
    t = visit().t
    with st.container(border=True):
        st.markdown(t("request.quick"))
        with st.container(horizontal=True):
            for right in sorted(ONE_CLICK):
                st.button(
                    t(f"request.quick.{right.value}"),
                    key=f"request_quick_{right.value}",
                    on_click=entry.choose,
                    args=((right,), RequesterRole.CUSTOMER.value, Subject.OWN_RECORDS.value, contact_step),
                )


def whose(problems: dict[str, str], buttons: Buttons) -> None:
    t = visit().t
    with st.form("request_whose", border=False):
        parts.list_of_problems(problems, t, linked=True)
        roles = [role.value for role in RequesterRole]
        st.radio(
            t("request.whose.role"),
            roles,
            format_func=lambda role: t(f"role.{role}"),
            captions=[t(f"role.{role}.text") for role in roles],
            index=None,
            key=entry.ROLE,
            persist_state="session",
        )
        parts.beside(problems, "role", t)
        subjects = [*(subject.value for subject in Subject), BOTH]
        st.radio(
            t("request.whose.subject"),
            subjects,
            format_func=lambda subject: t(f"subject.{subject}"),
            captions=[t(f"subject.{subject}.text", organisation=organisation().short_name) for subject in subjects],
            index=None,
            key=entry.SUBJECT,
            persist_state="session",
        )
        parts.beside(problems, "subject", t)
        buttons()


def about(problems: dict[str, str], buttons: Buttons) -> None:
    """Whom it is about: asked only of who asks for another, or where age decides who may ask."""
    t, role = visit().t, entry.typed(entry.ROLE)
    with st.form("request_about", border=False):
        parts.list_of_problems(problems, t, linked=True)
        if role in ASKS_FOR_ANOTHER:
            st.text_input(t(f"request.about.name_{role}"), key=entry.ABOUT_NAME, persist_state="session")
            parts.beside(problems, "subject_name", t)
        if role in AGE_MATTERS:
            st.text_input(
                t(f"request.about.born_{role}"),
                key=entry.BORN,
                persist_state="session",
                placeholder=t("request.about.born_example"),
                autocomplete="bday" if role == RequesterRole.PUPIL else "off",
            )
            st.caption(t("request.about.born_why"))
            parts.beside(problems, "born_on", t)
        if role == RequesterRole.AGENT:
            chosen_files.uploader(
                t("request.about.authorisation"),
                type=list(ATTACHMENT_KINDS),
                key=entry.AUTHORISATION,
                help=t("request.about.authorisation_help"),
            )
            parts.beside(problems, "authorisation", t)
        buttons()
    _chosen(entry.AUTHORISATION)


def what(problems: dict[str, str], buttons: Buttons) -> None:
    t = visit().t
    asked, names = entry.typed_rights(), visit().ask(product_names)
    entry.drop_unknown_product(names)
    parts.list_of_problems(problems, t, linked=True)
    if entry.typed(entry.SUBJECT) in {Subject.LEARNING_MATERIAL.value, BOTH}:
        school_finder.draw(entry.SCHOOL, t("request.what.school"), problems)
    with st.form("request_what", border=False):
        if names and not set(asked) <= ONE_CLICK:
            st.selectbox(
                t("request.what.product"),
                list(names),
                index=None,
                format_func=lambda each: names.get(each, each),
                placeholder=t("request.what.product_any"),
                key=entry.PRODUCT,
                persist_state="session",
            )
            parts.beside(problems, "product", t)
        if Right.RECTIFICATION in asked:
            st.text_input(t("request.what.wrong"), key=entry.WRONG, persist_state="session", help=t("request.what.wrong_help"))
            parts.beside(problems, "wrong_field", t)
            st.text_input(t("request.what.right"), key=entry.RIGHT_VALUE, persist_state="session")
            parts.beside(problems, "right_value", t)
        optional = bool(asked) and set(asked) <= {right.value for right in ONE_CLICK}
        label = t("request.what.explanation_optional" if optional else "request.what.explanation")
        st.text_area(label, height=200, key=entry.EXPLANATION, persist_state="session")
        st.caption(t("request.what.explanation_help", limit=t.number(LONGEST_MESSAGE)))
        parts.beside(problems, "explanation", t)
        chosen_files.uploader(
            t("request.what.files"),
            type=list(ATTACHMENT_KINDS),
            accept_multiple_files=True,
            key=entry.UPLOADS,
            help=t("request.what.files_help", number=MOST_UPLOADS),
        )
        parts.beside(problems, "uploads", t)
        buttons()
    _chosen(entry.UPLOADS)


def contact(problems: dict[str, str], buttons: Buttons) -> None:
    t = visit().t
    with st.form("request_contact", border=False):
        parts.list_of_problems(problems, t, linked=True)
        st.text_input(t("request.contact.name"), key=entry.NAME, persist_state="session", autocomplete="name")
        parts.beside(problems, "name", t)
        st.text_input(t("request.contact.email"), key=entry.EMAIL, persist_state="session", autocomplete="email")
        st.caption(t("request.contact.email_help"))
        parts.beside(problems, "email", t)
        buttons()


def _chosen(key: str) -> None:
    """Files of an earlier visit to this step."""
    t = visit().t
    for number, (name, content) in enumerate(entry.kept_files(key)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{name} ({parts.file_size(len(content), t)})")
            st.button(
                t("request.what.remove", number=number + 1),
                key=f"{key}_drop_{number}",
                on_click=entry.drop_file,
                args=(key, number),
                type="tertiary",
            )
