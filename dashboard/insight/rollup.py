"""Keeping the rollups."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.dialects import postgresql, sqlite

from dashboard.act import Act, step
from dashboard.clock import monday_of
from dashboard.data_requests.law.rights import Right
from dashboard.insight.model import WeeklyRequests


@step
def count_request(act: Act, received_on: date, rights: Iterable[Right]) -> None:
    """Count one request in its week, once for each right; in the caller's transaction."""
    insert = postgresql.insert if act.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    table = WeeklyRequests.__table__  # type: ignore[attr-defined]  # made by SQLModel's metaclass
    monday = monday_of(received_on)
    statement = insert(table).values([{"monday": monday, "asked_right": right, "requests": 1} for right in sorted(set(rights))])
    act.session.execute(
        statement.on_conflict_do_update(
            index_elements=[table.c.monday, table.c.asked_right],
            set_={"requests": table.c.requests + statement.excluded.requests},
        )
    )
