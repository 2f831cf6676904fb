"""The memo of earlier builds, kept in ``.partwork/memo/``: read before a build, and written after it.

What was known at some time, and what has been found out since, are two files, so that after an edit little is
written. Each holds results by what they were made from. So any two of them go together, two builds may write at
once, and all may be deleted at any time. What is damaged, or was written by another version of the program or of a
library, is not believed.

They are written by ``marshal``: it reads thousands of results in milliseconds and, unlike ``pickle``, nothing that
it reads is ever run. It is for one version of Python, as is what is kept.
"""

import marshal
from pathlib import Path

from pipeline.making.cache import HiddenFolder
from pipeline.making.ground import ground
from pipeline.memo import Memo, Results

_INSIDE = "memo"
_KNOWN, _SINCE = "known", "since"
_RELATED = "related"  # a kind with a file of its own: a third of all, changed by every edit, and not always needed
_FEW = 200  # results that may be written beside the others before all are written anew …
_SHARE = 0.75  # … or this share of them


class Recollection:
    """The memo of the publication in ``root``; without comparisons, for who does not look for related articles."""

    def __init__(self, root: Path, *, has_related: bool = True) -> None:
        self._folder = HiddenFolder(root, _INSIDE)
        self._program = ground().encode()
        self._known = self._read(_KNOWN)
        self._since = self._read(_SINCE)
        kinds = self._known.keys() | self._since.keys()
        results = {kind: {**self._known.get(kind, {}), **self._since.get(kind, {})} for kind in kinds}
        self._related = self._read(_RELATED) if has_related else {}
        self.memo = Memo({**results, **self._related})

    def keep(self) -> None:
        """Write down what has been found out, where it can be."""
        if not self.memo.has_news:
            return
        # A check asks for less than a build: of what it did not ask for at all, everything is kept.
        used = {**self.memo.known, **self.memo.used}
        related = {_RELATED: used.pop(_RELATED)} if _RELATED in used else {}
        if related != self._related:
            self._write(_RELATED, related)
        since = {
            kind: {
                key: result for key, result in results.items() if result is not self._known.get(kind, {}).get(key)
            }
            for kind, results in used.items()
        }
        if not self._known or _count(since) > max(_FEW, _SHARE * _count(self._known)):
            self._write(_KNOWN, used)
            since = {}
        self._write(_SINCE, since)

    def _read(self, name: str) -> Results:
        content = self._folder.get(name)
        if content is None or not content.startswith(self._program):
            return {}
        try:
            found: Results = marshal.loads(content[len(self._program) :])  # noqa: S302 - of our own making
        except (ValueError, EOFError, TypeError):
            return {}
        return found

    def _write(self, name: str, results: Results) -> None:
        plain = {kind: dict(each) for kind, each in results.items()}
        self._folder.put(name, self._program + marshal.dumps(plain))


def _count(results: Results) -> int:
    return sum(map(len, results.values()))
