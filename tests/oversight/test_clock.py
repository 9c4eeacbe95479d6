"""Who must tell the authority of a breach hears it a day before, six hours before, and when it is too late."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from dashboard import jobs
from dashboard.accounts.model import Person
from dashboard.db import transaction
from dashboard.files import FileStore
from dashboard.oversight import breaches
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.oversight.test_breaches import noted
from tests.people import OFFICER


@pytest.fixture
def portal(engine: Engine, settings: Settings, now: datetime) -> Portal:
    with transaction(engine) as session:
        for name, role, email in (
            ("Fien", "privacy_officer", "fien@uitgever.example"),
            ("Ben", "desk_agent", "ben@uitgever.example"),
            ("Oud", "", "weg@uitgever.example"),
        ):
            session.add(Person(issuer="i", subject=name, name=name, created_at=now, staff_role=role, email=email))
    return Portal(settings, engine, FileStore.local(settings.data_dir / "files"))


def told(portal: Portal, moment: datetime) -> int:
    """How many mails the worker writes at this moment."""
    return sum(done for _, done in jobs.work(portal, "breach_clock", lambda: moment))


def test_each_moment_is_told_once_and_a_night_without_a_worker_gives_one_mail(
    portal: Portal, engine: Engine, settings: Settings, now: datetime
) -> None:
    noted(engine, settings, now)
    hours = (0, 24, 47, 48, 49, 65, 66, 71, 72, 73, 200)
    assert [told(portal, now + timedelta(hours=each)) for each in hours] == [0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0]
    mails = cases.mails(engine, "breach_clock")
    assert {mail.recipient for mail in mails} == {"fien@uitgever.example"}
    assert [("meld het op tijd" in mail.subject, "voorbij" in mail.subject) for mail in mails].count((True, False)) == 2
    # 5 March 2026, 9:30 UTC, and 72 hours.
    assert all("8 maart 2026 10:30" in mail.body for mail in mails)
    # Nobody was there for three days: one mail, and it says that it is late.
    noted(engine, settings, now + timedelta(days=30))
    assert told(portal, now + timedelta(days=34)) == 1
    assert [mail for mail in cases.mails(engine, "breach_clock") if "voorbij" in mail.subject][-1].body


def test_what_was_told_closed_or_need_not_be_told_is_not_reminded_of(
    portal: Portal, engine: Engine, settings: Settings, now: datetime
) -> None:
    for minutes, why in enumerate(("", "Het risico is te verwaarlozen.")):
        row = noted(engine, settings, now + timedelta(minutes=minutes))
        with transaction(engine) as session:
            at = now + timedelta(minutes=minutes)
            breaches.tell_authority(by(session, OFFICER, at, settings), row.seen, None if why else at, why)
    assert told(portal, now + timedelta(hours=60)) == 0
