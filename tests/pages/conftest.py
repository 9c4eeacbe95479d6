from collections.abc import Iterator

import pytest
import time_machine

from dashboard.portal import Portal
from tests.acts import NOW
from tests.app import Open, opener


@pytest.fixture(autouse=True)
def _on_the_day_of_the_samples() -> Iterator[None]:
    """Pages ask the clock: it is the day that the sample catalogue was made for."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def open_page(school_portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Open:
    return opener(school_portal, monkeypatch)
