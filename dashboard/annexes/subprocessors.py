"""Sub-processors that a version changes, and the notice that says so; whom it is told to is in `notices/`."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from sqlmodel import col, update

from dashboard import audit
from dashboard.act import Act, step
from dashboard.annexes.content import PrivacyAnnex, stored
from dashboard.annexes.differences import Change, Difference, subprocessor_changes
from dashboard.annexes.holdings import shelved_of
from dashboard.annexes.model import Document, DocumentKind, DocumentVersion, SubprocessorNotice
from dashboard.annexes.timeline import Phase
from dashboard.audit import Action


@step
def changes_of(act: Act, version: DocumentVersion, document: Document, kind: DocumentKind) -> list[Difference]:
    """What a version changes of the sub-processors that apply now; nothing for what isn't written as data."""
    after = stored(kind.structure, version.content)
    if not isinstance(after, PrivacyAnnex):
        return []
    stands = shelved_of(act, document, kind, with_content=True).stands
    now = next((each for each in stands if each.phase(act.today) is Phase.IN_FORCE), None)
    before = stored(kind.structure, now.version.content) if now else None
    return subprocessor_changes(before if isinstance(before, PrivacyAnnex) else None, after)


@step
def publish_notice(act: Act, version: DocumentVersion, product_slug: str, changes: Iterable[Difference]) -> None:
    """A version that changes sub-processors was approved: from now on boards are told. Nothing to tell makes no notice."""
    told = as_stored(changes)
    if not told:
        return
    made = SubprocessorNotice(
        id=str(uuid4()),
        version_id=version.id,
        product_slug=product_slug,
        published_at=act.now,
        effective_on=version.valid_from,
        changes=told,
    )
    act.session.add(made)
    act.session.flush()
    audit.record(act, Action.NOTICE_PUBLISHED, made.id)


@step
def withdraw_notice(act: Act, version_id: str) -> None:
    """The version was called off: its notice stands as withdrawn, and nobody is told any more."""
    act.session.exec(
        update(SubprocessorNotice)
        .where(col(SubprocessorNotice.version_id) == version_id, col(SubprocessorNotice.withdrawn_at).is_(None))
        .values(withdrawn_at=act.now)
    )


def differences_of(notice: SubprocessorNotice) -> tuple[Difference, ...]:
    return tuple(
        Difference("subprocessors", Change(each["change"]), each["name"], each["before"], each["after"])
        for each in notice.changes
    )


def as_stored(changes: Iterable[Difference]) -> list[dict[str, Any]]:
    return [{"change": c.change.value, "name": c.name, "before": c.before, "after": c.after} for c in changes]
