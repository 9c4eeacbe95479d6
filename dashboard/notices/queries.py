"""Questions about notices: what a school is told, and what staff sent and got back."""

from sqlmodel import col, func, select

from dashboard.accounts.queries import boards
from dashboard.act import Allowed, asks
from dashboard.annexes.holdings import holdings
from dashboard.annexes.subprocessors import published
from dashboard.errors import NotFoundError
from dashboard.notices.model import BoardNotice, Objection
from dashboard.notices.rows import NoticeRow, NoticeSummary, ObjectionRow, ToldRow
from dashboard.permissions import Permission
from dashboard.rows import row_of

LISTED = 100


@asks(Permission.READ_OWN_ANNEXES)
def notices(act: Allowed) -> list[NoticeRow]:
    """The notices of which the actor's board was told, the newest first. A school reads those of the board it belongs to."""
    known = boards(act, holdings(act).reached.boards_on(act.today))
    told = act.session.exec(select(BoardNotice).where(col(BoardNotice.board_number).in_(known))).all()
    found = {notice.id: notice for notice in published(act, {row.notice_id for row in told})}
    # What a board wrote is for who may write for it.
    objections = _objections(act, list(found)) if act.actor.may(Permission.MANAGE_OWN_SCHOOL) else {}
    rows = [
        row_of(
            NoticeRow,
            row,
            notice=found[row.notice_id],
            board_name=known[row.board_number].name,
            objection=objections.get((row.notice_id, row.board_number)),
        )
        for row in told
    ]
    return sorted(rows, key=lambda row: row.notice.published_at, reverse=True)[:LISTED]


@asks(Permission.READ_NOTICES)
def summaries(act: Allowed) -> list[NoticeSummary]:
    """All notices, the newest first, with what came of them."""
    found = published(act, limit=LISTED)
    ids = [notice.id for notice in found]
    counted = act.session.exec(
        select(BoardNotice.notice_id, func.count(), func.count(col(BoardNotice.seen_at)))
        .where(col(BoardNotice.notice_id).in_(ids))
        .group_by(BoardNotice.notice_id)
    ).all()
    told = {notice_id: (number, seen) for notice_id, number, seen in counted}
    objections = _objections(act, ids)
    return [
        NoticeSummary(
            notice,
            *told.get(notice.id, (0, 0)),
            tuple(row for (notice_id, _), row in objections.items() if notice_id == notice.id),
        )
        for notice in found
    ]


@asks(Permission.READ_NOTICES)
def told_boards(act: Allowed, notice_id: str) -> list[ToldRow]:
    """Which boards were told of a notice, and when. Raises NotFoundError."""
    if not published(act, [notice_id]):
        raise NotFoundError(notice_id)
    told = act.session.exec(select(BoardNotice).where(BoardNotice.notice_id == notice_id)).all()
    known = boards(act, [row.board_number for row in told])
    rows = [row_of(ToldRow, row, board_name=known[row.board_number].name) for row in told]
    return sorted(rows, key=lambda row: (row.board_name, row.board_number))


def _objections(act: Allowed, notice_ids: list[str]) -> dict[tuple[str, str], ObjectionRow]:
    rows = act.session.exec(select(Objection).where(col(Objection.notice_id).in_(notice_ids)).order_by(col(Objection.at))).all()
    known = boards(act, [row.board_number for row in rows])
    return {(row.notice_id, row.board_number): row_of(ObjectionRow, row, board_name=known[row.board_number].name) for row in rows}
