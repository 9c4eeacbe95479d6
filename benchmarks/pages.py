"""What pages cost: one tab, fifty at once, the first page, bytes and processor time; ours, a stock server's and a bare title."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import serving
from benchmarks.filled import Filled
from benchmarks.serving import Server
from benchmarks.streamlit_client import Tab
from benchmarks.telling import need, tell

TABS = 50
SECONDS = 6.0
SINGLE_RUNS = 60
WARM_UP_RUNS = 8


@dataclass(frozen=True, slots=True)
class Visit:
    """A page, and who opens it."""

    name: str
    page: str = ""
    query: str = ""
    cookie: str = ""

    def tab(self, url: str) -> Tab:
        return Tab(url, page=self.page, query=self.query, cookie=self.cookie)


@dataclass(frozen=True, slots=True)
class Cost:
    name: str
    # The median of one tab's reruns, in milliseconds.
    single_ms: float
    # Over all tabs at once.
    reruns_a_second: float
    # Processor time of the server for one rerun, of one tab.
    cpu_ms: float
    # All tabs opened at the same moment: when the median one had its page, and when the last.
    first_median: float
    first_last: float
    first_bytes: int


def visits(made: Filled) -> list[Visit]:
    return [
        Visit("home"),
        Visit("annexes (a board)", "annexes", cookie=made.school),
        Visit("track", "track", cookie=made.requester),
        Visit("desk", "desk", cookie=made.staff),
        Visit("case", "case", f"ref={made.reference}", made.staff),
        Visit("insight", "insight", cookie=made.staff),
    ]


def measure(server: Server, visit: Visit, *, tabs: int = TABS, seconds: float = SECONDS) -> Cost:
    tell(f"{visit.name} at {server.url}")
    with visit.tab(server.url) as tab:
        tab.run()
        need(not tab.exceptions, f"{visit.name} shows a fault")
        size = tab.received
        for _ in range(WARM_UP_RUNS):
            tab.run()
        before = server.cpu_seconds()
        single = [timed(tab.run) for _ in range(SINGLE_RUNS)]
        cpu = (server.cpu_seconds() - before) / SINGLE_RUNS
    first, reruns = _together(server.url, visit, tabs, seconds)
    return Cost(visit.name, statistics.median(single) * 1000, reruns, cpu * 1000, statistics.median(first), max(first), size)


def _together(url: str, visit: Visit, tabs: int, seconds: float) -> tuple[list[float], float]:
    """Seconds until each of many tabs had its first page; then their reruns a second."""
    first: list[float] = []
    counts: list[int] = []
    opened = threading.Barrier(tabs)

    def one() -> None:
        opened.wait()
        begun = time.perf_counter()
        with visit.tab(url) as tab:
            tab.run()
            first.append(time.perf_counter() - begun)
            opened.wait()
            end, number = time.perf_counter() + seconds, 0
            while time.perf_counter() < end:
                tab.run()
                number += 1
            counts.append(number)

    threads = [threading.Thread(target=one) for _ in range(tabs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    need(len(counts) == tabs, "a tab was lost")
    return first, sum(counts) / seconds


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


@contextmanager
def bare_servers(folder: Path) -> Iterator[tuple[tuple[str, Server], ...]]:
    with serving.stock(folder / "stock") as stock, serving.tuned(folder) as tuned:
        yield (("stock, bare title", stock), ("tuned, bare title", tuned))
