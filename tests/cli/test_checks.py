"""What an operator is told: a sentence a line with the variable's name, before anybody notices something else."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, text

from dashboard import content, migrate
from dashboard.backups import new_key
from tests import cases
from tests.acts import NOW
from tests.commands import run_cli
from tests.conftest import ROOT
from tests.engines import opened
from tests.mail.test_smtp import Server, a_free_port
from tests.web import provider

SECRETS = {f"BIJSLUITER_{name}": name[0] * 40 for name in ("PEPPER", "COOKIE_SECRET", "FILE_SECRET", "SIGNING_SECRET")}
SCHOOLS = {"name": "entree", "label": "Entree", "kind": "entree", "metadata_url": "", "client_id": "x", "client_secret": "x"}


def own_content(folder: Path, email: str = "privacy@uitgever.test") -> Path:
    """The publisher's own folder, with another address than the demo's."""
    folder.mkdir()
    organisation = (content.DATA / "organisation.toml").read_text("utf-8").replace("privacy@instruct.example", email)
    (folder / "organisation.toml").write_text(organisation, "utf-8")
    (folder / "data_map.toml").write_text((content.DATA / "data_map.toml").read_text("utf-8"), "utf-8")
    (folder / "statement").mkdir()
    for each in (content.DATA / "statement").iterdir():
        (folder / "statement" / each.name).write_text(each.read_text("utf-8"), "utf-8")
    return folder


@contextmanager
def mail_server() -> Iterator[int]:
    server = Controller(Server(), hostname="127.0.0.1", port=a_free_port())
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@pytest.fixture
def well(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment with which nothing is misconfigured, on a migrated database."""
    with provider.running() as idp, mail_server() as port:
        about = f"{idp.url}/.well-known/openid-configuration"
        providers = [{**SCHOOLS, "metadata_url": about}, {**SCHOOLS, "name": "staff", "kind": "publisher", "metadata_url": about}]
        made = {
            **SECRETS,
            "BIJSLUITER_DATA_DIR": str(tmp_path / "data"),
            "BIJSLUITER_CONTENT_DIR": str(own_content(tmp_path / "content")),
            "BIJSLUITER_PROVIDERS": json.dumps(providers),
            "BIJSLUITER_STAFF_ROLES": '{"admins": "administrator"}',
            "BIJSLUITER_SMTP_PORT": str(port),
            "BIJSLUITER_MAIL_FROM": "privacy@uitgever.test",
            "BIJSLUITER_LEDGER_DIR": str(tmp_path / "elsewhere"),
            "BIJSLUITER_BACKUP_KEY": new_key()[1],
        }
        migrated = tmp_path_factory.getbasetemp() / "migrated"
        if not migrated.exists():
            assert run_cli("migrate", **{**made, "BIJSLUITER_DATA_DIR": str(migrated)}).returncode == 0
        shutil.copytree(migrated, tmp_path / "data")
        yield made


def said(environment: dict[str, str], **changes: str) -> list[str]:
    ended = run_cli("check", **{**environment, **changes})
    assert "Traceback" not in ended.stderr
    assert ended.returncode == (2 if ended.stderr else 0), ended.stderr
    return ended.stderr.splitlines()


def test_when_all_is_well_check_says_so(well: dict[str, str]) -> None:
    assert said(well) == []
    assert "nothing is misconfigured" in run_cli("check", **well).stdout


ONE_PROVIDER = json.dumps([{"name": "entree", "label": "x", "kind": "entree", "client_id": "x", "client_secret": "x"}])
TWICE = json.dumps([{**SCHOOLS, "metadata_url": "http://127.0.0.1:1"}] * 2)
WRONG = [
    ("BIJSLUITER_PROVIDERS", "[{not json", "BIJSLUITER_PROVIDERS is not JSON"),
    ("BIJSLUITER_STAFF_ROLES", "admins=administrator", "BIJSLUITER_STAFF_ROLES is not JSON"),
    ("BIJSLUITER_PROVIDERS", ONE_PROVIDER, "BIJSLUITER_PROVIDERS[0].metadata_url: Field required"),
    ("BIJSLUITER_PROVIDERS", TWICE, "has two with the name entree"),
    ("BIJSLUITER_PROVIDERS", "[]", "no identity provider is configured for staff"),
    ("BIJSLUITER_STAFF_ROLES", '{"admins": "beheerder"}', "gives admins the role beheerder, which isn't one of"),
    ("BIJSLUITER_STAFF_ROLES", "{}", "BIJSLUITER_STAFF_ROLES is empty"),
    ("BIJSLUITER_STAFF_ROLES", '{"a": "editor"}', "makes nobody administrator"),
    ("BIJSLUITER_SMPT_HOST", "mail.test", "BIJSLUITER_SMPT_HOST is no setting: did you mean BIJSLUITER_SMTP_HOST?"),
    ("BIJSLUITER_QQQ", "1", "BIJSLUITER_QQQ is no setting"),
    ("BIJSLUITER_PEPPER", SECRETS["BIJSLUITER_FILE_SECRET"], "are not four different secrets"),
    ("BIJSLUITER_BASE_URL", "https://uitgever.test/privacy", "without a path"),
    ("BIJSLUITER_BASE_URL", "privacy.uitgever.test", "BIJSLUITER_BASE_URL is not an address"),
    ("BIJSLUITER_BASE_URL", "https://privacy.uitgever.test", "BIJSLUITER_TRUSTED_PROXIES is empty"),
    ("BIJSLUITER_TRUSTED_PROXIES", "*", "BIJSLUITER_TRUSTED_PROXIES is *"),
    ("BIJSLUITER_MAIL_FROM", "privacy", "BIJSLUITER_MAIL_FROM is not one address"),
    ("BIJSLUITER_PORT", "many", "BIJSLUITER_PORT: "),
    ("BIJSLUITER_SMTP_PORT", "1", "no mail server answers at 127.0.0.1:1"),
    ("BIJSLUITER_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/x", "the database can't be reached"),
    ("BIJSLUITER_CONTENT_DIR", "/nonexistent", "BIJSLUITER_CONTENT_DIR is no folder"),
    ("BIJSLUITER_CONTENT_DIR", "", "organisation.toml is still the demo's"),
    ("BIJSLUITER_PORT", "70000", "BIJSLUITER_PORT: "),
    ("BIJSLUITER_SESSION_IDLE_MINUTES", "0", "BIJSLUITER_SESSION_IDLE_MINUTES: "),
    ("BIJSLUITER_OUTBOX_LATE_MINUTES", "-1", "BIJSLUITER_OUTBOX_LATE_MINUTES: "),
    ("BIJSLUITER_TRUSTED_PROXIES", "127.0.0.1, nope", "BIJSLUITER_TRUSTED_PROXIES names nope, which is no network address"),
    ("BIJSLUITER_BASE_URL", "http://localhost:x", "BIJSLUITER_BASE_URL is not an address"),
    ("BIJSLUITER_MAIL_FROM", "privacy@publisher.example", "BIJSLUITER_MAIL_FROM ends in .example"),
    ("BIJSLUITER_BRIDGE_DAYS", "2026-01-01", "BIJSLUITER_BRIDGE_DAYS is no setting any more"),
    ("BIJSLUITER_PROVIDERS", '[{"name": "x",}]', "is not JSON as it should be, on one line (at sign 15"),
    ("BIJSLUITER_PROVIDERS", "{}", "BIJSLUITER_PROVIDERS: Input should be a valid list"),
    ("BIJSLUITER_PROVIDERS", json.dumps([{**SCHOOLS, "metadata_url": "https://…"}]), "provider entree doesn't answer"),
    ("BIJSLUITER_PROVIDERS", json.dumps([{**SCHOOLS, "client_id": ""}]), "BIJSLUITER_PROVIDERS[0].client_id: "),
    ("BIJSLUITER_DATABASE_URL", "garbage", "BIJSLUITER_DATABASE_URL: this is no address of a database"),
    ("BIJSLUITER_DATABASE_URL", "postgres://u@127.0.0.1/x", "BIJSLUITER_DATABASE_URL is no address of a database that we know"),
    ("BIJSLUITER_DATA_DIR", "/nonexistent/x", "there is no database at /nonexistent/x/bijsluiter.db"),
    ("BIJSLUTER_BASE_URL", "https://x.test", "BIJSLUTER_BASE_URL is no setting: did you mean BIJSLUITER_BASE_URL?"),
    ("BIJSLUITER_SMTP_STARTTLS", "true", "has no STARTTLS"),
    ("BIJSLUITER_SMTP_USER", "x", "takes no password like this"),
    ("BIJSLUITER_LEDGER_DIR", "", "BIJSLUITER_LEDGER_DIR is empty: the list of erasures lies beside the database alone"),
    ("BIJSLUITER_CLAMAV", "127.0.0.1:1", "no virus scanner answers at 127.0.0.1:1"),
    ("BIJSLUITER_BACKUP_KEY", "", "BIJSLUITER_BACKUP_KEY is empty: nothing can be backed up"),
    ("BIJSLUITER_PEPPER", "another-pepper-of-forty-characters-or-more", "BIJSLUITER_PEPPER isn't the secret of before"),
]
# What is done to the publisher's own folder, and what is said of it.
OWN_WORDS = [
    (lambda own: (own / "statement" / "2.1.nl.md").unlink(), "statement/2.1.nl.md isn't there"),
    (lambda own: (own / "statement" / "versions.toml").unlink(), "statement/: "),
    (lambda own: (own / "statement" / "versions.toml").write_text("[[versions", "utf-8"), "statement/: "),
    (lambda own: (own / "statement" / "2.0.en.md").write_text("Dear {foo}", "utf-8"), "statement/2.0.en.md: between braces"),
    (lambda own: (own / "statement" / "2.0.en.md").write_bytes(b"\xff\xfe\x00"), "statement/"),
    (lambda own: edited(own / "data_map.toml", "legal_ground", "legal_grond"), "data_map.toml: legal_ground: Field required"),
    (lambda own: edited(own / "data_map.toml", "recipients = [", 'recipients = ["nope", '), "data_map.toml: "),
    (lambda own: edited(own / "data_map.toml", "transfer_en", "transfer_eng"), "data_map.toml: transfer_en is missing"),
    (
        lambda own: edited(own / "organisation.toml", "privacy@uitgever.test", "nope"),
        "organisation.toml: email is no e-mail address",
    ),
    (
        lambda own: edited(own / "organisation.toml", "retention_years = 7", 'retention_years = "zeven"'),
        "organisation.toml: retention_years",
    ),
    (lambda own: edited(own / "organisation.toml", "town =", "twon ="), "organisation.toml: town: Field required"),
    (lambda own: edited(own / "organisation.toml", '"Instruct"', '"Instruct'), "organisation.toml: "),
    (lambda own: (own / "organisation.toml").write_bytes("name = 'Één'".encode("cp1252")), "organisation.toml: it isn't UTF-8"),
]


def edited(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("number", range(len(OWN_WORDS)))
def test_what_is_wrong_in_the_publishers_own_words_is_told_before_anybody_reads_them(well: dict[str, str], number: int) -> None:
    harm, sentence = OWN_WORDS[number]
    harm(Path(well["BIJSLUITER_CONTENT_DIR"]))
    assert any(sentence in line for line in said(well)), said(well)
    served = run_cli("serve", **well)
    assert (served.returncode, "Traceback" in served.stderr) == (2, False)
    assert sentence in served.stderr


def test_looking_makes_nothing(well: dict[str, str], tmp_path: Path) -> None:
    said(well, BIJSLUITER_DATA_DIR=str(tmp_path / "typo"))
    assert not (tmp_path / "typo").exists()


BEFORE = ("sessions", "keys", "purge", "bridge-days", "end-key x", "insight verify", "worker", "serve")


@pytest.mark.parametrize("command", BEFORE)
def test_before_the_migration_every_command_says_so(well: dict[str, str], tmp_path: Path, command: str) -> None:
    ended = run_cli(*command.split(), **{**well, "BIJSLUITER_DATA_DIR": str(tmp_path / "new")})
    assert ended.returncode == 2
    assert ended.stderr == "bijsluiter: the database isn't at the newest migration: run `bijsluiter migrate`\n"


@pytest.mark.parametrize("command", ["migrate", "check", "serve"])
def test_a_database_of_a_newer_release_is_a_sentence(well: dict[str, str], command: str) -> None:
    engine = opened(f"sqlite:///{well['BIJSLUITER_DATA_DIR']}/bijsluiter.db")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    ended = run_cli(command, **well)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "newer release" in ended.stderr


def test_after_a_restore_without_the_list_of_purges_nothing_is_called_done(well: dict[str, str]) -> None:
    ended = run_cli("replay-erasures", **well)
    assert (ended.returncode, "purges.jsonl" in ended.stderr) == (2, True)
    (Path(well["BIJSLUITER_DATA_DIR"]) / "purges.jsonl").write_text('{"rule": "x", "ca', "utf-8")
    ended = run_cli("replay-erasures", **well)
    assert (ended.returncode, "line 1" in ended.stderr, "Traceback" in ended.stderr) == (2, True, False)


def test_made_up_people_dont_come_into_production_by_chance(well: dict[str, str]) -> None:
    ended = run_cli("seed", "--requests", "1", **well)
    assert (ended.returncode, "--really" in ended.stderr) == (2, True)


def test_each_wrong_setting_is_one_sentence_that_names_it(well: dict[str, str]) -> None:
    for name, value, sentence in WRONG:
        lines = said(well, **{name: value})
        assert any(sentence in line for line in lines), (name, value, lines)
        # What stands in a variable may be a secret.
        assert not any(secret in line for line in lines for secret in SECRETS.values())


def test_a_provider_that_is_no_provider_is_named(well: dict[str, str]) -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"issuer": "x"}' if self.path == "/half" else b"<html>")

        def log_message(self, *_args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    for path, sentence in (
        ("/page", "provider entree answers something else"),
        ("/half", "doesn't say its authorization_endpoint"),
    ):
        made = [{**SCHOOLS, "metadata_url": url + path}]
        assert any(sentence in line for line in said(well, BIJSLUITER_PROVIDERS=json.dumps(made)))
    server.shutdown()
    thread.join()
    server.server_close()


def test_files_that_others_can_read_are_named_and_none_are_made_so(well: dict[str, str]) -> None:
    data = Path(well["BIJSLUITER_DATA_DIR"])
    assert data.stat().st_mode & 0o077 == 0
    assert (data / "bijsluiter.db").stat().st_mode & 0o077 == 0
    (data / "bijsluiter.db").chmod(0o644)
    assert any("bijsluiter.db can be read by other accounts" in line for line in said(well))


def test_a_secret_that_doesnt_open_what_is_stored_is_told(well: dict[str, str], tmp_path: Path) -> None:
    from dashboard.settings import Settings  # noqa: PLC0415

    engine = opened(f"sqlite:///{well['BIJSLUITER_DATA_DIR']}/bijsluiter.db", SECRETS["BIJSLUITER_FILE_SECRET"])
    given = Settings(
        _env_file=None,
        environment="production",
        data_dir=Path(well["BIJSLUITER_DATA_DIR"]),
        **{name.removeprefix("BIJSLUITER_").lower(): value for name, value in SECRETS.items()},
    )
    case = cases.in_progress(engine, given, NOW)
    cases.give(engine, given, case, NOW)
    engine.dispose()
    assert not any("FILE_SECRET" in line for line in said(well))
    other = said(well, BIJSLUITER_FILE_SECRET="z" * 40)
    assert any("BIJSLUITER_FILE_SECRET doesn't open what 2 keys seal" in line for line in other)
    assert any("BIJSLUITER_FILE_SECRET doesn't open the files" in line for line in other)
    # The same with the old one still given, and after what lay under it was put under the new.
    turned = {"BIJSLUITER_FILE_SECRET": "z" * 40, "BIJSLUITER_OLD_FILE_SECRETS": json.dumps([SECRETS["BIJSLUITER_FILE_SECRET"]])}
    assert not any("FILE_SECRET" in line for line in said(well, **turned))
    rotated = run_cli("keys", "rotate", **well | turned)
    assert "2 put under the secret of now" in rotated.stdout
    assert "nothing needs BIJSLUITER_OLD_FILE_SECRETS any more" in rotated.stdout
    assert not any("FILE_SECRET" in line for line in said(well, BIJSLUITER_FILE_SECRET="z" * 40))
    assert cases.fresh(opened(str(engine.url), "z" * 40), case).name == "Noor Voorbeeld"
    refused = run_cli("keys", "rotate", **well | {"BIJSLUITER_FILE_SECRET": "y" * 40})
    assert (refused.returncode, "isn't the secret of before" in refused.stderr) == (2, True)
    assert tmp_path


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_without_a_database_each_command_says_the_same_sentence(well: dict[str, str], command: str) -> None:
    ended = run_cli(command, **{**well, "BIJSLUITER_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/x"})
    assert ended.returncode == 2
    assert ended.stderr.startswith("bijsluiter: the database can't be reached")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("email", ["privacy@uitgever.example", "privacy@uitgever.test"])
def test_production_doesnt_start_with_words_of_the_demo(well: dict[str, str], tmp_path: Path, email: str) -> None:
    folder = own_content(tmp_path / "other", email)
    if email.endswith(".test"):
        (folder / "data_map.toml").unlink()
    ended = run_cli("serve", **{**well, "BIJSLUITER_CONTENT_DIR": str(folder)})
    assert ended.returncode == 2
    assert ("ends in .example" if email.endswith(".example") else "data_map.toml is still the demo's") in ended.stderr


def test_streamlit_run_without_settings_is_one_sentence(tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    ended = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit_app.py"), "--server.headless=true", "--server.port=0"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "make demo" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_those_that_migrate_at_once_wait_for_each_other(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """From nothing, each in a process of its own: one does it, the others find it done."""
    given = {**SECRETS, "BIJSLUITER_DATA_DIR": str(tmp_path)}
    engine: Engine = opened(f"sqlite:///{tmp_path / 'bijsluiter.db'}")
    if kind == "postgres":
        engine = request.getfixturevalue("clean_postgres")
        migrate.downgrade(engine, "base")
        given["BIJSLUITER_DATABASE_URL"] = engine.url.render_as_string(hide_password=False)
    with ThreadPoolExecutor(3) as pool:
        ended = [each.result() for each in [pool.submit(run_cli, "migrate", **given) for _ in range(3)]]
    assert [each.returncode for each in ended] == [0, 0, 0], [each.stderr for each in ended]
    assert migrate.is_current(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM document_kind")).scalar() == 4
