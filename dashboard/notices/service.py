"""Telling boards of changes of sub-processors, and their objections. A board is told once, on a day that is kept."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import or_
from sqlmodel import Session, col, select, update

from dashboard import audit
from dashboard.accounts.model import Board, BoardSchool, Location
from dashboard.accounts.queries import current
from dashboard.addresses import normalized_or_empty
from dashboard.annexes.differences import Difference
from dashboard.annexes.holdings import holdings
from dashboard.annexes.model import DocumentVersion, Licence, Product
from dashboard.clock import local_day
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError
from dashboard.i18n import Language, texts
from dashboard.mail import school_messages as messages
from dashboard.mail.messages import Post
from dashboard.notices.model import BoardNotice, Objection, ObjectionOutcome, SubprocessorNotice
from dashboard.notices.queries import as_stored, differences_of
from dashboard.notices.wording import sentence
from dashboard.permissions import Actor, Permission, require
from dashboard.policy.queries import objection_days
from dashboard.settings import Settings

LONGEST_BODY = 5000


def publish_notice(
    session: Session, actor: Actor, version: DocumentVersion, product_slug: str, changes: Iterable[Difference], *, now: datetime
) -> None:
    """A version that changes sub-processors was approved: from now on boards are told. Nothing to tell makes no notice."""
    require(actor, Permission.PUBLISH_ANNEX)
    told = as_stored(changes)
    if not told:
        return
    made = SubprocessorNotice(
        id=str(uuid4()),
        version_id=version.id,
        product_slug=product_slug,
        published_at=now,
        effective_on=version.valid_from,
        changes=told,
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "notice.published", ("subprocessor_notice", made.id), now=now)


def withdraw_notice(session: Session, actor: Actor, version_id: str, *, now: datetime) -> None:
    """The version was called off: its notice stands as withdrawn, and nobody is told any more."""
    require(actor, Permission.PUBLISH_ANNEX)
    session.exec(
        update(SubprocessorNotice)
        .where(col(SubprocessorNotice.version_id) == version_id, col(SubprocessorNotice.withdrawn_at).is_(None))
        .values(withdrawn_at=now)
    )


def tell_boards(session: Session, actor: Actor, *, settings: Settings, now: datetime) -> int:
    """Tell every board that holds the product and wasn't told yet; returns how many. Runs often: a board may come later."""
    require(actor, Permission.RUN_JOBS)
    today = local_day(now)
    coming = session.exec(
        select(SubprocessorNotice).where(col(SubprocessorNotice.withdrawn_at).is_(None), SubprocessorNotice.effective_on > today)
    ).all()
    return sum(_tell(session, actor, notice, settings, now) for notice in coming)


def _tell(session: Session, actor: Actor, notice: SubprocessorNotice, settings: Settings, now: datetime) -> int:
    today = local_day(now)
    known = set(session.exec(select(BoardNotice.board_number).where(BoardNotice.notice_id == notice.id)).all())
    wanted = boards_holding(session, notice.product_slug, today, notice.effective_on) - known
    until = today + timedelta(days=objection_days(session))
    product = session.get_one(Product, notice.product_slug).name
    t = texts(Language.NL)
    lines = [sentence(each, t) for each in differences_of(notice)]
    post = Post(session, settings, now)
    for board in session.exec(select(Board).where(col(Board.number).in_(wanted)).order_by(col(Board.number))):
        session.add(
            BoardNotice(
                notice_id=notice.id,
                board_number=board.number,
                told_at=now,
                mailed=bool(board.contact_email),
                object_until=until,
            )
        )
        if board.contact_email:
            messages.subprocessor_notice(
                post, to=board.contact_email, board=board.name, product=product, lines=lines, effective_on=notice.effective_on,
                object_until=until,
            )  # fmt: skip
    if wanted:
        detail = {"boards": len(wanted)}
        audit.record(session, actor, "notice.told", ("subprocessor_notice", notice.id), now=now, detail=detail)
    return len(wanted)


def boards_holding(session: Session, product_slug: str, first: date, last: date) -> set[str]:
    """The boards with a licence, of their own or of a school or location of theirs, on some day from `first` to `last`."""
    licences = session.exec(
        select(Licence).where(
            Licence.product_slug == product_slug,
            Licence.valid_from <= last,
            or_(col(Licence.valid_to).is_(None), col(Licence.valid_to) >= first),
        )
    ).all()
    own = {row.board_number for row in licences if row.board_number}
    locations = {row.location for row in licences if row.location}
    brins = {row.brin for row in licences if row.brin}
    brins |= set(session.exec(select(Location.brin).where(col(Location.code).in_(locations))).all())
    members = session.exec(select(BoardSchool.board_number).where(col(BoardSchool.brin).in_(brins), current(first))).all()
    found = own | set(members)
    merged = session.exec(select(Board.number).where(col(Board.number).in_(found), col(Board.merged_on) <= first)).all()
    return found - set(merged)


def mark_seen(session: Session, actor: Actor, notice_id: str, *, now: datetime) -> None:
    """Somebody of the board read it: the first time is kept."""
    require(actor, Permission.MANAGE_OWN_SCHOOL)
    told = _told(session, actor, notice_id, now)
    session.exec(
        update(BoardNotice)
        .where(
            col(BoardNotice.notice_id) == notice_id,
            col(BoardNotice.board_number) == told.board_number,
            col(BoardNotice.seen_at).is_(None),
        )
        .values(seen_at=now)
    )


def object_to(  # noqa: PLR0913  who objects to what, and where the answer goes
    session: Session,
    actor: Actor,
    notice_id: str,
    body: str,
    email: str,
    *,
    on_behalf: bool,
    language: Language,
    settings: Settings,
    now: datetime,
) -> None:
    """Object on behalf of the board. Late is possible, and said to be late. Raises InvalidInputError, NotPossibleError."""
    require(actor, Permission.MANAGE_OWN_SCHOOL)
    told = _told(session, actor, notice_id, now)
    notice = session.get_one(SubprocessorNotice, notice_id)
    if notice.withdrawn_at:
        raise NotPossibleError("notices.is_withdrawn")
    said, address = body.strip(), normalized_or_empty(email)
    problems = {} if 0 < len(said) <= LONGEST_BODY else {"body": "invalid.objection_body"}
    if not address:
        problems["email"] = "invalid.email"
    if not on_behalf:
        problems["on_behalf"] = "invalid.objection_on_behalf"
    if problems:
        raise InvalidInputError(problems)
    mine = select(Objection.id).where(Objection.notice_id == notice_id, Objection.board_number == told.board_number)
    if session.exec(mine).first():
        raise NotPossibleError("notices.objected_already")
    made = Objection(
        id=str(uuid4()),
        notice_id=notice_id,
        board_number=told.board_number,
        at=now,
        person_id=actor.id,
        name=actor.name,
        email=address,
        language=language,
        body=said,
        in_time=local_day(now) <= told.object_until,
    )
    session.add(made)
    session.flush()
    product = session.get_one(Product, notice.product_slug).name
    messages.objection_received(Post(session, settings, now), to=address, name=actor.name, language=language, product=product)
    audit.record(session, actor, "objection.made", ("objection", made.id), now=now, detail={"in_time": made.in_time})


def answer_objection(
    session: Session, actor: Actor, objection_id: str, outcome: str, answer: str, *, settings: Settings, now: datetime
) -> None:
    """Answer a board, once. Raises InvalidInputError, and NotFoundError when it was answered meanwhile."""
    require(actor, Permission.ANSWER_OBJECTION)
    said = answer.strip()
    problems = {} if outcome in set(ObjectionOutcome) else {"outcome": "invalid.objection_outcome"}
    if not 0 < len(said) <= LONGEST_BODY:
        problems["answer"] = "invalid.objection_answer"
    if problems:
        raise InvalidInputError(problems)
    moved = session.exec(
        update(Objection)
        .where(col(Objection.id) == objection_id, col(Objection.answered_at).is_(None))
        .values(outcome=ObjectionOutcome(outcome), answer=said, answered_at=now, answered_by=actor.name)
    ).rowcount
    if not moved:
        raise NotFoundError(objection_id)
    row = session.get_one(Objection, objection_id)
    notice = session.get_one(SubprocessorNotice, row.notice_id)
    product = session.get_one(Product, notice.product_slug).name
    messages.objection_answered(
        Post(session, settings, now), to=row.email, name=row.name, language=Language(row.language), product=product,
        outcome=outcome, body=said,
    )  # fmt: skip
    audit.record(session, actor, "objection.answered", ("objection", objection_id), now=now, detail={"outcome": outcome})


def _told(session: Session, actor: Actor, notice_id: str, now: datetime) -> BoardNotice:
    """What the actor's board was told. Raises NotFoundError for a notice of which it wasn't."""
    for number in holdings(session, actor).reached.boards_on(local_day(now)):
        found = session.get(BoardNotice, (notice_id, number))
        if found:
            return found
    raise NotFoundError(notice_id)
