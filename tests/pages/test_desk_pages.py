"""The pages that came with requests in full: entering letters, rules, and requests at the school."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from dashboard.audit import AuditRow
from dashboard.clock import utc_now
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import looking
from dashboard.data_requests.school import at_school
from dashboard.data_requests.upkeep import faults
from dashboard.db import reading
from dashboard.permissions import SYSTEM
from dashboard.policy import queries
from dashboard.portal import Portal
from tests import cases
from tests.acts import by
from tests.app import Open, cookie_for, named, shown
from tests.people import LYCEUM


def staff(portal: Portal, sub: str = "behandelaar") -> str:
    return cookie_for(portal, "medewerkers", sub)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("script", ["staff/register.py", "staff/policy.py", "school/handed.py"])
def test_each_opens_in_both_languages(open_page: Open, school_portal: Portal, script: str, language: str) -> None:
    session = cookie_for(school_portal, "entree", "school") if script.startswith("school") else staff(school_portal)
    at = open_page(script, session=session, language=language)
    assert not at.exception
    assert len(at.title) == 1


def test_a_letter_is_entered_and_everything_wrong_is_said_at_once(open_page: Open, school_portal: Portal) -> None:
    at = open_page("staff/register.py", session=staff(school_portal))
    named(at.button, "register_submit").click().run()
    assert "Vul de dag van ontvangst in" in at.error[0].value
    # It speaks to who types, not to who asked.
    assert "Vul de naam van de aanvrager in" in at.error[0].value
    assert "Vul je naam in" not in at.error[0].value
    named(at.radio, "register_channel").set_value("letter")
    named(at.text_input, "register_received_on").set_value("20-2-2026")
    named(at.multiselect, "register_rights").set_value(["access"])
    named(at.selectbox, "register_role").set_value("customer")
    named(at.selectbox, "register_subject").set_value("own_records")
    named(at.text_area, "register_explanation").set_value("Graag een overzicht.")
    named(at.text_input, "register_name").set_value("Bram Brief")
    named(at.text_area, "register_postal_address").set_value("Straat 1\n1234 AB Stad")
    named(at.radio, "register_recognised").set_value("not_yet")
    named(at.button, "register_submit").click().run()
    assert not at.exception
    with reading(school_portal.engine) as session:
        case = session.exec(select(Case)).one()
    assert (case.status, case.received_on.isoformat(), case.email) == (Status.RECEIVED, "2026-02-20", "")


def test_the_officer_sets_a_period_and_the_agent_only_reads(open_page: Open, school_portal: Portal) -> None:
    at = open_page("staff/policy.py", session=staff(school_portal, "functionaris"))
    named(at.text_input, "policy_value_keep_answer_days").set_value("0")
    named(at.text_input, "policy_reason_keep_answer_days").set_value("Korter")
    named(at.button, "policy_submit_keep_answer_days").click().run()
    assert "tussen 1 en 3.660" in at.error[0].value
    named(at.text_input, "policy_value_keep_answer_days").set_value("60")
    named(at.button, "policy_submit_keep_answer_days").click().run()
    assert "60 dagen" in shown(at)
    with reading(school_portal.engine) as session:
        assert queries.current(by(session, SYSTEM), "keep_answer_days") == 60
    agent = open_page("staff/policy.py", session=staff(school_portal))
    assert not [each for each in agent.button if str(each.key).startswith("policy_")]


def test_the_officer_chooses_of_which_answers_a_colleague_looks_too(open_page: Open, school_portal: Portal) -> None:
    at = open_page("staff/policy.py", session=staff(school_portal, "functionaris"))
    chosen = named(at.radio, "policy_value_answers_checked")
    assert chosen.value == "unproven"
    chosen.set_value("always")
    named(at.text_input, "policy_reason_answers_checked").set_value("Na een incident")
    named(at.button, "policy_submit_answers_checked").click().run()
    assert not at.exception
    with reading(school_portal.engine) as session:
        assert queries.current(by(session, SYSTEM), "answers_checked") == "always"


def test_a_school_opens_a_request_with_its_code_and_decides(open_page: Open, school_portal: Portal) -> None:
    engine, settings = school_portal.engine, school_portal.settings
    case = cases.handed(engine, settings, utc_now() - timedelta(minutes=20))
    at = open_page("school/handed.py", session=cookie_for(school_portal, "entree", "school"))
    assert case.reference in shown(at)
    assert "Noor Voorbeeld" not in shown(at)
    named(at.text_input, f"handed_code_{case.id}").set_value("fout")
    named(at.button, f"handed_open_submit_{case.id}").click().run()
    assert "hoort niet bij dit verzoek" in at.error[0].value
    named(at.text_input, f"handed_code_{case.id}").set_value(cases.school_code(engine))
    named(at.button, f"handed_open_submit_{case.id}").click().run()
    assert "Noor Voorbeeld" in shown(at)
    named(at.radio, f"handed_outcome_access_{case.id}").set_value("refused")
    named(at.text_area, f"handed_answer_{case.id}").set_value("Helaas.")
    named(at.button, f"handed_decide_submit_{case.id}").click().run()
    assert "Geef de reden bij wat je afwijst" in at.error[0].value
    named(at.text_area, f"handed_reason_access_{case.id}").set_value("Andere leerlingen staan erin.")
    named(at.button, f"handed_decide_submit_{case.id}").click().run()
    assert cases.fresh(engine, case).status is Status.SCHOOL_DECIDED
    with reading(engine) as session:
        assert at_school.handed(by(session, LYCEUM, utc_now()))[0].status is Status.SCHOOL_DECIDED


def test_work_that_keeps_failing_is_shown_to_the_desk_with_its_request(open_page: Open, school_portal: Portal) -> None:
    case = cases.in_progress(school_portal.engine, school_portal.settings, utc_now())
    at = open_page("staff/desk.py", session=staff(school_portal))
    assert not [each for each in at.warning if "lukt niet" in each.value]
    with school_portal.act(SYSTEM) as act:
        faults.keep(act, {("remind_school", case.id): "ValueError", ("sweep", ""): "OSError"})
    at = open_page("staff/desk.py", session=staff(school_portal))
    assert [each.value for each in at.warning if "lukken niet" in each.value]
    told = [each.value for each in at.markdown]
    assert any(f"De school herinneren aan een verzoek** [{case.reference}](/case?ref={case.reference})" in each for each in told)
    assert any("Bestanden wissen die nergens bij horen**: sinds" in each for each in told)


def test_who_opened_a_case_read_a_list_or_searched_is_kept_once_for_each(open_page: Open, school_portal: Portal) -> None:
    case = cases.received(school_portal.engine, school_portal.settings, utc_now())

    def looks() -> list[tuple[str, str, str]]:
        with reading(school_portal.engine) as session:
            wanted = ("case.read", "desk.read", "desk.searched")
            rows = session.exec(select(AuditRow).where(col(AuditRow.action).in_(wanted)).order_by(col(AuditRow.action))).all()
            assert "Noor" not in repr(rows)
            return [(row.action, row.subject_id, row.detail.get("terms", "")) for row in rows]

    session = cookie_for(school_portal, "medewerkers", "behandelaar")
    at = open_page("staff/case.py", session=session, query={"ref": case.reference})
    at.run()
    assert [row[:2] for row in looks()] == [("case.read", case.id)]
    at = open_page("staff/desk.py", session=session)
    at.run()
    at.text_input(key="desk_search").set_value("Noor").run()
    at.run()
    with reading(school_portal.engine) as session_here:
        known = looking.terms_of(by(session_here, SYSTEM, settings=school_portal.settings), "noor")
    assert [row[0] for row in looks()] == ["case.read", "desk.read", "desk.searched"]
    assert looks()[-1][2] == known
    # Another list of names is another look.
    at.text_input(key="desk_search").set_value("").run()
    at.radio(key="desk_view").set_value("overdue").run()
    assert [row[0] for row in looks()] == ["case.read", "desk.read", "desk.read", "desk.searched"]
