"""Where the focus is after something happened, and what belongs together is said together."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.person import Person
from tests.browser.test_case_page import a_case
from tests.browser.test_requests import W

pytestmark = pytest.mark.xdist_group("demo")

FOCUSED = "() => document.activeElement.closest('[class*=st-key-]')?.className ?? document.activeElement.tagName"


def is_at(person: Person, what: str) -> None:
    person.page.wait_for_function(f"() => ({FOCUSED})().includes('{what}')")


def test_what_is_wrong_gets_the_focus_and_leads_to_its_field(visit: Visits) -> None:
    person = visit(width="phone")
    person.go("/request")
    person.click(W["next"])
    is_at(person, "st-key-wrong_summary")
    first = person.page.locator("[class*=st-key-request_right_] input").first
    expect(first).to_have_attribute("aria-invalid", "true")
    person.page.keyboard.press("Tab")
    person.page.keyboard.press("Enter")
    expect(first).to_be_focused()
    person.check("request-1-wrong-focus")
    assert "#" not in person.page.url
    said = first.get_attribute("aria-describedby")
    for place in (f"#{said}", "[class*=st-key-wrong_summary]"):
        expect(person.page.locator(place)).to_contain_text("Kies minstens één ding dat je wilt.")
    # With that right, the next question is where the reader is.
    person.tick(W["access"])
    person.click(W["next"])
    person.page.wait_for_function("() => document.activeElement.closest('.stProgress') !== null")
    person.click(W["next"])
    is_at(person, "st-key-wrong_summary")
    person.page.locator("[class*=st-key-wrong_summary] a").first.click()
    assert person.page.evaluate("() => document.activeElement.type") == "radio"
    person.click("Vorige")
    expect(person.page.locator("[aria-invalid=true][data-wrong]")).to_have_count(0)


def test_what_was_done_gets_the_focus_where_the_button_is_gone(visit: Visits) -> None:
    staff, _reference = a_case(visit, "aandacht@aanvrager.example")
    staff.click("Neem in behandeling")
    is_at(staff, "st-key-notice")
