"""The first commands of an operator, in an empty folder."""

import subprocess
from importlib.metadata import version
from pathlib import Path

from dotenv import dotenv_values

from dashboard.content import DATA, OWN
from dashboard.settings import SECRETS, SHORTEST_SECRET
from tests import commands
from tests.conftest import ROOT


def typed(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line with this folder as the place where it was typed, and nothing but what is in it."""
    return commands.typed(folder, arguments, {**commands.BARE, "PYTHONPATH": str(ROOT)})


def test_the_publishers_own_is_copied_once_and_what_was_changed_stays(tmp_path: Path) -> None:
    assert typed(tmp_path, "content", "own").returncode == 0
    assert sorted(each.name for each in (tmp_path / "own").iterdir()) == sorted(OWN)
    assert (tmp_path / "own" / "statement" / "versions.toml").read_bytes() == (DATA / "statement" / "versions.toml").read_bytes()
    (tmp_path / "own" / "organisation.toml").write_text("changed", "utf-8")
    again = typed(tmp_path, "content", "own")
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert (tmp_path / "own" / "organisation.toml").read_text("utf-8") == "changed"


def test_fresh_secrets_are_what_production_asks_for_and_others_each_time(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text(typed(tmp_path, "new-secrets").stdout, "utf-8")
    first = dotenv_values(env)
    assert list(first) == [f"BIJSLUITER_{name}" for name in SECRETS]
    assert all(value and len(value) >= SHORTEST_SECRET for value in first.values())
    env.write_text(typed(tmp_path, "new-secrets").stdout, "utf-8")
    assert not set(first.values()) & set(dotenv_values(env).values())


def test_secrets_that_are_there_stay_and_only_what_is_missing_is_added(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("BIJSLUITER_PEPPER=kept\nBIJSLUITER_PORT=9000", "utf-8")
    assert "3 secrets added" in typed(tmp_path, "new-secrets", ".env").stdout
    first = env.read_text("utf-8")
    assert dotenv_values(env)["BIJSLUITER_PEPPER"] == "kept"
    assert dotenv_values(env)["BIJSLUITER_PORT"] == "9000"
    assert "0 secrets added" in typed(tmp_path, "new-secrets", ".env").stdout
    assert env.read_text("utf-8") == first
    typed(tmp_path, "new-secrets", "other.env")
    assert (tmp_path / "other.env").stat().st_mode & 0o077 == 0


def test_the_release_is_told(tmp_path: Path) -> None:
    assert typed(tmp_path, "--version").stdout.strip() == version("bijsluiter")
    assert "Usage" in typed(tmp_path, "--help").stdout


def test_folders_in_the_settings_are_where_the_command_was_typed(tmp_path: Path) -> None:
    """Serving goes to another folder: the database and the publisher's own stay here, and so does the file with settings."""
    typed(tmp_path, "content", "own")
    own = tmp_path / "own" / "organisation.toml"
    own.write_text(own.read_text("utf-8").replace("privacy@instruct.example", "privacy@uitgever.test"), "utf-8")
    lines = typed(tmp_path, "new-secrets").stdout + "BIJSLUITER_CONTENT_DIR=own\nBIJSLUITER_DATABASE_URL=sqlite:///here/mine.db\n"
    (tmp_path / ".env").write_text(lines, "utf-8")
    (tmp_path / ".env").chmod(0o644)
    assert typed(tmp_path, "migrate").returncode == 0
    assert (tmp_path / "here" / "mine.db").exists()
    # It gets as far as the port, which nobody may have.
    (tmp_path / ".env").write_text(lines + "BIJSLUITER_PORT=1\nBIJSLUITER_HOST=192.0.2.1\n", "utf-8")
    served = typed(tmp_path, "serve")
    assert "192.0.2.1" in served.stderr
    assert "newest migration" not in served.stderr
    assert ".env can be read by other accounts" in typed(tmp_path, "check").stderr
