"""Open documents by product, and a product by itself: what its annexes say. Nothing here says who has a licence."""

from collections.abc import Mapping, Sequence
from itertools import groupby

import streamlit as st

from dashboard.annexes import asking, opened
from dashboard.annexes.catalogue import product_names
from dashboard.annexes.opened import OpenAnnex, OpenDocument, OpenProduct, OpenVersion
from dashboard.annexes.timeline import Phase
from dashboard.errors import NotFoundError
from dashboard.ui import identity, parts
from dashboard.ui.acting import Form
from dashboard.ui.folds import fold
from dashboard.ui.visit import visit

# What a parent or a board asks first; the rest stands behind it.
FIRST = ("about", "data", "purposes", "subprocessors", "storage", "transfers", "retention", "measures", "certificates", "rows")
LEVELS = frozenset({"availability", "integrity", "confidentiality"})


def asked() -> OpenProduct | None:
    """The product in the address; one that isn't open is none."""
    here, slug = visit(), st.query_params.get("product", "")
    try:
        return here.ask(opened.open_product, slug, here.t.language) if slug else None
    except NotFoundError:
        st.warning(here.t("documents.no_product"), icon=":material/folder_off:")
        return None


def show() -> None:
    here = visit()
    rows = here.ask(opened.open_documents, here.t.language)
    if not rows:
        st.info(here.t("documents.empty"), icon=":material/folder_open:")
    for (product, slug), found in groupby(rows, key=lambda row: (row.product, row.slug)):
        st.subheader(parts.plain(product) if product else here.t("documents.general"), anchor=False)
        if slug:
            parts.go_here(here.t("documents.all_about", product=product), f"documents_{slug}", product=slug)
        for row in found:
            _document(row)


def product(shown: OpenProduct) -> None:
    """What applies of a product, section by section, and what applied before."""
    t = visit().t
    parts.go_here(t("documents.back"), "documents_back")
    if not shown.annexes:
        st.info(t("documents.empty"), icon=":material/folder_open:")
    for annex in shown.annexes:
        sector = f" ({t(f'sector.{annex.sector.value}')})" if annex.sector else ""
        st.subheader(parts.plain(f"{annex.kind}{sector}"), anchor=False)
        _annex(annex, f"{annex.kind}{sector}")


def ask() -> None:
    """For who looks for something else."""
    here, form = visit(), Form("document_ask")
    t, names = here.t, here.ask(product_names)
    place = fold(t("documents.ask"), key="open_document_ask", icon=":material/contact_support:")
    if place is None:
        return
    with place:
        st.write(t("documents.ask_help"))
        with st.form(form.key("document_ask"), border=False):
            form.top()
            slug = st.selectbox(
                t("request.what.product"),
                list(names),
                index=None,
                format_func=lambda each: names.get(each, each),
                placeholder=t("documents.ask_any"),
                key=form.key("document_product"),
            )
            wanted = st.text_area(t("documents.ask_wanted"), key=form.key("document_wanted"))
            form.at("wanted")
            email = st.text_input(t("request.contact.email"), key=form.key("document_email"), autocomplete="email")
            form.at("email")
            sent = form.submit(t("documents.ask_send"), "document_submit", type="primary")
        if sent:
            form.make("documents.asked", asking.ask_for, slug or "", wanted, email, address=identity.read_address())


def _document(row: OpenDocument) -> None:
    t = visit().t
    with st.container(border=True):
        st.markdown(f"**{parts.plain(row.kind)}**")
        st.write(t("documents.version", version=row.version, model=row.model_version, day=t.day(row.valid_from)))
        _download(row.kind, row.id, row.size)


def _download(kind: str, version_id: str, size: int) -> None:
    t = visit().t
    label = t("documents.download", kind=kind, size=parts.file_size(size, t))
    st.link_button(label, f"/open-documents/{version_id}.pdf", icon=":material/download:")


def _annex(annex: OpenAnnex, name: str) -> None:
    t = visit().t
    if annex.valid_from:
        st.write(t("documents.now", version=annex.version, day=t.day(annex.valid_from)))
        _download(name, annex.id, annex.size)
    else:
        st.write(t("documents.not_now"))
    sections = dict(annex.sections)
    _sections({section: sections[section] for section in FIRST if section in sections})
    rest = {section: lines for section, lines in sections.items() if section not in FIRST}
    place = fold(t("documents.more", kind=name), key=f"open_documents_{annex.versions[0].version}_{name}") if rest else None
    if place is not None:
        with place:
            _sections(rest)
    st.markdown(f"**{t('documents.history', kind=parts.plain(name))}**")
    st.markdown("\n".join(_version(each) for each in annex.versions))


def _sections(sections: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    t = visit().t
    for section, lines in sections.items():
        told = [_line(section, *line) for line in lines] or [t("documents.none")]
        body = "\n".join(f"- {line}" for line in told) if len(told) > 1 else told[0]
        st.markdown(f"**{t(f'section.{section}')}**\n\n{body}")


def _line(section: str, about: str, said: str) -> str:
    if section in LEVELS:
        return visit().t(f"level.{said}")
    return f"*{parts.plain(about)}*: {parts.plain(said)}" if about else parts.plain(said)


def _version(each: OpenVersion) -> str:
    t = visit().t
    coming = each.phase is Phase.ANNOUNCED
    days = t("documents.from", day=t.day(each.valid_from)) if coming else parts.days(each.valid_from, each.valid_to, t)
    said = f"  \n  {parts.plain(each.changes)}" if each.changes else ""
    return f"- **{parts.plain(each.version)}** ({t(f'phase.{each.phase.value}')}): {days}{said}"
