"""Questions about notices: what a school is told, what staff sent and got back, and the register of sub-processors."""

from sqlmodel import col, func, select

from dashboard.accounts.model import Board
from dashboard.act import Act, asks
from dashboard.annexes.content import PrivacyAnnex, stored
from dashboard.annexes.holdings import holdings, shelves, without_content
from dashboard.annexes.model import DocumentKind, DocumentVersion, Product, SubprocessorNotice
from dashboard.annexes.subprocessors import differences_of
from dashboard.annexes.terms import Structure
from dashboard.annexes.timeline import Phase
from dashboard.errors import NotFoundError
from dashboard.notices.model import BoardNotice, Objection
from dashboard.notices.rows import NoticeRow, NoticeSummary, ObjectionRow, SubprocessorRow, ToldRow
from dashboard.notices.terms import ObjectionOutcome
from dashboard.permissions import Permission

LISTED = 100


@asks(Permission.READ_OWN_ANNEXES)
def notices(act: Act) -> list[NoticeRow]:
    """The notices of which the actor's board was told, the newest first. A school reads those of the board it belongs to."""
    numbers = holdings(act).reached.boards_on(act.today)
    rows = act.session.exec(
        select(SubprocessorNotice, BoardNotice, DocumentVersion, Board)
        .join(BoardNotice, col(BoardNotice.notice_id) == col(SubprocessorNotice.id))
        .join(DocumentVersion, col(DocumentVersion.id) == col(SubprocessorNotice.version_id))
        .options(without_content())
        .join(Board, col(Board.number) == col(BoardNotice.board_number))
        .where(col(BoardNotice.board_number).in_(numbers))
        .order_by(col(SubprocessorNotice.published_at).desc())
        .limit(LISTED)
    ).all()
    objections = _objections(act, [notice.id for notice, *_ in rows])
    names = dict(act.session.exec(select(Product.slug, Product.name)).all())
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


@asks(Permission.READ_NOTICES)
def summaries(act: Act) -> list[NoticeSummary]:
    """All notices, the newest first, with what came of them."""
    rows = act.session.exec(
        select(SubprocessorNotice, Product.name, DocumentVersion.version)
        .join(Product, col(Product.slug) == col(SubprocessorNotice.product_slug))
        .join(DocumentVersion, col(DocumentVersion.id) == col(SubprocessorNotice.version_id))
        .order_by(col(SubprocessorNotice.published_at).desc())
        .limit(LISTED)
    ).all()
    ids = [notice.id for notice, *_ in rows]
    counted = act.session.exec(
        select(BoardNotice.notice_id, func.count(), func.count(col(BoardNotice.seen_at)))
        .where(col(BoardNotice.notice_id).in_(ids))
        .group_by(BoardNotice.notice_id)
    ).all()
    told = {notice_id: (number, seen) for notice_id, number, seen in counted}
    objections = _objections(act, ids)
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


@asks(Permission.READ_NOTICES)
def told_boards(act: Act, notice_id: str) -> list[ToldRow]:
    """Which boards were told of a notice, and when. Raises NotFoundError."""
    if act.session.get(SubprocessorNotice, notice_id) is None:
        raise NotFoundError(notice_id)
    rows = act.session.exec(
        select(BoardNotice, Board.name)
        .join(Board, col(Board.number) == col(BoardNotice.board_number))
        .where(BoardNotice.notice_id == notice_id)
        .order_by(col(Board.name), col(Board.number))
    ).all()
    return [ToldRow(r.board_number, name, r.told_at, r.mailed, r.object_until, r.seen_at) for r, name in rows]


@asks(Permission.READ_NOTICES)
def register(act: Act) -> list[SubprocessorRow]:
    """Every sub-processor that an annex in force or announced names, by name and product."""
    products = dict(act.session.exec(select(Product.slug, Product.name)).all())
    kinds = {kind.key: kind.structure for kind in act.session.exec(select(DocumentKind))}
    found = []
    for shelf in shelves(act, sorted(products), with_content=True):
        if kinds[shelf.document.kind] is not Structure.PRIVACY:
            continue
        for stand in shelf.stands:
            content = stored(Structure.PRIVACY, stand.version.content)
            if stand.phase(act.today) in {Phase.IN_FORCE, Phase.ANNOUNCED} and isinstance(content, PrivacyAnnex):
                product = products[shelf.document.product_slug or ""]
                since, until = stand.version.valid_from, stand.period.end
                found += [
                    SubprocessorRow(s.name, s.service, s.data, s.country, product, stand.version.version, since, until)
                    for s in content.subprocessors
                ]
    return sorted(found, key=lambda row: (row.name.casefold(), row.product.casefold(), row.since))


def _objections(act: Act, notice_ids: list[str]) -> dict[tuple[str, str], ObjectionRow]:
    rows = act.session.exec(
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
