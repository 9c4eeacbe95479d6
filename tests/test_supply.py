"""What we depend on: named with its licence, asked about, and told where to write when something is wrong."""

import json
import re
import runpy
from datetime import date, timedelta
from typing import Any

import pytest

from dashboard.clock import utc_now
from dashboard.content import organisation
from dashboard.portal import Portal
from tests.conftest import ROOT
from tests.web.test_library_routes import ask

# Licences under which a publisher may run it for its customers without giving its own work away.
FINE = re.compile(r"MIT|BSD|Apache|ISC|MPL|PSF|Unlicense|Zlib|CC0|0BSD|OFL|LGPL-3.0-only|Mozilla Public License")
TODAY = date(2026, 11, 26)


def script(name: str) -> dict[str, Any]:
    return runpy.run_path(str(ROOT / ".ci" / name))


def test_the_list_of_what_we_install_is_that_of_the_lock_with_a_licence_we_may_use_each() -> None:
    components = json.loads((ROOT / "docs" / "sbom.cdx.json").read_text("utf-8"))["components"]
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert {f"{each['name']}=={each['version']}" for each in components} == set(
        re.findall(r"^[\w.-]+==[^ ;\\]+", lock, re.MULTILINE)
    )
    for each in components:
        said = json.dumps(each.get("licenses"))
        assert FINE.search(said), each["name"]


def report(*faults: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": [{"name": "fine", "version": "1", "vulns": []}, {"name": "x", "version": "2", "vulns": list(faults)}]}


FAULT = {"id": "PYSEC-1", "fix_versions": ["3"]}


@pytest.mark.parametrize(
    ("faults", "exceptions", "wrong"),
    [
        ([], {}, 0),
        ([FAULT], {}, 1),
        ([FAULT], {"PYSEC-1": {"until": TODAY, "why": "not reached"}}, 0),
        ([FAULT], {"PYSEC-1": {"until": TODAY - timedelta(days=1), "why": "not reached"}}, 1),
        # An exception that is about nothing any more goes.
        ([], {"PYSEC-1": {"until": TODAY, "why": "not reached"}}, 1),
    ],
)
def test_a_known_fault_fails_unless_it_is_let_be_until_a_day(
    faults: list[dict[str, Any]], exceptions: dict[str, Any], wrong: int
) -> None:
    found, _ = script("advisories")["judged"](report(*faults), exceptions, TODAY)
    assert len(found) == wrong


def test_what_the_service_doesnt_know_is_said() -> None:
    unasked = {"dependencies": [{"name": "x", "version": "1", "skip_reason": "not found"}]}
    assert script("advisories")["judged"](unasked, {}, TODAY) == (
        [],
        ["the advisory service knows nothing of 1 packages: these were not looked at"],
    )


def test_where_to_write_is_told_at_the_address_where_one_looks(school_portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 9116."""
    monkeypatch.setattr("dashboard.web.routes.portal", lambda: school_portal)
    answer = ask(["/.well-known/security.txt"])["/.well-known/security.txt"]
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert said["Contact"] == f"mailto:{organisation().email}"
    assert said["Canonical"] == "http://localhost:8501/.well-known/security.txt"
    expires = said["Expires"]
    assert utc_now().isoformat() < expires < (utc_now() + timedelta(days=366)).isoformat()


def test_what_to_read_is_there() -> None:
    for name in ("SECURITY.md", "LICENSE", "docs/trust.md", "docs/operating.md"):
        assert (ROOT / name).read_text("utf-8").strip()
