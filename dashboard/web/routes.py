"""Our own addresses beside Streamlit's."""

from datetime import timedelta
from pathlib import Path

from anyio import to_thread
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from dashboard.clock import utc_now
from dashboard.content import organisation
from dashboard.data_requests.requester import entering
from dashboard.data_requests.requester.links import Entry
from dashboard.i18n import Language
from dashboard.networks import network_of
from dashboard.permissions import VISITOR
from dashboard.portal import portal
from dashboard.tokens import new_token
from dashboard.web import cookies, documents, feeds, figures, library, oversight, sign_in
from dashboard.web.api.app import PREFIX, api
from dashboard.web.headers import index_html
from dashboard.web.health import readiness
from dashboard.web.identity import cookie_of, language_of
from dashboard.web.responses import page
from dashboard.web.sign_in import wanted_path

LONGEST_TOKEN = 200
_STREAMLIT = ("_stcore/", "static/", "media/")


class ElsewhereConvertor(Convertor[str]):
    """A path that is neither ours nor Streamlit's own."""

    regex = "(?!" + "|".join(_STREAMLIT) + ").*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("elsewhere", ElsewhereConvertor())
ASSETS = Path(__file__).parent / "assets"


def index(request: Request) -> Response:
    """The page that loads Streamlit, in the reader's language; gives a browser without one its visitor cookie."""
    return with_visitor(request, HTMLResponse(index_html(language_of(request))))


def with_visitor(request: Request, response: Response) -> Response:
    """A random number for a browser that has none: what it types and its receipt are kept under it, and nothing else."""
    if not cookie_of(request, cookies.VISITOR):
        cookies.set_cookie(response, cookies.VISITOR, new_token(), portal().settings)
    return response


def choose_language(request: Request) -> Response:
    """Remember a language and go back."""
    chosen = Language.or_default(request.path_params["language"])
    response = RedirectResponse(wanted_path(request.query_params.get("to", "/")), status_code=303)
    cookies.set_cookie(response, cookies.LANGUAGE, chosen.value, portal().settings, max_age=cookies.A_YEAR)
    return response


def show_open(request: Request) -> Response:
    """The page behind a mailed link. Looking changes nothing: mail scanners look too."""
    return page(request, "open.html", wait_seconds=0, wrong=False)


async def do_open(request: Request) -> Response:
    """The button on that page: spend the link's secret, or the code of the mail, and let this browser in."""
    async with request.form(max_files=0, max_fields=3) as form:
        token, reference, code = (str(form.get(name, ""))[:LONGEST_TOKEN] for name in ("token", "reference", "code"))
    opening = new_token()
    if token:
        await to_thread.run_sync(_open_by_link, token, opening)
    else:
        address = network_of(request.client.host) if request.client else "-"
        tried = await to_thread.run_sync(_try_code, reference, code, address)
        if not tried.ticket:
            return page(request, "open.html", status=403, wait_seconds=tried.wait_seconds, wrong=True)
        await to_thread.run_sync(_open_by_link, tried.ticket, opening)
    # What this browser had open before is closed with it.
    await to_thread.run_sync(_leave, cookie_of(request, cookies.OPENING))
    response = with_visitor(request, RedirectResponse("/track", status_code=303))
    cookies.set_cookie(response, cookies.OPENING, opening, portal().settings)
    return response


def _leave(opening: str | None) -> None:
    if opening:
        with portal().act(VISITOR) as act:
            entering.leave(act, opening)


def _open_by_link(token: str, opening: str) -> None:
    with portal().act(VISITOR) as act:
        entering.enter_by_link(act, token, opening=opening)


def _try_code(reference: str, code: str, address: str) -> Entry:
    with portal().act(VISITOR) as act:
        return entering.try_code(act, reference, code, address=address)


def ready(_request: Request) -> Response:
    """Whether database, files and outbox are well; the reasons stay in the log."""
    answer = readiness(portal(), now=utc_now())
    return JSONResponse({"ready": answer.ready, **answer.parts}, status_code=200 if answer.ready else 503)


def security_txt(_request: Request) -> Response:
    """Where to write about a fault (RFC 9116): good for a year from the day on which it is asked."""
    base = portal().settings.base_url
    expires = utc_now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=365)
    lines = {
        "Contact": f"mailto:{organisation().email}",
        "Expires": expires.isoformat(),
        "Preferred-Languages": ", ".join(Language),
        "Canonical": f"{base}/.well-known/security.txt",
    }
    return PlainTextResponse("".join(f"{name}: {value}\n" for name, value in lines.items()))


def routes(pages: frozenset[str]) -> list[BaseRoute]:
    """All of them; `pages` are the addresses that Streamlit's navigation knows."""
    known = [Route(f"/{name}", index) for name in sorted(pages)]
    return [
        Route("/", index),
        *known,
        Route("/readyz", ready),
        Route("/.well-known/security.txt", security_txt),
        Route("/language/{language}", choose_language),
        Route("/sign-in/{provider}", sign_in.start),
        Route("/sign-in-callback", sign_in.callback),
        Route("/sign-out-elsewhere/{provider}", sign_in.signed_out_elsewhere, methods=["POST"]),
        Route("/sign-out", sign_in.ask_sign_out),
        Route("/sign-out", sign_in.sign_out, methods=["POST"]),
        Route("/open", show_open),
        Route("/open", do_open, methods=["POST"]),
        Route("/documents/all.zip", documents.download_evidence),
        Route("/documents/{version_id}", documents.show_document),
        Route("/documents/{version_id}/file", documents.download_document),
        Route("/answers/{file_id}", documents.download_answer),
        Route("/answers/{file_id}/view", documents.view_answer),
        Route("/request/receipt.pdf", documents.download_proof),
        Route("/open-documents/{version_id}.pdf", documents.download_open),
        Route("/track/due.ics", documents.download_due_date),
        Route("/track/receipt.pdf", documents.download_receipt),
        Route("/dossier/{reference}.pdf", documents.download_dossier),
        Route("/exports/{name}.{form}", library.download_export),
        Route("/catalogue/{version_id}", library.show_draft),
        Route("/subscription", library.show_subscription),
        Route("/subscription", library.confirm_subscription, methods=["POST"]),
        Route("/subscription/confirmed", library.subscription_confirmed),
        Route("/unsubscribe/{token}", library.show_unsubscribe),
        Route("/unsubscribe/{token}", library.unsubscribe, methods=["POST"]),
        Route("/imports/{run_id}.csv", library.download_import),
        Route("/insight/report-{year:int}.pdf", figures.download_report),
        Route("/insight/all.xlsx", figures.download_workbook),
        Route("/insight/{name}.csv", figures.download_table),
        Route("/register/all.{form}", figures.download_register),
        Route("/audit/export.zip", oversight.download_trail),
        Mount(PREFIX, api),
        Route("/feeds/{key}/annexes.atom", feeds.annexes_feed),
        # Streamlit's page asks for its own icon by this name.
        Route("/favicon.png", icon),
        Mount("/assets", StaticFiles(directory=ASSETS)),
        # Streamlit answers any other address with its page and 200; its own addresses are let through.
        Route("/{path:elsewhere}", unknown),
    ]


def icon(_request: Request) -> Response:
    return FileResponse(ASSETS / "mark.svg", media_type="image/svg+xml")


def unknown(request: Request) -> Response:
    return page(request, "message.html", status=404, text_key="error.not_found", number="")
