from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from dashboard.accounts.model import Board, BoardSchool, Location, School
from dashboard.accounts.terms import Sector
from dashboard.annexes import agreements, queries
from dashboard.annexes.model import Licence
from dashboard.clock import local_day
from dashboard.db import reading, transaction
from dashboard.errors import NotAllowedError
from dashboard.i18n import Language
from dashboard.permissions import VISITOR, Actor, Role, SchoolScope
from dashboard.portal import Portal
from tests.acts import NOW, by
from tests.people import AGENT, BOARD, LOCATION, LYCEUM, OTHER_SCHOOL

TODAY = local_day(NOW)


def school(**scope: str) -> Actor:
    return Actor(Role.SCHOOL, id="p", name="P", scope=SchoolScope(**scope))


def shown(portal: Portal, actor: Actor, today: date = TODAY) -> dict[str, list[str]]:
    """Per product what is in force, or missing, or announced, in short."""
    with reading(portal.engine) as session:
        found = queries.annexes(by(session, actor), day=today, language=Language.NL)
    told: dict[str, list[str]] = {}
    for product in found.products:
        for annex in product.annexes:
            now = f"{annex.kind[-1]}:{annex.in_force.version}" if annex.in_force else f"{annex.kind[-1]}:-"
            told.setdefault(product.slug, []).append(now + (f"+{annex.announced.version}" if annex.announced else ""))
    return told


DIGIT = ["1:3.1", "2:3.0", "3:1.1"]
MUISSTAP = ["1:2.1", "2:2.0", "3:1.0"]
KLIKKOMPAS = ["1:1.4+1.5", "2:1.4", "3:1.2"]
TYPELADDER = ["1:4.0", "2:4.0"]


def test_a_location_sees_what_board_school_and_location_hold(school_portal: Portal) -> None:
    assert shown(school_portal, LOCATION) == {"digit": DIGIT, "muisstap": MUISSTAP, "typeladder": TYPELADDER}


def test_another_location_of_the_same_school_doesnt_see_a_licence_on_one_location(school_portal: Portal) -> None:
    assert shown(school_portal, school(brin="90AA", location="90AA02")) == {"digit": DIGIT, "muisstap": MUISSTAP}


def test_a_school_sees_its_boards_and_its_own_and_no_withdrawn_product(school_portal: Portal) -> None:
    assert shown(school_portal, LYCEUM) == {"digit": DIGIT, "klikkompas": KLIKKOMPAS}


def test_a_board_sees_the_products_of_all_its_schools(school_portal: Portal) -> None:
    assert set(shown(school_portal, BOARD)) == {"digit", "muisstap", "typeladder", "klikkompas"}


def test_an_annex_for_one_sector_is_shown_to_that_sector_alone(school_portal: Portal) -> None:
    assert shown(school_portal, school(brin="91AA"))["toetsvuur"] == ["1:1.0-vo", "2:1.0", "3:1.0"]
    assert shown(school_portal, school(board="90104"))["toetsvuur"] == ["1:1.0-mbo", "2:1.0", "3:1.0"]


def test_a_missing_annex_is_said_to_be_missing_and_a_draft_shows_nowhere(school_portal: Portal) -> None:
    assert shown(school_portal, school(brin="93AA")) == {"rustig-digitaal": ["1:1.2", "2:-"]}


def test_a_school_without_licences_sees_no_product(school_portal: Portal) -> None:
    assert shown(school_portal, school(brin="95CA")) == {}


def test_a_licence_counts_from_its_first_to_its_last_day(school_portal: Portal) -> None:
    noordrand = school(brin="94CA")
    assert shown(school_portal, noordrand, TODAY + timedelta(days=89)) == {}
    assert shown(school_portal, noordrand, TODAY + timedelta(days=90)) == {"digit": DIGIT}
    assert "typeladder" in shown(school_portal, noordrand, TODAY - timedelta(days=30))
    assert "typeladder" not in shown(school_portal, noordrand, TODAY - timedelta(days=29))


def test_an_announced_version_comes_into_force_on_its_day_by_itself(school_portal: Portal) -> None:
    begins = TODAY + timedelta(days=42)
    assert shown(school_portal, LYCEUM, begins - timedelta(days=1))["klikkompas"][0] == "1:1.4+1.5"
    assert shown(school_portal, LYCEUM, begins)["klikkompas"][0] == "1:1.5"


def test_a_superseded_version_showed_while_it_was_in_force(school_portal: Portal) -> None:
    assert shown(school_portal, BOARD, TODAY - timedelta(days=201))["digit"][0] == "1:2.0+3.1"


def test_a_school_that_moved_to_another_board_follows_the_boards_of_the_day(school_portal: Portal) -> None:
    wiek = school(brin="94AA")
    assert set(shown(school_portal, wiek, TODAY - timedelta(days=366))) == {"digit"}
    assert set(shown(school_portal, wiek, TODAY - timedelta(days=365))) == {"muisstap"}


@pytest.mark.parametrize("outsider", [VISITOR, AGENT, Actor(Role.SCHOOL, id="x", name="without a school")])
def test_nobody_without_a_school_sees_annexes(school_portal: Portal, outsider: Actor) -> None:
    with reading(school_portal.engine) as session:
        for question in (queries.annexes, agreements.agreements):
            with pytest.raises(NotAllowedError):
                question(by(session, outsider), day=TODAY, language=Language.NL)


def test_the_agreement_of_the_board_and_how_the_covenant_binds_it(school_portal: Portal) -> None:
    def told(actor: Actor) -> list[tuple[str, str, str, bool]]:
        with reading(school_portal.engine) as session:
            rows = agreements.agreements(by(session, actor), day=TODAY, language=Language.EN)
        return [(r.board_number, r.covenant, r.model_version, r.version is not None) for r in rows]

    assert told(LYCEUM) == [("90101", "member", "4.0", True)]
    assert told(school(brin="91AA")) == [("90103", "member", "3.0", True)]
    assert told(school(brin="94BA")) == [("90108", "own", "4.0", True)]
    assert told(school(brin="95CA")) == [("90113", "none", "", False)]


def cost(portal: Portal, actor: Actor) -> int:
    """How many queries the page of annexes takes."""
    counted: list[str] = []

    def count(*args: Any) -> None:
        counted.append(args[2])

    event.listen(portal.engine, "before_cursor_execute", count)
    shown(portal, actor)
    event.remove(portal.engine, "before_cursor_execute", count)
    return len([statement for statement in counted if statement.startswith(("SELECT", "WITH"))])


def test_the_page_costs_as_many_queries_for_forty_schools_as_for_one(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        session.add(Board(number="80001", name="Groot"))
        session.flush()
        for number in range(40):
            brin = f"8{number // 10}Z{'ABCDEFGHIJ'[number % 10]}"
            session.add(School(brin=brin, name=f"School {number}", sector=Sector.PO))
            session.flush()
            session.add(BoardSchool(id=brin, board_number="80001", brin=brin, valid_from=date(2020, 8, 1)))
            session.add(Location(code=f"{brin}00", brin=brin, name=f"Plaats {number}"))
            session.add(Licence(id=brin, product_slug="digit", brin=brin, valid_from=date(2020, 8, 1)))
    assert shown(school_portal, school(board="80001")) == {"digit": DIGIT}
    assert cost(school_portal, school(board="80001")) == cost(school_portal, school(board="90102")) <= 11
    assert cost(school_portal, LYCEUM) == cost(school_portal, OTHER_SCHOOL) <= 11
