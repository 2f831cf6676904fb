"""What an outcome means for a delivery, for its subscriber, and for the campaign."""

import re
from datetime import datetime, timedelta

from pipeline.ledger.deliveries import Delivery, Settled, State
from pipeline.sending.pace import Patience
from pipeline.sending.transport import Outcome, Result

# RFC 3463 and RFC 7505: no such mailbox, no such system, bad syntax, moved without a new address, a domain that
# takes no mail. Not 5.2.2 (full), 5.7.x (policy), 5.4.x (routing): those addresses may be good.
_DEAD = re.compile(r"(?<![\d.])5\.1\.(?:1|2|3|6|10)(?![\d.])")
# These speak of the connection, and so count as no attempt of the recipient's.
_CONNECTION = frozenset({421, 429, 454})
_LEAST = 20  # offers, before their share means anything


def is_dead(outcome: Outcome) -> bool:
    """Whether a refusal says that the address does not exist: by its enhanced status alone.

    A bare 550 says too many things ("blocked", "policy", "unknown") to take somebody off a list.
    """
    return outcome.result is Result.REJECTED and not outcome.is_ours and bool(_DEAD.search(outcome.words))


def settled(delivery: Delivery, outcome: Outcome, now: datetime, patience: Patience, pause: timedelta) -> Settled:
    """How an outcome is written down. Who was deferred too often is rejected, with the server's last words.

    What was refused because of us, the server would take from somebody better set up: nobody is rejected for it at
    first, and their turn comes again once a person has put it right. Who is refused so once more is rejected, or
    one mailbox that says "5.7.1" of its own would stop a campaign each time it is resumed.
    """
    key, code, words = delivery.subscriber_id, outcome.code, outcome.words
    if outcome.is_ours and not delivery.attempts:
        return Settled(key, State.PLANNED, code, words, not_before=now, is_attempt=True)
    if outcome.result is not Result.DEFERRED:
        return Settled(key, State(outcome.result.value), code, words, outcome.remote_id)
    is_attempt = code not in _CONNECTION
    attempts = delivery.attempts + is_attempt
    if attempts >= patience.attempts:
        return Settled(key, State.REJECTED, code, f"refused {attempts} times, at last: {words}")
    later = now + max(patience.after(attempts), pause)
    return Settled(key, State.PLANNED, code, words, not_before=later, is_attempt=is_attempt)


def too_many(accepted: int, rejected: int, uncertain: int, percent: int) -> str:
    """Why a campaign has to pause, or nothing. Doubts count: a server that never answers leaves nothing else."""
    ended = accepted + rejected + uncertain
    if ended < _LEAST or (rejected + uncertain) * 100 <= percent * ended:
        return ""
    parts = [f"{number} {word}" for number, word in ((rejected, "rejected"), (uncertain, "uncertain")) if number]
    return f"{' and '.join(parts)} of {ended}: more than {percent} percent"


def in_words(outcome: Outcome) -> str:
    """What a server said, with its code once."""
    return outcome.words if outcome.words.startswith(str(outcome.code)) else f"{outcome.code} {outcome.words}"
