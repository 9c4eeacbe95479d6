"""One request as staff see it: facts, words, messages, history. What people typed is shown as text, never as markup."""

import streamlit as st

from dashboard.clock import local_day
from dashboard.data_requests.case.lifecycle import OPEN, Status
from dashboard.data_requests.case.rows import CaseView, EventRow
from dashboard.data_requests.case.terms import Author, FilePurpose
from dashboard.data_requests.law.narrative import reasons_in_words, right_in_words
from dashboard.insight.health import Health, health_of
from dashboard.ui import asked, attached, parts
from dashboard.ui.folds import fold
from dashboard.ui.visit import visit

_HEALTH_COLOUR: dict[Health, parts.Colour] = {
    Health.OVERDUE: "red",
    Health.WITHIN_5: "orange",
    Health.WITHIN_10: "orange",
    Health.ON_TRACK: "green",
}
_HEALTH_ICON = {
    Health.OVERDUE: ":material/error:",
    Health.WITHIN_5: ":material/schedule:",
    Health.WITHIN_10: ":material/schedule:",
    Health.ON_TRACK: ":material/check_circle:",
}


def facts(case: CaseView) -> None:
    with st.container(border=True):
        _dates(case)
    with st.container(border=True):
        _requester(case)
    with st.container(border=True):
        _rights(case)
    if case.staff and (case.staff.links or case.sibling or case.merged_into):
        with st.container(border=True):
            _links(case)


def _dates(case: CaseView) -> None:
    t, dates = visit().t, case.dates
    parts.status_badge(case.status, t)
    st.markdown(f"**{t('case.due')}**  \n{t.day(case.due_on)}")
    if case.status in OPEN:
        health = health_of(case.due_on, visit().today)
        st.badge(t(f"health.{health.value}"), color=_HEALTH_COLOUR[health], icon=_HEALTH_ICON[health])
    if dates.hand_over_by and case.status in {Status.RECEIVED, Status.IN_PROGRESS}:
        late = visit().today > dates.hand_over_by
        st.markdown(f"**{t('case.hand_over_by')}**  \n{t.day(dates.hand_over_by)}")
        if late:
            st.badge(t("case.hand_over_late"), color="orange", icon=":material/schedule:")
    if dates.extended:
        st.caption(t("track.extended", day=t.day(dates.first.due_on)))
    if dates.review_by:
        st.markdown(f"**{t('case.review_by')}**  \n{t.day(dates.review_by)}")
    if dates.with_pause:
        st.markdown(f"**{t('case.with_pause')}**  \n{t.day(dates.with_pause)} ({t.count('days', dates.paused_days)})")
    with st.expander(t("case.why"), key=f"open_case_why_{case.id}"):
        st.write(reasons_in_words(t, dates.due))
        st.caption(t("case.target", day=t.day(dates.target)))
    st.markdown(f"**{t('case.handler')}**")
    st.text(case.handler or t("desk.nobody"))
    st.link_button(t("case.dossier"), f"/dossier/{case.reference}.pdf", icon=":material/picture_as_pdf:", type="tertiary")


def _requester(case: CaseView) -> None:
    t = visit().t
    st.markdown(f"**{t('case.requester')}**")
    st.text("\n".join(line for line in (case.name, case.email, case.postal_address) if line))
    st.markdown(f"{t(f'role.{case.role.value}')}  \n{t(f'subject.{case.subject.value}')}")
    asked.facts(case)
    st.caption(f"{t(f'channel.{case.channel.value}')} · {t(f'case.language.{case.language.value}')}")
    if case.recognised:
        st.caption(t(f"recognised.{case.recognised.value}"))
    if case.staff and case.staff.school_contact:
        st.caption(t("case.school_contact"))
        st.text(case.staff.school_contact)
    if case.staff and case.staff.undelivered:
        st.warning(t.count("case.undelivered", case.staff.undelivered), icon=":material/unsubscribe:")
    if case.staff and case.staff.to_post:
        st.warning(t.count("case.to_post", case.staff.to_post), icon=":material/local_post_office:")


def _rights(case: CaseView) -> None:
    t = visit().t
    st.markdown(f"**{t('case.rights')}**")
    for row in case.rights:
        outcome = t(f"outcome.{row.outcome.value}") if row.outcome else t("outcome.open")
        st.markdown(f"{right_in_words(t, row.right)}: **{outcome}**")
        if row.correction:
            st.text(row.correction)
        if row.reason:
            st.text(row.reason)
        if row.waits:
            st.badge(t("case.needs_approval"), color="orange", icon=":material/visibility:")
        elif row.approved_by:
            st.badge(t("case.approved_badge"), color="green", icon=":material/verified:")
    _answered_before(case)


def _answered_before(case: CaseView) -> None:
    t = visit().t
    for row in case.answered_before:
        day, until = t.day(local_day(row.at)), t.day(row.court_until)
        st.caption(t("track.before_on", day=day, until=until))
        st.caption(", ".join(f"{right_in_words(t, right)}: {t(f'outcome.{outcome.value}')}" for right, outcome in row.outcomes))


def _links(case: CaseView) -> None:
    t = visit().t
    st.markdown(f"**{t('case.links')}**")
    found = [(case.sibling, "sibling"), (case.merged_into, "merged_into")]
    found += [(row.reference, row.kind) for row in (case.staff.links if case.staff else ())]
    for reference, kind in found:
        if reference:
            parts.go_here(reference, f"case_link_{case.id}_{reference}", ref=reference)
            st.caption(t(f"case.link.{kind}"))


def words(case: CaseView) -> None:
    t = visit().t
    st.subheader(t("case.words"), anchor=False)
    with st.container(border=True):
        st.text(case.explanation or "-")
        for file in case.files:
            if file.purpose is not FilePurpose.ANSWER:
                attached.file_of(file, visit().t)


def messages(case: CaseView) -> None:
    t = visit().t
    st.subheader(t("case.messages"), anchor=False)
    if not case.messages:
        st.caption(t("case.no_messages"))
    for message in case.messages:
        with st.container(border=True):
            who = message.by if message.author is Author.STAFF else t(f"author.{message.author.value}")
            kind = f" · {t('case.internal')}" if message.internal else ""
            st.caption(f"{parts.plain(who)} · {t.moment(message.at)}{kind}")
            st.text(message.body)
            for file in message.files:
                attached.file_of(file, visit().t)
    for file in case.files:
        if file.purpose is FilePurpose.ANSWER:
            attached.file_of(file, visit().t)


def history(case: CaseView) -> None:
    t = visit().t
    place = fold(t("case.history"), icon=":material/history:", key=f"open_case_history_{case.id}")
    if place is None:
        return
    with place:
        for event in case.events:
            st.markdown(f"**{t(f'event.{event.kind.value}')}**  \n:gray[{t.moment(event.at)} · {parts.plain(_who(event))}]")


def _who(event: EventRow) -> str:
    t = visit().t
    if event.by_requester:
        return t("author.requester")
    return event.by or t("author.school" if event.by_school else "author.system")
