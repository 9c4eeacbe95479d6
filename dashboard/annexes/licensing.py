"""What staff see and keep of a board: its licences and agreements."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, or_
from sqlmodel import col, func, select

from dashboard import audit
from dashboard.accounts.history import Change, note
from dashboard.accounts.periods import Period
from dashboard.accounts.queries import boards, boards_of, sectors_of_holders
from dashboard.accounts.register import alone
from dashboard.accounts.terms import Sector
from dashboard.act import Allowed, Seen, asks
from dashboard.annexes.agreements import models_known
from dashboard.annexes.model import BoardAgreement, DocumentDownload, Licence, Product
from dashboard.annexes.terms import SIGNED, DvoStatus
from dashboard.audit import Action
from dashboard.errors import NotFoundError, reject
from dashboard.permissions import Permission
from dashboard.rows import row_of


@dataclass(frozen=True, slots=True)
class LicenceRow:
    id: str
    product: str
    holder: str
    period: Period

    @property
    def seen(self) -> Seen:
        return Seen.of(self.id, self.period.begin, self.period.end)


@dataclass(frozen=True, slots=True)
class BoardAgreementRow:
    id: str
    board_number: str
    model_version: str
    signed_on: date | None
    dvo_status: DvoStatus
    dvo_on: date | None
    ended_on: date | None

    @property
    def seen(self) -> Seen:
        return Seen.of(self.id, self.dvo_status, self.signed_on, self.ended_on)


@dataclass(frozen=True, slots=True)
class Agreed:
    """How far a board is with a model of the agreement. As it was filled in."""

    model: str
    status: DvoStatus
    signed_on: date | None = None
    dvo_on: date | None = None


@asks(Permission.READ_SCHOOLS)
def licences(act: Allowed, holders: list[str]) -> list[LicenceRow]:
    """The licences of these boards, schools and locations, past ones included."""
    rows = act.session.exec(
        select(Licence, Product.name)
        .join(Product, col(Product.slug) == col(Licence.product_slug))
        .where(or_(col(Licence.board_number).in_(holders), col(Licence.brin).in_(holders), col(Licence.location).in_(holders)))
        .order_by(col(Product.name), col(Licence.valid_from))
    ).all()
    return [
        LicenceRow(row.id, name, row.board_number or row.brin or row.location or "", Period(row.valid_from, row.valid_to))
        for row, name in rows
    ]


@asks(Permission.READ_SCHOOLS)
def people_of(act: Allowed, scopes: list[str]) -> int:
    """How many people took documents for these schools or locations in the last year."""
    taken = select(func.count(col(DocumentDownload.person_id).distinct())).where(
        col(DocumentDownload.scope).in_(scopes), DocumentDownload.at > act.now - timedelta(days=365)
    )
    return act.session.exec(taken).one()


@asks(Permission.READ_SCHOOLS)
def board_agreements(act: Allowed, number: str) -> list[BoardAgreementRow]:
    """Every agreement of a board, the newest model first."""
    rows = act.session.exec(
        select(BoardAgreement).where(BoardAgreement.board_number == number).order_by(col(BoardAgreement.model_version).desc())
    ).all()
    return [row_of(BoardAgreementRow, row) for row in rows]


def agreements_kept(act: Allowed) -> list[BoardAgreementRow]:
    """Every agreement of every board."""
    return [row_of(BoardAgreementRow, row) for row in act.session.exec(select(BoardAgreement))]


def licences_held(act: Allowed) -> dict[tuple[str, str], dict[date, tuple[str, date | None]]]:
    """Per product and holder the licences by their first day: the licence's id and last day."""
    held: dict[tuple[str, str], dict[date, tuple[str, date | None]]] = {}
    columns = (Licence.id, Licence.product_slug, Licence.board_number, Licence.brin, Licence.location, Licence.valid_from)
    for row in act.session.exec(select(*columns, Licence.valid_to)):  # type: ignore[call-overload]
        row_id, product, board, brin, location, begin, end = row
        held.setdefault((product, board or brin or location), {})[begin] = (row_id, end)
    return held


def licensed_sectors(act: Allowed, day: date) -> dict[str, set[Sector]]:
    """The products with a licence on `day`, each with the sectors of the schools that use it."""
    runs = and_(col(Licence.valid_from) <= day, or_(col(Licence.valid_to).is_(None), col(Licence.valid_to) >= day))
    found: dict[str, set[Sector]] = {
        slug: set() for slug in act.session.exec(select(Licence.product_slug).where(runs).distinct())
    }
    for column, holders in sectors_of_holders(day).items():
        query = select(Licence.product_slug, holders.c.sector).join(holders, holders.c.holder == getattr(Licence, column))
        for slug, sector in act.session.exec(query.where(runs).distinct()):
            found[slug].add(Sector(sector))
    return found


def boards_holding(act: Allowed, product_slug: str, first: date, last: date) -> set[str]:
    """The boards with a licence, of their own or of a school or location of theirs, on some day from `first` to `last`."""
    licences = act.session.exec(
        select(Licence).where(
            Licence.product_slug == product_slug,
            Licence.valid_from <= last,
            or_(col(Licence.valid_to).is_(None), col(Licence.valid_to) >= first),
        )
    ).all()
    own = {row.board_number for row in licences if row.board_number}
    brins, locations = {row.brin for row in licences if row.brin}, {row.location for row in licences if row.location}
    found = boards(act, own | boards_of(act, brins, locations, first))
    return {number for number, board in found.items() if not board.merged_on or board.merged_on > first}


@asks(Permission.READ_SCHOOLS)
def models(act: Allowed) -> list[str]:
    """The models of the agreement, the newest first: those that are known from the start, and those whose text was approved."""
    return sorted(models_known(act), reverse=True)


@asks(Permission.MANAGE_SCHOOLS)
def set_agreement(act: Allowed, number: str, agreed: Agreed) -> None:
    """Keep how far a board is with an agreement. Raises InvalidInputError."""
    alone(act)
    if not boards(act, [number]):
        raise NotFoundError(number)
    problems: dict[str, str] = {}
    if agreed.model not in models(act):
        problems["model"] = "invalid.agreement_model"
    if agreed.status is DvoStatus.SIGNED and agreed.signed_on is None:
        problems["signed_on"] = "invalid.agreement_signed_on"
    if agreed.status not in SIGNED and agreed.signed_on is not None:
        problems["signed_on"] = "invalid.agreement_not_signed"
    if any(day and day > act.today for day in (agreed.signed_on, agreed.dvo_on)):
        problems["dvo_on"] = "invalid.agreement_future"
    reject(problems)
    row = act.session.exec(
        select(BoardAgreement).where(BoardAgreement.board_number == number, BoardAgreement.model_version == agreed.model)
    ).one_or_none()
    before = row.dvo_status.value if row else ""
    row = row or BoardAgreement(board_number=number, model_version=agreed.model, dvo_status=agreed.status)
    note(
        act,
        Change(number, "dvo_status", before, agreed.status.value, agreed.model),
        Change(number, "signed_on", str(row.signed_on or ""), str(agreed.signed_on or ""), agreed.model),
        Change(number, "dvo_on", str(row.dvo_on or ""), str(agreed.dvo_on or ""), agreed.model),
    )
    if row.ended_on and agreed.signed_on and agreed.signed_on > row.ended_on:
        # Signed anew: it applies again.
        note(act, Change(number, "agreement_until", str(row.ended_on), "", agreed.model))
        row.ended_on = None
    row.dvo_status, row.signed_on, row.dvo_on = agreed.status, agreed.signed_on, agreed.dvo_on
    act.session.add(row)
    audit.record(act, Action.AGREEMENT_SET, number, model=agreed.model, status=agreed.status.value)
