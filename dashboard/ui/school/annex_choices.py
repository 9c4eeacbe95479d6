"""What one chooses on the page of annexes: for which part of the board, on which day, and which of them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import streamlit as st

from dashboard.accounts.terms import Sector
from dashboard.annexes.filters import AnnexFilters, Summary, choices
from dashboard.annexes.rows import PlaceRow, ProductRow
from dashboard.ui import bound, differences
from dashboard.ui.folds import fold
from dashboard.ui.school.annexes import address
from dashboard.ui.visit import visit

FIRST_DAY = date(2016, 1, 1)
AHEAD = timedelta(days=730)


def day() -> date:
    """The day to look at; it stands in the address, as the part does, so that a view can be sent to a colleague."""
    here = visit()
    last = here.today + AHEAD
    bound.a_day("day", here.today, FIRST_DAY, last)
    help_text = here.t("annexes.day_help")
    chosen = st.date_input(
        here.t("annexes.day"), min_value=FIRST_DAY, max_value=last, format="DD-MM-YYYY", key="day", help=help_text
    )
    day = chosen if isinstance(chosen, date) else here.today
    bound.keep("day", day.isoformat() if day != here.today else "")
    return day


def part(places: Sequence[PlaceRow]) -> str:
    """The whole, or one school or location of it; empty for the whole. The service refuses one that isn't theirs."""
    here = visit()
    whole = here.actor.scope.key if here.actor.scope else ""
    names = {"": here.t("annexes.whole", key=whole)}
    names |= {place.key: _indented(place.key, place.name) for place in places if place.key != whole}
    if len(names) == 1:
        return ""
    bound.one("for", names, "")
    chosen = st.selectbox(here.t("annexes.part"), list(names), format_func=lambda key: names.get(key, key), key="for")
    bound.keep("for", chosen)
    return chosen or ""


def another_day(day: date) -> None:
    """Nobody should take the past for the present."""
    here = visit()
    if day != here.today:
        text = "annexes.on_past_day" if day < here.today else "annexes.on_future_day"
        st.warning(here.t(text, day=here.t.day(day)), icon=":material/event:")


def filters(rows: Sequence[ProductRow]) -> AnnexFilters:
    """Only what there is to choose from; a search looks in names, versions and what changed."""
    t = visit().t
    place = fold(t("annexes.filters"), icon=":material/filter_list:", key="open_annex_filters")
    if place is None:
        return AnnexFilters()
    found = choices(rows)
    with place:
        search = st.text_input(t("annexes.search"), key="annex_search", max_chars=80)
        left, right = st.columns(2)
        names, kinds = dict(found.products), dict(found.kinds)
        products = _several(left, "annexes.filter.product", list(names), lambda slug: names.get(slug, slug), "annex_product")
        kind = _several(right, "annexes.filter.kind", list(kinds), lambda key: kinds.get(key, key), "annex_kind")
        sectors = _several(left, "annexes.filter.sector", list(found.sectors), lambda s: t(f"sector.{s}"), "annex_sector")
        biv = _several(right, "annexes.filter.biv", list(found.biv), "-".join, "annex_biv")
        countries = _several(
            left, "annexes.filter.country", list(found.countries), lambda code: differences.country(code, t), "annex_country"
        )
    return AnnexFilters(
        search, tuple(products), tuple(Sector(each) for each in sectors), tuple(kind), tuple(biv), tuple(countries)
    )


def exports(key: str, day: date) -> None:
    """What a school can take into its own papers."""
    t = visit().t
    place = fold(t("annexes.exports"), icon=":material/table_view:", key="open_annex_exports")
    if place is None:
        return
    with place:
        st.write(t("annexes.exports_text"))
        with st.container(horizontal=True):
            st.link_button(t("annexes.export_register_csv"), address("/exports/register.csv", key, day))
            st.link_button(t("annexes.export_register_xlsx"), address("/exports/register.xlsx", key, day))
            st.link_button(t("annexes.export_dpia_xlsx"), address("/exports/dpia.xlsx", key, day))


def numbers(summary: Summary) -> None:
    """The page in one line."""
    t = visit().t
    said = [t.count("annexes.count.products", summary.products), t.count("annexes.count.in_force", summary.in_force)]
    told = {name: getattr(summary, name) for name in ("newer", "announced", "missing")}
    said += [t.count(f"annexes.count.{name}", number) for name, number in told.items() if number]
    st.write(" · ".join(said))


def _several(
    where: st.delta_generator.DeltaGenerator, label: str, options: list[str], words: Callable[[str], str], key: str
) -> list[str]:
    """Nothing where there is nothing to choose."""
    if len(options) < 2:  # noqa: PLR2004
        return []
    t = visit().t
    chosen: list[str] = where.multiselect(t(label), options, format_func=words, key=key, placeholder=t("annexes.all_of_them"))
    return chosen


def _indented(key: str, name: str) -> str:
    """A location stands under its school."""
    deeper = "   " if len(key) > 4 else ""  # noqa: PLR2004
    return f"{deeper}{name} ({key})"
