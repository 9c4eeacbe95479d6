"""The four journeys, by hand as it were: from click to mail to download, in both languages."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from tests.browser.conftest import Visits
from tests.browser.person import Person

pytestmark = pytest.mark.xdist_group("demo-2")

WORDS = {
    "nl": {
        "access": "Inzage",
        "erasure": "Wissen.",
        "customer": "Klant of relatie",
        "own": "Gegevens die wij zelf hebben",
        "learning": "Gegevens in het lesmateriaal op school",
        "parent": "Ouder of verzorger",
        "school": "Naam en plaats van de school",
        "explanation": "Vertel in je eigen woorden wat je vraagt",
        "name": "Je naam",
        "email": "Je e-mailadres",
        "next": "Volgende",
        "send": "Verstuur verzoek",
        "received": "We hebben je verzoek ontvangen",
        "confirm": "Bevestig je verzoek",
        "open": "Bevestig en open mijn verzoek",
        "ours": "Nu zijn wij aan zet",
        "reference": "Kenmerk",
        "code": "Code",
        "open_mine": "Open mijn verzoek",
        "answer": "Ons antwoord op je verzoek",
        "download": "Download antwoord",
        "question": "Vraag over je verzoek",
        "reply": "Je antwoord op de vraag",
        "send_message": "Verstuur bericht",
    },
    "en": {
        "access": "Access",
        "erasure": "Erasure.",
        "customer": "Customer or business contact",
        "own": "Data we hold ourselves",
        "learning": "Data in the learning material at school",
        "parent": "Parent or guardian",
        "school": "Name and town of the school",
        "explanation": "Tell us in your own words what you are asking for",
        "name": "Your name",
        "email": "Your e-mail address",
        "next": "Next",
        "send": "Send request",
        "received": "We received your request",
        "confirm": "Confirm your request",
        "open": "Confirm and open my request",
        "ours": "It is our turn now",
        "reference": "Reference",
        "code": "Code",
        "open_mine": "Open my request",
        "answer": "Our answer to your request",
        "download": "Download antwoord",
        "question": "A question about your request",
        "reply": "Your answer to the question",
        "send_message": "Send message",
    },
}


def submit(person: Person, w: dict[str, str], rights: tuple[str, ...], email: str, *, shots: bool = False) -> tuple[str, str]:
    """Fill in the form and send it; returns reference and code."""
    person.go("/request")
    _step(person, "request-1-rights", shots=shots)
    for right in rights:
        person.tick(w[right])
    person.click(w["next"])
    person.tick(w["customer"])
    person.tick(w["own"])
    _step(person, "request-2-whose", shots=shots)
    person.click(w["next"])
    person.fill(w["explanation"], "Ik wil weten wat jullie van mij bewaren. <b>Echt</b> ![x](https://elders.example/p.png)")
    _step(person, "request-3-what", shots=shots)
    person.click(w["next"])
    person.fill(w["name"], "Noor Voorbeeld")
    person.fill(w["email"], email)
    _step(person, "request-4-contact", shots=shots)
    person.click(w["next"])
    _step(person, "request-5-check", shots=shots)
    person.click(w["send"])
    person.settle(w["received"])
    reference, code = person.codes()
    _step(person, "request-6-receipt", shots=shots)
    return reference, code


def _step(person: Person, name: str, *, shots: bool) -> None:
    if shots:
        person.check(name)


def answer(staff: Person, reference: str, *, waits: bool = False) -> None:
    """The desk takes the case, decides, attaches and closes. An answer that waits is taken back once, and then goes by itself."""
    staff.go(f"/case?ref={reference}", reference)
    staff.check("case-new")
    staff.click("Neem in behandeling")
    staff.sees("Dit verzoek staat nu op jouw naam.")
    staff.choose("Toegewezen")
    staff.press("Leg besluit vast")
    staff.sees("Het besluit is vastgelegd.")
    staff.press("Meer")
    staff.page.get_by_role("menuitem", name="Voeg een bestand toe aan het antwoord").click()
    staff.still()
    given = {"name": "antwoord.json", "mimeType": "application/json", "buffer": json.dumps({"naam": "Noor"}).encode()}
    staff.page.locator(".st-key-case_sheet_attach input[type=file]").set_input_files(given)  # type: ignore[arg-type]
    staff.page.get_by_text("antwoord.json").wait_for()
    # Its name stands there before it has arrived.
    staff.still()
    staff.press("Voeg toe", exact=True)
    staff.sees("Het bestand staat bij het antwoord.")
    staff.press("Schrijf het antwoord")
    staff.still()
    staff.check("case-closing")
    staff.press("Verstuur antwoord")
    staff.sees("Er staan nog punten open op de controlelijst.")
    staff.tick("Verstuur het antwoord toch")
    staff.press("Verstuur antwoord")
    if waits:
        staff.sees("Het antwoord staat klaar.")
        staff.press("Haal het antwoord terug")
        staff.sees("Het antwoord is teruggehaald.")
        staff.tick("Verstuur het antwoord toch")
        staff.press("Verstuur antwoord")
        staff.sees("Het antwoord staat klaar.")
        # Nobody presses anything: the worker sends it, and the page looks again.
        told = staff.page.locator("[data-testid=stMarkdownContainer]", has_text=re.compile("Beantwoord$"))
        told.locator("visible=true").first.wait_for(timeout=180_000)
    else:
        staff.sees("Het verzoek is afgesloten")
    staff.check("case-closed")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_somebody_asks_for_their_data_and_gets_the_answer(visit: Visits, language: str, tmp_path: Path) -> None:
    w, person = WORDS[language], visit(language=language)
    reference, code = submit(person, w, ("access",), f"noor.{language}@aanvrager.example", shots=True)
    person.open_newest_mail(f"{w['confirm']} {reference}")
    person.check("open-link")
    person.click(w["open"])
    person.page.wait_for_url("**/track")
    person.settle()
    person.sees(w["ours"])
    person.check("track-received")

    staff = visit()
    staff.sign_in("medewerkers", "behandelaar", "/desk")
    answer(staff, reference)

    other = visit(language=language, width="phone")
    other.go("/track")
    other.check("track-closed-door")
    other.fill(w["reference"], reference.lower())
    other.fill(w["code"], code.lower().replace("-", " "))
    other.click(w["open_mine"])
    other.sees(reference)
    other.check("track-answered")
    with other.page.expect_download() as download:
        other.page.get_by_role("link", name=w["download"]).click()
    assert json.loads(Path(download.value.path()).read_text("utf-8")) == {"naam": "Noor"}
    person.open_newest_mail(f"{w['answer']} {reference}")


def test_a_question_goes_to_the_requester_and_the_answer_comes_back(visit: Visits) -> None:
    w, person, staff = WORDS["nl"], visit(width="phone"), visit()
    reference, _ = submit(person, w, ("erasure",), "vraag@aanvrager.example", shots=True)
    person.open_newest_mail(f"{w['confirm']} {reference}")
    person.click(w["open"])
    person.page.wait_for_url("**/track")
    staff.sign_in("medewerkers", "collega", "/desk")
    staff.go(f"/case?ref={reference}", reference)
    staff.click("Neem in behandeling")
    # What is filled in before the page was drawn anew is about the case as it was.
    staff.sees("Dit verzoek staat nu op jouw naam.")
    staff.press("Schrijf de aanvrager")
    staff.still()
    staff.page.get_by_role("textbox", name="Bericht").locator("visible=true").first.fill("Welk jaar bedoel je?")
    staff.press("Stel als vraag")
    staff.sees("Het bericht is verstuurd.")
    person.open_newest_mail(f"{w['question']} {reference}")
    person.click(w["open"])
    person.page.wait_for_url("**/track")
    person.settle()
    person.sees("Welk jaar bedoel je?")
    person.check("track-question")
    person.fill(w["reply"], "Alleen 2024.")
    person.click(w["send_message"])
    person.sees("Je bericht is verstuurd.")
    staff.go(f"/case?ref={reference}", reference)
    staff.sees("Alleen 2024.")


@pytest.mark.parametrize(("language", "width"), [("nl", "wide"), ("en", "phone")])
def test_a_school_signs_in_reads_and_downloads_exactly_its_annexes(visit: Visits, language: str, width: str) -> None:
    person = visit(language=language, width=width)
    person.go("/schools")
    person.check("schools")
    # The button opens in this tab, not in a new one.
    person.page.get_by_role("link", name="Entree (demo)").click()
    person.page.locator("button[value='school']").click()
    person.page.wait_for_url("**/annexes")
    person.settle()
    assert len(person.page.context.pages) == 1
    person.check("school-annexes")
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name="Download PDF").first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name="ZIP").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert len(archive.namelist()) == 10
    person.page.reload()
    person.settle()
    person.sees("Jullie hebben alles wat nu geldt." if language == "nl" else "You have everything that applies now.")
    person.page.locator("[class*=st-key-annex_more_] button").first.click()
    person.sees("Je school downloadde laatst versie 3.1" if language == "nl" else "Your school last downloaded version 3.1")
    person.check("school-annexes-details")
    person.click("Bekijk hier" if language == "nl" else "View here")
    person.page.locator("canvas").first.wait_for()
    person.page.wait_for_timeout(1500)
    person.shoot("school-annexes-reading")
    person.go("/agreement")
    person.check("agreement")
    person.page.get_by_role("link", name="Uitloggen" if language == "nl" else "Sign out").locator("visible=true").first.click()
    person.page.wait_for_url("**/oauth2/end_session**")
    person.go("/annexes")
    person.check("gate")


def test_staff_find_a_case_from_the_queue_and_see_the_charts(visit: Visits) -> None:
    staff = visit()
    staff.sign_in("medewerkers", "functionaris", "/desk")
    staff.check("desk")
    staff.tick("Kies er meer tegelijk")
    staff.page.locator("[class*=st-key-desk_tick_] label").nth(2).click()
    staff.sees("1 verzoek aangevinkt")
    staff.check("desk-picked")
    # One click, and by keyboard one key, opens a request; another one goes to the next.
    first = staff.page.locator("[class*=st-key-desk_row_open_] button").first
    name = first.inner_text().split(" · ")[0]
    first.focus()
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_url("**/case?ref=BS-*")
    staff.settle("Verzoek BS-")
    staff.sees(name)
    staff.sees("1 van 25")
    staff.check("case-from-desk")
    before = staff.page.url
    staff.page.keyboard.press("Alt+j")
    staff.sees("2 van 25")
    assert staff.page.url != before
    staff.go("/insight", "Inzicht")
    staff.page.locator(".js-plotly-plot").nth(2).wait_for()
    staff.page.wait_for_timeout(800)
    staff.check("insight")
    with staff.page.expect_download() as download:
        staff.page.get_by_role("link", name="Download CSV").first.click()
    assert Path(download.value.path()).read_text("utf-8-sig").startswith("Termijn;Open verzoeken")
