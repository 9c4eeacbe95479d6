"""Standard texts, from the rules page to a message."""

from collections.abc import Iterable

from sqlmodel import select

from dashboard.data_requests.case.model import CaseMessage
from dashboard.db import reading
from dashboard.policy.model import PolicyChange
from dashboard.portal import Portal
from tests.app import Open, W, cookie_for, named, shown
from tests.pages.test_staff import agent, open_case, received


def words_of(portal: Portal) -> list[str]:
    with reading(portal.engine) as session:
        return [each.body for each in session.exec(select(CaseMessage))]


def test_a_text_of_the_list_goes_into_the_message_below_what_stands_there(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal)
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    named(at.text_area, "case_message").set_value("Eerst dit.")
    chosen = named(at.selectbox, f"case_snippet_{case.id}")
    assert chosen.options == [
        "De school beslist over lesgegevens",
        "Om welke gegevens gaat het?",
        "We zijn ermee bezig",
    ]
    chosen.set_value("school")
    named(at.button, f"case_snippet_use_{case.id}").click().run()
    # Pressed twice it stands there once.
    named(at.button, f"case_snippet_use_{case.id}").click().run()
    message = str(named(at.text_area, "case_message").value)
    assert message.count("Resultaten, antwoorden") == 1
    assert message.startswith("Eerst dit.\n\nBeste Noor Voorbeeld,\n\nResultaten, ")
    named(at.button, "case_inform_submit").click().run()
    assert not at.exception
    assert [body for body in words_of(school_portal) if "zijn van de school" in body] == [message]


def test_who_chose_none_is_told_so_and_keeps_what_was_typed(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal)
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    named(at.text_area, "case_message").set_value("Eerst dit.")
    named(at.button, f"case_snippet_use_{case.id}").click().run()
    assert "Kies eerst een standaardtekst." in shown(at)
    assert named(at.text_area, "case_message").value == "Eerst dit."


def test_what_is_left_to_fill_in_stays_in_the_box_with_a_sentence(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal)
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    named(at.selectbox, f"case_snippet_{case.id}").set_value("busy")
    named(at.button, f"case_snippet_use_{case.id}").click().run()
    named(at.button, "case_ask_submit").click().run()
    assert "Vul eerst in wat tussen de haken staat" in shown(at)
    assert "[vul in: wat is er al gedaan" in str(named(at.text_area, "case_message").value)
    assert words_of(school_portal) == []


def test_who_reads_english_is_written_to_in_english(open_page: Open, school_portal: Portal) -> None:
    case = received(school_portal, language="en")
    at = open_case(open_page, school_portal, case)
    named(at.button, "case_take").click().run()
    named(at.selectbox, f"case_snippet_{case.id}").set_value("school")
    named(at.button, f"case_snippet_use_{case.id}").click().run()
    assert str(named(at.text_area, "case_message").value).startswith("Dear Noor Voorbeeld,")


def starting(widgets: Iterable[W], key: str) -> W:
    """The one whose key begins so: it ends with which text of which version of the list it is about."""
    (found,) = (each for each in widgets if (each.key or "").startswith(key))
    return found


def test_a_privacy_officer_makes_one_words_it_anew_and_takes_it_off(open_page: Open, school_portal: Portal) -> None:
    at = open_page("staff/policy.py", session=cookie_for(school_portal, "medewerkers", "functionaris"))

    def save(title: str, nl: str, why: str = "Vaak nodig") -> None:
        starting(at.text_input, "policy_snippet_title").set_value(title)
        starting(at.text_area, "policy_snippet_text_nl").set_value(nl)
        starting(at.text_input, "policy_reason_snippets").set_value(why)
        starting(at.button, "policy_snippet_submit").click().run()
        assert not at.exception

    at.selectbox(key="policy_snippet").set_value("").run()
    save("Vakantie", "Wij zijn dicht, [naem].")
    assert "een woord tussen [haken]" in shown(at)
    assert starting(at.text_input, "policy_snippet_title").value == "Vakantie"
    save("Vakantie", "Wij zijn dicht, [naam].")
    assert "Opgeslagen." in shown(at)
    assert starting(at.text_input, "policy_snippet_title").value == ""
    titles = at.selectbox(key="policy_snippet").options
    assert titles[2:] == ["Vakantie", "We zijn ermee bezig", "Nieuwe tekst"]
    with reading(school_portal.engine) as session:
        [change] = session.exec(select(PolicyChange)).all()
    made = next(row["id"] for row in change.value if row["title"] == "Vakantie")
    at.selectbox(key="policy_snippet").set_value(made).run()
    assert starting(at.text_area, "policy_snippet_text_nl").value == "Wij zijn dicht, [naam]."
    save("Zomer", "Wij zijn open.")
    assert starting(at.text_area, "policy_snippet_text_nl").value == "Wij zijn open."
    starting(at.text_input, "policy_reason_snippets").set_value("Voorbij")
    starting(at.button, "policy_snippet_remove").click().run()
    assert not at.exception
    assert "Zomer" not in at.selectbox(key="policy_snippet").options
    assert "Functionaris: Voorbij" in shown(at)


def test_an_agent_reads_them_and_changes_none(open_page: Open, school_portal: Portal) -> None:
    at = open_page("staff/policy.py", session=agent(school_portal))
    assert "Resultaten, antwoorden en voortgang" in shown(at)
    assert [each for each in at.button if "snippet" in str(each.key)] == []
