"""The plain text of an email: every section in order, in 72 columns, and the addresses that it leads to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline import body as tree
from pipeline import issue as placed
from pipeline.fences import sections_for
from pipeline.issue import Issue
from pipeline.model import Block, Channel
from pipeline.render.context import links_by_target
from pipeline.render.email.columns import joined, led, underlined, wrap
from pipeline.render.email.links import Links
from pipeline.render.email.plaintext import TextRenderer
from pipeline.render.templates import Templates
from pipeline.render.views import CtaView, PartView, RecapView, RelatedView, RoundUpView, TeaserView

TEMPLATE = "text/part.txt.j2"
ROUNDUP_TEMPLATE = "text/roundup.txt.j2"
COLUMNS = 72
_RULE = "-" * COLUMNS


@dataclass(frozen=True, slots=True)
class TextSection:
    """A section as lines of text, ready to be put down; ``kind`` as in HTML."""

    kind: str
    text: str


def render_text(issue: Issue, templates: Templates, context: Mapping[str, Any]) -> str:
    """An issue as plain text, merge places in its words still marked (``merge.unmarked``).

    ``context`` is what the HTML template sees too. The template also has ``sections``, ``links`` (numbered
    addresses, the authors' first), ``noted(words, url)`` (the words and their link's number), ``wrap(text)`` and
    ``underlined(text)``.

    Raises:
        TemplateFailedError: the template could not be read or run.
    """
    part: PartView = context["part"]
    links = Links()
    for author in part.authors:
        links.noted(author.name, author.url)
    sections = _Sections(issue, context["publication"].url, links)
    made: list[TextSection] = []
    for section, view in zip(sections_for(issue, Channel.EMAIL), part.sections, strict=True):
        lines = sections.lines(section, view)
        if made and made[-1].text.endswith(_RULE) and lines[:1] == [_RULE]:
            del lines[:2]  # one rule between two framed sections
        if lines:
            made.append(TextSection(view.kind, "\n".join(lines)))
    text = templates.render(
        ROUNDUP_TEMPLATE if issue.is_roundup else TEMPLATE,
        **{
            **context,
            "sections": made,
            "links": links.listed(),
            "noted": links.noted,
            "wrap": lambda text: "\n".join(wrap(str(text), COLUMNS)),
            "underlined": lambda text, mark="=": "\n".join(underlined(str(text), mark, COLUMNS)),
        },
    )
    return "\n".join(map(str.rstrip, text.strip("\n").split("\n"))) + "\n"


class _Sections:
    """Turns sections into text: the words from the tree, the addresses from the views."""

    def __init__(self, issue: Issue, root: str, links: Links) -> None:
        self._root = root
        self._links = links
        self._parts = links_by_target(issue.links)
        self._text = TextRenderer(issue.part.path, root, links, dict(issue.citations), parts=self._parts)

    def lines(self, section: placed.Section, view: Any) -> list[str]:
        """One section as lines of text."""
        match section:
            case placed.Prose(blocks):
                return self._text.blocks(blocks, COLUMNS)
            case placed.Cta(block):
                return self._cta(block, view)
            case placed.Recap():
                return self._recap(view)
            case placed.Teaser():
                return _framed(self._teaser(view))
            case placed.Related():
                return self._related(view)
            case placed.Notes(footnotes):
                items = [self._text.blocks(note.children, COLUMNS - 4) for note in footnotes]
                return [
                    *underlined("Notes", "-", COLUMNS),
                    "",
                    *_numbered(items, [note.number for note in footnotes]),
                ]
            case placed.References(entries):
                return self._references(entries)
            case placed.Disclaimer(block):
                return [*_titled(block.title), *self._wording(block.path, block.body.blocks)]
            case placed.RoundUp():
                return _roundup(view)

    def _wording(self, path: str, blocks: tree.Blocks) -> list[str]:
        renderer = TextRenderer(path, self._root, self._links, {}, is_bare=True, parts=self._parts)
        return renderer.blocks(blocks, COLUMNS)

    def _cta(self, block: Block, view: CtaView) -> list[str]:
        call = ["", *(wrap(f"{view.label}:", COLUMNS) if view.label else ()), view.url] if view.url else []
        return _framed([*_titled(view.title), *self._wording(block.path, block.body.blocks), *call])

    def _recap(self, view: RecapView) -> list[str]:
        previous, first = view.previous, view.first
        lines = [*wrap(f"Previously, in Part {previous.number}: {previous.title}", COLUMNS), previous.url]
        if first.number != previous.number:
            lines += ["", *wrap(f"New here? Start with Part {first.number}: {first.title}", COLUMNS), first.url]
        return lines

    def _teaser(self, view: TeaserView) -> list[str]:
        if view.mode == "scheduled":
            title = f"Part {view.number}: {view.title}"
            return [*wrap(view.when, COLUMNS), *underlined(title, "-", COLUMNS), "", *wrap(view.text, COLUMNS)]
        if view.mode == "coming":
            return wrap(f"To be continued: Part {view.number} is on its way.", COLUMNS)
        lines = wrap(f"This was the last part of {view.series_title}. All of its parts:", COLUMNS)
        lines.append(view.series_url)
        if view.onward:
            lines += ["", *wrap(f"What to read next: {view.onward.title}", COLUMNS), view.onward.url]
        return lines

    def _related(self, view: RelatedView) -> list[str]:
        lines = underlined("Related reading", "-", COLUMNS)
        for item in view.items:
            lines += ["", *wrap(item.title, COLUMNS), *(wrap(item.summary, COLUMNS) if item.summary else ())]
            lines.append(item.url)
        return lines

    def _references(self, entries: tuple[placed.ReferenceEntry, ...]) -> list[str]:
        items = []
        for entry in entries:
            lines = wrap(" ".join(entry.text.split()), COLUMNS - 4)
            items.append(lines if not entry.url or entry.url in entry.text else [*lines, entry.url])
        return [
            *underlined("References", "-", COLUMNS),
            "",
            *_numbered(items, [entry.number for entry in entries]),
        ]


def _roundup(view: RoundUpView) -> list[str]:
    lines: list[str] = []
    for item in view.items:
        about = f"{item.date}, {item.reading_minutes} min read"
        title = underlined(f"{item.label}: {item.title}", "-", COLUMNS)
        lines += [*title, *wrap(about, COLUMNS), "", *wrap(item.summary, COLUMNS), "", item.url, "", ""]
    if view.first is not None:
        return [
            *lines,
            *wrap(f"New here? Start with {view.first.label}: {view.first.title}", COLUMNS),
            view.first.url,
        ]
    return lines[:-2]


def _titled(title: str) -> list[str]:
    return [*underlined(title, "-", COLUMNS), ""] if title else []


def _framed(lines: list[str]) -> list[str]:
    """Lines between two rules: something that is not the letter's own text."""
    return [_RULE, "", *lines, "", _RULE]


def _numbered(items: list[list[str]], numbers: list[int]) -> list[str]:
    """Items led by their numbers, the lines under each other."""
    made = [led(lines, f"{number}. ".ljust(4)) for number, lines in zip(numbers, items, strict=True)]
    return joined(made, is_loose=True)
