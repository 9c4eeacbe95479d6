"""The register of personal data breaches (art. 33(5) GDPR): what happened, what it did, what was done about it, who was told."""

from datetime import date, datetime

from sqlalchemy import Column
from sqlmodel import Field

from dashboard.db import Base, Record, UtcDateTime, stored_enum
from dashboard.oversight.terms import Risk
from dashboard.sealed import sealed_for
from dashboard.sealed_types import Sealed
from dashboard.vault import PORTAL


@sealed_for(lambda _row: PORTAL)
class Breach(Record, table=True):
    """One breach. Never deleted: the authority may ask for any of them."""

    __tablename__ = "breach"

    number: str = Field(unique=True, max_length=12)
    # When we became aware: from then on the clock runs.
    noticed_at: datetime = Field(sa_type=UtcDateTime)
    noted_at: datetime = Field(sa_type=UtcDateTime)
    noted_by: str = Field(max_length=36)
    happened: str = Field(sa_type=Sealed)
    effects: str = Field(default="", sa_type=Sealed)
    measures: str = Field(default="", sa_type=Sealed)
    risk: Risk = Field(default=Risk.UNKNOWN, sa_column=Column(stored_enum(Risk), nullable=False))
    # What was found in the audit trail: whose doings, on which days.
    traced_who: str = Field(default="", max_length=80)
    traced_from: date | None = None
    traced_to: date | None = None
    authority_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    authority_why: str = Field(default="", sa_type=Sealed)
    people_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    people_why: str = Field(default="", sa_type=Sealed)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1


class BreachCase(Base, table=True):
    """A request whose data was reached by it."""

    __tablename__ = "breach_case"

    breach_id: str = Field(primary_key=True, foreign_key="breach.id", max_length=36)
    case_id: str = Field(primary_key=True, max_length=36)
