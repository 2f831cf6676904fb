"""Markdown text into the body tree: once for each part, by pyromark's event stream.

CommonMark with tables, footnotes, definition lists, strikethrough, heading attributes and smart punctuation;
``[@key]`` citations; ``[[03]]`` links to parts; ``:::`` directives; and the little HTML that ``markup`` allows.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pyromark
from slugify import slugify

from pipeline import body as tree
from pipeline import part_links, rules
from pipeline.errors import Diagnostic
from pipeline.parse.directives import Lifted, lift
from pipeline.parse.embedded import Embedded
from pipeline.parse.frames import ROOT, Frame, Stack

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_SMART_PUNCTUATION
    | pyromark.Options.ENABLE_DEFINITION_LIST
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
    | pyromark.Options.ENABLE_WIKILINKS
)
_MAX_DEPTH = 50
_CITATION_TARGET = "cite:"
_CITE = re.compile(r"@([\w][\w:.#$%&+?<>~/-]*?)(?:\s*,\s*(.+))?\s*\Z")
_LOST_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]")
# Anchors that pages, emails and feeds make themselves.
_TAKEN_ANCHOR = re.compile(r"(fn|fnref|cite|ref|pw|part)-?[\d-]*\Z|pw-")
_ALIGNMENTS = {"None": "", "Left": "left", "Center": "center", "Right": "right"}


@dataclass(frozen=True, slots=True)
class ParsedBody:
    """A body, and what is wrong with it."""

    body: tree.Body
    diagnostics: tuple[Diagnostic, ...]


def parse_body(text: str, path: str = "", first_line: int = 1) -> ParsedBody:
    """Parse Markdown that starts at ``first_line`` of the file ``path``. Line ends must be LF."""
    lifted = lift(text, path, first_line)
    reader = _Reader(lifted, path, first_line)
    body = reader.read()
    return ParsedBody(body, (*lifted.diagnostics, *reader.diagnostics))


class _Reader:
    """Events in, nodes out. Lives for one body."""

    def __init__(self, lifted: Lifted, path: str, first_line: int) -> None:
        self._text = lifted.text
        self._first_line = first_line
        self._line_starts = [0, *accumulate(len(line) + 1 for line in lifted.text.encode().split(b"\n"))]
        self._stack = Stack(path, first_line)
        self._embedded = Embedded(self._stack, lifted.directives, first_line)
        self._anchors: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._notes: dict[str, tuple[int, tree.Blocks]] = {}

    @property
    def diagnostics(self) -> list[Diagnostic]:
        return self._stack.diagnostics

    def read(self) -> tree.Body:
        """Go through the events once. Footnotes are numbered in the order in which they are first mentioned."""
        html: list[str] = []
        stack = self._stack
        events: Any = pyromark.events_with_range(
            self._text, options=_OPTIONS, broken_link_callback=self._unknown_reference
        )
        for event, where in events:
            if isinstance(event, str):
                stack.add(_LEAVES[event])
                continue
            ((kind, value),) = event.items()
            match kind:
                case "Text":
                    stack.add_text(value)
                    continue
                case "Start" if value == "HtmlBlock":
                    html.clear()
                case "Start":
                    name, detail = (value, None) if isinstance(value, str) else next(iter(value.items()))
                    stack.push(name, detail, self._line(where["start"]))
                case "End" if value == "HtmlBlock":
                    self._embedded.block("".join(html), self._line(where["start"]))
                case "End":
                    self._end(value if isinstance(value, str) else next(iter(value)))
                case "Html":
                    html.append(value)
                case _:
                    self._leaf(kind, value, self._line(where["start"]))
            if stack.deepest > _MAX_DEPTH:
                return self._too_deep(self._line(where["start"]))
        stack.close_what_is_open_in(ROOT)
        return self._body()

    def _too_deep(self, line: int) -> tree.Body:
        """Give up: what follows would only be more of it."""
        self._stack.clear()
        message = f"this is nested more than {_MAX_DEPTH} levels deep"
        self._stack.tell(rules.TOO_DEEP, line, message, "flatten the list or the quotation")
        return tree.Body()

    def _body(self) -> tree.Body:
        self._stack.flush()
        for label, (line, _) in self._notes.items():
            if label not in self._numbers:
                message = f"the footnote `[^{label}]` is never mentioned"
                self._stack.tell(
                    rules.FOOTNOTE, line, message, f"write `[^{label}]` where it belongs, or take it out"
                )
        notes = (
            tree.Footnote(label, number, self._notes[label][1])
            for label, number in self._numbers.items()
            if label in self._notes
        )
        return tree.Body(tuple(self._stack.root.children), tuple(notes))

    def _line(self, offset: int) -> int:
        return self._first_line + bisect_right(self._line_starts, offset) - 1

    def _unknown_reference(self, link: Any) -> tuple[str, str] | None:
        """Pyromark asks about ``[…]`` that no definition resolves: ours when it begins with ``@``."""
        reference: str = link["reference"]
        if reference.startswith("@"):
            return (_CITATION_TARGET, "")
        if link["link_type"] in ("Reference", "Collapsed") and not reference.startswith("^"):
            self._stack.tell(
                rules.BROKEN_LINK,
                self._line(link["span"]["start"]),
                f"the link `[{reference}]` has no definition",
                f"add a line `[{reference}]: https://…`, or escape the bracket",
            )
        return None

    def _leaf(self, kind: str, value: str, line: int) -> None:
        match kind:
            case "Code":
                self._stack.add(tree.Code(value))
            case "FootnoteReference":
                number = self._numbers.setdefault(value, len(self._numbers) + 1)
                self._stack.add(tree.FootnoteRef(value, number))
            case "InlineHtml":
                self._embedded.html(value, line)
            case _:  # math and the like are not switched on; their text is kept
                self._stack.add_text(value)

    # -- ends of elements ------------------------------------------------------------------------------

    def _end(self, kind: str) -> None:
        self._stack.close_what_is_open_in(kind)
        frame = self._stack.pop()
        make = _MAKERS.get(kind)
        node = make(self, frame) if make else None
        if node is not None:
            self._stack.add(node)

    def link(self, frame: Frame) -> object:
        target, title = frame.value["dest_url"], frame.value["title"]
        if isinstance(frame.value["link_type"], dict):
            return self._part_link(frame)
        if target == _CITATION_TARGET and frame.value["link_type"].endswith("Unknown"):
            return self._citation(frame.value["id"], frame.line)
        if frame.value["link_type"] == "Email":  # CommonMark 6.5: <me@example.org>
            target = f"mailto:{target}"
        return self._stack.link(target, title, frame.children, frame.line)

    def _part_link(self, frame: Frame) -> object:
        """``[[03]]`` or ``[[03|words]]``. In a table cell the bar is escaped, and its backslash left over."""
        name = " ".join(frame.value["dest_url"].removesuffix("\\").split())
        has_words = frame.value["link_type"]["WikiLink"]["has_pothole"]
        if name.startswith(("@", "^")):
            message = f"`[[{name}]]` has a pair of brackets too many"
            self._stack.tell(rules.BROKEN_LINK, frame.line, message, f"write `[{name}]`; two pairs link to a part")
            return tree.Text(name)
        return tree.Link(part_links.written(name), "", tuple(frame.children) if has_words else (), frame.line)

    def image(self, frame: Frame) -> object:
        if isinstance(frame.value["link_type"], dict):
            message = f"`![[{frame.value['dest_url']}]]` is no picture"
            hint = "write `![what it shows](images/x.png)`; a link to a part has no `!`"
            self._stack.tell(rules.BROKEN_LINK, frame.line, message, hint)
            return None
        alt = tree.plain(tuple(frame.children))
        return self._stack.image(frame.value["dest_url"], alt, frame.value["title"], frame.line)

    def _citation(self, reference: str, line: int) -> object:
        cites: list[tree.Cite] = []
        for piece in reference.split(";"):
            match = _CITE.match(piece.strip())
            if match:
                cites.append(tree.Cite(match.group(1), (match.group(2) or "").strip()))
            else:
                hint = "write `[@key]`, `[@key, p. 12]` or `[@one; @two]`; escape the bracket for a plain @"
                message = f"`[{reference}]` is not a citation"
                self._stack.tell(rules.UNRESOLVED_CITATION, line, message, hint)
        return tree.Citation(tuple(cites), line)

    def heading(self, frame: Frame) -> object:
        children = tuple(frame.children)
        own = frame.value["id"]
        wanted = own or slugify(tree.plain(children), allow_unicode=True) or "section"
        if _TAKEN_ANCHOR.match(wanted):
            wanted += "-section"
        anchor, count = wanted, 1
        while anchor in self._anchors:
            count += 1
            anchor = f"{wanted}-{count}"
        self._anchors.add(anchor)
        return tree.Heading(int(frame.value["level"][1]), anchor, children, frame.line)

    def paragraph(self, frame: Frame) -> object | None:
        children = tuple(frame.children)
        for child in children:
            if isinstance(child, tree.Text) and (lost := _LOST_FOOTNOTE.search(child.text)):
                self._stack.tell(
                    rules.FOOTNOTE,
                    frame.line,
                    f"the footnote `{lost.group()}` is not defined",
                    f"add a line `{lost.group()}: …`",
                )
        if len(children) == 1 and isinstance(children[0], tree.Image):
            return tree.Figure(children[0])
        return tree.Paragraph(children) if children else None

    def footnote(self, frame: Frame) -> None:
        self._notes.setdefault(frame.value, (frame.line, tuple(frame.children)))

    def table(self, frame: Frame) -> object:
        head, *rows = frame.children or [()]
        alignments = tuple(_ALIGNMENTS[name] for name in frame.value)
        return tree.Table(alignments, head, tuple(rows))


def _inlines(make: Callable[[tuple[Any, ...]], object]) -> Callable[[_Reader, Frame], object]:
    return lambda _, frame: make(tuple(frame.children))


def _code_block(_: _Reader, frame: Frame) -> object:
    info = frame.value.get("Fenced", "") if isinstance(frame.value, dict) else ""
    language = info.split()[0].strip("{}.") if info.split() else ""
    return tree.CodeBlock("".join(child.text for child in frame.children), language)


_LEAVES: dict[str, object] = {
    "SoftBreak": tree.SoftBreak(),
    "HardBreak": tree.HardBreak(),
    "Rule": tree.Rule(),
}
_MAKERS: dict[str, Callable[[_Reader, Frame], object | None]] = {
    "Paragraph": _Reader.paragraph,
    "Heading": _Reader.heading,
    "Link": _Reader.link,
    "Image": _Reader.image,
    "Table": _Reader.table,
    "FootnoteDefinition": _Reader.footnote,
    "CodeBlock": _code_block,
    "Emphasis": _inlines(tree.Emphasis),
    "Strong": _inlines(tree.Strong),
    "Strikethrough": _inlines(tree.Strikethrough),
    "BlockQuote": _inlines(tree.Quote),
    "List": lambda _, frame: tree.List(frame.value, tuple(frame.children)),
    "Item": _inlines(tree.ListItem),
    "TableHead": lambda _, frame: tuple(frame.children),
    "TableRow": lambda _, frame: tuple(frame.children),
    "TableCell": lambda _, frame: tuple(frame.children),
    "DefinitionList": _inlines(tree.DefinitionList),
    "DefinitionListTitle": _inlines(tree.Term),
    "DefinitionListDefinition": _inlines(tree.Definition),
}
