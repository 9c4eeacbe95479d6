import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import func, select
from structlog.testing import capture_logs

from dashboard import jobs
from dashboard.act import Act, Allowed, Seen
from dashboard.clock import utc_now
from dashboard.data_requests.case.access_model import CaseGrant, CodeTries
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.outgoing import messages
from dashboard.data_requests.requester import asking, following, links
from dashboard.data_requests.upkeep import faults, retention
from dashboard.data_requests.upkeep.upkeep import CaseChore
from dashboard.db import put
from dashboard.errors import BijsluiterError
from dashboard.files import FileStore
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.portal import Portal
from dashboard.settings import Settings
from dashboard.tokens import new_key
from tests import cases
from tests.acts import NOW
from tests.people import AGENT, request, requester


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
    well = False

    def works(_act: Act, thing: str) -> int:
        if thing == "b" and not well:
            raise ValueError("a name that must not be logged")
        ran.append(thing)
        return 1

    def finds_nothing(_act: Act) -> list[str]:
        raise KeyError("a name that must not be logged")

    work = {"digest": jobs.Work(finds_nothing, works), "purge": jobs.Work(lambda _act: ["a", "b", "c"], works)}
    monkeypatch.setattr(jobs, "WORK", work)
    for at in (NOW, NOW + timedelta(minutes=10)):
        ran.clear()
        with capture_logs() as logged:
            jobs.housekeeping(portal_here, lambda at=at: at)  # type: ignore[misc]
        assert ran == ["a", "c"]
        said = [(line["job"], line["thing"], line["fault"]) for line in logged if line["event"] == "job failed"]
        assert said == [("digest", "", "KeyError"), ("purge", "b", "ValueError")]
        assert "a name" not in str(logged)
    with portal_here.look(AGENT) as act:
        kept = [(row.job, row.thing, row.fault, row.since, row.last_at, row.times) for row in faults.failing(act)]
    last = NOW + timedelta(minutes=10)
    assert kept == [("digest", "", "KeyError", NOW, last, 2), ("purge", "b", "ValueError", NOW, last, 2)]
    well = True
    del work["digest"]
    jobs.housekeeping(portal_here, lambda: last + timedelta(minutes=10))
    with portal_here.look(AGENT) as act:
        assert faults.failing(act) == []


def test_purging_lets_others_write_in_between(portal_here: Portal) -> None:
    """Each in a transaction of its own; one that can't go stays due and the rest goes."""
    now = utc_now()
    many = [
        cases.case_of(portal_here.engine, cases.submit(portal_here.engine, portal_here.settings, now - timedelta(days=99)))
        for _ in range(4)
    ]
    for days, chore in ((80, CaseChore.REMIND_UNVERIFIED), (50, CaseChore.EXPIRE_UNVERIFIED)):
        assert cases.chore(portal_here.engine, portal_here.settings, now - timedelta(days=days), chore) == 4
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


def test_one_case_that_cannot_be_reminded_doesnt_keep_the_others_from_it(
    portal_here: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [
        cases.case_of(portal_here.engine, cases.submit(portal_here.engine, portal_here.settings, NOW + timedelta(minutes=number)))
        for number in range(3)
    ]
    kept = messages.confirm_reminder

    def reminder(act: Act, case: Case, **given: object) -> None:
        if case.id == many[0].id:
            raise ValueError(case.name)
        kept(act, case, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(messages, "confirm_reminder", reminder)
    jobs.housekeeping(portal_here, lambda: NOW + timedelta(days=2))
    assert {mail.case_id for mail in cases.mails(portal_here.engine, "confirm_reminder")} == {case.id for case in many[1:]}
    with portal_here.look(AGENT) as act:
        (row,) = faults.failing(act)
    assert (row.job, row.case_id, row.reference) == ("remind_unverified", many[0].id, many[0].reference)
    monkeypatch.undo()
    jobs.housekeeping(portal_here, lambda: NOW + timedelta(days=2, minutes=10))
    assert len(cases.mails(portal_here.engine, "confirm_reminder")) == 3


def test_wrong_codes_and_old_openings_are_forgotten(portal_here: Portal) -> None:
    case = cases.in_progress(portal_here.engine, portal_here.settings, NOW)
    with portal_here.act(VISITOR, NOW) as act:
        found = links.tries(Allowed(act), case.reference, "192.0.2.7")
        links.note_failure(Allowed(act), found)
        put(act.session, CaseGrant(visitor="v", case_id=case.id, created_at=NOW, last_seen_at=NOW))
    # The one who confirmed the request has an opening too.
    for hours, grants, counted in ((7, 2, 1), (9, 0, 1), (23, 0, 1), (25, 0, 0)):
        jobs.work(portal_here, "forget_ways_in", lambda hours=hours: NOW + timedelta(hours=hours))  # type: ignore[misc]
        with portal_here.look(SYSTEM) as act:
            left = [act.session.exec(select(func.count()).select_from(table)).one() for table in (CaseGrant, CodeTries)]
        assert left == [grants, counted], hours


def test_two_workers_at_once_do_everything_once(engine: Engine, files: FileStore, settings: Settings) -> None:
    portal = Portal(settings, engine, files)
    for number in range(12):
        cases.submit(engine, settings, NOW, request(email=f"noor{number}@aanvrager.example"))
    for number in range(4):
        cases.handed(engine, settings, NOW + timedelta(minutes=1 + number), email=f"mees{number}@aanvrager.example")
    later = NOW + timedelta(days=27)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(jobs.housekeeping, portal, lambda: later) for _ in range(2)]:
            done.result()
    for kind, number in (("confirm_reminder", 12), ("school_reminder", 4)):
        assert len(cases.mails(engine, kind)) == number, kind
    with portal.look(AGENT) as act:
        assert faults.failing(act) == []


@pytest.mark.parametrize("first", ["reopen", "purge"])
def test_a_purge_and_who_opens_the_request_again_wait_for_each_other(
    engine: Engine, files: FileStore, settings: Settings, first: str
) -> None:
    """Whoever comes first wins whole: it is opened again with all that was in it, or it is gone and can't be opened."""
    portal = Portal(settings, engine, files)
    case = cases.in_progress(engine, settings, NOW)
    cases.decide(engine, case, NOW, reason="Alles gevonden.")
    cases.give(engine, settings, cases.fresh(engine, case), NOW)
    case = cases.close(engine, settings, cases.fresh(engine, case), NOW)
    later = NOW + timedelta(days=10)
    wanted = retention.Purge("correspondence", case.id)

    def reopen() -> bool:
        with portal.act(requester(case.id), later) as act:
            following.reopen(act, Seen(case.id, case.version), "Niet goed.")
            started.set()
            time.sleep(0.3)
        return True

    def purge() -> bool:
        with portal.act(SYSTEM, later) as act:
            done = retention.purge(act, wanted)
            started.set()
            time.sleep(0.3)
        return done

    started = threading.Event()
    order = [reopen, purge] if first == "reopen" else [purge, reopen]
    with ThreadPoolExecutor(2) as pool:
        ahead = pool.submit(order[0])
        started.wait(5)
        behind = pool.submit(order[1])
        assert ahead.result()
        if first == "reopen":
            assert not behind.result()
        else:
            with pytest.raises(BijsluiterError):
                behind.result()
    found = cases.fresh(engine, case)
    assert (found.name, found.closed_at is None) == (("Noor Voorbeeld", True) if first == "reopen" else ("-", False))


def test_one_thing_that_takes_too_long_stops_nothing_and_a_database_that_takes_nothing_stops_the_round(
    portal_here: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    slow = {"b"}

    def works(_act: Act, thing: str) -> int:
        if thing in slow:
            raise OperationalError("statement", {}, Exception("timeout"))
        ran.append(thing)
        return 1

    work = {"digest": jobs.Work(lambda _act: ["a", "b", "c"], works), "purge": jobs.Work(lambda _act: ["d"], works)}
    monkeypatch.setattr(jobs, "WORK", work)
    jobs.housekeeping(portal_here, lambda: NOW)
    assert ran == ["a", "c", "d"]
    with portal_here.look(AGENT) as act:
        assert [(row.thing, row.fault) for row in faults.failing(act)] == [("b", "OperationalError")]
    slow |= {"a", "c"}
    ran.clear()
    with pytest.raises(jobs.BusyError):
        jobs.housekeeping(portal_here, lambda: NOW + timedelta(minutes=10))
    assert ran == []
    with portal_here.look(AGENT) as act:
        assert len(faults.failing(act)) == 3
