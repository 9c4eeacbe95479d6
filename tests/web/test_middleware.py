"""The middleware by itself: what https adds, and where the limits are."""

import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.settings import Settings
from dashboard.web import cookies, middleware
from dashboard.web.middleware import stack

SECRET = "x" * 40
HTTPS = Settings(
    _env_file=None,
    environment="production",
    pepper=SECRET + "p",
    cookie_secret=SECRET + "c",
    file_secret=SECRET + "f",
    signing_secret=SECRET + "s",
    base_url="https://privacy.publisher.example",
)
URL = "https://privacy.publisher.example"
SOCKET = "wss://privacy.publisher.example/socket"


async def page(_request: Request) -> PlainTextResponse:
    response = PlainTextResponse("x")
    cookies.set_cookie(response, cookies.SESSION, "value", HTTPS)
    response.headers.append("set-cookie", "_streamlit_xsrf=1; Path=/")
    return response


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive_text()


@pytest.fixture
def visitor() -> TestClient:
    routes = [Route("/", page, methods=["GET", "POST"]), WebSocketRoute("/socket", socket)]
    return TestClient(Starlette(routes=routes, middleware=stack(HTTPS)), base_url=URL)


def test_on_https_every_cookie_is_secure_and_ours_are_bound_to_the_host(visitor: TestClient) -> None:
    ours, streamlits = visitor.get("/").headers.get_list("set-cookie")
    assert re.fullmatch(r"__Host-bijsluiter-session=value; HttpOnly; Path=/; SameSite=lax; Secure", ours)
    assert streamlits == "_streamlit_xsrf=1; Path=/; SameSite=Lax; Secure"


async def whose(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("|".join(websocket.headers.getlist(middleware.BROWSER)))


def test_a_websocket_says_whose_browser_it_is_by_its_cookies_and_by_nothing_that_it_sends() -> None:
    app = Starlette(routes=[WebSocketRoute("/socket", whose)], middleware=stack(HTTPS))

    def said(cookie: str, **claimed: str) -> str:
        given = {"origin": URL, "cookie": cookie, **claimed}
        with TestClient(app, base_url=URL).websocket_connect(SOCKET, headers=given) as opened:
            return opened.receive_text()

    visitor, opening = "__Host-bijsluiter-visitor", "__Host-bijsluiter-opening"
    mine = said(f"{visitor}=a")
    assert re.fullmatch(r"[0-9a-f]{64}", mine)
    assert said(f"{visitor}=a; other=x", **{middleware.BROWSER: "me"}) == mine
    assert mine not in {said(f"{visitor}=b"), said(f"{visitor}=a; {opening}=c"), said("", **{middleware.BROWSER: mine})}
    # Without a cookie nobody can be told from anybody: each is somebody else.
    assert said("") != said("")


def test_on_https_browsers_are_told_to_stay_there(visitor: TestClient) -> None:
    assert visitor.get("/").headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_a_refusal_carries_the_headers_too(visitor: TestClient) -> None:
    refused = visitor.get("/", headers={"host": "elders.example"})
    assert refused.status_code == 421
    assert refused.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("second", ["privacy.publisher.example", "elders.example"])
def test_a_host_said_twice_is_nobodys(visitor: TestClient, second: str) -> None:
    said = [("host", "privacy.publisher.example"), ("host", second)]
    assert visitor.get("/", headers=said[:1]).status_code == 200
    assert visitor.get("/", headers=said).status_code == 421


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": URL}, 200),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "null"}, 403),
        ({"origin": "https://elders.example"}, 403),
        ({"origin": "http://privacy.publisher.example:81"}, 403),
        # Our own name, as no browser of ours says it.
        ({"origin": "http://privacy.publisher.example"}, 403),
        ({"origin": "file://privacy.publisher.example"}, 403),
        ({"origin": "https:privacy.publisher.example"}, 403),
        ({"origin": "https://privacy.publisher.example/path"}, 403),
        ({"origin": "https://x@privacy.publisher.example"}, 403),
        ({"origin": "//privacy.publisher.example"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": URL}, 403),
        ({"sec-fetch-site": "none"}, 403),
    ],
)
def test_a_form_is_taken_only_from_our_own_pages(visitor: TestClient, headers: dict[str, str], status: int) -> None:
    assert visitor.post("/", headers=headers).status_code == status


def test_a_flood_of_posts_from_one_address_is_stopped(visitor: TestClient) -> None:
    answers = [visitor.post("/").status_code for _ in range(middleware.POSTS_A_MINUTE.amount + 5)]
    assert answers.count(200) == middleware.POSTS_A_MINUTE.amount
    assert set(answers[-5:]) == {429}


def test_an_address_has_only_so_many_websockets_and_gets_them_back(visitor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "SOCKETS_PER_ADDRESS", 1)
    headers = {"origin": URL}
    with visitor.websocket_connect(SOCKET, headers=headers) as first:
        with pytest.raises(WebSocketDisconnect), visitor.websocket_connect(SOCKET, headers=headers):
            pass
        first.send_text("x")
    with visitor.websocket_connect(SOCKET, headers=headers) as again:
        again.send_text("x")
