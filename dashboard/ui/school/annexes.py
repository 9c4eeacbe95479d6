"""A product's documents as cards: the same on a phone and on a wide screen. What one chooses from is in `annex_choices.py`."""

from datetime import date
from urllib.parse import urlencode

import streamlit as st

from dashboard.annexes.history import HistoryRow, history
from dashboard.annexes.rows import AnnexRow, ProductRow, SchoolAnnexes, VersionRow
from dashboard.annexes.timeline import Phase
from dashboard.ui import differences, parts, state
from dashboard.ui.visit import visit

VIEWER_HEIGHT = 720
_PHASE_COLOUR: dict[Phase, parts.Colour] = {Phase.IN_FORCE: "green", Phase.ANNOUNCED: "blue"}


def address(path: str, key: str, day: date | None = None) -> str:
    """A route of ours for the part that was chosen: /documents/x?for=90AA&day=2026-03-05."""
    asked = {"for": key} if key else {}
    if day:
        asked["day"] = day.isoformat()
    return f"{path}?{urlencode(asked)}" if asked else path


def product(row: ProductRow, page: SchoolAnnexes, key: str) -> None:
    t = visit().t
    st.subheader(parts.plain(row.name), anchor=False)
    held = [f"{parts.plain(each.name)} ({each.key})" if each.name else each.key for each in row.holders]
    st.caption(t("annexes.held_by", holders=", ".join(held[:4]) + (" …" if len(held) > 4 else "")))  # noqa: PLR2004
    for annex in row.annexes:
        with st.container(border=True):
            _annex(annex, page, key)


def _annex(row: AnnexRow, page: SchoolAnnexes, key: str) -> None:
    t = visit().t
    sector = f" ({t(f'sector.{row.sector.value}')})" if row.sector else ""
    name = f"**{parts.plain(row.kind_name)}{sector}** {_badge(row)}"
    if row.in_force is None:
        st.markdown(f"{name}\n\n{t('annexes.missing')}")
    else:
        version(row.in_force, row.kind_name, key, row.document_id, heading=f"{name}\n\n")
        st.caption(" · ".join([*_facts(row), *_last_download(row)]))
    if row.announced:
        st.info(
            t("annexes.announced", version=row.announced.version, day=t.day(row.announced.valid_from))
            + (f"\n\n{parts.plain(row.announced.changes)}" if row.announced.changes else ""),
            icon=":material/upcoming:",
        )
        st.link_button(
            t("annexes.download_announced", version=row.announced.version),
            address(f"/documents/{row.announced.id}/file", key),
            icon=":material/download:",
            type="tertiary",
        )
    if row.document_id and state.opened(state.HISTORY) == row.document_id:
        _history(row.document_id, key, page.day)


def version(row: VersionRow, label: str, key: str = "", document_id: str | None = None, *, heading: str = "") -> None:
    """One version: what it is, its digest, read it here or take it. One element says what two would say at twice the cost."""
    t = visit().t
    st.markdown(heading + t("annexes.version", version=row.version, model=row.model_version, day=t.day(row.valid_from)))
    if row.deviation:
        st.caption(t("annexes.deviates"))
        st.text(row.deviation)
    if row.changes:
        st.caption(parts.plain(row.changes))
    shown = state.opened(state.VIEWING) == row.id
    with st.container(horizontal=True):
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
        digest = st.popover(t("annexes.digest"), icon=":material/fingerprint:", key=f"annex_digest_{row.id}", on_change="rerun")
        if digest.open:
            digest.code(row.sha256, language=None, wrap_lines=True)
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


def _badge(row: AnnexRow) -> str:
    t = visit().t
    if row.in_force is None:
        return f":orange-badge[:material/warning: {t('annexes.badge.missing')}]"
    if row.newer_in_force:
        return f":orange-badge[:material/new_releases: {t('annexes.badge.newer')}]"
    return f":green-badge[:material/check_circle: {t('annexes.badge.in_force')}]"


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
