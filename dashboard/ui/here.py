"""What every page starts with: who is here, in which language, on which day, with which portal."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

from sqlmodel import Session
from streamlit.navigation.page import Page

from dashboard.audit import record_denied
from dashboard.clock import local_day
from dashboard.db import reading, transaction
from dashboard.errors import BijsluiterError, NotPossibleError
from dashboard.i18n import Texts
from dashboard.permissions import Actor
from dashboard.portal import Portal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """What came of an action: its result, or the refusal to show."""

    result: T | None = None
    refusal: BijsluiterError | None = None

    @property
    def done(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Here:
    t: Texts
    actor: Actor
    now: datetime
    portal: Portal
    # By script: what page links and switches name, already looked up.
    pages: Mapping[str, Page] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return local_day(self.now)

    def ask(self, question: Callable[[Session], T]) -> T:
        """A question to the database."""
        with reading(self.portal.engine) as session:
            return question(session)

    def attempt(self, work: Callable[[Session], T]) -> Attempt[T]:
        """One action in one transaction, with nothing of Streamlit inside: a rerun can't cut it in two."""
        try:
            with transaction(self.portal.engine) as session:
                return Attempt(result=work(session))
        except BijsluiterError as refusal:
            if isinstance(refusal, NotPossibleError) and refusal.case_id:
                # An extension after the date, a decision on what the school decides: that it was tried is kept.
                record_denied(
                    self.portal.engine,
                    self.actor,
                    refusal.action,
                    ("case", refusal.case_id),
                    now=self.now,
                    reason=refusal.text_key,
                )
            return Attempt(refusal=refusal)


_here: ContextVar[Here] = ContextVar("here")


def arrive(found: Here) -> None:
    """Set by the navigation at the start of a run, before the page."""
    _here.set(found)


def here() -> Here:
    return _here.get()
