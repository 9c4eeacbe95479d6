"""Every page at both widths, in both languages and both themes; a keyboard alone; what a reader's browser must not do."""

import pytest

from tests.browser.conftest import Visits
from tests.browser.test_journeys import WORDS, submit

pytestmark = pytest.mark.xdist_group("demo-2")

FOCUSED = """[
    document.activeElement.type ?? '',
    document.activeElement.closest('label,button,[data-testid=stTextInput],[data-testid=stTextArea]')?.innerText ?? '',
]"""
PUBLIC = (
    *("", "numbers", "request", "track", "schools", "verify", "statement", "children", "documents", "documents?product=digit"),
    *("accessibility", "complaint", "mailbox", "annexes", "desk", "open"),
)


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("nl", "wide", False), ("nl", "phone", True), ("en", "phone", False), ("en", "wide", True)]
)
def test_every_public_page_is_whole_and_accessible(visit: Visits, language: str, width: str, dark: bool) -> None:
    person = visit(language=language, width=width, dark=dark)
    for path in PUBLIC:
        person.go(f"/{path}")
        person.check(path.replace("?product=", "-") or "home")
        assert person.page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize(("width", "dark"), [("phone", False), ("wide", True)])
def test_every_staff_page_is_whole_and_accessible(visit: Visits, width: str, dark: bool) -> None:
    staff = visit(width=width, dark=dark)
    staff.sign_in("medewerkers", "behandelaar", "/desk")
    for path in ("desk", "insight", "policy", "register"):
        staff.go(f"/{path}")
        staff.page.wait_for_timeout(800)
        staff.check(path)


@pytest.mark.parametrize(("width", "dark"), [("phone", True), ("wide", False)])
def test_every_page_of_the_library_is_whole_and_accessible_for_staff_and_schools(visit: Visits, width: str, dark: bool) -> None:
    for sub, paths in (
        ("functionaris", ("catalogue", "subprocessors")),
        ("beheerder", ("directory", "access")),
        ("redacteur", ("annex?kind=annex_1&product=digit", "annex?kind=annex_2&product=muisstap")),
    ):
        staff = visit(width=width, dark=dark)
        staff.sign_in("medewerkers", sub, "/catalogue")
        for path in paths:
            staff.go(f"/{path}")
            staff.page.wait_for_timeout(800)
            staff.check(path.partition("?")[0] + path[-8:].replace("=", "-") * ("?" in path))
    school = visit(width=width, dark=dark)
    school.sign_in("entra", "bestuur", "/annexes")
    for path in ("annexes", "notices", "agreement", "school"):
        school.go(f"/{path}")
        school.check(f"board-{path}")


@pytest.mark.parametrize("sub", ["leerling", "onbekende-school", "geen-licentie", "bijlage-ontbreekt"])
def test_every_refusal_and_empty_state_is_a_clear_page(visit: Visits, sub: str) -> None:
    person = visit(width="phone")
    person.sign_in("entree", sub, "/annexes")
    person.check(f"annexes-{sub}")


def test_a_keyboard_alone_sends_a_request(visit: Visits) -> None:
    w, person = WORDS["nl"], visit()
    person.go("/request")
    keyboard = person.page.keyboard

    def tab_to(role: str, name: str) -> None:
        for _ in range(60):
            keyboard.press("Tab")
            found = person.page.evaluate(FOCUSED)
            if role in found[0] and name in found[1]:
                return
        raise AssertionError(f"no way by Tab to {name}")

    tab_to("checkbox", w["access"])
    keyboard.press("Space")
    tab_to("", w["next"])
    keyboard.press("Enter")
    person.page.get_by_text(w["customer"]).wait_for()
    person.page.wait_for_timeout(500)
    tab_to("radio", w["customer"])
    keyboard.press("Space")
    tab_to("radio", w["own"])
    keyboard.press("Space")
    tab_to("", w["next"])
    keyboard.press("Enter")
    person.page.get_by_label(w["explanation"]).wait_for()
    person.page.wait_for_timeout(500)
    tab_to("textarea", "")
    keyboard.type("Met het toetsenbord.")
    tab_to("", w["next"])
    keyboard.press("Enter")
    person.page.get_by_label(w["name"], exact=True).wait_for()
    person.page.wait_for_timeout(500)
    tab_to("text", w["name"])
    keyboard.type("Noor Voorbeeld")
    tab_to("text", w["email"])
    keyboard.type("toetsenbord@aanvrager.example")
    tab_to("", w["next"])
    keyboard.press("Enter")
    person.page.get_by_text("Klopt alles?").wait_for()
    person.page.wait_for_timeout(500)
    tab_to("", w["send"])
    keyboard.press("Enter")
    person.settle(w["received"])
    assert len(person.codes()) == 2


def test_the_language_switch_stays_from_page_to_page_and_after_a_reload(visit: Visits) -> None:
    person = visit()
    person.go("/schools")
    person.page.get_by_role("link", name="English").click()
    person.settle("For schools and school boards")
    assert person.page.url.endswith("/schools")
    person.page.get_by_role("link", name="Complaint").first.click()
    person.settle("Not satisfied?")
    person.page.reload()
    person.settle("Not satisfied?")
    assert person.page.locator("html").get_attribute("lang") == "en"
    person.page.get_by_role("link", name="Nederlands").click()
    person.settle("Niet tevreden?")


def test_back_and_forward_keep_pages_apart(visit: Visits) -> None:
    person = visit()
    person.go("/statement")
    person.page.get_by_role("link", name="Klacht").first.click()
    person.settle("Niet tevreden?")
    person.page.go_back()
    person.settle("Privacyverklaring")


def test_a_receipt_survives_a_rerun_but_not_a_stranger(visit: Visits) -> None:
    person = visit()
    reference, code = submit(person, WORDS["nl"], ("access",), "bon@aanvrager.example")
    person.page.keyboard.press("r")
    person.settle()
    assert person.codes() == [reference, code]
    stranger = visit()
    stranger.go("/request")
    stranger.sees_not(reference)


def test_a_mailed_link_leaves_no_secret_in_address_or_history(visit: Visits) -> None:
    person = visit()
    reference, _ = submit(person, WORDS["nl"], ("access",), "link@aanvrager.example")
    person.open_newest_mail(f"Bevestig je verzoek {reference}")
    assert person.page.url == f"{person.url}/open"
    person.page.reload()
    person.sees("Vul dan je kenmerk in en de korte code uit de mail.")
    person.open_newest_mail(f"Bevestig je verzoek {reference}")
    person.click("Bevestig en open mijn verzoek")
    person.page.wait_for_url("**/track")
    person.expected = ("410",)
    person.open_newest_mail(f"Bevestig je verzoek {reference}")
    person.click("Bevestig en open mijn verzoek")
    person.sees("Deze link werkt niet meer.")
