from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from dashboard import jobs
from dashboard.clock import utc_now
from dashboard.data_requests.case.model import CaseFile
from dashboard.db import reading
from dashboard.errors import DamagedFileError
from dashboard.files import FileStore, digest
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests import cases


def test_bytes_come_back_by_their_digest_and_the_same_bytes_are_stored_once(files: FileStore, tmp_path: Path) -> None:
    assert files.put(b"inhoud") == files.put(b"inhoud") == digest(b"inhoud")
    assert files.get(digest(b"inhoud")) == b"inhoud"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_changed_or_missing_bytes_are_never_handed_out(files: FileStore, tmp_path: Path) -> None:
    sha256 = files.put(b"inhoud")
    stored = next(path for path in tmp_path.rglob("*") if path.is_file())
    stored.write_bytes(b"inhouD")
    with pytest.raises(DamagedFileError):
        files.get(sha256)
    stored.unlink()
    with pytest.raises(DamagedFileError):
        files.get(sha256)


def test_the_store_checks_itself(files: FileStore) -> None:
    files.check()


def test_what_an_undone_action_wrote_goes_and_what_a_kept_one_removed_goes_then(school_portal: Portal) -> None:
    portal = school_portal
    with pytest.raises(RuntimeError), portal.act(SYSTEM) as act:
        undone = act.files.put(b"undone", unique=True)
        raise RuntimeError
    with pytest.raises(DamagedFileError):
        portal.files.get(undone)
    kept = portal.files.put(b"kept")
    with pytest.raises(RuntimeError), portal.act(SYSTEM) as act:
        act.files.delete(kept)
        raise RuntimeError
    assert portal.files.get(kept) == b"kept"
    with portal.act(SYSTEM) as act:
        act.files.delete(kept)
        assert portal.files.get(kept) == b"kept"
    with pytest.raises(DamagedFileError):
        portal.files.get(kept)


def test_bytes_that_no_row_names_are_swept_after_a_day_and_no_others(engine: Engine, settings: Settings, now: datetime) -> None:
    """A process that died between the bytes and the row left them."""
    files = FileStore.local(settings.data_dir / "files")
    case = cases.in_progress(engine, settings, now)
    cases.give(engine, settings, case, now)
    orphan = files.put(b"of nobody")
    portal = Portal(settings, engine, files)
    assert jobs.work(portal, "sweep") == []
    assert jobs.work(portal, "sweep", lambda: utc_now() + timedelta(days=2)) == [(orphan, 1)]
    with pytest.raises(DamagedFileError):
        files.get(orphan)
    with reading(engine) as session:
        (row,) = session.exec(select(CaseFile)).all()
    assert files.get(row.sha256)
