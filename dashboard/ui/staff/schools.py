"""Boards and schools as staff see them: search, one board with its past, and what is kept of its agreement."""

from collections.abc import Iterable
from datetime import date

import streamlit as st

from dashboard.accounts import directory, history
from dashboard.accounts.directory import BoardView, MemberRow
from dashboard.accounts.finding import find_schools
from dashboard.accounts.periods import FIRST_DAY, Period
from dashboard.accounts.terms import Governance
from dashboard.act import Seen
from dashboard.annexes import licensing
from dashboard.annexes.licensing import Agreed
from dashboard.annexes.terms import DvoStatus
from dashboard.permissions import Permission
from dashboard.ui import bound, parts
from dashboard.ui.acting import Form
from dashboard.ui.staff import by_hand, school_end
from dashboard.ui.visit import visit

LONGEST_SEARCH = 80


def search() -> str | None:
    """A board's or school's key that was looked for, from the address or the list."""
    here = visit()
    t = here.t
    totals = here.ask(directory.totals)
    numbers = {name: t.number(getattr(totals, name)) for name in ("boards", "schools", "locations")}
    st.write(t("school_register.totals", **numbers))
    bound.words("school_search", LONGEST_SEARCH)
    typed = st.text_input(t("school_register.search"), key="school_search", max_chars=LONGEST_SEARCH)
    bound.keep("school_search", typed)
    if not typed:
        return None
    found = here.ask(find_schools, typed)
    if not found:
        st.info(t("school_register.nothing"), icon=":material/search_off:")
        return None
    names = {each.key: f"{each.name} ({each.key})" for each in found}
    if len(names) == 1:
        return next(iter(names))
    chosen: str | None = st.radio(
        t("school_register.found"), list(names), format_func=lambda key: names.get(key, key), key="school_found"
    )
    return chosen


def board(key: str) -> None:
    here = visit()
    t = here.t
    number = here.ask(directory.board_of, key)
    view = here.ask(directory.board_view, number)
    st.subheader(f"{parts.plain(view.name)} ({view.number})", anchor=False)
    _merger(view)
    councils = [f"{t(f'council.{council.value}')} ({_days(period)})" for council, period in view.councils]
    own = t.day(view.covenant_signed_on) if view.covenant_signed_on else t("agreement.day_unknown")
    said = ", ".join(councils) or (
        t("agreement.covenant.own_on", day=own) if view.own_covenant else t("agreement.covenant.unknown")
    )
    st.markdown(f"**{t('agreement.covenant')}**  \n{said}")
    st.markdown(f"**{t('school_register.contact')}**")
    st.text(view.contact_email or t("school_register.no_contact"))
    _governance(view)
    _agreements(view)
    _members(view.members)
    school_end.end(view.number, view.members)
    _licences(view)
    by_hand.change(view)
    _history(view)


def _merger(view: BoardView) -> None:
    t = visit().t
    if view.merged_into:
        day = t.day(view.merged_on) if view.merged_on else ""
        st.info(t("school_register.merged", board=view.merged_into, day=day), icon=":material/merge:")
    if view.merged_from:
        st.caption(t("school_register.merged_from", boards=", ".join(view.merged_from)))


def _governance(view: BoardView) -> None:
    """Whether it decides as an administrative body: that decides where somebody goes who doesn't agree."""
    here, form = visit(), Form("governance", Seen(view.number))
    t = here.t
    words = {each.value: t(f"governance.{each.value}") for each in Governance}
    st.markdown(f"**{t('governance.title')}**  \n{words[view.governance.value]}")
    if not here.actor.may(Permission.MANAGE_SCHOOLS):
        return
    with (
        st.expander(t("governance.set"), icon=":material/edit:", key=form.place("open_governance")),
        st.form(form.key("governance"), border=False),
    ):
        st.write(t("governance.help"))
        at = list(words).index(view.governance.value)
        chosen = st.radio(
            t("governance.title"), list(words), index=at, format_func=lambda each: words[each], key=form.key("governance_of")
        )
        sent = form.submit(t("school_register.save"), "governance_submit")
    if sent:
        form.make("by_hand.changed", directory.set_governance, view.number, chosen)


def _agreements(view: BoardView) -> None:
    here = visit()
    t = here.t
    st.markdown(f"**{t('agreement.agreement')}**")
    rows = here.ask(licensing.board_agreements, view.number)
    for row in rows:
        signed = t("agreement.signed", model=row.model_version, day=t.day(row.signed_on)) if row.signed_on else ""
        model = signed or t("school_register.model", model=row.model_version)
        dvo = t(f"dvo.{row.dvo_status.value}")
        ended = t("school_register.ended", day=t.day(row.ended_on)) if row.ended_on else ""
        st.write(f"{model} {t('agreement.dvo_on', status=dvo, day=t.day(row.dvo_on)) if row.dvo_on else dvo} {ended}")
    if not rows:
        st.write(t("school_register.no_agreement"))
    if here.actor.may(Permission.MANAGE_SCHOOLS):
        _set_agreement(view.number)


def _set_agreement(number: str) -> None:
    here, form = visit(), Form("agreement", Seen(number))
    t = here.t
    models = here.ask(licensing.models)
    with (
        st.expander(t("school_register.set_agreement"), icon=":material/edit:", key=form.place("open_agreement")),
        st.form(form.key("agreement"), border=False),
    ):
        left, right = st.columns(2)
        model = left.selectbox(t("school_register.which_model"), models, key=form.key("agreement_model"))
        status = right.selectbox(
            t("school_register.status"),
            [status.value for status in DvoStatus],
            format_func=lambda each: t(f"dvo.{each}"),
            key=form.key("agreement_status"),
        )
        signed_on = _day(left, "school_register.signed_on", form.key("agreement_signed"))
        dvo_on = _day(right, "school_register.dvo_on", form.key("agreement_dvo"))
        sent = form.submit(t("school_register.save"), "agreement_submit")
    if sent and model and status:
        agreed = Agreed(model, DvoStatus(status), signed_on, dvo_on)
        form.make("school_register.saved", licensing.set_agreement, number, agreed)


def _day(where: st.delta_generator.DeltaGenerator, label: str, key: str) -> date | None:
    found = where.date_input(
        visit().t(label), value=None, min_value=FIRST_DAY, max_value=visit().today, format="DD-MM-YYYY", key=key
    )
    return found if isinstance(found, date) else None


def _members(rows: Iterable[MemberRow]) -> None:
    t = visit().t
    st.markdown(f"**{t('school_register.schools')}**")
    for row in rows:
        gone = row.period.end is not None and row.period.end < visit().today
        days = f" ({_days(row.period)})" if gone or row.period.end else ""
        st.markdown(f"{parts.plain(row.name)}, {row.brin}, {t(f'sector.{row.sector.value}')}{days}")
        if len(row.locations) > 1:
            st.caption(", ".join(f"{parts.plain(name)} ({code})" for code, name in row.locations))


def _licences(view: BoardView) -> None:
    here = visit()
    t = here.t
    rows = here.ask(licensing.licences, view.keys)
    st.markdown(f"**{t('school_register.licences')}**")
    if not rows:
        st.write(t("school_register.no_licences"))
    for row in rows:
        st.markdown(f"{parts.plain(row.product)}: {row.holder}, {_days(row.period)}")


def _history(view: BoardView) -> None:
    """What changed, the newest first."""
    here = visit()
    t, place = here.t, f"history_{view.number}"
    if not st.toggle(t("by_hand.history"), key=place):
        return
    rows = here.ask(history.history, view.keys)
    if not rows:
        st.caption(t("by_hand.no_history"))
    for row in rows:
        who = t("author.system") if row.by_name == "system" else row.by_name
        what = " ".join(part for part in (row.key, _said(row.label)) if part)
        went = f": {_said(row.before, row.what) or '-'} → {_said(row.after, row.what) or '-'}" if row.before or row.after else ""
        st.text(f"{t.moment(row.at)}  {who}\n{what}  {t(f'import.change.{row.what}')}{went}")


def _said(stored: str, what: str = "") -> str:
    """A stored value for who reads it: days as people write them, and our own words for ours."""
    t = visit().t
    families = {"governance": "governance", "dvo_status": "dvo", "sector": "sector"}
    if what in families and stored:
        return t(f"{families[what]}.{stored.lower()}")
    try:
        return t.short_day(date.fromisoformat(stored))
    except ValueError:
        return stored


def _days(period: Period) -> str:
    return parts.days(period.begin, period.end, visit().t)
