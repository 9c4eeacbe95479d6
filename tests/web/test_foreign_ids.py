"""T10: whatever id somebody puts into an address, what isn't theirs answers as what never was."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlmodel import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.annexes.model import DocumentVersion
from dashboard.clock import utc_now
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.db import reading
from dashboard.errors import BijsluiterError
from dashboard.files import FileStore
from dashboard.imports.model import ImportRun
from dashboard.portal import Portal
from dashboard.web import cookies
from dashboard.web.middleware import stack
from dashboard.web.responses import refused
from dashboard.web.routes import routes
from tests import cases
from tests.acts import NOW
from tests.app import cookie_for
from tests.people import request

# A school of another board, a member of staff who handles no requests, and nobody.
WHO = (("surfconext", "mbo"), ("medewerkers", "redacteur"), None)
IDS = 50
BY_ID = (
    "/answers/{}", "/answers/{}/view", "/documents/{}", "/documents/{}/file", "/open-documents/{}.pdf", "/imports/{}.csv",
)  # fmt: skip
BY_REFERENCE = ("/dossier/{}.pdf", "/track/receipt.pdf?ref={}", "/track/due.ics?ref={}", "/request/receipt.pdf?ref={}")


@pytest.fixture
def here(school_portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """With fifty requests of others, each with a file."""
    with_files = replace(school_portal, files=FileStore.local(school_portal.settings.data_dir / "files"))
    for module in ("documents", "figures", "library", "identity", "routes", "oversight", "responses"):
        monkeypatch.setattr(f"dashboard.web.{module}.portal", lambda: with_files, raising=False)
    settings = with_files.settings.model_copy(update={"limit_times": 100})
    for number in range(IDS):
        typed = request(email=f"{number}@ander.example", uploads=(Upload("brief.txt", b"Dag"),))
        cases.received(with_files.engine, settings, NOW + timedelta(seconds=number), typed)
    with time_machine.travel(NOW + timedelta(hours=2), tick=True):
        yield with_files


def ids(portal: Portal) -> dict[str, list[str]]:
    """Real ids of every kind, and made-up and malformed ones among them."""
    made_up = [str(UUID(int=random.Random(number).getrandbits(128), version=4)) for number in range(10)]  # noqa: S311
    wrong = ["x", "0", "null", "%00", "..%2f..%2fetc%2fpasswd", "' OR 1=1 --", "a" * 400]
    with reading(portal.engine) as session:
        files = list(session.exec(select(CaseFile.id)).all())
        references = list(session.exec(select(Case.reference)).all())
        found = [*files, *session.exec(select(Case.id)).all(), *session.exec(select(ImportRun.id)).all()]
        versions = list(session.exec(select(DocumentVersion.id)).all())
    return {"id": [*found, *made_up, *wrong], "version": versions, "reference": [*references, *made_up, *wrong]}


@pytest.mark.parametrize("who", WHO, ids=["school", "editor", "nobody"])
def test_every_id_of_somebody_else_answers_as_one_that_never_was(here: Portal, who: tuple[str, str] | None) -> None:
    app = Starlette(routes=routes(frozenset()), exception_handlers={BijsluiterError: refused}, middleware=stack(here.settings))
    held = {cookies.SESSION: cookie_for(here, *who, utc_now())} if who else {}
    client = TestClient(app, base_url="http://localhost", cookies=held)
    found = ids(here)
    tried = [path.format(each) for path in BY_ID for each in found["id"]]
    tried += [path.format(each) for path in BY_REFERENCE for each in found["reference"]]
    tried += [f"/answers/{each}{end}" for each in found["version"] for end in ("", "/view")]
    assert len(found["id"]) > 2 * IDS
    answers = {path: client.get(path) for path in tried}
    assert {answer.status_code for answer in answers.values()} == {404}
    # Word for word the same, whatever there is behind it.
    assert len({answer.content for path, answer in answers.items() if "%2f" not in path}) == 1
    for name in ("Noor", "ander.example", "Dag", "Traceback"):
        assert not any(name in answer.text for answer in answers.values())
