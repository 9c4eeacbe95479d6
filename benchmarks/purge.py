"""What visitors notice of a purge: how long sending a request takes them while nothing happens, and beside one.

python -m benchmarks.purge [--cases 2600]
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from dashboard import jobs, migrate
from dashboard.clock import utc_now
from dashboard.data_requests.requester import asking
from dashboard.data_requests.requester.intake import NewRequest
from dashboard.data_requests.upkeep import retention
from dashboard.demo import seed
from dashboard.i18n import Language
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.portal import Portal, open_portal
from dashboard.settings import Settings
from dashboard.tokens import new_key

LATER = timedelta(days=1200)
PAUSE, QUIET_SECONDS = 0.02, 5.0
TYPED = NewRequest(
    rights=("access",), role="customer", subject="own_records", explanation="Mijn gegevens.", name="Noor Voorbeeld",
    email="noor@aanvrager.example", language=Language.NL,
)  # fmt: skip


def sending(portal: Portal, during: Callable[[], object]) -> list[float]:
    """Milliseconds of each request that one visitor sends, one after the other, while something happens."""
    took: list[float] = []
    over = threading.Event()

    def visitor() -> None:
        while not over.is_set():
            began = time.monotonic()
            with portal.act(VISITOR) as act:
                asking.submit(act, TYPED, key=new_key(), visitor="bench")
            took.append((time.monotonic() - began) * 1000)
            time.sleep(PAUSE)

    thread = threading.Thread(target=visitor)
    thread.start()
    during()
    over.set()
    thread.join()
    return sorted(took)


def line(what: str, took: list[float]) -> str:
    middle, last = took[len(took) // 2], took[int(len(took) * 0.99)]
    return f"{what:<12} {len(took):>8} {middle:>10.0f} {last:>8.0f} {took[-1]:>8.0f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=2600)
    with tempfile.TemporaryDirectory() as folder:
        given = Settings(_env_file=None, environment="demo", data_dir=Path(folder), database=f"sqlite:///{folder}/b.db")
        portal = open_portal(given)
        migrate.upgrade(portal.engine)
        with portal.act(SYSTEM) as act:
            seed.requests(act, parser.parse_args().cases, seed=1)
        quiet = sending(portal, lambda: time.sleep(QUIET_SECONDS))
        later = utc_now() + LATER
        with portal.look(SYSTEM, later) as act:
            due = len(retention.due(act))
        began = time.monotonic()
        beside = sending(portal, lambda: jobs.purge(portal, lambda: later))
        print(f"purge: {due} due, taken in {time.monotonic() - began:.1f} s, while a visitor sends requests")
        print(f"{'':<12} {'requests':>8} {'median ms':>10} {'p99 ms':>8} {'slowest':>8}")
        print(line("quiet", quiet), line("beside it", beside), sep="\n")


if __name__ == "__main__":
    main()
