"""Run the campaign and write `docs/trust.md`. Cut off, the same command goes on: what held today isn't tried again.

python -m tests.trust [--scale 1] [--anew] [T01 T24 ...]
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from threading import Lock
from typing import Any

from dashboard.clock import local_day, utc_now
from tests.conftest import ROOT
from tests.trust.campaign import CAMPAIGN, MEASURED, TESTED
from tests.trust.lanes import begin, tried
from tests.trust.seen import Part

LAST = 15
KEPT, WRITTEN = ROOT / "var" / "trust.json", ROOT / "docs" / "trust.md"
HEAD = """# Promises, tried

What `make trust` saw: each promise with the figure that was wanted and the one that was seen. The tests are in `tests/trust/`; a
line that says "all pass" is held by tests that run with every change.

| test | promise | wanted | seen | day |
|---|---|---|---|---|
"""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("only", nargs="*")
    asked.add_argument("--scale", type=float, default=1)
    asked.add_argument("--anew", action="store_true")
    given = asked.parse_args()
    kept: dict[str, Any] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    wanted = [part for part in CAMPAIGN if not given.only or part.number in given.only]
    today, started = local_day(utc_now()).isoformat(), time.monotonic()

    def is_known(part: Part) -> bool:
        before = kept.get(part.name)
        return bool(before) and not given.anew and before["day"] == today and before["scale"] >= given.scale and _holds(before)

    def keep(part: Part, tried: tuple[float, list[dict[str, Any]]]) -> None:
        seconds, seen = tried
        kept[part.name] = {"day": today, "scale": given.scale, "seconds": seconds, "seen": seen}
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept, indent=1), "utf-8")

    todo = [part for part in wanted if not is_known(part)]
    left, writing = len(todo), Lock()

    def one_by_one(parts: Iterable[Part], niceness: int = 0) -> None:
        nonlocal left
        # A process for each lane: what is tried in one waits for no other, and what is timed goes first.
        with ProcessPoolExecutor(1, get_context("spawn"), begin, (niceness,)) as lane:
            for part in parts:
                sys.stderr.write(f"[{time.monotonic() - started:5.0f} s] {left} to go  {part.name}\n")
                found = lane.submit(tried, part.name, given.scale).result()
                with writing:
                    left -= 1
                    keep(part, found)

    # What is measured here, what other processes try, and what takes ten minutes beside them; then, alone, what is timed.
    tested = [part for part in todo if part in TESTED]
    measured = [part for part in todo if part in MEASURED and not part.beside and not part.timed]
    lanes = [([part for part in todo if part.beside], 0), (tested, LAST), (measured, LAST)]
    with ThreadPoolExecutor() as pool:
        for lane in [pool.submit(one_by_one, *lane) for lane in lanes]:
            lane.result()
    one_by_one(part for part in todo if part.timed and not part.beside)
    if given.scale >= 1:
        WRITTEN.write_text(HEAD + "".join(_lines(part, kept[part.name]) for part in CAMPAIGN if part.name in kept), "utf-8")
    failed = [part.number for part in wanted if not _holds(kept[part.name])]
    sys.stderr.write(
        f"[{time.monotonic() - started:5.0f} s] {len(wanted) - len(failed)} of {len(wanted)} held {' '.join(failed)}\n"
    )
    return int(bool(failed))


def _holds(row: dict[str, Any]) -> bool:
    return bool(row["seen"]) and all(each["held"] for each in row["seen"])


def _lines(part: Part, row: dict[str, Any]) -> str:
    told = ""
    for each in row["seen"]:
        figure = each["seen"] if each["held"] else f"**not held** {each['seen']}"
        told += f"| {part.number} | {part.promise} | {each['wanted']} | {figure} | {row['day']} |\n"
    return told


if __name__ == "__main__":
    raise SystemExit(main())
