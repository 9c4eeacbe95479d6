"""Everything in one go, saved as benchmarks/results.md: python -m benchmarks [--cases 1000000] [--reruns 20000]

The figures are those of one machine in one run: what is beside each other was measured beside each other.
"""

import argparse
import os
import platform
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks import annexes, exports, memory, pages, serving, submissions
from benchmarks.filled import filled
from benchmarks.pages import Cost
from benchmarks.serving import ROOT
from benchmarks.submissions import Pace
from benchmarks.telling import tell
from dashboard.clock import local_day, utc_now

FEW = 10_000
RESULTS = ROOT / "benchmarks" / "results.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- measured: make bench -->", "<!-- until here -->"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|---|" + "---:|" * (len(headings) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def page_row(cost: Cost) -> tuple[str, ...]:
    return (
        cost.name,
        f"{cost.single_ms:.1f}",
        f"{cost.cpu_ms:.1f}",
        f"{cost.reruns_a_second:.0f}",
        f"{cost.first_median:.2f}",
        f"{cost.first_last:.2f}",
        f"{cost.first_bytes / 1000:.1f}",
    )


def page_table(costs: Iterable[Cost]) -> str:
    headings = (
        "page",
        "one tab, ms",
        "processor, ms",
        "50 tabs, reruns/s",
        "first page of 50, s",
        "the last, s",
        "first run, kB",
    )
    return table(headings, map(page_row, costs))


def pace_row(pace: Pace) -> tuple[str, ...]:
    figures = (pace.a_second, pace.median_ms, pace.p95_ms, pace.p99_ms, pace.slowest_ms)
    return (pace.name, *(f"{figure:.0f}" for figure in figures))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--reruns", type=int, default=memory.RERUNS)
    given = parser.parse_args()
    parts: list[str] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        zipped = exports.archive(folder / "zip")
        tell("import of 10,000 schools")
        seconds = annexes.schools_imported(folder / "import", 10_000)
        with serving.stock(folder / "stock") as server:
            costs = [pages.measure(server, pages.Visit("stock `streamlit run`, a bare title"))]
        with serving.tuned(folder) as server:
            costs.append(pages.measure(server, pages.Visit("tuned server, a bare title")))
        with filled(FEW) as few, serving.ours(few.data) as server:
            few_costs = [pages.measure(server, visit) for visit in pages.visits(few)]
        with filled(FEW) as few, serving.ours(few.data) as server:
            held = memory.held(server, reruns=given.reruns)
            ready = server.ready_seconds
        parts += [f"## Pages, {FEW:,} requests\n", page_table([*costs, *few_costs])]
        with filled(given.cases) as many, serving.ours(many.data) as server:
            many_costs = [pages.measure(server, visit, seconds=3) for visit in pages.visits(many) if visit.page]
            register = exports.register(server, many)
        both = [
            (each.name, f"{each.cpu_ms:.1f}", f"{other.cpu_ms:.1f}", f"{other.cpu_ms / each.cpu_ms:.2f}")
            for each in few_costs
            for other in many_costs
            if each.name == other.name
        ]
        parts += [
            f"\n## Processor time of a rerun, ms, at {FEW:,} and at {given.cases:,} requests\n",
            table(("page", f"{FEW:,}", f"{given.cases:,}", "times"), both),
            "\n## Durable submissions, through the service\n",
            table(
                ("way", "a second", "median, ms", "p95, ms", "p99, ms", "slowest, ms"),
                [pace_row(each) for each in submissions.paces(6.0)],
            ),
        ]
    others = [
        (f"register as CSV, {register.rows:,} requests", f"{register.rows / register.seconds:,.0f} rows/s"),
        ("memory while it leaves", f"{register.memory_peak_mb - register.memory_before_mb:+.0f} MB"),
        ("another's click meanwhile", f"{register.click_meanwhile_ms:.0f} ms (alone {register.click_alone_ms:.0f} ms)"),
        (f"evidence ZIP of {zipped.documents} documents, {zipped.megabytes:.0f} MB", f"{zipped.seconds:.1f} s"),
        ("import of 10,000 schools", f"{seconds:.1f} s"),
        ("ready after the start", f"{ready:.1f} s"),
        ("memory, idle", f"{held.idle_mb:.0f} MB"),
        ("memory of an open tab, at 200", f"{held.a_tab_mb:.2f} MB"),
        (f"memory after {held.reruns:,} reruns of one tab", f"{held.after_reruns_mb - held.before_reruns_mb:+.0f} MB"),
    ]
    parts += ["\n## Other\n", table(("what", "measured"), others)]
    write("\n".join(parts))


def write(body: str) -> None:
    day = local_day(utc_now()).isoformat()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    head = f"# Measured\n\n{day}, {machine}; everything on loopback, the load from the same machine.\n\n"
    RESULTS.write_text(head + body + "\n", "utf-8")
    print(f"\n{head}{body}")
    shown = body.partition("\n## Durable")[0].partition("\n## Processor")[0].replace(f"## Pages, {FEW:,} requests\n", "").strip()
    found = README.read_text("utf-8")
    block = f"{BEGIN}\n{day}, {machine}:\n\n{shown}\n{END}"
    README.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: block, found, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main()
