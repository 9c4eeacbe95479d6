"""Runs take turns: one at a time, in the order in which they came; where several addresses wait, the one that had its last turn
longest ago is next, so that who opens two hundred tabs keeps only themselves waiting.

Python runs one thread at a time anyway. Fifty runs that share it all end late, with the time for changing between them on top;
one after the other half of them end early (measured: 60 % more reruns a second on a heavy page, first pages in half the time).
A run that takes long keeps nobody waiting: after a moment the next one begins beside it.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from dashboard.portal import Reader

LONGEST_SECONDS = 0.1


# How many addresses are remembered: of one that came long ago it doesn't matter any more.
REMEMBERED = 1_000


@dataclass(eq=False, slots=True)
class _Turn:
    came: threading.Event = field(default_factory=threading.Event)
    whose: str = ""


class Turns:
    """Whose turn it is, and who waits for theirs."""

    def __init__(self, longest: float = LONGEST_SECONDS) -> None:
        self._longest = longest
        self._lock = threading.Lock()
        self._now: _Turn | None = None
        self._since = 0.0
        self._waiting: list[_Turn] = []
        # By address, which turn was its last.
        self._last: OrderedDict[str, int] = OrderedDict()
        self._count = 0

    @property
    def is_free(self) -> bool:
        return self._now is None

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def take(self, whose: str = "") -> _Turn:
        """Wait for a turn: until the one before is over, or has lasted long enough."""
        mine = _Turn(whose=whose)
        with self._lock:
            self._waiting.append(mine)
        try:
            while not self._may_begin(mine):
                mine.came.wait(self._longest)
                mine.came.clear()
        except BaseException:
            # Who gives up waiting must not stand in front of the others.
            with self._lock:
                self._waiting.remove(mine)
            raise
        return mine

    def leave(self, mine: _Turn) -> None:
        """It is over; nothing when another began meanwhile."""
        with self._lock:
            if self._now is mine:
                self._now = None
                if self._waiting:
                    self._next().came.set()

    def _may_begin(self, mine: _Turn) -> bool:
        with self._lock:
            free = self._now is None or time.monotonic() - self._since >= self._longest
            if self._next() is not mine or not free:
                return False
            self._waiting.remove(mine)
            self._note(mine.whose)
            self._now, self._since = mine, time.monotonic()
            return True

    def _next(self) -> _Turn:
        """Of one address the first that came."""
        return min(self._waiting, key=lambda each: self._last.get(each.whose, 0))

    def _note(self, whose: str) -> None:
        self._count += 1
        self._last[whose] = self._count
        self._last.move_to_end(whose)
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)


TURNS = Turns()
_mine: ContextVar[_Turn | None] = ContextVar("turn", default=None)


@contextmanager
def a_turn(whose: str = "") -> Iterator[None]:
    """One run, of somebody at this address."""
    before = _mine.set(TURNS.take(whose))
    try:
        yield
    finally:
        _end()
        _mine.reset(before)


@contextmanager
def stepping_aside(reader: Reader) -> Iterator[None]:
    """While something is written, which may wait for others who write: the next run begins. With its look closed: runs that wait
    for a turn while they hold a connection would leave none for those who have it.
    """
    reader.close()
    mine = _mine.get()
    had = _end()
    try:
        yield
    finally:
        if had:
            _mine.set(TURNS.take(mine.whose if mine else ""))


def _end() -> bool:
    mine = _mine.get()
    if mine:
        TURNS.leave(mine)
        _mine.set(None)
    return mine is not None
