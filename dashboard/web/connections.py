"""Connections that begin and don't go on, and files that come: so long, so many, so large, that nobody fills the server."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dashboard.networks import network_of

# From the first byte, or from the connection, to the end of the headers.
HEADER_SECONDS = 15
# Between two pieces of a body.
IDLE_SECONDS = 30
UPLOADS = "/_stcore/upload_file/"
FILES_AT_ONCE = 4
POLICY_VIOLATION = 1008


class Patient(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, which waits for ever for the first headers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        if self._ends is None and (self.cycle is None or self.cycle.response_complete):
            # Another request on the same connection.
            self._wait()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._done()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._done()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._ends = self.loop.call_later(HEADER_SECONDS, self._end)

    def _done(self) -> None:
        if self._ends:
            self._ends.cancel()
            self._ends = None

    def _end(self) -> None:
        self._ends = None
        if not self.transport.is_closing():
            self.transport.close()


class StalledError(Exception):
    """A body that doesn't go on."""


class Bodies:
    """A body that comes goes on within half a minute; the request ends otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        whole = False

        async def going_on() -> Message:
            nonlocal whole
            if whole:
                # After its end only that somebody goes away is heard.
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), IDLE_SECONDS)
            except TimeoutError as stalled:
                raise StalledError from stalled
            whole = not message.get("more_body", False)
            return message

        answered = False

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self.app(scope, going_on, noted)
        except StalledError:
            if not answered:
                await send({"type": "http.response.start", "status": 408, "headers": [(b"connection", b"close")]})
                await send({"type": "http.response.body", "body": b""})


class Keeper(Protocol):
    """Keeps files that are chosen and not sent yet."""

    def may_take(self, session_id: str, file_id: str, address: str, size: int) -> HTTPStatus: ...
    def settle(self, session_id: str, file_id: str) -> None: ...


class Files:
    """A file comes only to a place that was given out for it, with its size said first, and only a few at a time: each is in
    memory while it comes.
    """

    def __init__(self, app: ASGIApp, keeper: Callable[[], Keeper | None]) -> None:
        self.app = app
        self.keeper = keeper
        self._some = asyncio.Semaphore(FILES_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or not scope["path"].startswith(UPLOADS):
            await self.app(scope, receive, send)
            return
        session_id, _, file_id = scope["path"].removeprefix(UPLOADS).partition("/")
        held, size = self.keeper(), Headers(scope=scope).get("content-length", "")
        if held is None or not size.isdecimal():
            await refuse(scope, receive, send, HTTPStatus.LENGTH_REQUIRED)
            return
        address = network_of(scope["client"][0]) if scope.get("client") else "-"
        status = held.may_take(session_id, file_id, address, int(size))
        if status is not HTTPStatus.OK:
            await refuse(scope, receive, send, status)
            return
        try:
            async with self._some:
                await self.app(scope, receive, send)
        finally:
            held.settle(session_id, file_id)


async def refuse(scope: Scope, receive: Receive, send: Send, status: HTTPStatus) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    await PlainTextResponse(status.phrase, status_code=status)(scope, receive, send)
