"""Licences, agreements and memberships of a sector council, by hand."""

import streamlit as st

from dashboard.accounts.directory import BoardView
from dashboard.accounts.terms import Council
from dashboard.act import Seen
from dashboard.annexes import catalogue, licensing
from dashboard.annexes import entering as annexes_entering
from dashboard.annexes.terms import SIGNED
from dashboard.imports.terms import ImportKind
from dashboard.ui.acting import Form
from dashboard.ui.staff.entering import choose, day_of, enter, iso, period_of
from dashboard.ui.visit import visit

# As a file says them.
COUNCILS = {Council.PO_RAAD: "PO-RAAD", Council.VO_RAAD: "VO-RAAD", Council.MBO_RAAD: "MBO RAAD", Council.NONE: "GEEN"}


def new_licence(view: BoardView) -> None:
    here = visit()
    t, form = here.t, Form("new_licence", Seen(view.number))
    products = dict(here.ask(catalogue.products))
    if not products:
        st.info(t("by_hand.no_products"), icon=":material/inventory_2:")
        return
    holders = {view.number: ("BEVOEGD GEZAG NUMMER", view.name)}
    holders |= {row.brin: ("INSTELLINGSCODE", row.name) for row in view.members}
    holders |= {code: ("VESTIGINGSCODE", name) for row in view.members for code, name in row.locations}
    with st.form(form.key("new_licence"), border=False):
        product = st.selectbox(
            t("by_hand.product"), list(products), format_func=lambda key: products.get(key, key), key=form.key("licence_product")
        )
        holder = st.selectbox(
            t("by_hand.holder"),
            list(holders),
            format_func=lambda key: f"{holders[key][1]} ({key})" if key in holders else key,
            key=form.key("licence_holder"),
        )
        begin, end = day_of(form, "first_day"), day_of(form, "last_day")
        sent = form.submit(t("by_hand.enter"), "licence_submit")
    if sent and product and holder in holders:
        enter(form, ImportKind.LICENCES, {"PRODUCT": product, holders[holder][0]: holder, "VAN": iso(begin), "TOT": iso(end)})


def licence(view: BoardView) -> None:
    """Other days of one; ending it is giving it a last day."""
    here = visit()
    rows = {row.id: row for row in here.ask(licensing.licences, view.keys)}
    if not rows:
        st.info(here.t("school_register.no_licences"), icon=":material/key_off:")
        return
    names = {key: f"{row.product}, {row.holder}, {period_of(row.period)}" for key, row in rows.items()}
    chosen = choose(names, f"by_hand_licence_{view.number}", "by_hand.which_licence")
    if chosen is None:
        return
    row = rows[chosen]
    form = Form("licence", row.seen, bound=True)
    with st.form(form.key("licence"), border=False):
        begin, end = day_of(form, "first_day", row.period.begin), day_of(form, "last_day", row.period.end)
        sent = form.submit(here.t("school_register.save"), "licence_days_submit")
    form.mind()
    if sent:
        form.do("by_hand.changed", annexes_entering.change_licence, begin, end)


def agreement(view: BoardView) -> None:
    """The last day of one that was signed."""
    here = visit()
    t = here.t
    rows = {row.id: row for row in here.ask(licensing.board_agreements, view.number) if row.dvo_status in SIGNED}
    if not rows:
        st.info(t("by_hand.no_agreement"), icon=":material/contract_delete:")
        return
    names = {key: t("school_register.model", model=row.model_version) for key, row in rows.items()}
    chosen = choose(names, f"by_hand_agreement_{view.number}", "by_hand.which_agreement")
    if chosen is None:
        return
    form = Form("agreement_end", rows[chosen].seen, bound=True)
    with st.form(form.key("agreement_end"), border=False):
        day = day_of(form, "last_day", rows[chosen].ended_on)
        sent = form.submit(t("school_register.save"), "agreement_end_submit")
    form.mind()
    if sent:
        form.do("by_hand.changed", annexes_entering.end_agreement, day)


def council(view: BoardView) -> None:
    """That a board is, or was, a member of a sector council; with the same first day again it gets another last day."""
    t, form = visit().t, Form("council", Seen(view.number))
    names = {COUNCILS[each]: t(f"council.{each.value}") for each in COUNCILS}
    with st.form(form.key("council"), border=False):
        st.write(t("by_hand.council_help"))
        chosen = st.selectbox(
            t("by_hand.which_council"), list(names), format_func=lambda key: names.get(key, key), key=form.key("council_of")
        )
        begin, end = day_of(form, "first_day"), day_of(form, "last_day")
        sent = form.submit(t("school_register.save"), "council_submit")
    if sent and chosen:
        cells = {"BEVOEGD GEZAG NUMMER": view.number, "SECTORRAAD": chosen, "VAN": iso(begin), "TOT": iso(end)}
        enter(form, ImportKind.COUNCILS, cells)
