"""`bijsluiter verify`, as a school runs it: with the public key alone, without any setting of the portal."""

import os
import subprocess
from pathlib import Path

import pytest

from dashboard.accounts.model import Person
from dashboard.clock import local_day
from dashboard.db import transaction
from dashboard.evidence import service
from dashboard.evidence.signing import public_key
from dashboard.i18n import Language
from dashboard.portal import Portal
from tests.acts import NOW, by
from tests.commands import typed
from tests.conftest import ROOT
from tests.people import OTHER_SCHOOL


@pytest.fixture
def taken(school_portal: Portal, tmp_path: Path) -> Path:
    with transaction(school_portal.engine) as session:
        session.add(Person(id=OTHER_SCHOOL.id, issuer="i", subject="s", name="K", created_at=NOW))
        session.flush()
        made = service.gather(by(session, OTHER_SCHOOL, NOW, school_portal.settings), day=local_day(NOW), language=Language.NL)
    path = tmp_path / made.name
    path.write_bytes(b"".join(service.stream(made, school_portal.files)))
    return path


def verify(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    # No BIJSLUITER_ variable: production refuses to start like this, and checking needs nothing of it.
    bare = {name: value for name, value in os.environ.items() if not name.startswith("BIJSLUITER_")}
    return typed(ROOT, ("verify", str(path), *more), bare)


def test_evidence_that_is_as_it_was_made_is_said_to_be(taken: Path, school_portal: Portal) -> None:
    done = verify(taken, "--key", public_key(school_portal.settings))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "as it was made: 4 documents for 90BA (Basisschool Eenhoorn) on 2026-03-05\n"


def test_a_changed_byte_is_named_with_its_file_and_the_exit_code_tells(taken: Path, school_portal: Portal) -> None:
    content = bytearray(taken.read_bytes())
    place = content.index(b"muisstap_annex-1_2.1.pdf") + 2_000
    content[place] ^= 1
    taken.write_bytes(content)
    done = verify(taken, "--key", public_key(school_portal.settings))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "changed: This file was changed: muisstap_annex-1_2.1.pdf\n"


def test_another_publishers_key_doesnt_hold(taken: Path) -> None:
    done = verify(taken, "--key", "A" * 43 + "=")
    assert (done.returncode, done.stderr) == (1, "unknown_key: Signed with a key that isn't ours: manifest.sig\n")


def test_without_a_key_and_without_settings_it_says_what_is_missing(taken: Path) -> None:
    done = verify(taken)
    assert done.returncode == 2
    assert done.stderr.startswith("bijsluiter: BIJSLUITER_PEPPER is the default")
    assert "Traceback" not in done.stderr
