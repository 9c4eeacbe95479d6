"""Servers to measure, each in a process of its own on loopback: a stock `streamlit run`, the tuned empty page, and ours."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from dashboard.demo.run import settings_for

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90
# What is measured is how fast it goes, not when it is too much.
UNLIMITED = {"BIJSLUITER_LIMIT_TIMES": "1000000"}
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    pid: int
    # From the command to the first answer of its health route.
    ready_seconds: float

    def cpu_seconds(self) -> float:
        """What all its threads used so far, in user and kernel mode."""
        # The name, in brackets, may hold spaces.
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_mb(self) -> float:
        """What it holds in memory now, shared libraries included."""
        return int(Path(f"/proc/{self.pid}/statm").read_text("utf-8").split()[1]) * _PAGE / 1e6

    def peak_mb(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def stock(folder: Path) -> Iterator[Server]:
    """A bare title under `streamlit run`, as installed, with no configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "empty.py").write_text('import streamlit as st\n\nst.title("Bare")\n')
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "empty.py", "--server.headless=true", f"--server.port={port}"]
    with _serving(command, port, "/_stcore/health", folder, {}) as server:
        yield server


@contextmanager
def tuned(folder: Path) -> Iterator[Server]:
    """The same bare title on our own socket with our configuration, and nothing else of ours: the floor of this machine."""
    port = free_port()
    with _serving([sys.executable, "-m", "benchmarks.bare", str(port)], port, "/_stcore/health", ROOT, {}, folder) as server:
        yield server


@contextmanager
def ours(data: Path, *, worker: bool = False, database_url: str = "") -> Iterator[Server]:
    """The portal on this folder, as `bijsluiter serve` serves it; with or without its jobs."""
    port = free_port()
    environment = {**settings_for(port, data), "BIJSLUITER_RUN_WORKER": str(worker).lower(), **UNLIMITED}
    if database_url:
        environment |= {"BIJSLUITER_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "dashboard.cli", "serve"]
    with _serving(command, port, "/_stcore/health", data, environment) as server:
        yield server


@contextmanager
def _serving(
    command: list[str], port: int, health: str, folder: Path, environment: dict[str, str], logs: Path | None = None
) -> Iterator[Server]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "BIJSLUITER_"))}
    with ((logs or folder) / "log").open("wb") as log:
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env={**inherited, "PYTHONPATH": str(ROOT), **environment}, stdout=log, stderr=log
        )
        url = f"http://localhost:{port}"
        try:
            _wait_for(url + health, process)
            yield Server(url, process.pid, time.monotonic() - started)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urlopen(url, timeout=1):  # noqa: S310  loopback
                return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(url)
