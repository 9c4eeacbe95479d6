"""A case in words: the rights and the due date's reasons as people read them, on pages and in mails alike."""

from dashboard.data_requests.law.deadlines import Explanation
from dashboard.data_requests.law.rights import Right
from dashboard.i18n import Texts


def right_in_words(t: Texts, right: Right) -> str:
    return t(f"right.{right.value}.title")


def reasons_in_words(t: Texts, explanation: Explanation) -> str:
    """Received then; a month later is that day; which days don't count; so due on."""
    parts = [
        t("due.received", day=t.day(explanation.received_on)),
        t("due.month_ends" if explanation.months == 1 else "due.months_end", day=t.day(explanation.month_ends_on)),
    ]
    if explanation.clamped:
        parts.append(t("due.clamped"))
    parts += [t("due.skipped", day=t.day(day), reason=t(f"day_off.{reason.value}")) for day, reason in explanation.skipped]
    parts.append(t("due.so", day=t.day(explanation.due_on)))
    return " ".join(parts)
