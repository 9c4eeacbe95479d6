"""The catalogue as a list: what needs attention on top, then every document with its versions."""

from collections.abc import Sequence

import streamlit as st

from dashboard.accounts.terms import Sector
from dashboard.act import Seen
from dashboard.annexes import catalogue, drafting, opened
from dashboard.annexes.catalogue import CatalogueRow, ShortVersion
from dashboard.annexes.completeness import WorryRow
from dashboard.annexes.timeline import Phase
from dashboard.permissions import Permission
from dashboard.ui import parts
from dashboard.ui.acting import Form
from dashboard.ui.visit import visit

PHASE_COLOUR: dict[Phase | None, parts.Colour] = {Phase.IN_FORCE: "green", Phase.ANNOUNCED: "blue", None: "orange"}


def attention(rows: Sequence[WorryRow]) -> None:
    """The completeness check: one line for each thing that somebody must do."""
    t = visit().t
    if not rows:
        st.success(t("catalogue.complete"), icon=":material/task_alt:")
        return
    with st.container(border=True):
        st.markdown(f"**{t.count('catalogue.attention', len(rows))}**")
        for row in rows:
            sector = f" ({t(f'sector.{row.sector.value}')})" if row.sector else ""
            day = t.day(row.day) if row.day else ""
            about = {"product": parts.plain(row.product), "what": parts.plain(row.what) + sector, "day": day}
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f":material/warning: {t(f'worry.{row.worry.value}', **about)}")
                if row.version_id:
                    _link(row.version_id, t("catalogue.open"))


def begin() -> None:
    """A new version of a document, or a new product."""
    here = visit()
    t = here.t
    with st.expander(t("catalogue.begin"), icon=":material/add:", key="open_begin"):
        products = dict(here.ask(catalogue.products))
        kinds = {key: (name, locked) for key, name, locked, _ in here.ask(catalogue.kinds, t.language)}
        kind = st.selectbox(t("catalogue.kind"), list(kinds), format_func=lambda key: kinds[key][0], key="begin_kind")
        left, right = st.columns(2)
        product = sector = None
        if kind and not kinds[kind][1]:
            product = left.selectbox(
                t("catalogue.product"), list(products), format_func=lambda slug: products.get(slug, slug), key="begin_product"
            )
            sector = right.selectbox(
                t("catalogue.sector"),
                [each.value for each in Sector],
                index=None,
                format_func=lambda each: t(f"sector.{each}"),
                key="begin_sector",
                placeholder=t("catalogue.all_sectors"),
            )
        if st.button(t("catalogue.begin_button"), type="primary", key="begin_submit"):
            asked = {"kind": kind or "", "product": product or "", "sector": sector or ""}
            st.switch_page(visit().pages["staff/annex.py"], query_params={name: value for name, value in asked.items() if value})
        _new_product()


def _new_product() -> None:
    t, form = visit().t, Form("new_product")
    with st.form("new_product"):
        st.markdown(f"**{t('catalogue.new_product')}**")
        left, right = st.columns(2)
        name = left.text_input(t("catalogue.product_name"), key=form.key("product_name"), max_chars=drafting.LONGEST_NAME)
        slug = right.text_input(
            t("catalogue.product_slug"), key=form.key("product_slug"), max_chars=60, help=t("catalogue.slug_help")
        )
        sent = form.submit(t("catalogue.add_product"), "product_submit")
    if sent:
        form.make("catalogue.product_added", drafting.add_product, slug.strip(), name)


def public() -> None:
    """Which products' documents anybody may have, on the page of documents."""
    here = visit()
    t, names = here.t, dict(here.ask(catalogue.products))
    open_now = set(here.ask(opened.public_products))
    with st.expander(t("catalogue.public", number=len(open_now)), icon=":material/public:", key="open_public"):
        st.write(t("catalogue.public_help"))
        for slug, name in names.items():
            form = Form("public", Seen(slug))
            if not here.actor.may(Permission.PUBLISH_ANNEX):
                st.write(f"{parts.plain(name)}: {t('catalogue.is_public' if slug in open_now else 'catalogue.is_closed')}")
                continue
            wanted = form.checkbox(parts.plain(name), f"product_public_{slug in open_now}", value=slug in open_now)
            if wanted is not (slug in open_now):
                form.do("catalogue.public_saved", opened.set_public, is_public=wanted)


def documents(rows: Sequence[CatalogueRow]) -> None:
    t = visit().t
    shown = ""
    for row in rows:
        if row.product != shown or row is rows[0]:
            st.subheader(parts.plain(row.product) or t("catalogue.general"), anchor=False)
            shown = row.product
        with st.container(border=True):
            sector = f" ({t(f'sector.{row.sector.value}')})" if row.sector else ""
            lock = ":material/lock: " if row.locked else ""
            st.markdown(f"**{lock}{parts.plain(row.kind_name)}{sector}**")
            if row.locked:
                st.caption(t("catalogue.locked"))
            for version in row.versions:
                _version(version)


def _version(row: ShortVersion) -> None:
    t = visit().t
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("annexes.past", version=row.version, model=row.model_version))
        said = f"phase.{row.phase.value}" if row.phase else "catalogue.offered" if row.offered else "catalogue.draft"
        st.badge(t(said), color=PHASE_COLOUR.get(row.phase, "gray"))
        st.caption(t("catalogue.from", day=t.short_day(row.valid_from)))
        _link(row.id, t("catalogue.open"))


def _link(version_id: str, label: str) -> None:
    st.page_link(visit().pages["staff/annex.py"], label=label, query_params={"version": version_id})
