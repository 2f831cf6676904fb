"""Markdown text into the body tree: once for each part, by pyromark's event stream.

CommonMark with tables, footnotes, definition lists, strikethrough, heading attributes and smart punctuation;
``[@key]`` citations; ``:::`` directives; and the little HTML that ``markup`` allows.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyromark
from slugify import slugify

from pipeline import body as tree
from pipeline import rules, urls
from pipeline.errors import Diagnostic, Location
from pipeline.parse import markup
from pipeline.parse.directives import CloseLine, CtaLine, Directive, Lifted, OnlyLine, lift, marked_line

_OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_SMART_PUNCTUATION
    | pyromark.Options.ENABLE_DEFINITION_LIST
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
)
_MAX_DEPTH = 50
_CITATION_TARGET = "cite:"
_CITE = re.compile(r"@([\w][\w:.#$%&+?<>~/-]*?)(?:\s*,\s*(.+))?\s*\Z")
_LOST_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]")
# Anchors that pages, emails and feeds make themselves.
_TAKEN_ANCHOR = re.compile(r"(fn|fnref|cite|ref|pw)-?[\d-]*\Z|pw-")
_ALIGNMENTS = {"None": "", "Left": "left", "Center": "center", "Right": "right"}


@dataclass(frozen=True, slots=True)
class ParsedBody:
    """A body, and what is wrong with it."""

    body: tree.Body
    diagnostics: tuple[Diagnostic, ...]


def parse_body(text: str, path: str = "", first_line: int = 1) -> ParsedBody:
    """Parse Markdown that starts at ``first_line`` of the file ``path``. Line ends must be LF."""
    lifted = lift(text, path, first_line)
    builder = _Builder(lifted, path, first_line)
    builder.run()
    return ParsedBody(builder.body(), (*lifted.diagnostics, *builder.diagnostics))


@dataclass(slots=True)
class _Frame:
    """An element that is open: its kind, what its start said, and the children so far."""

    kind: str
    value: Any
    line: int
    children: list[Any] = field(default_factory=list)


class _Builder:
    """Events in, nodes out: a stack of open frames. Lives for one body."""

    def __init__(self, lifted: Lifted, path: str, first_line: int) -> None:
        self._text = lifted.text
        self._directives: Mapping[int, Directive] = lifted.directives
        self._path = path
        self._first_line = first_line
        encoded = lifted.text.encode()
        self._line_starts = [0, *(match.end() for match in re.finditer(b"\n", encoded))]
        self._root = _Frame("root", None, first_line)
        self._stack = [self._root]
        self._anchors: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._mentions: dict[str, int] = {}
        self._mention_lines: dict[str, int] = {}
        self._notes: dict[str, tuple[int, tree.Blocks]] = {}
        self.diagnostics: list[Diagnostic] = []

    # -- the run ---------------------------------------------------------------------------------------

    def run(self) -> None:
        html: list[str] = []
        events: Any = pyromark.events_with_range(
            self._text, options=_OPTIONS, broken_link_callback=self._unknown_reference
        )
        for event, where in events:
            if isinstance(event, str):
                self._add(_LEAVES[event])
                continue
            ((kind, value),) = event.items()
            if kind == "Text":
                self._add_text(value)
            elif kind == "Start":
                if value == "HtmlBlock":
                    html = []
                elif len(self._stack) > _MAX_DEPTH:
                    self._too_deep(self._line(where["start"]))
                    return
                else:
                    name, detail = (value, None) if isinstance(value, str) else next(iter(value.items()))
                    self._stack.append(_Frame(name, detail, self._line(where["start"])))
            elif kind == "End":
                if value == "HtmlBlock":
                    self._html_block("".join(html), self._line(where["start"]))
                else:
                    self._end(value if isinstance(value, str) else next(iter(value)))
            elif kind == "Html":
                html.append(value)
            else:
                self._leaf(kind, value, self._line(where["start"]))
        self._close_html("root")

    def _too_deep(self, line: int) -> None:
        """Give up: what follows would only be more of it."""
        self._root.children.clear()
        self._notes.clear()
        self._numbers.clear()
        del self._stack[1:]
        message = f"this is nested more than {_MAX_DEPTH} levels deep"
        self._tell(rules.TOO_DEEP, line, message, "flatten the list or the quotation")

    def body(self) -> tree.Body:
        """The finished tree. Footnotes are numbered in the order in which they are first mentioned."""
        for label, (line, _) in self._notes.items():
            if label not in self._numbers:
                self._tell(rules.FOOTNOTE, line, f"the footnote `[^{label}]` is never mentioned")
        notes = (
            tree.Footnote(label, number, self._notes[label][1], self._mentions[label])
            for label, number in self._numbers.items()
            if label in self._notes
        )
        return tree.Body(tuple(self._root.children), tuple(notes))

    # -- small things ----------------------------------------------------------------------------------

    def _line(self, offset: int) -> int:
        return self._first_line + bisect_right(self._line_starts, offset) - 1

    def _tell(self, rule: rules.Rule, line: int, message: str, hint: str = "") -> None:
        self.diagnostics.append(rule.at(Location(self._path, line), message, hint))

    def _add(self, node: object) -> None:
        self._stack[-1].children.append(node)

    def _add_text(self, text: str) -> None:
        children = self._stack[-1].children
        if children and isinstance(children[-1], tree.Text):
            children[-1] = tree.Text(children[-1].text + text)
        else:
            children.append(tree.Text(text))

    def _unknown_reference(self, link: Any) -> tuple[str, str] | None:
        """Pyromark asks about ``[…]`` that no definition resolves: ours when it begins with ``@``."""
        reference: str = link["reference"]
        if reference.startswith("@"):
            return (_CITATION_TARGET, "")
        if link["link_type"] in ("Reference", "Collapsed") and not reference.startswith("^"):
            self._tell(
                rules.BROKEN_LINK,
                self._line(link["span"]["start"]),
                f"the link `[{reference}]` has no definition",
                f"add a line `[{reference}]: https://…`, or escape the bracket",
            )
        return None

    def _leaf(self, kind: str, value: str, line: int) -> None:
        match kind:
            case "Code":
                self._add(tree.Code(value))
            case "FootnoteReference":
                number = self._numbers.setdefault(value, len(self._numbers) + 1)
                self._mentions[value] = self._mentions.get(value, 0) + 1
                self._mention_lines.setdefault(value, line)
                self._add(tree.FootnoteRef(value, number, self._mentions[value]))
            case "InlineHtml":
                self._html(value, line)
            case _:  # math and the like are not switched on; their text is kept
                self._add_text(value)

    # -- ends of elements ------------------------------------------------------------------------------

    def _end(self, kind: str) -> None:
        self._close_html(kind)
        frame = self._stack.pop()
        make = _MAKERS.get(kind)
        if make is not None:
            node = make(self, frame)
            if node is not None:
                self._add(node)

    def link(self, frame: _Frame) -> object:
        target, title = frame.value["dest_url"], frame.value["title"]
        if target == _CITATION_TARGET and frame.value["link_type"].endswith("Unknown"):
            return self._citation(frame.value["id"], frame.line)
        if not urls.is_safe_address(target):
            self._tell(
                rules.UNSAFE_LINK,
                frame.line,
                f"a link to `{target[:60]}`: its scheme is not allowed",
                "use http, https, mailto or tel",
            )
            target = ""
        return tree.Link(target, title, tuple(frame.children), frame.line)

    def image(self, frame: _Frame) -> object:
        source = frame.value["dest_url"]
        if urls.scheme_of(source) not in ("", "http", "https"):
            self._tell(
                rules.UNSAFE_LINK,
                frame.line,
                f"a picture from `{source[:40]}…`: its scheme is not allowed",
                "put the picture beside the text, in images/, or name it by https",
            )
            source = ""
        return tree.Image(source, tree.plain(tuple(frame.children)), frame.value["title"], frame.line)

    def _citation(self, reference: str, line: int) -> object:
        cites: list[tree.Cite] = []
        for piece in reference.split(";"):
            match = _CITE.match(piece.strip())
            if match:
                cites.append(tree.Cite(match.group(1), (match.group(2) or "").strip()))
            else:
                self._tell(
                    rules.UNRESOLVED_CITATION,
                    line,
                    f"`[{reference}]` is not a citation",
                    "write `[@key]`, `[@key, p. 12]` or `[@one; @two]`; escape the bracket for a plain @",
                )
        return tree.Citation(tuple(cites), line)

    def heading(self, frame: _Frame) -> object:
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

    def paragraph(self, frame: _Frame) -> object | None:
        children = tuple(frame.children)
        for child in children:
            if isinstance(child, tree.Text) and (lost := _LOST_FOOTNOTE.search(child.text)):
                self._tell(
                    rules.FOOTNOTE,
                    frame.line,
                    f"the footnote `{lost.group()}` is not defined",
                    f"add a line `{lost.group()}: …`",
                )
        if len(children) == 1 and isinstance(children[0], tree.Image):
            return tree.Figure(children[0])
        return tree.Paragraph(children) if children else None

    def footnote(self, frame: _Frame) -> None:
        self._notes.setdefault(frame.value, (frame.line, tuple(frame.children)))

    def table(self, frame: _Frame) -> object:
        head, *rows = frame.children or [()]
        alignments = tuple(_ALIGNMENTS[name] for name in frame.value)
        return tree.Table(alignments, head, tuple(rows))

    # -- HTML and directives ---------------------------------------------------------------------------

    def _html_block(self, html: str, line: int) -> None:
        marked = marked_line(html)
        if marked is not None and self._first_line + marked - 1 == line:
            directive = self._directives.get(marked)
            if directive is not None:
                self._directive(directive, line)
        else:
            self._html(html, line, block=True)

    def _directive(self, directive: Directive, line: int) -> None:
        self._close_html("Only")
        match directive:
            case CtaLine(slug):
                self._add(tree.CtaMark(slug, line))
            case OnlyLine(channels) if self._stack[-1] is self._root:
                self._stack.append(_Frame("Only", channels, line))
            case OnlyLine():
                self._tell(rules.UNBALANCED, line, "an `only` fence inside another", "close the first with `:::`")
            case CloseLine() if self._stack[-1].kind == "Only":
                frame = self._stack.pop()
                self._add(tree.Only(frame.value, tuple(frame.children), frame.line))
            case CloseLine():
                self._tell(rules.UNBALANCED, line, "`:::` closes nothing", "open a fence with `::: only email`")

    def _html(self, html: str, line: int, *, block: bool = False) -> None:
        for token in markup.tokens_of(html):
            match token:
                case markup.Words(text):
                    if not block or text.strip():
                        self._add_text(text)
                case markup.Unsafe(what):
                    self._tell(
                        rules.UNSAFE_HTML,
                        line,
                        f"{what} is not allowed in a body",
                        "remove it; see the list of allowed elements in docs/reference/markdown.md",
                    )
                case markup.Open(tag, attributes) if tag in markup.VOID:
                    self._add(_void(tag, dict(attributes), line))
                case markup.Open(tag, attributes):
                    self._stack.append(_Frame("html:" + tag, attributes, line))
                case markup.Close(tag):
                    self._html_end(tag, line)

    def _html_end(self, tag: str, line: int) -> None:
        if self._stack[-1].kind != "html:" + tag:
            self._tell(rules.UNBALANCED, line, f"</{tag}> closes nothing that is open here")
            return
        frame = self._stack.pop()
        children = tuple(frame.children)
        if tag == "a":
            target = dict(frame.value).get("href", "")
            frame.value = {"dest_url": target, "title": dict(frame.value).get("title", ""), "link_type": ""}
            self._add(self.link(frame))
        else:
            self._add(tree.Html(tag, frame.value, children, frame.line))

    def _close_html(self, kind: str) -> None:
        """Close what HTML (or a fence) an author left open inside the element that ends now."""
        while self._stack[-1].kind != kind and self._stack[-1].kind.startswith(("html:", "Only")):
            frame = self._stack.pop()
            if frame.kind == "Only":
                self._tell(
                    rules.UNBALANCED, frame.line, "`::: only` is never closed", "close it with a line `:::`"
                )
                self._add(tree.Only(frame.value, tuple(frame.children), frame.line))
            else:
                tag = frame.kind.removeprefix("html:")
                self._tell(rules.UNBALANCED, frame.line, f"<{tag}> is never closed", f"write </{tag}>")
                self._add(tree.Html(tag, frame.value, tuple(frame.children), frame.line))


def _void(tag: str, attributes: dict[str, str], line: int) -> object:
    match tag:
        case "br":
            return tree.HardBreak()
        case "hr":
            return tree.Rule()
        case "img":
            return tree.Image(
                attributes.get("src", ""), attributes.get("alt", ""), attributes.get("title", ""), line
            )
        case _:
            return tree.Html(tag, (), (), line)


def _inlines(make: Callable[[tuple[Any, ...]], object]) -> Callable[[_Builder, _Frame], object]:
    return lambda _, frame: make(tuple(frame.children))


def _code_block(_: _Builder, frame: _Frame) -> object:
    info = frame.value.get("Fenced", "") if isinstance(frame.value, dict) else ""
    language = info.split()[0].strip("{}.") if info.split() else ""
    return tree.CodeBlock("".join(child.text for child in frame.children), language)


_LEAVES: dict[str, object] = {
    "SoftBreak": tree.SoftBreak(),
    "HardBreak": tree.HardBreak(),
    "Rule": tree.Rule(),
}
_MAKERS: dict[str, Callable[[_Builder, _Frame], object | None]] = {
    "Paragraph": _Builder.paragraph,
    "Heading": _Builder.heading,
    "Link": _Builder.link,
    "Image": _Builder.image,
    "Table": _Builder.table,
    "FootnoteDefinition": _Builder.footnote,
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
