import json

import pytest
import structlog

from dashboard import logs


def test_a_logged_exception_says_where_and_what_kind_but_not_what_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        raise ValueError("noor@aanvrager.example")
    except ValueError as fault:
        structlog.get_logger("test").error("page failed", number="ABC12345", exc_info=fault)
    line = capsys.readouterr().err.strip().splitlines()[-1]
    told = json.loads(line)
    assert told["number"] == "ABC12345"
    assert told["exception"][0]["exc_type"] == "ValueError"
    assert told["exception"][0]["frames"][-1]["name"] == "test_a_logged_exception_says_where_and_what_kind_but_not_what_was_typed"
    assert "noor" not in line
