"""Open documents by product, each with its day and its PDF. Nothing here says who has a licence."""

from itertools import groupby

import streamlit as st

from dashboard.annexes import opened
from dashboard.annexes.opened import OpenDocument
from dashboard.ui import parts
from dashboard.ui.visit import visit


def show() -> None:
    here = visit()
    rows = here.ask(opened.open_documents, here.t.language)
    if not rows:
        st.info(here.t("documents.empty"), icon=":material/folder_open:")
    for product, found in groupby(rows, key=lambda row: row.product):
        st.subheader(parts.plain(product) if product else here.t("documents.general"), anchor=False)
        for row in found:
            _document(row)


def _document(row: OpenDocument) -> None:
    t = visit().t
    with st.container(border=True):
        st.markdown(f"**{parts.plain(row.kind)}**")
        st.write(t("documents.version", version=row.version, model=row.model_version, day=t.day(row.valid_from)))
        label = t("documents.download", kind=row.kind, size=parts.file_size(row.size, t))
        st.link_button(label, f"/open-documents/{row.id}.pdf", icon=":material/download:")
