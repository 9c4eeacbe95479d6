"""Letting a school in that we didn't know: somebody asks, an administrator decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete, select, update

from dashboard import audit, limits
from dashboard.accounts import messages
from dashboard.accounts.claims import Facts, OrganisationKey
from dashboard.accounts.mappings import MAPPED, add_mapping, mapping_of
from dashboard.accounts.model import AccessRequest, LoginSession
from dashboard.accounts.queries import standings
from dashboard.accounts.terms import AccessState
from dashboard.act import Allowed, Seen, asks
from dashboard.addresses import normalized_or_empty
from dashboard.audit import Action
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError, reject
from dashboard.i18n import Language
from dashboard.limits import Limit
from dashboard.mail.outbox import Envelope
from dashboard.permissions import Permission, Refusal
from dashboard.rows import row_of
from dashboard.settings import ProviderKind

LONGEST_SAID = 200
LONGEST_REASON = 500
LISTED = 100
KEPT = timedelta(days=365)
# Pupils of a school that isn't known yet can sign in too: what administrators read isn't theirs to fill.
OF_AN_ORGANISATION = Limit("access asked by an organisation", 10, timedelta(days=1))
IN_ALL = Limit("access asked", 200, timedelta(days=1))


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

    @property
    def seen(self) -> Seen:
        return Seen(self.id)


@asks(Permission.ASK_ACCESS)
def ask_access(act: Allowed, said: str, email: str, *, language: Language) -> None:
    """Ask for access, for somebody who signed in and whose school we don't know. Asking again changes nothing.
    Raises TooMuchError when many of one organisation asked.
    """
    held = act.session.get(LoginSession, act.actor.session) if act.actor.session else None
    if held is None or act.actor.refusal is not Refusal.UNKNOWN_SCHOOL:
        raise NotFoundError
    wanted, address = " ".join(said.split()), normalized_or_empty(email)
    problems = {} if 0 < len(wanted) <= LONGEST_SAID else {"said": "invalid.access_said"}
    if not address:
        problems["email"] = "invalid.email"
    reject(problems)
    if my_request(act) is not None:
        return
    facts = Facts.from_json(held.facts)
    limits.take(act, (OF_AN_ORGANISATION, f"{facts.provider.value}|{facts.value}"), (IN_ALL, ""))
    made = AccessRequest(
        person_id=act.actor.id,
        provider=facts.provider,
        key=facts.key.value if facts.key else "",
        value=facts.value,
        name=facts.name,
        email=address,
        language=language,
        said=wanted,
        state=AccessState.OPEN,
        at=act.now,
    )
    act.session.add(made)
    audit.record(act, Action.ACCESS_ASKED, made.id)


@asks(Permission.ASK_ACCESS)
def my_request(act: Allowed) -> AccessRow | None:
    """The actor's own request that waits for an answer."""
    found = act.session.exec(
        select(AccessRequest).where(AccessRequest.person_id == act.actor.id, AccessRequest.state == AccessState.OPEN)
    ).first()
    return row_of(AccessRow, found) if found else None


@asks(Permission.READ_SCHOOLS)
def access_requests(act: Allowed) -> list[AccessRow]:
    """Those that wait first, the oldest on top; then the answered ones."""
    is_open = col(AccessRequest.state) == AccessState.OPEN
    waiting = act.session.exec(select(AccessRequest).where(is_open).order_by(col(AccessRequest.at)).limit(LISTED)).all()
    done = act.session.exec(select(AccessRequest).where(~is_open).order_by(col(AccessRequest.decided_at).desc()).limit(20)).all()
    return [row_of(AccessRow, each) for each in (*waiting, *done)]


@asks(Permission.MANAGE_SCHOOLS)
def approve_access(act: Allowed, seen: Seen, target: str) -> None:
    """Let the organisation in as the board or school `target`. NotPossibleError when Entree's school isn't imported yet."""
    asked = _open(act, seen)
    if asked.provider in MAPPED:
        if mapping_of(act, asked.provider, asked.value) is None:
            add_mapping(act, asked.provider, asked.value, target)
    elif not standings(act, Facts(asked.provider, "", "", organisations=((OrganisationKey(asked.key), asked.value),))):
        raise NotPossibleError("access.import_first")
    _decide(act, asked, AccessState.APPROVED, "")
    messages.access_granted(act, _envelope(asked))


@asks(Permission.MANAGE_SCHOOLS)
def refuse_access(act: Allowed, seen: Seen, reason: str) -> None:
    """Say no, with the reason that the person gets to read."""
    asked, said = _open(act, seen), " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        raise InvalidInputError({"reason": "invalid.access_reason"})
    _decide(act, asked, AccessState.REFUSED, said)
    messages.access_refused(act, _envelope(asked), reason=said)


@asks(Permission.RUN_JOBS)
def forget_old(act: Allowed) -> int:
    """Delete requests that were answered over a year ago: names and addresses aren't kept for nothing."""
    return act.session.exec(delete(AccessRequest).where(col(AccessRequest.decided_at) < act.now - KEPT)).rowcount


def _open(act: Allowed, seen: Seen) -> AccessRequest:
    found = act.find(AccessRequest, seen.id)
    if found.state is not AccessState.OPEN:
        raise NotFoundError(seen.id)
    return found


def _envelope(asked: AccessRequest) -> Envelope:
    return Envelope(asked.email, Language(asked.language), asked.name)


def _decide(act: Allowed, asked: AccessRequest, state: AccessState, reason: str) -> None:
    moved = act.session.exec(
        update(AccessRequest)
        .where(col(AccessRequest.id) == asked.id, col(AccessRequest.state) == AccessState.OPEN)
        .values(state=state, decided_at=act.now)
    ).rowcount
    if not moved:
        raise NotFoundError(asked.id)
    asked.decided_by, asked.reason = act.actor.name, reason
    audit.record(act, Action(f"access.{state.value}"), asked.id)
