"""The one owner of session-state keys. What a person typed leaves it when it is sent; no case and no code is ever in it."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from dashboard.data_requests.case.rows import Cursor
from dashboard.data_requests.law.rights import Right
from dashboard.tokens import new_key

FORM_KEY = "request_form_key"
SENT_KEY = "request_sent_key"
STEP = "request_step"
PROBLEMS = "request_problems"
NOTICE = "notice"
VIEWING = "annex_viewing"
HISTORY = "annex_history_shown"
LOOKED = "import_looked"
IMPORTS = "import_number"
SEEN_CASE = "case_seen"
NOTICE_BOARDS = "notice_boards_shown"
DESK_CURSORS = "desk_cursors"
DESK_FILTERS = "desk_filters_seen"

ROLE = "request_role"
SUBJECT = "request_subject"
SCHOOL = "request_school"
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


_TEXTS = (ROLE, SUBJECT, SCHOOL, EXPLANATION, NAME, EMAIL, ABOUT_NAME, BORN, WRONG, RIGHT_VALUE)
_TYPED = (*_TEXTS, *(right_key(right) for right in Right))
_FILES = (UPLOADS, AUTHORISATION, KEPT_FILES)


def form_key() -> str:
    """The idempotency key of the form on this page: made once, gone when the form is sent or begun anew."""
    return str(st.session_state.setdefault(FORM_KEY, new_key()))


def sending() -> str:
    """Note, before anything is sent, that this form is on its way: whatever happens next, its receipt can be had."""
    key = form_key()
    st.session_state[SENT_KEY] = key
    return key


def sent_key() -> str | None:
    key = st.session_state.get(SENT_KEY)
    return str(key) if key else None


def forget_form() -> None:
    """Forget everything typed; the next form has a key of its own."""
    for key in (*_TYPED, *_FILES, FORM_KEY, STEP, DRAFT_SAVED, DRAFT_ASKED):
        st.session_state.pop(key, None)


def forget_receipt() -> None:
    st.session_state.pop(SENT_KEY, None)


def step() -> int:
    return int(st.session_state.get(STEP, 0))


def go_to(number: int) -> None:
    st.session_state[STEP] = number


def note_problems(problems: dict[str, str]) -> None:
    """What the form's last step found wrong, for the run that follows."""
    st.session_state[PROBLEMS] = problems


def take_problems() -> dict[str, str]:
    found: dict[str, str] = st.session_state.pop(PROBLEMS, {})
    return found


def typed(key: str) -> str:
    return str(st.session_state.get(key) or "")


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


def leave_notice(text: str) -> None:
    """A sentence for the next run, once."""
    st.session_state[NOTICE] = text


def take_notice() -> str | None:
    notice: str | None = st.session_state.pop(NOTICE, None)
    return notice


def opened(place: str) -> str | None:
    """Which one of several stands open at a place: one document, one history."""
    which: str | None = st.session_state.get(place)
    return which


def open_one(place: str, which: str | None) -> None:
    st.session_state[place] = which


def import_key() -> str:
    """The uploader's key: another one after a file was taken, so that it is empty again."""
    return f"import_file_{st.session_state.get(IMPORTS, 0)}"


def looked(found: Any = None) -> Any:
    """What the last dry run found; given something, note it first."""
    if found is not None:
        st.session_state[LOOKED] = found
    return st.session_state.get(LOOKED)


def forget_import() -> None:
    st.session_state.pop(LOOKED, None)
    st.session_state[IMPORTS] = st.session_state.get(IMPORTS, 0) + 1


def fill(key: str, value: Any) -> None:
    """Put a value in a widget before it is drawn."""
    st.session_state[key] = value


def clear(keys: Iterable[str]) -> None:
    for key in keys:
        st.session_state.pop(key, None)


def desk_cursors(filters: Any) -> list[Cursor | None]:
    """Where each page of the desk began; a change of filters begins again."""
    if st.session_state.get(DESK_FILTERS) != filters:
        st.session_state[DESK_FILTERS] = filters
        st.session_state[DESK_CURSORS] = [None]
    cursors: list[Cursor | None] = st.session_state[DESK_CURSORS]
    return cursors


def desk_back() -> None:
    st.session_state[DESK_CURSORS].pop()


def desk_on(cursor: Cursor) -> None:
    st.session_state[DESK_CURSORS].append(cursor)


def seen_version(case_id: str, newest: int) -> int:
    """The version of the case that stood on the screen before this run."""
    shown_id, version = st.session_state.get(SEEN_CASE, ("", newest))
    return int(version) if shown_id == case_id else newest


def note_seen(case_id: str, version: int) -> None:
    """What stands on the screen now."""
    st.session_state[SEEN_CASE] = (case_id, version)
