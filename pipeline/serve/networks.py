"""The network that a visitor comes from, wide enough to be one party's."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_V4, _V6 = 24, 56  # what a provider gives one customer at most, RFC 6177
_TRANSLATED = IPv6Network("64:ff9b::/96")


def network_of(host: str) -> str:
    """``192.0.2.0/24`` for ``192.0.2.7``; whoever has no address shares one."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        address = _within(address) or address
    return str(ip_network(f"{address}/{_V4 if address.version == 4 else _V6}", strict=False))


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4 (RFC 3056), or by a translator (RFC 6052)."""
    if address in _TRANSLATED:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour
