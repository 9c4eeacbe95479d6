"""Changing the register by hand, for an administrator: first what, then one form for it."""

from collections.abc import Callable

import streamlit as st

from dashboard.accounts import entering
from dashboard.accounts.directory import BoardView, MemberRow
from dashboard.accounts.terms import Sector
from dashboard.accounts.towns import LONGEST_TOWN
from dashboard.act import Seen
from dashboard.errors import InvalidInputError
from dashboard.imports.terms import ImportKind
from dashboard.permissions import Permission
from dashboard.ui import parts
from dashboard.ui.acting import Form
from dashboard.ui.staff import by_hand_held
from dashboard.ui.staff.entering import choose, day_of, enter, iso, period_of
from dashboard.ui.visit import visit

LONGEST = 200


def new_board() -> None:
    """For whoever looks at no board yet."""
    here = visit()
    t, form = here.t, Form("new_board")
    if not here.actor.may(Permission.MANAGE_SCHOOLS):
        return
    with (
        st.expander(t("by_hand.new_board"), icon=":material/add:", key="open_new_board"),
        st.form("new_board", border=False),
    ):
        number = st.text_input(t("by_hand.board_number"), key=form.key("new_board_number"), max_chars=5)
        name = st.text_input(t("by_hand.name"), key=form.key("new_board_name"), max_chars=LONGEST)
        contact = st.text_input(t("by_hand.contact"), key=form.key("new_board_contact"), max_chars=254)
        sent = form.submit(t("by_hand.enter"), "new_board_submit")
    if sent:
        cells = {"BEVOEGD GEZAG NUMMER": number, "BEVOEGD GEZAG NAAM": name, "PRIVACYCONTACT": contact}
        enter(form, ImportKind.BOARDS, cells)


def change(view: BoardView) -> None:
    here = visit()
    t = here.t
    if not here.actor.may(Permission.MANAGE_SCHOOLS):
        return
    with st.expander(t("by_hand.title"), icon=":material/edit:", key=f"open_by_hand_{view.number}"):
        chosen = st.selectbox(
            t("by_hand.what"),
            list(ACTIONS),
            index=None,
            format_func=lambda name: t(f"by_hand.{name}"),
            key=f"by_hand_what_{view.number}",
            placeholder=t("choose"),
        )
        if chosen in ACTIONS:
            ACTIONS[chosen](view)


def _board(view: BoardView) -> None:
    t, form = visit().t, Form("board", view.seen, bound=True)
    with st.form(form.key("board"), border=False):
        name = st.text_input(t("by_hand.name"), value=view.name, key=form.key("board_name"), max_chars=LONGEST)
        contact = st.text_input(t("by_hand.contact"), value=view.contact_email, key=form.key("board_contact"), max_chars=254)
        sent = form.submit(t("school_register.save"), "board_submit")
    form.mind()
    if sent:
        form.do("by_hand.changed", entering.change_board, name, contact)


def _new_school(view: BoardView) -> None:
    t, form = visit().t, Form("new_school", Seen(view.number))
    with st.form(form.key("new_school"), border=False):
        brin = st.text_input(t("by_hand.brin"), key=form.key("new_school_brin"), max_chars=4)
        name = st.text_input(t("by_hand.name"), key=form.key("new_school_name"), max_chars=LONGEST)
        sector = _sector(form)
        begin = day_of(form, "since")
        sent = form.submit(t("by_hand.enter"), "new_school_submit")
    if sent:
        cells = {"BEVOEGD GEZAG NUMMER": view.number, "INSTELLINGSCODE": brin, "INSTELLINGSNAAM": name, "SECTOR": sector}
        enter(form, ImportKind.SCHOOLS, cells | {"INGANGSDATUM": iso(begin or visit().today)})


def _new_location(view: BoardView) -> None:
    t, form = visit().t, Form("new_location", Seen(view.number))
    with st.form(form.key("new_location"), border=False):
        row = _member(view, form, "location")
        code = st.text_input(t("by_hand.location_code"), key=form.key("location_code"), max_chars=6)
        name = st.text_input(t("by_hand.name"), key=form.key("location_name"), max_chars=LONGEST)
        where = st.text_input(t("by_hand.town"), key=form.key("location_town"), max_chars=LONGEST_TOWN)
        sector = _sector(form)
        sent = form.submit(t("by_hand.enter"), "new_location_submit")
    if sent and row is None:
        parts.refused(InvalidInputError({"school": "invalid.by_hand_school"}), t)
    elif sent and row:
        cells = {"BEVOEGD GEZAG NUMMER": view.number, "INSTELLINGSCODE": row.brin, "INSTELLINGSNAAM": row.name, "SECTOR": sector}
        enter(form, ImportKind.SCHOOLS, cells | {"VESTIGINGSCODE": code, "VESTIGINGSNAAM": name, "PLAATSNAAM": where})


def _place(view: BoardView) -> None:
    """Name and sector of a school or of one of its locations."""
    here = visit()
    t = here.t
    names = {row.brin: row.name for row in view.members} | dict(each for row in view.members for each in row.locations)
    chosen = choose(names, f"by_hand_place_{view.number}", "by_hand.which_place")
    if chosen is None:
        return
    shown = here.ask(entering.place, chosen)
    form = Form("place", shown.seen, bound=True)
    st.caption(t("by_hand.place_help"))
    with st.form(form.key("place"), border=False):
        name = st.text_input(t("by_hand.name"), value=shown.name, key=form.key("place_name"), max_chars=LONGEST)
        where = shown.town
        if shown.is_location:
            where = st.text_input(t("by_hand.town"), value=where, key=form.key("place_town"), max_chars=LONGEST_TOWN)
        sector = _sector(form, shown.sector)
        sent = form.submit(t("school_register.save"), "place_submit")
    form.mind()
    if sent:
        form.do("by_hand.changed", entering.change_place, name, sector, where)


def _membership(view: BoardView) -> None:
    """The days on which a school is of this board."""
    here = visit()
    rows = {row.id: row for row in view.members}
    names = {key: f"{row.name}, {period_of(row.period)}" for key, row in rows.items()}
    chosen = choose(names, f"by_hand_member_{view.number}", "by_hand.which_school")
    if chosen is None:
        return
    form = Form("membership", rows[chosen].seen, bound=True)
    with st.form(form.key("membership"), border=False):
        begin, end = day_of(form, "first_day", rows[chosen].period.begin), day_of(form, "last_day", rows[chosen].period.end)
        sent = form.submit(here.t("school_register.save"), "membership_submit")
    form.mind()
    if sent:
        form.do("by_hand.changed", entering.change_membership, begin, end)


def _move(view: BoardView) -> None:
    """A school to another board."""
    t = visit().t
    # The last membership of each, also one that has its end: it may go elsewhere before, or come back after.
    last = {row.brin: row for row in sorted(view.members, key=lambda row: row.period.begin)}
    rows = {row.id: row for row in last.values()}
    chosen = choose({key: row.name for key, row in rows.items()}, f"by_hand_move_{view.number}", "by_hand.which_school")
    if chosen is None:
        return
    row = rows[chosen]
    form = Form("move", row.seen)
    with st.form(form.key("move"), border=False):
        number = st.text_input(t("by_hand.to_board"), key=form.key("move_to"), max_chars=5)
        day = day_of(form, "since")
        sent = form.submit(t("by_hand.do_move"), "move_submit")
    if sent:
        cells = {"BEVOEGD GEZAG NUMMER": number, "INSTELLINGSCODE": row.brin, "INSTELLINGSNAAM": row.name}
        cells |= {"SECTOR": row.sector.value, "INGANGSDATUM": iso(day or visit().today)}
        enter(form, ImportKind.SCHOOLS, cells, row.seen)


def _merge(view: BoardView) -> None:
    """The board into another one; its schools go along."""
    t, form = visit().t, Form("merge", view.seen)
    with st.form(form.key("merge"), border=False):
        st.write(t("by_hand.merge_help"))
        number = st.text_input(t("by_hand.to_board"), key=form.key("merge_to"), max_chars=5)
        day = day_of(form, "since")
        sent = form.submit(t("by_hand.do_merge"), "merge_submit")
    if sent:
        cells = {"BEVOEGD GEZAG NUMMER": view.number, "OPGEGAAN IN": number, "PER": iso(day)}
        enter(form, ImportKind.MERGERS, cells, view.seen)


def _sector(form: Form, value: Sector | None = None) -> str:
    """As a file would say it."""
    t = visit().t
    listed = [each.value for each in Sector]
    chosen = st.selectbox(
        t("by_hand.sector"),
        listed,
        index=listed.index(value.value) if value else None,
        format_func=lambda each: t(f"sector.{each}"),
        key=form.key(f"{form.name}_sector"),
        placeholder=t("choose"),
    )
    return chosen or ""


def _member(view: BoardView, form: Form, name: str) -> MemberRow | None:
    today = visit().today
    rows = {row.brin: row for row in view.members if row.period.end is None or row.period.end >= today}
    chosen = st.selectbox(
        visit().t("by_hand.which_school"),
        list(rows),
        format_func=lambda key: f"{rows[key].name} ({key})" if key in rows else key,
        key=form.key(f"{name}_school"),
    )
    return rows.get(chosen or "")


ACTIONS: dict[str, Callable[[BoardView], None]] = {
    "board": _board,
    "new_school": _new_school,
    "new_location": _new_location,
    "place": _place,
    "membership": _membership,
    "move": _move,
    "merge": _merge,
    "new_licence": by_hand_held.new_licence,
    "licence": by_hand_held.licence,
    "agreement": by_hand_held.agreement,
    "council": by_hand_held.council,
}
