import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from dashboard.accounts import messages as access
from dashboard.act import Act
from dashboard.annexes import messages as annexes
from dashboard.audit_chain import Head
from dashboard.content import DATA
from dashboard.data_requests.case.access_model import SchoolKey
from dashboard.data_requests.case.model import Case, CaseRight
from dashboard.data_requests.case.terms import ExtensionReason, PauseReason
from dashboard.data_requests.law.rights import Outcome, Right
from dashboard.data_requests.outgoing import messages, to_schools
from dashboard.data_requests.upkeep.upkeep import Digest
from dashboard.db import transaction
from dashboard.i18n import Language, texts
from dashboard.mail.html import rendered
from dashboard.mail.model import MailState, OutgoingMail
from dashboard.mail.outbox import Envelope
from dashboard.notices import messages as library
from dashboard.notices.messages import Item
from dashboard.permissions import SYSTEM
from dashboard.settings import Settings
from tests import cases
from tests.acts import NOW, by
from tests.people import request

KEY = SchoolKey(case_id="x", code_hmac="y", contact_name="Fem Functionaris", contact_email="fem@lyceum.example", created_at=NOW)
RIGHTS = [CaseRight(case_id="x", right=Right.ACCESS, outcome=Outcome.GRANTED)]
PARTLY = [CaseRight(case_id="x", right=Right.ACCESS, outcome=Outcome.PARTLY, reason="Er staat een ander in.")]
TO_REQUESTER: dict[str, Callable[[Act, Case], None]] = {
    "verification": lambda act, case: messages.verification(act, case, token="TOKEN", rights=[Right.ACCESS]),
    "confirm_reminder": lambda act, case: messages.confirm_reminder(act, case, token="TOKEN", until=NOW.date()),
    "registered": lambda act, case: messages.registered(act, case, code="CODE", rights=[Right.ACCESS]),
    "acknowledged": messages.acknowledged,
    "fresh_link": lambda act, case: messages.fresh_link(act, case, token="TOKEN"),
    "new_address": lambda act, case: messages.new_address(act, case, token="TOKEN", to="nieuw@aanvrager.example"),
    "address_changed": messages.address_changed,
    "joined": lambda act, case: messages.joined(act, case, older=case),
    "question": lambda act, case: messages.question(act, case, token="TOKEN", body="Geheim."),
    "paused": lambda act, case: messages.paused(act, case, token="TOKEN", reason=PauseReason.IDENTITY, body="Geheim."),
    "news": lambda act, case: messages.news(act, case, token="TOKEN", body="Geheim."),
    "extended": lambda act, case: messages.extended(
        act, case, token="TOKEN", reason=ExtensionReason.COMPLEXITY, explanation="Veel.", first_due="dinsdag"
    ),
    "answered": lambda act, case: messages.answered(act, case, token="TOKEN", rights=PARTLY, body="Geheim."),
    "reopened": lambda act, case: messages.reopened(act, case, review_by=NOW.date()),
    "handed_over": lambda act, case: messages.handed_over(act, case, school="School"),
    "school_decided": lambda act, case: messages.school_decided(act, case, rights=PARTLY, token="TOKEN", body="Geheim."),
    "executed": lambda act, case: messages.executed(act, case, rights=RIGHTS, token="TOKEN", files=True),
    "closed_by_school": messages.closed_by_school,
    "taken_back": lambda act, case: messages.taken_back(act, case, school="School", opened=True),
    "wait_reminded": lambda act, case: messages.wait_reminded(act, case, token="TOKEN", until=NOW.date()),
    "wait_ended": messages.wait_ended,
    "late": messages.late,
    "fee": lambda act, case: messages.fee(act, case, token="TOKEN", cents=1250, body="Geheim."),
    "withdrawn": messages.withdrawn,
    "expired": messages.expired,
}
TO_SCHOOL: dict[str, Callable[[Act, Case], None]] = {
    "for_school": lambda act, case: to_schools.for_school(act, case, school=KEY, code="CODE", in_portal=True, rights=RIGHTS),
    "school_reminder": lambda act, case: to_schools.school_reminder(act, case, school=KEY),
    "written_at_school": lambda act, case: to_schools.written_at_school(act, case, school=KEY),
    "taken_back_from_school": lambda act, case: to_schools.taken_back_from_school(act, case, school=KEY),
    "wait_ended_at_school": lambda act, case: to_schools.wait_ended_at_school(act, case, school=KEY),
    "withdrawn_at_school": lambda act, case: to_schools.withdrawn_at_school(act, case, school=KEY),
    "executed_for_school": lambda act, case: to_schools.executed_for_school(act, case, school=KEY),
}
ITEMS = [Item("Klikkompas: versie 1.5 is aangekondigd", "Een andere subverwerker."), Item("DIGIT: versie 3.1 geldt")]
# To people of schools and boards.
TO_COLLEAGUE: dict[str, Callable[[Act, Envelope], None]] = {
    "access_granted": access.access_granted,
    "new_browser": access.new_browser,
    "access_refused": lambda act, to: access.access_refused(act, to, reason="We kennen deze organisatie niet."),
    "subscription_asked": lambda act, to: library.subscription_asked(act, to, token="TOKEN"),
    "annex_news": lambda act, to: library.annex_news(
        act, replace(to, unsubscribe_url=STOP), school="Lyceum", items=ITEMS, weekly=False
    ),
    "subprocessor_notice": lambda act, to: library.subprocessor_notice(
        act, to, product="Klikkompas", lines=["Post Oy toegevoegd"], effective_on=NOW.date(), object_until=NOW.date()
    ),
    "document_asked": lambda act, to: annexes.document_asked(
        act, to, product="DIGIT", wanted="De bijsluiter van 2019.\n\nVoor een vergelijking.", email="nora@ouder.example"
    ),
    "objection_received": lambda act, to: library.objection_received(act, to, product="Klikkompas"),
    "objection_answered": lambda act, to: library.objection_answered(
        act, to, product="Klikkompas", outcome="explained", body="Omdat.\n\nEn daarom."
    ),
}
# Sent while there is time: at the start, or with a date of their own.
# It may be somebody else's: no word of the sender goes there.
TO_AN_UNPROVEN_ADDRESS = {"verification", "confirm_reminder", "expired", "new_address"}
NEVER_LATE = {"verification", "extended", "reopened"}
STOP = "http://localhost:8501/unsubscribe/x.y"
WITH_A_LINK = {
    "verification",
    "confirm_reminder",
    "fresh_link",
    "new_address",
    "question",
    "paused",
    "news",
    "extended",
    "answered",
    "school_decided",
    "executed",
    "wait_reminded",
    "fee",
}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", sorted(TO_REQUESTER))
def test_every_message_is_written_in_the_requesters_language_with_reference_and_link(
    sqlite: Engine, settings: Settings, now: datetime, name: str, language: Language
) -> None:
    case = cases.case_of(sqlite, cases.submit(sqlite, settings, now, request(language=language)))
    if name not in TO_AN_UNPROVEN_ADDRESS:
        case.verified_at = now
    with transaction(sqlite) as session:
        TO_REQUESTER[name](by(session, SYSTEM, now, settings), case)
    mail = cases.mails(sqlite, name)[-1]
    assert mail.language is language
    assert case.reference in f"{mail.subject} {mail.body}"
    unnamed = {Language.NL: "aanvrager", Language.EN: "requester"}[language]
    greeted = unnamed if name in TO_AN_UNPROVEN_ADDRESS else "Noor"
    assert mail.body.startswith(f"Beste {greeted}" if language is Language.NL else f"Dear {greeted}")
    assert ("<http://localhost:8501/open#TOKEN>" in mail.body) is (name in WITH_A_LINK)
    # What was asked or answered is read in the portal, not in a mailbox that others may read too.
    assert "Geheim." not in mail.body
    _reads_well(mail)


@pytest.mark.parametrize("name", sorted(TO_SCHOOL))
def test_what_a_school_gets_says_nothing_about_the_person(sqlite: Engine, settings: Settings, now: datetime, name: str) -> None:
    case = cases.case_of(sqlite, cases.submit(sqlite, settings, now))
    with transaction(sqlite) as session:
        TO_SCHOOL[name](by(session, SYSTEM, now, settings), case)
    mail = cases.mails(sqlite, name)[-1]
    assert mail.recipient == "fem@lyceum.example"
    assert mail.body.startswith("Beste Fem Functionaris,")
    assert case.reference in mail.subject
    assert "Noor" not in mail.body
    assert case.email not in mail.body
    _reads_well(mail)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", sorted(TO_COLLEAGUE))
def test_what_people_of_schools_get_reads_well_in_their_language(
    sqlite: Engine, settings: Settings, now: datetime, name: str, language: Language
) -> None:
    with transaction(sqlite) as session:
        TO_COLLEAGUE[name](by(session, SYSTEM, now, settings), Envelope("noor@school.example", language, "Noor"))
    (mail,) = cases.mails(sqlite, name)
    assert mail.recipient == "noor@school.example"
    assert mail.language is language
    assert mail.body.startswith("Beste " if language is Language.NL else "Dear ")
    assert (mail.unsubscribe_url == STOP) is (name == "annex_news")
    _reads_well(mail)


def test_the_desks_digest_holds_counts_only(sqlite: Engine, settings: Settings, now: datetime) -> None:
    cases.submit(sqlite, settings, now)
    with transaction(sqlite) as session:
        messages.digest(
            by(session, SYSTEM, now, settings),
            to="desk@publisher.example",
            counted=Digest(2, 3, 1, 0, 9),
            head=Head(7, "ab" * 32),
        )
    mail = cases.mails(sqlite, "digest")[-1]
    assert mail.subject == "Privacyverzoeken vandaag: 2 te laat, 3 deze week"
    assert "Noor" not in mail.body
    _reads_well(mail)


@pytest.mark.parametrize("name", ["question", "paused", "news", "answered", "extended", "registered", "school_decided"])
def test_without_an_address_a_letter_holds_the_whole_message_and_no_link(
    sqlite: Engine, settings: Settings, now: datetime, name: str
) -> None:
    case = cases.case_of(sqlite, cases.submit(sqlite, settings, now))
    case.email, case.postal_address = "", "Straat 1\n1234 AB Stad"
    with transaction(sqlite) as session:
        TO_REQUESTER[name](by(session, SYSTEM, now, settings), case)
    mail = cases.mails(sqlite, name)[-1]
    assert mail.state is MailState.TO_POST
    assert mail.recipient == "Straat 1\n1234 AB Stad"
    assert "/open#" not in mail.body
    assert {"extended": "Veel.", "registered": "CODE"}.get(name, "Geheim.") in mail.body
    _reads_well(mail)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", sorted(TO_REQUESTER.keys() - NEVER_LATE))
def test_no_message_promises_a_day_that_is_over(
    sqlite: Engine, settings: Settings, now: datetime, name: str, language: Language
) -> None:
    case = cases.case_of(sqlite, cases.submit(sqlite, settings, now, request(language=language)))
    later = now + timedelta(days=60)
    with transaction(sqlite) as session:
        TO_REQUESTER[name](by(session, SYSTEM, later, settings), case)
    mail = cases.mails(sqlite, name)[-1]
    day = texts(language).day(case.due_on)
    promise = {
        Language.NL: rf"krijgt (nu )?uiterlijk {day}|blijft {day}",
        Language.EN: rf"(?<!had an) answer by {day}|(stays|is needed by) {day}",
    }
    assert not re.search(promise[language], mail.body)
    _reads_well(mail)


def test_there_is_a_function_for_every_template() -> None:
    templates = {path.name.removesuffix(".txt.j2") for path in (DATA / "mail" / "nl").glob("[!_]*.j2")}
    assert templates == {*TO_REQUESTER, *TO_SCHOOL, *TO_COLLEAGUE, "answer_kept", "breach_clock", "digest", "mentioned"}


def test_what_people_typed_becomes_no_link_no_picture_and_no_markup() -> None:
    hostile = "![x](https://elders.example/p.png) <script>alert(1)</script> [hier](javascript:alert(1)) <b>x</b>"
    html = rendered("Onderwerp <b>", hostile, Language.NL)
    main = html.partition("<main>")[2]
    for sign in ("<img", "<script", "<b>", 'href="javascript'):
        assert sign not in main
    assert "<h1>Onderwerp &lt;b&gt;</h1>" in main


def _reads_well(mail: OutgoingMail) -> None:
    assert "{" not in mail.body
    assert "\n\n\n" not in mail.body
    assert not mail.body.startswith("\n")
    html = rendered(mail.subject, mail.body, mail.language)
    assert "**" not in html
    for link in re.findall(r"<(https?://[^>]+)>", mail.body):
        assert f'<a href="{link}">' in html


def test_a_header_line_holds_no_line_breaks() -> None:
    assert messages.one_line("a\r\nb\t c\u2028d\x00") == "a b c d"
