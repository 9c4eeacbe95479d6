"""The running demo from outside: headers, closed doors, readiness (T27 and what goes with it)."""

import json
import re
import socket
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from benchmarks.streamlit_client import Tab
from dashboard.web import headers
from tests.conftest import ROOT, Demo
from tests.web.visit import client, cookies, signed_in, tab

pytestmark = pytest.mark.xdist_group("demo")

POLICY = re.compile(
    r"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-[A-Za-z0-9+/]{43}='; style-src 'self' 'unsafe-inline'; "
    r"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors '(none|self)'; "
    r"object-src 'none'; base-uri 'self'; form-action 'self'"
)
EXACT = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
ADDRESSES = {
    "page": ("/", 200),
    "deep link": ("/annexes", 200),
    "unknown page": ("/no-such-page", 404),
    "unknown deep": ("/a/b/c.txt", 404),
    "document": ("/documents/x", 404),
    "bundle": ("/documents/all.zip", 404),
    "answer": ("/answers/x", 404),
    "table": ("/insight/requests-per-week.csv", 404),
    "redirect": ("/language/en?to=/track", 303),
    "mailed link": ("/open", 200),
    "unknown provider": ("/sign-in/nobody", 404),
    "readiness": ("/readyz", 200),
    "metrics": ("/_stcore/metrics", 404),
    "agent": ("/_stcore/agent/interact", 404),
    "agent description": ("/_stcore/agent/openapi.json", 404),
    "streamlit's sign-in": ("/auth/login", 404),
    "health": ("/_stcore/health", 200),
    "sign out": ("/sign-out", 200),
    "wrong method": ("/sign-out-elsewhere/entree", 404),
}


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_every_answer_carries_exactly_these_headers(demo: Demo, name: str) -> None:
    address, status = ADDRESSES[name]
    answer = client(demo).get(address)
    assert answer.status_code == status
    assert {key: answer.headers[key] for key in EXACT} == EXACT
    assert POLICY.fullmatch(answer.headers["content-security-policy"])
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers


def test_hashed_assets_may_be_kept_and_have_the_same_headers(demo: Demo) -> None:
    visitor = client(demo)
    script = re.search(r'src="\./(static/js/[^"]+)"', visitor.get("/").text)
    assert script
    answer = visitor.get("/" + script.group(1))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] != "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("accept", "language"), [("nl", "nl"), ("en-GB,en;q=0.9,nl;q=0.5", "en"), ("de,fr", "nl"), ("", "nl")])
def test_the_page_says_its_language(demo: Demo, accept: str, language: str) -> None:
    html = client(demo).get("/", headers={"accept-language": accept}).text
    assert f'<html lang="{language}">' in html
    assert "<title>Bijsluiter</title>" in html


def test_a_chosen_language_stays(demo: Demo) -> None:
    visitor = client(demo)
    answer = visitor.get("/language/en", params={"to": "/track"})
    assert answer.headers["location"] == "/track"
    assert '<html lang="en">' in visitor.get("/track").text
    assert "Dat ging niet" not in visitor.get("/no-such-page").text
    visitor.get("/language/nl")
    assert '<html lang="nl">' in visitor.get("/").text


@pytest.mark.parametrize(
    "to", ["https://elders.example/", "//elders.example", "/\\elders.example", "javascript:alert(1)", "/a\r\nX: y", ""]
)
def test_no_redirect_leads_elsewhere(demo: Demo, to: str) -> None:
    assert client(demo).get("/language/en", params={"to": to}).headers["location"] == "/"


def test_cookies_hold_a_random_number_only_and_are_closed_to_scripts(demo: Demo) -> None:
    answer = client(demo).get("/")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert re.fullmatch(r"bijsluiter-visitor=[A-Za-z0-9_-]{43}; HttpOnly; Path=/; SameSite=lax", cookie)


@pytest.mark.parametrize("host", ["elders.example", "localhost.elders.example", "127.0.0.1.nip.example", ""])
def test_another_host_name_is_refused(demo: Demo, host: str) -> None:
    assert client(demo).get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("address", ["/open", "/sign-out", "/_stcore/upload_file/x/y"])
def test_a_form_from_another_site_is_refused(demo: Demo, address: str) -> None:
    for sent in ({"origin": "https://elders.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}):
        assert client(demo).post(address, headers=sent).status_code == 403


def handshake(demo: Demo, origin: str | None) -> None:
    address = demo.url.replace("http", "ws") + "/_stcore/stream"
    with connect(address, origin=Origin(origin) if origin else None):
        pass


@pytest.mark.parametrize("origin", [None, "https://elders.example", "http://localhost:1", "null"])
def test_a_websocket_from_elsewhere_is_refused(demo: Demo, origin: str | None) -> None:
    with pytest.raises(InvalidStatus):
        handshake(demo, origin)


@pytest.mark.parametrize("moment", ["during a run", "after it"])
@pytest.mark.parametrize("dropped", [True, False])
def test_who_only_knows_the_id_of_a_session_gets_not_one_message_of_it(demo: Demo, moment: str, dropped: bool) -> None:
    """Streamlit hands a session to whoever names it, with what it had drawn: to another browser it hands a new one."""
    visitor = client(demo)
    visitor.get("/request")
    with tab(demo, "request", visitor) as mine:
        mine.run()
        if moment == "during a run":
            mine.send()
        if dropped:
            mine.close()
        for cookie in ("", "bijsluiter-visitor=another"):
            with Tab(demo.url, page="request", cookie=cookie, session=mine.session) as stranger:
                assert stranger.heard() == 0


def test_a_lost_connection_of_the_same_browser_goes_on_where_it_was(demo: Demo) -> None:
    visitor = client(demo)
    visitor.get("/request")
    with tab(demo, "request", visitor) as mine:
        mine.run()
        mine.tick("Inzage")
        mine.click("Volgende")
        before = mine.text()
    with Tab(demo.url, page="request", cookie=cookies(visitor), session=mine.session) as again:
        assert again.run().text() == before
        assert again.session == mine.session


def test_the_id_of_a_session_is_in_no_log(demo: Demo) -> None:
    """Not when two tabs claim one, nor when an upload breaks off: its address names the session."""
    visitor = client(demo)
    visitor.get("/request")
    with tab(demo, "request", visitor) as mine:
        mine.run()
        with Tab(demo.url, page="request", cookie=cookies(visitor), session=mine.session) as twice:
            twice.run()
        address = urlsplit(demo.url)
        with socket.create_connection((address.hostname, address.port)) as broken:
            head = f"PUT /_stcore/upload_file/{mine.session}/abc HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: {demo.url}\r\n"
            broken.sendall(f"{head}Content-Length: 100000\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n--x".encode())
        visitor.get("/readyz")
    assert mine.session
    assert mine.session not in demo.log.read_text("utf-8")


def test_sixty_foreign_websockets_leave_the_health_route_quick(demo: Demo) -> None:
    visitor = client(demo)
    for _ in range(60):
        with pytest.raises(InvalidStatus):
            handshake(demo, "https://elders.example")
    answer = visitor.get("/_stcore/health")
    assert answer.elapsed.total_seconds() < 0.5


@pytest.mark.parametrize(
    "address",
    [
        "/.env",
        "/.git/config",
        "/pyproject.toml",
        "/data/organisation.toml",
        "/.streamlit/config.toml",
        "/assets/../cli.py",
        "/assets/%2e%2e/cli.py",
        "/static/../../../etc/passwd",
        "/navigation.py",
        "/pages/navigation.py",
    ],
)
def test_no_file_of_ours_is_served(demo: Demo, address: str) -> None:
    answer = client(demo).get(address)
    assert answer.status_code in {400, 404}
    assert "import" not in answer.text


def test_readiness_names_its_parts_and_no_more(demo: Demo) -> None:
    assert client(demo).get("/readyz").json() == {"ready": True, "database": "ok", "files": "ok", "outbox": "ok"}


def test_an_unknown_case_is_one_sentence_without_a_trace(demo: Demo) -> None:
    staff = signed_in(demo, "medewerkers", "behandelaar")
    for query in ("ref=BS-111-111-111", "ref=%3Cscript%3E", ""):
        with tab(demo, "case", staff, query) as page:
            page.run()
            assert "We kunnen dit niet vinden." in page.text()
            assert page.exceptions == 0


def test_a_fault_on_a_page_shows_a_number_that_is_in_the_log_and_nothing_else(demo: Demo) -> None:
    catalogue = demo.data / "mailbox" / "new" / "0.broken"
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    catalogue.write_bytes(b"Subject: no date\n\nnoor@aanvrager.example")
    try:
        with tab(demo, "mailbox") as page:
            page.run()
            told = page.text()
    finally:
        catalogue.unlink()
    number = re.search(r"nummer ([0-9A-F]{8})", told)
    assert number, told
    assert page.exceptions == 0
    assert "Traceback" not in told
    line = next(line for line in demo.log.read_text("utf-8").splitlines() if number.group(1) in line)
    assert json.loads(line)["event"] == "page failed"
    assert "noor@" not in demo.log.read_text("utf-8")


def test_the_tuned_settings_are_those_that_were_agreed() -> None:
    text = (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    for line in (
        "headless = true",
        "enableCORS = true",
        "enableXsrfProtection = true",
        "maxUploadSize = 10",
        "maxMessageSize = 10",
        'fileWatcherType = "none"',
        "enableStaticServing = false",
        "enableAgentApi = false",
        'showErrorDetails = "none"',
        'toolbarMode = "minimal"',
        "gatherUsageStats = false",
        "postScriptGC = false",
    ):
        assert line in text


def test_the_pages_policy_has_the_hash_of_the_installed_script() -> None:
    assert POLICY.fullmatch(headers.page_policy())
    assert headers.page_policy().replace("'none'; object", "'self'; object") == headers.document_policy()
