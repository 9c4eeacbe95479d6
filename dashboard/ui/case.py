"""One request as staff see it: facts, words, messages, history. What people typed is shown as text, never as markup."""

import streamlit as st

from dashboard.data_requests.deadlines import explain, internal_target
from dashboard.data_requests.lifecycle import OPEN
from dashboard.data_requests.model import Author
from dashboard.data_requests.narrative import reasons_in_words, right_in_words
from dashboard.data_requests.rows import CaseView, EventRow
from dashboard.insight.queries import Health, health_of
from dashboard.ui import parts
from dashboard.ui.here import here

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
    t, settings = here().t, here().portal.settings
    with st.container(border=True):
        parts.status_badge(case.status, t)
        st.markdown(f"**{t('case.due')}**  \n{t.day(case.due_on)}")
        if case.status in OPEN:
            health = health_of(case.due_on, here().today)
            st.badge(t(f"health.{health.value}"), color=_HEALTH_COLOUR[health], icon=_HEALTH_ICON[health])
        with st.expander(t("case.why")):
            st.write(reasons_in_words(t, explain(case.received_on, extra_holidays=settings.bridge_days)))
            st.caption(t("case.target", day=t.day(internal_target(case.received_on, settings.internal_target_days))))
        st.markdown(f"**{t('case.handler')}**")
        st.text(case.handler or t("desk.nobody"))
    with st.container(border=True):
        st.markdown(f"**{t('case.requester')}**")
        st.text(f"{case.name}\n{case.email}")
        st.markdown(f"{t(f'role.{case.role.value}')}  \n{t(f'subject.{case.subject.value}')}")
        st.caption(t(f"case.language.{case.language.value}"))
        if case.school_name:
            st.text(case.school_name)
        if case.undelivered:
            st.warning(t.count("case.undelivered", case.undelivered), icon=":material/unsubscribe:")
    with st.container(border=True):
        st.markdown(f"**{t('case.rights')}**")
        for row in case.rights:
            outcome = t(f"outcome.{row.outcome.value}") if row.outcome else t("outcome.open")
            st.markdown(f"{right_in_words(t, row.right)}: **{outcome}**")
            if row.reason:
                st.text(row.reason)


def words(case: CaseView) -> None:
    t = here().t
    st.subheader(t("case.words"), anchor=False)
    with st.container(border=True):
        st.text(case.explanation)


def messages(case: CaseView) -> None:
    t = here().t
    st.subheader(t("case.messages"), anchor=False)
    if not case.messages:
        st.caption(t("case.no_messages"))
    for message in case.messages:
        with st.container(border=True):
            who = message.by if message.author is Author.STAFF else t("author.requester")
            kind = f" · {t('case.internal')}" if message.internal else ""
            st.caption(f"{parts.plain(who)} · {t.moment(message.at)}{kind}")
            st.text(message.body)
    for file in case.files:
        label = t("track.download", name=file.name, size=parts.file_size(file.size, t))
        st.link_button(label, f"/answers/{file.id}", icon=":material/attach_file:")


def history(case: CaseView) -> None:
    t = here().t
    with st.expander(t("case.history"), icon=":material/history:"):
        for event in case.events:
            st.markdown(f"**{t(f'event.{event.kind.value}')}**  \n:gray[{t.moment(event.at)} · {parts.plain(_who(event))}]")


def _who(event: EventRow) -> str:
    t = here().t
    return t("author.requester") if event.by_requester else event.by or t("author.system")
