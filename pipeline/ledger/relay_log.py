"""What a relay's log says of messages: Postfix writes a Message-ID once, and from there on its own queue id."""

import re
from collections.abc import Container, Iterable

_BEGUN = re.compile(r"postfix[\w./-]*/cleanup\[\d+\]: (\w+): message-id=(<[^>\s]+>)")
_DONE = re.compile(r"postfix[\w./-]*\[\d+\]: (\w+): to=<.*\bstatus=(sent|deferred|bounced|expired) (.*)$")
_WORDS = 200


def taken_by_relay(lines: Iterable[str], wanted: Container[str]) -> dict[str, str]:
    """Which messages, of those wanted, the relay took responsibility for, and in which words it says so.

    ``message-id=`` alone is no evidence: Postfix logs it while the message still comes in. A ``status=``, of
    whatever kind, is logged of queued messages alone; what the relay deferred or bounced later it had taken too.
    """
    queued: dict[str, str] = {}
    taken: dict[str, str] = {}
    for line in lines:
        if begun := _BEGUN.search(line):
            queued.pop(begun[1], None)  # queue ids come again
            if begun[2] in wanted:
                queued[begun[1]] = begun[2]
        elif (done := _DONE.search(line)) and done[1] in queued:
            taken[queued[done[1]]] = f"{done[2]} {done[3]}"[:_WORDS].strip()
    return taken
