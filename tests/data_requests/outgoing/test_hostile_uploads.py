"""T18: forty files that nobody sends in good faith, each with what becomes of it."""

import io
import random
import struct
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest
from PIL import ExifTags, Image
from sqlalchemy import Engine, update
from sqlmodel import col, select

from dashboard import sqlite as sqlite_waits
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.case.terms import FilePurpose
from dashboard.data_requests.desk import handling
from dashboard.data_requests.outgoing import uploads
from dashboard.data_requests.outgoing.case_files import content_of
from dashboard.data_requests.outgoing.uploads import LARGEST_BYTES, Upload
from dashboard.data_requests.requester import following
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError
from dashboard.permissions import SYSTEM, Actor
from dashboard.settings import Settings
from tests import cases
from tests.acts import by, seen
from tests.people import AGENT, request, requester

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"
PHP = b"<?php system($_GET['c']); ?>"
EXE = b"MZ\x90\x00\x03" + bytes(200)
ELF = b"\x7fELF\x02\x01\x01" + bytes(200)
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


def png(size: tuple[int, int] = (4, 4), **kwargs: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, "PNG", **kwargs)
    return made.getvalue()


def jpeg(**kwargs: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "blue").save(made, "JPEG", **kwargs)
    return made.getvalue()


def gif() -> bytes:
    made = io.BytesIO()
    Image.new("P", (4, 4)).save(made, "GIF")
    return made.getvalue()


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def bomb() -> bytes:
    return zipped(**{f"{number}.txt": bytes(5_000_000) for number in range(4)})


def pdf(**catalogue: object) -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    for name, value in catalogue.items():
        made.Root[f"/{name}"] = value
    made.save(out)
    return out.getvalue()


def action(kind: str, **more: object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary({"/S": pikepdf.Name(f"/{kind}"), **{f"/{name}": value for name, value in more.items()}})


def locked() -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def attached() -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.attachments["virus.exe"] = pikepdf.AttachedFileSpec(made, EXE, filename="virus.exe")
    made.save(out)
    return out.getvalue()


def huge_png() -> bytes:
    """Few bytes, and 900 million pixels."""
    made = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(made, "PNG")
    return made.getvalue()


# Made when their turn comes: some are large.
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a program": ("virus.exe", lambda: EXE),
    "a program called a picture": ("foto.png", lambda: EXE),
    "a program called a PDF": ("brief.pdf", lambda: ELF),
    "a picture with a script": ("plaatje.svg", lambda: SVG),
    "a picture with a script, called PNG": ("plaatje.png", lambda: SVG),
    "a page": ("pagina.html", lambda: HTML),
    "a page called a PDF": ("pagina.pdf", lambda: HTML),
    "a page called a picture": ("pagina.jpg", lambda: HTML),
    "two endings": ("brief.pdf.exe", lambda: EXE),
    "two endings, the other way": ("brief.exe.pdf", lambda: EXE),
    "a script": ("x.php", lambda: PHP),
    "a script called a picture": ("x.jpg", lambda: PHP),
    "a document with macros": ("brief.doc", lambda: OLE),
    "a document with macros, called PDF": ("brief.pdf", lambda: OLE),
    "a document of Word": ("brief.docx", lambda: zipped(**{"word/document.xml": b"<w/>", "word/vbaProject.bin": OLE})),
    "an archive": ("alles.zip", lambda: zipped(a=b"b")),
    "an archive that unpacks to much": ("bom.zip", bomb),
    "an archive called a PDF": ("bom.pdf", bomb),
    "a shortcut of Windows": ("brief.lnk", lambda: b"L\x00\x00\x00"),
    "a moving picture": ("plaatje.gif", gif),
    "a moving picture called PNG": ("plaatje.png", gif),
    "nothing": ("leeg.txt", lambda: b""),
    "nothing, called a picture": ("leeg.png", lambda: b""),
    "one byte too many": ("groot.txt", lambda: b"x" * (LARGEST_BYTES + 1)),
    "a picture of many pixels": ("groot.png", huge_png),
    "a picture cut off": ("half.png", lambda: png((300, 300))[:60]),
    "a PDF cut off": ("half.pdf", lambda: pdf()[:80]),
    "a PDF that nobody reads without its password": ("geheim.pdf", locked),
    "a PDF with a script": ("a.pdf", lambda: pdf(OpenAction=action("JavaScript", JS="app.alert(1)"))),
    "a PDF that starts a program": ("b.pdf", lambda: pdf(OpenAction=action("Launch", F="calc.exe"))),
    "a PDF that sends its form": ("c.pdf", lambda: pdf(OpenAction=action("SubmitForm", F="https://elders.example"))),
    "a PDF with a file in it": ("d.pdf", attached),
    "signs that no text has": ("rommel.txt", lambda: b"dag\x00dag"),
    "no ending": ("brief", lambda: b"Dag"),
    "no name": ("", lambda: b"Dag"),
}
# The name under which it lies, and its kind.
TAKEN = {
    "a way out of the folder": (Upload("../../etc/passwd.txt", b"Dag"), "passwd.txt", "text/plain"),
    "a way out of a folder of Windows": (Upload("..\\..\\boot.txt", b"Dag"), "boot.txt", "text/plain"),
    "a sign that ends a name": (Upload("brief\x00.txt", b"Dag"), "brief.txt", "text/plain"),
    "a line end in a name": (Upload("a\r\nSet-Cookie: x=1.txt", b"Dag"), None, "text/plain"),
    "a name from right to left": (Upload("brief\u202etxt.exe.txt", b"Dag"), None, "text/plain"),
    "a very long name": (Upload("x" * 5_000 + ".txt", b"Dag"), None, "text/plain"),
    "a device of Windows": (Upload("CON.txt", b"Dag"), None, "text/plain"),
    "the test of virus scanners, without one": (Upload("eicar.txt", EICAR), "eicar.txt", "text/plain"),
    "a picture with a text behind it": (Upload("foto.png", png() + PHP), "foto.png", "image/png"),
    "a picture with a place and a page in it": (Upload("foto.jpg", jpeg(comment=HTML)), "foto.jpg", "image/jpeg"),
}


def sent(engine: Engine, settings: Settings, now: datetime, upload: Upload) -> None:
    cases.submit(engine, settings, now, request(uploads=(upload,)))


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_sentence_and_nothing_is_kept(sqlite: Engine, settings: Settings, now: datetime, what: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        name, content = REFUSED[what]
        sent(sqlite, settings, now, Upload(name, content()))
    assert set(refused.value.problems) == {"uploads"}
    with reading(sqlite) as session:
        assert session.exec(select(Case)).all() == []


@pytest.mark.parametrize("what", TAKEN)
def test_it_is_taken_under_a_name_of_ours_with_nothing_hidden_in_it(
    sqlite: Engine, settings: Settings, now: datetime, what: str, tmp_path: Path
) -> None:
    upload, name, kind = TAKEN[what]
    sent(sqlite, settings, now, upload)
    with reading(sqlite) as session:
        row = session.exec(select(CaseFile)).one()
        content = content_of(by(session, SYSTEM, now, settings), row)
    assert row.media_type == kind
    assert name is None or row.name == name
    assert row.name.isascii()
    assert len(row.name) <= 120
    assert not set(row.name) & set('/\\\r\n\x00";:')
    assert b"<?php" not in content
    assert b"<script" not in content
    # Only in the store, under a name that is a digest.
    assert [path.name for path in tmp_path.rglob("passwd*")] == []


def test_there_are_forty_of_them() -> None:
    assert len(REFUSED) + len(TAKEN) >= 40


def with_bad_exif() -> bytes:
    """Turned, and with a resolution that is text: every browser shows it."""
    tags = struct.pack("<HHHII", 2, ExifTags.Base.Orientation, 3, 1, 6)
    tags += struct.pack("<HHI4sI", ExifTags.Base.XResolution, 2, 4, b"abc\0", 0)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + tags
    made = io.BytesIO()
    Image.new("RGB", (6, 3), "green").save(made, "JPEG", exif=exif)
    return made.getvalue()


def test_a_picture_that_opens_everywhere_is_taken_whatever_it_says_of_itself(
    sqlite: Engine, settings: Settings, now: datetime
) -> None:
    sent(sqlite, settings, now, Upload("foto.jpg", with_bad_exif()))
    with reading(sqlite) as session:
        content = content_of(by(session, SYSTEM, now, settings), session.exec(select(CaseFile)).one())
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (3, 6)
        assert dict(image.getexif()) == {}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_picture_of_which_any_byte_is_another_is_taken_or_refused_in_words(settings: Settings) -> None:
    chance, whole = random.Random(7), {"a.png": png((9, 9)), "b.jpg": with_bad_exif(), "c.jpg": jpeg(comment=HTML)}  # noqa: S311
    done: Counter[bool] = Counter()
    for number in range(1_500):
        name = sorted(whole)[number % len(whole)]
        content = bytearray(whole[name])
        for _ in range(chance.choice((1, 1, 2, 8))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            uploads.prepared(settings, [Upload(name, bytes(content))], FilePurpose.ATTACHMENT)
        except InvalidInputError:
            done[False] += 1
        else:
            done[True] += 1
    assert min(done[True], done[False]) > 100


def test_who_draws_for_too_long_gets_a_sentence(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PATIENCE_SECONDS", 0.01)
    with uploads._drawing, pytest.raises(InvalidInputError) as busy:  # noqa: SLF001  as somebody else's picture
        uploads.prepared(settings, [SLOW], FilePurpose.ATTACHMENT)
    assert busy.value.problems == {"file": "invalid.file_busy"}


SLOW = Upload("foto.png", png())


def test_no_writer_waits_while_a_file_is_looked_at(
    sqlite: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image of thirty million points takes seconds, a scanner up to twenty: nobody else's request may wait for that."""
    case = cases.in_progress(sqlite, settings, now)
    before, wrote = uploads.redrawn, []

    def slowly(content: bytes, kind: str) -> bytes:
        with transaction(sqlite) as session:
            session.exec(update(Case).where(col(Case.id) == case.id).values(rights_bits=case.rights_bits))
        wrote.append(kind)
        return before(content, kind)

    monkeypatch.setattr(uploads, "redrawn", slowly)
    monkeypatch.setattr(sqlite_waits, "BUSY_MILLISECONDS", 200)

    def does(actor: Actor, verb: Callable[..., object], *args: object, **kwargs: object) -> None:
        with transaction(sqlite) as session:
            verb(by(session, actor, now, settings), seen(cases.fresh(sqlite, case)), *args, **kwargs)

    cases.submit(sqlite, settings, now, request(email="ander@aanvrager.example", uploads=(SLOW, SLOW)))
    does(AGENT, handling.ask, "Wie ben je?", uploads=(SLOW,))
    does(requester(case.id), following.reply, "Zie de foto.", uploads=(SLOW,))
    does(AGENT, handling.inform, "Dank je.", uploads=(SLOW,))
    assert len(wrote) == 5
