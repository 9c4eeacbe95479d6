"""Documents, answers and exports on their way out: the same actor and the same checks as on the pages."""

import csv
import io
from collections.abc import Callable
from datetime import date

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dashboard import audit
from dashboard.annexes import service as annexes
from dashboard.annexes.model import Via
from dashboard.clock import local_day, utc_now
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.outgoing import answers, calendar_file, papers
from dashboard.db import reading, transaction
from dashboard.errors import NotFoundError
from dashboard.evidence import service as evidence
from dashboard.insight import tables
from dashboard.permissions import Actor
from dashboard.portal import portal
from dashboard.spreadsheets import safe_cell
from dashboard.web.identity import actor_of, language_of, requester_of


def show_document(request: Request) -> Response:
    """A PDF in the browser."""
    return _document(request, "inline", Via.VIEW)


def download_document(request: Request) -> Response:
    """A PDF as a file."""
    return _document(request, "attachment", Via.PDF)


def download_evidence(request: Request) -> Response:
    """All documents that applied on a day, as a signed ZIP: of the whole school, or of the part that was chosen."""
    actor, now = actor_of(request), utc_now()
    with transaction(portal().engine) as session:
        made = evidence.gather(
            session,
            actor,
            key=request.query_params.get("for", ""),
            day=asked_day(request, local_day(now)),
            language=language_of(request),
            settings=portal().settings,
            now=now,
        )
    return StreamingResponse(
        evidence.stream(made, portal().files),
        media_type="application/zip",
        headers=disposition("attachment", made.name),
    )


def download_answer(request: Request) -> Response:
    """A file of an answer, for the requester of the case or for staff."""
    staff = actor_of(request)
    actor: Actor = staff if staff.is_staff else requester_of(request)
    with transaction(portal().engine) as session:
        found = answers.download(session, actor, request.path_params["file_id"], shelf=portal().shelf, now=utc_now())
    return Response(found.content, media_type=found.media_type, headers=disposition("attachment", found.name))


def download_due_date(request: Request) -> Response:
    """The due date of the requester's own case, for a calendar."""
    case = _own_case(request)
    body = calendar_file.due_date(case, base_url=portal().settings.base_url, now=utc_now())
    return Response(body, media_type="text/calendar", headers=disposition("attachment", f"{case.reference}.ics"))


def download_receipt(request: Request) -> Response:
    """Proof that the requester's own case arrived."""
    case = _own_case(request)
    body = papers.receipt(case, now=utc_now())
    return Response(body, media_type="application/pdf", headers=disposition("attachment", f"{case.reference}.pdf"))


def download_dossier(request: Request) -> Response:
    """Everything on record about a case, for staff; that it was taken is recorded."""
    actor, now = actor_of(request), utc_now()
    with transaction(portal().engine) as session:
        found = queries.case_id_of(session, actor, request.path_params["reference"])
        case = queries.case_view(session, actor, found, settings=portal().settings, today=local_day(now))
        audit.record(session, actor, "case.dossier", ("case", case.id), now=now)
    body = papers.dossier(case, now=now)
    return Response(body, media_type="application/pdf", headers=disposition("attachment", f"dossier-{case.reference}.pdf"))


def _own_case(request: Request) -> CaseView:
    requester = requester_of(request)
    with reading(portal().engine) as session:
        if requester.case_id is None:
            raise NotFoundError
        return queries.case_view(session, requester, requester.case_id, settings=portal().settings, today=local_day(utc_now()))


def download_table(request: Request) -> Response:
    """A table of the insight page as CSV."""
    name = request.path_params["name"]
    make: Callable[..., tables.Table] | None = tables.TABLES.get(name)
    if make is None:
        raise NotFoundError(name)
    with reading(portal().engine) as session:
        table = make(session, actor_of(request), today=local_day(utc_now()), language=language_of(request))
    content = io.StringIO()
    csv.writer(content).writerows([[safe_cell(value) for value in row] for row in (table.columns, *table.rows)])
    # With a byte order mark: Excel reads UTF-8 only then.
    body = content.getvalue().encode("utf-8-sig")
    return Response(body, media_type="text/csv", headers=disposition("attachment", f"{name}.csv"))


def _document(request: Request, shown: str, via: Via) -> Response:
    actor, version_id = actor_of(request), request.path_params["version_id"]
    key = request.query_params.get("for", "")
    with transaction(portal().engine) as session:
        found = annexes.open_document(session, actor, version_id, via=via, key=key, files=portal().files, now=utc_now())
    return Response(found.content, media_type="application/pdf", headers=disposition(shown, found.name))


def disposition(kind: str, name: str) -> dict[str, str]:
    """The header that says how a browser takes a file."""
    # Our own names: ASCII without quotes.
    return {"content-disposition": f'{kind}; filename="{name}"'}


def asked_day(request: Request, today: date) -> date:
    """The day in `?day=`, today without one. Raises NotFoundError for what is no day."""
    asked = request.query_params.get("day", "")
    try:
        return date.fromisoformat(asked) if asked else today
    except ValueError as wrong:
        raise NotFoundError(asked) from wrong
