"""Amazon SES: one request a copy, whatever happens to it, and an honest name for what became of it."""

import builtins
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from pipeline.errors import TransportError
from pipeline.sending.ses import SesTransport
from pipeline.sending.tokens import DeliveryName
from pipeline.sending.transport import Outcome, Result
from pipeline.settings import SesSettings
from tests.sending.builders import TOKENS, Hold, copy

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


def verify(address: str = "letters@weekly.example.org") -> None:
    boto3.client("sesv2", region_name=REGION).create_email_identity(EmailIdentity=address)


def test_what_ses_has_is_what_was_offered() -> None:
    own, hold = copy(), Hold()
    with mock_aws():
        verify()
        with SesTransport(SesSettings(REGION)) as transport:
            outcome = transport.open().offer(own, hold)
        sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages

    assert (outcome.result, hold.count) == (Result.ACCEPTED, 1)
    assert len(sent) == 1
    assert sent[0].id == outcome.remote_id
    assert sent[0].raw_data.replace("\n", "\r\n").encode() == own.data or sent[0].raw_data.encode() == own.data


def test_a_sender_who_is_not_verified_stops_the_campaign() -> None:
    with mock_aws(), SesTransport(SesSettings(REGION)) as transport:
        outcome = transport.open().offer(copy(), Hold())

    assert (outcome.result, outcome.is_ours) == (Result.REJECTED, True)
    assert "MessageRejected" in outcome.words


def test_no_commit_no_request() -> None:
    def hold() -> None:
        raise RuntimeError

    with endpoint(b"") as (transport, requests), pytest.raises(RuntimeError):
        transport.open().offer(copy(), hold)
    assert requests == []


def test_an_address_that_ses_sends_nothing_to_is_refused_beforehand() -> None:
    hold = Hold()
    with endpoint(b"") as (transport, requests):
        outcome = transport.open().offer(copy(address="zoë@example.org"), hold)

    assert (outcome.result, outcome.is_ours, hold.count, requests) == (Result.REJECTED, False, 0, [])


def answer(status: int, code: str) -> bytes:
    body = b'{"message":"words"}'
    head = f"HTTP/1.1 {status} X\r\nx-amzn-ErrorType: {code}\r\nContent-Type: application/json\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


@contextmanager
def endpoint(said: bytes | Callable[[socket.socket], None]) -> Iterator[tuple[SesTransport, list[bytes]]]:
    """A real server on this machine, which takes requests whole and then does as it likes."""
    listening = socket.create_server(("127.0.0.1", 0))
    requests: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connected, _ = listening.accept()
            except OSError:
                return
            with connected:
                requests.append(_request(connected))
                if callable(said):
                    said(connected)
                else:
                    connected.sendall(said)

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    seconds = 0.6 if said is _stall else 20.0
    with SesTransport(SesSettings(REGION, "letters"), endpoint=address, read_seconds=seconds) as made:
        yield made, requests
    threading.Event().wait(0.05)
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    serving.join(5)


def _request(connected: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connected.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    if b"expect: 100-continue" in head.lower():
        connected.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += connected.recv(65536)
    return body


def offered(said: bytes | Callable[[socket.socket], None]) -> tuple[Outcome, list[bytes]]:
    with endpoint(said) as (transport, requests):
        outcome = transport.open().offer(copy(12), Hold())
        threading.Event().wait(1.0 if callable(said) else 0.0)
    return outcome, requests


def _drop(connected: socket.socket) -> None:
    connected.close()


def _reset(connected: socket.socket) -> None:
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connected.close()


def _stall(_connected: socket.socket) -> None:
    threading.Event().wait(0.9)


def _half(connected: socket.socket) -> None:
    connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


@pytest.mark.parametrize("manner", [_drop, _reset, _stall, _half])
def test_a_lost_answer_is_uncertain_and_there_is_one_request_and_no_more(
    manner: Callable[[socket.socket], None],
) -> None:
    outcome, requests = offered(manner)

    assert outcome.result is Result.UNCERTAIN
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("status", "code", "result", "is_throttle", "is_ours"),
    [
        (429, "TooManyRequestsException", Result.DEFERRED, True, False),
        (400, "LimitExceededException", Result.DEFERRED, True, False),
        (400, "ThrottlingException", Result.DEFERRED, True, False),
        (400, "MessageRejected", Result.REJECTED, False, True),
        (400, "MailFromDomainNotVerifiedException", Result.REJECTED, False, True),
        (400, "AccountSuspendedException", Result.REJECTED, False, True),
        (400, "SendingPausedException", Result.REJECTED, False, True),
        (404, "NotFoundException", Result.REJECTED, False, True),
        (403, "InvalidSignatureException", Result.REJECTED, False, True),
        (400, "BadRequestException", Result.REJECTED, False, False),
        (500, "InternalFailure", Result.UNCERTAIN, False, False),
        (503, "ServiceUnavailable", Result.UNCERTAIN, False, False),
    ],
)
def test_an_error_says_whose_it_is(
    status: int, code: str, result: Result, is_throttle: bool, is_ours: bool
) -> None:
    outcome, requests = offered(answer(status, code))

    assert (outcome.result, outcome.is_throttle, outcome.is_ours) == (result, is_throttle, is_ours)
    assert outcome.words.startswith(code)
    assert len(requests) == 1


def test_the_request_carries_the_delivery_s_token() -> None:
    _, requests = offered(answer(200, "none"))
    token = TOKENS.delivery(DeliveryName(7, 12))
    assert f'"EmailTags": [{{"Name": "partwork", "Value": "{token}"}}]'.encode() in requests[0]
    assert b'"ConfigurationSetName": "letters"' in requests[0]


def test_where_nobody_answers_nothing_was_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    with SesTransport(SesSettings(REGION), endpoint=f"http://127.0.0.1:{port}") as transport:
        outcome = transport.open().offer(copy(), Hold())

    assert outcome.result is Result.DEFERRED


def test_without_keys_it_does_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    with pytest.raises(TransportError, match="keys"):
        SesTransport(SesSettings(REGION)).open()


def test_without_boto3_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "boto3":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(TransportError, match=r"pip install 'partwork\[ses\]'"):
        SesTransport(SesSettings(REGION)).open()
