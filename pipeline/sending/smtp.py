"""Sending through a mail server, phase by phase, the last dot held until the ledger has it in writing.

``smtplib`` connects, encrypts and logs in; its ``sendmail`` is not used, for its exceptions do not tell a server
that dropped a message from one that took it and then hung up. Here every outcome has its phase: before the dot
nothing can have been accepted, after it only the server's own word counts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.sending.replies import Reply, Step, refusal
from pipeline.sending.transport import Copy, Outcome, Result, discreet
from pipeline.sending.wire import UnsentError, Wire, WireError

_DOT = b".\r\n"
_SAFE = re.compile(r"[^\x00-\x20<>\x7f]+\Z")
_REMOTE_ID = re.compile(r"queued as ([A-Za-z0-9]{6,40})|\b(?:id|as)[= ]([A-Za-z0-9._-]{6,80})")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds: RFC 5321, 4.5.3.2, but for connecting."""

    connect: float = 30.0
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    dot: float = 600.0
    quit: float = 5.0


@dataclass(frozen=True, slots=True)
class Offered:
    """What a server can do, from its answer to EHLO. ``size`` is its limit in bytes, 0 for none that it names."""

    has_pipelining: bool = False
    has_size: bool = False
    size: int = 0
    has_utf8: bool = False


DEFAULT_TIMEOUTS = Timeouts()


class SmtpSession:
    """A connection on which copies are offered, one after another."""

    def __init__(self, wire: Wire, offered: Offered, timeouts: Timeouts, messages: int) -> None:
        self._wire, self._offered, self._timeouts = wire, offered, timeouts
        self._left = messages
        self._is_alive = True
        self._needs_reset = False

    @property
    def is_open(self) -> bool:
        """Whether the server still listens, and may be offered one more."""
        if self._is_alive and self._left > 0:
            try:
                if self._wire.unasked(self._timeouts.quit) is None:
                    return True
            except WireError:
                pass
            self._drop()
        return False

    def offer(self, copy: Copy, hold: Callable[[], None]) -> Outcome:
        """Hand over a copy, the dot after ``hold``."""
        return discreet(self._offer(copy, hold), copy)

    def _offer(self, copy: Copy, hold: Callable[[], None]) -> Outcome:
        if not self._is_alive:
            return Outcome(Result.DEFERRED, words="the connection was closed before")
        refused = self._cannot_take(copy)
        if refused is not None:
            return refused
        self._left -= 1
        try:
            refused = self._envelope(copy)
            if refused is None:
                self._wire.say(copy.data, self._timeouts.block)
        except WireError as error:
            return self._lost(Result.DEFERRED, error)
        if refused is not None:
            return refused
        try:
            hold()
        except BaseException:
            self._drop()
            raise
        return self._end()

    def close(self) -> None:
        """Say goodbye."""
        if self._is_alive:
            try:
                self._wire.say(b"QUIT\r\n", self._timeouts.quit)
                self._wire.reply(self._timeouts.quit)
            except WireError:
                pass
            self._drop()

    def _cannot_take(self, copy: Copy) -> Outcome | None:
        """What is refused here, before anything is said."""
        for address in (copy.address, copy.return_path):
            if not _SAFE.match(address or "-"):
                return Outcome(Result.REJECTED, words="this address cannot be written in SMTP")
        if not copy.return_path.isascii():
            return Outcome(Result.REJECTED, words="the return path is not ASCII", is_ours=True)
        if not copy.address.isascii() and not self._offered.has_utf8:
            words = "the address is not ASCII before its @, and the mail server cannot send to such (no SMTPUTF8)"
            return Outcome(Result.REJECTED, 553, words)
        if 0 < self._offered.size < len(copy.data):
            words = f"the letter has {len(copy.data):,} bytes, and the mail server takes {self._offered.size:,}"
            return Outcome(Result.REJECTED, 552, words, is_ours=True)
        return None

    def _envelope(self, copy: Copy) -> Outcome | None:
        """MAIL, RCPT and DATA; nothing when the server now waits for the message."""
        sender = f"MAIL FROM:<{copy.return_path}>"
        if self._offered.has_size:
            sender += f" SIZE={len(copy.data)}"
        if not copy.address.isascii():
            sender += " SMTPUTF8 BODY=8BITMIME"
        commands = [
            (Step.MAIL, f"{sender}\r\n".encode()),
            (Step.RCPT, f"RCPT TO:<{copy.address}>\r\n".encode()),
            (Step.DATA, b"DATA\r\n"),
        ]
        return self._in_one(commands) if self._offered.has_pipelining else self._in_turn(commands)

    def _in_one(self, commands: list[tuple[Step, bytes]]) -> Outcome | None:
        """All commands in one packet (RFC 2920), then their replies in order."""
        said = b"".join([command for _, command in commands])
        begin, self._needs_reset = (b"RSET\r\n" if self._needs_reset else b""), False
        self._wire.say(begin + said, self._timeouts.command)
        if begin:
            self._expect_reset()
        refused = None
        for step, _ in commands:
            try:
                reply = self._wire.reply(self._timeouts.data if step is Step.DATA else self._timeouts.command)
            except WireError:
                if refused is None:
                    raise
                self._drop()
                return refused
            if refused is None:
                refused = self._refused(reply, step)
            elif step is Step.DATA and reply.kind < 4:
                # RFC 2920, 3.1: a lone dot would end this; but some server might call nothing a message.
                self._drop()
            if not self._is_alive:
                return refused
        return refused

    def _in_turn(self, commands: list[tuple[Step, bytes]]) -> Outcome | None:
        """One command, one reply."""
        if self._needs_reset:
            self._wire.say(b"RSET\r\n", self._timeouts.command)
            self._needs_reset = False
            self._expect_reset()
        for step, command in commands:
            self._wire.say(command, self._timeouts.command)
            reply = self._wire.reply(self._timeouts.data if step is Step.DATA else self._timeouts.command)
            refused = self._refused(reply, step)
            if refused is not None:
                return refused
        return None

    def _expect_reset(self) -> None:
        reply = self._wire.reply(self._timeouts.command)
        if reply.kind != 2:
            raise WireError(f"the server does not start anew: {reply.code} {reply.words}")

    def _refused(self, reply: Reply, step: Step) -> Outcome | None:
        """A refusal, or nothing for the reply that lets the transaction go on."""
        if reply.kind == (3 if step is Step.DATA else 2):
            return None
        if reply.kind < 4:
            raise WireError(f"an answer that does not belong here: {reply.code} {reply.words}")
        self._needs_reset = True
        if reply.code == 421:  # RFC 5321, 3.8: it is closing, whatever was asked
            self._drop()
        return refusal(reply, step)

    def _interrupted(self) -> Outcome | None:
        """What a server says in the middle of a message. After that no dot may leave."""
        reply = self._wire.unasked(self._timeouts.data)
        if reply is None:
            return None
        self._drop()
        if reply.kind < 4:
            return Outcome(Result.DEFERRED, reply.code, f"an answer before the end: {reply.code} {reply.words}")
        return refusal(reply, Step.DOT)

    def _end(self) -> Outcome:
        """The dot, and the answer to it."""
        try:
            refused = self._interrupted()  # while the message was written, or held
            if refused is not None:
                return refused
        except WireError as error:
            return self._lost(Result.DEFERRED, error)
        try:
            self._wire.say_at_once(_DOT, self._timeouts.block)
            reply = self._wire.reply(self._timeouts.dot)
        except UnsentError as error:
            return self._lost(Result.DEFERRED, error)
        except WireError as error:
            return self._lost(Result.UNCERTAIN, error)
        except BaseException:
            self._drop()
            raise
        if reply.code in (221, 421):
            self._drop()
        if reply.kind == 2:
            found = _REMOTE_ID.search(reply.words)
            remote_id = (found[1] or found[2]) if found else ""
            return Outcome(Result.ACCEPTED, reply.code, f"{reply.code} {reply.words}", remote_id=remote_id)
        if reply.kind == 3:
            return self._lost(Result.UNCERTAIN, WireError(f"no answer, but {reply.code} {reply.words}"))
        return refusal(reply, Step.DOT)

    def _lost(self, result: Result, error: WireError) -> Outcome:
        self._drop()
        return Outcome(result, words=str(error))

    def _drop(self) -> None:
        """End it without a word: in the middle of a message every word would be part of it."""
        self._is_alive = False
        self._wire.close()
