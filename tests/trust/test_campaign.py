"""Each measured promise, small: `make trust` does the whole of it."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.trust.campaign import CAMPAIGN, MEASURED
from tests.trust.seen import Part

SMALL = 0.05


# What is about seconds says nothing beside other tests.
HERE = [part for part in MEASURED if not part.timed]


@pytest.mark.parametrize("part", HERE, ids=[part.number for part in HERE])
def test_a_promise_holds_where_it_is_tried_a_little(part: Part, tmp_path: Path) -> None:
    assert [each for each in part.run(tmp_path, SMALL) if not each.held] == []


def test_the_page_of_promises_names_every_part() -> None:
    page = (ROOT / "docs" / "trust.md").read_text("utf-8")
    assert [part.number for part in CAMPAIGN if f"| {part.number} | {part.promise} |" not in page] == []
    assert "not held" not in page
