import io
from collections.abc import Callable
from datetime import date

import pikepdf
import pytest
from PIL import Image

from dashboard.annexes.printing import Paper, pdf
from dashboard.pdfs import LARGEST_BYTES, PdfFault, annex_fault_of, fault_of

GOOD = pdf(Paper("annex_3", "Titel", "Product", "1.0", "4.0", date(2026, 3, 5), {"rows": ["Een regel"]}))


def changed(change: object, **save: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(GOOD)) as opened:
        change(opened)  # type: ignore[operator]
        opened.save(out, **save)  # type: ignore[arg-type]
    return out.getvalue()


def script(opened: pikepdf.Pdf) -> None:
    opened.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def named_script(opened: pikepdf.Pdf) -> None:
    action = opened.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))
    opened.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["x", action])))


def launch(opened: pikepdf.Pdf) -> None:
    page = opened.pages[0]
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    link = opened.make_indirect(pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action))
    page.obj.Annots = pikepdf.Array([link])


def on_page_open(opened: pikepdf.Pdf) -> None:
    opened.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://x.example"))


def attachment(opened: pikepdf.Pdf) -> None:
    opened.attachments["x.exe"] = pikepdf.AttachedFileSpec(opened, b"MZ", filename="x.exe")


def xfa(opened: pikepdf.Pdf) -> None:
    opened.Root.AcroForm = pikepdf.Dictionary(XFA=pikepdf.Array([]))


def next_action(opened: pikepdf.Pdf) -> None:
    """Behind a harmless action, in a list."""
    after = pikepdf.Array([pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")])
    opened.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Named, N=pikepdf.Name.NextPage, Next=after)


def inline_link(**action: object) -> Callable[[pikepdf.Pdf], None]:
    """A link that is no object of its own, deep inside its page."""

    def change(opened: pikepdf.Pdf) -> None:
        link = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=pikepdf.Dictionary(**action))
        opened.pages[0].obj.Annots = pikepdf.Array([link])

    return change


def field_that_acts(opened: pikepdf.Pdf) -> None:
    acts = pikepdf.Dictionary(K=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)"))
    fields = pikepdf.Array([pikepdf.Dictionary(FT=pikepdf.Name.Tx, T="x", AA=acts)])
    opened.Root.AcroForm = pikepdf.Dictionary(Fields=fields)


def hovering(opened: pikepdf.Pdf) -> None:
    acts = pikepdf.Dictionary(E=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://x.example"))
    opened.pages[0].obj.Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], AA=acts)])


def opens_a_site(opened: pikepdf.Pdf) -> None:
    opened.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://x.example")


def file_on_the_page(opened: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9])
    opened.pages[0].obj.Annots = pikepdf.Array([note])


def plain_link(opened: pikepdf.Pdf) -> None:
    inline_link(S=pikepdf.Name.URI, URI="https://www.school.example")(opened)


def filled_form(opened: pikepdf.Pdf) -> None:
    opened.Root.AcroForm = pikepdf.Dictionary(Fields=[pikepdf.Dictionary(FT=pikepdf.Name.Tx, T="naam", V="Noor")])


def font_called_aa(opened: pikepdf.Pdf) -> None:
    held = opened.pages[0].obj.Resources
    held.Font = pikepdf.Dictionary(**{name.lstrip("/"): font for name, font in held.get("/Font", {}).items()})
    held.Font["/AA"] = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)


def scan() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(out, "PDF")
    return out.getvalue()


def test_what_typst_makes_is_taken() -> None:
    assert annex_fault_of(GOOD) is None


@pytest.mark.parametrize("harmless", [plain_link, filled_form, font_called_aa], ids=lambda each: each.__name__)
def test_a_link_to_click_a_filled_form_and_any_font_are_taken(harmless: Callable[[pikepdf.Pdf], None]) -> None:
    assert fault_of(changed(harmless)) is None
    assert annex_fault_of(changed(harmless)) is None


BAD = {
    "script": (script, PdfFault.RUNS),
    "named script": (named_script, PdfFault.RUNS),
    "script behind another action": (next_action, PdfFault.RUNS),
    "launch": (launch, PdfFault.RUNS),
    "launch inside the page": (inline_link(S=pikepdf.Name.Launch, F="cmd.exe"), PdfFault.RUNS),
    "form that sends": (inline_link(S=pikepdf.Name.SubmitForm, F="http://x.example"), PdfFault.RUNS),
    "other file": (inline_link(S=pikepdf.Name.GoToR, F="//x.example/share/a.pdf"), PdfFault.RUNS),
    "file inside": (inline_link(S=pikepdf.Name.GoToE, T=pikepdf.Dictionary(R=pikepdf.Name.C)), PdfFault.RUNS),
    "data from elsewhere": (inline_link(S=pikepdf.Name.ImportData, F="a.fdf"), PdfFault.RUNS),
    "on opening a page": (on_page_open, PdfFault.RUNS),
    "field that acts": (field_that_acts, PdfFault.RUNS),
    "on hovering": (hovering, PdfFault.RUNS),
    "site on opening": (opens_a_site, PdfFault.RUNS),
    "xfa": (xfa, PdfFault.RUNS),
    "attachment": (attachment, PdfFault.CARRIES),
    "file on the page": (file_on_the_page, PdfFault.CARRIES),
}


@pytest.mark.parametrize("kind", BAD)
def test_every_pdf_from_outside_is_looked_through_whoever_sends_it(kind: str) -> None:
    change, fault = BAD[kind]
    assert fault_of(changed(change)) is fault
    assert annex_fault_of(changed(change)) is fault


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", PdfFault.EMPTY),
        (b"%PDF-1.7 nothing more", PdfFault.NOT_PDF),
        (b"<html>%PDF-</html>", PdfFault.NOT_PDF),
        (b"GIF89a", PdfFault.NOT_PDF),
        (b"%PDF-" + b"x" * LARGEST_BYTES, PdfFault.LARGE),
        (changed(script), PdfFault.RUNS),
        (changed(named_script), PdfFault.RUNS),
        (changed(launch), PdfFault.RUNS),
        (changed(on_page_open), PdfFault.RUNS),
        (changed(xfa), PdfFault.RUNS),
        (changed(attachment), PdfFault.CARRIES),
        (changed(lambda _: None, encryption=pikepdf.Encryption(owner="x", user="y")), PdfFault.ENCRYPTED),
        (changed(lambda _: None, encryption=pikepdf.Encryption(owner="x", user="")), PdfFault.ENCRYPTED),
        (scan(), PdfFault.NO_TEXT),
    ],
    ids=lambda value: value.value if isinstance(value, PdfFault) else "",
)
def test_what_isnt_a_plain_pdf_with_text_is_refused_with_its_reason(content: bytes, fault: PdfFault) -> None:
    assert annex_fault_of(content) is fault


def test_text_inside_a_drawn_form_counts() -> None:
    def wrap(opened: pikepdf.Pdf) -> None:
        page = opened.pages[0]
        form = opened.make_stream(page.obj.Contents.read_bytes(), Subtype=pikepdf.Name.Form, Resources=page.obj.Resources)
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
        page.obj.Contents = opened.make_stream(b"q /X Do Q")

    assert annex_fault_of(changed(wrap)) is None
