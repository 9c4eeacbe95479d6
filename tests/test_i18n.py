import ast
import re
import string
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from dashboard.accounts.terms import AccessState, Council, Governance, KeyUse
from dashboard.annexes.changes import News
from dashboard.annexes.completeness import Worry
from dashboard.annexes.content import Level, form_of
from dashboard.annexes.differences import Change
from dashboard.annexes.exports import COLUMNS
from dashboard.annexes.matrix import Having
from dashboard.annexes.terms import DvoStatus, Structure
from dashboard.annexes.timeline import Phase
from dashboard.audit import Action
from dashboard.content import DATA, ROOT
from dashboard.data_requests.case.desk_model import LinkKind
from dashboard.data_requests.case.events import EventKind
from dashboard.data_requests.case.facts import NOT_TOLD, TOLD, Fact
from dashboard.data_requests.case.lifecycle import Need, Status, Turn
from dashboard.data_requests.case.next_step import Step
from dashboard.data_requests.case.terms import (
    Author,
    Channel,
    ComplaintTo,
    DoubtAbout,
    ExtensionReason,
    FilePurpose,
    PauseReason,
    Recognised,
)
from dashboard.data_requests.desk import register
from dashboard.data_requests.desk.rows import Order, View
from dashboard.data_requests.law.deadlines import DayOff
from dashboard.data_requests.law.recipients import systems
from dashboard.data_requests.law.rights import (
    AGE_MATTERS,
    ASKS_FOR_ANOTHER,
    ONE_CLICK,
    Ground,
    Outcome,
    RequesterRole,
    Right,
    Subject,
)
from dashboard.data_requests.outgoing import snippets
from dashboard.data_requests.outgoing.letters import REQUIRED_WHEN_LIMITED, Letter, Placeholder
from dashboard.data_requests.requester.intake import BOTH
from dashboard.evidence.checking import Fault
from dashboard.i18n import Language, MissingTextError, texts
from dashboard.imports.faults import Fault as CellFault
from dashboard.imports.plan import Effect
from dashboard.imports.terms import ImportKind
from dashboard.insight.health import Health
from dashboard.insight.keeping import RULES as RETENTION_RULES
from dashboard.insight.panels import PANELS as INSIGHT_PANELS
from dashboard.insight.panels import View as InsightView
from dashboard.insight.period import Beside, Grain, Preset
from dashboard.insight.volumes import FUNNEL
from dashboard.jobs import WORK
from dashboard.notices.terms import Frequency, ObjectionOutcome
from dashboard.oversight.drafts import AUTHORITY, PEOPLE
from dashboard.oversight.terms import Risk
from dashboard.pdfs import PdfFault
from dashboard.permissions import STAFF_ROLES, Refusal, Role
from dashboard.policy.rules import RULES, AnswersChecked
from dashboard.settings import ProviderKind
from dashboard.statement import in_force, statement
from dashboard.ui.navigation import PAGES
from dashboard.ui.public.children import AGES
from dashboard.ui.public.children import ASKED as CHILDREN_ASK
from dashboard.ui.public.children import TOLD as CHILDREN_READ
from dashboard.ui.public.request_form import STEPS
from dashboard.ui.public.track_actions import MARKS
from dashboard.ui.school.annexes import COLUMNS as ANNEX_TABLE
from dashboard.ui.staff.by_hand import ACTIONS
from dashboard.ui.staff.desk_rows import COLUMNS as DESK_COLUMNS
from dashboard.ui.staff.policy import NUMBERS
from dashboard.ui.staff.register import TO_STAFF
from dashboard.ui.staff.shortcuts import ON_CASE, ON_DESK
from dashboard.web import cookies
from dashboard.web.words import SAID, WORDS

# What an import says of a row: written in its modules.
STEPS_OF_SETUP = ("organisation", "schools", "products", "annexes", "sign_in")
# The columns of its tables and the filters of its bar.
INSIGHT_WORDS = (
    "health", "cases", "status", "right", "requests", "role", "channel", "step", "term", "answers", "days", "p90", "median",
    "expected", "at_least", "at_most", "open_now", "beside",
    "product", "school", "schools", "boards", "objections", "downloads", "document", "removals", "rule", "mean", "recipients",
    "reason", "outcome", "decisions", "ground", "score", "question", "handler", "period", "from", "to",
)  # fmt: skip
DAYS_BY_HAND = ("first_day", "last_day", "since")
IMPORT_CHANGES = (
    "board", "contact", "governance", "school", "moved", "location", "sector", "until", "merged", "covenant", "signed_on",
    "dvo_status", "dvo_on", "from", "merged_from", "agreement_until", "town",
)  # fmt: skip
ANNEX_COLUMNS = ("who", "what", "country", "to", "safeguard", "name", "service", "data", "period")
SOURCES = [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
KEY = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)+")


def catalogue(language: Language) -> Catalog:
    with (DATA / "locale" / language.value / "LC_MESSAGES" / "bijsluiter.po").open("rb") as file:
        return read_po(file)


def keys(language: Language) -> set[str]:
    return {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue(language) if message.id}


def made_keys() -> set[str]:
    """Keys that code puts together from enums."""
    tables = [name.replace("-", "_") for name in INSIGHT_PANELS]
    families = [
        {f"right.{right.value}.{part}" for right in Right for part in ("title", "text")},
        {f"role.{role.value}{part}" for role in RequesterRole for part in ("", ".text")},
        {f"subject.{subject.value}{part}" for subject in Subject for part in ("", ".text", ".short")},
        {f"subject.{BOTH}{part}" for part in ("", ".text")} | {"days", "choose"},
        {f"status.{status.value}{part}" for status in Status for part in ("", ".sentence")},
        {f"turn.{turn.value}" for turn in Turn if turn is not Turn.NOBODY},
        {f"doubt.{each.value}" for each in DoubtAbout} | {f"recognised.{each.value}" for each in Recognised},
        {f"outcome.{outcome.value}" for outcome in Outcome},
        {f"{where}.{ground.value}" for where in ("ground", "letter.ground") for ground in Ground},
        {f"snippet.{name}{part}" for name in snippets.SHIPPED for part in ("", ".title")},
        {f"policy.snippet_text.{language.value}" for language in Language},
        {f"event.{kind.value}" for kind in EventKind},
        {f"day_off.{reason.value}" for reason in DayOff},
        {f"author.{author.value}" for author in Author},
        {f"health.{health.value}" for health in Health},
        {f"desk.view.{view.value}" for view in View} | {f"desk.order.{order.value}" for order in Order},
        {f"library.{name}" for name in WORDS},
        {f"desk.column.{name}" for name in DESK_COLUMNS} | {"case.previous", "case.next"},
        {f"refusal.{refusal.value}.{part}" for refusal in Refusal for part in ("title", "text")},
        {spec.title_key for spec in PAGES} | {"page.gate"},
        {f"breach.risk.{each.value}" for each in Risk} | {f"level.{each.value}" for each in Level},
        {f"children.{name}.{part}" for name in CHILDREN_READ for part in ("title", "text")},
        {f"children.{right.value}.{part}" for right in CHILDREN_ASK for part in ("title", "text", "button")},
        {f"script.{name}" for name in SAID},
        {f"shortcuts.{what}" for what in (*ON_DESK.values(), *ON_CASE.values())},
        {f"children.age.{age}{part}" for age in AGES for part in ("", ".text")},
        {f"breach.draft_{kind}" for kind in (AUTHORITY, PEOPLE)} | {"breach.effects", "breach.measures"},
        {f"breach.{whom}{part}" for whom in (AUTHORITY, PEOPLE) for part in ("_told_on", "_why")},
        {f"breach.tell_{whom}" for whom in (AUTHORITY, PEOPLE)},
        {f"invalid.breach_{field}_{what}" for field in ("happened", "effects", "measures", "why") for what in ("empty", "long")},
        {f"audit.action.{action.value}" for action in Action} | {f"actor.{role.value}" for role in Role},
        {f"request.{step.name}.title" for step in STEPS},
        {f"insight.{table}.{part}" for table in tables for part in ("title", "definition")},
        {f"insight.beside.{each.value}" for each in Beside},
        {f"fact.{fact.value}" for fact in Fact},
        {f"numbers.{name}" for name in ("received", "answered", "on_time", "within_month", "median")},
        {f"insight.view.{each.value}" for each in InsightView} | {f"insight.period.{each.value}" for each in Preset},
        {f"insight.{each.value}" for each in Grain} | {f"insight.funnel.{each}" for each in FUNNEL},
        {f"insight.{each}" for each in ("on_time", "late", "easy", "clear", *INSIGHT_WORDS)},
        {f"insight.within_{each}" for each in ("month", "three_months", "later")},
        {f"pause.{each.value}" for each in PauseReason} | {f"complaint.{each.value}" for each in ComplaintTo},
        {f"insight.rule.{rule.value}" for rule in RETENTION_RULES},
        {f"insight.recipient_{each}" for each in (TOLD, NOT_TOLD)},
        {f"home.{card}.{part}" for card in ("request", "track", "schools") for part in ("title", "text", "link")},
        {f"receipt.next.{number}" for number in (1, 2, 3)} | {f"schools.find.{number}" for number in (1, 2, 3)},
        {f"agreement.covenant.{state}" for state in ("member", "own", "none", "unknown")},
        {f"governance.{each.value}" for each in Governance},
        {f"ways.{who}.{part}" for who in ("us", *Governance) for part in ("first", "then", "late")},
        {f"council.{council.value}" for council in Council}
        | {f"{where}.{status.value}" for where in ("dvo", "insight.dvo") for status in DvoStatus},
        {f"phase.{phase.value}" for phase in Phase}
        | {f"differences.{change.value}" for change in Change if change is not Change.CHANGED},
        {f"section.{section}" for structure in Structure for section in form_of(structure).model_fields},
        {f"fault.{fault.value}" for fault in Fault},
        {f"objection.{outcome.value}" for outcome in ObjectionOutcome} | {f"frequency.{each.value}" for each in Frequency},
        {f"key.{use.value}" for use in KeyUse} | {f"worry.{worry.value}" for worry in Worry},
        {f"level.{level.value}" for level in Level} | {f"annex.way.{way}" for way in ("data", "pdf")},
        {f"invalid.annex_{section}" for structure in Structure for section in form_of(structure).model_fields},
        {f"invalid.pdf_{fault.value}" for fault in PdfFault},
        {f"annex.column.{column}" for column in ANNEX_COLUMNS},
        {f"export.column.{column}" for column in COLUMNS},
        {f"export.dpia.{part}" for part in ("product", "question", "answer", "own", "necessity", "risks", "advice")},
        {f"subprocessors.column.{part}" for part in ("name", "service", "data", "country", "product", "since", "until")},
        {f"import.fault.{fault.value}" for fault in CellFault} | {f"import.verb.{verb.value}" for verb in Effect},
        {f"import.kind.{kind.value}" for kind in ImportKind} | {f"invalid.import_columns_{kind.value}" for kind in ImportKind},
        {f"import.change.{what}" for what in IMPORT_CHANGES} | {f"by_hand.{name}" for name in (*ACTIONS, *DAYS_BY_HAND)},
        set(TO_STAFF.values()),
        {f"school_end.{name}" for name in ("licences", "people", "subscribers", "requests")},
        {f"setup.{step}.{part}" for step in STEPS_OF_SETUP for part in ("title", "text", "link")} - {"setup.organisation.link"},
        {f"staff_role.{role.value}" for role in STAFF_ROLES}
        | {f"access.state.{state.value}" for state in AccessState}
        | {f"job.{name}" for name in WORK},
        {f"provider.{kind.value}" for kind in ProviderKind if kind is not ProviderKind.PUBLISHER},
        {f"news.{news.value}" for news in News},
        {f"annexes.column.{name}" for name in ANNEX_TABLE} | {f"annexes.to_do.{name}" for name in ("new", "first")},
        {f"case.language.{language.value}" for language in Language},
        {f"sector.{sector}" for sector in ("po", "vo", "vso", "mbo")},
        {f"invalid.{field}_{fault}" for field in ("message", "reason", "doubt", "evidence") for fault in ("empty", "long")},
        {f"invalid.{what}_{role.value}" for role in AGE_MATTERS for what in ("age",)},
        {f"invalid.subject_name_{role.value}" for role in ASKS_FOR_ANOTHER},
        {f"invalid.school_{fault}" for fault in ("empty", "outcome", "reason")},
        {f"invalid.letter_{part.value}" for part in REQUIRED_WHEN_LIMITED},
        {f"invalid.policy.{name}" for name in RULES},
        {f"need.{need.value}" for need in Need},
        {f"letter.part.{part.value}" for part in Placeholder},
        {f"legal_ground.{system.legal_ground}" for role in ("controller", "processor") for system in systems(role)},  # type: ignore[arg-type]
        {f"channel.{channel.value}" for channel in Channel},
        {f"file.{purpose.value}" for purpose in FilePurpose},
        {f"extension.{reason.value}" for reason in ExtensionReason},
        {f"policy.answers_checked.{each}" for each in AnswersChecked},
        {f"case.link.{kind}" for kind in ("sibling", "merged_into", "perhaps", *LinkKind)},
        {f"checklist.{right.value}" for right in Right},
        {f"track.rating.{mark}" for mark in MARKS},
        {f"policy.{name}" for name in NUMBERS} | {f"policy.letter.{letter.value}" for letter in Letter},
        {f"register.language.{language.value}" for language in Language},
        {f"request.about.name_{role.value}" for role in ASKS_FOR_ANOTHER},
        {f"request.about.born_{role.value}" for role in AGE_MATTERS},
        {f"register.column.{column}" for column in register.COLUMNS} | {f"register.take_{form}" for form in ("csv", "xlsx")},
        {f"matrix.{each.value}" for each in Having},
        {f"case.now.{step.value}" for step in Step}
        | {f"case.now.{name}.button" for name in ("recognise", "hand_over", "decide", "package", "recipients", "close")},
        {f"request.quick.{right.value}" for right in ONE_CLICK},
    ]
    return set().union(*families)


def written_keys() -> set[str]:
    """Keys that stand in code or in our templates as they are."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                found.add(node.value)
    for template in (*(ROOT / "dashboard" / "web" / "templates").glob("*.html"), DATA / "samples" / "sign_in.html"):
        found |= set(re.findall(r't\("([a-z_.]+)"', template.read_text("utf-8")))
    return found


def called_keys() -> set[str]:
    """Keys in `t("...")` and `t.count("...")`."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = ast.unparse(node.func)
                if name in {"t", "t.count", "here().t", "here().t.count", "now_here.t"} and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    return found


def test_both_languages_hold_the_same_keys_and_no_text_is_empty() -> None:
    assert keys(Language.NL) == keys(Language.EN)
    for language in Language:
        for message in catalogue(language):
            if message.id:
                strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
                assert all(strings), message.id


def test_every_text_that_code_asks_for_exists() -> None:
    assert called_keys() - keys(Language.NL) == set()
    assert made_keys() - keys(Language.NL) == set()


def test_no_text_is_left_that_nobody_asks_for() -> None:
    assert keys(Language.NL) - written_keys() - made_keys() == set()


def test_both_languages_fill_in_the_same_values() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    dutch, english = catalogue(Language.NL), catalogue(Language.EN)
    for message in (each for each in dutch if each.id):
        other = english.get(message.id if isinstance(message.id, str) else message.id[0])
        assert other is not None
        both = [(m.string if isinstance(m.string, str) else m.string[0]) for m in (message, other)]
        assert fields(both[0]) == fields(both[1]), message.id


def test_every_mail_exists_in_both_languages_with_a_subject_and_a_body() -> None:
    dutch, english = ({path.name for path in (DATA / "mail" / language.value).glob("*.j2")} for language in Language)
    assert dutch == english
    for path in (DATA / "mail").glob("*/[!_]*.j2"):
        _parts, subject, blank, body = path.read_text("utf-8").split("\n", 3)
        assert subject
        assert not blank
        assert body.strip()


def test_the_statement_holds_what_the_old_page_said_in_both_languages() -> None:
    for language, words in (
        (Language.NL, ("CRM", "zeven", "Autoriteit", "Postbus 38", "3 mei 2018", "cookies", "PO-Raad", "29048575", "vakgebied")),
        (Language.EN, ("CRM", "seven", "Autoriteit", "Postbus 38", "3 May 2018", "cookies", "PO-Raad", "29048575", "field")),
    ):
        body = (
            statement(language, in_force(date(2027, 1, 1)).version, systems="-", transfer="-", automated="-")
            .body.replace("7 jaar", "zeven jaar")
            .replace("7 years", "seven years")
        )
        assert [word for word in words if word.lower() not in body.lower()] == []


# Article 13(1)(a)-(f), (2)(a)-(f) and 21(4), by hand: what each version of ours must say.
ARTICLE_13 = {
    Language.NL: (
        "Instruct B.V.", "privacy officer", "SYSTEMS", "gerechtvaardigd belang", "Europese Economische Ruimte", "TRANSFER",
        "zeven jaar", "bekijken", "verbeteren", "wissen", "niet te gebruiken", "mee te nemen", "intrekken", "Autoriteit",
        "Moet je deze gegevens geven", "AUTOMATED", "Je mag bezwaar maken", "drie maanden", "7 dagen", "Dit portaal",
        "wijzigingsbijlage", "een-tip-of-klacht-indienen",
    ),
    Language.EN: (
        "Instruct B.V.", "privacy officer", "SYSTEMS", "legitimate interest", "European Economic Area", "TRANSFER",
        "seven years", "see your data", "corrected", "erased", "not to use it", "take it with you", "withdraw", "Autoriteit",
        "Do you have to give", "AUTOMATED", "You may object", "three months", "7 days", "This portal", "change annex",
        "een-tip-of-klacht-indienen",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", list(Language))
def test_the_statement_says_what_article_13_asks_and_sets_the_right_to_object_apart(language: Language) -> None:
    body = (
        statement(language, "2.1", systems="SYSTEMS", transfer="TRANSFER", automated="AUTOMATED")
        .body.replace("7 jaar", "zeven jaar")
        .replace("7 years", "seven years")
    )
    assert [part for part in ARTICLE_13[language] if part not in body] == []


def test_no_text_for_people_stands_in_the_pages() -> None:
    for path in (ROOT / "pages").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        docstring = ast.get_docstring(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value != docstring:
                assert not re.search(r"[A-Za-z]{3,} [A-Za-z]{3,}", node.value), f"{path.name}: {node.value}"


def test_a_missing_text_is_a_fault_of_ours() -> None:
    with pytest.raises(MissingTextError):
        texts(Language.NL)("no.such.text")


def test_dates_and_numbers_read_as_each_language_writes_them() -> None:
    nl, en = texts(Language.NL), texts(Language.EN)
    assert nl.day(date(2026, 4, 7)) == "dinsdag 7 april 2026"
    assert en.day(date(2026, 4, 7)) == "Tuesday 7 April 2026"
    assert (nl.number(12345), en.number(12345)) == ("12.345", "12,345")
    assert nl.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2 juli 2026 00:30"
    assert (nl.count("wait.minutes", 1), nl.count("wait.minutes", 2)) == ("1 minuut", "2 minuten")


def test_an_unknown_language_is_dutch() -> None:
    assert [Language.or_default(value) for value in ("en", "nl", "de", None, "")] == ["en", "nl", "nl", "nl", "nl"]
    assert Path(DATA).is_dir()


@pytest.mark.parametrize("language", list(Language))
def test_the_statement_names_every_cookie(language: Language) -> None:
    body = statement(language, in_force(date(2027, 1, 1)).version, systems="", transfer="", automated="").body
    names = [cookies.SESSION, cookies.VISITOR, cookies.OPENING, cookies.SIGNING_IN, cookies.LANGUAGE]
    assert sorted(names) == sorted(value for name, value in vars(cookies).items() if name.isupper() and isinstance(value, str))
    assert [name for name in names if f"`{name}`" not in body] == []
