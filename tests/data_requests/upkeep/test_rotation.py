"""Secrets are changed while people work and old requests go: what each did stands, whoever came first."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard import vault
from dashboard.data_requests.case.desk_model import SearchWord
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.desk import queue
from dashboard.data_requests.desk.rows import Filters
from dashboard.data_requests.outgoing.case_files import content_of
from dashboard.data_requests.requester import repeats
from dashboard.data_requests.upkeep import retention, rotation
from dashboard.data_requests.upkeep.retention import Purge
from dashboard.db import reading, transaction
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.sealing import key_from, seal
from dashboard.settings import Settings
from dashboard.vault import DataKey
from tests import cases
from tests.acts import by
from tests.people import AGENT, request

NEW = "n" * 40
Changing = Callable[[], None]


@pytest.fixture
def new_secret(engine: Engine, settings: Settings) -> Iterator[Changing]:
    """From when it is called on, there is another secret; that of before still opens. The database is others' afterwards."""
    yield lambda: attached(engine, NEW, *settings.file_secrets)
    attached(engine, *settings.file_secrets)


def attached(engine: Engine, *secrets: str) -> None:
    vault.attach(engine, secrets)


def rotated(engine: Engine, settings: Settings, now: datetime) -> int:
    """All of it, as the command does."""
    done = 0
    while True:
        with transaction(engine) as session:
            piece = rotation.rotate_keys(by(session, SYSTEM, now, settings))
        if not piece:
            return done
        done += piece


def held_for_a_moment(beside: Future[int]) -> None:
    """What began beside our transaction gets as far as it can before that ends."""
    with suppress(TimeoutError):
        beside.result(timeout=0.7)


def answered(engine: Engine, settings: Settings, now: datetime) -> Case:
    case = cases.in_progress(engine, settings, now)
    cases.decide(engine, case, now)
    return cases.close(engine, settings, case, now)


def found(engine: Engine, settings: Settings, now: datetime, typed: str) -> set[str]:
    with reading(engine) as session:
        return {row.id for row in queue.desk(by(session, AGENT, now, settings), Filters(search=typed)).rows}


def test_a_new_address_is_what_the_request_is_found_by_whenever_the_keys_changed(
    engine: Engine, settings: Settings, now: datetime, new_secret: Changing
) -> None:
    case = cases.received(engine, settings, now, request(email="oud@aanvrager.example"))
    other = cases.received(engine, settings, now, request(email="ander@aanvrager.example"))
    new_secret()
    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as session:
            act = by(session, VISITOR, now, settings)
            repeats.change_address(act, session.get_one(Case, case.id), "nieuw@aanvrager.example")
            session.flush()
            beside = pool.submit(rotated, engine, settings, now)
            held_for_a_moment(beside)
        # Those two and what belongs to the portal.
        assert beside.result(timeout=20) >= 2
    assert found(engine, settings, now, "nieuw") == {case.id}
    assert found(engine, settings, now, "oud") == set()
    assert found(engine, settings, now, "ander") == {other.id}
    with reading(engine) as session:
        assert rotation.how_many(by(session, SYSTEM, now, settings)) == 0


def test_of_what_is_purged_while_the_keys_change_nothing_is_left(
    engine: Engine, settings: Settings, now: datetime, new_secret: Changing
) -> None:
    case = answered(engine, settings, now)
    new_secret()
    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as session:
            assert retention.purge(by(session, SYSTEM, now, settings), Purge("correspondence", case.id))
            beside = pool.submit(rotated, engine, settings, now)
            held_for_a_moment(beside)
        beside.result(timeout=20)
    with reading(engine) as session:
        assert session.exec(select(SearchWord).where(SearchWord.case_id == case.id)).all() == []
        assert session.get(DataKey, case.id) is None


def test_a_purge_that_comes_while_a_request_gets_its_new_key_takes_all_of_it(
    engine: Engine, settings: Settings, now: datetime, new_secret: Changing
) -> None:
    case = answered(engine, settings, now)
    new_secret()

    def purge() -> int:
        with transaction(engine) as session:
            return retention.purge(by(session, SYSTEM, now, settings), Purge("correspondence", case.id))

    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as session:
            assert rotation.rotate_keys(by(session, SYSTEM, now, settings))
            beside = pool.submit(purge)
            held_for_a_moment(beside)
        assert beside.result(timeout=20)
    with reading(engine) as session:
        assert session.exec(select(SearchWord).where(SearchWord.case_id == case.id)).all() == []
        assert session.get(DataKey, case.id) is None


def test_a_file_that_is_purged_while_it_gets_a_key_of_its_own_is_gone(engine: Engine, settings: Settings, now: datetime) -> None:
    case = answered(engine, settings, now)
    with transaction(engine) as session:
        act = by(session, SYSTEM, now, settings)
        row = session.exec(select(CaseFile).where(CaseFile.case_id == case.id)).one()
        secret = settings.file_secret.get_secret_value()
        row.sha256 = act.files.put(seal(content_of(act, row), key_from(secret, "case files"), row.id))
        row.own_key = False
        file_id = row.id

    def purge() -> int:
        with transaction(engine) as session:
            return retention.purge(by(session, SYSTEM, now, settings), Purge("answer", case.id, file_id))

    stored: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as session:
            act = by(session, SYSTEM, now, settings)
            rotation.give_key(act, file_id)
            stored.append(session.get_one(CaseFile, file_id).sha256)
            beside = pool.submit(purge)
            held_for_a_moment(beside)
        assert beside.result(timeout=20)
    with reading(engine) as session:
        act = by(session, SYSTEM, now, settings)
        assert session.get_one(CaseFile, file_id).deleted_at
        assert session.get(DataKey, file_id) is None
        # Not what it lay under before, nor what it was put under beside us.
        assert {each for some in act.files.all() for each in some}.isdisjoint(stored)
