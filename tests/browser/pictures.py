"""The pictures in the README, of the demo as it is now: `make screenshots`."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, WIDTHS, browser_path
from tests.browser.person import Person
from tests.conftest import ROOT, start_demo

HIGH = 1_000


def taken(page: Page, url: str, folder: Path) -> None:
    """Each as one sees it on coming there, without scrolling."""
    person = Person(page, url, folder, "")

    def keep(name: str) -> None:
        person.still()
        page.wait_for_timeout(1_500)
        page.screenshot(path=folder / f"{name}.png")

    person.go("/")
    keep("home")
    person.sign_in("entree", "school", "/annexes")
    page.locator("[class*=st-key-annex_more_]").last.wait_for()
    keep("annexes")
    page.context.clear_cookies()
    person.sign_in("medewerkers", "functionaris", "/desk")
    page.locator("[class*=st-key-desk_row_open_]").last.wait_for()
    keep("desk")
    page.locator("[class*=st-key-desk_row_open_] button").nth(5).click()
    page.wait_for_url("**/case?ref=BS-*")
    person.settle("Verzoek BS-")
    keep("case")
    person.go("/insight", "Inzicht")
    page.locator(".js-plotly-plot").first.wait_for()
    keep("insight")


def main() -> None:
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        demo = start_demo(Path(data) / "data", Path(data) / "log")
        try:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
            size = {**WIDTHS["wide"], "height": HIGH}
            taken(browser.new_page(viewport=size, locale="nl-NL", color_scheme="light"), demo.url, ROOT / "docs")  # type: ignore[arg-type]
            browser.close()
        finally:
            demo.process.terminate()
            demo.process.wait(timeout=20)


if __name__ == "__main__":
    main()
