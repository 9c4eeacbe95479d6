"""An emoji, other scripts and signs without a glyph in every field that people fill in, through to every paper, in Chromium."""

import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest

from tests.browser.conftest import Visits
from tests.browser.person import Person
from tests.browser.test_journeys import WORDS
from tests.browser.test_library import typed_day
from tests.browser.test_requests import ask, confirm, press, send_answer, unfold

pytestmark = pytest.mark.xdist_group("demo-2")
W = WORDS["nl"]
HARD = "👩\u200d👩\u200d👧 漢字 ሰላም \uf0b7 שלום"


def is_paper(content: bytes) -> None:
    """A tagged PDF that opens, and has pages with something on them."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert all(page.Contents is not None for page in opened.pages)


def taken(person: Person, link: str) -> bytes:
    with person.page.expect_download() as download:
        found = person.page.get_by_role("link", name=link).or_(person.page.get_by_role("button", name=link))
        found.locator("visible=true").first.click()
    return Path(download.value.path()).read_bytes()


def test_any_signs_in_every_field_of_a_request_reach_every_paper(visit: Visits) -> None:
    person, staff = visit(width="phone"), visit()
    ask(person, (W["access"],), "Ouder of verzorger", W["own"])
    person.fill("Naam van je kind", f"Mees {HARD}")
    person.fill("Geboortedatum van je kind", "14-3-2018")
    person.click(W["next"])
    person.fill(W["explanation"], f"Mijn vraag: {HARD}\n- {HARD}")
    person.page.locator("input[type=file]").first.set_input_files(
        {"name": f"één 😀 {HARD}.txt", "mimeType": "text/plain", "buffer": HARD.encode()}
    )
    person.page.get_by_text("één").first.wait_for()
    person.click(W["next"])
    person.fill(W["name"], f"Noor {HARD}")
    person.fill(W["email"], "tekens@aanvrager.example")
    person.click(W["next"])
    person.click(W["send"])
    person.settle(W["received"])
    person.check("any-script-receipt")
    reference = person.codes()[0]
    is_paper(taken(person, "Bewaar als PDF"))
    confirm(person, reference)
    is_paper(taken(person, "Download het ontvangstbewijs"))

    staff.sign_in("medewerkers", "behandelaar", "/desk")
    staff.go(f"/case?ref={reference}", reference)
    staff.sees("ሰላም")
    press(staff, "Neem in behandeling")
    unfold(staff, "Schrijf de aanvrager")
    staff.page.get_by_role("textbox", name="Bericht").locator("visible=true").first.fill(f"Vraag {HARD}")
    press(staff, "Stel als vraag")
    staff.sees("Het bericht is verstuurd.")
    unfold(staff, "Schrijf een interne notitie")
    staff.page.get_by_role("textbox", name="Notitie").locator("visible=true").first.fill(f"Notitie {HARD}")
    press(staff, "Bewaar notitie")
    person.go("/track")
    person.sees("Vraag 👩")
    person.page.get_by_label("Je antwoord op de vraag").fill(f"Antwoord {HARD}")
    press(person, "Verstuur bericht")
    person.sees("Je bericht is verstuurd.")

    staff.go(f"/case?ref={reference}", reference)
    staff.sees("Antwoord 👩")
    unfold(staff, "Maak het antwoordpakket")
    given = json.dumps([{"naam 😀": HARD, HARD: "漢字"}], ensure_ascii=False).encode()
    staff.page.locator(".st-key-case_sheet_package input[type=file]").first.set_input_files(
        {"name": "crm 😀.json", "mimeType": "application/json", "buffer": given}
    )
    staff.page.get_by_text("crm 😀.json").first.wait_for()
    for system in ("Administratie (bestellingen en facturen)", "Nieuwsbrief"):
        staff.tick(f"Niets gevonden: {system}")
    press(staff, "Maak het pakket")
    staff.sees("Het pakket staat bij het antwoord.")
    unfold(staff, "Besluit over: Inzage")
    staff.choose("Toegewezen")
    press(staff, "Leg besluit vast")
    staff.sees("Het besluit is vastgelegd.")
    unfold(staff, "Verstuur het antwoord en sluit af")
    letter = staff.page.get_by_role("textbox", name="Ons antwoord aan de aanvrager").locator("visible=true").first
    letter.fill(letter.input_value() + f"\n\n{HARD}")
    send_answer(staff)
    staff.sees("Het verzoek is afgesloten")
    is_paper(taken(staff, "Dossier als PDF"))

    person.open_newest_mail(f"Ons antwoord op je verzoek {reference}")
    person.click(W["open"])
    person.page.wait_for_url("**/track")
    person.settle()
    with zipfile.ZipFile(io.BytesIO(taken(person, "Download antwoord"))) as archive:
        is_paper(archive.read("samenvatting.pdf"))
        assert HARD in archive.read("data.json").decode()
        assert "漢字" in archive.read("crm.csv").decode("utf-8-sig")
    person.check("any-script-answered")


def test_any_signs_in_an_annex_and_in_a_schools_name_reach_draft_and_evidence(visit: Visits) -> None:
    editor, officer, school = visit(), visit(), visit()
    editor.sign_in("medewerkers", "redacteur", "/catalogue")
    editor.go("/annex?kind=annex_3&product=klikkompas")
    editor.fill("Versienummer", "9.1")
    field = editor.page.get_by_test_id("stDateInput").first.locator("[role=spinbutton], input").first
    field.click()
    editor.page.keyboard.type(typed_day(date.today() + timedelta(days=30)))  # noqa: DTZ011  the demo's own day
    editor.page.keyboard.press("Tab")
    editor.fill("Wat verandert er? (Nederlands)", f"Erbij: {HARD}")
    editor.fill("Wijzigingen", f"Subverwerkers: {HARD}\n{HARD}")
    editor.click("Bewaar concept")
    editor.sees("Het concept is bewaard.")
    editor.click("Bied aan ter goedkeuring")
    editor.sees("Het concept wacht nu op goedkeuring van een collega.")
    address = editor.page.url
    officer.sign_in("medewerkers", "functionaris", "/catalogue")
    officer.go(address.removeprefix(officer.url))
    officer.click("Keur goed en kondig aan")
    officer.sees("Goedgekeurd. Scholen zien de versie nu")
    officer.check("any-script-annex")

    school.sign_in("entree", "tekens", "/annexes")
    school.sees("Versie 9.1 is aangekondigd")
    is_paper(taken(school, "Download aangekondigde versie 9.1"))
    with zipfile.ZipFile(io.BytesIO(taken(school, "Download alles (ZIP)"))) as archive:
        is_paper(archive.read("manifest.pdf"))
        assert "Zoë 🎒 漢字" in archive.read("manifest.json").decode()
    # Others who share this demo count what this school has.
    officer.go(address.removeprefix(officer.url))
    unfold(officer, "Trek deze versie in")
    day = officer.page.get_by_test_id("stDateInput").first.locator("[role=spinbutton], input").first
    day.click()
    officer.page.keyboard.type(typed_day(date.today()))  # noqa: DTZ011  the demo's own day
    officer.page.keyboard.press("Tab")
    officer.fill("Reden", f"Niet meer nodig {HARD}")
    press(officer, "Trek in")
    officer.sees("De versie is ingetrokken.")
