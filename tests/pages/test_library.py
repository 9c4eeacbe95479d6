"""The pages of the annex library through AppTest: each opens for whom it is, in both languages, and does what its buttons say."""

import pytest
from sqlmodel import col, select

from dashboard.accounts.model import ApiKey
from dashboard.annexes.model import Document, DocumentVersion
from dashboard.annexes.terms import VersionState
from dashboard.clock import utc_now
from dashboard.db import reading, transaction
from dashboard.mail.model import OutgoingMail
from dashboard.notices import service as notices
from dashboard.notices.model import BoardNotice, Objection, Subscription
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from tests.acts import by
from tests.app import Open, button, cookie_for, named, shown

STAFF = ("behandelaar", "functionaris", "redacteur", "beheerder", "auditor")


def tell(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        act = by(session, SYSTEM, utc_now(), portal.settings)
        for each in notices.due(act):
            notices.tell_board(act, *each)


def version_id(portal: Portal, product: str, kind: str, number: str) -> str:
    with reading(portal.engine) as session:
        return session.exec(
            select(DocumentVersion.id)
            .join(Document, col(Document.id) == col(DocumentVersion.document_id))
            .where(Document.product_slug == product, Document.kind == kind, DocumentVersion.version == number)
        ).one()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("script", ["staff/catalogue.py", "staff/subprocessors.py", "staff/schools.py", "staff/access.py"])
@pytest.mark.parametrize("sub", STAFF)
def test_every_staff_role_reads_the_library(open_page: Open, school_portal: Portal, sub: str, script: str, language: str) -> None:
    tell(school_portal)
    at = open_page(script, session=cookie_for(school_portal, "medewerkers", sub), language=language)
    assert not at.exception
    assert len(at.title) == 1


def test_the_catalogue_says_what_needs_attention(open_page: Open, school_portal: Portal) -> None:
    at = open_page("staff/catalogue.py", session=cookie_for(school_portal, "medewerkers", "functionaris"))
    told = shown(at)
    assert "**Rustig Digitaal**: Bijlage 2 Beveiligingsbijlage ontbreekt, en het product is in gebruik." in told
    assert "**Typeladder**: Bijlage 1 Privacybijsluiter had op zaterdag 28 februari 2026 nagekeken moeten zijn." in told
    assert "een concept van Bijlage 2 Beveiligingsbijlage wacht sinds" in told


def test_an_editor_sees_a_draft_and_an_officer_approves_it(open_page: Open, school_portal: Portal) -> None:
    draft = version_id(school_portal, "rustig-digitaal", "annex_2", "1.0")
    at = open_page("staff/annex.py", session=cookie_for(school_portal, "medewerkers", "redacteur"), query={"version": draft})
    assert not at.exception
    assert "Keur goed en kondig aan" not in [each.label for each in at.button]
    button(at, "Bied aan ter goedkeuring").click().run()  # type: ignore[attr-defined]
    assert not at.exception
    at = open_page("staff/annex.py", session=cookie_for(school_portal, "medewerkers", "functionaris"), query={"version": draft})
    button(at, "Keur goed en kondig aan").click().run()  # type: ignore[attr-defined]
    assert not at.exception
    with reading(school_portal.engine) as session:
        assert session.get_one(DocumentVersion, draft).state is VersionState.APPROVED


def test_a_new_version_begins_with_what_the_last_one_says(open_page: Open, school_portal: Portal) -> None:
    at = open_page(
        "staff/annex.py",
        session=cookie_for(school_portal, "medewerkers", "redacteur"),
        query={"kind": "annex_1", "product": "digit"},
    )
    assert not at.exception
    services = next(each for each in at.text_area if each.label == "Diensten")
    assert "Helpdesk voor leraren" in services.value


@pytest.mark.parametrize("query", [{"version": "x"}, {"kind": "annex_9"}, {"kind": "annex_1", "product": "elders"}, {}])
def test_a_version_that_isnt_there_is_not_found(open_page: Open, school_portal: Portal, query: dict[str, str]) -> None:
    at = open_page("staff/annex.py", session=cookie_for(school_portal, "medewerkers", "redacteur"), query=query)
    # On the running server this is a sentence (tests/web and tests/browser); here it is what the page raised.
    assert [type(each).__name__ for each in at.exception] == ["Exception"]


def test_a_school_reads_the_notice_objects_and_gets_its_answer(open_page: Open, school_portal: Portal) -> None:
    tell(school_portal)
    session = cookie_for(school_portal, "entree", "school")
    at = open_page("school/notices.py", session=session)
    told = shown(at)
    assert "Postkoets Oy" in told.replace("\\", "")
    assert "Berichtenpost GmbH" in told.replace("\\", "")
    with reading(school_portal.engine) as database:
        seen = {row.board_number: row.seen_at is not None for row in database.exec(select(BoardNotice))}
    assert seen == {"90101": True, "90103": False, "90111": False}
    at.text_area[0].set_value("Finland ligt te ver weg.")
    at.text_input[0].set_value("fg@bruggen.example")
    button(at, "Verstuur bezwaar").click().run()  # type: ignore[attr-defined]
    assert "Zet een vinkje als je namens het bestuur schrijft." in at.error[0].value
    at.checkbox[0].check()
    button(at, "Verstuur bezwaar").click().run()  # type: ignore[attr-defined]
    assert not at.exception
    assert "Wacht op antwoord." in shown(at)
    at = open_page("staff/subprocessors.py", session=cookie_for(school_portal, "medewerkers", "functionaris"))
    at.radio[0].set_value("explained")
    at.text_area[0].set_value("De gegevens blijven in de EER.")
    button(at, "Verstuur antwoord").click().run()  # type: ignore[attr-defined]
    assert not at.exception
    with reading(school_portal.engine) as database:
        row = database.exec(select(Objection)).one()
        kinds = [mail.kind for mail in database.exec(select(OutgoingMail).order_by(col(OutgoingMail.created_at)))]
    assert (row.outcome, row.in_time) == ("explained", True)
    assert kinds == ["subprocessor_notice"] * 3 + ["objection_received", "objection_answered"]
    assert "De gegevens blijven in de EER." in shown(open_page("school/notices.py", session=session))


def test_my_school_takes_a_subscription_and_makes_and_revokes_a_key(open_page: Open, school_portal: Portal) -> None:
    at = open_page("school/school.py", session=cookie_for(school_portal, "entree", "school"))
    at.text_input(key="subscription_email").set_value("siem@lyceum.example")
    button(at, "Meld me aan").click().run()  # type: ignore[attr-defined]
    assert not at.exception
    assert "siem" in shown(at)
    at.text_input(key="key_label").set_value("Leerlingvolgsysteem")
    button(at, "Maak een sleutel").click().run()  # type: ignore[attr-defined]
    secret = next(each.value for each in at.code if each.value.startswith("bsl_api_"))
    with reading(school_portal.engine) as session:
        assert session.exec(select(Subscription.scope)).one() == "90AD"
        made = session.exec(select(ApiKey)).one()
    assert secret not in str(made.model_dump())
    at.run()
    assert secret not in shown(at)
    button(at, "Trek in").click().run()  # type: ignore[attr-defined]
    assert "De sleutel is ingetrokken" in shown(at)


def test_somebody_of_an_unknown_school_asks_for_access(open_page: Open, school_portal: Portal) -> None:
    session = cookie_for(school_portal, "surfconext", "niet-gekoppeld")
    at = open_page("public/schools.py", session=session)
    at.text_input[0].set_value("ROC Elders")
    at.text_input[1].set_value("nora@elders.example")
    button(at, "Vraag toegang").click().run()  # type: ignore[attr-defined]
    assert "Je vraag om toegang is ontvangen" in shown(at)
    at = open_page("staff/access.py", session=cookie_for(school_portal, "medewerkers", "beheerder"))
    at.text_input[0].set_value("90104")
    button(at, "Geef toegang").click().run()  # type: ignore[attr-defined]
    assert not at.exception
    at = open_page("school/annexes.py", session=session)
    assert {each.value for each in at.subheader} >= {"Bytebaan"}


def test_a_board_looks_at_one_of_its_schools_on_another_day(open_page: Open, school_portal: Portal) -> None:
    session = cookie_for(school_portal, "entra", "bestuur")
    at = open_page("school/annexes.py", session=session)
    at.selectbox(key="for").set_value("90AA02").run()
    assert not at.exception
    assert {each.value for each in at.subheader} == {"DIGIT", "Muisstap"}
    urls = [link.url for link in at.get("link_button")]
    assert any(url.startswith("/documents/all.zip?for=90AA02") for url in urls)
    at.date_input(key="day").set_value(utc_now().date().replace(year=2024)).run()
    assert "Je ziet wat gold op" in shown(at)


def test_filters_narrow_what_is_shown_and_say_when_nothing_is_left(open_page: Open, school_portal: Portal) -> None:
    at = open_page("school/annexes.py", session=cookie_for(school_portal, "entra", "bestuur"))
    at.multiselect(key="annex_product").set_value(["muisstap"]).run()
    assert {each.value for each in at.subheader} == {"Muisstap"}
    at.text_input(key="annex_search").set_value("bestaat niet").run()
    assert "Geen bijlage past bij deze keuze" in shown(at)


def test_the_history_shows_what_each_version_changed(open_page: Open, school_portal: Portal) -> None:
    at = open_page("school/annexes.py", session=cookie_for(school_portal, "entree", "school"))
    named(at.button, "annex_more_digit_annex_1").click().run()
    next(each for each in at.button if each.label == "Alle versies").click().run()
    assert not at.exception
    told = shown(at).replace("\\", "")
    assert "**Bewaartermijn** Antwoorden, resultaten en voortgang: 2 jaar na het laatste gebruik" in told
    assert "Berichtenpost GmbH (fictief) toegevoegd" in told
