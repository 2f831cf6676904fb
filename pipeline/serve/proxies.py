"""Whose word is taken on who visits, and by which scheme: that of proxies which are named, and of nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from pipeline.serve.gate import App, Receive, Scope, Send

_FOR, _PROTO = b"x-forwarded-for", b"x-forwarded-proto"
_SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class Proxies:
    """Machines by their networks. Who speaks through a socket file is one, too: its folder decides who may."""

    networks: tuple[IPv4Network | IPv6Network, ...]

    @classmethod
    def parse(cls, text: str) -> "Proxies":
        """``127.0.0.1, 10.88.0.0/16, ::1``.

        Raises:
            ValueError: something is neither an address nor a network; its words are for people. A name would match
                nobody, and everybody would count as the proxy; ``*`` would let visitors choose who they are.
        """
        networks = []
        for word in filter(None, (each.strip() for each in text.split(","))):
            try:
                networks.append(ip_network(word, strict=False))
            except ValueError:
                why = f"`{word}` is neither an address (127.0.0.1) nor a network (10.88.0.0/16)"
                raise ValueError(why) from None
        return cls(tuple(networks))

    def __contains__(self, host: str) -> bool:
        address = _address(host)
        return address is not None and any(address in network for network in self.networks)

    def visitor(self, chain: Iterable[str]) -> str:
        """Who visits, by X-Forwarded-For: the last that is no proxy, for each of them adds to the end.

        What stands before may be the visitor's own invention. Empty where nothing is said.
        """
        hosts = [_host(word) for value in chain for word in value.split(",") if word.strip()]
        return next((host for host in reversed(hosts) if host not in self), hosts[0] if hosts else "")


class Forwarded:
    """ASGI before the gate: puts the visitor where the proxy stands, if it is one of ours."""

    def __init__(self, app: App, proxies: Proxies) -> None:
        self._app, self._proxies = app, proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and self._is_ours(scope):
            said = [(name, value.decode("latin-1")) for name, value in scope["headers"] if name in (_FOR, _PROTO)]
            visitor = self._proxies.visitor(value for name, value in said if name == _FOR)
            schemes = [value.strip() for name, value in said if name == _PROTO]
            if visitor:
                scope["client"] = (visitor, 0)
            if schemes and schemes[-1] in _SCHEMES:
                scope["scheme"] = schemes[-1]
        await self._app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        """Whether a proxy asks. Whoever has hung up already has no address either: the server's own tells."""
        peer, here = scope.get("client"), scope.get("server")
        if peer is None:
            return here is not None and here[1] is None
        return peer[0] in self._proxies


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """Where one listens for IPv4 and IPv6 at once, the former comes as ``::ffff:127.0.0.1``."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _host(word: str) -> str:
    """Without the port that some proxies add: ``192.0.2.7:4711``, ``[2001:db8::7]:4711``."""
    word = word.strip()
    if word.startswith("["):
        return word[1:].partition("]")[0]
    return word.partition(":")[0] if word.count(":") == 1 else word
