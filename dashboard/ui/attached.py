"""A file of a case for who works on it: taken along, or looked at in the page, where it runs nothing and asks for nothing."""

import streamlit as st

from dashboard.data_requests.case.rows import FileRow
from dashboard.data_requests.outgoing.uploads import VIEWED
from dashboard.i18n import Texts
from dashboard.ui import parts, state
from dashboard.ui.visit import visit

VIEWER_HEIGHT, TEXT_HEIGHT = 720, 320


def file_of(file: FileRow, t: Texts) -> None:
    """What it is for, with its download and a look at it as long as it is there."""
    if file.gone:
        st.caption(t("track.file_gone"))
        return
    label = f"{t(f'file.{file.purpose.value}')}: {t('track.download', name=file.name, size=parts.file_size(file.size, t))}"
    address, shown = f"/answers/{file.id}", state.opened(state.VIEWING) == file.id
    with st.container(horizontal=True):
        st.link_button(label, address, icon=":material/attach_file:", type="tertiary")
        if file.media_type in VIEWED:
            st.button(
                t("file.close" if shown else "file.view", name=file.name),
                key=f"file_view_{file.id}",
                icon=":material/visibility_off:" if shown else ":material/visibility:",
                type="tertiary",
                on_click=state.open_one,
                args=(state.VIEWING, None if shown else file.id),
            )
    if shown:
        _view_of(file, f"{visit().portal.settings.base_url}{address}/view", t)


def _view_of(file: FileRow, address: str, t: Texts) -> None:
    """By address, so that our own route is asked with this reader's cookie, and answers under a policy that runs nothing."""
    named = t("file.viewed", name=file.name)
    if file.media_type == "application/pdf":
        st.pdf(address, height=VIEWER_HEIGHT, key=f"file_pdf_{file.id}", alt=named)
    elif file.media_type.startswith("image/"):
        st.image(address, alt=named)
    else:
        st.iframe(address, height=TEXT_HEIGHT, alt=named)
