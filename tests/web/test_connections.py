"""Connections that begin and don't go on are closed; those that go on aren't."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.web import connections
from dashboard.web.connections import Bodies, Patient
from tests.conftest import free_port

SOON = 0.5


async def echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connections, "HEADER_SECONDS", SOON)
    monkeypatch.setattr(connections, "IDLE_SECONDS", SOON)
    app = Starlette(routes=[Route("/", echo, methods=["GET", "POST"])], middleware=[Middleware(Bodies)])
    found = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=found, http=Patient, log_config=None))
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    while not server.started:
        time.sleep(0.01)
    yield found
    server.should_exit = True
    running.join(10)


def opened(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port))
    made.settimeout(5)
    return made


def closed_after(there: socket.socket) -> float:
    """How long until the other side closes."""
    began = time.monotonic()
    while there.recv(1_000):
        pass
    return time.monotonic() - began


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\nx-a: "])
def test_headers_that_dont_end_are_not_waited_for(port: int, said: bytes) -> None:
    with opened(port) as there:
        there.sendall(said)
        assert SOON * 0.5 < closed_after(there) < 3


def test_a_drop_now_and_then_doesnt_hold_it_open(port: int) -> None:
    with opened(port) as there:
        began = time.monotonic()
        with pytest.raises((ConnectionError, BrokenPipeError)):
            for _ in range(40):
                there.sendall(b"GET / HTTP/1.1\r\n"[:1])
                time.sleep(0.1)
        assert time.monotonic() - began < 3


def test_the_next_request_of_a_connection_is_not_waited_for_either(port: int) -> None:
    with opened(port) as there:
        there.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"200" in there.recv(1_000)
        there.sendall(b"GET / HT")
        assert closed_after(there) < 3


def test_a_body_that_stalls_is_not_waited_for_and_one_that_goes_on_is(port: int) -> None:
    with opened(port) as there:
        there.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n12345")
        assert b"408" in there.recv(1_000)
    with opened(port) as there:
        there.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n")
        for _ in range(10):
            time.sleep(SOON / 2)
            there.sendall(b"x")
        assert there.recv(1_000).endswith(b"10")


def test_a_connection_that_waits_for_its_answer_is_left_alone(port: int) -> None:
    with opened(port) as there:
        there.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"200" in there.recv(1_000)
        time.sleep(SOON * 2)
        there.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b"200" in there.recv(1_000)
