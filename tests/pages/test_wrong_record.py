"""Nothing typed or pressed about one record lands on another: the widgets of a record's page are that record's own."""

from datetime import timedelta

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Checkbox, Widget

from dashboard.act import Seen
from dashboard.annexes.model import DocumentVersion
from dashboard.clock import utc_now
from dashboard.data_requests.case.desk_model import CaseTick
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.rows import box_seen
from dashboard.data_requests.desk import handling
from dashboard.db import reading, transaction
from dashboard.errors import StaleError
from dashboard.i18n import Language, texts
from dashboard.policy.service import set_rule
from dashboard.portal import Portal
from tests import cases
from tests.acts import by, seen
from tests.app import Open, cookie_for, named, shown
from tests.people import AGENT, COLLEAGUE, OFFICER, request

KINDS = (
    "button",
    "button_group",
    "checkbox",
    "date_input",
    "feedback",
    "file_uploader",
    "multiselect",
    "number_input",
    "pills",
    "radio",
    "segmented_control",
    "selectbox",
    "text_area",
    "text_input",
    "toggle",
)
# Of the browser, and not of what it shows: whatever is open in it is closed.
FRAME = {"track_leave"}


def of_another(at: AppTest, record: str) -> list[str]:
    """The widgets of the page whose key doesn't name the record."""
    drawn: list[Widget] = [each for kind in KINDS for each in at.main.get(kind)]
    assert drawn
    return [f"{each.type} {each.key}" for each in drawn if record not in str(each.key) and each.key not in FRAME]


def every_case(portal: Portal) -> list[Case]:
    """Cases in the states that offer the most: new, in hand, answered, at a school, decided there."""
    engine, settings, now = portal.engine, portal.settings, utc_now() - timedelta(minutes=50)
    answered = cases.in_progress(engine, settings, now)
    answered = cases.close(engine, settings, cases.decide(engine, answered, now), now)
    later = [now + timedelta(minutes=number) for number in range(4)]
    return [
        answered,
        cases.received(engine, settings, later[1], request(email="b@aanvrager.example")),
        cases.in_progress(engine, settings, later[2], request(email="c@aanvrager.example", rights=("access", "erasure"))),
        cases.handed(engine, settings, later[3]),
    ]


def test_every_widget_of_a_case_names_the_case_for_staff(open_page: Open, school_portal: Portal) -> None:
    for case in every_case(school_portal):
        staff = cookie_for(school_portal, "medewerkers", "functionaris")
        at = open_page("staff/case.py", session=staff, query={"ref": case.reference})
        assert of_another(at, case.id) == []


def test_every_widget_of_a_request_names_the_request_for_its_requester(open_page: Open, school_portal: Portal) -> None:
    engine, settings, now = school_portal.engine, school_portal.settings, utc_now() - timedelta(minutes=8)
    case = cases.received(engine, settings, now)
    assert of_another(open_page("public/track.py"), case.id) == []
    in_hand = cases.in_progress(engine, settings, now + timedelta(minutes=1), request(email="b@aanvrager.example"))
    cases.close(engine, settings, cases.decide(engine, in_hand, now + timedelta(minutes=1)), now + timedelta(minutes=1))
    assert of_another(open_page("public/track.py"), in_hand.id) == []


def test_every_widget_of_a_version_names_the_version(open_page: Open, school_portal: Portal) -> None:
    with reading(school_portal.engine) as session:
        versions = session.exec(select(DocumentVersion.id, DocumentVersion.version)).all()
    officer = cookie_for(school_portal, "medewerkers", "functionaris")
    for version_id in {version: version_id for version_id, version in versions}.values():
        at = open_page("staff/annex.py", session=officer, query={"version": version_id})
        if at.main.get("button"):
            assert of_another(at, version_id) == []


def boxes(at: AppTest) -> list[Checkbox]:
    return [each for each in at.checkbox if str(each.key).startswith("case_tick_")]


def test_a_tick_is_about_its_own_box_whatever_a_colleague_does_meanwhile(open_page: Open, school_portal: Portal) -> None:
    engine, settings = school_portal.engine, school_portal.settings
    case = cases.in_progress(engine, settings, utc_now() - timedelta(minutes=20))
    at = open_page(
        "staff/case.py", session=cookie_for(school_portal, "medewerkers", "behandelaar"), query={"ref": case.reference}
    )
    first, second, *rest = boxes(at)
    assert rest
    with transaction(engine) as session:
        colleague = by(session, COLLEAGUE, utc_now(), settings)
        handling.note(colleague, seen(cases.fresh(engine, case)), "Intussen.")
        handling.tick(colleague, box_seen(case.id, None), "answer.read", done=True)
    # Two in one go, and neither the note nor the colleague's tick is in their way.
    first.check()
    second.check().run()
    assert not at.error
    assert [each.value for each in boxes(at)] == [True, True, *[False] * (len(rest) - 1), True]
    boxes(at)[0].uncheck().run()
    assert [each.value for each in boxes(at)][:2] == [False, True]


def test_a_box_that_a_colleague_ticked_is_not_unticked_by_who_saw_it_empty(open_page: Open, school_portal: Portal) -> None:
    engine, settings = school_portal.engine, school_portal.settings
    case = cases.in_progress(engine, settings, utc_now() - timedelta(minutes=20))
    with transaction(engine) as session:
        handling.tick(by(session, COLLEAGUE, utc_now(), settings), box_seen(case.id, None), "answer.read", done=True)
    with transaction(engine) as session, pytest.raises(StaleError):
        handling.tick(by(session, AGENT, utc_now(), settings), box_seen(case.id, None), "answer.read", done=False)
    with reading(engine) as session:
        assert [row.by_id for row in session.exec(select(CaseTick)).all()] == [COLLEAGUE.id]


def test_a_stale_draft_says_so_and_shows_what_is_recorded(open_page: Open, school_portal: Portal) -> None:
    settings, engine = school_portal.settings, school_portal.engine
    officer = open_page("staff/policy.py", session=cookie_for(school_portal, "medewerkers", "functionaris"))
    with transaction(engine) as session:
        set_rule(by(session, OFFICER, utc_now(), settings), Seen("keep_answer_days"), 45, reason="Eerder.")
    named(officer.text_input, "policy_value_keep_answer_days").set_value("60")
    named(officer.text_input, "policy_reason_keep_answer_days").set_value("Later dan een ander.")
    named(officer.button, "policy_submit_keep_answer_days").click().run()
    assert [each.value for each in officer.error] == [texts(Language.NL)("error.stale")]
    assert named(officer.text_input, "policy_value_keep_answer_days").value == "45"
    assert "Later dan een ander." in shown(officer)


def test_a_press_that_nobody_took_up_is_not_told_of_later(open_page: Open, school_portal: Portal) -> None:
    one, other = (
        cases.in_progress(
            school_portal.engine,
            school_portal.settings,
            utc_now() - timedelta(minutes=minutes),
            request(email=f"{minutes}@aanvrager.example"),
        )
        for minutes in (30, 20)
    )
    at = open_page("staff/case.py", session=cookie_for(school_portal, "medewerkers", "behandelaar"), query={"ref": one.reference})
    # Nobody chosen: nothing is done.
    named(at.button, "case_assign_submit").click().run()
    at.query_params["ref"] = other.reference
    at.run()
    assert not at.error


def test_what_is_typed_about_one_case_never_stands_with_another(open_page: Open, school_portal: Portal) -> None:
    _, _, one, _ = every_case(school_portal)
    other = cases.in_progress(
        school_portal.engine, school_portal.settings, utc_now() - timedelta(minutes=20), request(email="d@aanvrager.example")
    )
    at = open_page("staff/case.py", session=cookie_for(school_portal, "medewerkers", "behandelaar"), query={"ref": one.reference})
    for key in ("case_message", "case_note_text", "case_doubt_reason"):
        named(at.text_area, key).set_value(f"Getypt bij het ene: {key}")
    at.run()
    at.query_params["ref"] = other.reference
    at.run()
    assert other.id in str(named(at.text_area, "case_message").key)
    assert not [box for box in at.text_area if "Getypt bij het ene" in str(box.value)]
