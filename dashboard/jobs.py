"""Work in the background: each job may run twice and in several processes at once without harm."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic, sleep
from typing import Any, TypeAlias

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError

from dashboard import audit_chain, limits
from dashboard.accounts import access, own_sessions, sign_ins
from dashboard.accounts.service import forget_old_sessions
from dashboard.act import Act
from dashboard.annexes import completeness
from dashboard.clock import utc_now
from dashboard.data_requests.desk import waiting
from dashboard.data_requests.requester import drafts, links
from dashboard.data_requests.upkeep import faults, retention, upkeep
from dashboard.data_requests.upkeep.upkeep import CaseChore
from dashboard.imports import service as imports
from dashboard.mail import outbox, smtp
from dashboard.mail.smtp import DeliveryFailed
from dashboard.notices import service as notices
from dashboard.notices import subscriptions
from dashboard.oversight import clock
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from dashboard.sqlite import truncate_log

log = structlog.get_logger(__name__)

MAIL_EVERY_SECONDS = 2
# They wait a minute, so that they can be taken back: not much longer.
ANSWERS_EVERY_SECONDS = 5
HOUSEKEEPING_EVERY_MINUTES = 10
BREATH_SECONDS = 0.005
# One thing may take too long by itself; that many after each other say that nothing goes.
BUSY_IN_A_ROW = 3
SWEEP_AFTER = timedelta(days=1)
# Whoever may name stored bytes.
_NAMING = (retention.files_named, completeness.files_named, imports.files_named)
# A job that comes late, because the machine was busy, runs late: by default it would be left out when a second had passed.
JOB_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

Send = Callable[[outbox.Message], None]


class BusyError(Exception):
    """The database takes nothing now: the rest of the round comes next time."""


@dataclass(frozen=True, slots=True)
class Work:
    """Things for which it is time: each is done in a transaction of its own, and asks again whether it still is."""

    due: Callable[[Act], Sequence[Any]]
    # Returns how many were done.
    do: Callable[[Act, Any], int]
    named: Callable[[Any], str] = str


def _whole(chore: Callable[[Act], int]) -> Work:
    """One statement, or as good as one."""
    return Work(lambda _act: [""], lambda act, _whole: chore(act))


def _of_cases(chore: CaseChore) -> Work:
    return Work(lambda act: upkeep.due(act, chore), lambda act, case_id: upkeep.do(act, chore, case_id))


def _unnamed(act: Act) -> Iterator[str]:
    """Bytes that no row names: of an action that was cut short, or that a row let go. Not the newest: a row may be on its way."""
    for stored in act.files.older_than(act.now - SWEEP_AFTER):
        yield from set(stored) - _named(act, stored)


def _swept(act: Act, sha256: str) -> int:
    """Gone, unless a row named it or it was stored again in the meantime."""
    if _named(act, [sha256]):
        return 0
    return int(act.files.delete_older(sha256, act.now - SWEEP_AFTER))


def _named(act: Act, stored: Sequence[str]) -> set[str]:
    return {sha256 for names in _NAMING for sha256 in names(act, stored)}


# What time asks of us, in the order in which one may lead to another.
WORK: dict[str, Work] = {
    # First: what waited goes out before anybody is told that it is late.
    "send_answers": Work(waiting.due, waiting.send_due),
    **{chore.value: _of_cases(chore) for chore in CaseChore},
    "tell_boards": Work(notices.due, lambda act, each: notices.tell_board(act, *each), "/".join),
    "annex_news": Work(subscriptions.due, subscriptions.send),
    "digest": _whole(upkeep.send_digest),
    "breach_clock": Work(clock.due, clock.remind),
    "link_audit": _whole(audit_chain.link),
    "forget_sessions": _whole(forget_old_sessions),
    "forget_sign_ins": _whole(sign_ins.forget_old),
    "forget_subscriptions": _whole(subscriptions.forget_old),
    "forget_access_requests": _whole(access.forget_old),
    "forget_drafts": _whole(drafts.forget_old),
    "forget_mails": _whole(outbox.forget_old),
    "forget_ways_in": _whole(links.forget_old),
    "forget_limits": _whole(limits.forget_old),
    "forget_browsers": _whole(own_sessions.forget_browsers),
    "purge": Work(retention.due, lambda act, each: int(retention.purge(act, each)), lambda each: each.case_id),
    "sweep": Work(lambda act: [*_unnamed(act)], _swept),
}
# By job and thing: the kind of fault.
Failed: TypeAlias = dict[tuple[str, str], str]


def deliver_mail(portal: Portal, send: Send | None = None, clock: Callable[[], datetime] = utc_now) -> int:
    """Send every message that is due; returns how many went out. Nothing is locked while a server takes its time."""
    out = 0
    while mail := _claimed(portal, clock):
        try:
            (send or partial(smtp.send, settings=portal.settings))(mail)
        except DeliveryFailed as failure:
            with portal.act(SYSTEM, clock()) as act:
                outbox.failed(act, mail, failure)
        except Exception as fault:  # noqa: BLE001  whatever it is: this message waits, is given up in time, and the desk sees it
            own = DeliveryFailed(f"{outbox.FAULT} {type(fault).__name__}", permanent=False)
            with portal.act(SYSTEM, clock()) as act:
                outbox.failed(act, mail, own)
        else:
            with portal.act(SYSTEM, clock()) as act:
                outbox.sent(act, mail)
            out += 1
    return out


def _claimed(portal: Portal, clock: Callable[[], datetime]) -> outbox.Message | None:
    while True:
        with portal.look(SYSTEM, clock()) as act:
            mail = outbox.due(act)
        if mail is None:
            return None
        with portal.act(SYSTEM, clock()) as act:
            if outbox.claim(act, mail):
                return mail
        # Lost to another worker: look again, there may be more.


def housekeeping(portal: Portal, clock: Callable[[], datetime] = utc_now) -> None:
    """All of it, once. What fails is shown to the desk until it goes well."""
    failed: Failed = {}
    counts: dict[str, int] = {}
    try:
        for name in WORK:
            counts[name] = sum(done for _, done in work(portal, name, clock, failed))
    finally:
        _told(portal, clock, failed)
        truncate_log(portal.engine)
    if any(counts.values()):
        log.info("housekeeping", **counts)


def _told(portal: Portal, clock: Callable[[], datetime], failed: Failed) -> None:
    with portal.look(SYSTEM, clock()) as act:
        had_faults = faults.any_kept(act)
    if failed or had_faults:
        with portal.act(SYSTEM, clock()) as act:
            faults.keep(act, failed)


def work(
    portal: Portal, name: str, clock: Callable[[], datetime] = utc_now, failed: Failed | None = None
) -> list[tuple[Any, int]]:
    """Do everything of one kind for which it is time; returns what, each with how many. Who wants to write in between can."""
    todo, done = WORK[name], []

    def look() -> int:
        with portal.look(SYSTEM, clock()) as act:
            found.extend(todo.due(act))
        return len(found)

    def do(thing: Any) -> int:
        with portal.act(SYSTEM, clock()) as act:
            return todo.do(act, thing)

    found: list[Any] = []
    broken = failed if failed is not None else {}
    _guarded(look, (name, ""), broken)
    busy = 0
    for thing in found:
        began = monotonic()
        named = name, todo.named(thing)
        number = _guarded(partial(do, thing), named, broken)
        busy = busy + 1 if broken.get(named) == OperationalError.__name__ else 0
        if busy == BUSY_IN_A_ROW:
            raise BusyError
        if number:
            done.append((thing, number))
            # SQLite has one writer and no queue: who waits looks now and then whether it is free. Free as long as not.
            sleep(max(BREATH_SECONDS, monotonic() - began))
    return done


def _guarded(piece: Callable[[], int], named: tuple[str, str], failed: Failed) -> int:
    """What fails stops only itself, is in the log, and comes again next time."""
    try:
        return piece()
    except Exception as fault:  # noqa: BLE001  see above; only its kind, for what it says may name somebody
        failed[named] = type(fault).__name__
        log.error("job failed", job=named[0], thing=named[1], fault=type(fault).__name__)  # noqa: TRY400
        return 0


def send_answers(portal: Portal, clock: Callable[[], datetime] = utc_now) -> int:
    """What waited its minute, more often than the rest. What fails here is tried again with all else, and shown then."""
    return sum(done for _, done in work(portal, "send_answers", clock))


def purge(portal: Portal, clock: Callable[[], datetime] = utc_now) -> list[retention.Purge]:
    """Take what the retention rules say; returns what went. What failed stays due."""
    return [taken for taken, _ in work(portal, "purge", clock)]


def start(portal: Portal) -> BackgroundScheduler:
    """Run the jobs in this process until `shutdown()`."""
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults=JOB_DEFAULTS)
    scheduler.add_job(_patient(deliver_mail, portal), "interval", seconds=MAIL_EVERY_SECONDS)
    # At once too: what became due while nothing ran doesn't wait for another ten minutes.
    scheduler.add_job(_patient(housekeeping, portal), "interval", minutes=HOUSEKEEPING_EVERY_MINUTES, next_run_time=utc_now())
    scheduler.add_job(_patient(send_answers, portal), "interval", seconds=ANSWERS_EVERY_SECONDS)
    scheduler.start()
    return scheduler


def _patient(job: Callable[[Portal], object], portal: Portal) -> Callable[[], None]:
    """A job that tries again next time when the database is busy, and says so."""

    def run() -> None:
        try:
            job(portal)
        except (OperationalError, BusyError) as busy:
            log.warning("job postponed", job=job.__name__, fault=type(busy).__name__)

    return run
