"""A mail server of one's own that speaks as much IMAP as reading bounces takes: over TLS, on this machine."""

import re
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers import serving

USERNAME, PASSWORD = "bounces", "open sesame"


@dataclass
class Box:
    """Mailboxes by name, each with messages by uid, and what was said to the server."""

    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    flags: dict[int, set[str]] = field(default_factory=dict)
    capabilities: str = "IMAP4rev1 MOVE UIDPLUS"
    keeps_keywords: bool = True
    heard: list[str] = field(default_factory=list)
    fetched: int = 0

    def put(self, *messages: bytes) -> None:
        for message in messages:
            uid = 1 + max((uid for folder in self.folders.values() for uid in folder), default=0)
            self.folders["INBOX"][uid] = message
            self.flags[uid] = set()


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.box: Box = self.server.box  # type: ignore[attr-defined]
        self.wfile.write(b"* OK here I am\r\n")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self.box.heard.append(rest)
            word, _, words = rest.partition(" ")
            if word.upper() == "UID":
                word, _, words = words.partition(" ")
            answer = getattr(self, f"do_{word.lower()}", lambda _words: "BAD what?")(words)
            self.wfile.write(f"{tag} {answer} so it is\r\n".encode())
            if word.upper() == "LOGOUT":
                return

    def tell(self, text: str) -> None:
        self.wfile.write(f"* {text}\r\n".encode())

    def do_capability(self, _words: str) -> str:
        self.tell(f"CAPABILITY {self.box.capabilities}")
        return "OK"

    def do_login(self, words: str) -> str:
        good = f'{USERNAME} "{PASSWORD}"'
        return "OK" if words.replace(f'"{USERNAME}"', USERNAME) == good else f"NO not {words}"

    def do_select(self, words: str) -> str:
        name = words.strip('"')
        if name not in self.box.folders:
            return "NO there is no such mailbox"
        self.tell(f"{len(self.box.folders[name])} EXISTS")
        return "OK"

    def do_create(self, words: str) -> str:
        if words.strip('"') in self.box.folders:
            return "NO it is there"
        self.box.folders[words.strip('"')] = {}
        return "OK"

    def do_search(self, words: str) -> str:
        unwanted = {r"\Deleted", *(re.findall(r"UNKEYWORD (\S+)", words))}
        found = [uid for uid in self.box.folders["INBOX"] if not self.box.flags[uid] & unwanted]
        self.tell(f"SEARCH {' '.join(map(str, found))}".rstrip())
        return "OK"

    def do_fetch(self, words: str) -> str:
        uid = int(words.split()[0])
        message = self.box.folders["INBOX"].get(uid)
        if message is None:
            return "OK"
        if "RFC822.SIZE" in words:
            self.tell(f"1 FETCH (UID {uid} RFC822.SIZE {len(message)})")
            return "OK"
        self.box.fetched += 1
        self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, len(message), message))
        return "OK"

    def do_store(self, words: str) -> str:
        uids, _, flag = words.split(" ")
        flag = flag.strip("()")
        if not flag.startswith("\\") and not self.box.keeps_keywords:
            return "NO no keywords here"
        for uid in map(int, uids.split(",")):
            self.box.flags[uid].add(flag)
        return "OK"

    def do_copy(self, words: str) -> str:
        uids, _, name = words.partition(" ")
        for uid in map(int, uids.split(",")):
            self.box.folders[name.strip('"')][uid] = self.box.folders["INBOX"][uid]
        return "OK"

    def do_move(self, words: str) -> str:
        if "MOVE" not in self.box.capabilities:
            return "BAD what?"
        self.do_copy(words)
        for uid in map(int, words.split(" ")[0].split(",")):
            del self.box.folders["INBOX"][uid]
        return "OK"

    def do_expunge(self, words: str) -> str:
        for uid in map(int, words.split(",")) if words else list(self.box.folders["INBOX"]):
            if r"\Deleted" in self.box.flags[uid]:
                del self.box.folders["INBOX"][uid]
        return "OK"

    def do_logout(self, _words: str) -> str:
        self.tell("BYE")
        return "OK"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, box: Box, context: ssl.SSLContext) -> None:
        self.box, self._context = box, context
        super().__init__(("127.0.0.1", 0), _Session)

    def finish_request(self, request: object, client_address: object) -> None:
        # In the session's own thread: a client that does not trust us must not stop the server.
        try:
            with self._context.wrap_socket(request, server_side=True) as wrapped:  # type: ignore[arg-type]
                super().finish_request(wrapped, client_address)
        except OSError:
            return


@contextmanager
def running(box: Box, context: ssl.SSLContext) -> Iterator[int]:
    """The server; its port."""
    with serving(_Server(box, context)) as port:
        yield port
