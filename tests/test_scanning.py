"""A virus scanner that files of strangers pass: the real one where this machine has it, and one that speaks its protocol."""

import shutil
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.db import reading
from dashboard.errors import InvalidInputError
from dashboard.scanning import answers, is_clean
from dashboard.settings import Settings
from tests import cases
from tests.conftest import free_port
from tests.people import request

# The test file that every scanner knows (eicar.org), in two parts so that none takes this one for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon(socketserver.BaseRequestHandler):
    """What clamd says, for the one file that it knows."""

    def handle(self) -> None:
        asked = self.request.recv(10)
        if asked.startswith(b"zPING"):
            self.request.sendall(b"PONG\0")
            return
        content = b""
        while size := struct.unpack("!L", self._exactly(4))[0]:
            content += self._exactly(size)
        self.server.sizes.append(len(content))  # type: ignore[attr-defined]
        self.request.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")

    def _exactly(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            got += self.request.recv(size - len(got))
        return got


@pytest.fixture
def daemon() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        server.sizes = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_file_goes_to_the_scanner_whole_and_its_word_is_taken(daemon: str) -> None:
    assert answers(daemon)
    assert is_clean(daemon, b"x" * 300_000)
    assert not is_clean(daemon, b"y" * 100_000 + EICAR)


@pytest.mark.parametrize(("content", "problem"), [(EICAR, "invalid.file_virus"), (b"een gewone brief", "")])
def test_a_request_with_a_virus_is_not_taken(
    engine: Engine, settings: Settings, now: datetime, daemon: str, content: bytes, problem: str
) -> None:
    scanning = settings.model_copy(update={"clamav": daemon})
    asked = request(uploads=(Upload("brief.txt", content),))
    if problem:
        with pytest.raises(InvalidInputError) as refused:
            cases.submit(engine, scanning, now, asked)
        assert refused.value.problems == {"file": problem}
    else:
        cases.submit(engine, scanning, now, asked)
    with reading(engine) as session:
        assert bool(session.exec(select(CaseFile)).all()) is not bool(problem)
        assert bool(session.exec(select(Case)).all()) is not bool(problem)
    assert bool([each for each in (settings.data_dir / "files").rglob("*") if each.is_file()]) is not bool(problem)


def test_no_file_is_taken_while_the_scanner_doesnt_answer(engine: Engine, settings: Settings, now: datetime) -> None:
    gone = settings.model_copy(update={"clamav": f"127.0.0.1:{free_port()}"})
    assert not answers(gone.clamav)
    with pytest.raises(InvalidInputError) as refused:
        cases.submit(engine, gone, now, request(uploads=(Upload("brief.txt", b"x"),)))
    assert refused.value.problems == {"file": "invalid.file_unscanned"}
    # A request without a file goes on.
    cases.submit(engine, gone, now)


def test_the_real_daemon_says_the_same_where_it_is(tmp_path: Path) -> None:
    """With one signature of its own: the public list isn't on every machine."""
    program = shutil.which("clamd")
    if program is None:
        # Nothing to run: what it says is held by the tests above, after its own description.
        assert shutil.which("clamdscan") is None
        return
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "own.ndb").write_text(f"Eicar-Own:0:*:{EICAR.hex()}\n")
    place = tmp_path / "clamd.sock"
    conf = tmp_path / "clamd.conf"
    conf.write_text(f"LocalSocket {place}\nDatabaseDirectory {tmp_path / 'db'}\nForeground yes\n")
    running = subprocess.Popen([program, "-c", str(conf)])
    try:
        for _ in range(300):
            if answers(str(place)):
                break
            time.sleep(0.1)
        assert is_clean(str(place), b"een gewone brief")
        assert not is_clean(str(place), EICAR)
    finally:
        running.kill()
        running.wait()
