"""Rollups: counts kept in the transaction of the event they count, so that a chart costs the same at any size."""

from datetime import date

from sqlalchemy import Column
from sqlmodel import Field

from dashboard.data_requests.law.rights import Right
from dashboard.db import Base, stored_enum


class WeeklyRequests(Base, table=True):
    """Requests submitted in the week that starts on this Monday (Amsterdam), by right; one request may ask for several."""

    __tablename__ = "weekly_requests"

    monday: date = Field(primary_key=True)
    right: Right = Field(sa_column=Column("asked_right", stored_enum(Right), primary_key=True))
    requests: int
