"""What a PDF that comes in may be: checked by its content, never by its name."""

import io
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import pikepdf

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 300
_TEXT = {"Tj", "TJ", "'", '"'}
# Actions that run, send, or reach for another file or machine (ISO 32000-1, 12.6.4); following a link to a site is none of them.
_RUNS = {
    "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMediaExecute", "/GoToR", "/GoToE", "/Rendition", "/Movie",
    "/Sound", "/Thread",
}  # fmt: skip
# Where a dictionary may say what happens by itself; elsewhere the same name is somebody's font.
_ACTORS = {"/Catalog", "/Page", "/Annot"}
_CARRIES = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
DEEPEST_FORM = 4


class PdfFault(StrEnum):
    """Why a PDF can't be taken; each has a sentence."""

    EMPTY = "empty"
    LARGE = "large"
    NOT_PDF = "not_pdf"
    ENCRYPTED = "encrypted"
    PAGES = "pages"
    RUNS = "runs"
    CARRIES = "carries"
    NO_TEXT = "no_text"


def fault_of(content: bytes) -> PdfFault | None:
    """What is wrong with a PDF from outside, or None: a real one with pages, that runs nothing and carries no other file."""
    return _looked_into(content, _general)


def annex_fault_of(content: bytes) -> PdfFault | None:
    """The same for one that schools are to get: not endless, and with text that can be searched and read aloud."""
    return _looked_into(content, _of_annex)


def _looked_into(content: bytes, check: Callable[[pikepdf.Pdf], PdfFault | None]) -> PdfFault | None:
    if not content:
        return PdfFault.EMPTY
    if len(content) > LARGEST_BYTES:
        return PdfFault.LARGE
    if not content.startswith(b"%PDF-"):
        return PdfFault.NOT_PDF
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return check(pdf)
    except pikepdf.PasswordError:
        return PdfFault.ENCRYPTED
    except pikepdf.PdfError:
        return PdfFault.NOT_PDF


def _general(pdf: pikepdf.Pdf) -> PdfFault | None:
    if pdf.is_encrypted:
        return PdfFault.ENCRYPTED
    if not len(pdf.pages):
        return PdfFault.PAGES
    if _runs(pdf):
        return PdfFault.RUNS
    return PdfFault.CARRIES if _carries(pdf) else None


def _of_annex(pdf: pikepdf.Pdf) -> PdfFault | None:
    if len(pdf.pages) > MOST_PAGES:
        return PdfFault.PAGES
    if fault := _general(pdf):
        return fault
    return None if any(_has_text(page) for page in pdf.pages) else PdfFault.NO_TEXT


def _runs(pdf: pikepdf.Pdf) -> bool:
    """Anything that acts by itself: scripts, launches, forms that send; wherever in the file it hides."""
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and str(opening.get("/S", "")) == "/URI":
        # A link is for clicking, not for opening by itself.
        return True
    return any(_acts(each) for each in _dictionaries(pdf))


def _acts(each: Any) -> bool:
    by_itself = "/AA" in each and (str(each.get("/Type", "")) in _ACTORS or "/Subtype" in each or "/FT" in each)
    return by_itself or "/XFA" in each or "/JS" in each or "/JavaScript" in each or str(each.get("/S", "")) in _RUNS


def _carries(pdf: pikepdf.Pdf) -> bool:
    """Another file inside this one."""
    if "/AF" in pdf.Root or len(pdf.attachments):
        return True
    return any(
        "/EmbeddedFiles" in each or "/EF" in each or str(each.get("/Subtype", "")) in _CARRIES for each in _dictionaries(pdf)
    )


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, however deep inside others, and those of streams."""
    waiting: list[Any] = list(pdf.objects)
    while waiting:
        each = waiting.pop()
        top = each.stream_dict if isinstance(each, pikepdf.Stream) else each
        if isinstance(top, pikepdf.Dictionary):
            yield top
        inside = top.values() if isinstance(top, pikepdf.Dictionary) else top if isinstance(top, pikepdf.Array) else ()
        # What has a number of its own is in the list already.
        waiting += [one for one in inside if isinstance(one, pikepdf.Dictionary | pikepdf.Array) and not one.is_indirect]


def _has_text(page: pikepdf.Page) -> bool:
    return _shows_text(page, DEEPEST_FORM)


def _shows_text(stream: Any, deeper: int) -> bool:
    """Whether a page, or a form that it draws, shows any text: a scan without text can't be searched or read aloud."""
    try:
        operators = {str(instruction.operator) for instruction in pikepdf.parse_content_stream(stream)}
    except pikepdf.PdfError:
        return False
    if operators & _TEXT:
        return True
    held = stream.obj if isinstance(stream, pikepdf.Page) else stream
    forms = held.get("/Resources", pikepdf.Dictionary()).get("/XObject", pikepdf.Dictionary())
    return deeper > 0 and any(
        _shows_text(each, deeper - 1) for each in forms.values() if str(each.get("/Subtype", "")) == "/Form"
    )
