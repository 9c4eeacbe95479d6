"""What was promised, what was wanted, what was seen."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Seen:
    """A figure of one test, and whether it is the one that was wanted."""

    wanted: str
    seen: str
    held: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One test of the campaign. `run` gets an empty folder and how much of it to do: 1 is all."""

    number: str
    promise: str
    run: Callable[[Path, float], list[Seen]]
    # Says how long something took: only where nothing else runs.
    timed: bool = False
    # Takes long and little of the machine: tried while the others are.
    beside: bool = False

    @property
    def name(self) -> str:
        return f"{self.number} {self.promise}"


def times(whole: int, scale: float) -> int:
    """So many of a whole, at least one."""
    return max(1, round(whole * scale))
