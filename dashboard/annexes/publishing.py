"""Approving a version, by somebody else than who wrote it; from then on only dates decide. Withdrawing one, with a reason."""

from datetime import date, timedelta

from dashboard import audit
from dashboard.act import Allowed, Seen, asks
from dashboard.annexes.drafting import load_draft
from dashboard.annexes.holdings import shelved_of
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion
from dashboard.annexes.subprocessors import changes_of, publish_notice, withdraw_notice
from dashboard.annexes.terms import VersionState
from dashboard.annexes.timeline import Phase
from dashboard.audit import Action
from dashboard.errors import InvalidInputError, NotFoundError, NotPossibleError
from dashboard.permissions import Permission
from dashboard.policy.queries import days_of
from dashboard.policy.rules import Term

LONGEST_REASON = 500


@asks(Permission.PUBLISH_ANNEX)
def approve(act: Allowed, seen: Seen) -> None:
    """Announce a version: it applies from its day, without anybody doing anything. Raises NotPossibleError with what is missing.

    A version may begin in the past only where nothing was handed out for those days: history isn't rewritten.
    """
    held = load_draft(act, seen)
    version, document, kind = held.version, held.document, held.kind
    today = act.today
    if version.drafted_by == act.actor.id:
        raise NotPossibleError("catalogue.four_eyes")
    if not version.sha256:
        raise NotPossibleError("catalogue.needs_file")
    others = shelved_of(act, document, kind, with_content=True).stands
    if kind.locked:
        if any(each.version.model_version == version.model_version for each in others):
            raise NotPossibleError("catalogue.model_taken")
    elif any(each.version.valid_from >= version.valid_from for each in others if not each.period.is_empty):
        raise NotPossibleError("catalogue.day_taken")
    elif version.valid_from < today and any(each.period.holds(version.valid_from) for each in others):
        raise NotPossibleError("catalogue.in_the_past")
    changes = changes_of(act, version, document, kind)
    if changes and version.valid_from < today + timedelta(days=days_of(act, Term.OBJECTION)):
        raise NotPossibleError("catalogue.objection_time")
    version.state = VersionState.APPROVED
    version.approved_by, version.approved_name, version.approved_at = act.actor.id, act.actor.name, act.now
    act.session.add(version)
    act.session.flush()
    if document.product_slug:
        publish_notice(act, version, document.product_slug, changes)
    audit.record(act, Action.ANNEX_APPROVED, version.id)


@asks(Permission.PUBLISH_ANNEX)
def send_back(act: Allowed, seen: Seen) -> None:
    """Not yet: the writer goes on with it."""
    version = load_draft(act, seen).version
    version.offered_at = None
    act.session.add(version)
    audit.record(act, Action.ANNEX_SENT_BACK, version.id)


@asks(Permission.PUBLISH_ANNEX)
def withdraw(act: Allowed, seen: Seen, day: date | None, reason: str) -> None:
    """From `day` on this version no longer applies; one that was only announced never will. Raises InvalidInputError."""
    version = act.find(DocumentVersion, seen.id)
    if version.state is not VersionState.APPROVED:
        raise NotFoundError(seen.id)
    seen.compare(version.edition)
    document = act.session.get_one(Document, version.document_id)
    kind = act.session.get_one(DocumentKind, document.kind)
    if kind.locked:
        raise NotPossibleError("catalogue.is_locked")
    today, said = act.today, " ".join(reason.split())
    stand = next(each for each in shelved_of(act, document, kind).stands if each.version.id == seen.id)
    if stand.phase(today) not in {Phase.IN_FORCE, Phase.ANNOUNCED} or version.withdrawn_on:
        raise NotPossibleError("catalogue.is_over")
    problems = {} if day and day >= today else {"day": "invalid.withdraw_day"}
    if not 0 < len(said) <= LONGEST_REASON:
        problems["reason"] = "invalid.withdraw_reason"
    if problems or day is None:
        raise InvalidInputError(problems)
    version.withdrawn_on, version.withdrawn_reason, version.withdrawn_at = day, said, act.now
    act.session.add(version)
    if day <= version.valid_from:
        withdraw_notice(act, version.id)
    audit.record(act, Action.ANNEX_WITHDRAWN, version.id, day=day.isoformat())
