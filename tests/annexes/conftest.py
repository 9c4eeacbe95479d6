import pytest

from dashboard.portal import Portal
from tests.app import Open, opener


@pytest.fixture
def open_page(school_portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Open:
    return opener(school_portal, monkeypatch)
