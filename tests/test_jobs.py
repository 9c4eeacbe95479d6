import threading
from datetime import datetime, timedelta

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from structlog.testing import capture_logs

from dashboard import jobs
from dashboard.act import Act
from dashboard.clock import utc_now
from dashboard.data_requests.requester import asking
from dashboard.data_requests.upkeep import retention, upkeep
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.portal import Portal
from dashboard.tokens import new_key
from tests import cases
from tests.people import request


def test_a_job_that_comes_late_because_the_machine_was_busy_still_runs() -> None:
    ran = threading.Event()
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults=jobs.JOB_DEFAULTS)
    scheduler.add_job(ran.set, "interval", minutes=10, next_run_time=utc_now() - timedelta(seconds=5))
    scheduler.start()
    assert ran.wait(5)
    scheduler.shutdown()


def test_the_worker_runs_its_jobs_so(portal_here: Portal) -> None:
    scheduler = jobs.start(portal_here)
    try:
        assert {job.misfire_grace_time for job in scheduler.get_jobs()} == {None}
    finally:
        scheduler.shutdown()


def test_a_job_that_fails_stops_only_itself(portal_here: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def fails(_act: Act) -> int:
        raise ValueError("a name that must not be logged")

    def works(_act: Act) -> int:
        ran.append("works")
        return 1

    monkeypatch.setattr(jobs, "CHORES", {"first": fails, "second": works})
    with capture_logs() as logged:
        jobs.housekeeping(portal_here)
    assert ran == ["works"]
    (said,) = (line for line in logged if line["event"] == "job failed")
    assert (said["job"], said["fault"]) == ("first", "ValueError")
    assert "a name" not in str(logged)


def test_purging_lets_others_write_in_between(portal_here: Portal) -> None:
    """Each in a transaction of its own; one that can't go stays due and the rest goes."""
    now = utc_now()
    many = [
        cases.case_of(portal_here.engine, cases.submit(portal_here.engine, portal_here.settings, now - timedelta(days=99)))
        for _ in range(4)
    ]
    with portal_here.act(SYSTEM, now - timedelta(days=80)) as act:
        assert upkeep.remind_unverified(act) == 4
    with portal_here.act(SYSTEM, now - timedelta(days=50)) as act:
        assert upkeep.expire_unverified(act) == 4
    kept, wrote = retention.purge, []

    def purge(act: Act, wanted: retention.Purge) -> bool:
        if wanted.case_id == many[1].id:
            raise ValueError(wanted.case_id)
        return bool(kept(act, wanted))

    def look() -> datetime:
        # Between two of them, where the clock is read, somebody asks something.
        with portal_here.act(VISITOR, now) as act:
            wrote.append(asking.submit(act, request(), key=new_key(), visitor="x"))
        return now

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "purge", purge)
        gone = jobs.purge(portal_here, look)
    assert {each.case_id for each in gone} == {case.id for case in many} - {many[1].id}
    assert len(wrote) == 5
    assert [each.case_id for each in jobs.purge(portal_here, lambda: now)] == [many[1].id]
