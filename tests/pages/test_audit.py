"""The page of the audit trail: for whom, what it shows of a day's work, and that looking and taking are rows themselves."""

from sqlmodel import select

from dashboard.audit import AuditRow
from dashboard.clock import utc_now
from dashboard.db import reading
from dashboard.portal import Portal
from tests import cases
from tests.app import Open, cookie_for, named
from tests.pages.test_staff import received
from tests.people import request


def rows(portal: Portal, action: str) -> list[AuditRow]:
    with reading(portal.engine) as session:
        return list(session.exec(select(AuditRow).where(AuditRow.action == action)).all())


def test_a_privacy_officer_sees_who_opened_a_request_and_that_they_looked(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal)
    agent, officer = (cookie_for(school_portal, "medewerkers", who) for who in ("behandelaar", "functionaris"))
    open_page("staff/case.py", session=agent, query={"ref": case.reference})
    at = open_page("staff/audit.py", session=officer, query={"what": "case.read"})
    [frame] = at.dataframe
    assert frame.value["Wie"].tolist() == ["Ben Behandelaar"]
    assert frame.value["Verzoek"].tolist() == [f"/case?ref={case.reference}"]
    assert "1 regel past bij deze keuze." in [each.value for each in at.markdown]
    at.run()
    assert len(rows(school_portal, "audit.read")) == 1


def test_an_empty_choice_says_so(open_page: Open, school_portal: Portal) -> None:
    officer = cookie_for(school_portal, "medewerkers", "functionaris")
    at = open_page("staff/audit.py", session=officer, query={"what": "case.merge"})
    assert not at.exception
    assert not at.dataframe
    assert any("Hier is niets van" in each.value for each in at.info)
    named(at.text_input, "audit_searched").set_value("Noor")
    at.run()
    assert not at.exception
    # A name stays out of the address.
    assert "Noor" not in repr(dict(at.query_params))


def test_older_rows_are_a_page_on(open_page: Open, school_portal: Portal) -> None:
    for number in range(20):
        cases.received(school_portal.engine, school_portal.settings, utc_now(), request(email=f"{number}@x.example"))
    officer = cookie_for(school_portal, "medewerkers", "functionaris")
    at = open_page("staff/audit.py", session=officer)
    first = at.dataframe[0].value["Schakel"].index.size
    named(at.button, "audit_older").click().run()
    assert at.dataframe[0].value.index.size > 0
    named(at.button, "audit_newer").click().run()
    assert at.dataframe[0].value["Wanneer"].index.size == first == 50


def test_a_request_that_there_isnt_leaves_a_row(open_page: Open, school_portal: Portal) -> None:
    agent = cookie_for(school_portal, "medewerkers", "behandelaar")
    open_page("staff/case.py", session=agent, query={"ref": "BS-AAA-AAA-AAA"})
    [other] = rows(school_portal, "refused")
    assert other.detail["reason"].startswith("not_found: data_requests.case.queries.case_id_of")
