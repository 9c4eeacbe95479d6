"""What came with a request, looked at on its page: a picture, a letter, a text; by staff, under the policy of a real browser."""

import io

import pikepdf
import pytest
from PIL import Image

from dashboard.clock import utc_now
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.demo.run import settings_for
from dashboard.settings import Settings
from tests import cases
from tests.browser.conftest import Visits
from tests.engines import opened
from tests.people import request

pytestmark = pytest.mark.xdist_group("demo-2")


def files() -> tuple[Upload, ...]:
    picture, letter = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (40, 20), "orange").save(picture, "PNG")
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(300, 200))
    page.Contents = pdf.make_stream(b"0.9 0.5 0.1 rg 20 20 200 100 re f")
    pdf.save(letter)
    text = "Beste uitgever,\n<script>alert(1)</script> hoort bij de brief."
    return Upload("foto.png", picture.getvalue()), Upload("brief.pdf", letter.getvalue()), Upload("notitie.txt", text.encode())


@pytest.mark.parametrize("width", ["wide", "phone"])
def test_an_agent_looks_at_each_file_in_the_page(visit: Visits, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    for name, value in settings_for(visit.demo.port, visit.demo.data).items():
        monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)
    engine = opened(f"sqlite:///{visit.demo.data / 'bijsluiter.db'}", *settings.file_secrets)
    typed = request(email=f"kijker-{width}@aanvrager.example", uploads=files())
    case = cases.received(engine, settings, utc_now(), typed)
    engine.dispose()
    agent = visit(width=width)
    agent.sign_in("medewerkers", "behandelaar", "/desk")
    agent.go(f"/case?ref={case.reference}")

    agent.press("Bekijk foto.png")
    picture = agent.page.get_by_alt_text("Inhoud van foto.png")
    picture.wait_for()
    agent.page.wait_for_function("document.querySelector('img[alt=\"Inhoud van foto.png\"]').naturalWidth === 40")
    agent.check(f"viewer-picture-{width}")

    agent.press("Bekijk notitie.txt")
    frame = agent.page.frame_locator("iframe[title='Inhoud van notitie.txt']")
    frame.get_by_text("<script>alert(1)</script> hoort bij de brief.").wait_for()
    # One at a time.
    agent.sees_not("Sluit foto.png")
    agent.check(f"viewer-text-{width}")

    agent.press("Bekijk brief.pdf")
    agent.page.locator("canvas").first.wait_for()
    agent.press("Sluit brief.pdf")
    agent.sees("Bekijk brief.pdf")
