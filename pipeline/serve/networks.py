"""The network that a visitor comes from, wide enough to be one party's."""

from ipaddress import IPv6Address, ip_address, ip_network

_V4, _V6 = 24, 56  # what a provider gives one customer at most, RFC 6177


def network_of(host: str) -> str:
    """``192.0.2.0/24`` for ``192.0.2.7``; whoever has no address shares one."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network(f"{address}/{_V4 if address.version == 4 else _V6}", strict=False))
