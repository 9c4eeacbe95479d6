"""What folds is drawn once it was opened, and stays drawn; what one run reads is one look, until something is written."""

import pytest

from dashboard.portal import Portal
from tests import cases
from tests.acts import NOW
from tests.app import Open, cookie_for


def labels(at: object) -> set[str]:
    return {each.label for each in at.text_area}  # type: ignore[attr-defined]


def test_a_closed_form_is_not_drawn_and_an_opened_one_stays(open_page: Open, school_portal: Portal) -> None:
    case = cases.in_progress(school_portal.engine, school_portal.settings, NOW)
    agent = cookie_for(school_portal, "medewerkers", "behandelaar")
    at = open_page("staff/case.py", session=agent, query={"ref": case.reference}, folded=True)
    assert not at.exception
    titles = {each.label for each in at.expander}
    assert "Schrijf de aanvrager" in titles
    assert labels(at) == set()
    # AppTest can't click on a fold: the state that a click leaves.
    at.session_state[f"open_case_write_{case.id}"] = True
    at.run()
    assert labels(at) == {"Bericht"}
    at.session_state[f"open_case_write_{case.id}"] = False
    at.run()
    assert labels(at) == {"Bericht"}


def test_the_checklist_is_the_same_fold_after_a_tick(open_page: Open, school_portal: Portal) -> None:
    case = cases.in_progress(school_portal.engine, school_portal.settings, NOW)
    agent = cookie_for(school_portal, "medewerkers", "behandelaar")
    at = open_page("staff/case.py", session=agent, query={"ref": case.reference})

    def folds() -> list[tuple[str, str]]:
        return [(each.label, each.proto.id) for each in at.expander]

    before = folds()
    at.checkbox[0].check().run()
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
