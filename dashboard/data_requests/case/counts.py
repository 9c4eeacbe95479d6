"""How many open cases stand where, kept in the transaction of every move: the desk's counts and the charts read this."""

from datetime import date

from sqlalchemy.dialects import postgresql, sqlite

from dashboard.act import Act, step
from dashboard.data_requests.case.desk_model import OpenLoad
from dashboard.data_requests.case.lifecycle import OPEN, Status
from dashboard.data_requests.case.model import Case

Place = tuple[Status, date, str]


def place_of(case: Case) -> Place:
    return (Status(case.status), case.due_on, case.handler_id or "")


@step
def shift(act: Act, before: Place | None, after: Place | None) -> None:
    """Move one case from a place to another; an ended case has none."""
    if before == after:
        return
    if before and before[0] in OPEN:
        _add(act, before, -1)
    if after and after[0] in OPEN:
        _add(act, after, 1)


def _add(act: Act, place: Place, cases: int) -> None:
    insert = postgresql.insert if act.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    table = OpenLoad.__table__  # type: ignore[attr-defined]  # made by SQLModel's metaclass
    status, due_on, handler_id = place
    statement = insert(table).values(status=status, due_on=due_on, handler_id=handler_id, cases=cases)
    act.session.execute(
        statement.on_conflict_do_update(
            index_elements=[table.c.status, table.c.due_on, table.c.handler_id],
            set_={"cases": table.c.cases + statement.excluded.cases},
        )
    )
