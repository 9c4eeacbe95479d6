"""Several cases at once: what will happen is shown first, each case answers for itself, nothing is silent."""

from collections.abc import Callable, Sequence

import streamlit as st
from sqlmodel import Session

from dashboard.accounts.queries import desk_people
from dashboard.data_requests.case.lifecycle import Verb, find_move
from dashboard.data_requests.case.rows import DeskRow
from dashboard.data_requests.desk import bulk
from dashboard.data_requests.desk.bulk import Done, Picked
from dashboard.mail import outbox
from dashboard.permissions import Permission
from dashboard.ui import state
from dashboard.ui.here import here


def open_case(reference: str) -> None:
    state.clear(("desk_open",))
    st.switch_page(here().pages["staff/case.py"], query_params={"ref": reference})


def picked(rows: Sequence[DeskRow]) -> None:
    """Open the one that is ticked; for more, what can be done with all."""
    if not rows:
        return
    t, may = here().t, here().actor.may(Permission.HANDLE_CASE)
    with st.container(border=True):
        st.markdown(f"**{t.count('desk.picked', len(rows))}**")
        if len(rows) == 1 and st.button(t("desk.open_this", reference=rows[0].reference), key="desk_open_this", type="primary"):
            open_case(rows[0].reference)
        if may:
            _assign(rows)
            _acknowledge(rows)
            _merge(rows)


def _assign(rows: Sequence[DeskRow]) -> None:
    now = here()
    people = {person.id: person.name for person in now.ask(desk_people)}
    with st.expander(now.t("desk.bulk.assign"), icon=":material/person_add:", key="open_desk_bulk_assign"):
        handler = st.selectbox(
            now.t("case.assign_to"),
            list(people),
            index=None,
            format_func=lambda each: people.get(each, each),
            placeholder=now.t("choose"),
            key="desk_bulk_to",
        )
        able = _preview(rows, Verb.ASSIGN)
        if st.button(now.t("desk.bulk.assign_button", number=len(able)), disabled=not (able and handler), key="desk_bulk_assign"):
            _do(lambda s: bulk.assign_all(s, now.actor, able, handler or "", now=now.now))


def _acknowledge(rows: Sequence[DeskRow]) -> None:
    now = here()
    settings = now.portal.settings
    with st.expander(now.t("desk.bulk.acknowledge"), icon=":material/mark_email_read:", key="open_desk_bulk_acknowledge"):
        able = _preview(rows, Verb.ACKNOWLEDGE)
        if st.button(now.t("desk.bulk.acknowledge_button", number=len(able)), disabled=not able, key="desk_bulk_acknowledge"):
            _do(lambda s: bulk.acknowledge_all(s, now.actor, able, settings=settings, now=now.now))


def _merge(rows: Sequence[DeskRow]) -> None:
    now = here()
    settings = now.portal.settings
    with st.expander(now.t("desk.bulk.merge"), icon=":material/merge:", key="open_desk_bulk_merge"):
        st.caption(now.t("case.merge_help"))
        into = st.text_input(now.t("desk.bulk.into"), key="desk_bulk_into", placeholder="BS-123-456-789")
        able = _preview(rows, Verb.MERGE)
        ready = bool(able and into.strip())
        if st.button(now.t("desk.bulk.merge_button", number=len(able)), disabled=not ready, key="desk_bulk_merge"):
            _do(lambda s: bulk.merge_all(s, now.actor, able, into, settings=settings, now=now.now))


def _preview(rows: Sequence[DeskRow], verb: Verb) -> list[Picked]:
    """Which of the ticked cases this can be done with, and which not, before anything happens."""
    t = here().t
    able = [row for row in rows if find_move(row.status, verb)]
    left = [row.reference for row in rows if not find_move(row.status, verb)]
    if able:
        st.write(t("desk.bulk.will", references=", ".join(row.reference for row in able)))
    if left:
        st.write(t("desk.bulk.wont", references=", ".join(left)))
    return [Picked(row.id, row.reference, row.version) for row in able]


def _do(work: Callable[[Session], list[Done]]) -> None:
    t, attempt = here().t, here().attempt(work)
    done = attempt.result or []
    refused = [f"{one.reference}: {t(one.refusal.text_key)}" for one in done if one.refusal]
    state.leave_notice(t.count("desk.bulk.done", len(done) - len(refused)) + "".join(f"\n\n{line}" for line in refused))
    st.rerun()


def letters_to_post() -> None:
    """Messages for people without an e-mail address: print, post, say so."""
    now = here()
    if not now.actor.may(Permission.HANDLE_CASE):
        return
    waiting = now.ask(lambda session: outbox.to_post(session, now.actor))
    if not waiting:
        return
    with st.expander(now.t.count("desk.to_post", len(waiting)), icon=":material/local_post_office:", key="open_desk_to_post"):
        for letter in waiting:
            with st.container(border=True):
                st.text(f"{letter.subject}\n\n{letter.address}\n\n{letter.body}")
                if st.button(now.t("desk.posted"), key=f"desk_posted_{letter.id}"):
                    mail_id = letter.id
                    now.attempt(lambda session, mail_id=mail_id: outbox.posted(session, now.actor, mail_id, now=now.now))  # type: ignore[misc]
                    st.rerun()
