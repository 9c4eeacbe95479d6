"""Boxes of the checklist that something else shows to be done."""

from collections.abc import Iterable

from dashboard.act import Allowed
from dashboard.data_requests.case.desk_model import CaseTick
from dashboard.data_requests.case.lifecycle import Verb
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.moves import move


def tick_those(act: Allowed, case: Case, steps: Iterable[str]) -> None:
    """Tick what isn't ticked yet; what a colleague ticked stays theirs."""
    for step in steps:
        if act.session.get(CaseTick, (case.id, step)) is None:
            act.session.add(CaseTick(case_id=case.id, step=step, at=act.now, by_id=act.actor.id))
            move(act, case, Verb.TICK, fields={"step": step, "done": True})
