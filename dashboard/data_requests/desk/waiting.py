"""The answer goes out a minute after it was sent, and can be taken back until then."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, or_, select

from dashboard import audit
from dashboard.accounts.queries import desk_people
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.clock import local_day
from dashboard.data_requests.case.desk_model import WaitingAnswer
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.moves import load, load_latest
from dashboard.data_requests.desk.deciding import checked_answer, send_answer
from dashboard.data_requests.outgoing import messages
from dashboard.db import put
from dashboard.errors import BijsluiterError, InvalidInputError, NotPossibleError, StaleError
from dashboard.permissions import Actor, Permission, Role

# A worker that is busy sends later: whoever answers so shortly before the end of a day isn't made late by it.
BEFORE_MIDNIGHT = timedelta(minutes=30)
AT_ONCE = 100
# A worker takes a few seconds.
LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Waiting:
    case_id: str
    letter: str
    # None: it lies in its form again.
    send_at: datetime | None
    problem: str

    @property
    def seen(self) -> Seen:
        return Seen.of(self.case_id, self.send_at, self.letter, self.problem)


@asks(Permission.READ_CASE)
def waiting(act: Allowed, case_id: str) -> Waiting | None:
    """The answer to this case that waits to go out, or that didn't."""
    row = act.session.get(WaitingAnswer, case_id)
    return _shown(row) if row else None


@asks(Permission.READ_DESK)
def unsent(act: Allowed) -> list[str]:
    """References of the cases whose answer was kept from going out, or should have gone by now."""
    kept = or_(WaitingAnswer.problem != "", col(WaitingAnswer.send_at) < act.now - LATE)
    rows = select(Case.reference).join(WaitingAnswer, col(WaitingAnswer.case_id) == Case.id).where(kept)
    return list(act.session.exec(rows.order_by(Case.reference).limit(AT_ONCE)).all())


@asks(Permission.HANDLE_CASE)
def send_soon(act: Allowed, seen: Seen, letter: str, *, over: Seen | None = None) -> bool:
    """Send the answer in a minute; returns whether it can still be taken back. Whatever keeps it from going out is said now.

    `over`: the letter that lay in the form when it was drawn; StaleError when another one lies there by now. It goes at once
    where there is no time to lose: shortly before the end of a legal day, or when the setting says so.
    """
    act.require_fresh()
    case = load(act, seen)
    checked_answer(act, case, letter)
    held = act.session.get(WaitingAnswer, case.id, populate_existing=True)
    if held and held.send_at:
        raise NotPossibleError("error.answer_waits", case_id=case.id)
    if held and over != _shown(held).seen:
        raise StaleError(case.id)
    lasts = timedelta(seconds=act.settings.answer_delay_seconds)
    if not lasts or local_day(act.now + lasts + BEFORE_MIDNIGHT) != act.today:
        send_answer(act, case, letter)
        return False
    row = WaitingAnswer(
        case_id=case.id,
        version=case.version,
        letter=letter,
        send_at=act.now + lasts,
        by_id=act.actor.id,
        by_role=act.actor.role.value,
    )
    put(act.session, row)
    audit.record(act, Action.CASE_ANSWER_HELD, case.id)
    return True


@asks(Permission.HANDLE_CASE)
def take_answer_back(act: Allowed, seen: Seen) -> None:
    """It doesn't go out, and lies in its form again. Raises NotPossibleError when it went already."""
    load_latest(act, seen.id)
    row = act.session.get(WaitingAnswer, seen.id, populate_existing=True)
    if row is None or row.send_at is None:
        raise NotPossibleError("error.answer_gone", case_id=seen.id)
    seen.compare(_shown(row).seen.version)
    row.send_at = None
    audit.record(act, Action.CASE_ANSWER_TAKEN_BACK, seen.id)


@asks(Permission.RUN_JOBS)
def due(act: Allowed) -> list[str]:
    """The cases whose answer is to go out by now."""
    ready = select(WaitingAnswer.case_id).where(col(WaitingAnswer.send_at) <= act.now)
    return list(act.session.exec(ready.order_by(col(WaitingAnswer.send_at)).limit(AT_ONCE)).all())


@asks(Permission.RUN_JOBS)
def send_due(act: Allowed, case_id: str) -> int:
    """Send it, in the name of who wrote it. What changed meanwhile keeps it: the desk is shown why, and the letter is kept."""
    by_whom = act.session.get(WaitingAnswer, case_id)
    if by_whom is None:
        return 0
    theirs = Allowed(act.by(Actor(role=Role(by_whom.by_role), id=by_whom.by_id)))
    load_latest(theirs, case_id)
    row = act.session.get(WaitingAnswer, case_id, populate_existing=True)
    if row is None or row.send_at is None or row.send_at > act.now:
        return 0
    try:
        case = load(theirs, Seen(case_id, row.version))
        if row.by_id not in {person.id for person in desk_people(act)}:
            raise NotPossibleError("error.answer_writer", case_id=case_id)
        checked_answer(theirs, case, row.letter)
    except BijsluiterError as refusal:
        _keep(act, row, _why(refusal))
        return 1
    send_answer(theirs, case, row.letter)
    return 1


@asks(Permission.RUN_JOBS)
def keep_all(act: Allowed) -> int:
    """Of a database that was put back: whether these went after all nobody knows but the desk. Returns how many."""
    rows = act.session.exec(select(WaitingAnswer).where(col(WaitingAnswer.send_at).is_not(None))).all()
    for row in rows:
        row.send_at, row.problem = None, "error.answer_restored"
    return len(rows)


def _keep(act: Allowed, row: WaitingAnswer, why: str) -> None:
    """It stays, and who wrote it hears so."""
    row.send_at, row.problem = None, why
    audit.record(act, Action.CASE_ANSWER_KEPT, row.case_id, why=why)
    case = act.session.get_one(Case, row.case_id)
    for person in desk_people(act):
        if person.id == row.by_id and person.email:
            messages.answer_kept(act, case, to=person.email)


def _shown(row: WaitingAnswer) -> Waiting:
    return Waiting(row.case_id, row.letter, row.send_at, row.problem)


def _why(refusal: BijsluiterError) -> str:
    return next(iter(refusal.problems.values())) if isinstance(refusal, InvalidInputError) else refusal.text_key
