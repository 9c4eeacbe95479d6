"""A visitor of the running demo over HTTP and websocket, signed in or not."""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import urlsplit

import anyio
import httpx2

from benchmarks.streamlit_client import Tab
from tests.conftest import Demo

T = TypeVar("T")
# Closed after each test, by conftest.py.
OPENED: list[httpx2.Client] = []


def client(demo: Demo) -> httpx2.Client:
    made = httpx2.Client(base_url=demo.url, follow_redirects=False, timeout=20, headers={"accept-language": "nl"})
    OPENED.append(made)
    return made


def sign_in(visitor: httpx2.Client, provider: str, sub: str, to: str = "/") -> httpx2.Response:
    """Through the provider and back; the answer of the callback."""
    start = visitor.get(f"/sign-in/{provider}", params={"to": to})
    assert start.status_code == 302, start.text
    chosen = visitor.post(start.headers["location"], data={"sub": sub})
    return visitor.get(chosen.headers["location"])


def signed_in(demo: Demo, provider: str, sub: str) -> httpx2.Client:
    visitor = client(demo)
    visitor.get("/")
    answer = sign_in(visitor, provider, sub)
    assert answer.status_code == 303, answer.text
    return visitor


def cookies(visitor: httpx2.Client) -> str:
    """The browser's cookies as a header."""
    return "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())


def tab(demo: Demo, page: str, visitor: httpx2.Client | None = None, query: str = "") -> Tab:
    return Tab(demo.url, page=page, cookie=cookies(visitor) if visitor else "", query=query)


def path(response: httpx2.Response) -> str:
    parts = urlsplit(response.headers["location"])
    return parts.path


def in_a_thread(ask: Callable[[], Awaitable[T]]) -> T:
    """Run an asynchronous question to its end, also where a browser's event loop runs in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, ask).result()
