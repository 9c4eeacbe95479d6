"""A case in words: the rights and the due date's reasons as people read them, on pages and in mails alike."""

from datetime import date

from dashboard.accounts.terms import Governance
from dashboard.content import organisation
from dashboard.data_requests.law.deadlines import DayOff, Explanation
from dashboard.data_requests.law.rights import Right
from dashboard.i18n import Texts


def right_in_words(t: Texts, right: Right) -> str:
    return t(f"right.{right.value}.title")


def ways_on(t: Texts, governance: Governance | None, until: date | None) -> list[str]:
    """Where somebody can go who doesn't agree: with us, or with a school whose board stands so in law. Without `until`, six weeks
    from an answer of which we don't know the day.
    """
    o, decider = organisation(), governance.value if governance else "us"
    complaint = t("ways.authority", authority=o.authority_name, url=o.authority_complaint_url)
    day = t("ways.until", day=t.day(until)) if until else t("ways.six_weeks")
    first = t(f"ways.{decider}.first", email=o.email, when=day)
    return [first, *t(f"ways.{decider}.then", when=day).split("\n"), complaint]


def late_ways_on(t: Texts, governance: Governance | None) -> list[str]:
    """Where somebody can go who got no answer in time: no term runs for that (UAVG art. 35(2); Awb art. 6:12)."""
    o, decider = organisation(), governance.value if governance else "us"
    complaint = t("ways.authority", authority=o.authority_name, url=o.authority_complaint_url)
    return [*t(f"ways.{decider}.late", email=o.email).split("\n"), complaint]


def reasons_in_words(t: Texts, explanation: Explanation) -> str:
    """Received then; a month later is that day; which days don't count; so due on."""
    parts = [
        t("due.received", day=t.day(explanation.received_on)),
        t("due.month_ends" if explanation.months == 1 else "due.months_end", day=t.day(explanation.month_ends_on)),
    ]
    if explanation.clamped:
        parts.append(t("due.clamped"))
    parts += [_why_not(t, day, reason) for day, reason in explanation.skipped]
    parts.append(t("due.so", day=t.day(explanation.due_on)) if explanation.skipped else t("due.that"))
    return " ".join(parts)


def _why_not(t: Texts, day: date, reason: DayOff) -> str:
    """Of a Saturday or a Sunday its own name says why."""
    name = t.day(day)
    said = name[:1].upper() + name[1:]
    if reason in {DayOff.SATURDAY, DayOff.SUNDAY}:
        return t("due.weekend", day=said)
    return t("due.skipped", day=said, reason=t(f"day_off.{reason.value}"))
