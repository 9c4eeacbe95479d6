"""A demo in which every page fails once a file `fault` lies in its folder: `python -m tests.web.faulty_demo ... --data D`."""

import sys
from pathlib import Path

from dashboard.cli.main import run
from dashboard.ui import visit as visits

SAID = "noor@aanvrager.example staat in /srv/geheim/bijsluiter.db"
before = visits.visit


def failing() -> visits.Visit:
    """What pages ask first; only for a page itself, not for what stands around it."""
    asking = Path(sys._getframe(1).f_code.co_filename)  # noqa: SLF001  no other way to know who asks
    if asking.parent.parent.name == "pages" and (Path(sys.argv[-1]) / "fault").exists():
        raise RuntimeError(SAID)
    return before()


if __name__ == "__main__":
    visits.visit = failing
    run()
