"""How it goes: in time or late, how long it took, and what was decided."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from dashboard.act import Allowed, asks
from dashboard.data_requests.case.facts import LATE, LATER, MONTH, NOT_TOLD, ON_TIME, THREE_MONTHS, TOLD, Fact
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.terms import ComplaintTo
from dashboard.data_requests.desk.watched import Chosen, quantile, sums
from dashboard.data_requests.law.narrative import right_in_words
from dashboard.data_requests.law.rights import Right
from dashboard.i18n import Texts
from dashboard.insight.period import grain_of, steps
from dashboard.insight.rows import Table, behind, columns, lying, named, total
from dashboard.insight.rows import within as part_of
from dashboard.permissions import Permission

# Days until an answer, from and up to and including; the last one is open.
SPANS = ((0, 7), (8, 14), (15, 21), (22, 30), (31, 60), (61, 90), (91, None))
SOON = ((0, 0), (1, 1), (2, 3), (4, 7), (8, 14), (15, None))
HALF, MOST = 0.5, 0.9
# More days than any answer takes.
EVER = 100_000


@asks(Permission.READ_INSIGHT)
def on_time(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Answers by step, in time or late by the statutory date."""
    grain = grain_of(chosen)
    counts = Counter[tuple[date, str]]()
    for day, detail, cases in sums(act, Fact.ANSWERED, chosen, "day", "detail"):
        counts[grain.of(day), detail] += cases
    cells = [(first, detail) for first in steps(chosen) for detail in (ON_TIME, LATE)]
    return Table(
        (t(f"insight.{grain.value}"), t("insight.term"), t("insight.answers")),
        tuple((named(first, grain, t), t(f"insight.{detail}"), counts[first, detail]) for first, detail in cells),
        tuple(behind(Fact.ANSWERED, part_of(chosen, first, grain), detail=detail) for first, detail in cells),
    )


@asks(Permission.READ_INSIGHT)
def within(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    found = dict(sums(act, Fact.WITHIN, chosen, "detail"))
    terms = (MONTH, THREE_MONTHS, LATER)
    rows = tuple((t(f"insight.within_{name}"), found.get(name, 0)) for name in terms)
    return Table(columns(t, "term", "answers"), rows, tuple(behind(Fact.WITHIN, chosen, detail=name) for name in terms))


@asks(Permission.READ_INSIGHT)
def days_to_answer(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """How long an answer took, in days since receipt."""
    return _in_days(act, Fact.ANSWERED, chosen, SPANS, "answers", t)


@asks(Permission.READ_INSIGHT)
def first_reply(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Until somebody first heard of us: that a person had seen it, a question, or the answer at once."""
    return _in_days(act, Fact.FIRST_REPLY, chosen, SOON, "requests", t)


@asks(Permission.READ_INSIGHT)
def handed(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Until a request that the school decides about was passed on to it."""
    return _in_days(act, Fact.HANDED, chosen, SOON, "requests", t)


@asks(Permission.READ_INSIGHT)
def again(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Requests that were opened again, and those of which we said ourselves that the answer comes late; and complaints."""
    facts = (Fact.REOPENED, Fact.LATE_TOLD)
    rows = [(t(f"fact.{fact.value}"), total(act, fact, chosen)) for fact in facts]
    complaints = dict(sums(act, Fact.COMPLAINED, chosen, "detail"))
    rows += [(t("insight.complained", where=t(f"complaint.{each.value}")), complaints.get(each.value, 0)) for each in ComplaintTo]
    desk = [behind(fact, chosen) for fact in facts]
    desk += [behind(Fact.COMPLAINED, chosen, detail=each.value) for each in ComplaintTo]
    return Table(columns(t, "step", "requests"), tuple(rows), tuple(desk))


@asks(Permission.READ_INSIGHT)
def recipients(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Of each recipient of the data: told of a correction or erasure, or not, with a reason (art. 19)."""
    found = dict(sums(act, Fact.RECIPIENT, chosen, "detail"))
    rows = tuple((t(f"insight.recipient_{each}"), found.get(each, 0)) for each in (TOLD, NOT_TOLD))
    desk = tuple(behind(Fact.RECIPIENT, chosen, detail=each) for each in (TOLD, NOT_TOLD))
    return Table(columns(t, "step", "recipients"), rows, desk)


@asks(Permission.READ_INSIGHT)
def answers_taken(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Answers that had files, and those of which the requester took one. What wasn't taken goes unread when its time is over."""
    facts = (Fact.GIVEN, Fact.FETCHED)
    rows = tuple((t(f"fact.{fact.value}"), total(act, fact, chosen)) for fact in facts)
    return Table(columns(t, "step", "answers"), rows, tuple(behind(fact, chosen) for fact in facts))


def _in_days(act: Allowed, fact: Fact, chosen: Chosen, spans: Sequence[tuple[int, int | None]], number: str, t: Texts) -> Table:
    found, rows = sums(act, fact, chosen, "value"), []
    for first, last in spans:
        cases = sum(n for days, n in found if first <= days and (last is None or days <= last))
        rows.append((_span(first, last, t), cases))
    desk = tuple(behind(fact, chosen, values=(first, EVER if last is None else last)) for first, last in spans)
    return Table(columns(t, "days", number), tuple(rows), desk)


def _span(first: int, last: int | None, t: Texts) -> str:
    if last is None:
        return t("insight.days_more", first=first)
    return t.count("days", first) if first == last else t("insight.days_from_to", first=first, last=last)


@asks(Permission.READ_INSIGHT)
def median_by_right(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Per right: how many answers, the days within which nine of ten came, and the median."""
    rows, desk = [], []
    histograms: dict[str, list[tuple[int, int]]] = {}
    for right, days, cases in sums(act, Fact.ANSWERED, chosen, "right", "value"):
        histograms.setdefault(right, []).append((days, cases))
    for right in Right:
        if mine := histograms.get(right.value):
            most, half = quantile(mine, MOST) or 0, quantile(mine, HALF) or 0
            answers = sum(n for _, n in mine)
            mean = (2 * sum(days * n for days, n in mine) + answers) // (2 * answers)
            rows.append((right_in_words(t, right), answers, mean, most, half))
            desk.append(behind(Fact.ANSWERED, chosen, right=right.value))
    return Table(columns(t, "right", "answers", "mean", "p90", "median"), tuple(rows), tuple(desk), counted=1)


@asks(Permission.READ_INSIGHT)
def stages(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Half of the cases left each status within this many days."""
    histograms: dict[str, list[tuple[int, int]]] = {}
    for status, days, cases in sums(act, Fact.STAGE, chosen, "detail", "value"):
        histograms.setdefault(status, []).append((days, cases))
    rows, desk = [], []
    for status in Status:
        if mine := histograms.get(status.value):
            most, half = quantile(mine, MOST) or 0, quantile(mine, HALF) or 0
            rows.append((t(f"status.{status.value}"), sum(n for _, n in mine), most, half))
            desk.append(behind(Fact.STAGE, chosen, detail=status.value))
    return Table(columns(t, "status", "requests", "p90", "median"), tuple(rows), tuple(desk), counted=1)


@asks(Permission.READ_INSIGHT)
def longer(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """Extensions by their reason, and waits for the requester in which the clock stood still."""
    extended, paused = sums(act, Fact.EXTENDED, chosen, "detail"), sums(act, Fact.PAUSED, chosen, "detail")
    rows = [(t("insight.extended", reason=t(f"extension.{reason}")), cases) for reason, cases in extended]
    rows += [(t("insight.paused", reason=t(f"pause.{reason}")), cases) for reason, cases in paused]
    desk = [behind(Fact.EXTENDED, chosen, detail=reason) for reason, _ in extended]
    desk += [behind(Fact.PAUSED, chosen, detail=reason) for reason, _ in paused]
    return Table(columns(t, "reason", "requests"), tuple(rows), tuple(desk))


@asks(Permission.READ_INSIGHT)
def outcomes(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """What was decided, by right."""
    found = {(right, outcome): cases for right, outcome, cases in sums(act, Fact.OUTCOME, chosen, "right", "detail")}
    mix = sorted({outcome for _, outcome in found})
    cells = [(right, outcome) for right in Right if any(name == right.value for name, _ in found) for outcome in mix]
    return Table(
        columns(t, "right", "outcome", "decisions"),
        tuple((right_in_words(t, right), t(f"outcome.{each}"), found.get((right.value, each), 0)) for right, each in cells),
        tuple(behind(Fact.OUTCOME, chosen, right=right.value, detail=outcome) for right, outcome in cells),
    )


@asks(Permission.READ_INSIGHT)
def grounds(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    rows = sums(act, Fact.GROUND, chosen, "detail")
    found = ((t(f"ground.{ground}"), cases, behind(Fact.GROUND, chosen, detail=ground)) for ground, cases in rows)
    return lying(t, "ground", "decisions", found)


@asks(Permission.READ_INSIGHT)
def ratings(act: Allowed, chosen: Chosen, t: Texts) -> Table:
    """What requesters answered at the end, one to five."""
    cells = [(fact, score) for fact in (Fact.EASY, Fact.CLEAR) for score in range(1, 6)]
    found = {fact: dict(sums(act, fact, chosen, "value")) for fact in (Fact.EASY, Fact.CLEAR)}
    return Table(
        columns(t, "score", "question", "answers"),
        tuple((str(score), t(f"insight.{fact.value}"), found[fact].get(score, 0)) for fact, score in cells),
        tuple(behind(fact, chosen, values=(score, score)) for fact, score in cells),
    )
