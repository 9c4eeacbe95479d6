from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from dashboard import content
from dashboard.clock import local_day, utc_now
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.db import reading
from dashboard.errors import NotFoundError
from dashboard.i18n import Language
from dashboard.permissions import VISITOR
from dashboard.portal import Portal
from dashboard.statement import in_force, statement, versions
from dashboard.ui import navigation
from tests import cases
from tests.app import Open, named, shown
from tests.people import request


def case_count(portal: Portal) -> int:
    with reading(portal.engine) as session:
        return session.exec(select(func.count()).select_from(Case)).one()


def next_step(at: AppTest) -> AppTest:
    step = next(key for key in (f"request_next_{n}" for n in range(6)) if any(b.key == key for b in at.button))
    return named(at.button, step).click().run()


def filled_in(at: AppTest, **changes: str) -> AppTest:
    """Go through the form up to the check."""
    named(at.checkbox, "request_right_access").check()
    next_step(at)
    named(at.radio, "request_role").set_value(changes.get("role", "customer"))
    named(at.radio, "request_subject").set_value(changes.get("subject", "own_records"))
    next_step(at)
    if changes.get("role") == "parent":
        named(at.text_input, "request_about_name").set_value("Mees Voorbeeld")
        named(at.text_input, "request_born").set_value("14-3-2014")
        next_step(at)
    if changes.get("subject") == "learning_material":
        named(at.text_input, "request_school").set_value("Lyceum, Stad")
    named(at.text_area, "request_explanation").set_value(changes.get("explanation", "Ik wil alles zien."))
    next_step(at)
    named(at.text_input, "request_name").set_value("Noor Voorbeeld")
    named(at.text_input, "request_email").set_value(changes.get("email", "noor@aanvrager.example"))
    return next_step(at)


@pytest.mark.parametrize(
    ("language", "title"), [("nl", "Jouw gegevens en die van je school"), ("en", "Your data and your school's")]
)
def test_home_says_who_it_is_for_in_both_languages(open_page: Open, language: str, title: str) -> None:
    at = open_page(language=language)
    assert not at.exception
    assert [each.value for each in at.title] == [title]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "script",
    [
        "public/request.py",
        "public/track.py",
        "public/schools.py",
        "public/statement.py",
        "public/documents.py",
        "public/complaint.py",
        "public/mailbox.py",
    ],
)
def test_every_public_page_has_one_title_and_no_fault(open_page: Open, script: str, language: str) -> None:
    at = open_page(script, language=language)
    assert not at.exception
    assert not at.error
    assert len(at.title) == 1


def test_the_letter_block_holds_the_postal_address(open_page: Open) -> None:
    assert "Postbus 38\n2410 AA Bodegraven" in shown(open_page())


def test_the_complaint_page_names_us_the_authority_and_the_court(open_page: Open) -> None:
    at = open_page("public/complaint.py")
    assert [each.value[:2] for each in at.subheader] == ["1.", "2.", "3."]
    assert "autoriteitpersoonsgegevens.nl" in at.get("link_button")[-1].url
    assert "zes weken" in shown(at)


def test_a_request_goes_from_the_first_question_to_the_receipt(open_page: Open, school_portal: Portal) -> None:
    at = filled_in(open_page("public/request.py"))
    assert "noor@aanvrager.example" in shown(at)
    named(at.button, "request_send").click().run()
    assert not at.exception
    reference, code = (each.value for each in at.code)
    with reading(school_portal.engine) as session:
        case = session.exec(select(Case)).one()
    assert case.reference == reference
    assert len(code) == 29
    assert len(cases.mails(school_portal.engine, "verification")) == 1
    at.run()
    assert [each.value for each in at.code] == [reference, code]
    for key in ("request_name", "request_email", "request_explanation"):
        assert key not in at.session_state


def test_sending_twice_is_one_case(open_page: Open, school_portal: Portal) -> None:
    at = filled_in(open_page("public/request.py"))
    named(at.button, "request_send").click()
    at.run()
    at.run()
    assert case_count(school_portal) == 1


def test_what_another_tab_sent_is_not_taken_for_the_form_on_the_screen(open_page: Open, school_portal: Portal) -> None:
    """Two children, two tabs of one browser: the second form is sent too, and nobody reads the first one's receipt for it."""
    first, second = open_page("public/request.py"), open_page("public/request.py")
    filled_in(first)
    filled_in(second)
    named(first.button, "request_send").click().run()
    named(second.button, "request_send").click().run()
    assert case_count(school_portal) == 2
    references = [next(each.value for each in at.code) for at in (first, second)]
    assert len(set(references)) == 2


def test_a_form_half_filled_in_stays_when_another_tab_sends_one(open_page: Open, school_portal: Portal) -> None:
    first, second = open_page("public/request.py"), open_page("public/request.py")
    filled_in(second)
    filled_in(first)
    named(first.button, "request_send").click().run()
    second.run()
    assert named(second.button, "request_send")
    assert "noor@aanvrager.example" in shown(second)


def test_after_the_receipt_another_request_starts_empty(open_page: Open, school_portal: Portal) -> None:
    at = filled_in(open_page("public/request.py"))
    named(at.button, "request_send").click().run()
    named(at.button, "request_another").click().run()
    assert not named(at.checkbox, "request_right_access").value
    filled_in(at)
    named(at.button, "request_send").click().run()
    assert case_count(school_portal) == 2


def test_nothing_chosen_is_said_on_top_and_beside_and_keeps_the_step(open_page: Open) -> None:
    at = next_step(open_page("public/request.py"))
    assert "Kies minstens één ding dat je wilt." in at.error[0].value
    assert sum("Kies minstens één ding" in each.value for each in at.markdown) == 1
    assert named(at.checkbox, "request_right_access")


@pytest.mark.parametrize(
    ("explanation", "sentence"), [("", "Schrijf op wat je vraagt."), ("x" * 20_000, "Je uitleg is langer dan 5.000 tekens.")]
)
def test_an_empty_or_endless_explanation_gets_a_sentence_and_is_not_lost(
    open_page: Open, explanation: str, sentence: str
) -> None:
    at = open_page("public/request.py")
    named(at.checkbox, "request_right_erasure").check()
    next_step(at)
    named(at.radio, "request_role").set_value("teacher")
    named(at.radio, "request_subject").set_value("own_records")
    next_step(at)
    named(at.text_area, "request_explanation").set_value(explanation)
    next_step(at)
    assert sentence in at.error[0].value
    assert named(at.text_area, "request_explanation").value == explanation


def test_an_address_that_isnt_one_is_refused(open_page: Open, school_portal: Portal) -> None:
    at = filled_in(open_page("public/request.py"), email="noor")
    assert "volledig e-mailadres" in at.error[0].value
    assert case_count(school_portal) == 0


def test_going_back_keeps_everything(open_page: Open) -> None:
    at = filled_in(open_page("public/request.py"), explanation="Bewaar mij.")
    for key in ("request_back_check", "request_back_3", "request_back_2", "request_back_1"):
        named(at.button, key).click().run()
    assert named(at.checkbox, "request_right_access").value
    for value in ("customer", "Bewaar mij.", "Noor Voorbeeld"):
        next_step(at)
        values = [each.value for kind in (at.radio, at.text_area, at.text_input) for each in kind]
        assert value in values


def test_learning_material_asks_for_the_school(open_page: Open, school_portal: Portal) -> None:
    at = filled_in(open_page("public/request.py"), subject="learning_material", role="parent")
    named(at.button, "request_send").click().run()
    with reading(school_portal.engine) as session:
        assert session.exec(select(Case)).one().school_name == "Lyceum, Stad"


def test_a_file_chosen_before_a_mistake_is_sent_once(open_page: Open, school_portal: Portal) -> None:
    at = open_page("public/request.py")
    named(at.checkbox, "request_right_access").check()
    next_step(at)
    named(at.radio, "request_role").set_value("customer")
    named(at.radio, "request_subject").set_value("own_records")
    next_step(at)
    named(at.file_uploader, "request_uploads").upload("brief.txt", b"Toelichting")
    next_step(at)
    assert "Schrijf op wat je vraagt." in at.error[0].value
    named(at.text_area, "request_explanation").set_value("Ik wil alles zien.")
    next_step(at)
    named(at.text_input, "request_name").set_value("Noor Voorbeeld")
    named(at.text_input, "request_email").set_value("noor@aanvrager.example")
    next_step(at)
    assert shown(at).count("brief.txt") == 1
    named(at.button, "request_send").click().run()
    with reading(school_portal.engine) as session:
        assert [row.name for row in session.exec(select(CaseFile)).all()] == ["brief.txt"]


def test_a_file_of_one_message_does_not_go_along_with_the_next(open_page: Open, school_portal: Portal) -> None:
    engine, settings = school_portal.engine, school_portal.settings
    cases.received(engine, settings, utc_now() - timedelta(minutes=6))
    at = open_page("public/track.py")
    named(at.file_uploader, "track_reply_files").upload("brief.txt", b"Toelichting")
    named(at.text_area, "track_reply_body").set_value("Hierbij.")
    named(at.button, "track_reply_submit").click().run()
    assert "Je bericht is verstuurd." in shown(at)
    named(at.text_area, "track_reply_body").set_value("En nog iets.")
    named(at.button, "track_reply_submit").click().run()
    with reading(engine) as session:
        assert len(session.exec(select(CaseFile)).all()) == 1


def open_with_code(at: AppTest, reference: str, code: str) -> AppTest:
    named(at.text_input, "track_reference").set_value(reference)
    named(at.text_input, "track_code").set_value(code)
    return named(at.button, "track_submit").click().run()


def test_reference_and_code_open_the_request_and_a_reload_keeps_it_open(open_page: Open, school_portal: Portal) -> None:
    receipt = cases.submit(school_portal.engine, school_portal.settings, utc_now())
    at = open_with_code(open_page("public/track.py"), receipt.reference, receipt.code)
    assert receipt.reference not in shown(at)
    (followed,) = (each.proto.body for each in at.get("html") if "bijsluiter-follow" in each.proto.body)
    ticket = followed.split("/open#")[1].split('"')[0]
    cases.open_link(school_portal.engine, school_portal.settings, ticket, utc_now())
    for at in (open_page("public/track.py"), open_page("public/track.py")):
        assert f"Verzoek {receipt.reference}" in shown(at)
        assert "Nu ben jij aan zet" in shown(at)


def test_wrong_codes_get_one_sentence_and_then_a_wait(open_page: Open, school_portal: Portal) -> None:
    receipt = cases.submit(school_portal.engine, school_portal.settings, utc_now())
    at = open_page("public/track.py")
    for _ in range(4):
        at = open_with_code(at, receipt.reference, "fout")
        assert at.error[0].value.startswith("Dit kenmerk en deze code horen niet bij elkaar.")
    at = open_with_code(at, receipt.reference, "fout")
    assert at.error[0].value == "Te vaak een verkeerde code. Wacht 1 minuut en probeer het dan opnieuw."
    at = open_with_code(at, receipt.reference, receipt.code)
    assert "Wacht" in at.error[0].value


def test_a_lost_code_says_the_same_whether_the_request_exists_or_not(open_page: Open, school_portal: Portal) -> None:
    receipt = cases.submit(school_portal.engine, school_portal.settings, utc_now())
    told = set()
    for reference, email in ((receipt.reference, "noor@aanvrager.example"), ("BS-111-111-111", "x@y.example")):
        at = open_page("public/track.py")
        named(at.text_input, "track_lost_reference").set_value(reference)
        named(at.text_input, "track_lost_email").set_value(email)
        named(at.button, "track_lost_submit").click().run()
        told.add(at.success[0].value)
    assert len(told) == 1
    assert len(cases.mails(school_portal.engine, "fresh_link")) == 1


def test_a_lost_code_without_a_reference_or_an_address_says_what_to_fill_in(open_page: Open) -> None:
    at = open_page("public/track.py")
    named(at.button, "track_lost_submit").click().run()
    assert "Vul een kenmerk in zoals BS-123-456-789" in at.error[0].value
    assert not at.success


def opened(portal: Portal) -> Case:
    """A case that the browser of these tests has open, in progress."""
    return cases.in_progress(portal.engine, portal.settings, utc_now() - timedelta(minutes=6))


def test_the_requester_writes_and_sees_the_message(open_page: Open, school_portal: Portal) -> None:
    opened(school_portal)
    at = open_page("public/track.py")
    named(at.text_area, "track_reply_body").set_value("<script>alert(1)</script> ![x](https://elders.example/p.png)")
    named(at.button, "track_reply_submit").click().run()
    assert not at.exception
    assert "Je bericht is verstuurd." in shown(at)
    assert "<script>alert(1)</script> ![x](https://elders.example/p.png)" in [each.value for each in at.text]
    assert not any("elders.example" in each.value for each in at.markdown)


def test_an_empty_message_gets_a_sentence(open_page: Open, school_portal: Portal) -> None:
    opened(school_portal)
    at = open_page("public/track.py")
    named(at.button, "track_reply_submit").click().run()
    assert "Schrijf eerst een bericht." in at.error[0].value


def test_the_requester_withdraws(open_page: Open, school_portal: Portal) -> None:
    case = opened(school_portal)
    at = open_page("public/track.py")
    named(at.button, "track_withdraw").click().run()
    assert "Je hebt dit verzoek ingetrokken." in shown(at)
    assert cases.fresh(school_portal.engine, case).status is Status.WITHDRAWN


def test_leaving_asks_for_the_code_again(open_page: Open, school_portal: Portal) -> None:
    opened(school_portal)
    at = open_page("public/track.py")
    named(at.button, "track_leave").click().run()
    assert named(at.text_input, "track_code")


def test_a_refusal_shows_reason_ground_and_the_routes_of_complaint(open_page: Open, school_portal: Portal) -> None:
    engine, settings, now = school_portal.engine, school_portal.settings, utc_now()
    case = cases.in_progress(engine, settings, now - timedelta(minutes=6), request(rights=("erasure",)))
    cases.decide(engine, case, now, "erasure", "partly", "legal_duty", "Facturen blijven tot 2033.")
    cases.approve(engine, case, now, "erasure")
    cases.tell_all(engine, case, now)
    cases.close(engine, settings, case, now)
    told = shown(open_page("public/track.py"))
    for part in (
        "Deels toegewezen",
        "de wet ons verplicht het te bewaren",
        "Facturen blijven tot 2033.",
        "rechtbank",
        "donderdag 16 april 2026",
        "belastingwet verplicht ons die zeven jaar te bewaren",
    ):
        assert part in told
    told = shown(open_page("public/track.py", language="en"))
    assert "district court" in told


def test_another_browsers_case_doesnt_show(open_page: Open, school_portal: Portal) -> None:
    engine, now = school_portal.engine, utc_now()
    receipt = cases.submit(engine, school_portal.settings, now)
    cases.enter(engine, school_portal.settings, now, receipt.reference, receipt.code, opening="somebody-else")
    assert receipt.reference not in shown(open_page("public/track.py"))


def test_the_statement_of_its_day_applies_and_every_other_can_be_read(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One with a day to come isn't shown as in force, and is announced; an older one stays."""
    folder = tmp_path / "statement"
    folder.mkdir()
    rows = []
    for number, days in (("1.0", -400), ("2.0", -10), ("3.0", 30)):
        day = local_day(utc_now()) + timedelta(days=days)
        rows.append(f'[[versions]]\nversion = "{number}"\nvalid_from = {day}\nchanges_nl = "Anders dan {number}."\n')
        for language in ("nl", "en"):
            (folder / f"{number}.{language}.md").write_text(f"## Wie wij zijn\nWoorden van {number}. {{name}}", "utf-8")
    (folder / "versions.toml").write_text("\n".join(rows), "utf-8")
    monkeypatch.setattr(content, "_operators", [tmp_path])
    at = open_page("public/statement.py")
    assert "Woorden van 2.0. Instruct B.V." in shown(at)
    assert "Versie 3.0 gaat in op" in shown(at)
    named(at.button, "statement_read_1.0").click().run()
    assert "Woorden van 1.0" in shown(at)
    assert "Deze versie geldt niet meer." in shown(at)
    assert at.query_params["version"] in ("1.0", ["1.0"])
    coming = open_page("public/statement.py", query={"version": "3.0"})
    assert "Woorden van 3.0" in shown(coming)
    assert "Deze versie geldt nog niet." in shown(coming)
    assert "Anders dan 1.0." in shown(coming)
    assert "Woorden van 2.0" in shown(open_page("public/statement.py", query={"version": "x"}))


def test_the_statement_in_force_changes_at_its_day() -> None:
    assert [in_force(day).version for day in (date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26))] == [
        "2.0",
        "2.0",
        "2.1",
    ]
    with pytest.raises(NotFoundError):
        statement(Language.NL, "9.9", systems="", transfer="", automated="")
    newest, before = versions()
    assert (newest.until, before.until) == (None, newest.valid_from)


@pytest.mark.parametrize("path", ["desk", "case", "annexes", "insight", "zzz", "wp-admin"])
def test_a_page_that_isnt_a_strangers_looks_like_one_that_isnt_there(
    open_page: Open, school_portal: Portal, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    known: list[str] = []
    real = navigation.st.navigation

    def listed(pages: list[Any], **options: Any) -> Any:
        known.extend(page.url_path for page in pages)
        return real(pages, **options)

    monkeypatch.setattr(navigation.st, "navigation", listed)
    monkeypatch.setattr(PagesManager, "intended_page_name", property(lambda _self: path))
    monkeypatch.setattr(PagesManager, "intended_page_script_hash", property(lambda _self: None))
    at = open_page()
    assert not at.exception
    assert at.title[0].value == "Deze pagina is er niet, of je moet inloggen"
    # The menu that a stranger's browser gets names nothing else of ours.
    private = {spec.path for spec in navigation.PAGES if not VISITOR.may(spec.permission)}
    assert private & set(known) == ({path} & private)
