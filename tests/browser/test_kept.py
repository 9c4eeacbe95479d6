"""What stays with a browser over a reload, and with that browser alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.person import Person
from tests.browser.test_journeys import WORDS
from tests.browser.test_requests import ask, confirm, contact_and_send, press, unfold
from tests.browser.test_wrong_case import letter, message

pytestmark = pytest.mark.xdist_group("demo")
W = WORDS["nl"]


def sent(person: Person, email: str) -> tuple[str, str]:
    ask(person, (W["access"],), W["customer"], W["own"])
    person.fill(W["explanation"], "Graag een overzicht.")
    person.click(W["next"])
    return contact_and_send(person, email)


def test_the_receipt_is_there_again_after_a_reload_and_not_in_another_browser(visit: Visits) -> None:
    person = visit()
    reference, code = sent(person, "herladen@aanvrager.example")
    person.go("/request")
    assert person.codes() == [reference, code]
    person.check("receipt-again")
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name="Bewaar als PDF").click()
    assert download.value.suggested_filename == f"{reference}.pdf"
    person.page.evaluate("window.print = () => { window.printed = true; }")
    person.page.get_by_text("Druk af").click()
    assert person.page.evaluate("window.printed")
    other = visit()
    other.go("/request")
    other.sees_not(reference)
    press(person, "Doe nog een verzoek")
    person.go("/request")
    person.sees_not(reference)


def test_a_right_code_opens_the_request_with_a_new_cookie_and_the_ticket_stays_out_of_the_address(visit: Visits) -> None:
    reference, code = sent(visit(), "code@aanvrager.example")
    person = visit()
    cookies = []
    for _ in range(2):
        person.go("/track")
        person.fill("Kenmerk", reference)
        person.fill("Code", code)
        person.click("Open mijn verzoek")
        person.sees(f"Verzoek {reference}")
        assert person.page.url == f"{person.url}/track"
        cookies.append({each["value"] for each in person.page.context.cookies() if each["name"].endswith("opening")})
        press(person, "Verberg dit verzoek")
    assert cookies[0] != cookies[1]


def test_a_device_that_is_left_shows_the_next_person_neither_receipt_nor_words(visit: Visits) -> None:
    person = visit()
    reference, _ = sent(person, "gedeeld@aanvrager.example")
    confirm(person, reference)
    person.sees(reference)
    paper = f"{person.url}/track/receipt.pdf"
    assert person.page.request.get(f"{paper}?ref={reference}").status == 200
    # The page named the request that it showed: a paper of another one is not given for it.
    assert person.page.request.get(f"{paper}?ref=BS-111-111-111").status == 404
    old = person.page.context.cookies()
    press(person, "Verberg dit verzoek")
    person.go("/request")
    person.sees_not(reference)
    person.page.context.add_cookies(old)
    assert person.page.request.get(paper).status == 404


def test_what_the_former_person_typed_is_not_in_a_form_begun_anew(visit: Visits) -> None:
    person = visit()
    ask(person, (W["access"],), W["customer"], W["own"])
    person.fill(W["explanation"], "Over mijn kind, van persoon A.")
    person.go("/request")
    press(person, "Begin opnieuw")
    for label in (W["access"], W["next"], W["customer"], W["own"], W["next"]):
        (person.click if label == W["next"] else person.tick)(label)
    assert person.page.get_by_label(W["explanation"]).input_value() == ""


def test_a_mail_without_what_stands_behind_the_hash_opens_by_its_short_code(visit: Visits) -> None:
    person = visit()
    reference, _ = sent(person, "poortwachter@aanvrager.example")
    mail = person.newest_mail(f"Bevestig je verzoek {reference}")
    once = (mail.text_content() or "").split("met deze code: ")[1].split()[0]
    person.page.goto(f"{person.url}/open")
    person.check("open-code")
    person.fill("Kenmerk", reference)
    person.fill("Code uit de mail", "AAAA-AAAA-AA")
    person.expected = ("403",)
    person.press("Bevestig en open mijn verzoek")
    person.sees("Dit kenmerk en deze code horen niet bij elkaar")
    person.check("open-code-wrong")
    person.fill("Kenmerk", reference)
    person.fill("Code uit de mail", once)
    person.press("Bevestig en open mijn verzoek")
    person.page.wait_for_url("**/track")
    person.sees(W["ours"])


def test_what_was_typed_is_there_after_a_reload_and_gone_once_it_was_sent(visit: Visits) -> None:
    person = visit()
    reference, _ = sent(person, "getypt@aanvrager.example")
    confirm(person, reference)
    box = person.page.get_by_label("Schrijf ons een bericht")
    box.first.click()
    person.page.keyboard.type("Een lang antwoord, half af.")
    person.page.reload()
    person.settle()
    person.still()
    # Our script puts it back when the box is there.
    expect(box.first).to_have_value("Een lang antwoord, half af.")
    press(person, W["send_message"])
    person.sees("Je bericht is verstuurd.")
    assert box.first.input_value() == ""
    person.page.reload()
    person.settle()
    person.still()
    assert box.first.input_value() == ""


def test_after_the_session_has_ended_the_message_is_there_again_when_one_is_back(visit: Visits) -> None:
    staff = visit()
    staff.sign_in("medewerkers", "functionaris", "/desk")
    reference = letter(staff, "Sessie Voorbeeld")
    message(staff, "x")
    box = staff.page.get_by_label("Bericht", exact=True).locator("visible=true").first
    box.fill("")
    box.click()
    staff.page.keyboard.type("Tien minuten werk.")
    staff.page.context.clear_cookies(name="bijsluiter-session")
    staff.page.reload()
    staff.page.wait_for_timeout(1_000)
    staff.page.get_by_role("link", name="werkaccount").click()
    staff.page.locator("button[value='functionaris']").click()
    staff.page.wait_for_url(f"**/case?ref={reference}")
    staff.settle(reference)
    unfold(staff, "Schrijf de aanvrager")
    expect(box).to_have_value("Tien minuten werk.")
    press(staff, "Stuur ter informatie")
    staff.sees("Het bericht is verstuurd.")
    staff.sees("Tien minuten werk.")
