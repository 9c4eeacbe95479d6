"""T12: a websocket says whatever its sender likes. What no page offered changes nothing."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from benchmarks.streamlit_client import Tab
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case
from dashboard.db import reading
from tests.conftest import Demo
from tests.engines import opened
from tests.web.visit import client, signed_in, tab

pytestmark = pytest.mark.xdist_group("demo")

OURS = "Gegevens die wij zelf hebben"
# What people decide, send and set; sessions are touched, looks are noted, and the worker goes on meanwhile.
KEPT = (
    "request_case",
    "case_right",
    "case_event",
    "case_message",
    "case_file",
    "case_tick",
    "case_recipient",
    "document_version",
    "policy_change",
)


@pytest.fixture
def engine(demo: Demo) -> Iterator[Engine]:
    engine = opened(f"sqlite:///{demo.data / 'bijsluiter.db'}")
    yield engine
    engine.dispose()


def everything(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")).all()))  # noqa: S608  our own names
            for name in KEPT
        }


def a_case(engine: Engine) -> Case:
    """One that a colleague works on."""
    with reading(engine) as session:
        return session.exec(select(Case).where(Case.status == Status.IN_PROGRESS)).first() or pytest.fail("no such request")


def buttons(page: Tab) -> dict[str, tuple[str, bool]]:
    """By label: the id of each button, and whether it can be pressed."""
    found = (element.button for element in page.elements if element.WhichOneof("type") == "button")
    return {button.label: (button.id, button.disabled) for button in found}


def press_all(page: Tab, ids: list[str]) -> None:
    for each in ids:
        page.send(each)
        page.wait()


def test_buttons_of_the_desk_do_nothing_for_who_doesnt_have_them(demo: Demo, engine: Engine) -> None:
    """Pressed by an auditor, by a school and by nobody: the ids that an agent's page has."""
    case = a_case(engine)
    agent = signed_in(demo, "medewerkers", "behandelaar")
    with tab(demo, "case", agent, query=f"ref={case.reference}") as page:
        page.run()
        page.unfold()
        theirs = [each for each, _ in buttons(page).values()]
    assert len(theirs) > 5
    before = everything(engine)
    for visitor in (signed_in(demo, "medewerkers", "auditor"), signed_in(demo, "entree", "school"), client(demo)):
        for where in ("case", "desk", "annexes", ""):
            with tab(demo, where, visitor, query=f"ref={case.reference}") as page:
                page.run()
                press_all(page, theirs)
    assert everything(engine) == before


def test_a_button_that_is_off_does_nothing_when_it_is_pressed_all_the_same(demo: Demo, engine: Engine) -> None:
    before, pressed = everything(engine), 0
    for provider, sub, where in (
        ("medewerkers", "behandelaar", "desk"),
        ("medewerkers", "functionaris", "policy"),
        ("medewerkers", "redacteur", "annex"),
        ("medewerkers", "beheerder", "directory"),
        ("entree", "school", "annexes"),
    ):
        with tab(demo, where, signed_in(demo, provider, sub)) as page:
            page.run()
            page.unfold()
            off = [each for each, disabled in buttons(page).values() if disabled]
            press_all(page, off)
            pressed += len(off)
    assert pressed
    assert everything(engine) == before


def nobody(page: Tab) -> None:
    page.choose("In welke rol", "Beheerder van alles")


def the_ninety_ninth(page: Tab) -> None:
    page.say("In welke rol", "radio", int_value=99)


def a_book(page: Tab) -> None:
    page.type_in("Vertel in je eigen", "x" * 200_000)


def a_book_for_a_name(page: Tab) -> None:
    page.type_in("Je naam", "x" * 5_000)


FORGED = (nobody, the_ninety_ninth, a_book, a_book_for_a_name)


@pytest.mark.parametrize("forge", FORGED, ids=[each.__name__ for each in FORGED])
def test_what_no_form_offered_is_no_request(demo: Demo, engine: Engine, forge: Callable[[Tab], None]) -> None:
    visitor = client(demo)
    visitor.get("/request")
    before = everything(engine)
    with tab(demo, "request", visitor) as page:
        page.run()
        # What it is about, who asks, what they want, who they are: one answer of these is forged, where its step is.
        for answer in (
            lambda: page.tick("Inzage"),
            lambda: (page.choose("In welke rol", "Klant of relatie"), page.choose("Om welke gegevens", OURS)),
            lambda: page.type_in("Vertel in je eigen", "Ik wil alles zien."),
            lambda: (page.type_in("Je naam", "Noor Voorbeeld"), page.type_in("Je e-mailadres", "noor@aanvrager.example")),
        ):
            with suppress(LookupError):
                answer()
            with suppress(LookupError):
                forge(page)
            with suppress(LookupError):
                page.click("Volgende")
        with suppress(LookupError):
            page.click("Verstuur verzoek")
        assert page.exceptions == 0
        assert "Traceback" not in page.text()
        assert "BS-" not in page.text()
    assert everything(engine) == before
