"""The owner of session-state keys, but for the form's (`public/entry.py`). References may be in it, no case and no code."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.act import Seen
from dashboard.data_requests.desk.rows import Cursor
from dashboard.tokens import new_key

FORM_KEY = "request_form_key"
PROBLEMS = "request_problems"
NOTICE = "notice"
SENT = "sent"
VIEWING = "annex_viewing"
HISTORY = "annex_history_shown"
DETAILS = "annex_details_shown"
LOOKED = "import_looked"
IMPORTS = "import_number"
PRESSED = "pressed"
PRESSED_SEVERAL = "pressed_several"
TURNS = "turns"
NOTICE_BOARDS = "notice_boards_shown"
OPENED = "folds_opened"
DESK_CURSORS = "desk_cursors"
DESK_FILTERS = "desk_filters_seen"
LISTED = "desk_listed"
LOOKED_AT = "looked_at"


def is_first_look(what: object) -> bool:
    """Whether this session hasn't looked at it before."""
    looked_at: set[object] = st.session_state.setdefault(LOOKED_AT, set())
    if what in looked_at:
        return False
    looked_at.add(what)
    return True


def form_key() -> str:
    """The idempotency key of the form on this page: made once, gone when the form is sent or begun anew."""
    return str(st.session_state.setdefault(FORM_KEY, new_key()))


def note_problems(problems: dict[str, str]) -> None:
    """What the form's last step found wrong, for the run that follows."""
    st.session_state[PROBLEMS] = problems


def take_problems() -> dict[str, str]:
    found: dict[str, str] = st.session_state.pop(PROBLEMS, {})
    return found


def leave_notice(text: str) -> None:
    """A sentence for the next run, once."""
    st.session_state[NOTICE] = text


def take_notice() -> str | None:
    notice: str | None = st.session_state.pop(NOTICE, None)
    return notice


def leave_sent(*keys: str) -> None:
    """The keys of boxes whose words were sent, for the next run."""
    st.session_state[SENT] = keys


def take_sent() -> tuple[str, ...]:
    keys: tuple[str, ...] = st.session_state.pop(SENT, ())
    return keys


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


def has(key: str) -> bool:
    return key in st.session_state


def value_of(key: str) -> Any:
    return st.session_state.get(key)


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


def cursors_of(name: str, place: Any) -> list[Any]:
    """Where the pages of a list began that were gone through, but for the first; another question begins again."""
    if st.session_state.get(f"{name}_place") != place:
        st.session_state[f"{name}_place"] = place
        st.session_state[f"{name}_cursors"] = []
    cursors: list[Any] = st.session_state[f"{name}_cursors"]
    return cursors


def list_cases(references: Iterable[str], asked: dict[str, list[str]]) -> None:
    """What the desk showed last, in its order, and how it was asked for."""
    st.session_state[LISTED] = tuple(references), asked


def listed_cases() -> tuple[str, ...]:
    return tuple(st.session_state.get(LISTED, ((), {}))[0])


def desk_address() -> dict[str, str | list[str]]:
    return dict(st.session_state.get(LISTED, ((), {}))[1])


def desk_back() -> None:
    st.session_state[DESK_CURSORS].pop()


def desk_on(cursor: Cursor) -> None:
    st.session_state[DESK_CURSORS].append(cursor)


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed, or a box that was ticked: what it was drawn with. `bound`: its key names the version too."""

    seen: Seen
    bound: bool = False


_press: ContextVar[Press | None] = ContextVar("press", default=None)
_several: ContextVar[tuple[Seen, ...] | None] = ContextVar("several", default=None)


def begin_run() -> None:
    """What was pressed brought this run about."""
    _press.set(st.session_state.get(PRESSED))
    _several.set(st.session_state.get(PRESSED_SEVERAL))


def end_press() -> None:
    """What was pressed was taken up, or the run is over: nobody is told later of what nobody took up.

    A run that another click cuts short ends nothing: Streamlit plays the press again in the next one.
    """
    clear((PRESSED, PRESSED_SEVERAL))


def press(seen: Seen, *, bound: bool = False) -> None:
    """Called by a button that was pressed: before the page is drawn anew."""
    st.session_state[PRESSED] = Press(seen, bound)


def pressed(drawn: Seen) -> Seen:
    """What was on the screen when the button was pressed."""
    found = _press.get()
    return found.seen if found else drawn


def press_several(seen: list[Seen]) -> None:
    """The same for a button that is about several records."""
    st.session_state[PRESSED_SEVERAL] = tuple(seen)


def pressed_several(drawn: list[Seen]) -> tuple[Seen, ...]:
    found = _several.get()
    return tuple(drawn) if found is None else found


def pressed_elsewhere(shown: Seen) -> Seen | None:
    """What a pressed button was about, when that isn't the record that is shown."""
    found = _press.get()
    return found.seen if found and found.seen.id not in {"", shown.id} else None


def pressed_before(shown: Seen) -> Seen | None:
    """What a pressed button of a bound form was about, when that is an older version of the record."""
    found = _press.get()
    return found.seen if found and found.bound and found.seen.id == shown.id and found.seen != shown else None


def typed_about(record: str) -> list[str]:
    """What stands in the text boxes of a record that is no longer shown: Streamlit forgets it when this run ends."""
    about = (value for key, value in st.session_state.items() if record in str(key) and isinstance(value, str))
    # Words, not the name of a choice.
    return [text for text in about if " " in text.strip()]


def turn(form: str, record: str) -> int:
    """How often this form about this record was done in this session: each time its widgets are new ones."""
    turns: dict[tuple[str, str], int] = st.session_state.get(TURNS, {})
    return turns.get((form, record), 0)


def next_turn(form: str, record: str) -> None:
    turns: dict[tuple[str, str], int] = st.session_state.setdefault(TURNS, {})
    turns[form, record] = turns.get((form, record), 0) + 1


def note_opened(fold: str) -> None:
    st.session_state.setdefault(OPENED, set()).add(fold)


def was_opened(fold: str) -> bool:
    return fold in st.session_state.get(OPENED, ())
