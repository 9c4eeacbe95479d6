"""One table: every change of a rule, the newest of each name applies."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from dashboard.db import Record, UtcDateTime


class PolicyChange(Record, table=True):
    """What a rule was set to, by whom, when and why. Never changed, never removed."""

    __tablename__ = "policy_change"
    __table_args__ = (Index("ix_policy_change_newest", "name", "number", unique=True),)

    name: str = Field(max_length=80)
    number: int
    value: Any = Field(sa_type=JSON)
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: str = Field(max_length=80)
    by_name: str = Field(max_length=200)
    reason: str = Field(max_length=500)
