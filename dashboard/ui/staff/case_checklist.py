"""The checklist of a case: what is done, by whom. A box counts by itself, so that three ticked in a second all count."""

import streamlit as st

from dashboard.data_requests.case.rows import CaseView, box_seen
from dashboard.data_requests.desk import handling
from dashboard.data_requests.law.checklists import steps_of
from dashboard.i18n import Texts
from dashboard.ui import parts, state
from dashboard.ui.folds import fold
from dashboard.ui.visit import visit


def open_steps(case: CaseView, t: Texts) -> dict[str, str]:
    """What isn't ticked yet: step -> words."""
    done = {row.step for row in (case.staff.ticks if case.staff else ())}
    return {step: words for step, words in _steps(case, t).items() if step not in done}


def progress(case: CaseView) -> None:
    """How far it is."""
    t = visit().t
    total = len(_steps(case, t))
    st.caption(t("case.checklist_done", done=total - len(open_steps(case, t)), total=total))


def show(case: CaseView) -> None:
    here = visit()
    # Its words stay the same: with a count in them it would be another one after each tick, and closed.
    place = fold(here.t("case.checklist"), icon=":material/checklist:", key=f"open_checklist_{case.id}")
    if place is None:
        return
    with place:
        _boxes(case)


def _boxes(case: CaseView) -> None:
    here = visit()
    done = {row.step: row for row in (case.staff.ticks if case.staff else ())}
    asked = {}
    for step, words in _steps(case, here.t).items():
        row = done.get(step)
        # Drawn anew when this one is ticked or not, and only then: it shows what is recorded, and a quick next tick isn't lost.
        key = f"case_tick_{step}_{case.id}_{box_seen(case.id, row).version if row else 0}"
        # In one piece: a line more below it would move the next one away from under a hand that is quick.
        told = f" :gray[{parts.plain(row.by)} · {here.t.moment(row.at)}]" if row else ""
        ticked = st.checkbox(words + told, value=row is not None, key=key, on_change=state.press, args=(case.seen,))
        if ticked is not (row is not None):
            asked[step] = ticked
    refused = False
    for step, to in asked.items():
        attempt = here.attempt(handling.tick, box_seen(case.id, done.get(step)), step, done=to)
        parts.refused(attempt.refusal, here.t)
        refused = refused or not attempt.done
    if asked and not refused:
        st.rerun()


def _steps(case: CaseView, t: Texts) -> dict[str, str]:
    return steps_of([row.right for row in case.rights], case.subject, t)
