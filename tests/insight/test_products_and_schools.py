"""By product and school, complaints, recipients, answers taken, what was removed; and what schools do with their documents."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import select

from dashboard.accounts.model import Person
from dashboard.act import Seen
from dashboard.annexes.model import BoardAgreement, DocumentVersion, Product, SubprocessorNotice
from dashboard.annexes.queries import annexes
from dashboard.annexes.service import take_document
from dashboard.annexes.terms import DvoStatus, Via
from dashboard.clock import local_day
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.case.queries import case_view
from dashboard.data_requests.desk import bulk, handling, queue
from dashboard.data_requests.desk.behind import Behind
from dashboard.data_requests.desk.handing_over import HandTo
from dashboard.data_requests.desk.rows import Filters
from dashboard.data_requests.desk.watched import Chosen
from dashboard.data_requests.outgoing.answers import download
from dashboard.data_requests.upkeep import recount, retention
from dashboard.db import reading, transaction
from dashboard.errors import InvalidInputError, NotPossibleError
from dashboard.i18n import Language, texts
from dashboard.insight.panels import PANELS
from dashboard.insight.rows import Table
from dashboard.notices import service as notices
from dashboard.notices.service import NewObjection
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests import cases
from tests.acts import NOW, by, seen
from tests.people import AGENT, AUDITOR, BOARD, LYCEUM, request, requester

NL = texts(Language.NL)
DIGIT, KLIK = Product(slug="digit", name="DIGIT"), Product(slug="klik", name="Klik")


def table(engine: Engine, name: str, now: datetime, **narrowed: str) -> Table:
    chosen = Chosen(local_day(now) - timedelta(days=800), local_day(now) + timedelta(days=1), **narrowed)
    with reading(engine) as session:
        return PANELS[name].ask(by(session, AUDITOR, now), chosen, NL)


def numbers(engine: Engine, name: str, now: datetime, **narrowed: str) -> dict[object, object]:
    """By name; nothing that is nought."""
    return {row[0]: row[-1] for row in table(engine, name, now, **narrowed).rows if row[-1]}


@pytest.fixture
def products(engine: Engine) -> Engine:
    with transaction(engine) as session:
        for product in (DIGIT, KLIK):
            session.add(Product(slug=product.slug, name=product.name))
    return engine


def test_requests_count_by_the_product_that_was_named_and_narrow_to_it(
    products: Engine, settings: Settings, now: datetime
) -> None:
    for email, product in (("a", "digit"), ("b", "digit"), ("c", "klik"), ("d", "")):
        cases.in_progress(products, settings, now, request(email=f"{email}@x.example", product=product))
    found = table(products, "by-product", now)
    assert dict(found.rows) == {"DIGIT": 2, "Klik": 1, "Geen product genoemd": 1}
    for name in ("by-role", "requests-per-week", "funnel"):
        assert max(int(str(row[-1])) for row in table(products, name, now, product="digit").rows) == 2, name
    # The number leads to its cases, with the other filters too.
    for row, asked in zip(found.rows, found.desk, strict=True):
        with reading(products) as session:
            behind = Behind.read(dict(asked).get("desk_behind", ""))
            listed = queue.desk(by(session, AUDITOR, now, settings), Filters(behind=behind)).rows
        assert len(listed) == (row[1] if asked else 4)


def test_a_product_that_there_isnt_is_refused(products: Engine, settings: Settings, now: datetime) -> None:
    with pytest.raises(InvalidInputError) as refused:
        cases.submit(products, settings, now, request(product="zzz"))
    assert refused.value.problems == {"product": "invalid.product"}


def test_a_repeat_about_another_product_is_a_request_of_its_own(products: Engine, settings: Settings, now: datetime) -> None:
    first = cases.in_progress(products, settings, now, request(product="digit"))
    other = cases.received(products, settings, now, request(product="klik"))
    assert cases.fresh(products, other).merged_into is None
    with transaction(products) as session, pytest.raises(NotPossibleError) as refused:
        bulk.merge(by(session, AGENT, now, settings), seen(cases.fresh(products, other)), first.reference)
    assert refused.value.text_key == "error.merge_other_product"


@pytest.mark.parametrize(("before", "after", "kept"), [("digit", "", "digit"), ("", "klik", "klik"), ("klik", "klik", "klik")])
def test_a_repeat_that_names_no_other_product_joins_and_the_product_stays(
    products: Engine, settings: Settings, now: datetime, before: str, after: str, kept: str
) -> None:
    first = cases.in_progress(products, settings, now, request(product=before))
    cases.received(products, settings, now, request(product=after))
    with reading(products) as session:
        assert session.exec(select(Case.merged_into).where(Case.id != first.id)).all() == [first.id]
    assert cases.fresh(products, first).product == kept


def test_staff_and_the_requester_read_the_name_of_the_product(products: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(products, settings, now, request(product="digit"))
    for who in (AGENT, requester(case.id)):
        with reading(products) as session:
            assert case_view(by(session, who, now, settings), case.id).product == "digit"


def test_schools_are_shown_that_got_five_requests_or_more(engine: Engine, settings: Settings, now: datetime) -> None:
    for number in range(9):
        to = HandTo("Fem Functionaris", "fem@lyceum.example", brin="90AD" if number < 5 else "90AE")
        cases.handed(engine, settings, now, to, email=f"leerling{number}@x.example")
        if number == 4:
            assert numbers(engine, "by-school", now) == {"Vijf Bruggen Lyceum": 5}
    assert numbers(engine, "by-school", now) == {"Vijf Bruggen Lyceum": 5}
    [asked] = table(engine, "by-school", now).desk
    with reading(engine) as session:
        behind = Behind.read(dict(asked)["desk_behind"])
        assert len(queue.desk(by(session, AUDITOR, now, settings), Filters(behind=behind)).rows) == 5


def test_a_complaint_is_counted_by_where_and_only_the_desk_reads_it(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    with transaction(engine) as session:
        handling.note_complaint(by(session, AGENT, now, settings), seen(case), "Duurt te lang.", about="authority")
    with transaction(engine) as session, pytest.raises(InvalidInputError):
        handling.note_complaint(by(session, AGENT, now, settings), seen(cases.fresh(engine, case)), "x", about="elders")
    assert numbers(engine, "again", now) == {"Klacht: Bij de Autoriteit Persoonsgegevens": 1}
    with reading(engine) as session:
        theirs = case_view(by(session, requester(case.id), now, settings), case.id)
    assert "Duurt te lang." not in repr(theirs)
    assert "complained" not in [event.kind for event in theirs.events]


def test_recipients_answers_and_who_took_them_are_counted(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.in_progress(engine, settings, now)
    case = cases.decide(engine, case, now)
    case = cases.give(engine, settings, case, now)
    case = cases.close(engine, settings, case, now)
    assert numbers(engine, "taken", now) == {"Antwoord met bestanden gegeven": 1}
    with transaction(engine) as session:
        me = by(session, requester(case.id), now, settings)
        file = case_view(me, case.id).files[0]
    for _ in range(2):
        with transaction(engine) as session:
            download(by(session, requester(case.id), now, settings), file.id)
    assert numbers(engine, "taken", now) == {"Antwoord met bestanden gegeven": 1, "Bestand bij het antwoord opgehaald": 1}


def test_what_is_due_for_removal_and_what_was_removed(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.decide(engine, cases.in_progress(engine, settings, now), now)
    cases.close(engine, settings, case, now)
    later = now + timedelta(days=750)
    due = {"Bestanden van het antwoord": 1, "Gegevens van oude verzoeken": 1}
    assert numbers(engine, "removals-due", later) == due
    with reading(engine) as session:
        wanted = retention.due(by(session, SYSTEM, later, settings))
    assert len(wanted) == sum(due.values())
    for each in wanted:
        with transaction(engine) as session:
            assert retention.purge(by(session, SYSTEM, later, settings), each)
    assert numbers(engine, "removals-due", later) == {}
    assert numbers(engine, "removed", later) == due
    with reading(engine) as session:
        assert recount.differences(by(session, SYSTEM, later)) == []


class TestSchools:
    @pytest.fixture(autouse=True)
    def _known_people(self, school_portal: Portal) -> None:
        with transaction(school_portal.engine) as session:
            for actor in (LYCEUM, BOARD):
                session.add(Person(id=actor.id, issuer="i", subject=actor.id, name=actor.name, created_at=NOW))

    def take(self, portal: Portal, version_id: str, via: Via = Via.PDF, now: datetime = NOW) -> None:
        with portal.act(LYCEUM, now) as act:
            take_document(act, version_id, via=via)

    def an_annex(self, portal: Portal) -> str:
        with reading(portal.engine) as session:
            act = by(session, LYCEUM, NOW, portal.settings)
            found = annexes(act, day=local_day(NOW), language=Language.NL)
        return next(row.in_force.id for product in found.products for row in product.annexes if row.in_force)

    def test_taking_counts_and_looking_doesnt(self, school_portal: Portal) -> None:
        version = self.an_annex(school_portal)
        self.take(school_portal, version, Via.VIEW)
        assert numbers(school_portal.engine, "downloads", NOW) == {}
        self.take(school_portal, version)
        self.take(school_portal, version)
        assert list(numbers(school_portal.engine, "downloads", NOW).values()) == [2]

    def test_a_school_that_took_an_older_version_last_is_counted_until_it_takes_the_newer(self, school_portal: Portal) -> None:
        version, today = self.an_annex(school_portal), local_day(NOW)
        self.take(school_portal, version)
        assert numbers(school_portal.engine, "on-older", NOW) == {}
        with transaction(school_portal.engine) as session:
            old = session.get_one(DocumentVersion, version)
            values = old.model_dump() | {"id": "newer", "version": "9.9", "valid_from": today, "approved_by": None}
            session.add(DocumentVersion(**values | {"drafted_by": None}))
        assert list(numbers(school_portal.engine, "on-older", NOW).values()) == [1]
        self.take(school_portal, "newer", now=NOW + timedelta(minutes=1))
        assert numbers(school_portal.engine, "on-older", NOW) == {}

    def test_boards_with_a_licence_count_by_their_agreement(self, school_portal: Portal) -> None:
        before = numbers(school_portal.engine, "signing", NOW)
        boards = sum(int(str(each)) for each in before.values())
        with transaction(school_portal.engine) as session:
            session.exec(update(BoardAgreement).values(dvo_status=DvoStatus.REFUSED))
        after = numbers(school_portal.engine, "signing", NOW)
        assert boards == sum(int(str(each)) for each in after.values()) > 0
        assert after != before

    def test_objections_count_by_what_was_answered(self, school_portal: Portal) -> None:
        with transaction(school_portal.engine) as session:
            act = by(session, SYSTEM, NOW, school_portal.settings)
            told = [notices.tell_board(act, *each) for each in notices.due(act)]
        assert told
        with transaction(school_portal.engine) as session:
            notice = session.exec(select(SubprocessorNotice.id)).one()
            typed = NewObjection("Te ver weg.", "fg@bruggen.example", on_behalf=True, language=Language.NL)
            notices.object_to(by(session, LYCEUM, NOW, school_portal.settings), Seen(notice), typed)
        assert numbers(school_portal.engine, "objections", NOW) == {"Nog niet beantwoord": 1}
