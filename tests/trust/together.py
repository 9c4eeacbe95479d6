"""T25, T29 and T30: many at once, of one address and of many, and two who save the same."""

import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import quantiles

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from benchmarks.serving import Server, ours
from benchmarks.streamlit_client import Tab
from dashboard.act import Seen as Shown
from dashboard.clock import utc_now
from dashboard.data_requests.desk import handling
from dashboard.errors import StaleError
from dashboard.jobs import deliver_mail
from dashboard.mail.model import OutgoingMail
from dashboard.portal import Portal
from dashboard.web.middleware import SOCKETS_PER_ADDRESS
from tests import cases
from tests.people import AGENT, COLLEAGUE, request
from tests.trust.losing import asked, opened, prepared
from tests.trust.seen import Seen, times

# Seconds before somebody sends.
THINKING = 5.0
TABS, MINUTES, PAIRS, MAILS, WORKERS = 50, 10, 200, 1_000, 4


def many_tabs_of_one(folder: Path, _scale: float) -> list[Seen]:
    """One address opens two hundred websockets and more; somebody elsewhere opens a page meanwhile."""
    prepared(folder)
    with ours(folder) as server, ExitStack() as open_ones:
        address = server.url.replace("http", "ws") + "/_stcore/stream"
        found = Counter(_opens(address, server.url, open_ones) for _ in range(SOCKETS_PER_ADDRESS + 10))
        began = time.monotonic()
        with Tab(server.url, source="127.0.0.2") as tab:
            tab.run()
            seconds = time.monotonic() - began
    return [
        Seen(
            f"{SOCKETS_PER_ADDRESS} let in, 10 refused",
            f"{found[True]} let in, {found[False]} refused",
            found == {True: SOCKETS_PER_ADDRESS, False: 10},
        ),
        Seen("another address loads within 2 s", f"{seconds:.1f} s", seconds < 2),
    ]


def _opens(address: str, origin: str, open_ones: ExitStack) -> bool:
    try:
        made: ClientConnection = connect(address, origin=origin)  # type: ignore[arg-type]
        open_ones.callback(made.close)
        # A refusal comes as a close.
        made.ping().wait(1)
    except (WebSocketException, OSError):
        return False
    return True


def fifty_at_work(folder: Path, scale: float) -> list[Seen]:
    """Fifty people fill in the form, one request after the other, for ten minutes."""
    prepared(folder)
    took: list[float] = []
    faults: list[str] = []
    with ours(folder) as server:
        ends, before = time.monotonic() + MINUTES * 60 * scale, server.memory_mb()
        threads = [threading.Thread(target=_fill_in, args=(server, ends, took, faults)) for _ in range(TABS)]
        for each in threads:
            each.start()
        settled = before
        while any(each.is_alive() for each in threads):
            time.sleep(1)
            if time.monotonic() < ends - MINUTES * 30 * scale:
                settled = server.memory_mb()
        grown = server.memory_mb() - settled
    p95 = quantiles(took, n=20)[-1] if len(took) > 1 else 99.0
    return [
        Seen(
            "p95 of sending under 1 s, no errors",
            f"{len(took):,} sent: p95 {p95:.2f} s, {len(faults)} errors",
            p95 < 1 and not faults,
        ),
        Seen("memory flat: under 50 MB more in the second half", f"{grown:+.0f} MB", grown < 50),
    ]


def _fill_in(server: Server, ends: float, took: list[float], faults: list[str]) -> None:
    while time.monotonic() < ends:
        try:
            with Tab(server.url, page="request") as tab:
                asked(tab, took, pause=THINKING)
        except (OSError, WebSocketException, LookupError, TimeoutError, StopIteration) as fault:
            faults.append(type(fault).__name__)


def two_who_save(folder: Path, scale: float) -> list[Seen]:
    """Two of staff take the same request at the same moment, two hundred times; four workers send a thousand mails."""
    portal = opened(prepared(folder))
    pairs, outcomes = times(PAIRS, scale), Counter[str]()
    for number in range(pairs):
        case = cases.received(portal.engine, portal.settings, utc_now(), request(email=f"{number}@pair.example"))
        begun = threading.Barrier(2)

        def take(who: object, shown: Shown, begun: threading.Barrier = begun) -> None:
            begun.wait()
            try:
                with portal.act(who) as act:  # type: ignore[arg-type]
                    handling.note(act, shown, "Gezien.")
            except StaleError:
                outcomes["told"] += 1
            else:
                outcomes["won"] += 1

        both = [threading.Thread(target=take, args=(who, Shown(case.id, case.version))) for who in (AGENT, COLLEAGUE)]
        for each in both:
            each.start()
        for each in both:
            each.join()
    found = [
        Seen(
            f"{pairs} win, {pairs} are told",
            f"{outcomes['won']} won, {outcomes['told']} told",
            outcomes == {"won": pairs, "told": pairs},
        )
    ]
    return [*found, _sent(portal, times(MAILS, scale))]


def _sent(portal: Portal, wanted: int) -> Seen:
    there = wanted
    with suppress(StopIteration):
        for number in range(wanted):
            cases.submit(portal.engine, portal.settings, utc_now(), request(email=f"{number}@mail.example"), key=f"mail-{number}")
    went: Counter[str] = Counter()

    def send(mail: OutgoingMail) -> None:
        went[mail.id] += 1

    workers = [threading.Thread(target=deliver_mail, args=(portal, send)) for _ in range(WORKERS)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    portal.engine.dispose()
    twice = sum(number > 1 for number in went.values())
    return Seen(f"each of {there:,} mails sent once", f"{len(went):,} sent, {twice} twice", len(went) >= there and not twice)
