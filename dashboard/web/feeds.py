"""An Atom feed for a school: what changed to its annexes. The key stands in the address, since feed readers can't send headers;
it opens the feed and nothing else, and the school can end it.
"""

from collections.abc import Sequence
from datetime import timedelta
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.accounts.terms import KeyUse
from dashboard.annexes.changes import ChangeRow, changes, settled
from dashboard.annexes.headlines import headline, told_in_short
from dashboard.clock import utc_now
from dashboard.content import organisation
from dashboard.errors import TooMuchError
from dashboard.i18n import Texts, texts
from dashboard.networks import network_of
from dashboard.portal import portal
from dashboard.typed import body_of
from dashboard.web.api.access import NoKeyError, conditional, system_of
from dashboard.web.identity import preferred

BACK = timedelta(days=365)
MOST_ENTRIES = 100
ATOM = "http://www.w3.org/2005/Atom"


def annexes_feed(request: Request) -> Response:
    """The changes of the last year, the newest first."""
    address = network_of(request.client.host) if request.client else "-"
    try:
        actor = system_of(request.path_params["key"], KeyUse.FEED, address)
    except NoKeyError:
        return PlainTextResponse("Not Found", status_code=404)
    except TooMuchError as much:
        return PlainTextResponse("Too Many Requests", status_code=429, headers={"retry-after": str(much.wait_seconds)})
    now = utc_now()
    with portal().look(actor, now) as act:
        rows = changes(act, since=now - BACK, until=settled(now))
    t = texts(preferred(request.headers.get("accept-language", "")))
    body = atom(rows[::-1][:MOST_ENTRIES], t, actor.scope.key if actor.scope else "", portal().settings.base_url)
    return conditional(request, body, "application/atom+xml")


def atom(rows: Sequence[ChangeRow], t: Texts, scope: str, base_url: str) -> bytes:
    """RFC 4287. Its ids don't hold the key, so that an entry can be shown to others."""
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": t.language.value})
    SubElement(feed, "id").text = f"{base_url}/annexes#{scope}"
    SubElement(feed, "title").text = t("feed.title", organisation=organisation().short_name, scope=scope)
    # Atom asks for a moment even of a feed without entries; a fixed one keeps its ETag.
    SubElement(feed, "updated").text = rows[0].at.isoformat() if rows else "2016-01-01T00:00:00+00:00"
    author = SubElement(feed, "author")
    SubElement(author, "name").text = organisation().name
    SubElement(feed, "link", {"href": f"{base_url}/annexes"})
    for row in rows:
        _entry(feed, row, t, base_url)
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: Element, row: ChangeRow, t: Texts, base_url: str) -> None:
    entry = SubElement(feed, "entry")
    SubElement(entry, "id").text = f"{base_url}/annexes#{row.id}"
    SubElement(entry, "title").text = body_of(headline(row, t))
    SubElement(entry, "updated").text = row.at.isoformat()
    SubElement(entry, "link", {"href": f"{base_url}/annexes"})
    SubElement(entry, "summary").text = body_of(told_in_short(row, t) or headline(row, t))
