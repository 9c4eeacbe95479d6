"""Work in the background: each job may run twice and in several processes at once without harm."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError

from dashboard.accounts import access
from dashboard.accounts.service import forget_old_sessions
from dashboard.act import Act
from dashboard.annexes import completeness
from dashboard.clock import utc_now
from dashboard.data_requests.requester import drafts
from dashboard.data_requests.upkeep import retention, upkeep
from dashboard.imports import service as imports
from dashboard.mail import outbox, smtp
from dashboard.mail.smtp import DeliveryFailed
from dashboard.notices import service as notices
from dashboard.notices import subscriptions
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal

log = structlog.get_logger(__name__)

MAIL_EVERY_SECONDS = 2
HOUSEKEEPING_EVERY_MINUTES = 10
SWEEP_AFTER = timedelta(days=1)
# Whoever may name stored bytes.
_NAMED = (retention.files_named, completeness.files_named, imports.files_named)
# A job that comes late, because the machine was busy, runs late: by default it would be left out when a second had passed.
JOB_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}

Send = Callable[[outbox.Message], None]


Chore = Callable[[Act], int]
# What time asks of us, in the order in which one may lead to another; each in a transaction of its own.
CHORES: dict[str, Chore] = {
    "reminded": upkeep.remind_unverified,
    "expired": upkeep.expire_unverified,
    "waits_ended": upkeep.end_waits,
    "waits_reminded": upkeep.remind_waiting,
    "late_told": upkeep.tell_late,
    "schools_reminded": upkeep.remind_schools,
    "boards_told": notices.tell_boards,
    "digests": upkeep.send_digest,
    "forgotten_sessions": forget_old_sessions,
    "forgotten_subscriptions": subscriptions.forget_old,
    "forgotten_access_requests": access.forget_old,
    "forgotten_drafts": drafts.forget_old,
    "forgotten_mails": outbox.forget_old,
}


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
    done = {name: _one(portal, chore, name, clock) for name, chore in CHORES.items()}
    done["annex_news"] = send_news(portal, clock)
    done["swept"] = sweep_files(portal, clock)
    done["purged"] = len(purge(portal, clock))
    if any(done.values()):
        log.info("housekeeping", **done)


def purge(portal: Portal, clock: Callable[[], datetime] = utc_now) -> list[retention.Purge]:
    """Take what is due, one thing at a time: who wants to write in between can. Returns what went; what failed stays due."""
    with portal.look(SYSTEM, clock()) as act:
        due = retention.due(act)
    return [each for each in due if _one(portal, partial(_taken, each), "purge", clock)]


def _taken(wanted: retention.Purge, act: Act) -> int:
    return int(retention.purge(act, wanted))


def sweep_files(portal: Portal, clock: Callable[[], datetime] = utc_now) -> int:
    """Remove bytes that no row names: of an action that was cut short, or that a row let go. Not the newest: a row may be on its
    way.
    """
    gone = 0
    for stored in portal.files.older_than(clock() - SWEEP_AFTER):
        with portal.look(SYSTEM, clock()) as act:
            named = {digest for names in _NAMED for digest in names(act, stored)}
        for sha256 in set(stored) - named:
            portal.files.delete(sha256)
            gone += 1
    return gone


def send_news(portal: Portal, clock: Callable[[], datetime] = utc_now) -> int:
    """Mail everybody who subscribed what changed since they were told last; returns how many mails."""
    now = clock()
    with portal.look(SYSTEM, now) as act:
        due = subscriptions.due(act)
    sent = 0
    for subscription_id in due:
        sent += _one(portal, partial(_news, subscription_id), "annex_news", lambda: now)
    return sent


def _news(subscription_id: str, act: Act) -> int:
    return subscriptions.send(act, subscription_id)


def _one(portal: Portal, chore: Chore, name: str, clock: Callable[[], datetime]) -> int:
    """One piece of work in a transaction of its own. What fails stops only itself, is in the log, and comes again next time."""
    try:
        with portal.act(SYSTEM, clock()) as act:
            return chore(act)
    except OperationalError:
        # The database is busy: all of it waits.
        raise
    except Exception as fault:  # noqa: BLE001  see above; only its kind, for what it says may name somebody
        log.error("job failed", job=name, fault=type(fault).__name__)  # noqa: TRY400
        return 0


def start(portal: Portal) -> BackgroundScheduler:
    """Run the jobs in this process until `shutdown()`."""
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults=JOB_DEFAULTS)
    scheduler.add_job(_patient(deliver_mail, portal), "interval", seconds=MAIL_EVERY_SECONDS)
    # At once too: what became due while nothing ran doesn't wait for another ten minutes.
    scheduler.add_job(_patient(housekeeping, portal), "interval", minutes=HOUSEKEEPING_EVERY_MINUTES, next_run_time=utc_now())
    scheduler.start()
    return scheduler


def _patient(job: Callable[[Portal], object], portal: Portal) -> Callable[[], None]:
    """A job that tries again next time when the database is busy, and says so."""

    def run() -> None:
        try:
            job(portal)
        except OperationalError as busy:
            log.warning("job postponed", job=job.__name__, fault=type(busy).__name__)

    return run
