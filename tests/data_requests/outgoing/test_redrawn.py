"""Images of strangers are drawn anew: where one was taken, and whatever hangs behind it, isn't kept."""

import io
from datetime import datetime

import pytest
from PIL import Image
from sqlalchemy import Engine
from sqlmodel import select

from dashboard.data_requests.case.model import CaseFile
from dashboard.data_requests.outgoing.case_files import content_of
from dashboard.data_requests.outgoing.uploads import Upload, redrawn
from dashboard.db import reading
from dashboard.errors import InvalidInputError
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.people import AGENT, request


def an_image(kind: str, mode: str = "RGB") -> bytes:
    image = Image.new(mode, (40, 20), (200, 10, 10) if mode == "RGB" else (200, 10, 10, 128))
    image.paste((10, 10, 200) if mode == "RGB" else (10, 10, 200, 0), (0, 0, 10, 20))
    out, exif = io.BytesIO(), Image.Exif()
    # Turned a quarter, by a camera of this make, at this place.
    exif[0x0112], exif[0x010F] = 6, "Krabbelcamera"
    exif.get_ifd(0x8825)[2] = (52.0, 4.0, 30.0)
    image.save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("JPEG", "RGB")])
def test_points_stay_and_all_else_goes(kind: str, mode: str) -> None:
    content = an_image(kind, mode) + b"<script>alert(1)</script>"
    assert b"Krabbelcamera" in content
    made = redrawn(content, kind)
    assert b"Krabbelcamera" not in made
    assert b"script" not in made
    with Image.open(io.BytesIO(made)) as image:
        assert not image.getexif()
        # Upright, as the camera meant it.
        assert image.size == (20, 40)
        red, _, blue = image.convert("RGB").getpixel((10, 30))  # type: ignore[misc]
        assert red > 150
        assert blue < 100
        assert image.has_transparency_data is (mode == "RGBA")


@pytest.mark.parametrize("name", ["foto.jpg", "foto.png"])
def test_an_attachment_is_kept_as_it_was_redrawn(engine: Engine, settings: Settings, now: datetime, name: str) -> None:
    kind = "JPEG" if name.endswith("jpg") else "PNG"
    cases.submit(engine, settings, now, request(uploads=(Upload(name, an_image(kind)),)))
    with reading(engine) as session:
        row = session.exec(select(CaseFile)).one()
        kept = content_of(by(session, AGENT, now, settings), row)
    assert b"Krabbelcamera" not in kept
    assert row.size == len(kept)


def test_an_image_whose_points_are_cut_off_is_refused(engine: Engine, settings: Settings, now: datetime) -> None:
    whole = an_image("JPEG")
    with pytest.raises(InvalidInputError):
        cases.submit(engine, settings, now, request(uploads=(Upload("foto.jpg", whole[: len(whole) // 2]),)))
