"""Reruns a second of our home page, as `bijsluiter demo` serves it, beside a stock `streamlit run` of an empty page.

Both run on this machine in one go, one after the other, each alone. `make bench` prints the table.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from benchmarks.streamlit_client import Tab

ROOT = Path(__file__).resolve().parent.parent
TABS = 20
SECONDS = 8.0
SINGLE_RUNS = 60
WARM_UP_RUNS = 5
START_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    single_ms: float
    reruns_a_second: float
    worst_ms: float


def measure(name: str, url: str) -> Result:
    """One tab's median rerun, then reruns a second over all tabs at once."""
    with Tab(url) as tab:
        single = statistics.median(_timed(tab) for _ in _warm(tab, SINGLE_RUNS))
    times: list[float] = []
    threads = [threading.Thread(target=_loop, args=(url, times)) for _ in range(TABS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - started
    return Result(name, single * 1000, len(times) / elapsed, max(times) * 1000)


def _loop(url: str, times: list[float]) -> None:
    with Tab(url) as tab:
        tab.run()
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            times.append(_timed(tab))


def _warm(tab: Tab, runs: int) -> range:
    for _ in range(WARM_UP_RUNS):
        tab.run()
    return range(runs)


def _timed(tab: Tab) -> float:
    started = time.perf_counter()
    tab.run()
    return time.perf_counter() - started


@contextmanager
def _serving(command: list[str], url: str, health: str, folder: Path) -> Iterator[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "BIJSLUITER_"))}
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(url + health, process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        log.close()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urlopen(url, timeout=1):  # noqa: S310  loopback
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def stock(folder: Path) -> Result:
    """An empty page under `streamlit run`, as installed, with no configuration."""
    folder.mkdir()
    (folder / "empty.py").write_text("")
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "empty.py", "--server.headless=true", f"--server.port={port}"]
    with _serving(command, f"http://localhost:{port}", "/_stcore/health", folder) as url:
        return measure("stock streamlit run, empty page", url)


def ours(folder: Path) -> Result:
    """The home page of the demo, with its database, sign-in and middleware."""
    folder.mkdir()
    port = _free_port()
    command = [sys.executable, "-m", "dashboard.cli", "demo", "--port", str(port), "--data", str(folder / "data")]
    with _serving(command, f"http://localhost:{port}", "/readyz", folder) as url:
        return measure("bijsluiter, home page", url)


def main() -> None:
    os.environ["PYTHONPATH"] = str(ROOT)
    with tempfile.TemporaryDirectory() as made:
        results = [stock(Path(made) / "stock"), ours(Path(made) / "ours")]
    print(f"{'':34}{'one tab, median':>18}{f'{TABS} tabs':>16}{'slowest':>12}")
    for result in results:
        print(f"{result.name:34}{result.single_ms:>15.1f} ms{result.reruns_a_second:>12.1f} /s{result.worst_ms:>9.0f} ms")
    first, second = results
    print(f"{'ratio':34}{second.single_ms / first.single_ms:>17.2f}x{second.reruns_a_second / first.reruns_a_second:>14.1f}x")


if __name__ == "__main__":
    main()
