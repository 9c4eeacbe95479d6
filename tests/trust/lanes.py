"""What the process of a lane does: found by its name, since a process that begins knows nothing of the one that began it."""

import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from dashboard import logs
from tests.trust.campaign import CAMPAIGN


def begin(niceness: int) -> None:
    """At the start of a lane's process. Many things fail here on purpose."""
    os.nice(niceness)
    logs.configure(logging.ERROR)


def tried(name: str, scale: float) -> tuple[float, list[dict[str, Any]]]:
    """How long it took, in seconds, and what was seen."""
    part, began = next(each for each in CAMPAIGN if each.name == name), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        seen = [{"wanted": each.wanted, "seen": each.seen, "held": each.held} for each in part.run(Path(folder), scale)]
    return round(time.monotonic() - began, 1), seen
