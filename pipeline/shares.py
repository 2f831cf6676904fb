"""How the quires of a build are shared among processors. Pure."""

from collections import Counter
from collections.abc import Sequence

from pipeline.quire import Quire

_A_KIND = 8  # quires that are made alike, from which the first one is made before the others


def shared(quires: Sequence[Quire], count: int) -> tuple[list[Quire], list[list[Quire]]]:
    """Quires that are made first, and a share of the others for each processor.

    The first of each kind goes first: what it compiles and imports is then there in all processes. A series stays
    in one share, as its feeds need the same entries.
    """
    kinds = Counter(_kind(quire) for quire in quires)
    first = {kind: quire.name for quire in reversed(quires) if kinds[kind := _kind(quire)] >= _A_KIND}
    opening = [quire for quire in quires if first.get(_kind(quire)) == quire.name]
    groups: dict[str, int] = Counter(quire.series or quire.name for quire in quires)
    loads = [0] * count
    share_of: dict[str, int] = {}
    for name, size in sorted(groups.items(), key=lambda group: (-group[1], group[0])):
        share_of[name] = loads.index(min(loads))
        loads[share_of[name]] += size
    shares: list[list[Quire]] = [[] for _ in loads]
    for quire in quires:
        if first.get(_kind(quire)) != quire.name:
            shares[share_of[quire.series or quire.name]].append(quire)
    return opening, shares


def _kind(quire: Quire) -> str:
    return quire.name.partition(" ")[0]
