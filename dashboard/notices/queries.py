"""Questions about notices: what a school is told, what staff sent and got back, and the register of sub-processors."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, select

from dashboard.accounts.model import Board
from dashboard.annexes.content import PrivacyAnnex, stored
from dashboard.annexes.differences import Change, Difference
from dashboard.annexes.holdings import holdings, shelves, without_content
from dashboard.annexes.model import DocumentKind, DocumentVersion, Product, Structure
from dashboard.annexes.timeline import Phase
from dashboard.errors import NotFoundError
from dashboard.notices.model import BoardNotice, Objection, ObjectionOutcome, SubprocessorNotice
from dashboard.notices.rows import NoticeRow, NoticeSummary, ObjectionRow, SubprocessorRow, ToldRow
from dashboard.permissions import Actor, Permission, require

LISTED = 100


def notices(session: Session, actor: Actor, *, today: date) -> list[NoticeRow]:
    """The notices of which the actor's board was told, the newest first. A school reads those of the board it belongs to."""
    numbers = holdings(session, actor).reached.boards_on(today)
    rows = session.exec(
        select(SubprocessorNotice, BoardNotice, DocumentVersion, Board)
        .join(BoardNotice, col(BoardNotice.notice_id) == col(SubprocessorNotice.id))
        .join(DocumentVersion, col(DocumentVersion.id) == col(SubprocessorNotice.version_id))
        .options(without_content())
        .join(Board, col(Board.number) == col(BoardNotice.board_number))
        .where(col(BoardNotice.board_number).in_(numbers))
        .order_by(col(SubprocessorNotice.published_at).desc())
        .limit(LISTED)
    ).all()
    objections = _objections(session, [notice.id for notice, *_ in rows])
    names = dict(session.exec(select(Product.slug, Product.name)).all())
    return [
        NoticeRow(
            notice.id,
            names[notice.product_slug],
            version.version,
            differences_of(notice),
            notice.published_at,
            notice.effective_on,
            told.board_number,
            board.name,
            told.told_at,
            told.object_until,
            told.seen_at,
            objections.get((notice.id, told.board_number)),
            notice.withdrawn_at is not None,
        )
        for notice, told, version, board in rows
    ]


def summaries(session: Session, actor: Actor) -> list[NoticeSummary]:
    """All notices, the newest first, with what came of them."""
    require(actor, Permission.READ_NOTICES)
    rows = session.exec(
        select(SubprocessorNotice, Product.name, DocumentVersion.version)
        .join(Product, col(Product.slug) == col(SubprocessorNotice.product_slug))
        .join(DocumentVersion, col(DocumentVersion.id) == col(SubprocessorNotice.version_id))
        .order_by(col(SubprocessorNotice.published_at).desc())
        .limit(LISTED)
    ).all()
    ids = [notice.id for notice, *_ in rows]
    counted = session.exec(
        select(BoardNotice.notice_id, func.count(), func.count(col(BoardNotice.seen_at)))
        .where(col(BoardNotice.notice_id).in_(ids))
        .group_by(BoardNotice.notice_id)
    ).all()
    told = {notice_id: (number, seen) for notice_id, number, seen in counted}
    objections = _objections(session, ids)
    return [
        NoticeSummary(
            notice.id,
            product,
            version,
            differences_of(notice),
            notice.published_at,
            notice.effective_on,
            *told.get(notice.id, (0, 0)),
            tuple(row for (notice_id, _), row in objections.items() if notice_id == notice.id),
            notice.withdrawn_at is not None,
        )
        for notice, product, version in rows
    ]


def told_boards(session: Session, actor: Actor, notice_id: str) -> list[ToldRow]:
    """Which boards were told of a notice, and when. Raises NotFoundError."""
    require(actor, Permission.READ_NOTICES)
    if session.get(SubprocessorNotice, notice_id) is None:
        raise NotFoundError(notice_id)
    rows = session.exec(
        select(BoardNotice, Board.name)
        .join(Board, col(Board.number) == col(BoardNotice.board_number))
        .where(BoardNotice.notice_id == notice_id)
        .order_by(col(Board.name), col(Board.number))
    ).all()
    return [ToldRow(r.board_number, name, r.told_at, r.mailed, r.object_until, r.seen_at) for r, name in rows]


def register(session: Session, actor: Actor, *, today: date) -> list[SubprocessorRow]:
    """Every sub-processor that an annex in force or announced names, by name and product."""
    require(actor, Permission.READ_NOTICES)
    products = dict(session.exec(select(Product.slug, Product.name)).all())
    kinds = {kind.key: kind.structure for kind in session.exec(select(DocumentKind))}
    found = []
    for shelf in shelves(session, sorted(products), with_content=True):
        if kinds[shelf.document.kind] is not Structure.PRIVACY:
            continue
        for stand in shelf.stands:
            content = stored(Structure.PRIVACY, stand.version.content)
            if stand.phase(today) in {Phase.IN_FORCE, Phase.ANNOUNCED} and isinstance(content, PrivacyAnnex):
                product = products[shelf.document.product_slug or ""]
                since, until = stand.version.valid_from, stand.period.end
                found += [
                    SubprocessorRow(s.name, s.service, s.data, s.country, product, stand.version.version, since, until)
                    for s in content.subprocessors
                ]
    return sorted(found, key=lambda row: (row.name.casefold(), row.product.casefold(), row.since))


def differences_of(notice: SubprocessorNotice) -> tuple[Difference, ...]:
    return tuple(
        Difference("subprocessors", Change(each["change"]), each["name"], each["before"], each["after"])
        for each in notice.changes
    )


def as_stored(changes: Iterable[Difference]) -> list[dict[str, Any]]:
    return [{"change": c.change.value, "name": c.name, "before": c.before, "after": c.after} for c in changes]


def _objections(session: Session, notice_ids: list[str]) -> dict[tuple[str, str], ObjectionRow]:
    rows = session.exec(
        select(Objection, Board.name)
        .join(Board, col(Board.number) == col(Objection.board_number))
        .where(col(Objection.notice_id).in_(notice_ids))
        .order_by(col(Objection.at))
    ).all()
    return {(row.notice_id, row.board_number): _objection(row, name) for row, name in rows}


def _objection(row: Objection, board_name: str) -> ObjectionRow:
    return ObjectionRow(
        row.id,
        row.board_number,
        board_name,
        row.at,
        row.name,
        row.email,
        row.body,
        row.in_time,
        ObjectionOutcome(row.outcome) if row.outcome else None,
        row.answer,
        row.answered_at,
        row.answered_by,
    )
