import threading
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from dashboard import jobs
from dashboard.clock import utc_now
from dashboard.portal import Portal


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
