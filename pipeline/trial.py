"""A trial of the templates: some issues are rendered, and what comes out is looked at, whatever the others are.

To render everything takes seconds for a thousand parts, and would tell the same of the templates again and again.
So ``partwork check`` renders every issue of a small publication, and of a large one those that show the most: each
kind of issue, and the longest. A build renders them all.
"""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.compose import compose_issues
from pipeline.errors import Diagnostic
from pipeline.issue import Issue, Issues, Recap, References, Related, Teaser
from pipeline.lasting import span_of
from pipeline.memo import Memo, key_of
from pipeline.model import Sources
from pipeline.parse.plain import pack, unpack
from pipeline.urls import PART_FILE

MOST = 40  # issues that are rendered
_KINDS = 20  # of which so many for what they consist of
_KIND = "tried"  # in the memo


def try_templates(issues: Issues, sources: Sources, memo: Memo, most: int = MOST) -> tuple[Diagnostic, ...]:
    """What is wrong with what comes out, for so many issues at most; related ones are looked for among them."""
    addresses = representative(issues, most)
    key = _key(_alone(issues, addresses), sources)
    known = memo.get(_KIND, key)
    if known is not None:
        told: tuple[Diagnostic, ...] = unpack(known)
        return told
    from pipeline.build import tried  # 150 ms: everything that renders

    composed = compose_issues(issues.library, issues.as_of, compared=addresses)
    told = tried(_alone(composed.issues, addresses))
    memo.put(_KIND, key, pack(told))
    return told


def representative(issues: Issues, most: int = MOST) -> frozenset[str]:
    """The addresses of some issues: of all, where they are few."""
    every = issues.all
    if len(every) <= most:
        return frozenset(issue.address for issue in every)
    longest = sorted(every, key=lambda issue: (-issue.words, issue.address))
    kinds: dict[tuple[object, ...], str] = {}
    for issue in longest:
        kinds.setdefault(tuple(_consists_of(issue)), issue.address)
    of_a_kind = list(kinds.values())[:_KINDS]
    return frozenset(list(dict.fromkeys((*of_a_kind, *[issue.address for issue in longest])))[:most])


def _alone(issues: Issues, addresses: frozenset[str]) -> Issues:
    """The publication with some of its issues, and the series that have any."""
    if len(addresses) == len(issues.all):
        return issues
    placed = (
        replace(each, issues=tuple(issue for issue in each.issues if issue.address in addresses))
        for each in issues.series
    )
    return replace(issues, series=tuple(each for each in placed if each.issues))


def _consists_of(issue: Issue) -> Iterator[object]:
    yield issue.is_out
    for section in issue.sections:
        yield type(section).__name__
        if isinstance(section, Teaser):
            yield section.kind
    yield bool(issue.part.image)


def _key(chosen: Issues, sources: Sources) -> bytes:
    """A digest of all that these issues are rendered from."""
    own = {issue.part.path for issue in chosen.all}
    pieces: list[bytes | str] = [span_of(chosen).since.isoformat()]
    for files in (sources.files, sources.theme):
        for path, data in files.items():
            if path in own or not _is_part(path):
                pieces += (path, data)
    for placed in chosen.series:
        pieces += (f"{line.number} {line.title} {line.slot}" for line in placed.calendar)
        pieces += (f"{issue.address} {_seen_beside(issue)!r}" for issue in placed.issues)
    return key_of(*pieces)


def _seen_beside(issue: Issue) -> tuple[object, ...]:
    """What an issue shows that is not in its own file: values that are written in one way alone."""
    beside = [each for each in issue.sections if isinstance(each, Recap | Teaser | Related | References)]
    return (issue.slot, issue.is_out, issue.previous, issue.next, issue.links, issue.citations, beside)


def _is_part(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder.startswith("series/") and bool(PART_FILE.match(name))
