"""Every chart at both widths, in both languages and themes; and a bar that is pressed leads to its cases."""

import re

import pytest

from dashboard.insight.panels import View
from tests.browser.conftest import Visits

pytestmark = pytest.mark.xdist_group("demo-2")

VIEWS = tuple(view.value for view in View)


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("nl", "wide", False), ("nl", "phone", True), ("en", "phone", False), ("en", "wide", True)]
)
def test_every_view_is_whole_and_accessible_and_its_charts_say_what_they_show(
    visit: Visits, language: str, width: str, dark: bool
) -> None:
    staff = visit(language=language, width=width, dark=dark)
    staff.sign_in("medewerkers", "functionaris", "/desk")
    for view in VIEWS:
        staff.go(f"/insight?view={view}&period=months_12")
        staff.page.locator("[data-testid=stPlotlyChart]").first.wait_for()
        staff.page.wait_for_timeout(800)
        staff.check(f"insight-{view}")
        charts = staff.page.locator("[data-testid=stPlotlyChart]")
        # What schools took and what was removed is little in the demo.
        assert charts.count() >= (1 if view in {View.SCHOOLS, View.RETENTION} else 3)
        wide = staff.page.evaluate("document.documentElement.clientWidth")
        for number in range(charts.count()):
            box = charts.nth(number).bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= wide
        said = [each for each in staff.page.locator("[aria-label]").evaluate_all("all => all.map(e => e.ariaLabel)") if each]
        assert sum(bool(re.search(r"\. .*\d", each)) for each in said) >= charts.count(), said


def test_a_pressed_bar_leads_to_exactly_its_cases(visit: Visits) -> None:
    staff = visit()
    staff.sign_in("medewerkers", "functionaris", "/insight")
    staff.go("/insight?view=volumes&period=months_12")
    bar = staff.page.locator("[data-testid=stPlotlyChart]").nth(1).locator(".bars .point path").first
    bar.wait_for()
    staff.still()
    bar.click(force=True)
    staff.page.wait_for_url("**/desk?desk_behind=received*")
    staff.settle()
    staff.sees("Laat alle verzoeken zien")
    staff.check("desk-behind")
