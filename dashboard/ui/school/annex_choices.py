"""What one chooses on the page of annexes: for which part of the board, on which day, and which of them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

import streamlit as st

from dashboard.accounts.terms import Sector
from dashboard.annexes.filters import AnnexFilters, Summary, choices, summarised
from dashboard.annexes.rows import PlaceRow, ProductRow
from dashboard.notices.queries import notices
from dashboard.ui import bound, differences, parts
from dashboard.ui.folds import menu
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
    place = menu(t("annexes.filters"), icon=":material/filter_list:", key="open_annex_filters")
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
    place = menu(t("annexes.exports"), icon=":material/table_view:", key="open_annex_exports")
    if place is None:
        return
    with place:
        st.write(t("annexes.exports_text"))
        with st.container(horizontal=True):
            st.link_button(t("annexes.export_register_csv"), address("/exports/register.csv", key, day))
            st.link_button(t("annexes.export_register_xlsx"), address("/exports/register.xlsx", key, day))
            st.link_button(t("annexes.export_dpia_xlsx"), address("/exports/dpia.xlsx", key, day))


def to_do(rows: Sequence[ProductRow], key: str, day: date) -> AnnexFilters:
    """What there is to do now, before what there is to read; then all of it in one file, and what is chosen from it."""
    here, summary = visit(), summarised(rows)
    t, today = here.t, day == here.today
    with st.container(border=True, key="to_do"):
        if today:
            st.markdown("  \n".join(_news(summary)))
            _to_object({row.slug for row in rows})
        with st.container(horizontal=True, vertical_alignment="center"):
            # Where everything is new nothing is left out: then one button says it all.
            some_new = today and 0 < summary.new < summary.in_force
            if some_new:
                new = address("/documents/all.zip", key, new="1")
                st.link_button(t("annexes.new"), new, type="primary", icon=":material/new_releases:")
            everything = address("/documents/all.zip", key, day)
            kind: Literal["primary", "secondary"] = "primary" if today and summary.new and not some_new else "secondary"
            st.link_button(t("annexes.all"), everything, type=kind, icon=":material/folder_zip:")
            wanted = filters(rows)
            exports(key, day)
            # Our script presses it after something was taken: what was downloaded is told at once.
            with st.container(key="after_download", width="content"):
                st.button(t("annexes.again"), key="annexes_again", type="tertiary", icon=":material/refresh:")
        st.caption(t("annexes.all_help"))
    return wanted


def _news(summary: Summary) -> Iterator[str]:
    t = visit().t
    if summary.new:
        told = "annexes.to_do.new" if summary.new < summary.in_force else "annexes.to_do.first"
        yield f":orange[:material/new_releases:] {t.count(told, summary.new)}"
    elif summary.in_force:
        yield f":green[:material/task_alt:] {t('annexes.to_do.none')}"
    if summary.announced:
        yield f":blue[:material/upcoming:] {t.count('annexes.to_do.announced', summary.announced)}"
    if summary.missing:
        yield f":gray[:material/pending:] {t.count('annexes.to_do.missing', summary.missing)}"


def _to_object(products: Collection[str]) -> None:
    """What one's board may object to, and until when; of what is looked at."""
    here = visit()
    for row in here.ask(notices):
        if row.notice.product_slug not in products or row.notice.withdrawn:
            continue
        if row.objection is None and here.today <= row.object_until:
            label = here.t("annexes.to_do.object", product=parts.plain(row.notice.product), day=here.t.day(row.object_until))
            st.page_link(here.pages["school/notices.py"], label=label, icon=":material/gavel:")


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
