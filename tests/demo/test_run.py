"""The demo as a process, and the faults around it: a port that is taken, no mail server, no identity provider, a kill."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from dashboard.data_requests.case.codes import made_reference, normal_reference
from dashboard.data_requests.case.model import Case
from dashboard.data_requests.desk import queue
from dashboard.data_requests.upkeep import recount
from dashboard.db import reading, transaction
from dashboard.demo import samples, seed
from dashboard.demo.run import settings_for, welcome
from dashboard.mail.model import MailState, OutgoingMail
from dashboard.permissions import SYSTEM
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests.acts import NOW, by
from tests.commands import run_cli
from tests.conftest import Demo, free_port, start_demo
from tests.engines import opened
from tests.web import visit
from tests.web.visit import client, tab

pytestmark = pytest.mark.xdist_group("processes")
VISITORS = 12 if os.environ.get("TRUST_WHOLE") else 6
REFERENCE = r"BS-\w{3}-\w{3}-\w{3}"
PATIENCE_SECONDS = 60
# Of each interruption at each moment: `make trust` does them all.
TIMES = 50 if os.environ.get("TRUST_WHOLE") else 4


@pytest.fixture
def own_demo(demo_data: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Demo]:
    shutil.copytree(demo_data, tmp_path / "data")
    running = start_demo(tmp_path / "data", tmp_path / "log", **getattr(request, "param", {}))
    yield running
    while visit.OPENED:
        visit.OPENED.pop().close()
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def verifications(session: Session) -> list[OutgoingMail]:
    """To whom asks in these tests; the demo's own samples got theirs too."""
    found = session.exec(select(OutgoingMail).where(OutgoingMail.kind == "verification")).all()
    return [mail for mail in found if mail.recipient == "noor@aanvrager.example"]


def submit(demo: Demo) -> tuple[str, str]:
    """A request through the real form; acknowledged means: reference and code on the screen."""
    visitor = client(demo)
    visitor.get("/request")
    with tab(demo, "request", visitor) as page:
        fill_in(page)
        page.click("Verstuur verzoek")
        return receipt(page)


def fill_in(page: visit.Tab) -> None:
    page.run()
    page.tick("Inzage")
    page.click("Volgende")
    page.choose("In welke rol", "Klant of relatie")
    page.choose("Om welke gegevens", "Gegevens die wij zelf hebben")
    page.click("Volgende")
    page.type_in("Vertel in je eigen woorden", "Ik wil alles zien.")
    page.click("Volgende")
    page.type_in("Je naam", "Noor Voorbeeld")
    page.type_in("Je e-mailadres", "noor@aanvrager.example")
    page.click("Volgende")


def receipt(page: visit.Tab) -> tuple[str, str]:
    reference = re.search(REFERENCE, page.text())
    code = re.search(r"(\w{4}-){5}\w{4}", page.text())
    assert reference, page.text()
    assert code
    return reference.group(), code.group()


def cases_in(demo: Demo) -> list[str]:
    engine = opened(f"sqlite:///{demo.data / 'bijsluiter.db'}")
    with reading(engine) as session:
        found = [case.reference for case in session.exec(select(Case)) if case.email == "noor@aanvrager.example"]
    engine.dispose()
    return found


def mail_states(demo: Demo) -> list[MailState]:
    engine = opened(f"sqlite:///{demo.data / 'bijsluiter.db'}")
    with reading(engine) as session:
        found = [mail.state for mail in verifications(session)]
    engine.dispose()
    return found


def test_ctrl_c_stops_the_demo_cleanly_and_the_next_start_has_its_data(own_demo: Demo, tmp_path: Path) -> None:
    reference, _ = submit(own_demo)
    own_demo.process.send_signal(signal.SIGINT)
    assert own_demo.process.wait(timeout=20) == 0
    log = own_demo.log.read_text("utf-8")
    assert "Traceback" not in log
    assert "De demo is gestopt." in log
    again = start_demo(own_demo.data, tmp_path / "log2")
    try:
        assert cases_in(again) == [reference]
    finally:
        again.process.send_signal(signal.SIGINT)
        assert again.process.wait(timeout=20) == 0


def test_the_demo_prints_where_to_look_and_who_to_sign_in_as(own_demo: Demo) -> None:
    log = own_demo.log.read_text("utf-8")
    assert own_demo.url in log
    for sample in samples_users():
        assert sample in log


def samples_users() -> list[str]:
    from dashboard.demo.provider import samples as listed  # noqa: PLC0415

    return [user["sub"] for sample in listed() for user in sample["users"]]


def test_everything_of_the_demo_listens_on_loopback_only(own_demo: Demo) -> None:
    for port in range(own_demo.port, own_demo.port + 7):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) == 0, port
    own = socket.gethostbyname(socket.gethostname())
    if not own.startswith("127."):
        for port in range(own_demo.port, own_demo.port + 7):
            with socket.socket() as probe:
                assert probe.connect_ex((own, port)) != 0, port


@pytest.mark.parametrize("offset", [0, 1, 6])
def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path, offset: int) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + offset))
        taken.listen()
        ended = run_cli("demo", "--port", str(port), "--data", str(tmp_path))
    assert ended.returncode == 2
    assert f"port {port + offset}" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BIJSLUITER_HOST", "0.0.0.0"),
        ("BIJSLUITER_PEPPER", "x" * 40),
        ("BIJSLUITER_DATABASE_URL", "postgresql+psycopg://db.example/x"),
    ],
)
def test_the_demo_is_refused_beside_a_public_address_or_a_production_setting(tmp_path: Path, name: str, value: str) -> None:
    ended = run_cli("demo", "--port", str(free_port()), "--data", str(tmp_path), **{name: value})
    assert ended.returncode == 2
    assert name in ended.stderr
    assert "Traceback" not in ended.stderr


def test_check_says_each_thing_that_is_misconfigured(tmp_path: Path) -> None:
    ended = run_cli("check", BIJSLUITER_DATA_DIR=str(tmp_path))
    assert ended.returncode == 2
    assert "BIJSLUITER_PEPPER" in ended.stderr
    secrets = {
        "BIJSLUITER_PEPPER": "p" * 40,
        "BIJSLUITER_COOKIE_SECRET": "c" * 40,
        "BIJSLUITER_FILE_SECRET": "f" * 40,
        "BIJSLUITER_SIGNING_SECRET": "s" * 40,
        "BIJSLUITER_DATA_DIR": str(tmp_path),
    }
    ended = run_cli("check", **secrets)
    assert ended.returncode == 2
    assert "bijsluiter migrate" in ended.stderr
    assert "identity provider" in ended.stderr
    assert run_cli("migrate", **secrets).returncode == 0
    assert "bijsluiter migrate" not in run_cli("check", **secrets).stderr
    assert run_cli("serve", BIJSLUITER_DATA_DIR=str(tmp_path)).returncode == 2


def test_seed_adds_synthetic_requests_and_schools(tmp_path: Path) -> None:
    secrets = {
        "BIJSLUITER_PEPPER": "p" * 40,
        "BIJSLUITER_COOKIE_SECRET": "c" * 40,
        "BIJSLUITER_FILE_SECRET": "f" * 40,
        "BIJSLUITER_SIGNING_SECRET": "s" * 40,
        "BIJSLUITER_DATA_DIR": str(tmp_path),
    }
    run_cli("migrate", **secrets)
    ended = run_cli("seed", "--really", "--requests", "2000", "--schools", "50", "--seed", "7", **secrets)
    assert ended.returncode == 0, ended.stderr
    assert "counts" not in run_cli("check", **secrets).stderr
    database, backup = tmp_path / "bijsluiter.db", tmp_path / "backup.db"
    with closing(sqlite3.connect(database)) as changed, changed:
        changed.execute("UPDATE open_load SET cases = cases + 1")
    assert "the counts of open cases differ" in run_cli("check", **secrets).stderr
    # Requests that expired long ago: shown first, then taken, then taken again after a restore.
    shown = run_cli("purge", **secrets)
    assert shown.returncode == 0, shown.stderr
    assert "would be taken" in shown.stdout.splitlines()[-1]
    assert not (tmp_path / "purges.jsonl").exists()
    # As a backup is made: through SQLite, not by copying a file whose newest pages may still be in the log beside it.
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    taken = run_cli("purge", "--really", **secrets).stdout.splitlines()
    assert taken[-1] == f"{len(taken) - 1} taken"
    assert len(taken) > 10
    for old in tmp_path.glob("bijsluiter.db*"):
        old.unlink()
    backup.rename(database)
    assert run_cli("replay-erasures", **secrets).stdout.startswith(f"{len(taken) - 1} had come back")
    assert run_cli("replay-erasures", **secrets).stdout.startswith("0 had come back")
    engine = opened(f"sqlite:///{tmp_path / 'bijsluiter.db'}")
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(Case)).one() == 2000
    engine.dispose()


def test_the_same_seed_makes_the_same_people_and_the_samples_load_once(school_portal: Portal) -> None:
    made = []
    for number in (1, 2):
        with transaction(school_portal.engine) as session:
            assert not samples.load(by(session, SYSTEM, NOW.date(), files=school_portal.files))
            seed.requests(by(session, SYSTEM, NOW, school_portal.settings), 50, seed=number)
            made.append(session.exec(select(func.count()).select_from(Case)).one())
    assert made == [50, 100]


def test_a_seed_that_was_cut_goes_on_where_it_was(school_portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed, "CHUNK", 20)
    cut = seed.fill(school_portal, 90, seed=11)
    assert [next(cut), next(cut)] == [20, 40]
    cut.close()

    def asked() -> list[tuple[str, str]]:
        with reading(school_portal.engine) as session:
            return sorted(session.exec(select(Case.id, Case.reference)).all())

    before = asked()
    assert list(seed.fill(school_portal, 90, seed=11)) == [20, 40, 60, 80, 90]
    assert len(asked()) == 90
    assert set(before) < set(asked())
    with reading(school_portal.engine) as session:
        assert recount.differences(by(session, SYSTEM)) == []
        assert queue.recounted(by(session, SYSTEM)) == queue.kept_counts(by(session, SYSTEM))


def test_made_up_references_are_all_different_and_can_be_read_back() -> None:
    made = {made_reference(number) for number in range(3_000)} | {made_reference(31**8 - number) for number in range(1, 3_000)}
    assert len(made) == 5_999
    assert all(normal_reference(each) == each for each in made)


def test_welcome_fits_the_settings(tmp_path: Path) -> None:
    environment = settings_for(9100, tmp_path)
    assert environment["BIJSLUITER_BASE_URL"] == "http://localhost:9100"
    assert "http://localhost:9100/mailbox" in welcome(
        Settings(_env_file=None, environment="demo", base_url="http://localhost:9100")
    )


def test_without_a_mail_server_a_request_is_accepted_and_its_mail_goes_later(tmp_path: Path) -> None:
    # Begun without one: what a demo of before sends first would fail, and it would be said not to be ready.
    data, log = tmp_path / "data", tmp_path / "log"
    silent = start_demo(data, log, BIJSLUITER_DEMO_MAIL="off")
    try:
        submit(silent)
        time.sleep(5)
        assert mail_states(silent) == [MailState.QUEUED]
    finally:
        silent.process.send_signal(signal.SIGINT)
        silent.process.wait(timeout=20)
        while visit.OPENED:
            visit.OPENED.pop().close()
    again = start_demo(data, log)
    try:
        for _ in range(240):
            if mail_states(again) == [MailState.SENT]:
                break
            time.sleep(0.5)
        assert mail_states(again) == [MailState.SENT]
    finally:
        again.process.send_signal(signal.SIGINT)
        again.process.wait(timeout=20)


def test_without_identity_provider_signing_in_is_a_clear_page_and_the_rest_works(demo_data: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_data, tmp_path / "data")
    running = start_demo(tmp_path / "data", tmp_path / "log", BIJSLUITER_DEMO_SIGN_IN="off")
    try:
        visitor = client(running)
        answer = visitor.get("/sign-in/entree?to=/annexes")
        assert answer.status_code == 503
        assert "De inlogdienst is nu niet bereikbaar." in answer.text
        assert answer.elapsed.total_seconds() < 10
        with tab(running, "") as page:
            page.run()
            assert "Jouw gegevens" in page.text()
        submit(running)
    finally:
        while visit.OPENED:
            visit.OPENED.pop().close()
        running.process.send_signal(signal.SIGINT)
        running.process.wait(timeout=20)


def test_a_killed_server_keeps_every_request_that_was_acknowledged(own_demo: Demo, tmp_path: Path) -> None:
    acknowledged = [submit(own_demo) for _ in range(3)]
    own_demo.process.kill()
    own_demo.process.wait()
    again = start_demo(own_demo.data, tmp_path / "log2")
    try:
        assert set(cases_in(again)) == {reference for reference, _ in acknowledged}
        visitor = client(again)
        visitor.get("/track")
        for reference, code in acknowledged:
            with tab(again, "track", visitor) as page:
                page.run()
                page.type_in("Kenmerk", reference)
                page.type_in("Code", code)
                page.click("Open mijn verzoek")
                ticket = page.text().split('href="/open#')[1].split('"')[0]
            # What our script does with it in a browser.
            assert visitor.post("/open", data={"token": ticket}).headers["location"] == "/track"
            with tab(again, "track", visitor) as page:
                page.run()
                assert f"Verzoek {reference}" in page.text()
                page.click("Verberg dit verzoek")
    finally:
        again.process.send_signal(signal.SIGINT)
        again.process.wait(timeout=20)


# A dozen who do nothing but send, from one address: what is looked at here isn't how long such a flood waits for itself.
@pytest.mark.parametrize("own_demo", [{"BIJSLUITER_LIMIT_TIMES": "1000"}], indirect=True, ids=[""])
def test_double_clicks_other_widgets_and_closed_tabs_never_make_half_or_two_requests(own_demo: Demo) -> None:
    """T36: whatever interrupts the run that sends, there is one whole case or none, and its receipt can be had."""
    tries = [
        (interruption, delay)
        for delay in (0.0, 0.05, 0.15, 0.4)
        for interruption in ("double click", "other widget", "closed tab")
        for _ in range(TIMES)
    ]
    # Several visitors at once, as there are: each waits for its own tab.
    with ThreadPoolExecutor(VISITORS) as visitors:
        shown = set(visitors.map(lambda each: interrupted(own_demo, *each), tries)) - {""}
    time.sleep(3)
    references = cases_in(own_demo)
    assert len(references) == len(set(references)) <= len(tries)
    assert shown <= set(references)
    # Each double click shows its receipt; another click does when it came after the sending began, which is for the machine.
    assert len(shown) >= 4 * TIMES
    engine = opened(f"sqlite:///{own_demo.data / 'bijsluiter.db'}")
    with reading(engine) as session:
        mails = [mail.case_id for mail in verifications(session)]
    engine.dispose()
    assert len(mails) == len(set(mails)) == len(references)


def interrupted(demo: Demo, interruption: str, delay: float) -> str:
    """Send the form and disturb it; the reference that was shown, or nothing."""
    visitor = client(demo)
    visitor.get("/request")
    with tab(demo, "request", visitor) as page:
        fill_in(page)
        button, change = page.button("Verstuur verzoek"), page.button("Wijzig: Contact")
        page.send(button)
        time.sleep(delay)
        if interruption == "closed tab":
            return ""
        page.send(button if interruption == "double click" else change)
        # A browser waits for as long as it takes; so does this one.
        patient = time.monotonic() + PATIENCE_SECONDS
        while not (found := re.search(REFERENCE, page.text())) and time.monotonic() < patient:
            page.settle()
            if interruption == "other widget" and "Je naam" in page.text():
                # The other click came before the sending began: the form is there, with everything in it.
                return ""
        assert found, page.text()
        return receipt(page)[0]
