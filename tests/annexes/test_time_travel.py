"""Before, on and after: what applies changes at midnight in Amsterdam, in winter and in summer, with nobody pressing a button."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlmodel import col, update

from dashboard.accounts import service as accounts
from dashboard.accounts.model import Board, BoardSchool
from dashboard.annexes import queries
from dashboard.annexes.model import DocumentVersion, Licence
from dashboard.clock import AMSTERDAM, local_day, utc_now
from dashboard.db import reading, transaction
from dashboard.errors import NotFoundError
from dashboard.evidence import service as evidence
from dashboard.i18n import Language
from dashboard.permissions import VISITOR, Actor, Role, SchoolScope
from dashboard.portal import Portal
from tests.acts import NOW, by
from tests.app import Open, cookie_for, named
from tests.people import LYCEUM

TODAY = local_day(NOW)
# The last minute of one day and the first of the next, around both changes of the clock and on plain days of either half-year.
NIGHTS = [
    date(2026, 3, 28),
    date(2026, 3, 29),
    date(2026, 3, 30),
    date(2026, 7, 1),
    date(2026, 10, 25),
    date(2026, 10, 26),
    date(2026, 12, 31),
]


def just_before(day: date) -> datetime:
    eve = day - timedelta(days=1)
    return datetime(eve.year, eve.month, eve.day, 23, 59, 59, tzinfo=AMSTERDAM)


def at_midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM)


def school(**scope: str) -> Actor:
    return Actor(Role.SCHOOL, id="p", name="P", scope=SchoolScope(**scope))


def applies(portal: Portal, actor: Actor, instant: datetime) -> dict[str, list[str]]:
    """What the page shows to somebody who looks at that instant."""
    with time_machine.travel(instant, tick=False), reading(portal.engine) as session:
        found = queries.annexes(by(session, actor), day=local_day(utc_now()), language=Language.NL)
    return {
        product.slug: [annex.in_force.version if annex.in_force else "-" for annex in product.annexes]
        for product in found.products
    }


@pytest.mark.parametrize("day", NIGHTS)
def test_an_announced_version_is_in_force_from_midnight_in_amsterdam(school_portal: Portal, day: date) -> None:
    with transaction(school_portal.engine) as session:
        session.exec(update(DocumentVersion).where(col(DocumentVersion.version) == "1.5").values(valid_from=day))
    assert applies(school_portal, LYCEUM, just_before(day))["klikkompas"][0] == "1.4"
    assert applies(school_portal, LYCEUM, at_midnight(day))["klikkompas"][0] == "1.5"
    assert applies(school_portal, LYCEUM, at_midnight(day) + timedelta(days=1))["klikkompas"][0] == "1.5"


@pytest.mark.parametrize("day", NIGHTS)
def test_a_licence_ends_with_its_last_day_in_amsterdam(school_portal: Portal, day: date) -> None:
    last = day - timedelta(days=1)
    with transaction(school_portal.engine) as session:
        session.exec(update(Licence).where(col(Licence.product_slug) == "klikkompas").values(valid_to=last))
    assert "klikkompas" in applies(school_portal, LYCEUM, just_before(day))
    assert "klikkompas" not in applies(school_portal, LYCEUM, at_midnight(day))
    assert "klikkompas" not in applies(school_portal, LYCEUM, at_midnight(day) + timedelta(days=1))


@pytest.mark.parametrize("day", NIGHTS)
def test_a_school_is_its_new_boards_from_midnight_on_the_day_of_the_merger(school_portal: Portal, day: date) -> None:
    """94AA: until the merger its board's DIGIT, from then on the new board's Muisstap."""
    with transaction(school_portal.engine) as session:
        moved = col(BoardSchool.brin) == "94AA"
        before, after = col(BoardSchool.board_number) == "90106", col(BoardSchool.board_number) == "90107"
        session.exec(update(BoardSchool).where(moved, before).values(valid_to=day - timedelta(days=1)))
        session.exec(update(BoardSchool).where(moved, after).values(valid_from=day))
        session.exec(update(Board).where(col(Board.number) == "90106").values(merged_on=day))
        session.exec(update(Licence).where(col(Licence.board_number) == "90106").values(valid_to=None))
    for who in (school(brin="94AA"), school(brin="94AA", location="94AA00")):
        assert set(applies(school_portal, who, just_before(day))) == {"digit"}
        assert set(applies(school_portal, who, at_midnight(day))) == {"muisstap"}
        assert set(applies(school_portal, who, at_midnight(day) + timedelta(days=40))) == {"muisstap"}
    old = school(board="90106")
    assert set(applies(school_portal, old, just_before(day))) == {"digit"}
    # A licence that was left open on a board that is no more entitles nobody.
    assert applies(school_portal, old, at_midnight(day)) == {}


def test_after_a_merger_the_past_still_shows_the_old_board(school_portal: Portal) -> None:
    before = TODAY - timedelta(days=366)
    with reading(school_portal.engine) as session:
        for who in (school(brin="94AA"), school(board="90107"), school(board="90106")):
            found = queries.annexes(by(session, who), day=before, language=Language.NL)
            assert "digit" in {product.slug for product in found.products}
        then = queries.annexes(by(session, school(board="90107")), day=before, language=Language.NL)
        (digit,) = [product for product in then.products if product.slug == "digit"]
        assert [holder.key for holder in digit.holders] == ["90106"]
        # Meerschool never was the old board's.
        assert not queries.annexes(by(session, school(brin="94AC")), day=before, language=Language.NL).products
        assert {each.key for each in queries.places(by(session, school(board="90107")), day=before)} >= {"94AA", "94AC"}
        assert {each.key for each in queries.places(by(session, school(board="90106")), day=TODAY)} == set()


def test_another_school_that_left_the_board_is_no_longer_within_its_reach(school_portal: Portal) -> None:
    with transaction(school_portal.engine) as session:
        session.exec(update(BoardSchool).where(col(BoardSchool.brin) == "90AD").values(valid_to=TODAY - timedelta(days=1)))
    with reading(school_portal.engine) as session:
        now = queries.annexes(by(session, school(board="90101")), day=TODAY, language=Language.NL)
        assert "klikkompas" not in {product.slug for product in now.products}
        with pytest.raises(NotFoundError):
            queries.annexes(by(session, school(board="90103")), day=TODAY, language=Language.NL, key="90AD")


@pytest.mark.parametrize(
    ("instant", "version"),
    [
        # The sample announces 1.5 for 16 April 2026; Amsterdam is two hours ahead of UTC by then.
        (datetime(2026, 4, 15, 21, 59, 59, tzinfo=UTC), "1.4"),
        (datetime(2026, 4, 15, 22, 0, tzinfo=UTC), "1.5"),
        (datetime(2026, 4, 16, 22, 0, tzinfo=UTC), "1.5"),
    ],
)
def test_page_and_evidence_agree_at_every_instant(
    open_page: Open, school_portal: Portal, instant: datetime, version: str
) -> None:
    with time_machine.travel(instant, tick=False):
        session = cookie_for(school_portal, "entree", "school")
        at = open_page("school/annexes.py", session=session)
        named(at.button, "annex_more_klikkompas_annex_1").click().run()
        told = "\n".join(str(each.value) for each in at.markdown)
        assert f"Versie {version}, volgens model 4.0" in told
        with transaction(school_portal.engine) as database:
            actor = _signed_in(school_portal, session)
            made = evidence.gather(
                by(database, actor, utc_now(), school_portal.settings, files=school_portal.files),
                day=local_day(utc_now()),
                language=Language.NL,
            )
    assert {row.version for row in made.manifest.documents if row.product == "klikkompas" and row.kind == "annex_1"} == {version}


def _signed_in(portal: Portal, cookie: str) -> Actor:
    with reading(portal.engine) as session:
        return accounts.resolve(by(session, VISITOR, utc_now(), portal.settings), cookie)
