"""How many presses a task takes, walked: typing isn't one, nor is what one does at the provider's own sign-in page."""

import pytest

from tests.browser.conftest import Visits
from tests.browser.person import Person
from tests.browser.test_requests import W, confirm, inside, press, send_answer, visible

pytestmark = pytest.mark.xdist_group("demo")

COUNT = """addEventListener("pointerdown", (event) => {
    if (event.isTrusted) sessionStorage.setItem("pressed", 1 + Number(sessionStorage.getItem("pressed") ?? 0));
}, true)"""


def counted(person: Person) -> Person:
    person.page.add_init_script(COUNT)
    return person


def pressed(person: Person) -> int:
    return int(person.page.evaluate("sessionStorage.getItem('pressed') ?? 0"))


def test_a_school_has_all_that_is_new_in_three_presses_from_the_start(visit: Visits) -> None:
    school = counted(visit())
    school.go("/")
    press(school, "Naar de bijlagen")
    school.page.get_by_role("link", name="Inloggen met Entree").or_(
        school.page.get_by_role("button", name="Inloggen met Entree")
    ).first.click()
    school.page.locator("button[value='school']").click()
    school.page.wait_for_url("**/annexes")
    school.settle()
    with school.page.expect_download() as download:
        # Where it has nothing yet, all is new.
        new = school.page.get_by_role("link", name="Download wat nieuw is")
        new.or_(school.page.get_by_role("link", name="Download alles")).first.click()
    assert download.value.suggested_filename.endswith(".zip")
    assert pressed(school) <= 3


def test_a_parent_sends_a_request_in_at_most_fifteen_presses(visit: Visits) -> None:
    parent = counted(visit(width="phone"))
    parent.go("/")
    press(parent, "Doe een verzoek")
    parent.tick(W["access"])
    parent.click(W["next"])
    parent.tick("Ouder of verzorger")
    parent.tick(W["learning"])
    parent.click(W["next"])
    parent.fill("Naam van je kind", "Lotte Voorbeeld")
    parent.fill("Geboortedatum van je kind", "14-3-2018")
    parent.click(W["next"])
    parent.page.get_by_label(W["school"]).press_sequentially("vijf br", delay=40)
    press(parent, "Vijf Bruggen Lyceum, Brugstad (90AD00)")
    parent.fill(W["explanation"], "Wat weten jullie van mijn dochter?")
    parent.click(W["next"])
    parent.fill(W["name"], "Sanne Voorbeeld")
    parent.fill(W["email"], "drukken@aanvrager.example")
    parent.click(W["next"])
    parent.check("request-check-found-school")
    parent.click(W["send"])
    parent.settle(W["received"])
    assert pressed(parent) <= 15


def test_the_desk_opens_the_most_urgent_in_one_press_and_answers_access_in_twelve(visit: Visits) -> None:
    person = visit()
    person.go("/request")
    person.tick(W["access"])
    person.click(W["next"])
    person.tick(W["customer"])
    person.tick(W["own"])
    person.click(W["next"])
    person.fill(W["explanation"], "Wat weten jullie van mij?")
    person.click(W["next"])
    person.fill(W["name"], "Zoe Drukvoorbeeld")
    person.fill(W["email"], "twaalf@aanvrager.example")
    person.click(W["next"])
    person.click(W["send"])
    person.settle(W["received"])
    reference, _code = person.codes()
    confirm(person, reference)

    staff = counted(visit())
    staff.sign_in("medewerkers", "behandelaar", "/desk")
    first = staff.page.locator("[class*=st-key-desk_row_open_] button").first
    first.wait_for()
    staff.still()
    first.click()
    staff.settle("Verzoek BS-")
    assert pressed(staff) <= 1

    staff.go("/desk")
    before = pressed(staff)
    staff.page.get_by_role("textbox", name="Zoek").fill("Drukvoorbeeld")
    staff.page.keyboard.press("Enter")
    press(staff, "Zoe Drukvoorbeeld")
    staff.settle(reference)
    press(staff, "Neem in behandeling")
    inside(staff, "Besluit over: Inzage").wait_for()
    staff.tick("Toegewezen")
    press(staff, "Leg besluit vast")
    package = inside(staff, "Maak het antwoordpakket (ZIP)")
    package.wait_for()
    for box in package.locator("label", has=staff.page.get_by_role("checkbox")).all():
        box.click()
    visible(staff, "Maak het pakket").click()
    staff.still()
    send_answer(staff)
    staff.sees("Het verzoek is afgesloten")
    assert pressed(staff) - before <= 12
