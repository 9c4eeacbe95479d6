"""A promise that tests hold: they run whole, and the figure is how many passed."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT
from tests.trust.seen import Seen

WHOLE = {"TRUST_WHOLE": "1"}
# What two promises rest on is run once.
_known: dict[tuple[tuple[str, ...], str, int], list[Seen]] = {}
_TOLD = re.compile(r"(\d+) (passed|failed|error|skipped)")


def by_tests(*nodes: str, named: str = "", workers: int = 0) -> Callable[[Path, float], list[Seen]]:
    """These files or tests, as pytest names them below `tests/`; of these the ones `named` so. Those that do a part of it in
    `make test` do all of it here. `workers`: for what is long; to start them takes longer than most of this.
    """

    def run(folder: Path, _scale: float) -> list[Seen]:
        key = nodes, named, workers
        if key not in _known:
            _known[key] = _ran(*key, folder)
        return _known[key]

    return run


def _ran(nodes: tuple[str, ...], named: str, workers: int, folder: Path) -> list[Seen]:
    # In a place of its own: whoever runs tests there at the same moment takes away the database of the others.
    place = f"--basetemp={folder / 'tests'}"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", place, "-n", str(workers)]
    command += [f"tests/{node}" for node in nodes]
    command += ["-k", named] if named else []
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | WHOLE)
    told = {what: int(number) for number, what in _TOLD.findall(ended.stdout.splitlines()[-1] if ended.stdout else "")}
    figure = ", ".join(f"{number} {what}" for what, number in told.items()) or f"exit {ended.returncode}"
    return [Seen("all pass", figure, ended.returncode == 0 and bool(told.get("passed")))]
