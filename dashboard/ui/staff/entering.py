"""What the forms share with which an administrator changes the register by hand."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from dashboard.accounts.periods import FIRST_DAY, LAST_DAY, Period
from dashboard.act import Seen
from dashboard.imports import by_hand, service
from dashboard.imports.plan import Options
from dashboard.imports.terms import ImportKind
from dashboard.ui import parts
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit


def enter(form: Form, kind: ImportKind, cells: Mapping[str, str], seen: Seen | None = None) -> None:
    """What isn't there yet; with `seen`, something that goes elsewhere."""
    here = visit()
    options = Options(here.today, here.today)
    prepared = here.ask(service.prepare, kind, by_hand.sheet_of(cells), options, texts=here.t)
    if seen is None:
        form.make("by_hand.entered", by_hand.enter, prepared)
    else:
        form.do("by_hand.changed", by_hand.move, prepared)


def day_of(form: Form, name: str, value: date | None = None) -> date | None:
    found = st.date_input(
        visit().t(f"by_hand.{name}"),
        value=value,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="DD-MM-YYYY",
        # Named by its form: a day that was typed in one stands in no other about the same board.
        key=form.key(f"{form.name}_{name}"),
    )
    return found if isinstance(found, date) else None


def choose(names: Mapping[str, str], key: str, label: str) -> str | None:
    """One of these, by its key; nothing yet."""
    t = visit().t
    chosen: str | None = st.selectbox(
        t(label), list(names), index=None, format_func=lambda each: names.get(each, each), key=key, placeholder=t("choose")
    )
    return chosen if chosen in names else None


def period_of(period: Period) -> str:
    return parts.days(period.begin, period.end, visit().t)


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""
