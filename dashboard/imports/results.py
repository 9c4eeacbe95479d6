"""Every row of a file with what it did, in words: on the page, and as a file to mend and offer again."""

from collections.abc import Sequence
from itertools import chain

from dashboard.i18n import Texts
from dashboard.imports.plan import Effect, Judged, Plan
from dashboard.imports.reading import Sheet
from dashboard.spreadsheets import as_csv


def to_csv(plan: Plan, sheet: Sheet, t: Texts) -> bytes:
    """The rows as they came, with three columns before them; and last what is there and not in the file."""
    headings = (t("import.result.row"), t("import.result.outcome"), t("import.result.why"), *sheet.headings)
    verbs = {verb: t(f"import.verb.{verb.value}") for verb in Effect}
    rows = ((each.line.number, verbs[each.verb], why(each, t), *each.line.given) for each in plan.rows)
    absent = (("", t("import.verb.absent"), t("import.absent_why"), code, name) for code, name in plan.missing)
    return as_csv(chain((headings,), rows, absent))


def why(outcome: Judged, t: Texts) -> str:
    """What is wrong with a row and what to do, or what it changes; empty when there is nothing to say."""
    if outcome.verb is Effect.WRONG:
        return " ".join(_fault(fault.value, column, t) for fault, column in outcome.faults)
    return "; ".join(_change(what, before, after, t) for what, before, after in outcome.changes)


def wrong_rows(plan: Plan) -> Sequence[Judged]:
    return [each for each in plan.rows if each.verb is Effect.WRONG]


def _fault(fault: str, column: str, t: Texts) -> str:
    said = t(f"import.fault.{fault}")
    return f"{column}: {said}" if column else said


def _change(what: str, before: str, after: str, t: Texts) -> str:
    name = t(f"import.change.{what}")
    if what == "governance":
        before, after = t(f"governance.{before}"), t(f"governance.{after}")
    return f"{name}: {before or '-'} → {after or '-'}"
