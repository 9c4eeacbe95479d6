"""From where somebody comes, as far as limits are concerned."""

from ipaddress import IPv6Address, ip_address, ip_network

# What one home or one machine is given: as many addresses as one likes.
ONE_LINE = 64


def network_of(address: str) -> str:
    """The address itself; of IPv6 the part that one line has. What is no address is kept as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), ONE_LINE), strict=False))
