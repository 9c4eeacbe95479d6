"""What every page starts with: who is here, in which language, on which day, with which portal."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Concatenate, Generic, ParamSpec, TypeVar

from streamlit.navigation.page import Page

from dashboard import refusals
from dashboard.act import Act, is_asked
from dashboard.clock import local_day
from dashboard.errors import BijsluiterError, NotAllowedError, NotFoundError
from dashboard.i18n import Texts
from dashboard.permissions import Actor
from dashboard.portal import Portal, Reader
from dashboard.ui import state, turns

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[R]):
    """What came of an action: its result, or the refusal to show."""

    result: R | None = None
    refusal: BijsluiterError | None = None

    @property
    def done(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Visit:
    t: Texts
    actor: Actor
    now: datetime
    reader: Reader
    # By script: what page links and switches name, already looked up.
    pages: Mapping[str, Page] = field(default_factory=dict)

    @property
    def portal(self) -> Portal:
        return self.reader.portal

    @property
    def today(self) -> date:
        return local_day(self.now)

    def ask(self, question: Callable[Concatenate[Act, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """A question to the database; only one that says which capability it needs."""
        try:
            return is_asked(question)(self.reader.act(self.actor, self.now), *args, **kwargs)
        except (NotAllowedError, NotFoundError) as refusal:
            self._note(question, refusal)
            raise

    def attempt(self, verb: Callable[Concatenate[Act, P], R], *args: P.args, **kwargs: P.kwargs) -> Attempt[R]:
        """One action in one transaction, with nothing of Streamlit inside: a rerun can't cut it in two."""
        state.end_press()
        with turns.stepping_aside(self.reader):
            return self._attempt(verb, *args, **kwargs)

    def _attempt(self, verb: Callable[Concatenate[Act, P], R], *args: P.args, **kwargs: P.kwargs) -> Attempt[R]:
        try:
            with self.portal.act(self.actor, self.now) as act:
                return Attempt(result=is_asked(verb)(act, *args, **kwargs))
        except BijsluiterError as refusal:
            refusals.note(self.portal, self.actor, refusals.name_of(verb), refusal)
            return Attempt(refusal=refusal)

    def _note(self, question: object, refusal: BijsluiterError) -> None:
        with turns.stepping_aside(self.reader):
            refusals.note(self.portal, self.actor, refusals.name_of(question), refusal)


_visit: ContextVar[Visit] = ContextVar("visit")


def arrive(found: Visit) -> None:
    """Set by the navigation at the start of a run, before the page."""
    _visit.set(found)


def visit() -> Visit:
    return _visit.get()


def go_on_as(actor: Actor) -> None:
    """From here on this run is the requester's, whose case this browser opened."""
    _visit.set(replace(_visit.get(), actor=actor))
