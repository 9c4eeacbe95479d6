"""The audit trail as a signed ZIP, streamed."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dashboard.clock import utc_now
from dashboard.errors import NotFoundError
from dashboard.oversight import export, trail
from dashboard.oversight.trail import Asked, TrailRow
from dashboard.permissions import Actor
from dashboard.portal import portal
from dashboard.web.documents import disposition
from dashboard.web.identity import actor_of


def download_trail(request: Request) -> Response:
    """The rows that the page was asked for; that they were taken is one of the next."""
    actor, now = actor_of(request), utc_now()
    with portal().act(actor, now) as act:
        asked = Asked.of(request.query_params, act.today)
        rows, head = trail.how_many(act, asked), trail.head(act)
        if rows > trail.MOST_EXPORTED:
            raise NotFoundError("audit")
        trail.note_export(act, asked, rows)
    content = export.packed(_pieces(actor, asked), asked, head, portal().settings, by=actor.name, now=now)
    name = f"audit-{asked.first.isoformat()}-{asked.last.isoformat()}.zip"
    return StreamingResponse(content, media_type="application/zip", headers=disposition("attachment", name))


def _pieces(actor: Actor, asked: Asked) -> Iterator[tuple[TrailRow, ...]]:
    """Each in a look of its own: nobody waits for who takes all."""
    start = None
    while True:
        with portal().look(actor) as act:
            page = trail.piece(act, asked, start)
        yield page.rows
        start = page.next
        if start is None:
            return
