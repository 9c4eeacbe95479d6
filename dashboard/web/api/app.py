"""The addresses of the API. Each asks the same questions as the pages, for the system's own school, and changes nothing."""

import re
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BeforeValidator
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from dashboard.annexes import agreements, queries, service
from dashboard.annexes.changes import changes, settled
from dashboard.annexes.holdings import holdings
from dashboard.annexes.rows import SchoolAnnexes
from dashboard.clock import local_day, utc_now
from dashboard.db import BUSY
from dashboard.errors import BijsluiterError, NotAllowedError, NotFoundError, TooMuchError
from dashboard.i18n import Language
from dashboard.permissions import Actor
from dashboard.portal import portal
from dashboard.web.api import made
from dashboard.web.api.access import NoKeyError, answer, caller, conditional, has
from dashboard.web.api.shapes import (
    AgreementShape,
    AnnexDataShape,
    AnnexShape,
    BoardShape,
    ChangesShape,
    Problem,
    ProductShape,
)
from dashboard.web.identity import preferred

PREFIX = "/api/v1"
TITLES = {401: "no valid key", 404: "not found", 405: "method not allowed", 422: "invalid input", 429: "too many calls"}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": TITLES[status], "content": {"application/problem+json": {}}}
    for status in (401, 422, 429)
}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "no such thing, or not yours", "content": {"application/problem+json": {}}}
}
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "as you have it"}}

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]{5,15}([Zz]|[+-][0-9]{2}:[0-9]{2})")


def _written(form: re.Pattern[str], what: str) -> BeforeValidator:
    """Only as the standard writes it: a bare number would otherwise be taken for seconds since 1970."""

    def check(given: Any) -> Any:
        if isinstance(given, str) and not form.fullmatch(given):
            raise ValueError(what)
        return given

    return BeforeValidator(check)


Caller: TypeAlias = Annotated[Actor, Depends(caller)]
Day: TypeAlias = Annotated[
    date | None, _written(_DAY, "a day is written as 2026-03-05"), Query(description="as of this day; today without it")
]
Moment: TypeAlias = Annotated[
    datetime, _written(_MOMENT, "a moment is written as 2026-03-05T09:30:00Z"), Query(description="a moment with its time zone")
]
Slug: TypeAlias = Annotated[str | None, Query(pattern=r"^[a-z0-9-]{1,60}$")]

Kind: TypeAlias = Annotated[str | None, Query(pattern=r"^[a-z0-9_]{1,40}$")]


def _known_only(request: Request) -> None:
    """Refuse a parameter that this address lacks, or one given twice: a mistyped filter must not answer with everything."""
    known = {each.alias for each in request.scope["route"].dependant.query_params}
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in known or given.count(name) > 1:
            raise RequestValidationError([{"loc": ("query", name), "msg": "unknown, or given twice", "type": "extra"}])


api = FastAPI(
    title="Bijsluiter",
    version="1",
    description="The annexes and agreements that apply to your school. Read only; a key reaches what its school reaches.",
    docs_url=None,
    redoc_url=None,
    root_path_in_servers=False,
    servers=[{"url": PREFIX}],
    responses={**_PROBLEMS, **_UNCHANGED},
    dependencies=[Depends(_known_only)],
)


@api.get("/boards", response_model=list[BoardShape])
def boards(request: Request, actor: Caller, day: Day = None) -> Response:
    """Your board with its schools and locations."""
    with portal().look(actor) as act:
        within = holdings(act).reached
    return answer(request, list[BoardShape], made.boards(within, _day(day)))


@api.get("/products", response_model=list[ProductShape])
def products(request: Request, actor: Caller, day: Day = None) -> Response:
    """The products that you hold a licence for."""
    return answer(request, list[ProductShape], made.products(_annexes(request, actor, day)))


@api.get("/annexes", response_model=list[AnnexShape])
def annexes(request: Request, actor: Caller, day: Day = None, product: Slug = None, kind: Kind = None) -> Response:
    """The annexes of those products: what is in force, and what is announced."""
    rows = made.annexes(_annexes(request, actor, day))
    chosen = [row for row in rows if product in {None, row.product} and kind in {None, row.kind}]
    return answer(request, list[AnnexShape], chosen)


@api.get("/annexes/{version_id}", response_model=AnnexDataShape, responses=_NOT_FOUND)
def annex(request: Request, actor: Caller, version_id: Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$")]) -> Response:
    """One version with its content as data."""
    with portal().look(actor) as act:
        found = service.annex(act, version_id)
    return answer(request, AnnexDataShape, made.with_content(found, act.today, _language(request)))


@api.get(
    "/documents/{sha256}",
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}, **_NOT_FOUND},
    response_class=Response,
)
def document(request: Request, actor: Caller, sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]) -> Response:
    """A PDF by the SHA-256 of its bytes."""
    if has(request.headers.get("if-none-match", ""), f'"{sha256}"'):
        # Who has it already takes nothing: no download is recorded.
        with portal().look(actor) as act:
            service.find_by_digest(act, sha256)
        return conditional(request, b"", "application/pdf", tag=sha256)
    with portal().act(actor) as act:
        found = service.take_by_digest(act, sha256)
    name = f'attachment; filename="{found.name}"'
    return conditional(request, found.content, "application/pdf", tag=sha256, **{"content-disposition": name})


@api.get("/agreements/self", response_model=list[AgreementShape], responses=_NOT_FOUND)
def agreements_self(
    request: Request,
    actor: Caller,
    board_id: Annotated[str | None, Query(alias="boardId", pattern=r"^[0-9]{5}$", description="one board of yours")] = None,
    day: Day = None,
) -> Response:
    """The processing agreement of your board: model, status, day."""
    with portal().look(actor) as act:
        rows = agreements.agreements(act, day=_day(day), language=_language(request))
    chosen = [row for row in rows if board_id in {None, row.board_number}]
    if board_id and not chosen:
        raise NotFoundError(board_id)
    return answer(request, list[AgreementShape], [made.agreement(row) for row in chosen])


@api.get("/changes", response_model=ChangesShape)
def changes_since(request: Request, actor: Caller, since: Moment) -> Response:
    """What changed after a moment: versions announced, in force, withdrawn; sub-processors; products added or removed."""
    now = utc_now()
    with portal().look(actor, now) as act:
        rows = changes(act, since=since, until=settled(now))
    # Until the newest change, not until now: the same answer has the same ETag.
    newest = rows[-1].at if rows else since
    return answer(request, ChangesShape, made.changes(rows, newest))


def _annexes(request: Request, actor: Actor, day: date | None) -> SchoolAnnexes:
    with portal().look(actor) as act:
        return queries.annexes(act, day=_day(day), language=_language(request))


def _day(day: date | None) -> date:
    return day or local_day(utc_now())


def _language(request: Request) -> Language:
    return preferred(request.headers.get("accept-language", ""))


def _problem(status: int, detail: str = "", headers: dict[str, str] | None = None) -> JSONResponse:
    content = Problem(title=TITLES.get(status, "refused"), status=status, detail=detail).model_dump(by_alias=True)
    return JSONResponse(content, status_code=status, media_type="application/problem+json", headers=headers)


@api.exception_handler(NoKeyError)
def _no_key(_request: Request, _error: Exception) -> JSONResponse:
    return _problem(401, headers={"www-authenticate": "Bearer"})


@api.exception_handler(TooMuchError)
def _too_many(_request: Request, error: Exception) -> JSONResponse:
    seconds = error.wait_seconds if isinstance(error, TooMuchError) else 60
    return _problem(429, headers={"retry-after": str(seconds)})


def _busy(_request: Request, _error: Exception) -> JSONResponse:
    """Somebody holds the database for longer than we wait, or its disk is full: later again."""
    return _problem(503, headers={"retry-after": "10"})


for _kind in BUSY:
    api.add_exception_handler(_kind, _busy)


@api.exception_handler(BijsluiterError)
def _refused(_request: Request, error: Exception) -> JSONResponse:
    # Forbidden reads as not found, as everywhere.
    return _problem(404 if isinstance(error, NotFoundError | NotAllowedError) else 500)


@api.exception_handler(RequestValidationError)
def _invalid(_request: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    said = "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in found)
    return _problem(422, said[:500])


@api.exception_handler(HTTPException)
def _http(_request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _problem(status, headers=dict(error.headers or {}) if isinstance(error, HTTPException) else None)
