"""T01 and T02: a server that is killed while people send loses nothing that it acknowledged, and mails nobody twice."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from unittest import mock

from websockets.exceptions import WebSocketException

from benchmarks.serving import ROOT, Server, ours
from benchmarks.streamlit_client import Tab
from benchmarks.submissions import request
from dashboard import migrate
from dashboard.clock import utc_now
from dashboard.data_requests.requester import asking
from dashboard.demo import samples
from dashboard.demo.run import settings_for
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.portal import Portal, open_portal
from dashboard.settings import Settings
from dashboard.tokens import new_key, new_token
from tests.trust.seen import Seen, times

AT_ONCE = 8
# Nobody sends so much; the limits have tests of their own.
UNLIMITED = {"BIJSLUITER_LIMIT_TIMES": "1000000"}
KILLS, KILLS_OF_THE_FORM = 50, 20
# Of how long a server may live before it is killed.
LIVES = (0.15, 0.6)
OURS = "Gegevens die wij zelf hebben"


def through_the_service(folder: Path, scale: float) -> list[Seen]:
    """Eight threads of a process that is killed submit as fast as it goes; what they were told stands in a file of its own."""
    environment = prepared(folder)
    told, chance = folder / "told", random.Random(1)  # noqa: S311  when to kill, no secret
    kills = times(KILLS, scale)
    for _ in range(kills):
        # A process of its own, not one of multiprocessing: that runs the page again that a test before this one left as main.
        child = subprocess.Popen([sys.executable, "-m", __name__, str(told)], env=os.environ | environment, cwd=ROOT)
        _until_more(told)
        time.sleep(chance.uniform(*LIVES))
        child.kill()
        child.wait()
    return _lost(folder, told.read_text("utf-8").split() if told.exists() else [], kills)


def _until_more(told: Path) -> None:
    """Until something is acknowledged that wasn't: on a busy machine a start takes seconds."""
    before, end = told.stat().st_size if told.exists() else 0, time.monotonic() + 30
    while time.monotonic() < end and (told.stat().st_size if told.exists() else 0) <= before:
        time.sleep(0.01)


def through_the_form(folder: Path, scale: float) -> list[Seen]:
    """Three tabs fill in the real form over Streamlit's own protocol; acknowledged is what stands on the screen."""
    prepared(folder)
    told: list[str] = []
    kills = times(KILLS_OF_THE_FORM, scale)
    for _ in range(kills):
        before = len(told)
        with suppress(ProcessLookupError), ours(folder) as server:
            ended = threading.Event()
            tabs = [threading.Thread(target=_fill_in, args=(server, told, ended)) for _ in range(3)]
            for each in tabs:
                each.start()
            # Somewhere in the next ones, once some have been told.
            end = time.monotonic() + 30
            while len(told) < before + 3 and time.monotonic() < end:
                time.sleep(0.01)
            time.sleep(random.uniform(*LIVES))  # noqa: S311
            os.kill(server.pid, signal.SIGKILL)
            ended.set()
            for each in tabs:
                each.join()
    return _lost(folder, told, kills)


def prepared(folder: Path) -> dict[str, str]:
    """A demo's database without its requests; its settings, as they stand in the environment."""
    environment = {**settings_for(9_700, folder), **UNLIMITED}
    portal = opened(environment)
    migrate.upgrade(portal.engine)
    with portal.act(SYSTEM) as act:
        samples.load(act)
    portal.engine.dispose()
    return environment


def opened(environment: dict[str, str]) -> Portal:
    with mock.patch.dict(os.environ, environment):
        return open_portal(Settings(_env_file=None))


def opened_settings(folder: Path) -> Settings:
    """Those of a demo in this folder."""
    with mock.patch.dict(os.environ, {**settings_for(9_700, folder), **UNLIMITED}):
        return Settings(_env_file=None)


def submit_until_killed(told: Path) -> None:
    portal = open_portal(Settings(_env_file=None))
    heard = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in range(AT_ONCE):
        threading.Thread(target=_submit, args=(portal, heard, number)).start()


def _submit(portal: Portal, heard: int, number: int) -> None:
    while True:
        number += AT_ONCE
        with portal.act(VISITOR, utc_now()) as act:
            receipt = asking.submit(act, request(number), key=new_key(), visitor=new_token())
        os.write(heard, f"{receipt.reference}\n".encode())


def _fill_in(server: Server, told: list[str], ended: threading.Event) -> None:
    """One form after the other until the server is gone."""
    with suppress(OSError, WebSocketException, TimeoutError, LookupError):
        while not ended.is_set():
            with Tab(server.url, page="request") as tab:
                told.append(asked(tab))


def asked(tab: Tab, took: list[float] | None = None, pause: float = 0) -> str:
    """Fill in the form in a tab and send it; the reference on the screen. `took`: seconds of sending go here; `pause`: how long
    somebody thinks before.
    """
    tab.run()
    tab.tick("Inzage")
    tab.click("Volgende")
    tab.choose("In welke rol", "Klant of relatie")
    tab.choose("Om welke gegevens", OURS)
    tab.click("Volgende")
    tab.type_in("Vertel in je eigen", "Ik wil weten welke gegevens jullie van mij hebben.")
    tab.click("Volgende")
    tab.type_in("Je naam", "Noor Voorbeeld")
    tab.type_in("Je e-mailadres", f"noor-{new_token()[:8].lower()}@aanvrager.example")
    tab.click("Volgende")
    time.sleep(pause)
    began = time.monotonic()
    tab.click("Verstuur")
    if took is not None:
        took.append(time.monotonic() - began)
    return next(each.code.code_text for each in tab.elements if each.WhichOneof("type") == "code")


def _lost(folder: Path, told: list[str], kills: int) -> list[Seen]:
    with sqlite3.connect(folder / "bijsluiter.db") as database:
        there = dict(database.execute("SELECT reference, id FROM request_case"))
        mails = Counter(row[0] for row in database.execute("SELECT case_id FROM outgoing_mail WHERE kind = 'verification'"))
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
    missing = [reference for reference in told if reference not in there]
    without = sum(not mails[each] for each in there.values())
    twice = sum(mails[each] > 1 for each in there.values())
    figure = f"{len(missing)} missing, {without} without mail, {twice} mailed twice, {whole}"
    return [
        Seen(
            "acknowledged but missing 0, case without its mail 0, mail twice 0, integrity ok",
            f"{kills} kills, {len(told):,} acknowledged: {figure}",
            not missing and not without and not twice and whole == "ok" and bool(told),
        )
    ]


if __name__ == "__main__":
    submit_until_killed(Path(sys.argv[1]))
