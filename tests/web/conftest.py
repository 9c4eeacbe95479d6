from collections.abc import Iterator

import pytest

from tests.web import visit


@pytest.fixture(autouse=True)
def _closed_visitors() -> Iterator[None]:
    yield
    while visit.OPENED:
        visit.OPENED.pop().close()
