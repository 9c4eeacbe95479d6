"""The command line in a process of its own, with nothing of this one's settings.

To read all that it imports takes four seconds of a processor, and the tests start it some three hundred times: the process is
forked from one that has read it, and has done nothing else. The demo, the journeys and the first day start it anew.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

from dashboard.content import ROOT

BARE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
LONGEST_SECONDS = 120
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["dashboard.cli.main", "dashboard.web.server"])


def run_cli(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return typed(ROOT, arguments, {**BARE, **environment})


def typed(folder: Path, arguments: tuple[str, ...], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """As it was typed in this folder, with these variables and no other."""
    with tempfile.TemporaryDirectory(prefix="bijsluiter-command-") as said:
        out, err = Path(said) / "out", Path(said) / "err"
        process = _FORKS.Process(target=_run, args=(str(folder), arguments, dict(environment), str(out), str(err)))
        _start(process)
        process.join(LONGEST_SECONDS)
        if process.is_alive():
            process.kill()
            raise subprocess.TimeoutExpired(arguments, LONGEST_SECONDS)
        assert process.exitcode is not None
        return subprocess.CompletedProcess(arguments, process.exitcode, out.read_text("utf-8"), err.read_text("utf-8"))


def _start(process: BaseProcess) -> None:
    """A page that a test ran left itself as the main module: the new process would run it first."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        process.start()
    finally:
        sys.modules["__main__"] = main


def _run(folder: str, arguments: tuple[str, ...], environment: dict[str, str], out: str, err: str) -> None:
    for path, number in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["bijsluiter", *arguments]
    runpy.run_module("dashboard.cli", run_name="__main__")
