"""Telling boards of changes of sub-processors, and their objections. A board is told once, on a day that is kept."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select, update

from dashboard import audit
from dashboard.accounts.queries import boards
from dashboard.act import Allowed, Seen, asks
from dashboard.addresses import normalized_or_empty
from dashboard.annexes.holdings import holdings
from dashboard.annexes.licensing import boards_holding
from dashboard.annexes.subprocessors import PublishedNotice, coming, hold, published
from dashboard.audit import Action
from dashboard.errors import NotFoundError, NotPossibleError, reject
from dashboard.i18n import Language, texts
from dashboard.mail import pacing
from dashboard.mail.outbox import Envelope
from dashboard.notices import messages
from dashboard.notices.model import BoardNotice, Objection
from dashboard.notices.terms import ObjectionOutcome
from dashboard.notices.wording import sentence
from dashboard.permissions import Permission
from dashboard.policy.queries import days_of
from dashboard.policy.rules import Term
from dashboard.typed import body_of

LONGEST_BODY = 5000


@dataclass(frozen=True, slots=True)
class NewObjection:
    """What somebody wrote on behalf of a board, and where the answer goes. As it was typed."""

    body: str
    email: str
    on_behalf: bool
    language: Language


@asks(Permission.RUN_JOBS)
def due(act: Allowed) -> list[tuple[str, str]]:
    """The notices of what lies ahead, each with a board that holds the product and wasn't told yet. A board may come later."""
    return [(notice.id, number) for notice in coming(act) for number in sorted(_untold(act, notice))]


@asks(Permission.RUN_JOBS)
def tell_board(act: Allowed, notice_id: str, board_number: str) -> int:
    """Tell one board, unless it was told meanwhile or the notice is no more; returns how many were told."""
    # Another worker with the same notice waits here, and then sees that it was told.
    hold(act, notice_id)
    notice = next((each for each in coming(act) if each.id == notice_id), None)
    if notice is None or board_number not in _untold(act, notice):
        return 0
    board = boards(act, [board_number])[board_number]
    until = act.today + timedelta(days=days_of(act, Term.OBJECTION))
    mailed = bool(board.contact_email)
    act.session.add(
        BoardNotice(notice_id=notice.id, board_number=board.number, told_at=act.now, mailed=mailed, object_until=until)
    )
    if mailed:
        t = texts(Language.NL)
        lines = [sentence(each, t) for each in notice.changes]
        envelope = Envelope(board.contact_email, name=board.name)
        days = {"effective_on": notice.effective_on, "object_until": until}
        messages.subprocessor_notice(act, envelope, product=notice.product, lines=lines, **days)
    audit.record(act, Action.NOTICE_TOLD, notice.id, board=board.number)
    return 1


def _untold(act: Allowed, notice: PublishedNotice) -> set[str]:
    known = set(act.session.exec(select(BoardNotice.board_number).where(BoardNotice.notice_id == notice.id)).all())
    return boards_holding(act, notice.product_slug, act.today, notice.effective_on) - known


@asks(Permission.MANAGE_OWN_SCHOOL)
def mark_seen(act: Allowed, notice_id: str) -> None:
    """Somebody of the board read it: the first time is kept."""
    told = _told(act, notice_id)
    first = act.session.exec(
        update(BoardNotice)
        .where(
            col(BoardNotice.notice_id) == notice_id,
            col(BoardNotice.board_number) == told.board_number,
            col(BoardNotice.seen_at).is_(None),
        )
        .values(seen_at=act.now)
    ).rowcount
    if first:
        audit.record(act, Action.NOTICE_SEEN, notice_id, board=told.board_number)


@asks(Permission.MANAGE_OWN_SCHOOL)
def object_to(act: Allowed, seen: Seen, typed: NewObjection) -> None:
    """Object on behalf of the board. Late is possible, and said to be late. Raises InvalidInputError, NotPossibleError."""
    told = _told(act, seen.id)
    (notice,) = published(act, [seen.id])
    if notice.withdrawn:
        raise NotPossibleError("notices.is_withdrawn")
    said, address = body_of(typed.body), normalized_or_empty(typed.email)
    problems = {} if 0 < len(said) <= LONGEST_BODY else {"body": "invalid.objection_body"}
    if not address:
        problems["email"] = "invalid.email"
    if not typed.on_behalf:
        problems["on_behalf"] = "invalid.objection_on_behalf"
    reject(problems)
    mine = select(Objection.id).where(Objection.notice_id == seen.id, Objection.board_number == told.board_number)
    if act.session.exec(mine).first():
        raise NotPossibleError("notices.objected_already")
    made = Objection(
        notice_id=seen.id,
        board_number=told.board_number,
        at=act.now,
        person_id=act.actor.id,
        name=act.actor.name,
        email=address,
        language=typed.language,
        body=said,
        in_time=act.today <= told.object_until,
    )
    act.session.add(made)
    act.session.flush()
    # Typed, and nobody proved it.
    envelope = Envelope(address, typed.language, act.actor.name, later=pacing.waits(act, address))
    messages.objection_received(act, envelope, product=notice.product)
    audit.record(act, Action.OBJECTION_MADE, made.id, in_time=made.in_time)


@asks(Permission.ANSWER_OBJECTION)
def answer_objection(act: Allowed, seen: Seen, outcome: str, answer: str) -> None:
    """Answer a board, once. Raises InvalidInputError, and NotFoundError when it was answered meanwhile."""
    said = body_of(answer)
    problems = {} if outcome in set(ObjectionOutcome) else {"outcome": "invalid.objection_outcome"}
    if not 0 < len(said) <= LONGEST_BODY:
        problems["answer"] = "invalid.objection_answer"
    reject(problems)
    moved = act.session.exec(
        update(Objection)
        .where(col(Objection.id) == seen.id, col(Objection.answered_at).is_(None))
        .values(outcome=ObjectionOutcome(outcome), answered_at=act.now)
    ).rowcount
    if not moved:
        raise NotFoundError(seen.id)
    row = act.session.get_one(Objection, seen.id, populate_existing=True)
    row.answer, row.answered_by = said, act.actor.name
    (notice,) = published(act, [row.notice_id])
    envelope = Envelope(row.email, Language(row.language), row.name)
    messages.objection_answered(act, envelope, product=notice.product, outcome=outcome, body=said)
    audit.record(act, Action.OBJECTION_ANSWERED, seen.id, outcome=outcome)


def _told(act: Allowed, notice_id: str) -> BoardNotice:
    """What the actor's board was told. Raises NotFoundError for a notice of which it wasn't."""
    for number in holdings(act).reached.boards_on(act.today):
        found = act.session.get(BoardNotice, (notice_id, number))
        if found:
            return found
    raise NotFoundError(notice_id)
