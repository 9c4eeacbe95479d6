import pytest

from dashboard.addresses import mailbox


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("noor@aanvrager.example", "Noor@Aanvrager.Example", True),
        ("noor@müller.example", "noor@xn--mller-kva.example", True),
        # Each pair folds to the same letters and is two mailboxes of two owners.
        ("noor@großmann.example", "noor@grossmann.example", False),
        ("straße@aanvrager.example", "strasse@aanvrager.example", False),
        ("ſam@aanvrager.example", "sam@aanvrager.example", False),
        ("jörg@aanvrager.example", "jorg@aanvrager.example", False),
        ("noor@aanvrager.example", "noor@aanvragér.example", False),
        ("no.or@aanvrager.example", "noor@aanvrager.example", False),
        ("", "", True),
        ("", "noor@aanvrager.example", False),
    ],
)
def test_two_addresses_are_one_mailbox_or_two(one: str, other: str, alike: bool) -> None:
    assert (mailbox(one) == mailbox(other)) is alike
