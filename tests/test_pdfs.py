import io
from datetime import date

import pikepdf
import pytest
from PIL import Image

from dashboard.annexes.printing import Paper, pdf
from dashboard.pdfs import LARGEST_BYTES, PdfFault, annex_fault_of

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


def scan() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(out, "PDF")
    return out.getvalue()


def test_what_typst_makes_is_taken() -> None:
    assert annex_fault_of(GOOD) is None


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
