"""A mail server that misbehaves on a script, and writes down what it has taken before it says so.

    with RoughServer(script) as server: ...             # in a thread of this process
    python benchmarks/rough_server.py --seed 7 --log taken.txt    # in a process of its own; prints its port

A script is asked at every step of every transaction what to do instead of the proper thing. Without one the
server is a polite sink: thousands of messages a second, one thread.
"""

import argparse
import asyncio
import os
import random
import signal
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self, cast


class Phase(StrEnum):
    GREETING = "greeting"
    EHLO = "ehlo"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"  # when the first bytes of a message come in
    DOT = "dot"  # the message is whole, and nothing is written down
    RECORDED = "recorded"  # it is written down: from here on the server has it
    RSET = "rset"
    QUIT = "quit"


class Then(StrEnum):
    GO_ON = "go on"
    DROP = "drop"
    RESET = "reset"
    STALL = "stall"  # neither another word nor an end


@dataclass(frozen=True, slots=True)
class Act:
    """What to do instead: wait, say something (nothing: say nothing, or in RECORDED and BODY the proper thing)."""

    says: bytes = b""
    then: Then = Then.GO_ON
    seconds: float = 0.0


DROP, RESET, STALL = (Act(then=then) for then in (Then.DROP, Then.RESET, Then.STALL))


@dataclass(slots=True)
class Transaction:
    """How far it is. ``number`` counts the server's messages (those begun), ``connection`` its connections."""

    connection: int
    number: int
    sender: str = ""
    parameters: str = ""
    addresses: list[str] = field(default_factory=list)
    address: str = ""  # the last that was asked for, taken or not


Script = Callable[[Phase, Transaction], Act | None]


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the server has."""

    sender: str
    addresses: tuple[str, ...]
    message_id: str
    data: bytes  # dots unstuffed; empty where the server keeps none


def polite(_phase: Phase, _at: Transaction) -> Act | None:
    return None


def once(phase: Phase, act: Act) -> Script:
    """Misbehave at the first time that this comes up, and never again."""
    left = [act]
    return lambda at_phase, _: left.pop() if left and at_phase is phase else None


def always(phase: Phase, act: Act) -> Script:
    return lambda at_phase, _: act if at_phase is phase else None


# What a storm is made of. The last four are accepted, and the client does not get to know.
FAULTS: tuple[tuple[Phase, Act], ...] = (
    (Phase.MAIL, Act(b"451 4.3.0 try again later\r\n")),
    (Phase.RCPT, Act(b"450 4.2.0 greylisted\r\n")),
    (Phase.RCPT, Act(b"550 5.1.1 no such user\r\n")),
    (Phase.RCPT, Act(b"421 4.3.2 closing\r\n", Then.DROP)),
    (Phase.DATA, Act(b"451 4.3.0 no\r\n")),
    (Phase.MAIL, DROP),
    (Phase.BODY, DROP),
    (Phase.BODY, RESET),
    (Phase.DOT, Act(b"451 4.3.0 queue full\r\n")),
    (Phase.DOT, Act(b"554 5.2.0 not today\r\n")),
    (Phase.DOT, DROP),
    (Phase.DOT, Act(b"421 4.3.2 closing\r\n", Then.DROP)),
    (Phase.RECORDED, DROP),
    (Phase.RECORDED, RESET),
    (Phase.RECORDED, Act(b"\x00\xff what?\r\n")),
    (Phase.RECORDED, STALL),
)


def storm(seed: int, share: float = 0.04, faults: tuple[tuple[Phase, Act], ...] = FAULTS) -> Script:
    """A share of all messages meets one of the faults, drawn from the seed."""
    draw = random.Random(seed)
    planned: dict[int, tuple[Phase, Act]] = {}

    def script(phase: Phase, at: Transaction) -> Act | None:
        if phase is Phase.MAIL:
            planned.pop(at.number - 1000, None)
            if draw.random() < share:
                planned[at.number] = draw.choice(faults)
        fault = planned.get(at.number)
        return planned.pop(at.number)[1] if fault and fault[0] is phase else None

    return script


@dataclass(slots=True)
class Manner:
    """How a server is, its script aside."""

    extensions: tuple[str, ...] = ("PIPELINING", "SIZE 20000000", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8")
    keeps_data: bool = False
    grants_anything: bool = False  # 354 although there is no recipient (RFC 2920, 3.1, speaks of such)
    log: int = -1  # a descriptor: a line for each taken, before the reply
    starttls: ssl.SSLContext | None = None


class RoughServer:
    """The server, on a port of its own of this machine, in a thread. ``taken`` is in the order of acceptance."""

    def __init__(
        self,
        script: Script = polite,
        manner: Manner | None = None,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self.script, self.manner, self.tls = script, manner or Manner(), tls
        self.taken: list[Taken] = []
        self.commands: list[str] = []  # every line that came in as a command
        self.connections = self.messages = self.acts = 0
        self.port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.open: set[_Connection] = set()
        self._is_ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._is_ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.run_until_complete(
            self._loop.create_server(lambda: _Connection(self), "127.0.0.1", self.port, ssl=self.tls, backlog=1024)
        )
        self.port = listening.sockets[0].getsockname()[1]
        self._is_ready.set()
        self._loop.run_forever()
        listening.close()
        for connection in list(self.open):
            connection.transport.abort()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    def record(self, at: Transaction, data: bytes) -> None:
        message_id = _field(data, b"message-id:")
        if self.manner.log >= 0:
            for address in at.addresses:
                os.write(self.manner.log, f"{address}\t{message_id}\n".encode())
        kept = data.replace(b"\r\n..", b"\r\n.") if self.manner.keeps_data else b""
        self.taken.append(Taken(at.sender, tuple(at.addresses), message_id, kept))


def _field(data: bytes, name: bytes) -> str:
    head = b"\r\n" + data[: data.find(b"\r\n\r\n") + 2]
    begin = head.lower().find(b"\r\n" + name)
    if begin < 0:
        return ""
    begin += len(name) + 2
    end = head.find(b"\r\n", begin)
    while head[end + 2 : end + 3] in (b" ", b"\t"):
        end = head.find(b"\r\n", end + 2)
    return " ".join(head[begin:end].decode("utf-8", "replace").split())


class _Connection(asyncio.Protocol):
    def __init__(self, server: RoughServer) -> None:
        self.server = server
        self.transport: asyncio.Transport
        self.buffer = bytearray()
        self.is_waiting = self.is_over = self.is_data = self.has_begun = False
        self.searched = 0
        self.number = 0
        self.at = Transaction(0, 0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        if self.number:
            return  # the same one, encrypted
        self.server.connections += 1
        self.number = self.server.connections
        self.at = Transaction(self.number, 0)
        self.server.open.add(self)
        self.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer(Phase.GREETING, b"220 rough.example.org ESMTP\r\n")

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_over = True
        self.server.open.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.go_on()

    def go_on(self) -> None:
        while not self.is_waiting and not self.is_over:
            if not (self.take_data() if self.is_data else self.take_line()):
                return

    def take_line(self) -> bool:
        end = self.buffer.find(b"\n")
        if end < 0:
            return False
        line = self.buffer[:end].decode("utf-8", "replace").rstrip("\r")
        del self.buffer[: end + 1]
        self.server.commands.append(line)
        verb = line[:4].upper()
        handler = {
            "EHLO": self.ehlo,
            "HELO": self.ehlo,
            "MAIL": self.mail,
            "RCPT": self.rcpt,
            "DATA": self.data,
            "RSET": self.rset,
            "QUIT": self.quit,
            "STAR": self.encrypt,
        }.get(verb)
        if handler is None:
            self.say(b"502 5.5.2 what?\r\n")
        else:
            handler(line)
        return True

    def take_data(self) -> bool:
        if not self.has_begun and self.buffer:
            self.has_begun = True
            if self.perform(self.script(Phase.BODY)):
                return not self.is_waiting
        if self.buffer.startswith(b".\r\n"):
            data, length = b"", 3
        else:
            end = self.buffer.find(b"\r\n.\r\n", max(0, self.searched - 4))
            if end < 0:
                self.searched = len(self.buffer)
                return False
            data, length = bytes(self.buffer[: end + 2]), end + 5
        del self.buffer[:length]
        self.is_data, self.searched = False, 0
        if not self.perform(self.script(Phase.DOT)):
            self.server.record(self.at, data)
            self.answer(Phase.RECORDED, b"250 2.0.0 taken as %d\r\n" % len(self.server.taken))
        self.at = Transaction(self.number, self.at.number)
        return True

    def ehlo(self, _line: str) -> None:
        extensions = list(self.server.manner.extensions)
        if self.server.manner.starttls and self.transport.get_extra_info("ssl_object") is None:
            extensions.append("STARTTLS")
        lines = ["rough.example.org", *extensions]
        said = [f"250-{line}\r\n" for line in lines[:-1]] + [f"250 {lines[-1]}\r\n"]
        self.answer(Phase.EHLO, "".join(said).encode())

    def mail(self, line: str) -> None:
        self.server.messages += 1
        self.at = Transaction(self.number, self.server.messages)
        address, _, self.at.parameters = line.partition(":")[2].strip().partition(" ")
        if self.answer(Phase.MAIL, b"250 2.1.0 fine\r\n"):
            self.at.sender = address or "<>"

    def rcpt(self, line: str) -> None:
        self.at.address = line.partition(":")[2].strip().partition(" ")[0].strip("<>")
        if not self.at.sender:
            self.say(b"503 5.5.1 MAIL first\r\n")
        elif self.answer(Phase.RCPT, b"250 2.1.5 fine\r\n"):
            self.at.addresses.append(self.at.address)

    def data(self, _line: str) -> None:
        if not self.at.addresses and not self.server.manner.grants_anything:
            self.say(b"554 5.5.1 no valid recipients\r\n")
            return
        self.is_data = self.answer(Phase.DATA, b"354 go ahead\r\n")
        self.has_begun = False

    def rset(self, _line: str) -> None:
        self.at = Transaction(self.number, self.at.number)
        self.answer(Phase.RSET, b"250 2.0.0 fine\r\n")

    def quit(self, _line: str) -> None:
        if self.answer(Phase.QUIT, b"221 2.0.0 bye\r\n"):
            self.transport.close()

    def encrypt(self, _line: str) -> None:
        context = self.server.manner.starttls
        if context is None:
            self.say(b"502 5.5.1 not here\r\n")
            return
        self.say(b"220 2.0.0 go ahead\r\n")
        self.is_waiting = True
        self.upgrade = asyncio.get_running_loop().create_task(self.change(context))

    async def change(self, context: ssl.SSLContext) -> None:
        try:
            changed = await asyncio.get_running_loop().start_tls(self.transport, self, context, server_side=True)
        except (OSError, ssl.SSLError):
            return
        self.transport = cast("asyncio.Transport", changed)
        self.is_waiting = False
        self.go_on()

    def script(self, phase: Phase) -> Act | None:
        act = self.server.script(phase, self.at)
        self.server.acts += act is not None
        return act

    def answer(self, phase: Phase, proper: bytes) -> bool:
        """Say the proper thing, or what the script wants; whether what was said means yes."""
        act = self.script(phase)
        if act is not None and (act.says or act.then is not Then.GO_ON):
            self.perform(act)
            return act.says[:1] in (b"2", b"3") and act.then is Then.GO_ON
        if act is not None:
            self.wait(act.seconds, proper, Then.GO_ON)
        else:
            self.say(proper)
        return True

    def perform(self, act: Act | None) -> bool:
        """Do what the script wants, if it wants something."""
        if act is None:
            return False
        if act.seconds:
            self.wait(act.seconds, act.says, act.then)
        else:
            self.finish(act.says, act.then)
        return True

    def wait(self, seconds: float, says: bytes, then: Then) -> None:
        self.is_waiting = True

        def waited() -> None:
            self.is_waiting = False
            self.finish(says, then)
            self.go_on()

        asyncio.get_running_loop().call_later(seconds, waited)

    def finish(self, says: bytes, then: Then) -> None:
        if says:
            self.say(says)
        if then is Then.STALL:
            self.is_waiting = True
        elif then is Then.DROP:
            self.is_over = True
            self.transport.close()
        elif then is Then.RESET:
            self.is_over = True
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()

    def say(self, words: bytes) -> None:
        if not self.is_over:
            self.transport.write(words)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--log", type=Path, help="a line for each message taken: address, tab, Message-ID")
    arguments.add_argument("--seed", type=int, default=0, help="of the storm")
    arguments.add_argument("--share", type=float, default=0.0, help="of messages that meet a fault")
    given = arguments.parse_args()
    log = os.open(given.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if given.log else -1
    script = storm(given.seed, given.share) if given.share else polite
    with RoughServer(script, Manner(log=log), port=given.port) as server:
        print(server.port, flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
