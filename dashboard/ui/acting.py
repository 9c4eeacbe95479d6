"""Doing something from a page: the result in a sentence, the refusal with its reason, what was typed kept until it is done."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

import streamlit as st

from dashboard.act import Act, Seen
from dashboard.errors import BijsluiterError, InvalidInputError, StaleError
from dashboard.ui import parts, state
from dashboard.ui.visit import visit

P = ParamSpec("P")
NOTHING = Seen("")
# By form: the keys of its widgets that were drawn in this session.
_keys: ContextVar[dict[tuple[str, str], set[str]]] = ContextVar("keys")
# By form: the places for what is wrong, on top ("") and behind the fields that have one.
_places: ContextVar[dict[tuple[str, str], dict[str, Any]]] = ContextVar("places")


def begin_run() -> None:
    _keys.set({})
    _places.set({})


@dataclass(frozen=True, slots=True)
class Form:
    """The widgets of one decision about one record.

    Their keys name the record, so that what is typed for one never stands with another; the button carries what it was drawn
    with, so that nobody acts on what they weren't looking at; and once it is done the keys are new ones, and the boxes empty.
    """

    name: str
    # Of nothing yet, for what makes a record.
    seen: Seen = NOTHING
    # For boxes that show what is recorded: drawn anew at every version, so that nobody saves an older one over it.
    bound: bool = False

    def key(self, widget: str) -> str:
        turn = state.turn(self.name, self.seen.id)
        key = self.place(widget) + (f"_{self.seen.version}" if self.bound else "") + (f"_{turn}" if turn else "")
        _keys.get().setdefault((self.name, self.seen.id), set()).add(key)
        return key

    def place(self, widget: str) -> str:
        """The key of what stays as it is when the form was done: whether it stands open."""
        return f"{widget}_{self.seen.id}" if self.seen.id else widget

    def top(self) -> None:
        """Here stands what is wrong, if anything will be: before the fields, to be read first."""
        _places.get()[self.name, self.seen.id] = {"": st.empty()}

    def at(self, *fields: str) -> None:
        """Behind the field that was just drawn: what is wrong with it is said here too."""
        _places.get()[self.name, self.seen.id] |= {field: st.empty() for field in fields}

    def refuse(self, refusal: BijsluiterError | None) -> None:
        """Why not, in its places where it has them."""
        places = _places.get().get((self.name, self.seen.id))
        if not isinstance(refusal, InvalidInputError) or not places:
            return refuse(refusal)
        t, beside = visit().t, [field for field in refusal.problems if field in places]
        with places[""].container():
            parts.list_of_problems(refusal.problems, t, linked=beside)
        for field in beside:
            with places[field].container():
                parts.beside(refusal.problems, field, t)
        return None

    def submit(self, label: str, widget: str, **options: Any) -> bool:
        """The button that sends an `st.form`."""
        return st.form_submit_button(label, key=self.key(widget), **self._pressed(), **options)

    def button(self, label: str, widget: str, **options: Any) -> bool:
        """A button by itself."""
        return st.button(label, key=self.key(widget), **self._pressed(), **options)

    def checkbox(self, label: str, widget: str, *, value: bool) -> bool:
        """A box that acts as soon as it is ticked."""
        noted = {"args": (self.seen,), "kwargs": {"bound": self.bound}}
        return st.checkbox(label, value=value, key=self.key(widget), on_change=state.press, **noted)  # type: ignore[arg-type]

    def _pressed(self) -> dict[str, Any]:
        return {"on_click": state.press, "args": (self.seen,), "kwargs": {"bound": self.bound}}

    def mind(self) -> None:
        """A bound form was sent about an older version, which is no longer drawn: say so, and give back what was typed."""
        seen = state.pressed_before(self.seen) if self.bound else None
        if seen:
            parts.refused(StaleError(seen.id), visit().t)
            _give_back(f"{seen.id}_{seen.version}")

    def do(self, notice: str, verb: Callable[Concatenate[Act, Seen, P], object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Do it to the record as it was on the screen; then the page as it is now, with a sentence on top."""
        attempt = visit().attempt(verb, state.pressed(self.seen), *args, **kwargs)
        if attempt.done:
            self.is_done(notice)
        self.refuse(attempt.refusal)

    def make(self, notice: str, verb: Callable[Concatenate[Act, P], object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Do what is about no record yet."""
        attempt = visit().attempt(verb, *args, **kwargs)
        if attempt.done:
            self.is_done(notice)
        self.refuse(attempt.refusal)

    def is_done(self, notice: str) -> None:
        """The page anew, with this form empty and a sentence on top where the page doesn't say it by itself."""
        state.next_turn(self.name, self.seen.id)
        state.leave_sent(*sorted(_keys.get().get((self.name, self.seen.id), ())))
        if notice:
            state.leave_notice(visit().t(notice))
        st.rerun()


def mind(shown: Seen, why: str = "error.other_record") -> None:
    """A button of another record than the one that is shown now was pressed: in another tab, or after going back. Nothing
    was done with either; say so, and give back what was typed.
    """
    seen = state.pressed_elsewhere(shown)
    if seen is None:
        return
    st.error(visit().t(why), icon=":material/error:")
    _give_back(seen.id)


def _give_back(record: str) -> None:
    for text in state.typed_about(record):
        st.caption(visit().t("error.typed"))
        st.text(text)


def refuse(refusal: BijsluiterError | None) -> None:
    """Why not; and where the record changed meanwhile, a button that shows it as it is now."""
    parts.refused(refusal, visit().t)
    if isinstance(refusal, StaleError):
        st.button(visit().t("case.look_again"), key="look_again", icon=":material/refresh:")
