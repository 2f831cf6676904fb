"""What earlier builds found out: results of pure functions, by all that they were made from.

Nothing depends on a memo. A result that is not in it is found out again and comes out the same, for its key is
a digest of everything that it was made from, or it says itself what else that was (but for the program, whose
version whoever keeps a memo looks to).
"""

from collections import defaultdict
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

Results = Mapping[str, Mapping[bytes, Any]]  # by kind and key; plain values that ``marshal`` can write


class Memo:
    """Results that are known, and those that a build has used or found out: the next build's memo."""

    def __init__(self, known: Results | None = None) -> None:
        self.known = known or {}
        self.used: dict[str, dict[bytes, Any]] = defaultdict(dict)
        self.has_news = False

    def get(self, kind: str, key: bytes) -> Any:
        """A result, or none where it is not known."""
        found = self.known[kind].get(key) if kind in self.known else None
        if found is not None:
            self.used[kind][key] = found
        return found

    def put(self, kind: str, key: bytes, result: Any) -> None:
        """Take in what has been found out."""
        if self.used[kind].get(key) != result:
            self.used[kind][key] = result
            self.has_news = True


def key_of(*pieces: bytes | str) -> bytes:
    """A digest of some pieces, each told apart from the next."""
    digest = sha256()
    for piece in pieces:
        data = piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.digest()
