"""How addresses in settings must be written: a sender, a host, a port, a network. Pure."""

import ipaddress
from email.errors import HeaderParseError
from email.headerregistry import Address, HeaderRegistry
from urllib.parse import urlsplit

from dashboard.addresses import normalized_or_empty


def is_sender(written: str) -> bool:
    try:
        parsed = HeaderRegistry()("From", written)
    except (HeaderParseError, IndexError):
        # Python's parser gives up on some halves of addresses.
        return False
    # The registry makes a header of addresses for this name.
    found: tuple[Address, ...] = getattr(parsed, "addresses", ())
    return not parsed.defects and len(found) == 1 and bool(normalized_or_empty(found[0].addr_spec))


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def has_port(address: str) -> bool:
    """Whether what stands where a port does is one, or nothing stands there."""
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def is_network(part: str) -> bool:
    try:
        ipaddress.ip_network(part, strict=False)
    except ValueError:
        return False
    return True
