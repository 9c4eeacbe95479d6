"""Work in the background: each job may run twice and in several processes at once without harm."""

from collections.abc import Callable
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError

from dashboard.accounts import access
from dashboard.accounts.service import forget_old_sessions
from dashboard.clock import utc_now
from dashboard.data_requests.requester import drafts
from dashboard.data_requests.upkeep import retention, upkeep
from dashboard.db import transaction
from dashboard.mail import smtp
from dashboard.mail.outbox import deliver_due
from dashboard.notices import service as notices
from dashboard.notices import subscriptions
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal

log = structlog.get_logger(__name__)

MAIL_EVERY_SECONDS = 2
HOUSEKEEPING_EVERY_MINUTES = 10


def deliver_mail(portal: Portal) -> None:
    deliver_due(portal.engine, SYSTEM, partial(smtp.send, settings=portal.settings), clock=utc_now)


def housekeeping(portal: Portal) -> None:
    """What time asks of us, in the order in which one may lead to another."""
    now, settings = utc_now(), portal.settings
    done: dict[str, int] = {}
    with transaction(portal.engine) as session:
        done["reminded"] = upkeep.remind_unverified(session, SYSTEM, settings=settings, now=now)
        done["expired"] = upkeep.expire_unverified(session, SYSTEM, settings=settings, now=now)
        done["schools_reminded"] = upkeep.remind_schools(session, SYSTEM, settings=settings, now=now)
        done["boards_told"] = notices.tell_boards(session, SYSTEM, settings=settings, now=now)
        done["digests"] = upkeep.send_digest(session, SYSTEM, settings=settings, now=now)
        done["forgotten_sessions"] = forget_old_sessions(session, SYSTEM, settings=settings, now=now)
        done["forgotten_subscriptions"] = subscriptions.forget_old(session, SYSTEM, now=now)
        done["forgotten_access_requests"] = access.forget_old(session, SYSTEM, now=now)
        done["forgotten_drafts"] = drafts.forget_old(session, SYSTEM, now=now)
    done["annex_news"] = subscriptions.send_due(portal.engine, SYSTEM, settings=settings, clock=lambda: now)
    with transaction(portal.engine) as session:
        taken = retention.purge(session, SYSTEM, files=portal.files, ledger=settings.ledger, now=now)
        done["purged"] = len(taken)
    if any(done.values()):
        log.info("housekeeping", **done)


def start(portal: Portal) -> BackgroundScheduler:
    """Run the jobs in this process until `shutdown()`."""
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    scheduler.add_job(_patient(deliver_mail, portal), "interval", seconds=MAIL_EVERY_SECONDS)
    # At once too: what became due while nothing ran doesn't wait for another ten minutes.
    scheduler.add_job(_patient(housekeeping, portal), "interval", minutes=HOUSEKEEPING_EVERY_MINUTES, next_run_time=utc_now())
    scheduler.start()
    return scheduler


def _patient(job: Callable[[Portal], None], portal: Portal) -> Callable[[], None]:
    """A job that tries again next time when the database is busy, and says so."""

    def run() -> None:
        try:
            job(portal)
        except OperationalError as busy:
            log.warning("job postponed", job=job.__name__, fault=type(busy).__name__)

    return run
