"""Several cases at once: what will happen is shown first, each case answers for itself, nothing is silent."""

from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec

import streamlit as st

from dashboard.accounts.queries import desk_people
from dashboard.act import Act, Seen
from dashboard.data_requests.case.lifecycle import Verb, find_move
from dashboard.data_requests.desk import bulk
from dashboard.data_requests.desk.bulk import Done
from dashboard.data_requests.desk.rows import DeskRow
from dashboard.mail import outbox
from dashboard.permissions import Permission
from dashboard.ui import parts, state
from dashboard.ui.folds import menu
from dashboard.ui.visit import visit

P = ParamSpec("P")


def tick_of(row: DeskRow) -> str:
    """The box before a row: a new one after something was done with those that were ticked."""
    return f"desk_tick_{state.turn('ticks', 'desk')}_{row.id}"


def open_case(reference: str) -> None:
    st.switch_page(visit().pages["staff/case.py"], query_params={"ref": reference})


def picked(rows: Sequence[DeskRow]) -> None:
    """What can be done with the ticked ones."""
    if not rows:
        return
    t = visit().t
    with st.container(border=True, key="desk_picked"):
        st.markdown(f"**{t.count('desk.picked', len(rows))}**")
        with st.container(horizontal=True):
            _assign(rows)
            _acknowledge(rows)
            _merge(rows)


def _assign(rows: Sequence[DeskRow]) -> None:
    here = visit()
    place = menu(here.t("desk.bulk.assign"), icon=":material/person_add:", key="open_desk_bulk_assign")
    if place is None:
        return
    people = {person.id: person.name for person in here.ask(desk_people)}
    with place:
        handler = st.selectbox(
            here.t("case.assign_to"),
            list(people),
            index=None,
            format_func=lambda each: people.get(each, each),
            placeholder=here.t("choose"),
            key="desk_bulk_to",
        )
        able = _preview(rows, Verb.ASSIGN)
        label = here.t.count("desk.bulk.assign_button", len(able))
        if _button(label, "desk_bulk_assign", able, ready=bool(handler)):
            _do(rows, able, bulk.assign_all, handler or "")


def _acknowledge(rows: Sequence[DeskRow]) -> None:
    here = visit()
    place = menu(here.t("desk.bulk.acknowledge"), icon=":material/mark_email_read:", key="open_desk_bulk_acknowledge")
    if place is None:
        return
    with place:
        able = _preview(rows, Verb.ACKNOWLEDGE)
        if _button(here.t.count("desk.bulk.acknowledge_button", len(able)), "desk_bulk_acknowledge", able):
            _do(rows, able, bulk.acknowledge_all)


def _merge(rows: Sequence[DeskRow]) -> None:
    here = visit()
    place = menu(here.t("desk.bulk.merge"), icon=":material/merge:", key="open_desk_bulk_merge")
    if place is None:
        return
    with place:
        st.caption(here.t("case.merge_help"))
        into = st.text_input(here.t("desk.bulk.into"), key="desk_bulk_into", placeholder="BS-123-456-789")
        able = _preview(rows, Verb.MERGE)
        if _button(here.t.count("desk.bulk.merge_button", len(able)), "desk_bulk_merge", able, ready=bool(into.strip())):
            _do(rows, able, bulk.merge_all, into)


def _preview(rows: Sequence[DeskRow], verb: Verb) -> list[Seen]:
    """Which of the ticked cases this can be done with, and which not, before anything happens."""
    t = visit().t
    able = [row for row in rows if find_move(row.status, verb)]
    left = [f"{row.reference} ({t(f'status.{row.status.value}')})" for row in rows if not find_move(row.status, verb)]
    if able:
        st.write(t("desk.bulk.will", references=", ".join(row.reference for row in able)))
    if left:
        st.write(t("desk.bulk.wont", references=", ".join(left)))
    return [row.seen for row in able]


def _button(label: str, key: str, able: list[Seen], *, ready: bool = True) -> bool:
    """It carries the cases as they were drawn: what a colleague changed since is refused, case by case."""
    return st.button(label, disabled=not (able and ready), key=key, on_click=state.press_several, args=(able,))


def _do(
    rows: Sequence[DeskRow],
    able: list[Seen],
    verb: Callable[Concatenate[Act, Sequence[Seen], P], list[Done]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    t, references = visit().t, {row.id: row.reference for row in rows}
    attempt = visit().attempt(verb, state.pressed_several(able), *args, **kwargs)
    done = attempt.result or []
    refused = [f"{references.get(one.case_id, '?')}: {t(one.refusal.text_key)}" for one in done if one.refusal]
    state.next_turn("ticks", "desk")
    state.leave_notice(t.count("desk.bulk.done", len(done) - len(refused)) + "".join(f"\n\n{line}" for line in refused))
    st.rerun()


def letters_to_post() -> None:
    """Messages for people without an e-mail address: print, post, say so."""
    here = visit()
    if not here.actor.may(Permission.HANDLE_CASE):
        return
    waiting = here.ask(outbox.to_post)
    if not waiting:
        return
    with st.expander(here.t.count("desk.to_post", len(waiting)), icon=":material/local_post_office:", key="open_desk_to_post"):
        for letter in waiting:
            with st.container(border=True):
                st.text(f"{letter.subject}\n\n{letter.address}\n\n{letter.body}")
                if st.button(here.t("desk.posted"), key=f"desk_posted_{letter.id}"):
                    attempt = here.attempt(outbox.posted, letter.id)
                    if attempt.refusal is None:
                        st.rerun()
                    parts.refused(attempt.refusal, here.t)
