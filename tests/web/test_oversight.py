"""The audit trail taken along, and pages that aren't theirs."""

import io
import zipfile

import pytest
from sqlmodel import select

from dashboard.audit import AuditRow
from dashboard.clock import utc_now
from dashboard.db import reading
from dashboard.portal import Portal
from tests.app import cookie_for
from tests.conftest import Demo
from tests.engines import opened
from tests.pages.test_audit import rows
from tests.pages.test_staff import received
from tests.web.test_library_routes import ask
from tests.web.visit import signed_in, tab


@pytest.fixture
def here(school_portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    for module in ("oversight", "identity", "responses"):
        monkeypatch.setattr(f"dashboard.web.{module}.portal", lambda: school_portal)
    return school_portal


@pytest.mark.parametrize(("who", "status"), [("functionaris", 200), ("auditor", 200), ("behandelaar", 404), (None, 404)])
def test_the_export_is_for_those_who_may_read_it_and_leaves_a_row(here: Portal, who: str | None, status: int) -> None:
    received(here)
    cookie = cookie_for(here, "medewerkers", who) if who else None
    today = utc_now().date().isoformat()
    path = f"/audit/export.zip?what=case.submit&to={today}"
    answer = ask([path], cookie or "")[path]
    assert answer.status_code == status
    taken = rows(here, "audit.taken")
    if status == 200:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert sorted(archive.namelist()) == ["about.json", "about.sig", "audit.csv"]
        assert [row.detail["rows"] for row in taken] == [1]
    else:
        assert taken == []
        [refused] = rows(here, "refused")
        assert refused.detail["reason"] == "not_allowed: /audit/export.zip"
        assert bool(refused.actor_id) is bool(who)


def test_a_page_that_isnt_theirs_leaves_a_row_and_says_nothing_of_it(demo: Demo) -> None:
    visitor = signed_in(demo, "medewerkers", "redacteur")
    with tab(demo, "audit", visitor) as page:
        page.run()
        assert "Logboek" not in page.text()
    engine = opened(f"sqlite:///{demo.data / 'bijsluiter.db'}")
    with reading(engine) as session:
        found = [row.detail.get("reason") for row in session.exec(select(AuditRow).where(AuditRow.action == "refused"))]
    engine.dispose()
    assert "not_allowed: page audit" in found
