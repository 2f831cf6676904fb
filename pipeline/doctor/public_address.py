"""The public address as mail programs meet it: https, a certificate, and an answer to one click (RFC 8058)."""

import http.client
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pipeline.doctor.finding import Finding, Subject, Verdict, unseen
from pipeline.render.email.header import one_line

_SECONDS = 10.0
_SOON = timedelta(days=14)
_LARGEST = 100_000
_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with."""

    status: int
    location: str
    date: datetime | None
    good_until: datetime | None


def check_public_address(
    public_url: str, way_out: str, now: datetime, trusted: ssl.SSLContext | None = None
) -> tuple[list[Finding], datetime | None]:
    """The address, its certificate, its answer to one click; and what time it is there.

    ``way_out`` is the token of a test letter: it opens, and nobody leaves by it. Without one no click is tried.
    """
    if not public_url.startswith("https://"):
        return _without_https(public_url), None
    trust = trusted or ssl.create_default_context()
    try:
        answer = _ask(public_url, "GET", "health", trust)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _not_reached(public_url, error), None
    if way_out:
        click = _clicked(public_url, way_out, trust)
    else:
        click = unseen(
            Subject.ONE_CLICK, "not tried: there is no secret yet, and so no link", "send a letter first"
        )
    return [_reached(public_url, answer), _certificate(answer.good_until, now), click], answer.date


def _without_https(public_url: str) -> list[Finding]:
    mend = "put a web server with a certificate before `partwork serve`, and write https:// in `public_url`"
    where = Finding(Subject.PUBLIC_ADDRESS, Verdict.BAD, f"{public_url} is not https", mend)
    click = Finding(Subject.ONE_CLICK, Verdict.BAD, "letters offer none: it needs https (RFC 8058)", mend)
    return [where, unseen(Subject.CERTIFICATE, "there is none without https"), click]


def _not_reached(public_url: str, error: Exception) -> list[Finding]:
    """What an error says of the address and its certificate; no click was tried."""
    if isinstance(error, ssl.SSLCertVerificationError):
        seen = f"its certificate is not to be trusted: {error.verify_message}"
        return [
            unseen(Subject.PUBLIC_ADDRESS, "not reached: see its certificate"),
            Finding(Subject.CERTIFICATE, Verdict.BAD, seen, "get one that browsers trust (Let's Encrypt)"),
            unseen(Subject.ONE_CLICK, "not tried: see its certificate"),
        ]
    if isinstance(error, ssl.SSLError):
        mend = "let a web server with a certificate listen there, before `partwork serve`, which speaks none"
        return [
            Finding(Subject.PUBLIC_ADDRESS, Verdict.BAD, f"{public_url} does not speak TLS", mend),
            unseen(Subject.CERTIFICATE, "not seen: there is no TLS"),
            unseen(Subject.ONE_CLICK, "not tried: there is no TLS"),
        ]
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    if isinstance(error, TimeoutError):
        reason = f"no answer within {_SECONDS:.0f} seconds"
    seen = f"{public_url} cannot be reached: {one_line(reason)}"
    mend = "start `partwork serve` behind your web server, and let the world reach it"
    return [
        Finding(Subject.PUBLIC_ADDRESS, Verdict.BAD, seen, mend),
        unseen(Subject.CERTIFICATE, "not seen: the address cannot be reached"),
        unseen(Subject.ONE_CLICK, "not tried: the address cannot be reached"),
    ]


def _reached(public_url: str, answer: Answer) -> Finding:
    if answer.status == http.client.OK:
        return Finding(Subject.PUBLIC_ADDRESS, Verdict.GOOD, f"{public_url} answers")
    seen = f"{public_url}health answers {answer.status}"
    return Finding(Subject.PUBLIC_ADDRESS, Verdict.BAD, seen, "is it `partwork serve` that stands behind it?")


def _certificate(good_until: datetime | None, now: datetime) -> Finding:
    if good_until is None:
        return unseen(Subject.CERTIFICATE, "its end cannot be read")
    seen = f"good until {good_until:%Y-%m-%d}"
    if good_until - now < _SOON:
        return Finding(Subject.CERTIFICATE, Verdict.WEAK, seen, "see why it has not been renewed")
    return Finding(Subject.CERTIFICATE, Verdict.GOOD, seen)


def _clicked(public_url: str, way_out: str, trust: ssl.SSLContext) -> Finding:
    try:
        answer = _ask(public_url, "POST", f"u/{way_out}", trust)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Finding(
            Subject.ONE_CLICK, Verdict.BAD, f"no answer: {type(error).__name__}", "see the server's log"
        )
    if 300 <= answer.status < 400:
        mend = "answer at once: RFC 8058 forbids a redirect, and mail programs follow none"
        return Finding(Subject.ONE_CLICK, Verdict.BAD, "a POST is sent elsewhere", mend)
    if not 200 <= answer.status < 300:
        mend = "let POST through to `partwork serve`, which must have the same secret (`partwork.key`)"
        return Finding(Subject.ONE_CLICK, Verdict.BAD, f"a POST is answered {answer.status}", mend)
    return Finding(Subject.ONE_CLICK, Verdict.GOOD, "a POST is answered at once, without a redirect")


def _ask(public_url: str, method: str, path: str, trust: ssl.SSLContext) -> Answer:
    parts = urlsplit(public_url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("not https")
    connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=_SECONDS, context=trust)
    try:
        connection.connect()
        peer = connection.sock.getpeercert() if connection.sock else None
        ends = str(peer.get("notAfter", "")) if peer else ""
        is_click = method == "POST"
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if is_click else {}
        connection.request(method, f"{parts.path or '/'}{path}", _CLICK if is_click else None, headers)
        answer = connection.getresponse()
        answer.read(_LARGEST)
        return Answer(answer.status, answer.getheader("Location", ""), _date(answer.getheader("Date")), _end(ends))
    finally:
        connection.close()


def _end(text: str) -> datetime | None:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC) if text else None


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else None
