"""Documents, answers and exports on their way out: the same actor and the same checks as on the pages."""

from collections.abc import Collection
from contextlib import nullcontext, suppress
from datetime import date

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dashboard.annexes import opened
from dashboard.annexes import service as annexes
from dashboard.annexes.terms import Via
from dashboard.clock import utc_now
from dashboard.data_requests.case import queries
from dashboard.data_requests.case.rows import CaseView
from dashboard.data_requests.outgoing import answers, calendar_file, papers
from dashboard.data_requests.outgoing.answers import Download
from dashboard.data_requests.outgoing.uploads import VIEWED
from dashboard.data_requests.requester import asking, proof
from dashboard.errors import NotFoundError
from dashboard.evidence import service as evidence
from dashboard.permissions import VISITOR, Permission
from dashboard.portal import portal
from dashboard.spreadsheets import decoded
from dashboard.web import cookies
from dashboard.web.identity import actor_of, cookie_of, language_of, requester_of


def show_document(request: Request) -> Response:
    """A PDF in the browser."""
    return _document(request, "inline", Via.VIEW)


def download_document(request: Request) -> Response:
    """A PDF as a file."""
    return _document(request, "attachment", Via.PDF)


def download_evidence(request: Request) -> Response:
    """All documents that applied on a day, as a signed ZIP: of the whole school, or of the part that was chosen; of these the new
    ones, where that is asked.
    """
    asked = request.query_params
    with portal().act(actor_of(request)) as act:
        made = evidence.gather(
            act,
            key=asked.get("for", ""),
            day=asked_day(request, act.today),
            language=language_of(request),
            only_new=asked.get("new") == "1",
        )
    return StreamingResponse(
        evidence.stream(made, portal().files),
        media_type="application/zip",
        headers=disposition("attachment", made.name),
    )


def download_answer(request: Request) -> Response:
    """A file of a case, for its requester, for the school that decides it or for staff."""
    found = _case_file(request)
    return Response(found.content, media_type=found.media_type, headers=disposition("attachment", found.name))


def view_answer(request: Request) -> Response:
    """The same to look at on the page of the case: what a stranger sent runs nothing and asks for nothing. Raises NotFoundError
    for a kind that no page shows.
    """
    found = _case_file(request, kinds=VIEWED)
    # However it was written: what is looked at is read as UTF-8.
    content = decoded(found.content).encode() if found.media_type == "text/plain" else found.content
    return Response(content, media_type=found.media_type, headers=disposition("inline", found.name))


def _case_file(request: Request, *, kinds: Collection[str] | None = None) -> Download:
    """As who is signed in, else as whose request this browser opened: somebody may be both."""
    signed_in, opened = actor_of(request), requester_of(request)
    if signed_in.may(Permission.READ_CASE) or signed_in.may(Permission.READ_HANDED_CASE):
        with suppress(NotFoundError) if opened.case_id else nullcontext(), portal().act(signed_in) as act:
            return answers.download(act, request.path_params["file_id"], kinds=kinds)
    with portal().act(opened) as act:
        return answers.download(act, request.path_params["file_id"], kinds=kinds)


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


def download_proof(request: Request) -> Response:
    """What the confirmation shows, for the browser that sent the form: reference, code and date."""
    with portal().look(VISITOR) as act:
        shown = asking.receipt(act, cookie_of(request, cookies.VISITOR))
    if shown is None or request.query_params.get("ref") not in {None, shown.reference}:
        raise NotFoundError
    body = proof.proof(shown, language_of(request), now=utc_now())
    return Response(body, media_type="application/pdf", headers=disposition("attachment", f"{shown.reference}.pdf"))


def download_open(request: Request) -> Response:
    """A document that anybody may have."""
    with portal().look(VISITOR) as act:
        found = opened.take_open(act, request.path_params["version_id"])
    return Response(found.content, media_type="application/pdf", headers=disposition("attachment", found.name))


def download_dossier(request: Request) -> Response:
    """Everything on record about a case, for staff; that it was taken is recorded."""
    with portal().act(actor_of(request)) as act:
        case = papers.take_dossier(act, request.path_params["reference"])
    body = papers.dossier(case, now=utc_now())
    return Response(body, media_type="application/pdf", headers=disposition("attachment", f"dossier-{case.reference}.pdf"))


def _own_case(request: Request) -> CaseView:
    requester = requester_of(request)
    if requester.case_id is None:
        raise NotFoundError
    with portal().look(requester) as act:
        case = queries.case_view(act, requester.case_id)
    # The page named the case that it showed; another one may be open by now.
    if request.query_params.get("ref") not in {None, case.reference}:
        raise NotFoundError
    return case


def _document(request: Request, shown: str, via: Via) -> Response:
    key = request.query_params.get("for", "")
    with portal().act(actor_of(request)) as act:
        found = annexes.take_document(act, request.path_params["version_id"], via=via, key=key)
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
