"""Letting a school in that we didn't know: somebody asks, an administrator decides; and the mappings that come of it.

A mapping lets everybody of an organisation in, so it is made by a person who looked, never from an e-mail address.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlmodel import Session, col, delete, select, update

from dashboard import audit
from dashboard.accounts.claims import Facts, OrganisationKey
from dashboard.accounts.model import AccessRequest, AccessState, ApiKey, Board, LoginSession, OrganisationMapping, School
from dashboard.accounts.queries import scope_of
from dashboard.addresses import normalized_or_empty
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError
from dashboard.i18n import Language
from dashboard.mail import school_messages as messages
from dashboard.mail.messages import Post
from dashboard.notices.model import Subscription
from dashboard.permissions import Actor, Permission, Refusal, require
from dashboard.settings import ProviderKind, Settings

LONGEST_SAID = 200
LONGEST_REASON = 500
LISTED = 100
KEPT = timedelta(days=365)
# An Entree login brings its BRIN along: what is missing there is the school, not a mapping.
MAPPED = {
    ProviderKind.SURFCONEXT: OrganisationKey.SCHAC,
    ProviderKind.ENTRA: OrganisationKey.TENANT,
    ProviderKind.GOOGLE: OrganisationKey.HOSTED_DOMAIN,
}


@dataclass(frozen=True, slots=True)
class AccessRow:
    id: str
    provider: ProviderKind
    key: str
    value: str
    name: str
    email: str
    said: str
    state: AccessState
    at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str

    @property
    def needs_mapping(self) -> bool:
        return self.provider in MAPPED


@dataclass(frozen=True, slots=True)
class MappingRow:
    id: str
    provider: ProviderKind
    value: str
    target: str
    target_name: str
    # A board that merged into another reaches nothing any more: this mapping wants another target.
    merged_into: str


def ask_access(session: Session, actor: Actor, said: str, email: str, *, language: Language, now: datetime) -> None:
    """Ask for access, for somebody who signed in and whose school we don't know. Asking again changes nothing."""
    require(actor, Permission.ASK_ACCESS)
    held = session.get(LoginSession, actor.session) if actor.session else None
    if held is None or actor.refusal is not Refusal.UNKNOWN_SCHOOL:
        raise NotFoundError
    wanted, address = " ".join(said.split()), normalized_or_empty(email)
    problems = {} if 0 < len(wanted) <= LONGEST_SAID else {"said": "invalid.access_said"}
    if not address:
        problems["email"] = "invalid.email"
    if problems:
        raise InvalidInputError(problems)
    if my_request(session, actor) is not None:
        return
    facts = Facts.from_json(held.facts)
    made = AccessRequest(
        id=str(uuid4()),
        person_id=actor.id,
        provider=facts.provider,
        key=facts.key.value if facts.key else "",
        value=facts.value,
        name=facts.name,
        email=address,
        language=language,
        said=wanted,
        state=AccessState.OPEN,
        at=now,
    )
    session.add(made)
    audit.record(session, actor, "access.asked", ("access_request", made.id), now=now)


def my_request(session: Session, actor: Actor) -> AccessRow | None:
    """The actor's own request that waits for an answer."""
    require(actor, Permission.ASK_ACCESS)
    found = session.exec(
        select(AccessRequest).where(AccessRequest.person_id == actor.id, AccessRequest.state == AccessState.OPEN)
    ).first()
    return _row(found) if found else None


def access_requests(session: Session, actor: Actor) -> list[AccessRow]:
    """Those that wait first, the oldest on top; then the answered ones."""
    require(actor, Permission.READ_SCHOOLS)
    is_open = col(AccessRequest.state) == AccessState.OPEN
    waiting = session.exec(select(AccessRequest).where(is_open).order_by(col(AccessRequest.at)).limit(LISTED)).all()
    done = session.exec(select(AccessRequest).where(~is_open).order_by(col(AccessRequest.decided_at).desc()).limit(20)).all()
    return [_row(each) for each in (*waiting, *done)]


def approve_access(session: Session, actor: Actor, request_id: str, target: str, *, settings: Settings, now: datetime) -> None:
    """Let the organisation in as the board or school `target`. NotPossibleError when Entree's school isn't imported yet."""
    require(actor, Permission.MANAGE_SCHOOLS)
    asked = _open(session, request_id)
    if asked.provider in MAPPED:
        if _mapping_of(session, asked.provider, asked.value) is None:
            add_mapping(session, actor, asked.provider, asked.value, target, now=now)
    elif scope_of(session, Facts(asked.provider, "", "", OrganisationKey(asked.key), asked.value)) is None:
        raise NotPossibleError("access.import_first")
    _decide(session, actor, asked, AccessState.APPROVED, "", now)
    messages.access_granted(Post(session, settings, now), to=asked.email, name=asked.name, language=Language(asked.language))


def refuse_access(session: Session, actor: Actor, request_id: str, reason: str, *, settings: Settings, now: datetime) -> None:
    """Say no, with the reason that the person gets to read."""
    require(actor, Permission.MANAGE_SCHOOLS)
    asked, said = _open(session, request_id), " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        raise InvalidInputError({"reason": "invalid.access_reason"})
    _decide(session, actor, asked, AccessState.REFUSED, said, now)
    post = Post(session, settings, now)
    messages.access_refused(post, to=asked.email, name=asked.name, language=Language(asked.language), reason=said)


def mappings(session: Session, actor: Actor) -> list[MappingRow]:
    """Which organisation of which provider stands for which board or school."""
    require(actor, Permission.READ_SCHOOLS)
    rows = session.exec(select(OrganisationMapping).order_by(col(OrganisationMapping.value))).all()
    boards = {b.number: b for b in session.exec(select(Board).where(col(Board.number).in_([r.board_number for r in rows])))}
    schools = {s.brin: s for s in session.exec(select(School).where(col(School.brin).in_([r.brin for r in rows])))}
    found = []
    for row in rows:
        board = boards.get(row.board_number or "")
        name = board.name if board else schools[row.brin].name if row.brin in schools else ""
        merged = board.merged_into if board and board.merged_into else ""
        found.append(MappingRow(row.id, row.provider, row.value, row.board_number or row.brin or "", name, merged))
    return found


def add_mapping(session: Session, actor: Actor, provider: ProviderKind, value: str, target: str, *, now: datetime) -> None:
    """Let everybody of an organisation in as a board or school. Raises InvalidInputError."""
    require(actor, Permission.MANAGE_SCHOOLS)
    named, key = value.strip().lower(), target.strip().upper()
    board, school = session.get(Board, key), session.get(School, key)
    problems: dict[str, str] = {}
    if provider not in MAPPED or not 0 < len(named) <= LONGEST_SAID or " " in named:
        problems["value"] = "invalid.mapping_value"
    elif _mapping_of(session, provider, named) is not None:
        problems["value"] = "invalid.mapping_taken"
    if (board is None and school is None) or (board is not None and board.merged_into):
        problems["target"] = "invalid.mapping_target"
    if problems:
        raise InvalidInputError(problems)
    made = OrganisationMapping(
        id=str(uuid4()),
        provider=provider,
        key=MAPPED[provider].value,
        value=named,
        board_number=board.number if board else None,
        brin=school.brin if school else None,
    )
    session.add(made)
    detail = {"provider": provider.value, "value": named, "target": key}
    audit.record(session, actor, "mapping.added", ("mapping", made.id), now=now, detail=detail)


def remove_mapping(session: Session, actor: Actor, mapping_id: str, *, now: datetime) -> None:
    """From now on nobody of that organisation is let in: entitlements are worked out anew at every run. Keys and mail that were
    arranged for the same board or school end too, since one can't tell who of them came in this way.
    """
    require(actor, Permission.MANAGE_SCHOOLS)
    mapping = session.get(OrganisationMapping, mapping_id)
    if mapping is None:
        raise NotFoundError(mapping_id)
    for table, ended in ((ApiKey, "revoked_at"), (Subscription, "ended_at")):
        ours = table.board_number == mapping.board_number if mapping.board_number else table.brin == mapping.brin
        open_ones = getattr(table, ended).is_(None)
        session.exec(update(table).where(ours, open_ones).values({ended: now}))  # type: ignore[arg-type]
    session.delete(mapping)
    audit.record(session, actor, "mapping.removed", ("mapping", mapping_id), now=now)


def forget_old(session: Session, actor: Actor, *, now: datetime) -> int:
    """Delete requests that were answered over a year ago: names and addresses aren't kept for nothing."""
    require(actor, Permission.RUN_JOBS)
    return session.exec(delete(AccessRequest).where(col(AccessRequest.decided_at) < now - KEPT)).rowcount


def _open(session: Session, request_id: str) -> AccessRequest:
    found = session.get(AccessRequest, request_id)
    if found is None or found.state is not AccessState.OPEN:
        raise NotFoundError(request_id)
    return found


def _decide(session: Session, actor: Actor, asked: AccessRequest, state: AccessState, reason: str, now: datetime) -> None:
    moved = session.exec(
        update(AccessRequest)
        .where(col(AccessRequest.id) == asked.id, col(AccessRequest.state) == AccessState.OPEN)
        .values(state=state, decided_at=now, decided_by=actor.name, reason=reason)
    ).rowcount
    if not moved:
        raise NotFoundError(asked.id)
    audit.record(session, actor, f"access.{state.value}", ("access_request", asked.id), now=now)


def _mapping_of(session: Session, provider: ProviderKind, value: str) -> OrganisationMapping | None:
    return session.exec(
        select(OrganisationMapping).where(
            OrganisationMapping.provider == provider,
            OrganisationMapping.key == MAPPED[provider].value,
            OrganisationMapping.value == value,
        )
    ).one_or_none()


def _row(found: AccessRequest) -> AccessRow:
    return AccessRow(
        found.id,
        found.provider,
        found.key,
        found.value,
        found.name,
        found.email,
        found.said,
        found.state,
        found.at,
        found.decided_at,
        found.decided_by,
        found.reason,
    )
