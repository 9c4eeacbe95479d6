"""A product's documents: columns on a wide screen, a few lines each on a phone. What one chooses is in `annex_choices.py`."""

from datetime import date
from urllib.parse import urlencode

import streamlit as st

from dashboard.annexes.history import HistoryRow, history
from dashboard.annexes.rows import AnnexRow, ProductRow, SchoolAnnexes, VersionRow
from dashboard.annexes.timeline import Phase
from dashboard.clock import local_day
from dashboard.ui import differences, parts, state
from dashboard.ui.visit import visit

VIEWER_HEIGHT = 720
COLUMNS = ("document", "state", "version", "since", "yours", "take")
_PHASE_COLOUR: dict[Phase, parts.Colour] = {Phase.IN_FORCE: "green", Phase.ANNOUNCED: "blue"}


def address(path: str, key: str, day: date | None = None, **others: str) -> str:
    """A route of ours for the part that was chosen: /documents/x?for=90AA&day=2026-03-05."""
    asked = ({"for": key} if key else {}) | others
    if day:
        asked["day"] = day.isoformat()
    return f"{path}?{urlencode(asked)}" if asked else path


def product(row: ProductRow, page: SchoolAnnexes, key: str) -> None:
    """Its documents under each other, in columns; what one seldom looks at opens below its row."""
    t = visit().t
    held = [f"{parts.plain(each.name)} ({each.key})" if each.name else each.key for each in row.holders]
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"annex_product_{row.slug}"):
        st.subheader(parts.plain(row.name), anchor=False, width="content")
        st.caption(t("annexes.held_by", holders=", ".join(held[:4]) + (" …" if len(held) > 4 else "")))  # noqa: PLR2004
    # One grid: a container around each row would cost as much as what is in it.
    with st.container(key=f"annexes_{row.slug}", gap=None):
        st.caption("\n\n".join(t(f"annexes.column.{name}") for name in COLUMNS))
        for annex in row.annexes:
            _annex(annex, page, key, "_".join(filter(None, (row.slug, annex.kind, annex.sector))))


def _annex(row: AnnexRow, page: SchoolAnnexes, key: str, place: str) -> None:
    t, current = visit().t, page.day == visit().today
    opened = state.opened(state.DETAILS) == place
    _name(row, place, opened=opened)
    told = [_badge(row, current=current)]
    if row.in_force:
        told += [f":gray[{said}]" for said in (row.in_force.version, t.short_day(row.in_force.valid_from), _taken(row))]
    # A paragraph each, in columns.
    st.markdown("\n\n".join(told))
    if row.in_force:
        st.link_button(
            t("annexes.download", size=parts.file_size(row.in_force.size, t)),
            address(f"/documents/{row.in_force.id}/file", key),
            icon=":material/download:",
            type="tertiary",
        )
    if row.announced:
        _announced(row.announced, key, place)
    if opened and row.in_force:
        with st.container(border=True, key=f"annex_details_{place}"):
            _details(row, row.in_force, page, key)


def _name(row: AnnexRow, place: str, *, opened: bool) -> None:
    """Of what is there: a button that opens what more there is to know."""
    sector = f" ({visit().t(f'sector.{row.sector.value}')})" if row.sector else ""
    name = f"**{parts.plain(row.kind_name)}{sector}**"
    if row.in_force is None:
        st.markdown(name)
        return
    st.button(
        name,
        key=f"annex_more_{place}",
        type="tertiary",
        icon=":material/expand_less:" if opened else ":material/expand_more:",
        on_click=state.open_one,
        args=(state.DETAILS, None if opened else place),
    )


def _announced(coming: VersionRow, key: str, place: str) -> None:
    t = visit().t
    with st.container(key=f"annex_coming_{place}", horizontal=True, vertical_alignment="center"):
        changes = f"  \n:gray[{parts.plain(coming.changes)}]" if coming.changes else ""
        said = t("annexes.announced", version=coming.version, day=t.day(coming.valid_from))
        st.markdown(f":blue[:material/upcoming: {said}]{changes}")
        label = t("annexes.download_announced", version=coming.version)
        st.link_button(label, address(f"/documents/{coming.id}/file", key), icon=":material/download:", type="tertiary")


def _details(row: AnnexRow, shown: VersionRow, page: SchoolAnnexes, key: str) -> None:
    t = visit().t
    version(shown, row.kind_name, document_id=row.document_id)
    facts = [*_facts(row), *_last_download(row)]
    st.caption(" · ".join(facts))
    st.caption(t("annexes.digest"))
    st.code(shown.sha256, language=None, wrap_lines=True)
    if row.document_id and state.opened(state.HISTORY) == row.document_id:
        _history(row.document_id, key, page.day)


def version(row: VersionRow, label: str, *, key: str = "", document_id: str | None = None, download: bool = False) -> None:
    """One version: what it is, what changed, read it here; and take it, where nothing beside it offers that."""
    t = visit().t
    st.markdown(t("annexes.version", version=row.version, model=row.model_version, day=t.day(row.valid_from)))
    if row.deviation:
        st.caption(t("annexes.deviates"))
        st.text(row.deviation)
    if row.changes:
        st.caption(parts.plain(row.changes))
    shown = state.opened(state.VIEWING) == row.id
    with st.container(horizontal=True):
        if download:
            st.link_button(
                t("annexes.download", size=parts.file_size(row.size, t)),
                address(f"/documents/{row.id}/file", key),
                icon=":material/download:",
            )
        st.button(
            t("annexes.close" if shown else "annexes.view"),
            key=f"annex_view_{row.id}",
            icon=":material/visibility_off:" if shown else ":material/visibility:",
            on_click=state.open_one,
            args=(state.VIEWING, None if shown else row.id),
        )
        if document_id:
            _history_button(document_id)
    if shown:
        # By address, so that our own route is asked, with this reader's cookie; given bytes it would be public at /media.
        st.pdf(
            f"{visit().portal.settings.base_url}/documents/{row.id}", height=VIEWER_HEIGHT, key=f"annex_pdf_{row.id}", alt=label
        )


def _facts(row: AnnexRow) -> list[str]:
    """What the annex says that one looks for most."""
    t, found = visit().t, []
    if row.countries:
        names = ", ".join(differences.country(code, t) for code in row.countries)
        found.append(t("annexes.facts_countries", countries=names))
    if row.biv:
        found.append(t("annexes.facts_biv", availability=row.biv[0], integrity=row.biv[1], confidentiality=row.biv[2]))
    return found


def _history_button(document_id: str) -> None:
    t, opened = visit().t, state.opened(state.HISTORY) == document_id
    st.button(
        t("annexes.history_close" if opened else "annexes.history"),
        key=f"annex_history_{document_id}",
        icon=":material/history:",
        type="tertiary",
        on_click=state.open_one,
        args=(state.HISTORY, None if opened else document_id),
    )


def _history(document_id: str, key: str, day: date) -> None:
    """All versions with what each changed; asked only when somebody opens it."""
    here = visit()
    rows = here.ask(history, document_id, today=max(day, here.today), language=here.t.language, key=key)
    for row in rows:
        _past(row, key)


def _past(row: HistoryRow, key: str) -> None:
    t, shown = visit().t, row.version
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{t('annexes.past', version=shown.version, model=shown.model_version)}**")
        st.badge(t(f"phase.{shown.phase.value}"), color=_PHASE_COLOUR.get(shown.phase, "gray"))
        st.link_button(t("annexes.past_download"), address(f"/documents/{shown.id}/file", key), type="tertiary")
    st.caption(parts.days(shown.valid_from, shown.valid_to, t))
    if shown.changes:
        st.caption(parts.plain(shown.changes))
    differences.shown(row.differences, t)


def _badge(row: AnnexRow, *, current: bool) -> str:
    """A past or a coming day tells only what holds then."""
    t = visit().t
    if row.in_force is None:
        return f":orange-badge[:material/pending: {t('annexes.badge.missing' if current else 'annexes.badge.not_then')}]"
    if not current:
        return f":gray-badge[:material/event: {t('annexes.badge.then')}]"
    if row.newer_in_force:
        return f":orange-badge[:material/new_releases: {t('annexes.badge.newer')}]"
    return f":green-badge[:material/check_circle: {t('annexes.badge.in_force')}]"


def _taken(row: AnnexRow) -> str:
    """In a word, which one the school has."""
    t = visit().t
    if row.last_downloaded_at is None:
        return t("annexes.taken.never")
    return t("annexes.taken.last", version=row.last_downloaded_version, day=t.short_day(local_day(row.last_downloaded_at)))


def _last_download(row: AnnexRow) -> list[str]:
    """What the school has, and what this person has: one may have taken what the other hasn't."""
    t = visit().t
    if row.last_downloaded_at is None:
        found = [t("annexes.never_downloaded")]
    else:
        found = [t("annexes.downloaded", version=row.last_downloaded_version, moment=t.moment(row.last_downloaded_at))]
    if row.my_last_at and row.my_last_at != row.last_downloaded_at:
        found.append(t("annexes.downloaded_by_you", version=row.my_last_version, moment=t.moment(row.my_last_at)))
    return found
