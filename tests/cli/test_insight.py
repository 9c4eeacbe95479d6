"""The counts by day from the command line: verified, altered by hand and mended; made for a database of before."""

from pathlib import Path

from sqlalchemy import text

from dashboard import migrate
from tests.cli.test_checks import SECRETS
from tests.commands import run_cli
from tests.engines import opened

RECEIVED = "fact = 'received' AND asked_right = ''"


def test_counts_are_verified_altered_named_and_mended(tmp_path: Path) -> None:
    given = {**SECRETS, "BIJSLUITER_DATA_DIR": str(tmp_path)}
    assert run_cli("migrate", **given).returncode == 0
    assert run_cli("seed", "--really", "--requests", "300", **given).returncode == 0
    fine = run_cli("insight", "verify", **given)
    assert (fine.returncode, fine.stdout) == (0, "0 differences\n")
    engine = opened(f"sqlite:///{tmp_path / 'bijsluiter.db'}")
    with engine.begin() as connection:
        row = connection.execute(
            text("SELECT day, role, cases FROM fact_day WHERE fact = 'received' AND asked_right = ''")
        ).first()
        assert row
        connection.execute(
            text(f"UPDATE fact_day SET cases = cases + 3 WHERE {RECEIVED} AND day = :day AND role = :role"),  # noqa: S608
            {"day": row[0], "role": row[1]},
        )
    wrong = run_cli("insight", "verify", **given)
    assert wrong.returncode == 1
    assert f"received on {row[0]} (all rights {row[1]} form, value 0): kept {row[2] + 3}, counted {row[2]}" in wrong.stdout
    assert "1 differences" in wrong.stdout
    assert "1 counts mended" in run_cli("insight", "rebuild", **given).stdout
    assert run_cli("insight", "verify", **given).returncode == 0


def test_a_database_of_an_earlier_release_gets_its_counts_with_the_migration(tmp_path: Path) -> None:
    given = {**SECRETS, "BIJSLUITER_DATA_DIR": str(tmp_path)}
    run_cli("migrate", **given)
    run_cli("seed", "--really", "--requests", "50", **given)
    engine = opened(f"sqlite:///{tmp_path / 'bijsluiter.db'}", SECRETS["BIJSLUITER_FILE_SECRET"])
    migrate.downgrade(engine, "0009")
    assert "counts made from the event log" in run_cli("migrate", **given).stdout
    assert run_cli("insight", "verify", **given).stdout == "0 differences\n"
