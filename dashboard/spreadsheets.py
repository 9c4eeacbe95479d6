"""Cells that a spreadsheet opens: text stays text."""

# A spreadsheet runs a cell that starts with one of these.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """With a quote in front where a spreadsheet would take it for a formula."""
    text = str(value)
    return "'" + text if text.startswith(FORMULA_SIGNS) else text
