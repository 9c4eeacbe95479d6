"""Whoever looks at one case acts on that case: by a link inside the page, with two tabs, after going back."""

import re
from datetime import timedelta

import pytest

from dashboard.clock import local_day, utc_now
from tests.browser.conftest import Visits
from tests.browser.person import Person
from tests.browser.test_journeys import WORDS
from tests.browser.test_requests import ask, choose, confirm, contact_and_send, press, unfold, visible

pytestmark = pytest.mark.xdist_group("demo")
W = WORDS["nl"]


def letter(staff: Person, name: str) -> str:
    """Enter a letter of somebody; the reference of the case, which staff then look at."""
    staff.go("/register", "Voer een verzoek in")
    staff.tick("Brief")
    staff.fill("Ontvangen op", f"{local_day(utc_now()) - timedelta(days=2):%d-%m-%Y}")
    choose(staff, "Waar wordt om gevraagd?", "Inzage")
    staff.page.keyboard.press("Escape")
    choose(staff, "In welke rol vraagt de aanvrager dit?", "Klant of relatie")
    choose(staff, "Om welke gegevens gaat het?", "Gegevens die wij zelf hebben")
    staff.fill("Wat staat er in het verzoek? (hoeft niet)", f"Graag een overzicht voor {name}.")
    staff.fill("Naam van de aanvrager", name)
    staff.tick("Nog niet vastgesteld")
    staff.fill("Postadres, als er geen e-mailadres is", "Voorbeeldstraat 1\n1234 AB Stad")
    press(staff, "Leg het verzoek vast")
    staff.page.wait_for_url("**/case?ref=BS-*")
    staff.settle("Verzoek BS-")
    press(staff, "Neem in behandeling")
    return addressed(staff)


def addressed(staff: Person) -> str:
    """Which case the address names."""
    return staff.page.url.split("ref=")[1]


def titled(staff: Person) -> str:
    """Which case the heading names."""
    found = re.search(r"BS-[\w-]+", staff.page.locator("h1").inner_text())
    assert found
    return found.group()


def follow(staff: Person, reference: str) -> None:
    """Click on a linked case, inside the page."""
    staff.page.get_by_text(reference, exact=True).locator("visible=true").last.click()
    staff.page.wait_for_timeout(600)
    staff.settle(reference)


def message(staff: Person, words: str) -> None:
    unfold(staff, "Schrijf de aanvrager")
    staff.page.get_by_label("Bericht", exact=True).locator("visible=true").first.fill(words)


def send(staff: Person) -> None:
    press(staff, "Stuur ter informatie")
    staff.sees("Het bericht is verstuurd.")


def stands(staff: Person, reference: str, words: str) -> bool:
    staff.go(f"/case?ref={reference}", reference)
    return staff.page.get_by_text(words, exact=True).locator("visible=true").count() > 0


@pytest.fixture
def two_cases(visit: Visits) -> tuple[Person, str, str]:
    """Staff, and two linked cases of two people."""
    staff = visit()
    staff.sign_in("medewerkers", "functionaris", "/desk")
    anna, bob = letter(staff, "Anna Voorbeeld"), letter(staff, "Bob Voorbeeld")
    unfold(staff, "Koppel of voeg samen")
    staff.page.get_by_label("Kenmerk").locator("visible=true").first.fill(anna)
    press(staff, "Koppel alleen")
    staff.sees("Gekoppeld.")
    return staff, anna, bob


def test_by_a_link_inside_a_case_the_address_follows_and_what_is_typed_goes_to_the_case_on_the_screen(
    two_cases: tuple[Person, str, str],
) -> None:
    staff, anna, bob = two_cases
    staff.go(f"/case?ref={anna}", anna)
    message(staff, "Half getypt voor Anna.")
    staff.page.keyboard.press("Tab")
    follow(staff, bob)
    assert (addressed(staff), titled(staff)) == (bob, bob)
    unfold(staff, "Schrijf de aanvrager")
    box = staff.page.get_by_label("Bericht", exact=True).locator("visible=true").first
    assert box.input_value() == ""
    message(staff, "Dit is voor Bob.")
    send(staff)
    assert (addressed(staff), titled(staff)) == (bob, bob)
    assert not stands(staff, anna, "Dit is voor Bob.")
    assert stands(staff, bob, "Dit is voor Bob.")


def test_after_going_back_the_heading_the_address_and_what_one_does_are_about_the_same_case(
    two_cases: tuple[Person, str, str],
) -> None:
    staff, anna, bob = two_cases
    staff.go(f"/case?ref={anna}", anna)
    follow(staff, bob)
    assert (addressed(staff), titled(staff)) == (bob, bob)
    message(staff, "Getypt bij Bob.")
    staff.page.go_back()
    staff.page.wait_for_timeout(1_500)
    staff.settle()
    assert addressed(staff) == titled(staff)
    shown = titled(staff)
    message(staff, "Na het teruggaan.")
    send(staff)
    other = {anna: bob, bob: anna}[shown]
    assert not stands(staff, other, "Na het teruggaan.")
    assert stands(staff, shown, "Na het teruggaan.")


def test_with_two_tabs_a_requester_ends_the_request_that_they_look_at_or_none(visit: Visits) -> None:
    person = visit()
    references = []
    for explanation in ("Het eerste verzoek.", "Het tweede verzoek."):
        ask(person, (W["access"],), W["customer"], W["own"])
        person.fill(W["explanation"], explanation)
        person.click(W["next"])
        references.append(contact_and_send(person, f"{len(references)}.tabs@aanvrager.example")[0])
        confirm(person, references[-1])
        person.sees(references[-1])
        if len(references) == 1:
            first = person.page
            person.page = first.context.new_page()
            person.page.set_default_timeout(15_000)
            person.watch(person.page)
    second, person.page = person.page, first
    # The first tab still shows the first request; the second one was opened since, which closed the first.
    person.sees(references[0])
    unfold(person, "Verzoek intrekken")
    visible(person, "Trek mijn verzoek in").click()
    person.sees("Dit verzoek is hier intussen gesloten, of je opende een ander. Er is niets veranderd.")
    person.sees_not("Ingetrokken")
    person.page = second
    person.page.reload()
    person.settle()
    person.sees(references[1])
    person.sees_not("Ingetrokken")
    unfold(person, "Verzoek intrekken")
    visible(person, "Trek mijn verzoek in").wait_for()
