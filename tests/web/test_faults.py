"""T37: whatever fails on whatever page, people see a sentence and a number, and the log has the number and nobody's data."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.ui.navigation import PAGES
from tests.conftest import Demo, start_demo
from tests.web.faulty_demo import SAID
from tests.web.visit import client, signed_in, tab

pytestmark = pytest.mark.xdist_group("processes")

WHO = {"public": None, "school": ("entree", "school"), "staff": ("medewerkers", "functionaris")}
ONLY_ADMINISTRATORS = {"setup"}


@pytest.fixture(scope="module")
def faulty(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("faulty")
    shutil.copytree(demo_data, folder / "data")
    running = start_demo(folder / "data", folder / "log", module="tests.web.faulty_demo")
    yield running
    running.process.terminate()
    running.process.wait(timeout=20)


def test_a_fault_on_any_page_shows_a_number_that_is_in_the_log_and_nothing_else(faulty: Demo) -> None:
    visitors = {area: signed_in(faulty, *who) if who else client(faulty) for area, who in WHO.items()}
    administrator = signed_in(faulty, "medewerkers", "beheerder")
    (faulty.data / "fault").touch()
    told: dict[str, str] = {}
    for page in PAGES:
        area = Path(page.script).parent.name
        visitor = administrator if page.path in ONLY_ADMINISTRATORS else visitors[area]
        if page.path == "sessions":
            visitor = administrator
        with tab(faulty, page.path, visitor) as shown:
            shown.run()
            assert shown.exceptions == 0, page.path
            told[page.path] = shown.text()
    numbers = {path: re.search(r"nummer ([0-9A-F]{8})", text) for path, text in told.items()}
    assert [path for path, number in numbers.items() if number is None] == []
    assert len({number.group(1) for number in numbers.values() if number}) == len(PAGES)
    log = faulty.log.read_text("utf-8")
    for path, text in told.items():
        for private in (SAID, "noor@", "/srv", "Traceback", "RuntimeError", ".py", "site-packages"):
            assert private not in text, path
    for path, number in numbers.items():
        [line] = [json.loads(line) for line in log.splitlines() if number and number.group(1) in line]
        assert line["event"] == "page failed"
        assert line["exception"][0]["exc_type"] == "RuntimeError", path
    for private in ("noor@", "/srv/geheim"):
        assert private not in log
