"""What folds is drawn once it was opened, and stays drawn; what one run reads is one look, until something is written."""

from itertools import pairwise

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.portal import Portal
from dashboard.ui.staff import case_sheets
from tests import cases
from tests.acts import NOW
from tests.app import Open, cookie_for, named


def labels(at: object) -> set[str]:
    return {each.label for each in at.text_area}  # type: ignore[attr-defined]


def open_ones(at: AppTest) -> list[str]:
    """The titles of the sheets on top: of each the mark that the page's style asks for, then its title."""
    drawn = [each for each in at.main if each.type in {"html", "subheader"}]
    return [
        title.value.split(": ", 1)[1]
        for mark, title in pairwise(drawn)
        if mark.type == "html" and case_sheets.ON_TOP in mark.proto.body and title.type == "subheader"
    ]


def test_one_form_stands_open_and_what_was_opened_stays_drawn_out_of_sight(open_page: Open, school_portal: Portal) -> None:
    case = cases.in_progress(school_portal.engine, school_portal.settings, NOW)
    agent = cookie_for(school_portal, "medewerkers", "behandelaar")
    at = open_page("staff/case.py", session=agent, query={"ref": case.reference}, folded=True)
    assert not at.exception
    assert labels(at) == set()
    assert open_ones(at) == []
    named(at.button, "case_pick_write").click().run()
    assert labels(at) == {"Bericht"}
    assert open_ones(at) == ["Schrijf de aanvrager"]
    named(at.button, "case_pick_note").click().run()
    assert labels(at) == {"Bericht", "Notitie"}
    assert open_ones(at) == ["Schrijf een interne notitie"]
    # The next step's opens by its own button, and goes on to the one after it.
    named(at.button, "case_now_decide_access").click().run()
    assert open_ones(at) == ["Besluit over: Inzage"]
    named(at.radio, "case_outcome_access").set_value("granted")
    named(at.button, "case_decide_submit_access").click().run()
    assert open_ones(at) == ["Maak het antwoordpakket (ZIP)"]
    # What stands open stays open after something else was done.
    named(at.button, "case_pick_note").click().run()
    named(at.text_area, "case_note_text").set_value("Zo.")
    named(at.button, "case_note_submit").click().run()
    assert open_ones(at) == ["Schrijf een interne notitie"]


def test_the_checklist_is_the_same_fold_after_a_tick(open_page: Open, school_portal: Portal) -> None:
    case = cases.in_progress(school_portal.engine, school_portal.settings, NOW)
    agent = cookie_for(school_portal, "medewerkers", "behandelaar")
    at = open_page("staff/case.py", session=agent, query={"ref": case.reference})

    def folds() -> list[tuple[str, str]]:
        return [(each.label, each.proto.id) for each in at.expander]

    before = folds()
    next(each for each in at.checkbox if str(each.key).startswith("case_tick_")).check().run()
    assert not at.exception
    # A fold whose words change is another one to Streamlit, and closed.
    assert folds() == before
    assert any("1 van" in each.value for each in at.caption)


@pytest.mark.parametrize("who", ["behandelaar", "auditor"])
def test_every_fold_of_a_case_says_what_is_in_it(open_page: Open, school_portal: Portal, who: str) -> None:
    case = cases.in_progress(school_portal.engine, school_portal.settings, NOW)
    at = open_page(
        "staff/case.py", session=cookie_for(school_portal, "medewerkers", who), query={"ref": case.reference}, folded=True
    )
    closed = {each.label for each in at.expander}
    at = open_page("staff/case.py", session=cookie_for(school_portal, "medewerkers", who), query={"ref": case.reference})
    assert closed <= {each.label for each in at.expander}
