"""What the desk costs at 1,000 and at 100,000 requests, side by side in one run: first page, filters, search, counts.

python -m benchmarks.desk [--cases 1000 100000]
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from obstore.store import MemoryStore
from sqlalchemy import Engine

from dashboard import migrate, vault
from dashboard.act import Act
from dashboard.clock import utc_now
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.desk import queue, watched
from dashboard.data_requests.desk.rows import Filters, Order, View
from dashboard.data_requests.law.rights import Right
from dashboard.db import make_engine, reading, transaction
from dashboard.demo import seed
from dashboard.files import FileStore
from dashboard.permissions import SYSTEM, Actor, Role
from dashboard.settings import Settings

SETTINGS, FILES = Settings(_env_file=None, environment="demo"), FileStore(MemoryStore())
AGENT = Actor(Role.DESK_AGENT, id="agent")
TIMES = 60
LIMIT = 3.0


def questions() -> dict[str, Filters]:
    return {
        "first page": Filters(),
        "first page, by receipt": Filters(order=Order.RECEIVED),
        "due this week": Filters(view=View.WEEK),
        "one status": Filters(statuses=(Status.WAITING_FOR_REQUESTER,)),
        "one right": Filters(rights=(Right.ACCESS,)),
        "a rare right": Filters(rights=(Right.RESTRICTION,)),
        "answered ones": Filters(view=View.ENDED),
        "search a name": Filters(search="noor voorbeeld"),
        "search an address": Filters(search="noor.voorbeeld77"),
        "search, nothing there": Filters(search="niemand"),
    }


def seeded(cases: int, folder: Path) -> Engine:
    engine = vault.attach(make_engine(f"sqlite:///{folder / f'{cases}.db'}"), SETTINGS.file_secrets)
    migrate.upgrade(engine)
    with transaction(engine) as session:
        seed.requests(Act(session, SYSTEM, utc_now(), SETTINGS, FILES), cases, seed=1)
    return engine


def milliseconds(engines: Sequence[Engine], ask: Callable[[Act], object]) -> list[float]:
    """Each one's median of many, by turns: what else this machine does hits all alike. A transaction each, as on a page."""
    now = utc_now()
    taken: list[list[float]] = [[] for _ in engines]
    for _ in range(TIMES):
        for times, engine in zip(taken, engines, strict=True):
            started = time.perf_counter()
            with reading(engine) as session:
                ask(Act(session, AGENT, now, SETTINGS, FILES))
            times.append((time.perf_counter() - started) * 1000)
    return [statistics.median(times) for times in taken]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs=2, default=(1_000, 100_000))
    few, many = parser.parse_args().cases
    asked: dict[str, Callable[[Act], object]] = {
        name: partial(queue.desk, filters=filters) for name, filters in questions().items()
    }
    asked["counts of all views"] = queue.desk_counts
    asked["open load"] = watched.open_load
    with tempfile.TemporaryDirectory() as folder:
        engines = [seeded(number, Path(folder)) for number in (few, many)]
        print(f"{'the desk, median ms':<26}{few:>12,}{many:>12,}{'times':>8}")
        for name, ask in asked.items():
            small, large = milliseconds(engines, ask)
            over = "" if large / small < LIMIT else "  OVER"
            print(f"{name:<26}{small:>12.2f}{large:>12.2f}{large / small:>8.1f}{over}")
        for engine in engines:
            engine.dispose()
    print(f"aim: under {LIMIT:g} times")


if __name__ == "__main__":
    main()
