"""Breaches on a page: the clock first, then one at a time what is asked next."""

from datetime import date, datetime, time

import streamlit as st

from dashboard.clock import AMSTERDAM, local_day
from dashboard.i18n import Language, Texts
from dashboard.oversight import breaches, trail
from dashboard.oversight.breaches import BreachView
from dashboard.oversight.drafts import AUTHORITY, PEOPLE, draft
from dashboard.oversight.terms import Risk
from dashboard.oversight.tracing import Traced, trace
from dashboard.permissions import Permission, Role
from dashboard.ui.acting import Form
from dashboard.ui.staff.audit import FIRST_DAY
from dashboard.ui.visit import visit

LONGEST = breaches.LONGEST
SOON_HOURS = 24
# Who of ours isn't a person.
_ROLES = (Role.SCHOOL, Role.SCHOOL_SYSTEM, Role.REQUESTER, Role.VISITOR)


def listed() -> None:
    here = visit()
    rows = here.ask(breaches.breaches)
    if not rows:
        st.info(here.t("breach.none"))
    for row in rows:
        with st.expander(_heading(row), expanded=row.closed_at is None, key=f"open_breach_{row.id}"):
            _one(row)


def new() -> None:
    """Note one: the clock runs from when it was noticed, not from when it is written down."""
    here = visit()
    if not here.actor.may(Permission.HANDLE_BREACH):
        return
    t, form = here.t, Form("breach_new")
    with (
        st.expander(t("breach.new"), icon=":material/add_alert:", key="open_breach_new"),
        st.form(form.key("breach_new"), border=False),
    ):
        moment = _moment(form, "breach_noticed", t("breach.noticed"))
        said = st.text_area(
            t("breach.happened"), key=form.key("breach_happened"), max_chars=LONGEST, help=t("breach.happened_help")
        )
        sent = form.submit(t("breach.note"), "breach_note", type="primary")
    if sent:
        form.make("breach.noted", breaches.note, moment, said)


def _heading(row: BreachView) -> str:
    t = visit().t
    return f"{t('breach.number', number=row.number)} · {t('breach.closed') if row.closed_at else _clock(row)}"


def _clock(row: BreachView) -> str:
    here = visit()
    t = here.t
    if not row.waits_for_authority:
        return t("breach.told_authority")
    hours = int((row.tell_by - here.now).total_seconds() // 3600)
    return t("breach.too_late") if hours < 0 else t.count("breach.hours_left", hours)


def _one(row: BreachView) -> None:
    here = visit()
    t = here.t
    if row.waits_for_authority:
        said = t("breach.tell_by", at=t.moment(row.tell_by))
        (st.error if row.tell_by < here.now else st.warning)(said, icon=":material/timer:")
    st.caption(t("breach.noticed_on", at=t.moment(row.noticed_at)))
    st.text(row.happened)
    for name in ("effects", "measures"):
        if text := getattr(row, name):
            st.markdown(f"**{t(f'breach.{name}')}**")
            st.text(text)
    st.markdown(f"**{t('breach.risk')}**: {t(f'breach.risk.{row.risk.value}')}")
    _told(row, t)
    traced = _traced(row)
    if here.actor.may(Permission.HANDLE_BREACH) and row.closed_at is None:
        _look(row)
        _describe(row)
        _tell(row, "authority")
        _tell(row, "people")
        form = Form("breach_close", row.seen, bound=True)
        if form.button(t("breach.close"), "breach_close", icon=":material/task_alt:"):
            form.do("breach.is_closed", breaches.close)
    _drafts(row, traced)


def _told(row: BreachView, t: Texts) -> None:
    for whom, at, why in (("authority", row.authority_at, row.authority_why), ("people", row.people_at, row.people_why)):
        if at:
            st.markdown(t(f"breach.{whom}_told_on", at=t.moment(at)))
        if why:
            st.markdown(f"**{t(f'breach.{whom}_why')}**")
            st.text(why)


def _traced(row: BreachView) -> Traced | None:
    here = visit()
    if not row.traced_who or row.traced_from is None or row.traced_to is None:
        return None
    found = here.ask(trace, row.traced_who, row.traced_from, row.traced_to)
    _outcome(found, row.traced_who)
    return found


def _outcome(found: Traced, who: str) -> None:
    here = visit()
    t, names = (
        here.t,
        {**here.ask(trail.people), **{role.value: t_role for role in _ROLES if (t_role := here.t(f"actor.{role.value}"))}},
    )
    st.markdown(f"**{t('breach.reached', who=names.get(who, who))}**")
    lines = [t.count("breach.cases", len(found.cases)), t.count("breach.people", found.people)]
    lines += [f"{t(f'audit.action.{action}')}: {t.number(times)}" for action, times in sorted(found.many.items())]
    if found.documents:
        lines.append(t.count("breach.documents", found.documents))
    if found.first_at and found.last_at:
        lines.append(t("breach.between", first=t.moment(found.first_at), last=t.moment(found.last_at)))
    st.markdown("\n".join(f"- {line}" for line in lines))
    if found.many:
        st.caption(t("breach.many_help"))
    if found.cases:
        st.text(", ".join(sorted(found.cases.values())))


def _look(row: BreachView) -> None:
    """In minutes: whose doings, on which days, and whose data they reached."""
    here = visit()
    t, form = here.t, Form("breach_trace", row.seen)
    people = {**here.ask(trail.people), **{role.value: t(f"actor.{role.value}") for role in _ROLES}}
    with st.form(form.key("breach_trace")):
        st.markdown(f"**{t('breach.trace')}**")
        who = st.selectbox(
            t("audit.who"),
            list(people),
            index=None,
            format_func=lambda each: people.get(each, each),
            placeholder=t("choose"),
            key=form.key("breach_who"),
        )
        first, last = st.columns(2)
        with first:
            begin = st.date_input(
                t("audit.from"),
                local_day(row.noticed_at),
                FIRST_DAY,
                here.today,
                format="DD-MM-YYYY",
                key=form.key("breach_from"),
            )
        with last:
            end = st.date_input(t("audit.to"), here.today, FIRST_DAY, here.today, format="DD-MM-YYYY", key=form.key("breach_to"))
        sent = form.submit(t("breach.look"), "breach_look")
    if sent and who and isinstance(begin, date) and isinstance(end, date):
        form.do("breach.traced", breaches.keep_traced, who, begin, end)


def _describe(row: BreachView) -> None:
    t, form = visit().t, Form("breach_describe", row.seen, bound=True)
    form.mind()
    with st.form(form.key("breach_describe")):
        effects = st.text_area(t("breach.effects"), row.effects, key=form.key("breach_effects"), max_chars=LONGEST)
        measures = st.text_area(t("breach.measures"), row.measures, key=form.key("breach_measures"), max_chars=LONGEST)
        names = {each.value: t(f"breach.risk.{each.value}") for each in Risk}
        risk = st.radio(
            t("breach.risk"),
            list(names),
            list(names).index(row.risk.value),
            format_func=names.__getitem__,
            key=form.key("breach_risk"),
        )
        sent = form.submit(t("breach.save"), "breach_save")
    if sent:
        form.do("breach.saved", breaches.describe, effects, measures, risk or "")


def _tell(row: BreachView, whom: str) -> None:
    """When they were told; or why not."""
    t, form = visit().t, Form(f"breach_tell_{whom}", row.seen)
    with st.form(form.key(f"breach_tell_{whom}")):
        st.markdown(f"**{t(f'breach.tell_{whom}')}**")
        moment = _moment(form, f"breach_told_{whom}", t("breach.told_at"))
        why = st.text_area(
            t(f"breach.{whom}_why"), key=form.key(f"breach_why_{whom}"), max_chars=LONGEST, help=t("breach.why_help")
        )
        sent = form.submit(t("breach.note_told"), f"breach_told_{whom}_send")
    if sent:
        form.do("breach.saved", breaches.tell_authority if whom == "authority" else breaches.tell_people, moment, why)


def _drafts(row: BreachView, traced: Traced | None) -> None:
    t = visit().t
    with st.expander(t("breach.drafts"), icon=":material/edit_document:", key=f"open_breach_drafts_{row.id}"):
        st.caption(t("breach.drafts_help"))
        for kind in (AUTHORITY, PEOPLE):
            for language in Language:
                st.markdown(f"**{t(f'breach.draft_{kind}')}** ({language.value.upper()})")
                st.code(draft(kind, row, traced, language), language=None, wrap_lines=True)


def _moment(form: Form, name: str, label: str) -> datetime | None:
    """A day and a time of day in Amsterdam; None without a day."""
    here = visit()
    first, last = st.columns(2)
    with first:
        day = st.date_input(label, None, FIRST_DAY, here.today, format="DD-MM-YYYY", key=form.key(f"{name}_day"))
    with last:
        clock = st.time_input(here.t("breach.time"), time(0), step=300, key=form.key(f"{name}_time"))
    return datetime.combine(day, clock, tzinfo=AMSTERDAM) if isinstance(day, date) else None
