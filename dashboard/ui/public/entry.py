"""What somebody types in the request form, step by step, until it is sent: the owner of those session-state keys."""

from collections.abc import Collection, Iterable
from typing import Any

import streamlit as st

from dashboard.data_requests.law.rights import Right
from dashboard.data_requests.requester.asking import Receipt
from dashboard.ui.state import FORM_KEY

RECEIPT = "request_receipt"
STEP = "request_step"
ROLE = "request_role"
SUBJECT = "request_subject"
SCHOOL = "request_school"
PRODUCT = "request_product"
EXPLANATION = "request_explanation"
NAME = "request_name"
EMAIL = "request_email"
ABOUT_NAME = "request_about_name"
BORN = "request_born"
WRONG = "request_wrong"
RIGHT_VALUE = "request_right_value"
UPLOADS = "request_uploads"
AUTHORISATION = "request_authorisation"
KEPT_FILES = "request_files_kept"
DRAFT_SAVED = "request_draft_saved"
DRAFT_ASKED = "request_draft_asked"


def right_key(right: Right) -> str:
    return f"request_right_{right.value}"


_TEXTS = (ROLE, SUBJECT, PRODUCT, SCHOOL, EXPLANATION, NAME, EMAIL, ABOUT_NAME, BORN, WRONG, RIGHT_VALUE)
_TYPED = (*_TEXTS, *(right_key(right) for right in Right))
_FILES = (UPLOADS, AUTHORISATION, KEPT_FILES)


def leave_receipt(receipt: Receipt) -> None:
    """For the next run alone."""
    st.session_state[RECEIPT] = receipt


def take_receipt() -> Receipt | None:
    found: Receipt | None = st.session_state.pop(RECEIPT, None)
    return found


def forget_form() -> None:
    """Forget everything typed; the next form has a key of its own."""
    for key in (*_TYPED, *_FILES, FORM_KEY, STEP, DRAFT_SAVED, DRAFT_ASKED):
        st.session_state.pop(key, None)


def step() -> int:
    return int(st.session_state.get(STEP, 0))


def go_to(number: int) -> None:
    st.session_state[STEP] = number


def typed(key: str) -> str:
    return str(st.session_state.get(key) or "")


def drop_unknown_product(known: Collection[str]) -> None:
    """Of a draft from when there was such a product."""
    if typed(PRODUCT) not in known:
        st.session_state.pop(PRODUCT, None)


def typed_rights() -> tuple[str, ...]:
    return tuple(right.value for right in Right if st.session_state.get(right_key(right)))


def everything_typed() -> dict[str, Any]:
    """What a draft keeps: all that was typed and chosen, and how far one was. No files."""
    found = {key: st.session_state[key] for key in _TYPED if st.session_state.get(key)}
    return {**found, STEP: step()} if found else {}


def put_back(draft: dict[str, Any]) -> None:
    """A draft into the form again, at the first step: only keys and kinds of values that the form has."""
    for key in _TEXTS:
        if isinstance(draft.get(key), str):
            st.session_state[key] = draft[key]
    for right in Right:
        if draft.get(right_key(right)) is True:
            st.session_state[right_key(right)] = True
    st.session_state[STEP] = 0
    st.session_state[DRAFT_ASKED] = True


def has_begun() -> bool:
    """Whether anything was typed in this session, or the question about a draft was answered."""
    return bool(st.session_state.get(DRAFT_ASKED)) or bool(everything_typed())


def note_begun() -> None:
    st.session_state[DRAFT_ASKED] = True


def is_new_draft(typed_now: dict[str, Any]) -> bool:
    """Whether this differs from what was saved last."""
    if st.session_state.get(DRAFT_SAVED) == typed_now:
        return False
    st.session_state[DRAFT_SAVED] = typed_now
    return True


def choose(rights: Iterable[Right], role: str, subject: str, at_step: int) -> None:
    """Fill in the questions that one click answers, and go on after them."""
    for right in rights:
        st.session_state[right_key(right)] = True
    st.session_state[ROLE], st.session_state[SUBJECT], st.session_state[STEP] = role, subject, at_step


def fill(key: str, text: str) -> None:
    st.session_state[key] = text


def keep_files() -> None:
    """Streamlit forgets an uploader's files when its step leaves the screen: these stay until the form is sent."""
    kept: dict[str, list[tuple[str, bytes]]] = st.session_state.setdefault(KEPT_FILES, {})
    for key in (UPLOADS, AUTHORISATION):
        chosen = st.session_state.get(key) or []
        for file in chosen if isinstance(chosen, list) else [chosen]:
            kept.setdefault(key, [])
            if key == AUTHORISATION:
                kept[key].clear()
            # A step that stays on the screen for a mistake brings the same files again.
            if (file.name, file.getvalue()) not in kept[key]:
                kept[key].append((file.name, file.getvalue()))


def kept_files(key: str) -> list[tuple[str, bytes]]:
    """(name, content) of the files chosen so far."""
    kept: dict[str, list[tuple[str, bytes]]] = st.session_state.get(KEPT_FILES, {})
    return kept.get(key, [])


def drop_file(key: str, number: int) -> None:
    kept_files(key).pop(number)
