"""T40: every page of every role, as empty and as full as the samples make it, at 320 and 1280 pixels in both themes: whole, and
without an axe finding. `make trust` does all of it, `make test` a part.
"""

import os

import pytest

from dashboard.permissions import PERMISSIONS, Role
from dashboard.ui.navigation import PAGES
from tests.browser.conftest import WIDTHS, Visits

pytestmark = pytest.mark.xdist_group("demo-2")

WHO = {
    "nobody": (None, Role.VISITOR),
    "school": (("entree", "school"), Role.SCHOOL),
    "board": (("entra", "bestuur"), Role.SCHOOL),
    "no-licence": (("entree", "geen-licentie"), Role.SCHOOL),
    "agent": (("medewerkers", "behandelaar"), Role.DESK_AGENT),
    "officer": (("medewerkers", "functionaris"), Role.PRIVACY_OFFICER),
    "editor": (("medewerkers", "redacteur"), Role.EDITOR),
    "administrator": (("medewerkers", "beheerder"), Role.ADMINISTRATOR),
    "auditor": (("medewerkers", "auditor"), Role.AUDITOR),
}
# Who together see every page. What is narrow and light, or wide and dark, the tests of single pages look at.
ALL = [(who, *how) for who in ("nobody", "school", "officer", "administrator") for how in (("narrow", True), ("wide", False))]
ALL += [("school", "narrow", False), ("school", "wide", True), ("no-licence", "narrow", True)]
SOME = [("school", "narrow", True)]
# Opened by a record; the journeys check these.
BY_RECORD = {"case", "annex"}


@pytest.mark.parametrize(("who", "width", "dark"), ALL if os.environ.get("TRUST_WHOLE") else SOME)
def test_every_page_of_every_role_is_whole_at_any_width_and_in_both_themes(
    visit: Visits, monkeypatch: pytest.MonkeyPatch, who: str, width: str, dark: bool
) -> None:
    monkeypatch.setitem(WIDTHS, "narrow", {"width": 320, "height": 720})
    person = visit(width=width, dark=dark)
    login, role = WHO[who]
    ours = [page.path for page in PAGES if page.permission in PERMISSIONS[role] and page.path not in BY_RECORD]
    if login:
        person.sign_in(*login, f"/{ours[-1]}")
    for path in ours:
        person.go(f"/{path}")
        person.check(f"{path or 'home'}-{who}")
        person.check_words()
