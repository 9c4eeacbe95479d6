"""The due date for somebody's own calendar."""

from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from dashboard.content import organisation
from dashboard.data_requests.case.rows import CaseView
from dashboard.i18n import texts

# An all-day event begins at midnight: this is nine o'clock on the day before.
REMIND_BEFORE = timedelta(hours=15)


def due_date(case: CaseView, *, base_url: str, now: datetime) -> bytes:
    """An all-day event on the statutory date. Only the reference: calendars are shared more easily than one thinks."""
    t = texts(case.language)
    title = t("calendar.title", reference=case.reference, organisation=organisation().short_name)
    event = Event()
    event.add("uid", f"{case.reference}-due@{organisation().email.partition('@')[2]}")
    event.add("dtstamp", now)
    event.add("dtstart", case.due_on)
    event.add("dtend", case.due_on + timedelta(days=1))
    event.add("summary", title)
    event.add("description", t("calendar.text", url=f"{base_url}/track"))
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -REMIND_BEFORE)
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Bijsluiter//NL")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
