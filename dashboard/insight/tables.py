"""The tables beside the charts: the same rows, with columns in the reader's words; for the page and for CSV."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.act import Act, Allowed, asks
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.i18n import Language, texts
from dashboard.insight.queries import deadline_health, requests_per_week, status_counts
from dashboard.permissions import Permission


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@asks(Permission.READ_INSIGHT)
def weekly(act: Allowed, language: Language) -> Table:
    t = texts(language)
    rows = requests_per_week(act)
    columns = (t("insight.week_of"), t("insight.right"), t("insight.requests"))
    return Table(columns, tuple((row.monday.isoformat(), right_in_words(t, row.right), row.requests) for row in rows))


@asks(Permission.READ_INSIGHT)
def by_status(act: Allowed, language: Language) -> Table:
    t = texts(language)
    rows = status_counts(act)
    return Table((t("insight.status"), t("insight.cases")), tuple((t(f"status.{row.status.value}"), row.cases) for row in rows))


@asks(Permission.READ_INSIGHT)
def by_health(act: Allowed, language: Language) -> Table:
    t = texts(language)
    rows = deadline_health(act)
    return Table((t("insight.health"), t("insight.cases")), tuple((t(f"health.{row.health.value}"), row.cases) for row in rows))


TABLES: dict[str, Callable[[Act, Language], Table]] = {
    "requests-per-week": weekly,
    "open-by-status": by_status,
    "deadline-health": by_health,
}
