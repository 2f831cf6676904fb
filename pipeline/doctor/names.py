"""What the DNS says. dnspython asks; its exceptions end here."""

from collections.abc import Sequence
from typing import Any


class NoAnswerError(Exception):
    """No resolver answered: nothing is known, which is not the same as nothing there."""


class Names:
    """A resolver: that of this machine, or the one at an address (for tests).

    Where it does not even know the root it knows nothing (a container without a network has such): then it is not
    believed that a name has no records.
    """

    def __init__(self, server: str = "", port: int = 53, seconds: float = 5.0) -> None:
        import dns.resolver  # 50 ms

        try:
            self._resolver = dns.resolver.Resolver(configure=not server)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = dns.resolver.Resolver(configure=False)
        if server:
            self._resolver.nameservers, self._resolver.port = [server], port
        self._resolver.lifetime = seconds
        self._knows_root: bool | None = None

    def texts(self, name: str) -> list[str]:
        """TXT records, each with its pieces joined.

        Raises:
            NoAnswerError: see there; the same holds for every question.
        """
        return [b"".join(one.strings).decode("utf-8", "replace") for one in self._ask(name, "TXT")]

    def addresses(self, name: str) -> list[str]:
        """A and AAAA records."""
        return [one.address for kind in ("A", "AAAA") for one in self._ask(name, kind)]

    def mail_servers(self, name: str) -> list[str]:
        """MX records, the preferred first; an empty name says that it takes no mail (RFC 7505)."""
        found = sorted(self._ask(name, "MX"), key=lambda one: one.preference)
        return [one.exchange.to_text(omit_final_dot=True).removesuffix(".") for one in found]

    def pointers(self, address: str) -> list[str]:
        """The names that an address has."""
        import dns.reversename

        reverse = dns.reversename.from_address(address).to_text()
        return [one.target.to_text(omit_final_dot=True) for one in self._ask(reverse, "PTR")]

    def _ask(self, name: str, kind: str) -> Sequence[Any]:
        if self._knows_root is None:
            self._knows_root = False  # also where asking takes too long: it is asked once
            self._knows_root = bool(self._found(".", "NS"))
        if not self._knows_root:
            raise NoAnswerError("no resolver here knows the DNS")
        return self._found(name, kind)

    def _found(self, name: str, kind: str) -> Sequence[Any]:
        import dns.exception
        import dns.resolver

        try:
            return list(self._resolver.resolve(name, kind, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise NoAnswerError(f"no answer for {name}: {type(error).__name__}") from None
