"""The rows of the desk: what each says, what is done with the ticked ones, and the way from one request to the next."""

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.clock import utc_now
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk.rows import DeskRow
from dashboard.data_requests.law.rights import Right, Subject
from dashboard.i18n import Language, texts
from dashboard.portal import Portal
from dashboard.ui.staff import desk_rows
from tests import cases
from tests.app import Open, cookie_for, named, shown
from tests.people import request

TODAY = date(2026, 3, 2)


def row(due_on: date, status: Status = Status.RECEIVED) -> DeskRow:
    return DeskRow("1", "BS-111-111-111", "Noor Voorbeeld", 1, status, due_on, TODAY, (Right.ACCESS,), Subject.OWN_RECORDS, "")


@pytest.mark.parametrize(
    ("days", "dutch", "english"),
    [
        (-8, ":red[:material/error: **8 dagen te laat**]", ":red[:material/error: **8 days late**]"),
        (-1, ":red[:material/error: **1 dag te laat**]", ":red[:material/error: **1 day late**]"),
        (0, ":orange[:material/schedule: **vandaag**]", ":orange[:material/schedule: **today**]"),
        (1, ":orange[:material/schedule: **nog 1 dag**]", ":orange[:material/schedule: **1 day left**]"),
        (5, ":orange[:material/schedule: **nog 5 dagen**]", ":orange[:material/schedule: **5 days left**]"),
        (6, "nog 6 dagen", "6 days left"),
    ],
)
def test_a_row_says_how_many_days_there_are_in_words(days: int, dutch: str, english: str) -> None:
    for language, words in ((Language.NL, dutch), (Language.EN, english)):
        told = desk_rows.left(row(TODAY + timedelta(days=days)), texts(language), TODAY)
        assert told.startswith(words + " :gray[")
    ended = desk_rows.left(row(TODAY + timedelta(days=days), Status.CLOSED), texts(Language.NL), TODAY)
    assert ended.startswith(":gray[")


def test_who_typed_signs_that_mean_something_sees_them_as_they_are(open_page: Open, school_portal: Portal) -> None:
    engine, settings = school_portal.engine, school_portal.settings
    case = cases.received(engine, settings, utc_now(), request(name="**Noor** [x](https://elders.example)"))
    at = open_page("staff/desk.py", session=cookie_for(school_portal, "medewerkers", "behandelaar"))
    label = named(at.button, f"desk_row_open_{case.id}").label
    assert label.startswith("**\\*\\*Noor\\*\\* \\[x\\]\\(https\u2060\\:")


def three(portal: Portal) -> list[Case]:
    """One with us, one not confirmed, one in progress; too far apart for their dates to fall together."""
    engine, settings, now = portal.engine, portal.settings, utc_now()
    first = cases.received(engine, settings, now - timedelta(days=21), request(name="An Voorbeeld", email="an@x.example"))
    second = cases.case_of(
        engine, cases.submit(engine, settings, now - timedelta(days=10), request(name="Bo Voorbeeld", email="bo@x.example"))
    )
    third = cases.in_progress(engine, settings, now, request(name="Cas Voorbeeld", email="cas@x.example"))
    return [first, second, third]


def ticked(at: AppTest) -> list[bool]:
    return [each.value for each in at.checkbox if (each.key or "").startswith("desk_tick_")]


def test_above_the_rows_stands_what_can_be_done_with_the_ticked_ones_and_with_which_not(
    open_page: Open, school_portal: Portal
) -> None:
    first, second, third = three(school_portal)
    at = open_page("staff/desk.py", session=cookie_for(school_portal, "medewerkers", "behandelaar"))
    # Boxes are there for who asks for them.
    assert ticked(at) == []
    named(at.toggle, "desk_pick").set_value(True).run()
    assert ticked(at) == [False] * 3
    assert not [each for each in at.button if each.key == "desk_bulk_acknowledge"]
    for each in at.checkbox:
        each.check()
    at.run()
    assert "3 verzoeken aangevinkt" in shown(at)
    wont = f"{second.reference} (Nog te bevestigen), {third.reference} (In behandeling)"
    assert f"Hierbij kan het nu niet: {wont}" in shown(at)
    named(at.button, "desk_bulk_acknowledge").click().run()
    assert not at.exception
    assert [each.value for each in at.success] == ["Bij 1 verzoek gelukt."]
    assert ticked(at) == [False] * 3
    told = [mail.case_id for mail in cases.mails(school_portal.engine, "acknowledged")]
    assert told == [first.id]


def test_who_may_only_read_ticks_nothing(open_page: Open, school_portal: Portal) -> None:
    three(school_portal)
    at = open_page("staff/desk.py", session=cookie_for(school_portal, "medewerkers", "auditor"))
    assert [each.key for each in at.button if (each.key or "").startswith("desk_row_open_")]
    assert not at.toggle


def test_from_a_request_one_goes_to_the_next_of_the_list(open_page: Open, school_portal: Portal) -> None:
    there = three(school_portal)
    session = cookie_for(school_portal, "medewerkers", "behandelaar")
    at = open_page("staff/desk.py", session=session)
    at.switch_page("staff/case.py")
    at.query_params["ref"] = there[0].reference
    at.run()
    assert named(at.button, "case_previous").disabled
    for case, place in ((there[1], "2 van 3"), (there[2], "3 van 3")):
        named(at.button, "case_next").click().run()
        assert not at.exception
        assert at.title[0].value == f"Verzoek {case.reference}"
        assert place in shown(at)
        assert case.name in shown(at)
    assert named(at.button, "case_next").disabled
    named(at.button, "case_previous").click().run()
    assert at.title[0].value == f"Verzoek {there[1].reference}"
    # Come to from elsewhere, it has none before or after it.
    fresh = open_page("staff/case.py", session=session, query={"ref": there[0].reference})
    assert not [each for each in fresh.button if each.key == "case_next"]
