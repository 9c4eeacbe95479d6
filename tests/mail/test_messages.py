import re
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine

from dashboard.content import DATA
from dashboard.data_requests.case.access_model import SchoolKey
from dashboard.data_requests.case.model import Case, CaseRight, ExtensionReason, PauseReason
from dashboard.data_requests.law.rights import Outcome, Right
from dashboard.data_requests.upkeep.upkeep import Digest
from dashboard.db import transaction
from dashboard.i18n import Language
from dashboard.mail import messages, school_messages
from dashboard.mail.html import rendered
from dashboard.mail.messages import Post
from dashboard.mail.model import MailState, OutgoingMail
from dashboard.mail.school_messages import Item
from dashboard.settings import Settings
from tests import cases
from tests.conftest import NOW
from tests.people import request

KEY = SchoolKey(case_id="x", code_hmac="y", contact_name="Fem Functionaris", contact_email="fem@lyceum.example", created_at=NOW)
RIGHTS = [CaseRight(case_id="x", right=Right.ACCESS, outcome=Outcome.GRANTED)]
TO_REQUESTER: dict[str, Callable[[Post, Case], None]] = {
    "verification": lambda post, case: messages.verification(post, case, token="TOKEN", rights=["Inzage"], reasons="Daarom."),
    "confirm_reminder": lambda post, case: messages.confirm_reminder(post, case, token="TOKEN", days=30),
    "registered": lambda post, case: messages.registered(post, case, code="CODE", rights=["Inzage"], reasons="Daarom."),
    "acknowledged": messages.acknowledged,
    "fresh_link": lambda post, case: messages.fresh_link(post, case, token="TOKEN"),
    "new_address": lambda post, case: messages.new_address(post, case, token="TOKEN", to="nieuw@aanvrager.example"),
    "address_changed": messages.address_changed,
    "joined": lambda post, case: messages.joined(post, case, older=case),
    "question": lambda post, case: messages.question(post, case, token="TOKEN", body="Geheim."),
    "paused": lambda post, case: messages.paused(post, case, token="TOKEN", reason=PauseReason.IDENTITY, body="Geheim."),
    "news": lambda post, case: messages.news(post, case, token="TOKEN", body="Geheim."),
    "extended": lambda post, case: messages.extended(
        post, case, token="TOKEN", reason=ExtensionReason.COMPLEXITY, explanation="Veel.", first_due="dinsdag"
    ),
    "answered": lambda post, case: messages.answered(post, case, token="TOKEN", limited=True, body="Geheim."),
    "reopened": messages.reopened,
    "handed_over": lambda post, case: messages.handed_over(post, case, school="School"),
    "school_decided": lambda post, case: messages.school_decided(post, case, rights=RIGHTS),
    "closed_by_school": lambda post, case: messages.closed_by_school(post, case, rights=RIGHTS),
    "withdrawn": messages.withdrawn,
    "expired": lambda post, case: messages.expired(post, case, days=30),
}
TO_SCHOOL: dict[str, Callable[[Post, Case], None]] = {
    "for_school": lambda post, case: messages.for_school(post, case, school=KEY, code="CODE", in_portal=True, rights=RIGHTS),
    "school_reminder": lambda post, case: messages.school_reminder(post, case, school=KEY),
    "withdrawn_at_school": lambda post, case: messages.withdrawn_at_school(post, case, school=KEY),
    "executed_for_school": lambda post, case: messages.executed_for_school(post, case, school=KEY),
}
ITEMS = [Item("Klikkompas: versie 1.5 is aangekondigd", "Een andere subverwerker."), Item("DIGIT: versie 3.1 geldt")]
# To people of schools and boards; `to` is their address.
TO_COLLEAGUE: dict[str, Callable[[Post, str, Language], None]] = {
    "access_granted": lambda post, to, language: school_messages.access_granted(post, to=to, name="Noor", language=language),
    "access_refused": lambda post, to, language: school_messages.access_refused(
        post, to=to, name="Noor", language=language, reason="We kennen deze organisatie niet."
    ),
    "subscription_asked": lambda post, to, language: school_messages.subscription_asked(
        post, to=to, name="Noor", language=language, token="TOKEN"
    ),
    "annex_news": lambda post, to, language: school_messages.annex_news(
        post, to=to, name="Noor", language=language, school="Lyceum", items=ITEMS, weekly=False, unsubscribe_url=STOP
    ),
    "subprocessor_notice": lambda post, to, _: school_messages.subprocessor_notice(
        post,
        to=to,
        board="Bruggen",
        product="Klikkompas",
        lines=["Post Oy toegevoegd"],
        effective_on=NOW.date(),
        object_until=NOW.date(),
    ),
    "objection_received": lambda post, to, language: school_messages.objection_received(
        post, to=to, name="Noor", language=language, product="Klikkompas"
    ),
    "objection_answered": lambda post, to, language: school_messages.objection_answered(
        post, to=to, name="Noor", language=language, product="Klikkompas", outcome="explained", body="Omdat.\n\nEn daarom."
    ),
}
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
}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", sorted(TO_REQUESTER))
def test_every_message_is_written_in_the_requesters_language_with_reference_and_link(
    sqlite: Engine, settings: Settings, now: datetime, name: str, language: Language
) -> None:
    case = cases.case_of(sqlite, cases.submit(sqlite, settings, now, request(language=language)))
    with transaction(sqlite) as session:
        TO_REQUESTER[name](Post(session, settings, now), case)
    mail = cases.mails(sqlite, name)[-1]
    assert mail.language is language
    assert case.reference in f"{mail.subject} {mail.body}"
    assert mail.body.startswith("Beste Noor" if language is Language.NL else "Dear Noor")
    assert ("<http://localhost:8501/open#TOKEN>" in mail.body) is (name in WITH_A_LINK)
    # What was asked or answered is read in the portal, not in a mailbox that others may read too.
    assert "Geheim." not in mail.body
    _reads_well(mail)


@pytest.mark.parametrize("name", sorted(TO_SCHOOL))
def test_what_a_school_gets_says_nothing_about_the_person(sqlite: Engine, settings: Settings, now: datetime, name: str) -> None:
    case = cases.case_of(sqlite, cases.submit(sqlite, settings, now))
    with transaction(sqlite) as session:
        TO_SCHOOL[name](Post(session, settings, now), case)
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
        TO_COLLEAGUE[name](Post(session, settings, now), "noor@school.example", language)
    (mail,) = cases.mails(sqlite, name)
    assert mail.recipient == "noor@school.example"
    expected = Language.NL if name == "subprocessor_notice" else language
    assert mail.language is expected
    assert mail.body.startswith("Beste " if expected is Language.NL else "Dear ")
    assert (mail.unsubscribe_url == STOP) is (name == "annex_news")
    _reads_well(mail)


def test_the_desks_digest_holds_counts_only(sqlite: Engine, settings: Settings, now: datetime) -> None:
    cases.submit(sqlite, settings, now)
    with transaction(sqlite) as session:
        messages.digest(Post(session, settings, now), to="desk@publisher.example", counted=Digest(2, 3, 1, 0, 9))
    mail = cases.mails(sqlite, "digest")[-1]
    assert mail.subject == "Privacyverzoeken vandaag: 2 te laat, 3 deze week"
    assert "Noor" not in mail.body
    _reads_well(mail)


@pytest.mark.parametrize("name", ["question", "paused", "news", "answered", "extended", "registered"])
def test_without_an_address_a_letter_holds_the_whole_message_and_no_link(
    sqlite: Engine, settings: Settings, now: datetime, name: str
) -> None:
    case = cases.case_of(sqlite, cases.submit(sqlite, settings, now))
    case.email, case.postal_address = "", "Straat 1\n1234 AB Stad"
    with transaction(sqlite) as session:
        TO_REQUESTER[name](Post(session, settings, now), case)
    mail = cases.mails(sqlite, name)[-1]
    assert mail.state is MailState.TO_POST
    assert mail.recipient == "Straat 1\n1234 AB Stad"
    assert "/open#" not in mail.body
    assert {"extended": "Veel.", "registered": "CODE"}.get(name, "Geheim.") in mail.body
    _reads_well(mail)


def test_there_is_a_function_for_every_template() -> None:
    templates = {path.name.removesuffix(".txt.j2") for path in (DATA / "mail" / "nl").glob("[!_]*.j2")}
    assert templates == {*TO_REQUESTER, *TO_SCHOOL, *TO_COLLEAGUE, "digest", "mentioned"}


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
