"""What of an issue each channel shows: authors fence text off with ``::: only email … :::``."""

from collections.abc import Iterator

from pipeline.body import Blocks, Citation, FootnoteRef, walk
from pipeline.issue import Cta, Issue, Notes, Prose, References, Section
from pipeline.model import Channel


def sections_for(issue: Issue, channel: Channel) -> Iterator[Section]:
    """The sections in order, without what the author fenced off for other channels.

    Neither are the notes and the works there that are mentioned in what is fenced off alone. The others keep
    their numbers.
    """
    shown = [
        section
        for section in issue.sections
        if not isinstance(section, Prose | Cta) or channel in section.channels
    ]
    if len(shown) == len(issue.sections):
        yield from shown
    else:
        yield from _with_what_is_mentioned(shown)


def _with_what_is_mentioned(shown: list[Section]) -> Iterator[Section]:
    """Sections, with the notes and works alone that their prose mentions, or that those notes mention in turn."""
    notes = {note.number: note for each in shown if isinstance(each, Notes) for note in each.footnotes}
    numbers: set[int] = set()
    keys: set[str] = set()
    waiting: list[Blocks] = [each.blocks for each in shown if isinstance(each, Prose)]
    while waiting:
        for node in walk(waiting.pop()):
            if isinstance(node, Citation):
                keys.update(cite.key for cite in node.cites)
            elif isinstance(node, FootnoteRef) and node.number in notes and node.number not in numbers:
                numbers.add(node.number)
                waiting.append(notes[node.number].children)
    for section in shown:
        match section:
            case Notes(footnotes):
                mentioned = tuple(note for note in footnotes if note.number in numbers)
                if mentioned:
                    yield Notes(mentioned)
            case References(entries):
                cited = tuple(entry for entry in entries if entry.key in keys)
                if cited:
                    yield References(cited)
            case _:
                yield section
