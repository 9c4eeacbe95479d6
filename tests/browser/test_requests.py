"""Requests in full, by hand as it were: a parent, a customer, a pupil and a school, a letter that came too late to extend."""

import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from dashboard.clock import local_day, utc_now
from tests.browser.conftest import Visits
from tests.browser.person import Person
from tests.browser.test_journeys import WORDS

pytestmark = pytest.mark.xdist_group("demo")
W = WORDS["nl"]


def ask(person: Person, rights: tuple[str, ...], role: str, subject: str) -> None:
    """The first two steps of a new form: the receipt of an earlier one is put away."""
    person.go("/request")
    # On a busy machine the heading is there before the receipt, or the form, below it.
    again, first = person.page.get_by_role("button", name="Doe nog een verzoek"), person.page.locator("label", has_text=rights[0])
    again.or_(first).first.wait_for()
    if again.count():
        press(person, "Doe nog een verzoek")
    for right in rights:
        person.tick(right)
    person.click(W["next"])
    person.tick(role)
    person.tick(subject)
    person.click(W["next"])


def contact_and_send(person: Person, email: str) -> list[str]:
    """The last steps; the codes on the receipt."""
    person.fill(W["name"], "Noor Voorbeeld")
    person.fill(W["email"], email)
    person.click(W["next"])
    person.click(W["send"])
    person.settle(W["received"])
    return person.codes()


def confirm(person: Person, reference: str) -> None:
    person.open_newest_mail(f"{W['confirm']} {reference}")
    person.click(W["open"])
    person.page.wait_for_url("**/track")
    person.settle()


def visible(person: Person, button: str) -> Locator:
    return person.page.get_by_role("button", name=button).locator("visible=true").first


def press(person: Person, button: str) -> None:
    # What was typed may have made a box taller: the button comes to rest first.
    person.still()
    visible(person, button).click()
    person.page.wait_for_timeout(200)
    person.still()


def inside(person: Person, title: str) -> Locator:
    """What folds under this title, or the form of a case with this name: as far as it is seen."""
    page = person.page
    fold = page.locator("details", has=page.locator("summary", has_text=title))
    sheet = page.locator("[class*=st-key-case_sheet_]", has=page.get_by_role("heading", name=title))
    return fold.or_(sheet).locator("visible=true").last


def unfold(person: Person, title: str) -> None:
    """Open what folds, unless it is open; a form of a case by its button, or from the menu."""
    person.still()
    page, found = person.page, inside(person, title)
    by_name = page.get_by_role("button", name=title).locator("visible=true").first
    summary = found.locator("summary", has_text=title)
    if found.count():
        if summary.count() and found.get_attribute("open") is None:
            summary.click()
    elif by_name.count():
        by_name.click()
    else:
        visible(person, "Meer").click()
        page.get_by_role("menuitem", name=title).click()
    page.wait_for_timeout(200)
    person.still()


def send_answer(staff: Person) -> None:
    """As it is, whatever the checklist says."""
    staff.still()
    despite = staff.page.get_by_text("Verstuur het antwoord toch").locator("visible=true").first
    box = staff.page.get_by_role("checkbox", name="Verstuur het antwoord toch").last
    if despite.count() and not box.is_checked():
        despite.click()
    press(staff, "Verstuur antwoord")


def choose(person: Person, label: str, option: str) -> None:
    """Pick from a list. A list that was open before takes the first click to close, and a page that moves closes it."""
    for _ in range(4):
        person.still()
        person.page.get_by_role("combobox", name=label).locator("visible=true").first.click()
        wanted = person.page.get_by_role("option", name=option).first
        try:
            wanted.click(timeout=3_000)
        except PlaywrightTimeoutError:
            continue
        person.page.wait_for_timeout(300)
        return
    raise AssertionError(f"no {option} under {label}")


def body_of_mail(person: Person, subject: str) -> str:
    """The text of the newest mail with this subject in the demo's mailbox."""
    mail = person.newest_mail(subject)
    mail.locator("summary").first.click()
    person.page.wait_for_timeout(400)
    return mail.inner_text()


def test_a_parent_asks_access_for_a_child_under_16_at_us_and_at_school(visit: Visits) -> None:
    parent = visit(width="phone")
    ask(parent, (W["access"],), "Ouder of verzorger", "Allebei")
    parent.check("request-2b-about")
    parent.fill("Naam van je kind", "Mees Voorbeeld")
    parent.fill("Geboortedatum van je kind", "14-3-2005")
    parent.click(W["next"])
    parent.sees("Je kind is 16 jaar of ouder. Dan doet het zelf een verzoek")
    parent.check("request-2b-about-too-old")
    parent.fill("Geboortedatum van je kind", "14-3-2018")
    parent.click(W["next"])
    parent.fill(W["school"], "Vijf Bruggen Lyceum")
    parent.fill(W["explanation"], "Welke gegevens van mijn kind hebben jullie?")
    parent.page.reload()
    parent.settle()
    parent.sees("Je was hier al begonnen")
    parent.check("request-1-draft")
    parent.click("Ga verder")
    for _ in range(3):
        parent.click(W["next"])
    parent.fill(W["school"], "Vijf Bruggen Lyceum")
    parent.fill(W["explanation"], "Welke gegevens van mijn kind hebben jullie?")
    parent.still()
    parent.page.locator("input[type=file]").first.set_input_files(
        {"name": "brief.txt", "mimeType": "text/plain", "buffer": b"Een toelichting."}
    )
    parent.page.get_by_text("brief.txt").first.wait_for()
    parent.click(W["next"])
    ours, schools, code = contact_and_send(parent, "ouder@aanvrager.example")
    parent.check("request-6-receipt-both")
    assert ours != schools
    assert re.fullmatch(r"(\w{4}-){5}\w{4}", code)
    confirm(parent, ours)
    parent.sees(f"Ga naar het andere deel van je verzoek: {schools}")
    parent.check("track-parent")
    with parent.page.expect_download() as download:
        parent.page.get_by_role("link", name="Download het ontvangstbewijs").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    with parent.page.expect_download() as download:
        parent.page.get_by_role("link", name="Zet de datum in mijn agenda").click()
    assert "BEGIN:VEVENT" in Path(download.value.path()).read_text("utf-8")
    parent.click("Ga naar het andere deel")
    parent.sees(schools)

    staff = visit()
    staff.sign_in("medewerkers", "behandelaar", "/desk")
    staff.go(f"/case?ref={ours}", ours)
    staff.sees("Mees Voorbeeld")
    press(staff, "Neem in behandeling")
    unfold(staff, "Maak het antwoordpakket")
    inside(staff, "Maak het antwoordpakket").locator("input[type=file]").first.set_input_files(
        {"name": "crm.json", "mimeType": "application/json", "buffer": json.dumps([{"naam": "Mees", "formule": "=1+1"}]).encode()}
    )
    staff.page.get_by_text("crm.json").first.wait_for()
    for system in ("Administratie (bestellingen en facturen)", "Nieuwsbrief"):
        staff.tick(f"Niets gevonden: {system}")
    staff.check("case-package")
    press(staff, "Maak het pakket")
    staff.sees("Het pakket staat bij het antwoord.")
    unfold(staff, "Besluit over: Inzage")
    staff.choose("Toegewezen")
    press(staff, "Leg besluit vast")
    unfold(staff, "Verstuur het antwoord en sluit af")
    send_answer(staff)
    staff.sees("Het verzoek is afgesloten")

    parent.open_newest_mail(f"Ons antwoord op je verzoek {ours}")
    parent.click(W["open"])
    parent.page.wait_for_url("**/track")
    parent.settle()
    with parent.page.expect_download() as download:
        parent.page.get_by_role("link", name="Download antwoord").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert sorted(archive.namelist()) == ["crm.csv", "data.json", "portal.csv", "samenvatting.pdf"]
        assert "'=1+1" in archive.read("crm.csv").decode("utf-8-sig")
    parent.check("track-answered-package")


def test_a_customer_gets_a_partial_erasure_with_its_seven_years_and_no_part_of_a_refusal_can_be_missing(visit: Visits) -> None:
    customer, staff, colleague = visit(), visit(), visit(width="phone")
    ask(customer, (W["erasure"],), W["customer"], W["own"])
    customer.fill(W["explanation"], "Wis alles wat jullie van mij hebben.")
    customer.click(W["next"])
    reference, _code = contact_and_send(customer, "wissen@aanvrager.example")
    confirm(customer, reference)
    staff.sign_in("medewerkers", "behandelaar", "/desk")
    staff.go(f"/case?ref={reference}", reference)
    press(staff, "Neem in behandeling")
    unfold(staff, "Besluit over: Wissen")
    staff.choose("Deels toegewezen")
    press(staff, "Leg besluit vast")
    staff.page.get_by_role("alert").first.wait_for()
    choose(staff, "Grond (bij alles", "bewaarplicht")
    staff.page.get_by_role("textbox", name="Reden voor de aanvrager").locator("visible=true").first.fill(
        "Je facturen van 2024 blijven tot 2031."
    )
    press(staff, "Leg besluit vast")
    staff.sees("Een collega moet nog naar je besluit over Wissen kijken.")
    unfold(staff, "Verstuur het antwoord en sluit af")
    send_answer(staff)
    staff.sees("Een collega moet eerst kijken naar elke weigering en elk wissen.")
    staff.check("case-needs-approval")

    colleague.sign_in("medewerkers", "collega", "/desk")
    colleague.go(f"/case?ref={reference}", reference)
    press(colleague, "Akkoord met het besluit over: Wissen")
    colleague.sees("Vastgelegd dat je het besluit hebt nagekeken.")
    colleague.check("case-approved")

    staff.page.reload()
    staff.settle(reference)
    unfold(staff, "Verstuur het antwoord en sluit af")
    send_answer(staff)
    staff.sees("Licht eerst alle ontvangers van de gegevens in")
    unfold(staff, "Ontvangers inlichten")
    for _ in range(4):
        press(staff, "Ingelicht")
        staff.sees("Vastgelegd.")
    unfold(staff, "Verstuur het antwoord en sluit af")
    letter = staff.page.get_by_role("textbox", name="Ons antwoord aan de aanvrager").locator("visible=true").first
    whole = letter.input_value()
    letter.fill(whole.replace("[rechter]", ""))
    send_answer(staff)
    staff.sees("De weg naar de rechter ontbreekt in de brief.")
    staff.page.get_by_role("textbox", name="Ons antwoord aan de aanvrager").locator("visible=true").first.fill(whole)
    press(staff, "Bekijk eerst")
    staff.sees("Zo gaat de brief weg:")
    staff.check("case-letter-preview")
    send_answer(staff)
    staff.sees("Het verzoek is afgesloten")

    customer.open_newest_mail(f"Ons antwoord op je verzoek {reference}")
    customer.click(W["open"])
    customer.page.wait_for_url("**/track")
    customer.settle()
    customer.sees("De belastingwet verplicht ons die zeven jaar te bewaren")
    customer.sees("Je facturen van 2024 blijven tot 2031.")
    customer.check("track-partial")
    unfold(customer, "Niet tevreden met het antwoord?")
    customer.check("track-not-satisfied")
    customer.fill("Wat klopt er niet?", "Die facturen zijn niet van mij.")
    press(customer, "Vraag om opnieuw te kijken")
    customer.sees("We kijken opnieuw naar je verzoek.")
    customer.sees(W["ours"])


def test_a_pupils_request_is_handed_to_the_school_decided_there_and_closed(visit: Visits) -> None:
    pupil, staff, school, stranger = visit(width="phone"), visit(), visit(), visit()
    ask(pupil, (W["access"],), "Leerling of student van 16", W["learning"])
    pupil.fill("Je geboortedatum", "1-2-2008")
    pupil.click(W["next"])
    pupil.fill(W["school"], "Vijf Bruggen Lyceum, Stad")
    pupil.fill(W["explanation"], "Welke resultaten van mij staan in DIGIT?")
    pupil.click(W["next"])
    reference, _code = contact_and_send(pupil, "leerling@aanvrager.example")
    confirm(pupil, reference)

    staff.sign_in("medewerkers", "behandelaar", "/desk")
    staff.go(f"/case?ref={reference}", reference)
    unfold(staff, "Geef door aan de school")
    choose(staff, "School of bestuur", "Vijf Bruggen Lyceum (90AD)")
    staff.fill("Contactpersoon", "Fem Functionaris")
    staff.fill("E-mailadres van de contactpersoon", "fem@vijfbruggen.example")
    staff.check("case-hand-over")
    press(staff, "Geef door en vertel het de aanvrager")
    staff.sees("Bij de school")

    code = re.search(r"(\w{4}-){5}\w{4}", body_of_mail(staff, f"Verzoek {reference} over gegevens bij jouw school"))
    assert code
    stranger.sign_in("entree", "kleine-letters", "/handed")
    stranger.sees_not(reference)
    stranger.check("handed-empty")
    school.sign_in("entree", "school", "/handed")
    school.sees(reference)
    school.sees_not("Noor Voorbeeld")
    school.check("handed-closed")
    row = school.page.locator("[data-testid=stVerticalBlock]", has=school.page.get_by_text(reference)).last
    row.get_by_role("textbox", name="Code uit de mail aan je school").fill("AAAA-AAAA-AAAA-AAAA-AAAA-AAAA")
    row.get_by_role("button", name="Open dit verzoek").click()
    school.sees("Deze code hoort niet bij dit verzoek.")
    row.get_by_role("textbox", name="Code uit de mail aan je school").fill(code.group())
    row.get_by_role("button", name="Open dit verzoek").click()
    school.sees("Welke resultaten van mij staan in DIGIT?")
    press(school, "Leg het besluit vast")
    school.sees("Kies bij elk recht een besluit.")
    school.choose("Toegewezen")
    school.page.get_by_label("Jouw antwoord aan de aanvrager").fill("Je krijgt een overzicht van je mentor.")
    school.check("handed-deciding")
    press(school, "Leg het besluit vast")
    school.sees("Je besluit is vastgelegd.")
    school.check("handed-decided")

    staff.go(f"/case?ref={reference}", reference)
    staff.sees("School heeft besloten")
    staff.check("case-school-decided")
    press(staff, "Het is uitgevoerd")
    staff.sees("Bij Inzien hoort een kopie van de gegevens.")
    attach(staff, "Voeg een bestand toe aan het antwoord", "digit.csv", b"opdracht;cijfer\nrekenblad;8\n")
    staff.sees("Het bestand staat bij het antwoord.")
    press(staff, "Het is uitgevoerd")
    staff.sees("Afgerond.")
    pupil.go("/track")
    pupil.sees("Je krijgt een overzicht van je mentor.")
    pupil.sees("Je school heeft dit verzoek afgehandeld.")
    assert "rekenblad;8" in downloaded(pupil, "digit.csv")
    pupil.check("track-school-decided")


def attach(person: Person, fold: str, name: str, content: bytes) -> None:
    """Add a file in one of the folds of the page."""
    unfold(person, fold)
    where = inside(person, fold)
    where.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    where.get_by_text(name).first.wait_for()
    where.get_by_role("button", name="Voeg toe", exact=True).click()


def downloaded(person: Person, name: str) -> str:
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name=name).locator("visible=true").first.click()
    return download.value.path().read_text("utf-8")


def handed_on(staff: Person, reference: str, school: str, contact: str, *, before: str = "") -> str:
    """Hand it to this school; the code in the mail to its contact."""
    staff.go(f"/case?ref={reference}", reference)
    unfold(staff, "Geef door aan de school")
    staff.fill("Zoek de school of het bestuur", school)
    staff.page.keyboard.press("Enter")
    staff.still()
    choose(staff, "School of bestuur", school)
    staff.fill("Contactpersoon", "Fem Functionaris")
    staff.fill("E-mailadres van de contactpersoon", contact)
    press(staff, "Geef door en vertel het de aanvrager")
    staff.sees("Bij de school")
    for _ in range(10):
        code = re.search(r"(\w{4}-){5}\w{4}", body_of_mail(staff, f"Verzoek {reference} over gegevens bij jouw school"))
        if code and code.group() != before:
            return code.group()
        staff.page.wait_for_timeout(1_000)
    raise AssertionError("no code came")


def open_at_school(school: Person, reference: str, code: str) -> None:
    school.go("/handed")
    row = school.page.locator("[data-testid=stVerticalBlock]", has=school.page.get_by_text(reference)).last
    row.get_by_role("textbox", name="Code uit de mail aan je school").fill(code)
    row.get_by_role("button", name="Open dit verzoek").click()


def test_a_hand_over_to_the_wrong_school_is_undone_and_the_right_one_asks_and_grants_with_a_file(visit: Visits) -> None:
    pupil, staff, wrong, school = visit(width="phone"), visit(), visit(), visit(width="phone")
    ask(pupil, (W["access"],), "Leerling of student van 16", W["learning"])
    pupil.fill("Je geboortedatum", "1-2-2008")
    pupil.click(W["next"])
    pupil.fill(W["school"], "Vijf Bruggen Lyceum, Stad")
    pupil.fill(W["explanation"], "Welke resultaten van mij staan in DIGIT?")
    note = {"name": "toelichting.txt", "mimeType": "text/plain", "buffer": b"Het gaat om dit schooljaar."}
    pupil.page.locator("input[type=file]").first.set_input_files(note)  # type: ignore[arg-type]
    pupil.page.get_by_text("toelichting.txt").first.wait_for()
    pupil.click(W["next"])
    reference, _code = contact_and_send(pupil, "verkeerd@aanvrager.example")
    confirm(pupil, reference)

    staff.sign_in("medewerkers", "behandelaar", "/desk")
    code = handed_on(staff, reference, "90BA", "verkeerd@school.example")
    wrong.sign_in("entree", "kleine-letters", "/handed")
    open_at_school(wrong, reference, code)
    wrong.sees("Welke resultaten van mij staan in DIGIT?")
    staff.go(f"/case?ref={reference}", reference)
    unfold(staff, "Haal terug bij de school")
    staff.check("case-take-back")
    press(staff, "Haal terug bij de school")
    staff.sees("Het verzoek is teruggehaald.")
    wrong.go("/handed")
    wrong.sees_not(reference)
    assert "heeft je verzoek geopend" in body_of_mail(staff, f"We hebben je verzoek {reference} teruggehaald")
    pupil.go("/track")
    pupil.sees("Teruggehaald bij de school")

    code = handed_on(staff, reference, "90AD", "fem@vijfbruggen.example", before=code)
    school.sign_in("entree", "school", "/handed")
    open_at_school(school, reference, code)

    school.sees("toelichting.txt")
    school.sees("1 feb 2008")
    school.check("handed-open")
    unfold(school, "Vraag de aanvrager iets")
    school.page.get_by_label("Bericht").locator("visible=true").first.fill("Bij welk vak?")
    press(school, "Stel als vraag")
    school.sees("Je wacht op antwoord van de aanvrager.")
    school.check("handed-waiting")
    pupil.go("/track")
    pupil.sees("Bij welk vak?")
    pupil.page.get_by_label("Je antwoord op de vraag").fill("Wiskunde.")
    press(pupil, "Verstuur bericht")
    pupil.sees("Wiskunde.")
    school.go("/handed")
    school.sees("Wiskunde.")
    attach(school, "Bestand dat de aanvrager krijgt", "cijfers.csv", b"vak;cijfer\nwiskunde;8\n")
    school.sees("cijfers.csv")
    school.choose("Toegewezen")
    school.page.get_by_label("Jouw antwoord aan de aanvrager").fill("Hierbij je cijfers.")
    press(school, "Leg het besluit vast")
    school.sees("Je besluit is vastgelegd.")
    pupil.go("/track")
    pupil.sees_not("cijfers.csv")
    staff.go(f"/case?ref={reference}", reference)
    press(staff, "Het is uitgevoerd")
    staff.sees("Afgerond.")
    pupil.go("/track")
    assert "wiskunde;8" in downloaded(pupil, "cijfers.csv")
    pupil.check("track-school-granted")


def test_a_letter_is_entered_with_its_own_day_and_cannot_be_extended_after_the_first_date(visit: Visits) -> None:
    staff = visit()
    staff.sign_in("medewerkers", "functionaris", "/desk")
    staff.page.get_by_role("link", name="Voer een brief, telefoontje of mail in").click()
    staff.settle("Voer een verzoek in")
    staff.check("register")
    press(staff, "Leg het verzoek vast")
    staff.sees("Vul de dag van ontvangst in")
    staff.check("register-problems")
    staff.tick("Brief")
    received = local_day(utc_now()) - timedelta(days=45)
    staff.fill("Ontvangen op", f"{received:%d-%m-%Y}")
    choose(staff, "Waar wordt om gevraagd?", "Inzage")
    # A list of several choices stays open.
    staff.page.keyboard.press("Escape")
    choose(staff, "In welke rol vraagt de aanvrager dit?", "Klant of relatie")
    choose(staff, "Om welke gegevens gaat het?", "Gegevens die wij zelf hebben")
    staff.fill("Wat staat er in het verzoek? (hoeft niet)", "Graag een overzicht.")
    staff.fill("Naam van de aanvrager", "Bram Brief")
    staff.tick("Nog niet vastgesteld")
    staff.fill("Postadres, als er geen e-mailadres is", "Voorbeeldstraat 1\n1234 AB Stad")
    press(staff, "Leg het verzoek vast")
    staff.page.wait_for_url("**/case?ref=BS-*")
    staff.settle("Verzoek BS-")
    staff.sees("1 brief aan deze aanvrager moet nog op de post.")
    press(staff, "Neem in behandeling")
    unfold(staff, "Meer tijd nodig")
    staff.tick("Het verzoek is ingewikkeld")
    press(staff, "Verleng en laat het weten")
    staff.sees("Vul eerst in wat tussen de haken staat")
    staff.page.get_by_role("textbox", name="Uitleg aan de aanvrager").locator("visible=true").fill("Er zijn vier systemen.")
    press(staff, "Verleng en laat het weten")
    staff.sees("Verlengen kan niet meer")
    staff.check("case-too-late-to-extend")
    staff.go("/desk")
    staff.page.get_by_role("textbox", name="Zoek").fill("bram")
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_timeout(800)
    staff.still()
    unfold(staff, "om te printen en te posten")
    staff.sees("Je code is:")
    staff.check("desk-letters")
    # Others who share this demo may have letters waiting too: the first one goes.
    waiting = staff.page.get_by_text("Je code is:")
    number = waiting.count()
    press(staff, "Deze brief is gepost")
    expect(waiting).to_have_count(number - 1)


def test_newsletter_and_marketing_are_one_click_and_the_rules_have_a_history(visit: Visits) -> None:
    person, officer = visit(width="phone"), visit()
    person.go("/request")
    person.click("Stop de nieuwsbrief")
    reference, _code = contact_and_send(person, "nieuwsbrief@aanvrager.example")
    assert reference.startswith("BS-")
    officer.sign_in("medewerkers", "functionaris", "/policy")
    officer.check("policy")
    unfold(officer, "Extra vrije dagen")
    day = local_day(utc_now()) + timedelta(days=31)
    officer.page.get_by_role("textbox", name="Brugdagen, één per regel").fill(f"{day:%d-%m-%Y}")
    press(officer, "Bekijk wat verschuift")
    officer.sees("een andere datum")
    officer.check("policy-preview")
    officer.page.get_by_role("textbox", name="Waarom?").locator("visible=true").first.fill("Koninklijk besluit (voorbeeld)")
    press(officer, "Sla op")
    officer.sees("Opgeslagen.")
    unfold(officer, "Extra vrije dagen")
    officer.sees("Koninklijk besluit (voorbeeld)")
