"""What every request passes, in this order: origin and host, limits, secure cookies, headers. Bodies aren't read here."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.networks import network_of
from dashboard.settings import Settings
from dashboard.tokens import digest, new_token
from dashboard.web import cookies, headers
from dashboard.web.connections import Bodies, Files, Keeper, refuse
from dashboard.web.frames import IsOurs, Paces, paced

# Streamlit's own routes that nobody needs from outside: metrics, the agent API, its sign-in, script health.
CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check", "/auth/", "/oauth2callback", "/component/")
# Hashed assets, and what schools' systems ask again and again: these say themselves how long they may be kept.
KEPT_BY_READERS = ("/static/", "/assets/", "/api/", "/feeds/")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# A school is one address: these stop a flood, not a staff room.
SOCKETS_PER_ADDRESS = 200
SOCKETS_IN_ALL = 2_000
# A demo has more of everything that is counted, since all its people come from one address; not of what stops it. What is
# measured has no limit at all.
A_DEMO = 100
POSTS_A_MINUTE = RateLimitItemPerMinute(120)
SIGN_INS_A_MINUTE = RateLimitItemPerMinute(300, namespace="sign-in")
# Which browser a websocket is of: set here, and read by Streamlit.
BROWSER = "x-bijsluiter-browser"


class OriginAndHost:
    """Refuse a Host that isn't ours and anything that another site's page sends on its reader's behalf."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.hosts = frozenset(settings.allowed_hosts)
        self.scheme = urlsplit(settings.base_url).scheme

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope)
        # Two of them: what stands before us may have looked at the other one.
        if len(given.getlist("host")) != 1 or _hostname("//" + given.get("host", "")) not in self.hosts:
            await refuse(scope, receive, send, HTTPStatus.MISDIRECTED_REQUEST)
        elif self._is_foreign(scope, given):
            await refuse(scope, receive, send, HTTPStatus.FORBIDDEN)
        elif scope["path"].startswith(CLOSED):
            await refuse(scope, receive, send, HTTPStatus.NOT_FOUND)
        else:
            await self.app(scope, receive, send)

    def _is_foreign(self, scope: Scope, given: Headers) -> bool:
        origin = given.get("origin")
        if scope["type"] == "websocket":
            # A browser always says where a handshake comes from; what doesn't is no browser of ours.
            return origin is None or not self._is_ours(origin, given)
        if scope["method"] in SAFE_METHODS:
            return False
        fetched_from = given.get("sec-fetch-site")
        if fetched_from is not None:
            # Our no-referrer policy makes browsers send "Origin: null" with a form; this header still tells.
            return fetched_from != "same-origin"
        return origin is not None and not self._is_ours(origin, given)

    def _is_ours(self, origin: str, given: Headers) -> bool:
        # Exactly as browsers write it: no other scheme, no path, no case of its own.
        return origin == f"{self.scheme}://{given.get('host', '')}" and _hostname(origin) in self.hosts


class OneBrowser:
    """Says on each websocket whose browser it is, by its cookies: Streamlit gives a session back to that browser alone
    (`server.trustedUserHeaders`), and nothing of it to somebody who only knows its id.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.names = [cookies.name_of(each, settings) for each in (cookies.VISITOR, cookies.OPENING, cookies.SESSION)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            # Whatever came under this name is no word of ours.
            others = [(name, value) for name, value in scope["headers"] if name.lower() != BROWSER.encode()]
            scope = {**scope, "headers": [*others, (BROWSER.encode(), self._whose(scope).encode())]}
        await self.app(scope, receive, send)

    def _whose(self, scope: Scope) -> str:
        held = cookie_parser(Headers(scope=scope).get("cookie", ""))
        # A browser without a cookie can't be told from another: its session goes back to nobody.
        return digest("|".join(held.get(name, "") for name in self.names)) if held.get(self.names[0]) else new_token()


class Limits:
    """So many websockets at a time, so many form posts a minute, by address."""

    def __init__(self, app: ASGIApp, is_ours: IsOurs, times: int = 1) -> None:
        self.app, self.is_ours = app, is_ours
        self.paces = Paces(times)
        self.sockets: Counter[str] = Counter()
        self.posts = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = network_of(scope["client"][0]) if scope.get("client") else "-"
        if scope["type"] == "websocket":
            await self._socket(address, scope, receive, send)
        elif scope["type"] == "http" and not self._may(address, scope):
            await refuse(scope, receive, send, HTTPStatus.TOO_MANY_REQUESTS)
        else:
            await self.app(scope, receive, send)

    def _may(self, address: str, scope: Scope) -> bool:
        """A form, or the begin of a sign-in, which writes too: as many a minute as a whole school needs behind one address."""
        if scope["method"] not in SAFE_METHODS:
            return self.posts.hit(POSTS_A_MINUTE, address)
        return not scope["path"].startswith("/sign-in") or self.posts.hit(SIGN_INS_A_MINUTE, address)

    async def _socket(self, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self.sockets[address] >= SOCKETS_PER_ADDRESS or self.sockets.total() >= SOCKETS_IN_ALL:
            await refuse(scope, receive, send, HTTPStatus.TOO_MANY_REQUESTS)
            return
        self.sockets[address] += 1
        try:
            await self.app(scope, paced(address, self.paces, self.is_ours, receive, send), send)
        finally:
            self.sockets[address] -= 1
            if not self.sockets[address]:
                del self.sockets[address]


class SecureCookies:
    """Every cookie, Streamlit's too, is SameSite and, on https, Secure."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.secure = settings.secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, _at_start(self._mend, send) if scope["type"] == "http" else send)

    def _mend(self, message: Message) -> None:
        message["headers"] = [
            (name, self._mended(value) if name.lower() == b"set-cookie" else value) for name, value in message["headers"]
        ]

    def _mended(self, cookie: bytes) -> bytes:
        attributes = cookie.lower()
        if b"samesite=" not in attributes:
            cookie += b"; SameSite=Lax"
        if self.secure and b"; secure" not in attributes:
            cookie += b"; Secure"
        return cookie


class SecurityHeaders:
    """The headers of headers.py on every response; what isn't a hashed asset is not stored by anybody."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.secure = settings.secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, _at_start(partial(self._add, scope["path"]), send) if scope["type"] == "http" else send)

    def _add(self, path: str, message: Message) -> None:
        sent = MutableHeaders(scope=message)
        sent.update(headers.BASE_HEADERS)
        sent["content-security-policy"] = _policy_of(path)
        if self.secure:
            sent["strict-transport-security"] = headers.HSTS
        if not path.startswith(KEPT_BY_READERS):
            sent["cache-control"] = headers.NO_STORE
        del sent["server"]


def _policy_of(path: str) -> str:
    if path.startswith("/answers/") and path.endswith("/view"):
        return headers.stranger_policy()
    is_document = path.startswith(("/documents/", "/catalogue/"))
    return headers.document_policy() if is_document else headers.page_policy()


def stack(
    settings: Settings, keeper: Callable[[], Keeper | None] = lambda: None, is_ours: IsOurs = lambda _content: True
) -> list[Middleware]:
    """Ours, outermost first; headers come before the refusals so that these carry them too."""
    return [
        Middleware(SecureCookies, settings=settings),
        Middleware(SecurityHeaders, settings=settings),
        Middleware(OriginAndHost, settings=settings),
        Middleware(OneBrowser, settings=settings),
        Middleware(Limits, is_ours=is_ours, times=settings.limit_times if settings.limit_times > A_DEMO else 1),
        Middleware(Bodies),
        Middleware(Files, keeper=keeper),
    ]


def _at_start(change: Callable[[Message], None], send: Send) -> Send:
    """Sends as `send` does, with the status and headers changed."""

    async def changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            change(message)
        await send(message)

    return changed


def _hostname(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
