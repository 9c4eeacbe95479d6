import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, inspect, text, update
from sqlmodel import col

from dashboard import migrate, vault
from dashboard.accounts.finding import find_places
from dashboard.accounts.model import Location, School
from dashboard.accounts.terms import Sector
from dashboard.act import Seen
from dashboard.data_requests.case.desk_model import WaitingAnswer
from dashboard.data_requests.case.lifecycle import Status
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.requester import entering, following
from dashboard.data_requests.upkeep import recount
from dashboard.db import put, reading, transaction
from dashboard.demo import seed
from dashboard.errors import LinkExpiredError
from dashboard.permissions import SYSTEM, VISITOR
from dashboard.settings import Settings
from dashboard.tables import metadata
from tests import cases
from tests.acts import by
from tests.engines import opened
from tests.people import request, requester
from tests.test_sealed import everything, found_in, lived


def test_the_newest_migration_makes_what_the_models_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_there_is_one_head_and_every_revision_goes_down(sqlite: Engine) -> None:
    with sqlite.connect() as connection:
        script = ScriptDirectory.from_config(migrate.config(connection))
        assert len(script.get_heads()) == 1
        for revision in script.walk_revisions():
            assert revision.module.downgrade.__code__.co_code


def test_every_migration_goes_up_and_down_and_up_with_rows_in_it(
    migrated_sqlite: Path, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "rows.db"
    shutil.copy(migrated_sqlite, path)
    engine = opened(f"sqlite:///{path}")
    cases.in_progress(engine, settings, now)
    _down_and_up(engine)
    engine.dispose()


def test_postgresql_goes_up_and_down_too(clean_postgres: Engine, settings: Settings, now: datetime) -> None:
    cases.in_progress(clean_postgres, settings, now)
    _down_and_up(clean_postgres)


def _down_and_up(engine: Engine) -> None:
    assert migrate.is_current(engine)
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    assert not migrate.is_current(engine)
    migrate.upgrade(engine)
    assert migrate.is_current(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM request_case")).scalar() == 0


def test_two_databases_migrated_by_one_process_at_once_are_both_whole(tmp_path: Path) -> None:
    engines = [opened(f"sqlite:///{tmp_path / str(number)}.db") for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate.upgrade, engines))
    assert [migrate.is_current(engine) for engine in engines] == [True] * 3
    for engine in engines:
        engine.dispose()


def test_migrations_that_end_badly_leave_the_database_as_it_was(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'broken.db'}")
    migrate.upgrade(engine, "0001")
    _first_release_rows(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("UPDATE case_event SET case_id = 'nobody'")
    with pytest.raises(RuntimeError, match="case_event"):
        migrate.upgrade(engine)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "0001"
        assert "sign_in_start" not in inspect(connection).get_table_names()
    engine.dispose()


@pytest.mark.parametrize("table", ["request_case", "outgoing_mail", "audit", "login_session"])
def test_the_tables_are_there(sqlite: Engine, table: str) -> None:
    assert table in inspect(sqlite).get_table_names()


def test_a_database_of_the_first_release_keeps_its_cases_through_the_second(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'first.db'}")
    migrate.upgrade(engine, "0001")
    _first_release_rows(engine)
    migrate.upgrade(engine, "0002")
    _check_kept(engine)
    migrate.downgrade(engine, "0001")
    migrate.upgrade(engine)
    _check_kept(engine, hidden=True)
    engine.dispose()


def test_postgresql_keeps_them_too(postgres: Engine) -> None:
    migrate.downgrade(postgres, "base")
    migrate.upgrade(postgres, "0001")
    _first_release_rows(postgres)
    migrate.upgrade(postgres, "0002")
    _check_kept(postgres)
    migrate.downgrade(postgres, "0001")
    migrate.upgrade(postgres)
    _check_kept(postgres, hidden=True)


def test_schools_agreements_and_documents_of_the_second_release_survive_the_third(tmp_path: Path) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'second.db'}")
    _check_third(engine)
    engine.dispose()


def test_postgresql_keeps_the_schools_too(postgres: Engine) -> None:
    migrate.downgrade(postgres, "base")
    _check_third(postgres)
    migrate.downgrade(postgres, "base")
    migrate.upgrade(postgres)


def test_the_day_of_an_answer_is_found_again_in_what_happened(engine: Engine, settings: Settings, now: datetime) -> None:
    """One that we answered, one reopened since, one at a school that asked: down and up again."""
    answered, reopened = (cases.in_progress(engine, settings, now, request(email=f"{who}@x.example")) for who in ("a", "b"))
    for case in (answered, reopened):
        cases.decide(engine, case, now)
        cases.close(engine, settings, case, now)
    with transaction(engine) as session:
        following.reopen(by(session, requester(reopened.id), now, settings), Seen(reopened.id), "Niet goed.")
    at_school = cases.handed(engine, settings, now)
    with transaction(engine) as session:
        session.exec(update(Case).where(col(Case.id) == at_school.id).values(status=Status.SCHOOL_ASKED))
    before = {case.id: cases.fresh(engine, case).answered_at for case in (answered, reopened, at_school)}
    assert list(before.values()) == [now, now, None]
    _files_of_before(engine)
    migrate.downgrade(engine, "0004")
    migrate.upgrade(engine)
    assert {case.id: cases.fresh(engine, case).answered_at for case in (answered, reopened, at_school)} == before
    assert cases.fresh(engine, at_school).status is Status.HANDED_TO_SCHOOL


def test_a_request_of_before_is_found_by_every_part_of_its_name(engine: Engine, settings: Settings, now: datetime) -> None:
    case = cases.received(engine, settings, now, request(name="Anne-Marie d'Angelo-Łoś"))
    by_now = _words_of(engine)
    migrate.downgrade(engine, "0004")
    migrate.upgrade(engine, "0014")
    assert {"marie", "los", "aanvrager.example"} <= _words_of(engine)
    migrate.upgrade(engine)
    assert _words_of(engine) == by_now
    assert cases.fresh(engine, case).name == "Anne-Marie d'Angelo-Łoś"


def test_schools_of_before_are_found_by_their_names_and_an_answer_on_its_way_is_not_dropped(
    engine: Engine, settings: Settings, now: datetime
) -> None:
    with transaction(engine) as session:
        session.add(School(brin="70BA", name="Sint-Jozefschool", sector=Sector.PO))
        session.flush()
        session.add(Location(code="70BA01", brin="70BA", name="Dépendance Zuid", town="Polderveen"))
    migrate.downgrade(engine, "0019")
    migrate.upgrade(engine)
    with reading(engine) as session:
        location = session.get_one(Location, "70BA01")
        assert (location.name, location.town) == ("Dépendance Zuid", "")
        for typed in ("jozef", "dependance", "70ba"):
            assert [place.code for place in find_places(by(session, VISITOR), typed).places] == ["70BA01"], typed
    case = cases.received(engine, settings, now)
    row = WaitingAnswer(case_id=case.id, version=1, letter="Beste", by_id="x", by_role="desk_agent", send_at=now)
    with transaction(engine) as session:
        put(session, row)
    with pytest.raises(RuntimeError, match="an answer is on its way"):
        migrate.downgrade(engine, "0019")
    assert migrate.is_current(engine)


def _words_of(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT word FROM search_word")).scalars())


def test_what_lay_open_is_sealed_and_opened_again_on_the_way_back(engine: Engine, settings: Settings, now: datetime) -> None:
    """All of it, in every table, and for requests that were removed too."""
    there = lived(engine, settings, now)
    before = {case.id: {name: getattr(case, name) for name in ("name", "email", "born_on", "postal_address")} for case in there}
    words, links = _words_of(engine), _known_as(engine)
    with pytest.raises(RuntimeError, match="3 files lie under keys of their own"):
        migrate.downgrade(engine, "0014")
    assert migrate.is_current(engine)
    _files_of_before(engine)
    migrate.downgrade(engine, "0014")
    open_now = _contents(engine)
    assert "\x02" not in repr(open_now)
    assert {"xanthippe", "wolkenkuif.example"} <= _words_of(engine)
    migrate.upgrade(engine)
    assert _words_of(engine) == words
    assert _known_as(engine) == links
    for case_id, values in before.items():
        with reading(engine) as session:
            again = session.get_one(Case, case_id)
            assert {name: getattr(again, name) for name in values} == values
    assert found_in(everything(engine, settings.data_dir)) == []
    migrate.downgrade(engine, "0014")
    assert _contents(engine) == open_now
    migrate.upgrade(engine)


def _files_of_before(engine: Engine) -> None:
    """As if they had come before each had a key of its own."""
    with transaction(engine) as session:
        session.exec(update(CaseFile).values(own_key=False))


SEALED = {
    "request_case": "name, email, school_name, explanation, subject_name, postal_address, born_on",
    "case_right": "reason, evidence, wrong_field, right_value",
    "case_event": "fields",
    "case_message": "body",
    "case_file": "name",
    "mailed_link": "new_email, known_as",
    "school_key": "contact_name, contact_email",
    "case_recipient": "reason",
    "identity_doubt": "reason",
    "outgoing_mail": "recipient, subject, body, unsubscribe_url",
}


def _contents(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {
            table: sorted(repr(row) for row in connection.execute(text(f"SELECT {names} FROM {table}")))  # noqa: S608
            for table, names in SEALED.items()
        }


def _known_as(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.execute(text("SELECT known_as FROM mailed_link")).scalars())


def test_a_ticket_of_a_code_proves_no_address_after_a_way_back(engine: Engine, settings: Settings, now: datetime) -> None:
    receipt = cases.submit(engine, settings, now)
    with transaction(engine) as session:
        found = entering.try_code(by(session, VISITOR, now, settings), receipt.reference, receipt.code, address="a")
    migrate.downgrade(engine, "0003")
    migrate.upgrade(engine)
    with pytest.raises(LinkExpiredError):
        cases.open_link(engine, settings, found.ticket, now)
    assert cases.case_of(engine, receipt).status is Status.UNVERIFIED


def _check_third(engine: Engine) -> None:
    migrate.upgrade(engine, "0002")
    with engine.begin() as connection:
        for statement in SECOND_RELEASE:
            connection.execute(text(statement))
    for _ in range(2):
        migrate.upgrade(engine)
        with engine.connect() as connection:
            boards = connection.execute(
                text("SELECT number, merged_into, merged_on, own_covenant FROM board ORDER BY number")
            ).all()
            assert [(row[0], row[1], str(row[2]), bool(row[3])) for row in boards] == [
                ("90101", None, "None", True),
                ("90106", "90101", "2025-03-05", False),
            ]
            councils = connection.execute(text("SELECT board_number, council FROM council_membership")).all()
            assert [tuple(row) for row in councils] == [("90106", "unknown")]
            agreement = connection.execute(
                text("SELECT board_number, model_version, signed_on, dvo_status FROM board_agreement")
            ).one()
            assert (agreement[0], agreement[1], str(agreement[2]), agreement[3]) == ("90101", "4.0", "2024-05-01", "outside")
            version = connection.execute(text("SELECT version, state, edition, approved_at, content FROM document_version")).one()
            assert tuple(version) == ("1.0", "approved", 1, None, None)
            assert connection.execute(text("SELECT structure FROM document_kind WHERE key = 'annex_1'")).scalar() == "privacy"
            assert connection.execute(text("SELECT person_id, via FROM document_download")).one() == ("p1", "pdf")
        migrate.downgrade(engine, "0002")
        with engine.connect() as connection:
            members = connection.execute(text("SELECT number, council_member FROM board ORDER BY number")).all()
            assert [(row[0], bool(row[1])) for row in members] == [("90101", False), ("90106", True)]
            kept = connection.execute(text("SELECT board_number, own_covenant_signature FROM board_agreement")).one()
            assert (kept[0], bool(kept[1])) == ("90101", True)


def test_every_check_is_in_the_database_once_and_says_what_the_model_says(engine: Engine) -> None:
    """Comparing with the models doesn't look at a CHECK: a migration that forgets a new value of an enum fails here."""
    for name, table in metadata.tables.items():
        found = {check["name"]: _words(check["sqltext"]) for check in inspect(engine).get_check_constraints(name)}
        wanted = {
            check.name: _words(_literal(check, engine)) for check in table.constraints if isinstance(check, CheckConstraint)
        }
        assert found == wanted, name


def _literal(check: CheckConstraint, engine: Engine) -> str:
    return str(check.sqltext.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))


def _words(condition: str) -> set[str]:
    return set(re.findall(r"'(\w+)'", condition))


def _first_release_rows(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in FIRST_RELEASE:
            connection.execute(text(statement))


def _check_kept(engine: Engine, *, hidden: bool = False) -> None:
    with engine.connect() as connection:
        case = connection.execute(
            text("SELECT status, extended, paused_days, postal_address, rights_bits FROM request_case")
        ).one()
        assert (case[0], bool(case[1]), *case[2:]) == ("in_progress", False, 0, "", 1)
        assert connection.execute(text("SELECT count(*) FROM case_event")).scalar() == 1
        assert connection.execute(text("SELECT purpose FROM case_file")).scalar() == "answer"
        assert connection.execute(text("SELECT status, due_on, handler_id, cases FROM open_load")).one()[0] == "in_progress"
        found = connection.execute(text("SELECT word FROM search_word ORDER BY word")).scalars().all()
        words = {"jose", "jose@aanvrager.example", "voorbeeld"}
        assert ({vault.of_dialect(engine.dialect).word(word) for word in words} if hidden else words) <= set(found)


FIRST_RELEASE = (
    """INSERT INTO request_case (id, reference, code_hmac, submission, status, role, subject, channel, language, name, email,
    school_name, explanation, submitted_at, received_on, due_on, verified_at, version) VALUES ('c1', 'BS-1', 'h', 's',
    'in_progress', 'customer', 'own_records', 'form', 'nl', 'José Voorbeeld', 'jose@aanvrager.example', '', 'x',
    '2026-03-05 09:30:00', '2026-03-05', '2026-04-07', '2026-03-05 10:00:00', 3)""",
    "INSERT INTO case_right (case_id, asked_right, reason) VALUES ('c1', 'access', '')",
    """INSERT INTO case_event (id, case_id, number, kind, at, actor_role, actor_id, to_status, fields) VALUES
    ('e1', 'c1', 1, 'verified', '2026-03-05 10:00:00', 'visitor', '', 'received', '{}')""",
    """INSERT INTO case_message (id, case_id, at, author, author_id, visibility, body) VALUES
    ('m1', 'c1', '2026-03-05 11:00:00', 'staff', 'p1', 'requester', 'Dag')""",
    """INSERT INTO case_file (id, case_id, name, media_type, sha256, size, at, by_id) VALUES
    ('f1', 'c1', 'a.pdf', 'application/pdf', 'abc', 3, '2026-03-05 11:00:00', 'p1')""",
    "INSERT INTO weekly_requests (monday, asked_right, requests) VALUES ('2026-03-02', 'access', 1)",
)
SECOND_RELEASE = (
    "INSERT INTO board (number, name, council_member, merged_into) VALUES ('90101', 'Bruggen', false, NULL)",
    "INSERT INTO board (number, name, council_member, merged_into) VALUES ('90106', 'Molen', true, '90101')",
    "INSERT INTO school (brin, name, sector) VALUES ('94AA', 'Wiek', 'po')",
    """INSERT INTO board_school (id, board_number, brin, valid_from, valid_to)
    VALUES ('m1', '90106', '94AA', '2010-08-01', '2025-03-04')""",
    """INSERT INTO board_agreement (board_number, model_version, signed_on, own_covenant_signature)
    VALUES ('90101', '4.0', '2024-05-01', true)""",
    "INSERT INTO product (slug, name) VALUES ('digit', 'DIGIT')",
    "INSERT INTO document_kind (key, name_nl, name_en, position, expected) VALUES ('annex_1', 'B', 'A', 1, true)",
    "INSERT INTO document (id, product_slug, kind, sector) VALUES ('d1', 'digit', 'annex_1', NULL)",
    """INSERT INTO document_version
    (id, document_id, version, model_version, state, valid_from, changes_nl, changes_en, sha256, size)
    VALUES ('v1', 'd1', '1.0', '4.0', 'approved', '2024-01-01', '', '', 'abc', 3)""",
    """INSERT INTO person (id, issuer, subject, name, created_at, staff_role, email)
    VALUES ('p1', 'i', 's', 'N', '2026-03-05 09:30:00', '', '')""",
    """INSERT INTO document_download (id, at, person_id, scope, version_id, via)
    VALUES ('dl', '2026-03-05 09:30:00', 'p1', '90AD', 'v1', 'pdf')""",
)


def test_counts_by_day_are_the_same_under_their_new_key(engine: Engine, settings: Settings, now: datetime) -> None:
    with transaction(engine) as session:
        seed.requests(by(session, SYSTEM, now, settings), 60, seed=3)

    def rows() -> list[tuple[object, ...]]:
        with engine.connect() as connection:
            columns = "fact, day, asked_right, role, channel, detail, value, cases"
            return sorted(map(tuple, connection.execute(text(f"SELECT {columns} FROM fact_day"))))  # noqa: S608  our own names

    before = rows()
    assert before
    migrate.downgrade(engine, "0010")
    assert rows() == before
    migrate.upgrade(engine)
    assert rows() == before
    with transaction(engine) as session:
        assert recount.differences(by(session, SYSTEM, now, settings)) == []
