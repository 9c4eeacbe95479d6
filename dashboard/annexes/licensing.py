"""What staff see and keep of a board: its licences and agreements."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from dashboard import audit
from dashboard.accounts.model import Board, BoardSchool, Location, School, Sector
from dashboard.accounts.periods import Period
from dashboard.accounts.queries import current
from dashboard.annexes.agreements import general_stands
from dashboard.annexes.model import SIGNED, BoardAgreement, DvoStatus, Licence, Product
from dashboard.errors import InvalidInputError, NotFoundError
from dashboard.permissions import Actor, Permission, require


@dataclass(frozen=True, slots=True)
class LicenceRow:
    product: str
    holder: str
    period: Period


@dataclass(frozen=True, slots=True)
class BoardAgreementRow:
    model_version: str
    signed_on: date | None
    dvo_status: DvoStatus
    dvo_on: date | None


def licences(session: Session, actor: Actor, holders: list[str]) -> list[LicenceRow]:
    """The licences of these boards, schools and locations, past ones included."""
    require(actor, Permission.READ_SCHOOLS)
    rows = session.exec(
        select(Licence, Product.name)
        .join(Product, col(Product.slug) == col(Licence.product_slug))
        .where(or_(col(Licence.board_number).in_(holders), col(Licence.brin).in_(holders), col(Licence.location).in_(holders)))
        .order_by(col(Product.name), col(Licence.valid_from))
    ).all()
    return [
        LicenceRow(name, row.board_number or row.brin or row.location or "", Period(row.valid_from, row.valid_to))
        for row, name in rows
    ]


def board_agreements(session: Session, actor: Actor, number: str) -> list[BoardAgreementRow]:
    """Every agreement of a board, the newest model first."""
    require(actor, Permission.READ_SCHOOLS)
    rows = session.exec(
        select(BoardAgreement).where(BoardAgreement.board_number == number).order_by(col(BoardAgreement.model_version).desc())
    ).all()
    return [BoardAgreementRow(r.model_version, r.signed_on, DvoStatus(r.dvo_status), r.dvo_on) for r in rows]


def licensed_sectors(session: Session, day: date) -> dict[str, set[Sector]]:
    """The products with a licence on `day`, each with the sectors of the schools that use it."""
    runs = and_(col(Licence.valid_from) <= day, or_(col(Licence.valid_to).is_(None), col(Licence.valid_to) >= day))
    found: dict[str, set[Sector]] = {slug: set() for slug in session.exec(select(Licence.product_slug).where(runs).distinct())}
    of_board = (
        select(Licence.product_slug, School.sector)
        .join(BoardSchool, col(BoardSchool.board_number) == col(Licence.board_number))
        .join(School, col(School.brin) == col(BoardSchool.brin))
        .where(runs, current(day))
    )
    of_school = select(Licence.product_slug, School.sector).join(School, col(School.brin) == col(Licence.brin)).where(runs)
    of_location = (
        select(Licence.product_slug, School.sector)
        .join(Location, col(Location.code) == col(Licence.location))
        .join(School, col(School.brin) == col(Location.brin))
        .where(runs)
    )
    for query in (of_board, of_school, of_location):
        for slug, sector in session.exec(query.distinct()):
            found[slug].add(Sector(sector))
    return found


def models(session: Session) -> list[str]:
    """The models of the agreement that we hand out, the newest first."""
    return sorted({stand.version.model_version for stand, _ in general_stands(session)}, reverse=True)


def set_agreement(  # noqa: PLR0913  what is kept of an agreement
    session: Session,
    actor: Actor,
    number: str,
    model: str,
    *,
    status: DvoStatus,
    signed_on: date | None,
    dvo_on: date | None,
    today: date,
    now: datetime,
) -> None:
    """Keep how far a board is with an agreement. Raises InvalidInputError."""
    require(actor, Permission.MANAGE_SCHOOLS)
    if session.get(Board, number) is None:
        raise NotFoundError(number)
    problems: dict[str, str] = {}
    if model not in models(session):
        problems["model"] = "invalid.agreement_model"
    if status is DvoStatus.SIGNED and signed_on is None:
        problems["signed_on"] = "invalid.agreement_signed_on"
    if status not in SIGNED and signed_on is not None:
        problems["signed_on"] = "invalid.agreement_not_signed"
    if any(day and day > today for day in (signed_on, dvo_on)):
        problems["dvo_on"] = "invalid.agreement_future"
    if problems:
        raise InvalidInputError(problems)
    row = session.exec(
        select(BoardAgreement).where(BoardAgreement.board_number == number, BoardAgreement.model_version == model)
    ).one_or_none() or BoardAgreement(id=str(uuid4()), board_number=number, model_version=model, dvo_status=status)
    row.dvo_status, row.signed_on, row.dvo_on = status, signed_on, dvo_on
    session.add(row)
    detail = {"model": model, "status": status.value}
    audit.record(session, actor, "agreement.set", ("board", number), now=now, detail=detail)
