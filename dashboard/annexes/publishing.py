"""Approving a version, by somebody else than who wrote it; from then on only dates decide. Withdrawing one, with a reason."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from dashboard import audit
from dashboard.annexes.content import PrivacyAnnex, stored
from dashboard.annexes.differences import Difference, subprocessor_changes
from dashboard.annexes.drafting import load_draft
from dashboard.annexes.holdings import shelved_of
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, VersionState
from dashboard.annexes.timeline import Phase
from dashboard.clock import local_day
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError
from dashboard.notices.service import publish_notice, withdraw_notice
from dashboard.permissions import Actor, Permission, require
from dashboard.policy.queries import objection_days

LONGEST_REASON = 500


def approve(session: Session, actor: Actor, version_id: str, *, edition: int, now: datetime) -> None:
    """Announce a version: it applies from its day, without anybody doing anything. Raises NotPossibleError with what is missing.

    A version may begin in the past only where nothing was handed out for those days: history isn't rewritten.
    """
    require(actor, Permission.PUBLISH_ANNEX)
    version, document, kind = load_draft(session, version_id, edition)
    today = local_day(now)
    if version.drafted_by == actor.id:
        raise NotPossibleError("catalogue.four_eyes")
    if not version.sha256:
        raise NotPossibleError("catalogue.needs_file")
    others = shelved_of(session, document, kind, with_content=True).stands
    if kind.locked:
        if any(each.version.model_version == version.model_version for each in others):
            raise NotPossibleError("catalogue.model_taken")
    elif any(each.version.valid_from >= version.valid_from for each in others if not each.period.is_empty):
        raise NotPossibleError("catalogue.day_taken")
    elif version.valid_from < today and any(each.period.holds(version.valid_from) for each in others):
        raise NotPossibleError("catalogue.in_the_past")
    changes = changes_of_subprocessors(session, version, document, kind, today)
    if changes and version.valid_from < today + timedelta(days=objection_days(session)):
        raise NotPossibleError("catalogue.objection_time")
    version.state = VersionState.APPROVED
    version.approved_by, version.approved_name, version.approved_at = actor.id, actor.name, now
    session.add(version)
    session.flush()
    if document.product_slug:
        publish_notice(session, actor, version, document.product_slug, changes, now=now)
    audit.record(session, actor, "annex.approved", ("document_version", version.id), now=now)


def send_back(session: Session, actor: Actor, version_id: str, *, edition: int, now: datetime) -> None:
    """Not yet: the writer goes on with it."""
    require(actor, Permission.PUBLISH_ANNEX)
    version, _, _ = load_draft(session, version_id, edition)
    version.offered_at = None
    session.add(version)
    audit.record(session, actor, "annex.sent_back", ("document_version", version.id), now=now)


def withdraw(session: Session, actor: Actor, version_id: str, day: date | None, reason: str, *, now: datetime) -> None:
    """From `day` on this version no longer applies; one that was only announced never will. Raises InvalidInputError."""
    require(actor, Permission.PUBLISH_ANNEX)
    version = session.get(DocumentVersion, version_id)
    if version is None or version.state is not VersionState.APPROVED:
        raise NotFoundError(version_id)
    document = session.get_one(Document, version.document_id)
    kind = session.get_one(DocumentKind, document.kind)
    if kind.locked:
        raise NotPossibleError("catalogue.is_locked")
    today, said = local_day(now), " ".join(reason.split())
    stand = next(each for each in shelved_of(session, document, kind).stands if each.version.id == version_id)
    if stand.phase(today) not in {Phase.IN_FORCE, Phase.ANNOUNCED} or version.withdrawn_on:
        raise NotPossibleError("catalogue.is_over")
    problems = {} if day and day >= today else {"day": "invalid.withdraw_day"}
    if not 0 < len(said) <= LONGEST_REASON:
        problems["reason"] = "invalid.withdraw_reason"
    if problems or day is None:
        raise InvalidInputError(problems)
    version.withdrawn_on, version.withdrawn_reason = day, said
    session.add(version)
    if day <= version.valid_from:
        withdraw_notice(session, actor, version.id, now=now)
    audit.record(session, actor, "annex.withdrawn", ("document_version", version.id), now=now, detail={"day": day.isoformat()})


def changes_of_subprocessors(
    session: Session, version: DocumentVersion, document: Document, kind: DocumentKind, today: date
) -> list[Difference]:
    """What a version changes of the sub-processors that apply now; nothing for what isn't written as data."""
    after = stored(kind.structure, version.content)
    if not isinstance(after, PrivacyAnnex):
        return []
    stands = shelved_of(session, document, kind, with_content=True).stands
    now = next((each for each in stands if each.phase(today) is Phase.IN_FORCE), None)
    before = stored(kind.structure, now.version.content) if now else None
    return subprocessor_changes(before if isinstance(before, PrivacyAnnex) else None, after)
