"""The page of breaches: noting one, its clock, finding whose data it was, and closing it."""

from datetime import timedelta

from dashboard.clock import local_day, utc_now
from dashboard.oversight import breaches
from dashboard.portal import Portal
from tests.app import Open, cookie_for, named
from tests.pages.test_staff import received
from tests.people import OFFICER


def test_a_breach_is_noted_traced_described_told_and_closed(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal)
    open_page("staff/case.py", session=cookie_for(school_portal, "medewerkers", "behandelaar"), query={"ref": case.reference})
    at = open_page("staff/breaches.py", session=cookie_for(school_portal, "medewerkers", "functionaris"))
    assert any("nog geen datalek" in each.value for each in at.info)
    named(at.button, "breach_note").click().run()
    assert any("Wat" in each.value or "gezien" in each.value for each in at.error)
    named(at.date_input, "breach_noticed_day").set_value(local_day(utc_now()))
    named(at.text_area, "breach_happened").set_value("Laptop kwijt.")
    named(at.button, "breach_note").click().run()
    assert not at.exception
    assert any("De toezichthouder hoort dit uiterlijk" in each.value for each in at.warning)
    who = named(at.selectbox, "breach_who")
    who.set_value(next(option for option in who.options if option == "Ben Behandelaar") and _id_of(school_portal))
    named(at.button, "breach_look").click().run()
    assert case.reference in " ".join(each.value for each in at.text)
    named(at.button, "breach_close").click().run()
    assert any("Vul eerst" in each.value for each in at.error)
    named(at.text_area, "breach_effects").set_value("Namen gezien.")
    named(at.text_area, "breach_measures").set_value("Sessie beëindigd.")
    named(at.radio, "breach_risk").set_value("unlikely")
    named(at.button, "breach_save").click().run()
    named(at.text_area, "breach_why_authority").set_value("Versleuteld, dus geen risico.")
    named(at.button, "breach_told_authority_send").click().run()
    named(at.button, "breach_close").click().run()
    assert not at.exception
    with school_portal.look(OFFICER) as act:
        [row] = breaches.breaches(act)
    assert row.closed_at
    assert row.cases == 1
    assert utc_now() - timedelta(days=2) < row.noticed_at < utc_now()


def _id_of(portal: Portal) -> str:
    from dashboard.accounts.queries import desk_people  # noqa: PLC0415

    with portal.look(OFFICER) as act:
        return next(each.id for each in desk_people(act) if each.name == "Ben Behandelaar")


def test_an_auditor_reads_the_register_and_changes_nothing(open_page: Open, school_portal: Portal) -> None:
    with school_portal.act(OFFICER) as act:
        breaches.note(act, utc_now() - timedelta(hours=80), "Laptop kwijt.")
    at = open_page("staff/breaches.py", session=cookie_for(school_portal, "medewerkers", "auditor"), language="en")
    assert not at.exception
    assert any("by" in each.value for each in at.error)
    assert not [each for each in at.button if each.key and each.key.startswith("breach")]
