"""Notifications of Amazon SNS: who signed them, for which topic, and when. Pure, but for what fetches.

A signature proves that some topic of Amazon's sent a notification, and anybody can have a topic. So the topic is
the one that is configured; the certificate comes from Amazon's own host in that topic's region, over https; and an
old notification is not heard again.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from urllib.parse import parse_qs, urlsplit

OLDEST = timedelta(hours=24)  # for hours SNS tries again what we could not take
_AHEAD = timedelta(minutes=5)
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    ),
}
_MAY_LACK = frozenset({"Subject"})
_PEM = re.compile(r"/SimpleNotificationService-[0-9a-f]{8,64}\.pem\Z")
_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_MOST = 8  # certificates that are kept
_AT_ONCE = 2  # certificates that are asked for

Fetch = Callable[[str], bytes]
"""Get an https address: no redirect followed, the certificate verified, a bounded answer.

Raises OSError where that cannot be done.
"""


class UnbelievableError(Exception):
    """A notification that is not from our topic, or not what it was when it was signed; why."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification as it came: texts by name."""

    fields: Mapping[str, str]

    @property
    def type(self) -> str:
        """``Notification``, or what asks for a subscription to be confirmed."""
        return self.fields["Type"]

    @property
    def id(self) -> str:
        """The same however often it is delivered."""
        return self.fields["MessageId"]

    @property
    def message(self) -> str:
        """What it says."""
        return self.fields["Message"]


@dataclass(slots=True)
class Certificates:
    """Amazon's certificates by address, fetched once each.

    Whoever knows the topic can name addresses at Amazon's that do not exist: so few are asked for at once, and
    whoever comes then is told to come again.
    """

    fetch: Fetch
    _known: dict[str, bytes] = field(default_factory=dict)
    _askers: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_ONCE))

    def get(self, url: str) -> bytes:
        """A certificate in PEM.

        Raises:
            OSError: it cannot be fetched.
        """
        if (known := self._known.get(url)) is not None:
            return known
        if not self._askers.acquire(blocking=False):
            raise OSError("others are asking")
        try:
            fetched = self.fetch(url)
        finally:
            self._askers.release()
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[url] = fetched
        return fetched


def parse_notification(body: bytes) -> Notification:
    """A notification's fields, none believed yet.

    Raises:
        UnbelievableError: it is none.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise UnbelievableError("it is no JSON") from None
    if not isinstance(data, dict):
        raise UnbelievableError("it is no notification")
    fields = {name: value for name, value in data.items() if isinstance(value, str)}
    wanted = _SIGNED.get(fields.get("Type", ""))
    if wanted is None:
        raise UnbelievableError("it is no notification that is heard here")
    missing = [
        name
        for name in (*wanted, "Signature", "SignatureVersion", "SigningCertURL")
        if name not in fields and name not in _MAY_LACK
    ]
    if missing or not _ID.match(fields["MessageId"]):
        raise UnbelievableError("it lacks what a notification has")
    return Notification(fields)


def believe(notification: Notification, topic: str, certificates: Certificates, now: datetime) -> None:
    """Make sure that a notification is our topic's, is young, and is as it was signed.

    Raises:
        UnbelievableError: it is not.
        OSError: the certificate cannot be fetched now.
    """
    fields = notification.fields
    if not topic or fields["TopicArn"] != topic:
        raise UnbelievableError("it is from another topic than the one in [ses] `topic`")
    if not now - OLDEST <= _moment(fields["Timestamp"]) <= now + _AHEAD:
        raise UnbelievableError("it is too old, or from the future")
    url = fields["SigningCertURL"]
    parts = _amazon(url, topic)
    if not _PEM.match(parts) or "?" in url or "#" in url:
        raise UnbelievableError("its certificate is not at Amazon's")
    _verify(fields, certificates.get(url), now)


def confirming_address(notification: Notification, topic: str) -> str:
    """The address that confirms a subscription to our topic.

    Raises:
        UnbelievableError: it leads elsewhere.
    """
    url = notification.fields["SubscribeURL"]
    path = _amazon(url, topic)
    asked = parse_qs(urlsplit(url).query)
    if path != "/" or asked.get("Action") != ["ConfirmSubscription"] or asked.get("TopicArn") != [topic]:
        raise UnbelievableError("what it wants confirmed is no subscription to the topic")
    return url


def _amazon(url: str, topic: str) -> str:
    """The path of an address at Amazon's own host for a topic's region."""
    try:
        parts = urlsplit(url)
        host, port = parts.netloc, parts.scheme
    except ValueError:
        raise UnbelievableError("its address is none") from None
    region = topic.split(":")[3] if topic.count(":") == 5 else ""
    # The whole of the authority is compared: no user, no port, no other spelling.
    if port != "https" or not region or host != f"sns.{region}.amazonaws.com" or not url.isascii():
        raise UnbelievableError("its address is not Amazon's")
    return parts.path


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UnbelievableError("its time is none") from None
    if found.tzinfo is None:
        raise UnbelievableError("its time is none")
    return found


def _verify(fields: Mapping[str, str], pem: bytes, now: datetime) -> None:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    # SHA-1 is what SNS signs version 1 with, the default still; the topic's setting SignatureVersion makes it 2.
    digests: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303
    digest = digests.get(fields["SignatureVersion"])
    if digest is None:
        raise UnbelievableError("it is signed in a way that is not known here")
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        signature = b64decode(fields["Signature"], validate=True)
    except ValueError:
        raise UnbelievableError("its signature or its certificate is none") from None
    key = certificate.public_key()
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise UnbelievableError("its certificate is not good at this moment")
    if not isinstance(key, rsa.RSAPublicKey):
        raise UnbelievableError("its certificate has no RSA key")
    said = "".join(f"{name}\n{fields[name]}\n" for name in _SIGNED[fields["Type"]] if name in fields)
    try:
        key.verify(signature, said.encode("utf-8", "surrogatepass"), padding.PKCS1v15(), digest)
    except InvalidSignature:
        raise UnbelievableError("its signature does not fit") from None
