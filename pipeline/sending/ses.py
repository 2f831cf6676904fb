"""Sending through Amazon SES: one request a copy, and never a second one by itself.

With boto3's own retries a request whose answer was lost went out three times, each time to the reader. They are
off here, and what an error says is looked at: whether the request can have been taken.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from pipeline.errors import TransportError
from pipeline.render.email.header import one_line
from pipeline.sending.personal import DELIVERY_FIELD
from pipeline.sending.transport import Copy, Outcome, Result, discreet
from pipeline.settings import SesSettings

_TAG = "partwork"
_THROTTLES = frozenset(
    {
        *("TooManyRequestsException", "LimitExceededException", "Throttling", "ThrottlingException"),
        *("RequestLimitExceeded", "ThrottledException"),
    }
)
# About one copy; every other refusal would meet them all: the sender, the account, the keys, the configuration.
_ABOUT_A_COPY = frozenset({"BadRequestException", "InvalidParameterValue", "ValidationException"})
_LONGEST_WORDS = 300
_DELIVERY = re.compile(rf"\r\n{DELIVERY_FIELD}: ([a-z0-9]+)\r\n".encode())


@dataclass(slots=True)
class SesTransport:
    """Amazon SES in one region. Keys come the way boto3 finds them; ``endpoint`` is for tests."""

    settings: SesSettings
    connections: int = 4
    endpoint: str = ""
    connect_seconds: float = 30.0
    read_seconds: float = 60.0
    name: str = "ses"
    allows_unreachable: bool = False
    _client: Any = field(default=None, repr=False)

    def open(self) -> "SesSession":
        """Find keys; nothing is said to Amazon yet.

        Raises:
            TransportError: boto3 is missing, or finds no keys.
        """
        if self._client is None:
            self._client = self._made()
        return SesSession(self._client, self.settings)

    def account(self) -> dict[str, Any]:
        """What Amazon says of the account, in its own words (GetAccount).

        Raises:
            TransportError: see `open`; or it does not say.
        """
        self.open()
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found: dict[str, Any] = self._client.get_account()
        except (BotoCoreError, ClientError) as error:
            words = one_line(str(error))[:_LONGEST_WORDS]
            raise TransportError(f"Amazon does not say: {words}", is_temporary=True) from None
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _made(self) -> Any:
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
        except ImportError:
            raise TransportError("Amazon SES needs boto3: run `pip install 'partwork[ses]'`") from None
        config = Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            connect_timeout=self.connect_seconds,
            read_timeout=self.read_seconds,
            max_pool_connections=max(self.connections, 1),
        )
        try:
            session = boto3.session.Session(region_name=self.settings.region)
            if session.get_credentials() is None:
                raise TransportError("Amazon SES: boto3 finds no keys, neither in the environment nor in ~/.aws")
            return session.client("sesv2", config=config, endpoint_url=self.endpoint or None)
        except (BotoCoreError, ValueError) as error:
            raise TransportError(f"Amazon SES cannot be used: {one_line(str(error))}") from None


class SesSession:
    """Requests, one at a time, over connections that boto3 keeps."""

    is_open = True

    def __init__(self, client: Any, settings: SesSettings) -> None:
        self._client, self._settings = client, settings

    def offer(self, copy: Copy, hold: Callable[[], None]) -> Outcome:
        """Hand over a copy: the one request is made after ``hold``."""
        from botocore.exceptions import BotoCoreError, ClientError

        if not copy.address.isascii():
            return Outcome(
                Result.REJECTED, words="the address is not ASCII before its @, and SES sends to no such"
            )
        request: dict[str, Any] = {
            "Destination": {"ToAddresses": [copy.address]},
            "Content": {"Raw": {"Data": copy.data}},
            # SES puts a Message-ID of its own over ours; events come back with this tag.
            "EmailTags": [{"Name": _TAG, "Value": _tag(copy)}],
        }
        if self._settings.configuration_set:
            request["ConfigurationSetName"] = self._settings.configuration_set
        hold()
        try:
            answer = self._client.send_email(**request)
        except ClientError as error:
            return discreet(_refused(error.response), copy)
        except BotoCoreError as error:
            return discreet(_broken(error), copy)
        remote_id = str(answer.get("MessageId", ""))
        if not remote_id:
            return Outcome(Result.UNCERTAIN, 200, "the answer was cut off")
        return Outcome(Result.ACCEPTED, 200, "taken", remote_id=remote_id)

    def close(self) -> None:
        """The connections are the transport's."""


def _tag(copy: Copy) -> str:
    """The delivery's token, or for a test what its Message-ID begins with: letters and digits alone."""
    found = _DELIVERY.search(copy.data, 0, copy.data.find(b"\r\n\r\n") + 2)
    return found[1].decode() if found else copy.message_id.strip("<>").partition("@")[0]


def _refused(response: dict[str, Any]) -> Outcome:
    """An answer that is an error."""
    error, status = response.get("Error", {}), int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    code = str(error.get("Code", ""))
    words = one_line(f"{code}: {error.get('Message', '')}")[:_LONGEST_WORDS]
    if code in _THROTTLES or status == 429:
        return Outcome(Result.DEFERRED, status, words, is_throttle=True)
    if not 400 <= status < 500:
        return Outcome(Result.UNCERTAIN, status, words)  # some of it may have been done
    return Outcome(Result.REJECTED, status, words, is_ours=code not in _ABOUT_A_COPY)


def _broken(error: Exception) -> Outcome:
    """No answer at all: nothing was asked for only where no connection came about, or no request could be made."""
    from botocore import exceptions

    words = one_line(str(error))[:_LONGEST_WORDS]
    unmade = (exceptions.ParamValidationError, exceptions.NoCredentialsError, exceptions.PartialCredentialsError)
    if isinstance(error, unmade):
        return Outcome(Result.REJECTED, words=words, is_ours=True)
    unreached = (
        *(exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError, exceptions.ProxyConnectionError),
        *(exceptions.CredentialRetrievalError, exceptions.MetadataRetrievalError),
    )
    is_untrusted = isinstance(error, exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in words
    if isinstance(error, unreached) or is_untrusted:
        return Outcome(Result.DEFERRED, words=words)
    return Outcome(Result.UNCERTAIN, words=words)
