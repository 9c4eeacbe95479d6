"""T17: whatever everybody does, in whatever order hypothesis thinks of, nothing is answered for an address that wasn't proven,
and what is counted is what happened.
"""

import random
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import col, select

from dashboard import migrate
from dashboard.accounts.model import School
from dashboard.accounts.terms import Sector
from dashboard.act import Act
from dashboard.data_requests.case.lifecycle import ONLY_VERIFIED, Status
from dashboard.data_requests.case.model import Case, CaseRight
from dashboard.data_requests.desk import queue
from dashboard.data_requests.upkeep import recount
from dashboard.db import reading
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal, open_portal
from tests.test_walk import WHO, Walk
from tests.trust.losing import opened_settings
from tests.trust.seen import Seen, times

STEPS, AT_ONCE = 10_000, 500
MINUTES = (1, 5, 30, 200)
MUCH = 0.1


def everybody(folder: Path, scale: float) -> list[Seen]:
    """So many walks of at most so many steps each, until the number of steps is reached."""
    wanted, walks = times(STEPS, scale), Walks(folder)
    while walks.steps < wanted:
        run_state_machine_as_test(
            walks.machine,
            settings=settings(
                max_examples=-(-wanted // AT_ONCE) + 1,  # the first one is the dullest
                stateful_step_count=min(AT_ONCE, wanted),
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            ),
        )
    told = f"{walks.steps:,} steps in {walks.begun} walks ({walks.done:,} done, {walks.refused:,} refused)"
    figure = f"{told}: {walks.wrong} answered unverified, {walks.differences} counts differ"
    # Much was done, and much refused.
    moved = walks.done > walks.steps * MUCH and walks.refused > 0
    held = moved and not walks.wrong and not walks.differences
    return [Seen("10,000 steps, answered while unverified 0, counts that differ 0", figure, held)]


class Walks:
    """What all walks together did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begun = self.steps = self.done = self.refused = self.wrong = self.differences = 0

    def machine(self) -> RuleBasedStateMachine:
        return Machine(self)


class Machine(RuleBasedStateMachine):
    def __init__(self, walks: Walks) -> None:
        super().__init__()
        self.walks = walks
        walks.begun += 1
        configured = opened_settings(Path(tempfile.mkdtemp(dir=walks.folder)))
        portal = open_portal(configured)
        migrate.upgrade(portal.engine)
        with portal.act(SYSTEM) as act:
            act.session.add(School(brin="90AD", name="Vijf Bruggen Lyceum", sector=Sector.VO))
        self.walk = Walk(portal, random.Random(0), datetime(2026, 1, 5, 9, tzinfo=UTC))  # noqa: S311  chance, no secret

    @rule(who=st.sampled_from(sorted(WHO)), seed=st.integers(0, 2**32), minutes=st.sampled_from(MINUTES))
    def acts(self, who: str, seed: int, minutes: int) -> None:
        self.walks.steps += 1
        self.walk.chance = random.Random(seed)  # noqa: S311
        self.walk.now += timedelta(minutes=minutes)
        WHO[who](self.walk)

    @invariant()
    def nothing_is_decided_for_an_address_that_was_not_proven(self) -> None:
        with reading(self.walk.portal.engine) as session:
            unproven = select(Case.id).where(col(Case.verified_at).is_(None))
            answered = session.exec(unproven.where(col(Case.status).in_(ONLY_VERIFIED | {Status.CLOSED}))).all()
            decided = select(CaseRight.case_id).where(col(CaseRight.outcome).is_not(None))
            early = session.exec(decided.where(col(CaseRight.case_id).in_(unproven))).all()
            self.walks.wrong += len(answered) + len(early)

    def teardown(self) -> None:
        portal: Portal = self.walk.portal
        self.walks.done += self.walk.done
        self.walks.refused += self.walk.refused
        with reading(portal.engine) as session:
            act = Act(session, SYSTEM, self.walk.now, portal.settings, portal.files)
            self.walks.differences += len(recount.differences(act))
            self.walks.differences += queue.kept_counts(act) != queue.recounted(act)
        portal.engine.dispose()
