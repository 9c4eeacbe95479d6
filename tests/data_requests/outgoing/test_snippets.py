from datetime import datetime

import pytest
from sqlalchemy import Engine

from dashboard.act import Seen
from dashboard.data_requests.case import queries
from dashboard.data_requests.desk import handling
from dashboard.data_requests.outgoing import snippets
from dashboard.data_requests.outgoing.snippets import RULE, Snippet
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleError
from dashboard.i18n import Language
from dashboard.policy import queries as rules
from dashboard.settings import Settings
from tests import cases
from tests.acts import by, seen
from tests.people import AGENT, LYCEUM, OFFICER, request

NL, EN = Language.NL, Language.EN


def listed(engine: Engine) -> list[Snippet]:
    with reading(engine) as session:
        return snippets.snippets(by(session, AGENT))


def version(engine: Engine) -> Seen:
    with reading(engine) as session:
        return rules.rule(by(session, AGENT), RULE).seen


def write(engine: Engine, now: datetime, title: str, nl: str = "", en: str = "", which: str = "", at: Seen | None = None) -> bool:
    with transaction(engine) as session:
        return snippets.write(
            by(session, OFFICER, now), at or version(engine), which, title, {NL: nl, EN: en}, reason="Vaak nodig"
        )


def offered(
    engine: Engine, settings: Settings, now: datetime, language: Language, name: str = "Noor Voorbeeld"
) -> dict[str, str]:
    case = cases.in_progress(engine, settings, now, request(name=name, language=language))
    with reading(engine) as session:
        view = queries.case_view(by(session, AGENT, now, settings), case.id)
        found = snippets.offered(by(session, AGENT, now, settings), view)
    return {each.title: each.words[language] for each in found}


def test_some_come_with_the_product_in_both_languages(engine: Engine) -> None:
    found = listed(engine)
    assert [each.title for each in found] == sorted((each.title for each in found), key=str.casefold)
    assert len(found) == 3
    assert all(set(each.words) == {NL, EN} for each in found)


def test_one_is_made_worded_anew_and_taken_off_and_the_list_before_stays_in_the_history(engine: Engine, now: datetime) -> None:
    write(engine, now, "  Vakantie \n", "Wij zijn dicht.\r\nTot maandag.", "We are closed.")
    [made] = [each for each in listed(engine) if each.title == "Vakantie"]
    assert made.words == {NL: "Wij zijn dicht.\nTot maandag.", EN: "We are closed."}
    write(engine, now, "Zomer", "Wij zijn weer open.", which=made.id)
    [anew] = [each for each in listed(engine) if each.id == made.id]
    assert (anew.title, anew.words) == ("Zomer", {NL: "Wij zijn weer open."})
    seen_at = version(engine)
    with transaction(engine) as session:
        snippets.remove(by(session, OFFICER, now), seen_at, made.id, reason="Voorbij")
    assert len(listed(engine)) == 3
    with reading(engine) as session:
        history = rules.history(by(session, AGENT), RULE)
    assert [len(row.value) for row in history] == [3, 4, 4]
    assert [row.reason for row in history] == ["Voorbij", "Vaak nodig", "Vaak nodig"]


def test_when_all_are_taken_off_none_comes_back(engine: Engine, now: datetime) -> None:
    for each in listed(engine):
        seen_at = version(engine)
        with transaction(engine) as session:
            snippets.remove(by(session, OFFICER, now), seen_at, each.id, reason="Niet nodig")
    assert listed(engine) == []


def test_the_parts_are_filled_in_once_for_this_request(sqlite: Engine, settings: Settings, now: datetime) -> None:
    write(sqlite, now, "Groet", "Dag [naam], over [kenmerk] van [ontvangen]. [afzender]")
    said = offered(sqlite, settings, now, NL, name="Noor [kenmerk]")["Groet"]
    assert said.startswith("Dag Noor [kenmerk], over BS-")
    assert "van donderdag 5 maart 2026. " in said
    assert "[" not in said.replace("Noor [kenmerk]", "")


def test_who_reads_the_other_language_is_offered_what_is_worded_in_it(sqlite: Engine, settings: Settings, now: datetime) -> None:
    write(sqlite, now, "Alleen Nederlands", "Dag.")
    write(sqlite, now, "Alleen Engels", en="Hello [name].")
    assert "Alleen Engels" not in offered(sqlite, settings, now, NL)
    english = offered(sqlite, settings, now, EN, name="Sam Somebody")
    assert english["Alleen Engels"] == "Hello Sam Somebody."
    assert "Alleen Nederlands" not in english


@pytest.mark.parametrize(
    ("title", "nl", "en", "problems"),
    [
        ("", "Dag.", "", {"title": "invalid.snippet_title"}),
        ("x" * 81, "Dag.", "", {"title": "invalid.snippet_title"}),
        ("we zijn ermee BEZIG", "Dag.", "", {"title": "invalid.snippet_twice"}),
        ("Leeg", " \n", "\t", {"nl": "invalid.snippet_empty"}),
        ("Lang", "x" * 4_001, "", {"nl": "invalid.snippet_length"}),
        ("Lang", "Dag.", "x" * 4_001, {"en": "invalid.snippet_length"}),
        ("Fout", "Dag [naem].", "", {"nl": "invalid.letter_token"}),
        # In the other language's words, and a part that only the answer has.
        ("Fout", "Dag.", "Dear [naam]", {"en": "invalid.letter_token"}),
        ("Fout", "Zie [besluiten]", "", {"nl": "invalid.letter_token"}),
    ],
)
def test_what_cant_be_is_named_by_its_field_and_nothing_is_kept(
    sqlite: Engine, now: datetime, title: str, nl: str, en: str, problems: dict[str, str]
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        write(sqlite, now, title, nl, en)
    assert refused.value.problems == problems
    assert version(sqlite).version == 0


def test_a_list_has_an_end(sqlite: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snippets, "MOST", 4)
    write(sqlite, now, "Vierde", "Dag.")
    with pytest.raises(InvalidInputError) as refused:
        write(sqlite, now, "Vijfde", "Dag.")
    assert refused.value.problems == {"title": "invalid.snippet_many"}
    [fourth] = [each for each in listed(sqlite) if each.title == "Vierde"]
    assert write(sqlite, now, "Vierde", "Dag!", which=fourth.id)


def test_two_who_change_the_list_at_once_lose_nothing(engine: Engine, now: datetime) -> None:
    both_saw = version(engine)
    write(engine, now, "Eerste", "Dag.", at=both_saw)
    with pytest.raises(StaleError):
        write(engine, now, "Tweede", "Dag.", at=both_saw)
    assert {"Eerste"} == {each.title for each in listed(engine)} & {"Eerste", "Tweede"}


def test_one_that_is_gone_is_not_changed_and_no_school_or_agent_changes_any(engine: Engine, now: datetime) -> None:
    with pytest.raises(NotFoundError):
        write(engine, now, "Weg", "Dag.", which="er-was-er-geen")
    for who in (AGENT, LYCEUM):
        with pytest.raises(NotAllowedError), transaction(engine) as session:
            snippets.write(by(session, who, now), Seen(RULE), "", "x", {NL: "Dag."}, reason="x")


@pytest.mark.parametrize("verb", [handling.ask, handling.inform])
def test_what_is_left_to_fill_in_keeps_a_message_here(sqlite: Engine, settings: Settings, now: datetime, verb: object) -> None:
    case = cases.in_progress(sqlite, settings, now)
    unfilled = next(each.words[NL] for each in listed(sqlite) if "bezig" in each.title)
    before = len(cases.mails(sqlite))
    with pytest.raises(InvalidInputError) as refused, transaction(sqlite) as session:
        verb(by(session, AGENT, now, settings), seen(case), unfilled)  # type: ignore[operator]
    assert refused.value.problems == {"message": "invalid.letter_unfilled"}
    assert len(cases.mails(sqlite)) == before
