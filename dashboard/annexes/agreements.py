"""The processing agreements of boards: which model they signed, how the covenant binds them, and the model's own text."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import col, select

from dashboard.accounts.queries import boards, councils_of
from dashboard.act import Allowed, asks
from dashboard.annexes.holdings import Holdings, Placed, general_shelves, holdings
from dashboard.annexes.model import AgreementModel, BoardAgreement
from dashboard.annexes.queries import taken, version_row
from dashboard.annexes.rows import AgreementRow, VersionRow
from dashboard.annexes.terms import SIGNED
from dashboard.annexes.timeline import Phase
from dashboard.i18n import Language
from dashboard.permissions import Permission


@asks(Permission.READ_OWN_ANNEXES)
def agreements(act: Allowed, *, day: date, language: Language) -> list[AgreementRow]:
    """The agreement, on `day`, of each board that the actor's school belonged to then."""
    held = holdings(act)
    numbers = held.reached.boards_on(day)
    known = boards(act, numbers)
    signed = signed_by(act, numbers)
    councils = councils_of(act, numbers, day)
    general = general_stands(act)
    downloads = taken(act, held.reached.key, sorted({document.id for _, document in general}))
    models = {stand.version.model_version: version_row(stand, downloads, day, language) for stand, _ in general}
    return [
        AgreementRow(
            board_number=number,
            board_name=board.name,
            councils=councils.get(number),
            own_covenant=board.own_covenant,
            covenant_signed_on=board.covenant_signed_on,
            merged_into=board.is_by(day),
            **_agreed(_on(signed, number, day), models),
        )
        for number, board in known.items()
    ]


def general_stands(act: Allowed) -> list[Placed]:
    """Every model of the agreement that we hand out."""
    return [(stand, each.document) for each in general_shelves(act) for stand in each.stands]


def models_known(act: Allowed) -> set[str]:
    """Every model of the agreement that there is, with or without its text."""
    listed = set(act.session.exec(select(AgreementModel.version)).all())
    return listed | {stand.version.model_version for stand, _ in general_stands(act)}


def signed_models(act: Allowed, held: Holdings, day: date | None = None) -> set[str]:
    """The models that the boards within reach signed: an older one stays theirs until they sign anew. With `day`: those that
    applied then.
    """
    numbers = [number for number, _ in held.reached.boards] if day is None else held.reached.boards_on(day)
    signed = signed_by(act, numbers)
    if day is None:
        return {row.model_version for row in signed if row.dvo_status in SIGNED}
    return {row.model_version for number in numbers if (row := _on(signed, number, day)) and row.dvo_status in SIGNED}


def general_entitled(act: Allowed, held: Holdings) -> dict[str, Placed]:
    """The model agreements that the actor may open: those that a board within reach signed, at any time."""
    models = signed_models(act, held)
    return {
        stand.version.id: (stand, document)
        for stand, document in general_stands(act)
        if stand.version.model_version in models and stand.phase(act.today) is not Phase.ANNOUNCED
    }


def signed_by(act: Allowed, numbers: Sequence[str]) -> list[BoardAgreement]:
    return list(act.session.exec(select(BoardAgreement).where(col(BoardAgreement.board_number).in_(numbers))).all())


def _on(rows: Sequence[BoardAgreement], number: str, day: date) -> BoardAgreement | None:
    """What applied on `day`: the one signed last; without any, the one that is on its way."""
    mine = [row for row in rows if row.board_number == number and (row.ended_on is None or day <= row.ended_on)]
    signed = [row for row in mine if row.dvo_status in SIGNED and (row.signed_on is None or row.signed_on <= day)]
    if signed:
        return max(signed, key=lambda row: row.signed_on or date.min)
    coming = [row for row in mine if row.dvo_status not in SIGNED and (row.dvo_on is None or row.dvo_on <= day)]
    return max(coming, key=lambda row: row.dvo_on or date.min, default=None)


def _agreed(agreement: BoardAgreement | None, models: dict[str, VersionRow]) -> dict[str, Any]:
    """How far a board is with its agreement, and the text of it."""
    if agreement is None:
        return {}
    is_signed = agreement.dvo_status in SIGNED
    return {
        "model_version": agreement.model_version,
        "signed_on": agreement.signed_on if is_signed else None,
        "dvo_status": agreement.dvo_status,
        "dvo_on": agreement.dvo_on,
        "version": models.get(agreement.model_version) if is_signed else None,
    }
