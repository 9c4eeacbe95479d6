import pytest

from dashboard.addresses import deliverable, mailbox, normalized


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


@pytest.mark.parametrize(
    ("typed", "kept", "sent_to"),
    [
        (" jan@müller.example ", "jan@müller.example", "jan@xn--mller-kva.example"),
        ("jan@xn--mller-kva.example", "jan@müller.example", "jan@xn--mller-kva.example"),
        ("Jan.de-Vries+DIGIT@School.Example", "Jan.de-Vries+DIGIT@school.example", "Jan.de-Vries+DIGIT@school.example"),
        ("o'neil@aanvrager.example", "o'neil@aanvrager.example", "o'neil@aanvrager.example"),
    ],
)
def test_an_address_is_kept_as_people_read_it_and_sent_as_every_server_takes_it(typed: str, kept: str, sent_to: str) -> None:
    assert normalized(typed) == kept
    assert deliverable(kept) == sent_to


@pytest.mark.parametrize("typed", ["jörg@x.example", "δοκιμή@x.example", "jo\u0308rg@x.example"])
def test_an_address_that_only_some_servers_take_is_refused_at_the_door(typed: str) -> None:
    for reader in (normalized, deliverable):
        with pytest.raises(ValueError, match="address"):
            reader(typed)
