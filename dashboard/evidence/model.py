"""The public halves of the keys that signed evidence: an old ZIP must still be checkable after a key was changed."""

from datetime import datetime

from sqlmodel import Field

from dashboard.db import Base, UtcDateTime


class SigningKey(Base, table=True):
    """A key that signed, by its fingerprint. Never removed."""

    __tablename__ = "signing_key"

    fingerprint: str = Field(primary_key=True, max_length=64)
    public_key: str = Field(max_length=64)
    first_used_at: datetime = Field(sa_type=UtcDateTime)
