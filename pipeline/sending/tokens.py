"""Signed tokens: who may leave by which link, and which delivery a bounce speaks of. No database is asked.

A token is what it says (numbers, and a series' name), and the first 16 bytes of an HMAC-SHA256 over it, in base32
without capitals: nothing on its way changes it, be it a link checker or a mail server that ignores case. Each
purpose has a key of its own, drawn from the secret, so that a token for one opens nothing else. The first secret
signs; all verify, so that a new one can be put before an old one.
"""

import hmac
from base64 import b32decode, b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_MAC = 16
_LONGEST = 600  # characters; what is longer is none of ours


class Purpose(StrEnum):
    """What a token is for."""

    LEAVE = "leave"
    DELIVERY = "delivery"
    MESSAGE_ID = "message-id"
    CONFIRM = "confirm"  # an address, by who has just signed up with it (issue of a link that expires)
    CHANGE = "change"  # an address, by who wants another
    DATA = "data"  # all that is kept of somebody, by who gets their letters
    FORM = "form"  # when a form was shown
    NETWORK = "network"  # where a request comes from, blinded


@dataclass(frozen=True, slots=True)
class WayOut:
    """Who may leave: a subscriber, and the letter in which the link stood (by campaign, or else by series)."""

    subscriber: int
    campaign: int = 0
    series: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryName:
    """One recipient's copy of a campaign."""

    campaign: int
    subscriber: int


class Tokens:
    """Signs and reads tokens. What was not signed here, or for something else, is read as none."""

    __slots__ = ("_keys",)

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets:
            raise ValueError("no secret, no token")
        self._keys = {
            purpose: tuple(hmac.digest(secret, f"partwork 1 {purpose}".encode(), "sha256") for secret in secrets)
            for purpose in Purpose
        }

    def way_out(self, way: WayOut) -> str:
        """The token of an unsubscribe link. It does not expire: the law knows no letter too old to be left."""
        said = _number(way.subscriber) + _number(way.campaign) + way.series.encode()
        return self._signed(Purpose.LEAVE, said)

    def read_way_out(self, token: str) -> WayOut | None:
        """Whom a link lets leave, or none."""
        said = self._verified(Purpose.LEAVE, token)
        if said is None:
            return None
        subscriber, said = _numbered(said)
        campaign, said = _numbered(said)
        return WayOut(subscriber, campaign, said.decode())

    def delivery(self, name: DeliveryName) -> str:
        """The token in a return path (VERP): at most 48 characters, all of them fit for a local part."""
        return self._signed(Purpose.DELIVERY, _number(name.campaign) + _number(name.subscriber))

    def read_delivery(self, token: str) -> DeliveryName | None:
        """Which delivery a bounce is about, or none. Servers on the way may have changed its case."""
        said = self._verified(Purpose.DELIVERY, token.lower())
        if said is None:
            return None
        campaign, said = _numbered(said)
        return DeliveryName(campaign, _numbered(said)[0])

    def message_id(self, name: DeliveryName, salt: str = "") -> str:
        """The local part of a Message-ID: the same at every attempt, telling strangers nothing.

        It is drawn from the oldest secret, so that a new one, put before it, leaves it as it is.
        """
        said = f"{name.campaign}.{name.subscriber}.{salt}".encode()
        return _written(hmac.digest(self._keys[Purpose.MESSAGE_ID][-1], said, "sha256")[:_MAC])

    def expiring(self, purpose: Purpose, said: str, until: datetime) -> str:
        """A token that says something, until a moment (whole seconds)."""
        return self._signed(purpose, _number(int(until.timestamp())) + said.encode())

    def read_expiring(self, purpose: Purpose, token: str, moment: datetime) -> str | None:
        """What it says, or none: not ours, for something else, or too old."""
        said = self._verified(purpose, token)
        if said is None:
            return None
        until, said = _numbered(said)
        return said.decode() if moment.timestamp() < until else None

    def blinded(self, purpose: Purpose, said: str) -> str:
        """What cannot be read back, and is the same each time: to count by, without keeping what is counted."""
        return _written(hmac.digest(self._keys[purpose][0], said.encode(), "sha256")[:_MAC])

    def _signed(self, purpose: Purpose, said: bytes) -> str:
        return _written(said + hmac.digest(self._keys[purpose][0], said, "sha256")[:_MAC])

    def _verified(self, purpose: Purpose, token: str) -> bytes | None:
        signed = _read(token)
        if signed is None:
            return None
        said, mac = signed[:-_MAC], signed[-_MAC:]
        good = [hmac.compare_digest(mac, hmac.digest(key, said, "sha256")[:_MAC]) for key in self._keys[purpose]]
        return said if any(good) else None


def _written(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=").lower()


def _read(token: str) -> bytes | None:
    """The bytes of a token, if there is no other way to write them."""
    if len(token) > _LONGEST or not token.isascii():
        return None
    try:
        data = b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return None
    return data if len(data) > _MAC and _written(data) == token else None


def _number(value: int) -> bytes:
    """Seven bits a byte, the last byte's eighth bit clear."""
    if value < 0:
        raise ValueError(f"{value} cannot stand in a token")
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)


def _numbered(said: bytes) -> tuple[int, bytes]:
    """The number at the beginning of what was signed, and the rest."""
    value = shift = 0
    for place, byte in enumerate(said):
        value |= (byte & 127) << shift
        if byte < 128:
            return value, said[place + 1 :]
        shift += 7
    raise ValueError("a signed token ends within a number")
