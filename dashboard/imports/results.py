"""Every row of a file with what it did, in words: on the page, and as a file to mend and offer again."""

from collections.abc import Sequence

from dashboard.i18n import Texts
from dashboard.imports.plan import Outcome, Plan, Verb
from dashboard.imports.reading import Sheet
from dashboard.spreadsheets import as_csv


def to_csv(plan: Plan, sheet: Sheet, t: Texts) -> bytes:
    """The rows as they came, with three columns before them."""
    headings = (t("import.result.row"), t("import.result.outcome"), t("import.result.why"), *sheet.headings)
    rows = (
        (each.line.number, t(f"import.verb.{each.verb.value}"), why(each, t), *(each.line.cells[name] for name in sheet.headings))
        for each in plan.outcomes
    )
    return as_csv((headings, *rows))


def why(outcome: Outcome, t: Texts) -> str:
    """What is wrong with a row and what to do, or what it changes; empty when there is nothing to say."""
    if outcome.verb is Verb.WRONG:
        return " ".join(_fault(fault.value, column, t) for fault, column in outcome.faults)
    return "; ".join(_change(what, before, after, t) for what, before, after in outcome.changes)


def wrong_rows(plan: Plan) -> Sequence[Outcome]:
    return [each for each in plan.outcomes if each.verb is Verb.WRONG]


def _fault(fault: str, column: str, t: Texts) -> str:
    said = t(f"import.fault.{fault}")
    return f"{column}: {said}" if column else said


def _change(what: str, before: str, after: str, t: Texts) -> str:
    name = t(f"import.change.{what}")
    return f"{name}: {before or '-'} → {after or '-'}"
