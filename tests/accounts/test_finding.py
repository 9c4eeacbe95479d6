"""A school found by name, town or BRIN: against a plain reading of every word of every place."""

import re
import unicodedata

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from dashboard.accounts import entering
from dashboard.accounts.finding import MOST_FOUND, Found, Place, find_places, find_schools, sought
from dashboard.accounts.model import Location, School
from dashboard.accounts.terms import Sector
from dashboard.accounts.told import code_in, may_be_one_school
from dashboard.db import reading, transaction
from dashboard.permissions import VISITOR
from tests.acts import by
from tests.people import ADMINISTRATOR, AGENT

PLACES = (
    ("70BA00", "Obs De Zandhaas ’t Veld", "Duinwijk aan den IJssel"),
    ("70BA01", "Obs De Zandhaas, dépendance", "Duinwijk aan den IJssel"),
    ("70BB00", "St. Jozefschool (vmbo)", "'s-Zandhout"),
    ("70BC00", "Sint-Jozefschool", "Polderveen NH"),
    ("70BD00", "Één voor Állen", "Polderveen NH"),
    ("70BE00", "100%_school", "Gatteren"),
    *((f"71A{chr(65 + number)}00", f"Brede School {number}", "Breedstad") for number in range(12)),
)
MAIN_ONLY = ("72AA", "Mbo Zonder Vestiging")


def add(session: Session) -> None:
    for code, name, town in PLACES:
        brin = code[:4]
        if not session.get(School, brin):
            session.add(School(brin=brin, name=name, sector=Sector.PO, sought=sought(brin, name)))
            session.flush()
        session.add(Location(code=code, brin=brin, name=name, town=town, sought=sought(code, name, town)))
    brin, name = MAIN_ONLY
    session.add(School(brin=brin, name=name, sector=Sector.MBO, sought=sought(brin, name)))


@pytest.fixture
def places(engine: Engine) -> Engine:
    with transaction(engine) as session:
        add(session)
    return engine


def found(engine: Engine, typed: str) -> Found:
    with reading(engine) as session:
        return find_places(by(session, VISITOR), typed)


def codes(engine: Engine, typed: str) -> set[str]:
    return {place.code for place in found(engine, typed).places}


TYPED = {
    "zandhaas": {"70BA00", "70BA01"},
    "ZANDHAAS dep": {"70BA01"},
    "duinwijk": {"70BA00", "70BA01"},
    "ijssel": {"70BA00", "70BA01"},
    "70ba01": {"70BA01"},
    "70BC": {"70BC00"},
    "jozefschool": {"70BB00", "70BC00"},
    "jozefschool polderveen": {"70BC00"},
    "vmbo": {"70BB00"},
    "'s-zandhout": {"70BB00"},
    "’s-zandhout": {"70BB00"},
    "zandhout": {"70BB00"},
    "een voor allen": {"70BD00"},
    "één": {"70BD00"},
    "zonder": {"72AA"},
    "100%": {"70BE00"},
    "%": set(),
    "_": set(),
    "": set(),
    "  , ( ": set(),
    "z": set(),
    "nergens": set(),
    "haas": set(),
}


@pytest.mark.parametrize(("typed", "wanted"), TYPED.items(), ids=[text or "nothing" for text in TYPED])
def test_a_place_is_found_by_the_beginning_of_any_of_its_words(places: Engine, typed: str, wanted: set[str]) -> None:
    # Both locations of a school are found by the words of the school's own name.
    assert codes(places, typed) == wanted


def test_of_many_the_first_are_shown_and_it_is_said_that_there_are_more(places: Engine) -> None:
    many = found(places, "breedstad")
    assert (len(many.places), many.more) == (MOST_FOUND, True)
    assert found(places, "breedstad 11") == Found((Place("71AL00", "Brede School 11", "Breedstad"),), more=False)


def bare(text: str) -> list[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign))
    return [word for word in re.split(r"[^a-z0-9]+", plain) if word]


def test_every_beginning_of_every_word_finds_what_a_plain_reading_finds(sqlite: Engine) -> None:
    with transaction(sqlite) as session:
        add(session)
    own = {code: bare(f"{code} {name} {town}") for code, name, town in PLACES}
    school = {code[:4]: bare(f"{code[:4]} {name}") for code, name, _ in reversed(PLACES)}
    read = {code: {*words, *school[code[:4]]} for code, words in own.items()}
    read[MAIN_ONLY[0]] = set(bare(" ".join(MAIN_ONLY)))
    beginnings = {word[:upto] for words in read.values() for word in words for upto in range(2, len(word) + 1)}
    for begin in sorted(beginnings):
        wanted = {code for code, words in read.items() if any(word.startswith(begin) for word in words)}
        seen = found(sqlite, begin)
        got = {place.code for place in seen.places}
        assert got <= wanted, begin
        assert (got == wanted, seen.more) == (len(wanted) <= MOST_FOUND, len(wanted) > MOST_FOUND), begin


def test_a_chosen_line_tells_the_desk_which_school_it_is(places: Engine) -> None:
    (place,) = found(places, "70BC").places
    assert place.told == "Sint-Jozefschool, Polderveen NH (70BC00)"
    assert code_in(place.told) == "70BC00"
    assert code_in("Sint-Jozefschool (vmbo)") == ""
    with reading(places) as session:
        assert [each.key for each in find_schools(by(session, AGENT), place.told)] == ["70BC"]


def test_a_code_that_belongs_to_another_name_is_not_believed(places: Engine) -> None:
    with reading(places) as session:
        act = by(session, AGENT)
        assert [each.key for each in find_schools(act, "St. Jozefschool (70BD)")] == ["70BB"]
        assert [each.key for each in find_schools(act, "Zandhaas (99ZZ)")] == ["70BA"]


SAME = {
    ("Sint-Jozefschool, Polderveen NH (70BC00)", "Sint-Jozefschool, Polderveen (70BC00)"): True,
    ("De Regenboog, Nieuwdorp (70BC00)", "Sint-Jozefschool, Polderveen NH (70BC)"): True,
    ("Sint-Jozefschool, Polderveen NH (70BC00)", "sint-jozefschool"): True,
    ("sint-jozefschool,  polderveen NH", "Sint-Jozefschool, Polderveen NH (70BC00)"): True,
    ("Sint-Jozefschool, Polderveen NH (70BC00)", "Sint-Jozefschool, Elders (70BE00)"): False,
    ("Lyceum", "lyceum "): True,
    ("Lyceum, Stad", "Lyceum, Dorp"): False,
    ("Lyceum, Stad (70BC00)", "Lyceum, Dorp"): False,
    ("", ""): True,
    ("", "Lyceum"): False,
}


@pytest.mark.parametrize(("lines", "same"), SAME.items())
def test_a_school_is_the_same_by_its_code_whatever_it_is_called_by_then(lines: tuple[str, str], same: bool) -> None:
    assert may_be_one_school(*lines) is same
    assert may_be_one_school(*reversed(lines)) is same


def test_a_name_or_town_changed_by_hand_is_found_by_the_new_one(places: Engine) -> None:
    for key, name, town in (("70BC00", "De Regenboog", "NIEUWDORP"), ("70BE", "Kunstschool", "")):
        with transaction(places) as session:
            shown = entering.place(by(session, ADMINISTRATOR), key)
            entering.change_place(by(session, ADMINISTRATOR), shown.seen, name, Sector.PO.value, town)
    assert codes(places, "regenboog nieuwdorp") == {"70BC00"}
    assert codes(places, "polderveen") == {"70BD00"}
    assert codes(places, "kunstschool") == {"70BE00"}
