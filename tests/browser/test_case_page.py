"""The page of a case: one form at a time, nothing typed is lost by looking at another, three quick ticks are three."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.person import Person
from tests.browser.test_requests import W, ask, confirm, contact_and_send, inside, unfold

pytestmark = pytest.mark.xdist_group("demo")


def a_case(visit: Visits, email: str) -> tuple[Person, str]:
    person = visit()
    ask(person, (W["access"],), W["customer"], W["own"])
    person.fill(W["explanation"], "Wat weten jullie van mij?")
    person.click(W["next"])
    reference, _code = contact_and_send(person, email)
    confirm(person, reference)
    staff = visit(width="phone")
    staff.sign_in("medewerkers", "behandelaar", "/desk")
    staff.go(f"/case?ref={reference}", reference)
    return staff, reference


def test_one_form_is_seen_and_what_was_typed_in_another_stays(visit: Visits) -> None:
    staff, _reference = a_case(visit, "vel@aanvrager.example")
    staff.click("Neem in behandeling")
    staff.sees("Neem een besluit over: Inzage.")
    expect(inside(staff, "Besluit over: Inzage")).to_be_visible()
    unfold(staff, "Schrijf de aanvrager")
    expect(inside(staff, "Besluit over: Inzage")).to_have_count(0)
    message = staff.page.get_by_role("textbox", name="Bericht").locator("visible=true")
    message.fill("Half af")
    unfold(staff, "Meer tijd nodig")
    expect(message).to_have_count(0)
    staff.check("case-one-form")
    unfold(staff, "Schrijf de aanvrager")
    expect(message).to_have_value("Half af")
    staff.press("Sluit", exact=True)
    staff.still()
    expect(message).to_have_count(0)
    # What was refused stays open, with why.
    unfold(staff, "Geef aan een collega")
    staff.press("Geef dit verzoek")
    staff.sees("Kies eerst een collega.")
    expect(inside(staff, "Geef aan een collega")).to_be_visible()
    unfold(staff, "Schrijf de aanvrager")
    expect(message).to_have_value("Half af")


def test_three_boxes_ticked_in_a_second_are_three(visit: Visits) -> None:
    staff, _reference = a_case(visit, "vinkjes@aanvrager.example")
    staff.click("Neem in behandeling")
    unfold(staff, "Controlelijst")
    boxes = staff.page.locator("[class*=st-key-case_tick_] label")
    boxes.first.wait_for()
    total = boxes.count()
    for number in range(3):
        boxes.nth(number).click()
        staff.page.wait_for_timeout(300)
    staff.sees(f"Controlelijst: 3 van {total} gedaan")
    staff.page.reload()
    staff.settle()
    staff.sees(f"Controlelijst: 3 van {total} gedaan")
