"""The panels of insight: by name, which view shows each, how it is drawn and who makes its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from dashboard.act import Act
from dashboard.data_requests.desk.watched import Chosen
from dashboard.i18n import Texts
from dashboard.insight import forecast, handling, keeping, schools, volumes
from dashboard.insight.rows import Shape, Table


class View(StrEnum):
    OVERVIEW = "overview"
    VOLUMES = "volumes"
    TIMELINESS = "timeliness"
    OUTCOMES = "outcomes"
    WORKLOAD = "workload"
    SCHOOLS = "schools"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Panel:
    view: View
    shape: Shape
    ask: Callable[[Act, Chosen, Texts], Table]
    # About now, whatever the period is.
    of_now: bool = False

    @property
    def query(self) -> str:
        """The name of the function that counts, for who wants to read how."""
        return f"{self.ask.__module__.rpartition('.')[2]}.{self.ask.__name__}"


PANELS: dict[str, Panel] = {
    "deadline-health": Panel(View.OVERVIEW, Shape.LYING, volumes.health, of_now=True),
    "flow": Panel(View.OVERVIEW, Shape.FLOW, volumes.flow),
    "due-calendar": Panel(View.OVERVIEW, Shape.STANDING, volumes.due_calendar, of_now=True),
    "requests-per-week": Panel(View.VOLUMES, Shape.STACKED, volumes.by_right),
    "by-role": Panel(View.VOLUMES, Shape.LYING, volumes.by_role),
    "by-channel": Panel(View.VOLUMES, Shape.LYING, volumes.by_channel),
    "by-product": Panel(View.VOLUMES, Shape.LYING, volumes.by_product),
    "by-school": Panel(View.VOLUMES, Shape.LYING, volumes.by_school),
    "funnel": Panel(View.VOLUMES, Shape.LYING, volumes.funnel),
    "on-time": Panel(View.TIMELINESS, Shape.STACKED, handling.on_time),
    "within": Panel(View.TIMELINESS, Shape.LYING, handling.within),
    "days-to-answer": Panel(View.TIMELINESS, Shape.STANDING, handling.days_to_answer),
    "first-reply": Panel(View.TIMELINESS, Shape.STANDING, handling.first_reply),
    "handed": Panel(View.TIMELINESS, Shape.STANDING, handling.handed),
    "median-by-right": Panel(View.TIMELINESS, Shape.LYING, handling.median_by_right),
    "stages": Panel(View.TIMELINESS, Shape.LYING, handling.stages),
    "longer": Panel(View.TIMELINESS, Shape.LYING, handling.longer),
    "outcomes": Panel(View.OUTCOMES, Shape.STACKED, handling.outcomes),
    "again": Panel(View.OUTCOMES, Shape.LYING, handling.again),
    "recipients": Panel(View.OUTCOMES, Shape.LYING, handling.recipients),
    "taken": Panel(View.OUTCOMES, Shape.LYING, handling.answers_taken),
    "grounds": Panel(View.OUTCOMES, Shape.LYING, handling.grounds),
    "ratings": Panel(View.OUTCOMES, Shape.STACKED, handling.ratings),
    "forecast": Panel(View.WORKLOAD, Shape.BAND, forecast.forecast, of_now=True),
    "open-by-status": Panel(View.WORKLOAD, Shape.LYING, volumes.by_status, of_now=True),
    "by-handler": Panel(View.WORKLOAD, Shape.LYING, volumes.by_handler, of_now=True),
    "by-due-week": Panel(View.WORKLOAD, Shape.STANDING, volumes.by_due_week, of_now=True),
    "downloads": Panel(View.SCHOOLS, Shape.LYING, schools.downloads),
    "on-older": Panel(View.SCHOOLS, Shape.LYING, schools.on_older, of_now=True),
    "signing": Panel(View.SCHOOLS, Shape.LYING, schools.signing, of_now=True),
    "objections": Panel(View.SCHOOLS, Shape.LYING, schools.objections),
    "removed": Panel(View.RETENTION, Shape.LYING, keeping.removed),
    "removals-due": Panel(View.RETENTION, Shape.LYING, keeping.due, of_now=True),
}
