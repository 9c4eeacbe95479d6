"""Which organisation of a sign-in provider stands for which board or school.

A mapping lets everybody of an organisation in, so it is made by a person who looked, never from an e-mail address.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from dashboard import audit
from dashboard.accounts.claims import OrganisationKey
from dashboard.accounts.model import Board, OrganisationMapping, School
from dashboard.act import Allowed, Seen, asks
from dashboard.audit import Action
from dashboard.errors import reject
from dashboard.permissions import Permission, SchoolScope
from dashboard.settings import ProviderKind

LONGEST_VALUE, LONGEST_CLAIM = 200, 80
# Providers that know no notion of staff: any account of the organisation signs in, pupils too.
UNTOLD = frozenset({ProviderKind.ENTRA, ProviderKind.GOOGLE})
# An Entree login brings its BRIN along: what is missing there is the school, not a mapping.
MAPPED = {
    ProviderKind.SURFCONEXT: OrganisationKey.SCHAC,
    ProviderKind.ENTRA: OrganisationKey.TENANT,
    ProviderKind.GOOGLE: OrganisationKey.HOSTED_DOMAIN,
}


@dataclass(frozen=True, slots=True)
class MappingRow:
    id: str
    provider: ProviderKind
    value: str
    target: str
    target_name: str
    # A board that merged into another reaches nothing any more: this mapping wants another target.
    merged_into: str
    # Which claim and value mean staff there; empty where the provider says it itself, or nobody said.
    staff_claim: str
    staff_value: str

    @property
    def only_reads(self) -> bool:
        """Whether nobody said who is staff: everybody there, pupils too, may read the annexes and nothing else."""
        return self.provider in UNTOLD and not self.staff_claim

    @property
    def seen(self) -> Seen:
        return Seen(self.id)


@asks(Permission.READ_SCHOOLS)
def mappings(act: Allowed) -> list[MappingRow]:
    """Which organisation of which provider stands for which board or school."""
    rows = act.session.exec(select(OrganisationMapping).order_by(col(OrganisationMapping.value))).all()
    boards = {b.number: b for b in act.session.exec(select(Board).where(col(Board.number).in_([r.board_number for r in rows])))}
    schools = {s.brin: s for s in act.session.exec(select(School).where(col(School.brin).in_([r.brin for r in rows])))}
    found = []
    for row in rows:
        board = boards.get(row.board_number or "")
        name = board.name if board else schools[row.brin].name if row.brin in schools else ""
        merged = board.is_by(act.today) if board else ""
        found.append(
            MappingRow(
                id=row.id,
                provider=row.provider,
                value=row.value,
                target=row.board_number or row.brin or "",
                target_name=name,
                merged_into=merged,
                staff_claim=row.staff_claim,
                staff_value=row.staff_value,
            )
        )
    return found


@asks(Permission.MANAGE_SCHOOLS)
def add_mapping(
    act: Allowed, provider: ProviderKind, value: str, target: str, *, staff_claim: str = "", staff_value: str = ""
) -> None:
    """Let everybody of an organisation in as a board or school; where the provider doesn't tell staff from pupils, those with
    this value of this claim as staff, and the others to read. Raises InvalidInputError.
    """
    claim, mark = staff_claim.strip(), staff_value.strip()
    named, key = value.strip().lower(), target.strip().upper()
    board, school = act.session.get(Board, key), act.session.get(School, key)
    problems: dict[str, str] = {}
    if provider not in MAPPED or not 0 < len(named) <= LONGEST_VALUE or " " in named:
        problems["value"] = "invalid.mapping_value"
    elif mapping_of(act, provider, named) is not None:
        problems["value"] = "invalid.mapping_taken"
    if (board is None and school is None) or (board is not None and board.is_by(act.today)):
        problems["target"] = "invalid.mapping_target"
    if bool(claim) != bool(mark) or len(claim) > LONGEST_CLAIM or len(mark) > LONGEST_VALUE or " " in claim:
        problems["staff"] = "invalid.mapping_staff"
    reject(problems)
    made = OrganisationMapping(
        provider=provider,
        key=MAPPED[provider].value,
        value=named,
        board_number=board.number if board else None,
        brin=school.brin if school else None,
        staff_claim=claim,
        staff_value=mark,
    )
    act.session.add(made)
    detail = {"provider": provider.value, "value": named, "target": key, "staff": f"{claim}={mark}" if claim else ""}
    audit.record(act, Action.MAPPING_ADDED, made.id, **detail)


def drop_mapping(act: Allowed, seen: Seen) -> SchoolScope:
    """From now on nobody of that organisation is let in; returns what it stood for. Raises NotFoundError."""
    mapping = act.find(OrganisationMapping, seen.id)
    act.session.delete(mapping)
    audit.record(act, Action.MAPPING_REMOVED, seen.id)
    return SchoolScope(board=mapping.board_number, brin=mapping.brin)


def mapping_of(act: Allowed, provider: ProviderKind, value: str) -> OrganisationMapping | None:
    return act.session.exec(
        select(OrganisationMapping).where(
            OrganisationMapping.provider == provider,
            OrganisationMapping.key == MAPPED[provider].value,
            OrganisationMapping.value == value,
        )
    ).one_or_none()


def mapped_to(act: Allowed, numbers: Sequence[str]) -> list[tuple[str, str]]:
    """The mappings to these boards: the board's number, and the organisation."""
    query = select(OrganisationMapping.board_number, OrganisationMapping.value)
    rows = act.session.exec(query.where(col(OrganisationMapping.board_number).in_(numbers))).all()
    return [(number or "", value) for number, value in rows]
