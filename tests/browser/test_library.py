"""The annex library as people use it, on the running demo: from a draft to a school's evidence, in Chromium."""

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import httpx2
import pytest

from benchmarks import import_rows
from benchmarks.import_rows import SCHOOLS, as_csv
from tests.browser.conftest import Visits

pytestmark = pytest.mark.xdist_group("demo-2")


def typed_day(day: date) -> str:
    return day.strftime("%d%m%Y")


def test_an_annex_is_written_approved_by_a_colleague_and_announced_to_schools(visit: Visits) -> None:
    editor = visit()
    editor.sign_in("medewerkers", "redacteur", "/catalogue")
    editor.go("/annex?kind=annex_3&product=muisstap")
    editor.fill("Versienummer", "1.1")
    field = editor.page.get_by_test_id("stDateInput").first.locator("[role=spinbutton], input").first
    field.click()
    editor.page.keyboard.type(typed_day(date.today() + timedelta(days=30)))  # noqa: DTZ011  the demo's own day
    editor.page.keyboard.press("Tab")
    editor.fill("Wat verandert er? (Nederlands)", "Een regel erbij.")
    editor.fill("Wijzigingen", "Subverwerkers: vier weken vooraf gemeld.\nBewaartermijn: één jaar.")
    editor.click("Bewaar concept")
    editor.sees("Het concept is bewaard.")
    editor.click("Bied aan ter goedkeuring")
    editor.sees("Het concept wacht nu op goedkeuring van een collega.")
    editor.check("annex-draft")
    address = editor.page.url
    officer = visit(width="phone")
    officer.sign_in("medewerkers", "functionaris", "/catalogue")
    officer.go(address.removeprefix(officer.url))
    officer.sees("toegevoegd: Bewaartermijn: één jaar.")
    officer.click("Keur goed en kondig aan")
    officer.sees("Goedgekeurd. Scholen zien de versie nu")
    officer.check("annex-approved")
    school = visit()
    school.sign_in("google", "domein", "/annexes")
    school.sees("Versie 1.1 is aangekondigd en geldt vanaf")


def test_a_board_narrows_travels_takes_evidence_and_checks_it_later(visit: Visits, tmp_path: Path) -> None:
    board = visit()
    board.sign_in("entra", "bestuur", "/annexes")
    page = board.page
    page.get_by_label("Toon voor").first.click()
    page.get_by_role("option", name="De Brug, dependance Zuid (90AA01)").click()
    board.settle()
    board.sees("Voor De Brug, dependance Zuid (90AA01)")
    assert "for=90AA01" in page.url
    page.reload()
    board.settle()
    board.sees("Voor De Brug, dependance Zuid (90AA01)")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download alles (ZIP)").click()
    path = tmp_path / "bewijs.zip"
    waiting.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert {"manifest.json", "manifest.sig", "manifest.pdf", "typeladder_annex-1_4.0.pdf"} <= set(archive.namelist())
        one = tmp_path / "los.pdf"
        one.write_bytes(archive.read("typeladder_annex-1_4.0.pdf"))
    anybody = visit(language="en", width="phone")
    anybody.go("/verify")
    anybody.page.locator("input[type=file]").set_input_files([path, one])
    anybody.sees("This is correct. Nothing has changed since we made it.")
    anybody.sees("This document is ours, exactly as we issued it.")
    anybody.check("verify-holds")
    worse = tmp_path / "anders.zip"
    worse.write_bytes(_without(path.read_bytes(), "typeladder_annex-1_4.0.pdf"))
    anybody.go("/verify")
    anybody.page.locator("input[type=file]").set_input_files([worse])
    anybody.sees("This is not correct.")
    anybody.sees("This file is missing:")


def _without(content: bytes, name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
    return out.getvalue()


def test_another_schools_key_in_the_address_shows_nothing_of_it(visit: Visits) -> None:
    school = visit()
    school.sign_in("entree", "kleine-letters", "/annexes")
    school.go("/annexes?for=90AD")
    school.sees_not("Klikkompas")
    school.sees_not("Vijf Bruggen Lyceum")


def test_a_school_subscribes_confirms_and_ends_it_with_the_link_in_the_mail(visit: Visits) -> None:
    school = visit(width="phone")
    school.sign_in("entree", "werkstudent", "/school")
    school.fill("E-mailadres", "wies@waterland.example")
    school.click("Meld me aan")
    school.sees("We stuurden een mail naar")
    school.open_newest_mail("Bevestig dat je mail over bijlagen wilt")
    school.click("Ja, stuur mij mail")
    school.sees("Je bent aangemeld")
    school.check("subscribed")
    school.go("/school")
    school.sees("Je krijgt mail op")
    school.click("Stop met deze mail")
    school.sees("Je krijgt geen mail meer over bijlagen.")


def test_a_key_made_in_the_portal_reads_the_api_and_a_revoked_one_doesnt(visit: Visits) -> None:
    school = visit()
    school.sign_in("surfconext", "mbo", "/school")
    school.fill("Waarvoor is de sleutel?", "Roostersysteem")
    school.click("Maak een sleutel")
    school.sees("Je ziet hem maar één keer")
    secret = school.page.locator("[data-testid=stCode] code", has_text="bsl_api_").inner_text()
    school.check("school-key")
    asked = {"authorization": f"Bearer {secret}"}
    found = httpx2.get(f"{school.url}/api/v1/products", headers=asked)
    assert [row["slug"] for row in found.json()] == ["bytebaan", "digit", "toetsvuur"]
    again = httpx2.get(f"{school.url}/api/v1/products", headers={**asked, "if-none-match": found.headers["etag"]})
    assert (again.status_code, found.headers["cache-control"]) == (304, "private, no-cache")
    school.click("Trek in")
    school.sees("De sleutel is ingetrokken")
    assert httpx2.get(f"{school.url}/api/v1/products", headers=asked).status_code == 401


def test_a_file_is_looked_at_mended_and_imported(visit: Visits) -> None:
    admin = visit()
    admin.sign_in("medewerkers", "beheerder", "/directory")
    admin.page.get_by_text("Importeer een bestand").click()
    rows = [(f"8{row[0][1:]}", *row[1:]) for row in import_rows.schools(7)]
    wrong = [*rows, ("80009", "", "0OAB", "", "0OAB00", "Naam", "PO")]
    file = {"name": "scholen.csv", "mimeType": "text/csv", "buffer": as_csv(SCHOOLS, wrong)}
    admin.page.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]
    admin.click("Kijk wat er zou veranderen")
    admin.sees("1 rij is fout")
    admin.sees("Rij 9: INSTELLINGSCODE: Een BRIN is twee cijfers en twee letters, zoals 01AB.")
    admin.check("import-wrong")
    admin.tick("Sla foute rijen over en importeer de rest")
    admin.press("Importeer", exact=True)
    admin.sees("Geïmporteerd: 7 rijen toegevoegd, 0 gewijzigd.")
    admin.page.get_by_label("Zoek op bestuursnummer, BRIN of naam").fill("80000")
    admin.page.keyboard.press("Enter")
    admin.sees("School 4")


def test_a_notice_reaches_a_board_that_objects_and_gets_its_answer(visit: Visits) -> None:
    board = visit()
    board.sign_in("entra", "bestuur", "/notices")
    board.sees("Bezwaar kan tot en met")
    board.check("notice")
    board.page.get_by_text("Maak bezwaar").click()
    board.fill("Het bezwaar van het bestuur", "Wij willen geen mailbedrijf in Finland.")
    board.fill("E-mailadres voor het antwoord", "fg@bruggen.example")
    board.tick("Ik doe dit namens")
    board.click("Verstuur bezwaar")
    board.sees("Wacht op antwoord.")
    officer = visit()
    officer.sign_in("medewerkers", "functionaris", "/subprocessors")
    officer.tick("Uitgelegd")
    officer.fill("Antwoord aan het bestuur", "Finland ligt binnen de EER.")
    officer.click("Verstuur antwoord")
    officer.sees("Het antwoord is verstuurd.")
    board.go("/notices")
    board.sees("Finland ligt binnen de EER.")
    board.check("notice-answered")


def test_a_board_sees_its_schools_against_its_products_and_goes_to_one(visit: Visits) -> None:
    board = visit(width="phone")
    board.sign_in("entra", "bestuur", "/annexes")
    board.page.locator("summary", has_text="Scholen en producten op een rij").click()
    board.sees("Vijf Bruggen Lyceum")
    board.check("annexes-matrix")
    board.page.locator(".st-key-matrix").get_by_role("link", name="Vijf Bruggen Lyceum").click()
    board.page.wait_for_url("**/annexes?for=90AD")
    board.settle()
    board.sees("Voor Vijf Bruggen Lyceum")
