"""Every row of a file with what it did, in words: on the page, and as a file to mend and offer again."""

import csv
import io
from collections.abc import Sequence

from dashboard.i18n import Texts
from dashboard.imports.plan import Outcome, Plan, Verb
from dashboard.imports.reading import Sheet
from dashboard.spreadsheets import safe_cell


def as_csv(plan: Plan, sheet: Sheet, t: Texts) -> bytes:
    """The rows as they came, with three columns before them. Semicolons and a byte order mark, as Excel in Dutch wants it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([t("import.result.row"), t("import.result.outcome"), t("import.result.why"), *sheet.headings])
    for each in plan.outcomes:
        cells = [safe_cell(each.line.cells[heading]) for heading in sheet.headings]
        writer.writerow([each.line.number, t(f"import.verb.{each.verb.value}"), safe_cell(why(each, t)), *cells])
    return out.getvalue().encode("utf-8-sig")


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
