"""Where the focus is after something happened, and what belongs together is said together."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.person import Person
from tests.browser.test_case_page import a_case
from tests.browser.test_requests import W, press, unfold

pytestmark = pytest.mark.xdist_group("demo")

FOCUSED = "() => document.activeElement.closest('[class*=st-key-]')?.className ?? document.activeElement.tagName"

CONNECTION = """(online) => {
    Object.defineProperty(navigator, "onLine", { value: online, configurable: true });
    dispatchEvent(new Event(online ? "online" : "offline"));
}"""


def is_at(person: Person, what: str) -> None:
    person.page.wait_for_function(f"() => ({FOCUSED})().includes('{what}')")


def test_what_is_wrong_gets_the_focus_and_leads_to_its_field(visit: Visits) -> None:
    person = visit(width="phone")
    person.go("/request")
    person.click(W["next"])
    is_at(person, "st-key-wrong_summary")
    assert person.page.title().startswith("Fout: ")
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
    assert not person.page.title().startswith("Fout")


def leads_to(person: Person, sentence: str, field: str) -> None:
    """The sentence on top brings one to the field that it is about, which says it too."""
    is_at(person, "st-key-wrong_summary")
    person.page.locator("[class*=st-key-wrong_summary] a", has_text=sentence).click()
    box = person.page.get_by_label(field).locator("visible=true").first
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(person.page.locator(f"#{box.get_attribute('aria-describedby')}")).to_contain_text(sentence)


def test_a_long_form_says_on_top_and_beside_each_field_what_is_wrong(visit: Visits) -> None:
    editor = visit()
    editor.sign_in("medewerkers", "redacteur", "/catalogue")
    editor.go("/annex?kind=annex_2&product=muisstap")
    editor.fill("Schema", "")
    editor.click("Bewaar concept")
    top = editor.page.locator("[class*=st-key-wrong_summary]").bounding_box()
    first = editor.page.get_by_label("Versienummer", exact=True).first.bounding_box()
    assert top
    assert first
    assert top["y"] < first["y"]
    leads_to(editor, "Controleer het schema.", "Schema")
    editor.check("annex-wrong")


def test_a_message_without_words_leads_to_its_box(visit: Visits) -> None:
    staff, _reference = a_case(visit, "leeg@aanvrager.example")
    staff.click("Neem in behandeling")
    unfold(staff, "Schrijf de aanvrager")
    press(staff, "Stel als vraag")
    leads_to(staff, "Schrijf eerst een bericht.", "Bericht")


def test_who_is_offline_is_told_so_until_they_are_back(visit: Visits) -> None:
    person = visit(width="phone")
    person.go("/request")
    person.page.evaluate(CONNECTION, False)
    expect(person.page.get_by_role("alert").filter(has_text="Je bent niet verbonden.")).to_be_visible()
    person.page.evaluate(CONNECTION, True)
    expect(person.page.get_by_text("Je bent niet verbonden.")).to_have_count(0)


def test_what_was_done_gets_the_focus_where_the_button_is_gone(visit: Visits) -> None:
    staff, _reference = a_case(visit, "aandacht@aanvrager.example")
    staff.click("Neem in behandeling")
    is_at(staff, "st-key-notice")
