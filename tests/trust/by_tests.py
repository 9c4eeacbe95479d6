"""A promise that tests hold: they run whole, and the figure is how many passed."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.conftest import ROOT
from tests.trust.seen import Seen

WHOLE = {"TRUST_WHOLE": "1"}
_TOLD = re.compile(r"(\d+) (passed|failed|error|skipped)")


def by_tests(*nodes: str, named: str = "", workers: int = 0) -> Callable[[Path, float], list[Seen]]:
    """These files or tests, as pytest names them below `tests/`; of these the ones `named` so. Those that do a part of it in
    `make test` do all of it here. `workers`: for what is long; to start them takes longer than most of this.
    """

    def run(_folder: Path, _scale: float) -> list[Seen]:
        return _ran(nodes, named, workers)

    return run


# What two promises rest on is run once.
@cache
def _ran(nodes: tuple[str, ...], named: str, workers: int) -> list[Seen]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", str(workers), *(f"tests/{node}" for node in nodes)]
    command += ["-k", named] if named else []
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | WHOLE)
    told = {what: int(number) for number, what in _TOLD.findall(ended.stdout.splitlines()[-1] if ended.stdout else "")}
    figure = ", ".join(f"{number} {what}" for what, number in told.items()) or f"exit {ended.returncode}"
    return [Seen("all pass", figure, ended.returncode == 0 and bool(told.get("passed")))]
