"""What leaves of the annex library besides the documents themselves: exports for schools, drafts for the publisher's own people,
results of imports; and the pages behind mailed links of subscribers.
"""

from collections.abc import Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.annexes import catalogue, exports
from dashboard.errors import NotFoundError
from dashboard.i18n import texts
from dashboard.imports import service as imports
from dashboard.notices import subscriptions
from dashboard.permissions import VISITOR
from dashboard.portal import portal
from dashboard.web.documents import asked_day, disposition
from dashboard.web.identity import actor_of, language_of
from dashboard.web.responses import page

LONGEST_TOKEN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEETS: dict[str, Callable[..., exports.Sheet]] = {"register": exports.processing_register, "dpia": exports.dpia}
_FORMS: dict[str, tuple[Callable[[exports.Sheet], bytes], str]] = {
    "csv": (exports.to_csv, "text/csv"),
    "xlsx": (exports.to_xlsx, XLSX),
}


def download_export(request: Request) -> Response:
    """The school's register or DPIA input, as CSV or XLSX."""
    name, form = request.path_params["name"], request.path_params["form"]
    if name not in _SHEETS or form not in _FORMS:
        raise NotFoundError(name)
    actor, t = actor_of(request), texts(language_of(request))
    with portal().look(actor) as act:
        day = asked_day(request, act.today)
        sheet = _SHEETS[name](act, day=day, t=t, key=request.query_params.get("for", ""))
    write, media_type = _FORMS[form]
    file = f"{name}_{actor.scope.key if actor.scope else ''}_{day.isoformat()}.{form}"
    return Response(write(sheet), media_type=media_type, headers=disposition("attachment", file))


def show_draft(request: Request) -> Response:
    """Any version's PDF, for the publisher's own people."""
    with portal().look(actor_of(request)) as act:
        name, content = catalogue.file_of(act, request.path_params["version_id"])
    return Response(content, media_type="application/pdf", headers=disposition("inline", name))


def download_import(request: Request) -> Response:
    """The result of an import, row by row."""
    with portal().look(actor_of(request)) as act:
        found = imports.result(act, request.path_params["run_id"])
    return Response(found.content, media_type="text/csv", headers=disposition("attachment", found.name))


def show_subscription(request: Request) -> Response:
    """The page behind the link that confirms an address. Looking changes nothing: mail scanners look too."""
    return page(request, "subscription.html")


async def confirm_subscription(request: Request) -> Response:
    """The button on that page."""
    async with request.form(max_files=0, max_fields=1) as form:
        token = str(form.get("token", ""))[:LONGEST_TOKEN]
    await to_thread.run_sync(_confirm, token)
    return RedirectResponse("/subscription/confirmed", status_code=303)


def subscription_confirmed(request: Request) -> Response:
    return page(request, "done.html", title_key="subscription.confirmed.title", text_key="subscription.confirmed.text")


def show_unsubscribe(request: Request) -> Response:
    """A button: a mail scanner that follows the link ends nothing."""
    return page(request, "unsubscribe.html", token=request.path_params["token"])


def unsubscribe(request: Request) -> Response:
    """The button, or one click in the mail program (RFC 8058)."""
    token = request.path_params["token"][:LONGEST_TOKEN]
    with portal().act(VISITOR) as act:
        subscriptions.unsubscribe(act, token)
    return page(request, "done.html", title_key="subscription.ended.title", text_key="subscription.ended.text")


def _confirm(token: str) -> None:
    with portal().act(VISITOR) as act:
        subscriptions.confirm(act, token)
