"""An address from a mail or a bookmark, opened by who isn't signed in yet: after signing in it is that page, as asked for."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.clock import local_day, utc_now
from tests.browser.conftest import Visits
from tests.browser.person import Person
from tests.browser.test_wrong_case import letter

pytestmark = pytest.mark.xdist_group("demo")


def enter(person: Person, provider_label: str, sub: str) -> None:
    """By the page's own link, through the provider, until one is back on our side."""
    person.page.get_by_role("link", name=provider_label).click()
    person.page.locator(f"button[value='{sub}']").click()
    person.page.wait_for_url(f"{person.url}/**")
    person.settle()


def asked(person: Person) -> tuple[str, dict[str, list[str]]]:
    found = urlsplit(person.page.url)
    return found.path, parse_qs(found.query)


def test_a_link_to_a_case_opens_that_case_after_signing_in(visit: Visits) -> None:
    desk = visit()
    desk.sign_in("medewerkers", "behandelaar", "/desk")
    reference = letter(desk, "Dieplink Voorbeeld")
    colleague = visit()
    colleague.go(f"/case?ref={reference}")
    colleague.sees_not("Dieplink Voorbeeld")
    enter(colleague, "werkaccount", "functionaris")
    assert asked(colleague) == ("/case", {"ref": [reference]})
    colleague.sees("Dieplink Voorbeeld")


def test_a_link_to_annexes_on_a_day_and_for_a_part_keeps_both_and_they_can_be_changed(visit: Visits) -> None:
    board, day = visit(), (local_day(utc_now()) + timedelta(days=20)).isoformat()
    board.go(f"/annexes?day={day}&for=90AB")
    enter(board, "Microsoft", "bestuur")
    assert asked(board) == ("/annexes", {"day": [day], "for": ["90AB"]})
    board.sees("Voor Basisschool De Pijler (90AB)")
    board.page.get_by_label("Toon voor").first.click()
    board.page.get_by_role("option", name="De Brug, dependance Zuid (90AA01)").click()
    board.settle()
    board.sees("Voor De Brug, dependance Zuid (90AA01)")
    assert asked(board) == ("/annexes", {"day": [day], "for": ["90AA01"]})
    board.page.go_back()
    board.page.wait_for_timeout(1_500)
    board.settle()
    board.sees("Voor Basisschool De Pijler (90AB)")
