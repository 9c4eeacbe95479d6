"""A product's documents as cards: the same on a phone and on a wide screen."""

import streamlit as st

from dashboard.annexes.rows import AnnexRow, ProductRow, VersionRow
from dashboard.ui import parts, state
from dashboard.ui.here import here

VIEWER_HEIGHT = 720


def product(row: ProductRow) -> None:
    st.subheader(row.name, anchor=False)
    for annex in row.annexes:
        with st.container(border=True):
            _annex(annex)


def _annex(row: AnnexRow) -> None:
    t = here().t
    with st.container(horizontal=True, vertical_alignment="center"):
        sector = f" ({t(f'sector.{row.sector.value}')})" if row.sector else ""
        st.markdown(f"**{row.kind_name}{sector}**")
        _badge(row)
    if row.in_force is None:
        st.write(t("annexes.missing"))
    else:
        version(row.in_force, row.kind_name)
        _last_download(row)
    if row.announced:
        st.write(t("annexes.announced", version=row.announced.version, day=t.day(row.announced.valid_from)))
        if row.announced.changes:
            st.caption(row.announced.changes)
        st.link_button(
            t("annexes.download_announced", version=row.announced.version),
            f"/documents/{row.announced.id}/file",
            icon=":material/download:",
            type="tertiary",
        )


def version(row: VersionRow, label: str) -> None:
    """One version: what it is, its digest, read it here or take it."""
    t = here().t
    st.write(t("annexes.version", version=row.version, model=row.model_version, day=t.day(row.valid_from)))
    if row.changes:
        st.caption(row.changes)
    shown = state.viewing() == row.id
    with st.container(horizontal=True):
        st.link_button(
            t("annexes.download", size=parts.file_size(row.size, t)), f"/documents/{row.id}/file", icon=":material/download:"
        )
        st.button(
            t("annexes.close" if shown else "annexes.view"),
            key=f"annex_view_{row.id}",
            icon=":material/visibility_off:" if shown else ":material/visibility:",
            on_click=state.view,
            args=(None if shown else row.id,),
        )
        with st.popover(t("annexes.digest"), icon=":material/fingerprint:"):
            st.code(row.sha256, language=None, wrap_lines=True)
    if shown:
        # By address, so that our own route is asked, with this reader's cookie; given bytes it would be public at /media.
        st.pdf(
            f"{here().portal.settings.base_url}/documents/{row.id}", height=VIEWER_HEIGHT, key=f"annex_pdf_{row.id}", alt=label
        )


def _badge(row: AnnexRow) -> None:
    t = here().t
    if row.in_force is None:
        st.badge(t("annexes.badge.missing"), icon=":material/warning:", color="orange")
    elif row.newer_in_force:
        st.badge(t("annexes.badge.newer"), icon=":material/new_releases:", color="orange")
    else:
        st.badge(t("annexes.badge.in_force"), icon=":material/check_circle:", color="green")


def _last_download(row: AnnexRow) -> None:
    t = here().t
    if row.last_downloaded_at is None:
        st.caption(t("annexes.never_downloaded"))
    else:
        st.caption(t("annexes.downloaded", version=row.last_downloaded_version, moment=t.moment(row.last_downloaded_at)))
