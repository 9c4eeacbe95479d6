"""T32: a mail server that is down for two hours, a worker that is killed ten times: everything arrives, hardly anything twice."""

import asyncio
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from benchmarks.serving import ROOT, free_port
from dashboard.clock import utc_now
from dashboard.jobs import deliver_mail
from dashboard.mail.model import MailState, OutgoingMail
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal, open_portal
from dashboard.settings import Settings
from tests import cases
from tests.people import request
from tests.trust.losing import opened, prepared
from tests.trust.seen import Seen, times

MAILS, KILLS = 200, 10
DOWN, LOOKS = timedelta(hours=2), timedelta(minutes=10)
# Longer than a lease, and than the longest wait until the next try.
LATER = timedelta(hours=7)
NOBODY = "weg@vertrokken.example"
# How long the server thinks about a message, and how long a worker lives once it began.
THINKS, LIVES = 0.01, (0.05, 0.4)


class Server:
    """A mail server, of which one letterbox doesn't exist."""

    def __init__(self) -> None:
        self.came: Counter[str] = Counter()
        self.refused = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address == NOBODY:
            self.refused += 1
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.came[str(message_from_bytes(envelope.content)["Message-ID"])] += 1
        await asyncio.sleep(THINKS)
        return "250 ok"


def down_and_killed(folder: Path, scale: float) -> list[Seen]:
    port, wanted, kills = free_port(), times(MAILS, scale), times(KILLS, scale)
    environment = {**prepared(folder), "BIJSLUITER_SMTP_PORT": str(port)}
    portal, began = opened(environment), utc_now() - DOWN
    for number in range(wanted):
        email = NOBODY if number == 0 else f"{number}@post.example"
        cases.submit(portal.engine, portal.settings, began, request(email=email), key=f"post-{number}")
    with portal.look(SYSTEM) as act:
        there = act.session.exec(select(OutgoingMail.id)).all()
    sent_meanwhile = sum(deliver_mail(portal, clock=lambda at=at: at) for at in _moments(began))  # type: ignore[misc]
    waiting = _states(portal)[MailState.QUEUED]
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        for number in range(kills):
            _killed(environment, utc_now() + number * LATER, server)
        for number in range(kills, kills + 3):
            deliver_mail(portal, clock=lambda number=number: utc_now() + number * LATER)  # type: ignore[misc]
    finally:
        controller.stop()
    states = _states(portal)
    portal.engine.dispose()
    twice = sum(number - 1 for number in server.came.values())
    return [
        Seen(
            f"{len(there)} wait while the server is down, 0 given up",
            f"{waiting} wait, {sent_meanwhile} sent",
            waiting == len(there),
        ),
        Seen(
            f"{len(there) - 1} arrive, at most {kills} twice; 1 refused for good, after one try",
            f"{kills} kills: {len(server.came)} arrived, {twice} twice; {states[MailState.DEAD]} dead after {server.refused}",
            len(server.came) == len(there) - 1
            and twice <= kills
            and states == {MailState.SENT: len(there) - 1, MailState.DEAD: 1}
            and server.refused == 1,
        ),
    ]


def _moments(began: datetime) -> list[datetime]:
    return [began + number * LOOKS for number in range(int(DOWN / LOOKS))]


def _states(portal: Portal) -> Counter[MailState]:
    with portal.look(SYSTEM) as act:
        return Counter(act.session.exec(select(OutgoingMail.state)).all())


def _killed(environment: dict[str, str], now: datetime, server: Server) -> None:
    """A worker that dies while it sends."""
    before = server.came.total()
    child = subprocess.Popen([sys.executable, "-m", __name__, now.isoformat()], env=os.environ | environment, cwd=ROOT)
    end = time.monotonic() + 30
    while server.came.total() == before and child.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    time.sleep(random.uniform(*LIVES))  # noqa: S311  when to kill, no secret
    child.kill()
    child.wait()


def send_until_killed(now: str) -> None:
    portal = open_portal(Settings(_env_file=None))
    moment = datetime.fromisoformat(now)
    while True:
        with suppress(DBAPIError):
            deliver_mail(portal, clock=lambda: moment)
        threading.Event().wait(0.05)


if __name__ == "__main__":
    send_until_killed(sys.argv[1])
