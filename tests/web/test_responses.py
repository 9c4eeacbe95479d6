import pytest

from dashboard.web.responses import loggable


@pytest.mark.parametrize(
    ("path", "logged"),
    [("/feeds/bsl_feed_secret/annexes.atom", "/feeds/"), ("/unsubscribe/x.y", "/unsubscribe/"), ("/documents/x", "/documents/x")],
)
def test_no_secret_in_an_address_reaches_the_log(path: str, logged: str) -> None:
    assert loggable(path) == logged
