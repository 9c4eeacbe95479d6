"""Time: aware UTC inside, Europe/Amsterdam for legal days. The only place that asks what time it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the one place


def local_day(instant: datetime) -> date:
    """The legal day of an instant: its date in Europe/Amsterdam."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no legal day")
    return instant.astimezone(AMSTERDAM).date()


def local_midnight(day: date) -> datetime:
    """00:00 in Amsterdam at the start of `day`, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM).astimezone(UTC)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
