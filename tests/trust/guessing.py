"""T08 and T14: how long a wrong guess takes, and a sign-in of somebody in four hundred groups."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import uuid4

from benchmarks.serving import ours
from benchmarks.streamlit_client import Tab
from dashboard.clock import utc_now
from dashboard.data_requests.requester import entering
from dashboard.errors import LinkExpiredError
from dashboard.permissions import VISITOR
from dashboard.web import cookies
from tests import cases
from tests.app import cookie_for
from tests.people import request
from tests.trust.losing import opened, prepared
from tests.trust.seen import Seen, times

GUESSES, GROUPS = 300, 400
# Of what a network adds: nobody tells codes apart from outside. Of a link only who holds it learns that it was one.
APART, LINKS_APART = 0.001, 0.01


def same_answers(folder: Path, scale: float) -> list[Seen]:
    """A code that is wrong, of a request that there isn't, of one that was withdrawn, and no code at all; links likewise."""
    portal, now = opened(prepared(folder)), utc_now()
    receipts = [cases.submit(portal.engine, portal.settings, now, request(email=f"{n}@gok.example")) for n in range(2)]
    expired = cases.token_in(cases.mails(portal.engine, "verification")[0])
    used = cases.token_in(cases.mails(portal.engine, "verification")[1])
    cases.open_link(portal.engine, portal.settings, used, now)
    wrong = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF"
    codes = {
        "wrong": (receipts[0].reference, wrong),
        "unknown": ("BS-ZZZ-ZZZ-ZZZ", wrong),
        "malformed": ("x", "y"),
        "another's": (receipts[0].reference, receipts[1].code),
    }
    links = {
        "unknown": ("x" * 43, now),
        "used": (used, now),
        "expired": (expired, now + timedelta(days=9)),
        "malformed": ("<>", now),
    }
    told: dict[str, set[str]] = {"code": set(), "link": set()}

    def by_code(reference: str, code: str) -> None:
        with portal.act(VISITOR, now) as act:
            told["code"].add(repr(entering.try_code(act, reference, code, address=str(uuid4()))))

    def by_link(token: str, moment: object) -> None:
        try:
            with portal.act(VISITOR, moment) as act:  # type: ignore[arg-type]
                entering.enter_by_link(act, token, opening="somebody else")
        except LinkExpiredError as refused:
            told["link"].add(type(refused).text_key)

    guesses = times(GUESSES, scale)
    took_codes = _medians({name: lambda given=given: by_code(*given) for name, given in codes.items()}, guesses)  # type: ignore[misc]
    took_links = _medians({name: lambda given=given: by_link(*given) for name, given in links.items()}, guesses)  # type: ignore[misc]
    portal.engine.dispose()
    return [
        Seen(
            "one answer for every wrong code, one for every dead link",
            f"{len(told['code'])} and {len(told['link'])}",
            all(len(each) == 1 for each in told.values()),
        ),
        _alike("codes", took_codes, APART),
        _alike("links", took_links, LINKS_APART),
    ]


def _medians(tries: dict[str, Callable[[], None]], number: int) -> dict[str, float]:
    """In turns, so that whatever else the machine does is shared by all."""
    took: dict[str, list[float]] = {name: [] for name in tries}
    for _ in range(number):
        for name, attempt in tries.items():
            began = time.perf_counter()
            attempt()
            took[name].append(time.perf_counter() - began)
    return {name: median(each) for name, each in took.items()}


def _alike(what: str, took: dict[str, float], most: float) -> Seen:
    apart = max(took.values()) - min(took.values())
    figures = ", ".join(f"{name} {seconds * 1000:.2f}" for name, seconds in took.items())
    return Seen(f"{what}: medians within {most * 1000:.0f} ms", f"{figures} ms", apart <= most)


def many_groups(folder: Path, _scale: float) -> list[Seen]:
    """Somebody whose login names four hundred groups opens their page."""
    portal = opened(prepared(folder))
    groups = [str(uuid4()) for _ in range(GROUPS)]
    cookie = cookie_for(portal, "entra", "bestuur", utc_now(), groups=groups, wids=groups)
    name = cookies.name_of(cookies.SESSION, portal.settings)
    portal.engine.dispose()
    with ours(folder) as server:
        began = time.monotonic()
        with Tab(server.url, page="annexes", cookie=f"{name}={cookie}") as tab:
            shaken = time.monotonic() - began
            tab.run()
            signed_in = "Uitloggen" in tab.text()
    return [
        Seen(
            "handshake under 1 s, and they are signed in",
            f"{shaken:.2f} s, {'signed in' if signed_in else 'not signed in'}",
            shaken < 1 and signed_in,
        )
    ]
