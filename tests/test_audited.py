"""T23: each verb says which row it leaves, and there is a witness that notices when it doesn't."""

from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from dashboard import audit
from dashboard.act import ASKED
from dashboard.audit import Action, AuditRow
from dashboard.data_requests.case.model import CaseEvent
from dashboard.data_requests.desk import handling
from dashboard.db import reading, transaction
from dashboard.settings import Settings
from tests import cases
from tests.acts import by, seen
from tests.audited import FREE, JOBS_AND_NUMBERS, ROWS
from tests.people import AGENT


def test_every_verb_says_which_row_it_leaves_or_why_none() -> None:
    ours = {name.removeprefix("dashboard.") for name, needs in ASKED.items() if not set(needs) <= JOBS_AND_NUMBERS}
    assert {name for name in ours if name not in ROWS and name not in FREE} == set()
    assert (ROWS.keys() | FREE) - ours == set()
    assert ROWS.keys() & FREE == set()


def test_every_action_is_of_some_verb_or_job() -> None:
    said = {each.rstrip("+*").removesuffix(" denied") for rows in ROWS.values() for row in rows for each in row.split(" & ")}
    rest = {action.value for action in Action} - said
    # Of the worker and of refusals.
    assert rest == {"refused", "case.purge", "case.expire", "case.end_wait", "case.answer_kept", "notice.told", "breach.reminded"}


def test_a_row_that_is_missing_is_noticed_and_a_failing_trail_keeps_nothing(
    engine: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cases.in_progress(engine, settings, now)

    def events() -> tuple[int, int]:
        with reading(engine) as session:
            rows = session.exec(select(func.count()).select_from(AuditRow)).one()
            return rows, session.exec(select(func.count()).select_from(CaseEvent)).one()

    def note() -> None:
        with transaction(engine) as session:
            handling.note(by(session, AGENT, now, settings), seen(cases.fresh(engine, case)), "Zo.")

    before = events()
    monkeypatch.setattr(audit, "store", lambda _session, _row: None)
    with pytest.raises(AssertionError, match="note left nothing"):
        note()
    monkeypatch.undo()

    def full(_session: object, _row: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(audit, "store", full)
    with pytest.raises(OSError, match="no room"):
        note()
    monkeypatch.undo()
    assert events() == before
    note()
    assert events() == (before[0] + 1, before[1] + 1)
