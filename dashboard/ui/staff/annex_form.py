"""Writing a version: number, model, days; its content as data or as a PDF. Every save makes the PDF that schools would get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from dashboard.accounts.terms import Sector
from dashboard.annexes import catalogue, drafting
from dashboard.annexes.catalogue import VersionView
from dashboard.annexes.drafting import NewVersion
from dashboard.annexes.terms import Structure
from dashboard.errors import NotAllowedError, NotFoundError
from dashboard.permissions import Permission
from dashboard.rows import row_of
from dashboard.ui import chosen_files, parts, state
from dashboard.ui.acting import Form
from dashboard.ui.staff import annex_sections
from dashboard.ui.visit import visit


@dataclass(frozen=True, slots=True)
class Defaults:
    """What stands in the form when it opens."""

    version: str = ""
    model_version: str = "4.0"
    valid_from: date | None = None
    review_on: date | None = None
    changes_nl: str = ""
    changes_en: str = ""
    deviation_reason: str = ""
    content: Mapping[str, Any] | None = None
    has_file: bool = False


def new(product: str, kind_key: str, sector_key: str) -> None:
    """Begin a version; what the newest one says is filled in."""
    here = visit()
    t = here.t
    if not here.actor.may(Permission.DRAFT_ANNEX):
        raise NotAllowedError
    kinds = {key: (name, structure) for key, name, _, structure in here.ask(catalogue.kinds, t.language)}
    names = dict(here.ask(catalogue.products))
    if kind_key not in kinds or (product and product not in names) or (sector_key and sector_key not in set(Sector)):
        raise NotFoundError(kind_key)
    sector = Sector(sector_key) if sector_key else None
    name, structure = kinds[kind_key]
    st.title(t("annex.new", kind=parts.plain(name), product=parts.plain(names.get(product, ""))), anchor=False)
    content = here.ask(catalogue.latest_content, product, kind_key, sector) if product else None
    form = Form("annex_new")
    typed = fields(form, "new", structure, Defaults(content=content))
    if typed is None:
        return
    attempt = here.attempt(drafting.draft, product or None, kind_key, sector, typed)
    if attempt.done:
        state.leave_notice(t("annex.saved"))
        st.switch_page(here.pages["staff/annex.py"], query_params={"version": str(attempt.result)})
    form.refuse(attempt.refusal)


def edit(view: VersionView) -> None:
    """Go on with a draft."""
    form = Form("annex_edit", view.seen, bound=True)
    form.mind()
    typed = fields(
        form,
        "edit",
        view.structure,
        row_of(Defaults, view, has_file=bool(view.sha256)),
    )
    if typed is not None:
        form.do("annex.saved", drafting.revise, typed)


def fields(form: Form, name: str, structure: Structure | None, given: Defaults) -> NewVersion | None:
    """The form; what was filled in when it was sent, else None."""
    t, key = visit().t, form.key(name)
    as_data = False
    if structure:
        ways = ["data", "pdf"]
        way = st.radio(
            t("annex.way"),
            ways,
            index=1 if given.has_file and given.content is None else 0,
            horizontal=True,
            format_func=lambda each: t(f"annex.way.{each}"),
            key=f"{key}_way",
        )
        as_data = way == "data"
    with st.form(form.key("annex")):
        form.top()
        about = _about(form, key, given)
        file, content = None, None
        if as_data and structure:
            content = annex_sections.fields(structure, given.content or {}, key, form.at)
        else:
            file = chosen_files.uploader(t("annex.file"), type=["pdf"], key=f"{key}_file", help=t("annex.file_help"))
            form.at("file")
        sent = form.submit(t("annex.save"), f"{name}_submit", type="primary")
    if not sent:
        return None
    return NewVersion(**about, content=content, file=file.getvalue() if file else None)


def _about(form: Form, key: str, given: Defaults) -> dict[str, Any]:
    """Number, model, days, what changed, and whether it deviates from the model."""
    t = visit().t
    left, right = st.columns(2)
    area = partial(st.text_area, max_chars=2000, height=80)
    typed: dict[str, Any] = {}
    with left:
        typed["version"] = st.text_input(t("annex.version"), value=given.version, key=f"{key}_version", max_chars=20)
        form.at("version")
        typed["valid_from"] = st.date_input(
            t("annex.valid_from"), given.valid_from, key=f"{key}_from", help=t("annex.valid_from_help"), format="DD-MM-YYYY"
        )
        form.at("valid_from")
    with right:
        typed["model_version"] = st.text_input(t("annex.model"), value=given.model_version, key=f"{key}_model", max_chars=10)
        form.at("model_version")
        typed["review_on"] = st.date_input(
            t("annex.review_on"), given.review_on, key=f"{key}_review", help=t("annex.review_help"), format="DD-MM-YYYY"
        )
        form.at("review_on")
    typed["changes_nl"] = area(t("annex.changes_nl"), value=given.changes_nl, key=f"{key}_nl")
    form.at("changes_nl")
    typed["changes_en"] = area(t("annex.changes_en"), value=given.changes_en, key=f"{key}_en")
    form.at("changes_en")
    typed["deviation_reason"] = area(
        t("annex.deviation"), value=given.deviation_reason, key=f"{key}_reason", help=t("annex.deviation_help")
    )
    form.at("deviation_reason")
    return {**typed, "deviates": bool(typed["deviation_reason"].strip())}
