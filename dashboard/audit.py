"""The audit trail: who did or read what, written in the transaction it tells of. No personal data of data subjects."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Engine
from sqlmodel import Field, Session

from dashboard.db import Base, UtcDateTime, transaction
from dashboard.permissions import Actor


class AuditRow(Base, table=True):
    __tablename__ = "audit"

    id: str = Field(primary_key=True, max_length=36)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_role: str = Field(max_length=40)
    actor_id: str = Field(max_length=80)
    action: str = Field(max_length=60)
    subject_kind: str = Field(max_length=40)
    subject_id: str = Field(max_length=80, index=True)
    outcome: str = Field(max_length=20)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: tuple[str, str],
    *,
    now: datetime,
    outcome: str = "done",
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one row; `subject` is (kind, id)."""
    session.add(
        AuditRow(
            id=str(uuid4()),
            at=now,
            actor_role=actor.role.value,
            actor_id=actor.id,
            action=action,
            subject_kind=subject[0],
            subject_id=subject[1],
            outcome=outcome,
            detail=detail or {},
        )
    )


def record_denied(
    engine: Engine, actor: Actor, action: str, subject: tuple[str, str], *, now: datetime, reason: str = ""
) -> None:
    """A refusal, in a transaction of its own: it must survive the rollback of what was refused."""
    with transaction(engine) as session:
        detail = {"reason": reason} if reason else None
        record(session, actor, action, subject, now=now, outcome="denied", detail=detail)
