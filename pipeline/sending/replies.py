"""What a mail server answers, and what its refusals mean: by reply code, and by enhanced status (RFC 3463)."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from pipeline.render.email.header import one_line
from pipeline.sending.transport import Outcome, Result

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?\Z", re.DOTALL)
_STATUS = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?:[ -]|\Z)")
_LONGEST_LINE = 4096  # RFC 5321, 4.5.3.1.5: 512 octets; some say more
_MOST_LINES = 200
_LONGEST_WORDS = 300
_BUSY = frozenset({421, 450, 451, 452, 454})
_LOGIN = frozenset({530, 534, 535, 538})  # RFC 4954, 6
_SYNTAX = frozenset({500, 502, 503, 504, 555})  # of a command of ours
# Statuses that are about one mailbox, although their class is that of senders' troubles.
_MAILBOX_POLICY = frozenset({"5.7.2", "5.7.13", "5.7.17", "5.7.18", "5.7.19"})
_SENDERS_ADDRESS = frozenset({"5.1.7", "5.1.8"})


class Garbled(Exception):  # noqa: N818
    """What came is no reply."""


class Step(Enum):
    """Where in a transaction a reply was given."""

    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    DOT = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply: its code, and its lines without it."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def kind(self) -> int:
        """The first digit."""
        return self.code // 100

    @property
    def status(self) -> str:
        """The enhanced status (``5.1.1``), if it has one."""
        found = _STATUS.match(self.lines[0])
        return found[1].decode() if found else ""

    @property
    def words(self) -> str:
        """Its words, the status among them once, on one line that is not too long."""
        status, lines = self.status.encode(), self.lines
        rest = [line.removeprefix(status) for line in lines[1:]]
        return one_line(b" ".join([lines[0], *rest]).decode("utf-8", "replace"))[:_LONGEST_WORDS]


class Replies:
    """Cuts what comes in into replies (RFC 5321, 4.2.1). Strict: what is no reply is not guessed at."""

    __slots__ = ("_buffer", "_code", "_lines")

    def __init__(self) -> None:
        self._buffer = b""
        self._lines: list[bytes] = []
        self._code = b""

    def feed(self, data: bytes) -> None:
        """Take what has come in."""
        self._buffer += data

    @property
    def is_empty(self) -> bool:
        """Whether everything that came in has been given out."""
        return not self._buffer and not self._lines

    def next(self) -> Reply | None:
        """The next whole reply, or none yet.

        Raises:
            Garbled: that is no reply, or one without an end.
        """
        while True:
            line, end, rest = self._buffer.partition(b"\n")
            if not end:
                if len(self._buffer) > _LONGEST_LINE:
                    raise Garbled("a reply line without an end")
                return None
            self._buffer = rest
            match = _LINE.match(line.removesuffix(b"\r"))
            if match is None or len(line) > _LONGEST_LINE or self._code not in (b"", match[1]):
                raise Garbled(f"no reply, but {_shown(line)!r}")
            self._code = match[1]
            self._lines.append(match[3] or b"")
            if len(self._lines) > _MOST_LINES:
                raise Garbled("a reply without an end")
            if match[2] != b"-":
                reply = Reply(int(self._code), tuple(self._lines))
                self._code, self._lines = b"", []
                return reply


def refusal(reply: Reply, step: Step) -> Outcome:
    """What a 4xx or 5xx means for the copy and for the campaign."""
    words = f"{reply.code} {reply.words}".strip()
    if reply.kind == 4:
        is_mailbox = reply.status.startswith(("4.1.", "4.2."))
        is_busy = reply.code == 421 or (reply.code in _BUSY and not is_mailbox)
        return Outcome(Result.DEFERRED, reply.code, words, is_throttle=is_busy)
    return Outcome(Result.REJECTED, reply.code, words, is_ours=_is_ours(reply, step))


def _is_ours(reply: Reply, step: Step) -> bool:
    """Whether a 5xx would have met any recipient: it is about the sender, the login, the message or a command."""
    if reply.code in _LOGIN or reply.code in _SYNTAX or step is Step.MAIL:
        return True
    if reply.status:
        if reply.status.startswith("5.7."):
            return reply.status not in _MAILBOX_POLICY
        # 5.3.x: the message is too large, say; 5.5.x, 5.6.x: how we speak, and what we say.
        about_us = ("5.5.", "5.6.") if step is Step.RCPT else ("5.3.", "5.5.", "5.6.")
        return reply.status.startswith(about_us) or reply.status in _SENDERS_ADDRESS
    return step is Step.DATA


def _shown(line: bytes) -> str:
    return one_line(line[:60].decode("ascii", "replace"))
