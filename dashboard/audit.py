"""The audit trail: who did or read what, written in the transaction it tells of. No personal data of data subjects."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from dashboard.act import Allowed
from dashboard.db import Record, UtcDateTime, store


class Action(StrEnum):
    """Everything that is recorded. The case's own verbs are named as in its table of moves; a test compares them."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    SESSIONS_ENDED = "sessions.ended"
    ACCESS_ASKED = "access.asked"
    ACCESS_APPROVED = "access.approved"
    ACCESS_REFUSED = "access.refused"
    MAPPING_ADDED = "mapping.added"
    MAPPING_REMOVED = "mapping.removed"
    KEY_MADE = "key.made"
    KEY_REVOKED = "key.revoked"
    PRODUCT_ADDED = "product.added"
    PRODUCT_OPENED = "product.opened"
    DOCUMENT_ASKED = "document.asked"
    ANNEX_DRAFTED = "annex.drafted"
    ANNEX_REVISED = "annex.revised"
    ANNEX_OFFERED = "annex.offered"
    ANNEX_DISCARDED = "annex.discarded"
    ANNEX_SENT_BACK = "annex.sent_back"
    ANNEX_APPROVED = "annex.approved"
    ANNEX_WITHDRAWN = "annex.withdrawn"
    ANNEX_DOWNLOADED = "annex.download"
    AGREEMENT_SET = "agreement.set"
    GOVERNANCE_SET = "governance.set"
    SCHOOL_ENDED = "school.ended"
    BOARD_CHANGED = "board.changed"
    PLACE_CHANGED = "place.changed"
    MEMBERSHIP_CHANGED = "membership.changed"
    LICENCE_CHANGED = "licence.changed"
    AGREEMENT_ENDED = "agreement.ended"
    ENTERED = "register.entered"
    NOTICE_PUBLISHED = "notice.published"
    NOTICE_TOLD = "notice.told"
    NOTICE_SEEN = "notice.seen"
    OBJECTION_MADE = "objection.made"
    OBJECTION_ANSWERED = "objection.answered"
    SUBSCRIPTION_ASKED = "subscription.asked"
    SUBSCRIPTION_CONFIRMED = "subscription.confirmed"
    SUBSCRIPTION_ENDED = "subscription.ended"
    IMPORT_TRIED = "import.tried"
    IMPORT_TAKEN = "import.taken"
    POLICY_SET = "policy.set"
    REGISTER_TAKEN = "register.taken"
    REFUSED = "refused"
    AUDIT_READ = "audit.read"
    AUDIT_TAKEN = "audit.taken"
    BREACH_NOTED = "breach.noted"
    BREACH_DESCRIBED = "breach.described"
    BREACH_TRACED = "breach.traced"
    BREACH_TOLD = "breach.told"
    BREACH_CLOSED = "breach.closed"
    BREACH_REMINDED = "breach.reminded"
    DESK_READ = "desk.read"
    DESK_SEARCHED = "desk.searched"
    CASE_SUBMIT = "case.submit"
    CASE_REGISTER = "case.register"
    CASE_OPEN_BY_LINK = "case.open_by_link"
    CASE_OPEN_BY_CODE = "case.open_by_code"
    CASE_OPEN_SIBLING = "case.open_sibling"
    CASE_OPEN_HANDED = "case.open_handed"
    CASE_SEND_FRESH_LINK = "case.send_fresh_link"
    CASE_CHANGE_ADDRESS = "case.change_address"
    CASE_DOWNLOAD_FILE = "case.download_file"
    CASE_DOSSIER = "case.dossier"
    CASE_READ = "case.read"
    CASE_LINK = "case.link"
    CASE_RATE = "case.rate"
    CASE_POSTED = "case.posted"
    CASE_ASK_ADDRESS = "case.ask_address"
    CASE_PURGE = "case.purge"
    CASE_VERIFY = "case.verify"
    CASE_EXPIRE = "case.expire"
    CASE_JOIN = "case.join"
    CASE_WITHDRAW = "case.withdraw"
    CASE_REPLY = "case.reply"
    CASE_REMIND = "case.remind"
    CASE_REOPEN = "case.reopen"
    CASE_ACKNOWLEDGE = "case.acknowledge"
    CASE_TAKE = "case.take"
    CASE_ASSIGN = "case.assign"
    CASE_ASK = "case.ask"
    CASE_PAUSE = "case.pause"
    CASE_DOUBT_IDENTITY = "case.doubt_identity"
    CASE_CHECK_IDENTITY = "case.check_identity"
    CASE_INFORM = "case.inform"
    CASE_NOTE = "case.note"
    CASE_NOTE_COMPLAINT = "case.note_complaint"
    CASE_TICK = "case.tick"
    CASE_DECIDE = "case.decide"
    CASE_APPROVE = "case.approve"
    CASE_TELL_RECIPIENT = "case.tell_recipient"
    CASE_ATTACH = "case.attach"
    CASE_EXTEND = "case.extend"
    CASE_ANSWER_HELD = "case.answer_held"
    CASE_ANSWER_TAKEN_BACK = "case.answer_taken_back"
    CASE_ANSWER_KEPT = "case.answer_kept"
    CASE_CLOSE = "case.close"
    CASE_MERGE = "case.merge"
    CASE_HAND_OVER = "case.hand_over"
    CASE_TAKE_BACK = "case.take_back"
    CASE_SCHOOL_DECIDE = "case.school_decide"
    CASE_CLOSE_BY_SCHOOL = "case.close_by_school"
    CASE_EXECUTE = "case.execute"
    CASE_END_WAIT = "case.end_wait"
    CASE_RECOGNISE = "case.recognise"
    CASE_ANNOUNCE_FEE = "case.announce_fee"

    @property
    def about(self) -> str:
        """What kind of record its row names."""
        first = self.value.partition(".")[0]
        return _ABOUT.get(first, first)

    @property
    def fields(self) -> frozenset[str]:
        """The facts that its row carries, and no others."""
        return _FIELDS.get(self, frozenset())


DONE, DENIED = "done", "denied"
# By the first word of an action.
_ABOUT = {
    "sign_in": "person",
    "sign_out": "person",
    "access": "access_request",
    "key": "api_key",
    "annex": "document_version",
    "agreement": "board",
    "governance": "board",
    "notice": "subprocessor_notice",
    "import": "import_run",
    "desk": "person",
    "audit": "person",
    "refused": "record",
}
_FIELDS = {
    Action.SIGN_IN: frozenset({"provider"}),
    Action.SESSIONS_ENDED: frozenset({"sessions"}),
    Action.MAPPING_ADDED: frozenset({"provider", "value", "target", "staff"}),
    Action.SCHOOL_ENDED: frozenset({"board", "day"}),
    Action.MEMBERSHIP_CHANGED: frozenset({"board"}),
    Action.AGREEMENT_ENDED: frozenset({"model", "day"}),
    Action.ENTERED: frozenset({"kind"}),
    Action.KEY_MADE: frozenset({"use", "scope"}),
    Action.ANNEX_DOWNLOADED: frozenset({"via", "scope"}),
    Action.ANNEX_WITHDRAWN: frozenset({"day"}),
    Action.PRODUCT_OPENED: frozenset({"is_public"}),
    Action.AGREEMENT_SET: frozenset({"model", "status"}),
    Action.GOVERNANCE_SET: frozenset({"governance"}),
    **dict.fromkeys((Action.NOTICE_TOLD, Action.NOTICE_SEEN), frozenset({"board"})),
    Action.BREACH_REMINDED: frozenset({"hours"}),
    Action.CASE_ANSWER_KEPT: frozenset({"why"}),
    Action.CASE_LINK: frozenset({"other"}),
    Action.CASE_POSTED: frozenset({"mail_id"}),
    Action.OBJECTION_MADE: frozenset({"in_time"}),
    Action.OBJECTION_ANSWERED: frozenset({"outcome"}),
    **dict.fromkeys((Action.IMPORT_TRIED, Action.IMPORT_TAKEN), frozenset({"kind", "added", "changed", "unchanged", "wrong"})),
    Action.REGISTER_TAKEN: frozenset({"form"}),
    Action.AUDIT_TAKEN: frozenset({"first", "last", "rows"}),
    Action.DESK_SEARCHED: frozenset({"terms"}),
    Action.CASE_DOWNLOAD_FILE: frozenset({"file_id"}),
    Action.CASE_PURGE: frozenset({"rule", "of"}),
}


class AuditRow(Record, table=True):
    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_actor", "actor_id", "at"),)

    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_role: str = Field(max_length=40)
    actor_id: str = Field(max_length=80)
    action: str = Field(max_length=60)
    subject_kind: str = Field(max_length=40)
    subject_id: str = Field(max_length=80, index=True)
    outcome: str = Field(max_length=20)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


def record(act: Allowed, action: Action, record_id: str, **facts: Any) -> None:
    """Add one row in the act's transaction. Raises ValueError for facts that the action doesn't declare: a fault of ours."""
    if facts.keys() != action.fields:
        raise ValueError(f"{action.value} carries {sorted(action.fields)}, not {sorted(facts)}")
    store(act.session, _row(act, action, (action.about, record_id), DONE, facts))


def deny(act: Allowed, action: Action, record_id: str, reason: str = "", *, about: str = "") -> None:
    """That something was tried and refused. `about` where the try named no record that there is: a reference, a provider.

    For a try that raises, the act is one of its own: its row must survive the rollback of what was refused.
    """
    facts = {"reason": reason} if reason else {}
    store(act.session, _row(act, action, (about or action.about, record_id), DENIED, facts))


def _row(act: Allowed, action: Action, subject: tuple[str, str], outcome: str, facts: dict[str, Any]) -> AuditRow:
    return AuditRow(
        at=act.now,
        actor_role=act.actor.role.value,
        actor_id=act.actor.id,
        action=action.value,
        subject_kind=subject[0],
        subject_id=subject[1],
        outcome=outcome,
        detail=facts,
    )
