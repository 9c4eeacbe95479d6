"""A school's membership of a board from a day on, through the mergers of that board: recorded ones and those of this file."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from dashboard.accounts.periods import DAY

# Into which board each one merged, and on which day; None for a board that is itself.
Mergers = Mapping[str, tuple[str | None, date | None]]


def memberships(mergers: Mergers, board: str, brin: str, since: date, until: date | None = None) -> Iterator[dict[str, Any]]:
    """One row for each board that the school is of in turn; the last one holds until `until`, or until further notice. Mergers
    form no circle.
    """
    into, on = mergers.get(board, (None, None))
    if into and on and on <= since:
        # On that day this board was another one already.
        yield from memberships(mergers, into, brin, since, until)
        return
    goes_on = on if into and on and (until is None or on <= until) else None
    last = goes_on - DAY if goes_on else until
    yield {"id": str(uuid4()), "board_number": board, "brin": brin, "valid_from": since, "valid_to": last}
    if into and goes_on:
        yield from memberships(mergers, into, brin, goes_on, until)
