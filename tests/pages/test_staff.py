import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from dashboard.audit import AuditRow
from dashboard.clock import utc_now
from dashboard.data_requests.case.lifecycle import ENDED, MOVES, Status, Verb, verbs_from
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.desk import handling, waiting
from dashboard.data_requests.law.rights import Subject
from dashboard.db import reading, transaction
from dashboard.demo import seed
from dashboard.i18n import Language
from dashboard.insight.panels import PANELS, View
from dashboard.jobs import send_answers
from dashboard.mail.model import MailState, OutgoingMail
from dashboard.permissions import SYSTEM, Permission
from dashboard.portal import Portal
from dashboard.ui.staff import case_actions
from tests import cases
from tests.acts import by, seen
from tests.app import Open, cookie_for, named, shown
from tests.people import AGENT, COLLEAGUE, request

# The verbs whose button is there whenever the table has them; the others wait for something (a doubt, a decision).
BUTTONS = {
    Verb.TAKE: "case_take",
    Verb.ACKNOWLEDGE: "case_acknowledge",
    Verb.ASSIGN: "case_assign_submit",
    Verb.ASK: "case_ask_submit",
    Verb.INFORM: "case_inform_submit",
    Verb.PAUSE: "case_pause_submit",
    Verb.DOUBT_IDENTITY: "case_doubt_submit",
    Verb.NOTE: "case_note_submit",
    Verb.NOTE_COMPLAINT: "case_complaint_submit",
    Verb.DECIDE: "case_decide_submit",
    Verb.ATTACH: "case_attach_submit",
    Verb.EXTEND: "case_extend_submit",
    Verb.CLOSE: "case_close_submit",
    Verb.MERGE: "case_merge_submit",
    Verb.HAND_OVER: "case_hand_over_submit",
    Verb.EXECUTE: "case_execute",
    Verb.CLOSE_BY_SCHOOL: "case_close_by_school",
}


def received(portal: Portal, **changes: object) -> Case:
    return cases.received(portal.engine, portal.settings, utc_now() - timedelta(minutes=10), request(**changes))


def agent(portal: Portal, sub: str = "behandelaar") -> str:
    return cookie_for(portal, "medewerkers", sub)


def open_case(open_page: Open, portal: Portal, case: Case, sub: str = "behandelaar", language: str = "nl") -> AppTest:
    return open_page("staff/case.py", session=agent(portal, sub), query={"ref": case.reference}, language=language)


def listed(at: AppTest) -> list[str]:
    """The references on the desk, in order."""
    return [found for each in at.markdown for found in re.findall(r":gray\[(BS(?:-\w{3}){3})\]", each.value)]


def fresh(engine: Engine, case: Case) -> Case:
    return cases.fresh(engine, case)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_desk_lists_the_queue_with_words_for_every_state(open_page: Open, school_portal: Portal, language: str) -> None:
    case = received(school_portal)
    at = open_page("staff/desk.py", session=agent(school_portal), language=language)
    assert not at.exception
    assert listed(at) == [case.reference]
    row = shown(at)
    assert ("Ontvangen" if language == "nl" else "Received") in row
    assert re.search(r"nog \d+ dagen" if language == "nl" else r"\d+ days left", row)
    opens = named(at.button, f"desk_row_open_{case.id}").label
    assert opens.startswith("**Noor Voorbeeld** · ")


def test_the_desk_pages_through_the_queue(open_page: Open, school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        seed.requests(by(session, SYSTEM, utc_now(), school_portal.settings), 400, seed=2)
    at = open_page("staff/desk.py", session=agent(school_portal))
    first = listed(at)
    named(at.button, "desk_next").click().run()
    assert len(first) == len(listed(at)) == 25
    assert not set(first) & set(listed(at))
    named(at.button, "desk_previous").click().run()
    assert listed(at) == first


def despite(at: AppTest) -> None:
    """The checklist isn't done, and the answer goes out all the same."""
    next(each for each in at.checkbox if str(each.key).startswith("case_close_despite")).check()


def test_the_desk_finds_a_reference_and_says_when_there_is_none(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal)
    received(school_portal)
    at = open_page("staff/desk.py", session=agent(school_portal))
    named(at.text_input, "desk_search").set_value(case.reference.lower()).run()
    assert listed(at) == [case.reference]
    named(at.text_input, "desk_search").set_value("BS-111-111-111").run()
    assert "geen verzoeken" in at.info[0].value


def test_undeliverable_mail_is_said_on_the_desk_and_at_the_case(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal)
    with transaction(school_portal.engine) as session:
        session.exec(update(OutgoingMail).where(col(OutgoingMail.case_id) == case.id).values(state=MailState.DEAD))
    assert "1 mail is niet te bezorgen" in open_page("staff/desk.py", session=agent(school_portal)).warning[0].value
    assert "1 mail aan deze aanvrager" in open_case(open_page, school_portal, case).warning[0].value


def test_a_request_goes_from_taking_to_the_answer(open_page: Open, school_portal: Portal) -> None:
    case, engine = received(school_portal, rights=("access", "erasure")), school_portal.engine
    at = open_case(open_page, school_portal, case)
    assert "Ik wil mijn gegevens zien." in shown(at)
    named(at.button, "case_take").click().run()
    assert "op jouw naam" in shown(at)
    named(at.radio, "case_outcome_access").set_value("granted")
    named(at.button, "case_decide_submit_access").click().run()
    named(at.radio, "case_outcome_erasure").set_value("partly")
    named(at.selectbox, "case_ground_erasure").set_value("legal_duty")
    named(at.text_area, "case_reason_erasure").set_value("Facturen blijven tot 2033.")
    named(at.button, "case_decide_submit_erasure").click().run()
    named(at.file_uploader, f"case_file_{case.id}").upload("antwoord.json", b'{"naam": "Noor"}')
    named(at.button, "case_attach_submit").click().run()
    assert "antwoord.json" in shown(at)
    cases.approve(engine, case, utc_now(), "erasure")
    cases.tell_all(engine, case, utc_now())
    at.run()
    named(at.button, "case_preview_submit").click().run()
    assert "Wissen: deels toegewezen." in shown(at)
    named(at.button, "case_close_submit").click().run()
    assert "Er staan nog punten open" in at.error[0].value
    assert fresh(engine, case).status is Status.IN_PROGRESS
    despite(at)
    named(at.button, "case_close_submit").click().run()
    assert not at.exception
    assert fresh(engine, case).status is Status.CLOSED
    assert len(cases.mails(engine, "answered")) == 1


def test_the_draft_of_the_answer_is_in_the_requesters_language(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal, language=Language.EN)
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    letter = next(each for each in at.text_area if str(each.key).startswith("case_letter"))
    assert letter.value.startswith("Dear [name],")
    assert "Writes English" in shown(open_case(open_page, school_portal, case, language="en"))


def test_closing_too_early_says_what_is_missing(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal)
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    despite(at)
    named(at.button, "case_close_submit").click().run()
    assert "Neem eerst over elk recht een besluit." in at.error[0].value
    assert fresh(school_portal.engine, case).status is Status.IN_PROGRESS


def test_a_refusal_without_ground_or_reason_is_not_saved(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal, rights=("erasure",))
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    named(at.radio, "case_outcome_erasure").set_value("refused")
    named(at.button, "case_decide_submit_erasure").click().run()
    assert "Kies een grond" in at.error[0].value


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"<html>", "past niet bij zijn naam"),
        ("a.json", b"", "leeg"),
        ("a.txt", b"x" * (10 * 1024 * 1024 + 1), "groter dan 10 MB"),
    ],
)
def test_a_bad_upload_gets_a_sentence_and_is_not_kept(
    open_page: Open, school_portal: Portal, name: str, content: bytes, sentence: str
) -> None:
    case = received(school_portal)
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    named(at.file_uploader, f"case_file_{case.id}").upload(name, content)
    named(at.button, "case_attach_submit").click().run()
    assert sentence in at.error[0].value
    with reading(school_portal.engine) as session:
        assert session.exec(select(CaseFile)).all() == []


def test_a_question_and_a_note_go_where_they_belong(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal)
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    named(at.text_area, "case_note_text").set_value("Dubbel account.")
    named(at.button, "case_note_submit").click().run()
    named(at.text_area, "case_message").set_value("Welk jaar bedoel je?")
    named(at.button, "case_ask_submit").click().run()
    assert fresh(school_portal.engine, case).status is Status.WAITING_FOR_REQUESTER
    told = shown(open_page("public/track.py"))
    assert "Welk jaar bedoel je?" in told
    assert "Dubbel account." not in told


def test_the_second_of_two_staff_is_told_and_keeps_what_was_typed(open_page: Open, school_portal: Portal) -> None:
    engine, case = school_portal.engine, received(school_portal)
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    named(at.text_area, "case_note_text").set_value("Mijn notitie.")
    with transaction(engine) as session:
        handling.note(by(session, COLLEAGUE, utc_now()), seen(fresh(engine, case)), "Ik was eerst.")
    named(at.button, "case_note_submit").click().run()
    assert "Iemand anders heeft dit verzoek net gewijzigd." in at.error[0].value
    assert named(at.text_area, "case_note_text").value == "Mijn notitie."
    assert "Ik was eerst." in shown(at)
    named(at.button, "case_note_submit").click().run()
    assert "De notitie is bewaard." in shown(at)


def test_learning_material_offers_only_handing_over(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal, subject="learning_material", school_name="Lyceum, Stad")
    at = open_case(open_page, school_portal, case)
    assert not [each for each in at.button if str(each.key).startswith("case_decide")]
    assert "maandag 9 maart 2026" in shown(at)
    named(at.text_input, "case_school_search").set_value("Vijf Bruggen Lyceum").run()
    chosen = next(each for each in at.selectbox if str(each.key).startswith("case_school_"))
    chosen.select("school:90AD")
    named(at.text_input, "case_contact_name").set_value("Fem Functionaris")
    named(at.text_input, "case_contact_email").set_value("fem@lyceum.example")
    named(at.button, "case_hand_over_submit").click().run()
    assert fresh(school_portal.engine, case).status is Status.HANDED_TO_SCHOOL
    named(at.button, "case_close_by_school_submit").click().run()
    assert fresh(school_portal.engine, case).status is Status.CLOSED_BY_SCHOOL


def test_an_extension_after_the_date_is_refused_and_that_it_was_tried_is_kept(open_page: Open, school_portal: Portal) -> None:
    engine, settings = school_portal.engine, school_portal.settings
    case = cases.in_progress(engine, settings, utc_now() - timedelta(days=40))
    at = open_case(open_page, school_portal, case)
    named(at.radio, "case_extend_reason").set_value("complexity")
    named(at.text_area, "case_extend_body").set_value("Veel systemen.")
    named(at.button, "case_extend_submit").click().run()
    assert "Verlengen kan niet meer" in at.error[0].value
    with reading(engine) as session:
        (row,) = session.exec(select(AuditRow).where(AuditRow.outcome == "denied")).all()
    assert (row.action, row.subject_id, row.detail) == ("case.extend", case.id, {"reason": "need.in_time_to_extend"})


def test_every_verb_of_the_table_that_staff_have_has_its_form() -> None:
    desk = {step.verb for step in MOVES if step.permission is Permission.HANDLE_CASE}
    assert desk == case_actions.WITH_A_FORM


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("subject", list(Subject))
def test_the_buttons_on_the_page_are_the_verbs_of_the_table(
    open_page: Open, school_portal: Portal, status: Status, subject: Subject
) -> None:
    """In every state, for both kinds of request: what the page offers is what the table allows."""
    engine, settings = school_portal.engine, school_portal.settings
    case = cases.received(engine, settings, utc_now() - timedelta(minutes=9), request(subject=subject.value, school_name="x"))
    ended = {"closed_at": utc_now()} if status in ENDED else {}
    with transaction(engine) as session:
        session.exec(update(Case).where(col(Case.id) == case.id).values(status=status, **ended))
    at = open_case(open_page, school_portal, case)
    assert not at.exception
    found = {verb for verb, key in BUTTONS.items() if any(str(each.key).startswith(key) for each in at.button)}
    allowed = set(verbs_from(status, Permission.HANDLE_CASE)) & set(BUTTONS)
    ours = subject is Subject.OWN_RECORDS
    allowed -= {Verb.HAND_OVER} if ours else {Verb.PAUSE, Verb.DOUBT_IDENTITY, Verb.DECIDE, Verb.EXTEND, Verb.CLOSE}
    # What a school grants is added once it decided.
    allowed -= {Verb.ATTACH} if not ours and status is Status.IN_PROGRESS else set()
    assert found == allowed


def test_the_auditor_reads_the_case_and_has_no_buttons(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal)
    at = open_case(open_page, school_portal, case, sub="auditor")
    assert "Ik wil mijn gegevens zien." in shown(at)
    assert not [each for each in at.button if str(each.key).startswith("case_")]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("view", list(View))
def test_each_view_of_insight_has_charts_with_table_csv_and_definition(
    open_page: Open, school_portal: Portal, language: str, view: View
) -> None:
    with transaction(school_portal.engine) as session:
        seed.requests(by(session, SYSTEM, utc_now(), school_portal.settings), 200, seed=2)
    asked = {"view": view.value, "period": "months_12", "right": "access", "role": "zzz"}
    at = open_page("staff/insight.py", session=agent(school_portal, "functionaris"), language=language, query=asked)
    at.toggle(key="insight_tables").set_value(True).run()
    assert not at.exception
    charts = at.get("plotly_chart")
    assert charts
    assert len(charts) == len(at.dataframe)
    assert len(charts) + len(at.info) == sum(panel.view is view for panel in PANELS.values())
    assert all(chart.proto.alt for chart in charts)
    csv = [link.url for link in at.get("link_button") if ".csv" in link.url]
    assert len(csv) == len(charts)
    # Documents have no right.
    narrowed = "" if view is View.SCHOOLS else "&right=access"
    assert all(url.endswith(f".csv?period=months_12{narrowed}") for url in csv)
    assert len(at.metric) == (6 if view is View.OVERVIEW else 0)


@pytest.mark.parametrize("view", list(View))
def test_insight_without_requests_says_so(open_page: Open, school_portal: Portal, view: View) -> None:
    at = open_page("staff/insight.py", session=agent(school_portal), query={"view": view.value, "period": "custom", "from": "x"})
    assert not at.exception
    # The sample has boards that use something of ours, and so agreements to count.
    assert len(at.info) == sum(panel.view is view for name, panel in PANELS.items() if name != "signing")


def test_what_people_typed_stays_text_on_the_case(open_page: Open, school_portal: Portal) -> None:
    nasty = "![x](https://elders.example/p.png) <img src=x onerror=alert(1)> **vet** [klik](javascript:alert(1))"
    case = received(school_portal, explanation=nasty, name="<b>Noor</b> $x^2$")
    at = open_case(open_page, school_portal, case)
    assert nasty in [each.value for each in at.text]
    assert not any(
        "elders.example" in each.value or "<b>" in each.value for kind in (at.markdown, at.caption, at.title) for each in kind
    )


def test_an_answer_waits_a_minute_and_can_be_taken_back_with_its_words(
    open_page: Open, school_portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(school_portal.settings.__dict__, "answer_delay_seconds", 60)
    case = received(school_portal, rights=("erasure",))
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    cases.decide(school_portal.engine, case, utc_now(), "erasure")
    cases.approve(school_portal.engine, case, utc_now(), "erasure")
    cases.tell_all(school_portal.engine, case, utc_now())
    at.run()
    letter = next(each for each in at.text_area if str(each.key).startswith("case_letter"))
    letter.set_value(letter.value + "\n\nTot ziens.")
    despite(at)
    named(at.button, "case_close_submit").click().run()
    assert [e.value for e in at.error] == []
    assert "Tot dan kun je het terughalen." in shown(at)
    assert fresh(school_portal.engine, case).status is Status.IN_PROGRESS
    assert not any(str(button.key).startswith("case_close_submit") for button in at.button)
    named(at.button, "case_answer_back").click().run()
    assert "Het staat weer in het vak." in shown(at)
    letter = next(each for each in at.text_area if str(each.key).startswith("case_letter"))
    assert letter.value.endswith("Tot ziens.")
    despite(at)
    named(at.button, "case_close_submit").click().run()
    assert send_answers(school_portal, lambda: utc_now() + timedelta(minutes=2)) == 1
    named(at.button, "case_look_again").click().run()
    assert not at.exception
    assert fresh(school_portal.engine, case).status is Status.CLOSED
    assert len(cases.mails(school_portal.engine, "answered")) == 1


def test_an_answer_that_was_kept_home_is_told_at_the_desk_and_at_its_case(
    open_page: Open, school_portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(school_portal.settings.__dict__, "answer_delay_seconds", 60)
    case = received(school_portal, rights=("erasure",))
    with transaction(school_portal.engine) as session:
        handling.take(by(session, AGENT, utc_now()), seen(case))
    cases.decide(school_portal.engine, case, utc_now(), "erasure")
    cases.approve(school_portal.engine, case, utc_now(), "erasure")
    case = cases.tell_all(school_portal.engine, case, utc_now())
    with transaction(school_portal.engine) as session:
        waiting.send_soon(by(session, AGENT, utc_now(), school_portal.settings), seen(case), cases.LETTER)
    with transaction(school_portal.engine) as session:
        handling.note(by(session, COLLEAGUE, utc_now()), seen(case), "Wacht even.")
    send_answers(school_portal, lambda: utc_now() + timedelta(minutes=2))
    desk = open_page("staff/desk.py", session=agent(school_portal))
    assert "1 antwoord is niet verstuurd" in shown(desk)
    assert case.reference in shown(desk)
    at = open_case(open_page, school_portal, case)
    assert "Je antwoord is niet verstuurd." in shown(at)
