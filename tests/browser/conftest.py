"""A real browser on the running demo: every console error, refused request and request elsewhere fails the test."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.person import Person
from tests.conftest import ROOT, Demo

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SCREENSHOTS = ROOT / "screenshots"
WIDTHS = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def browser_path() -> str | None:
    """The one that is named, or Debian's: the one without a window, at half the work. None for Playwright's."""
    return os.environ.get("BROWSER_PATH") or shutil.which("chromium-headless-shell") or shutil.which("chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS


class Visits:
    """People with a browser each; when the test ends, none may have seen a fault."""

    def __init__(self, browser: Browser, demo: Demo, screenshots: Path) -> None:
        self.browser, self.demo, self.screenshots = browser, demo, screenshots
        self.people: list[Person] = []
        self.contexts: list[BrowserContext] = []

    def __call__(self, *, language: str = "nl", width: str = "wide", dark: bool = False) -> Person:
        context = self.browser.new_context(
            viewport=WIDTHS[width],  # type: ignore[arg-type]
            locale={"nl": "nl-NL", "en": "en-GB"}[language],
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        page: Page = context.new_page()
        person = Person(page, self.demo.url, self.screenshots, f"{language}-{width}{'-dark' if dark else ''}")
        self.people.append(person)
        return person


@pytest.fixture
def visit(browser: Browser, demo: Demo, screenshots: Path) -> Iterator[Visits]:
    visits = Visits(browser, demo, screenshots)
    yield visits
    faults = [fault for person in visits.people for fault in person.faults]
    for context in visits.contexts:
        context.close()
    assert faults == []
