"""A DNS of one's own, over UDP on this machine: it has the records that it is given, and no others."""

import socketserver
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from tests.servers import serving

Zone = Mapping[tuple[str, str], list[str]]
ROOT: Zone = {(".", "NS"): ["a.root-servers.example."]}


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, socket = self.request
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower() or ".", question.rdtype.name
        zone: Zone = self.server.zone  # type: ignore[attr-defined]
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        found = zone.get((name, kind))
        if found:
            answer.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, found))
        elif not any(known == name for known, _ in zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        if ("servfail", "") in zone and name != ".":
            answer.answer.clear()
            answer.set_rcode(dns.rcode.SERVFAIL)
        socket.sendto(answer.to_wire(), self.client_address)


class _Server(socketserver.ThreadingUDPServer):
    daemon_threads = True


@contextmanager
def running(zone: Zone) -> Iterator[int]:
    """The server; its port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.zone = {**ROOT, **zone}  # type: ignore[attr-defined]
    with serving(server) as port:
        yield port


def texts(**records: str) -> dict[tuple[str, str], list[str]]:
    """TXT records by name, with ``__`` for dots."""
    return {(name.replace("__", "."), "TXT"): [f'"{text}"'] for name, text in records.items()}
