"""A body's tree as plain text, never made from HTML: lines of so many columns, made to be read.

Links become numbered notes, ``[3]``; so that nothing else looks like one, a citation is ``(ref. 2)`` and a
footnote ``(note 1)``. The wording of a block carries no marks of ours between its words: what a disclaimer says
stands there in a row.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from pipeline import body as tree
from pipeline.issue import LinkedPart
from pipeline.model import Channel
from pipeline.parse.markup import BLOCK
from pipeline.render.email.columns import (
    PLACE_CLOSE,
    PLACE_OPEN,
    indented,
    joined,
    led,
    table,
    underlined,
    wrap,
)
from pipeline.render.email.links import Links
from pipeline.render.html import HtmlRenderer
from pipeline.render.surroundings import Surroundings


class TextRenderer:
    """Renders the tree of the file ``path``, whose links count from ``root`` (the site's address).

    ``is_bare`` leaves out every mark between words, for the wording of blocks. ``parts`` are those that are
    linked to, by file and target.
    """

    def __init__(
        self,
        path: str,
        root: str,
        links: Links,
        citations: Mapping[str, int],
        *,
        is_bare: bool = False,
        parts: Mapping[tuple[str, str], LinkedPart] | None = None,
    ) -> None:
        self._links = links
        self._citations = citations
        self._is_bare = is_bare
        self._addresses = HtmlRenderer(Surroundings(Channel.EMAIL, root, path, links=parts))

    # -- blocks: lines of at most so many columns ------------------------------------------------------

    def blocks(self, nodes: tuple[Any, ...], columns: int) -> list[str]:
        """Blocks with a blank line between them; inlines among them make a paragraph."""
        made = [_BLOCKS[type(block)](self, block, columns) for block in _parted(nodes)]
        return joined([lines for lines in made if lines], is_loose=True)

    def paragraph(self, node: tree.Paragraph, columns: int) -> list[str]:
        text = self.inlines(node.children)
        return wrap(text, columns) if text.strip() else []

    def heading(self, node: tree.Heading, columns: int) -> list[str]:
        text = self.inlines(node.children)
        if self._is_bare:
            return wrap(text, columns)
        return underlined(text, "-" if node.level <= 2 else "~", columns)

    def items(self, node: tree.List, columns: int) -> list[str]:
        items = [item.children for item in node.items]
        if self._is_bare:
            return indented([line for item in items for line in self.blocks(item, columns - 2)], "  ")
        if node.start is None:
            made = [led(self.tight(item, columns - 2), "- ") for item in items]
        else:
            last = node.start + len(items) - 1
            lead = len(f"{last}. ")
            made = [
                led(self.tight(item, columns - lead), f"{number}. ".ljust(lead))
                for number, item in enumerate(items, node.start)
            ]
        is_loose = any(isinstance(child, tree.Paragraph) for item in items for child in item)
        return joined(made, is_loose=is_loose)

    def tight(self, nodes: tuple[Any, ...], columns: int) -> list[str]:
        """A list item's lines: what is nested in it follows without a blank line, unless it has paragraphs."""
        made = [_BLOCKS[type(block)](self, block, columns) for block in _parted(nodes)]
        is_loose = any(isinstance(node, tree.Paragraph) for node in nodes)
        return joined([lines for lines in made if lines], is_loose=is_loose)

    def quote(self, node: tree.Quote, columns: int) -> list[str]:
        lead = "  " if self._is_bare else "> "
        return indented(self.blocks(node.children, columns - 2), lead)

    def code_block(self, node: tree.CodeBlock, columns: int) -> list[str]:
        del columns  # code is kept as it is
        return indented(node.text.expandtabs(4).rstrip("\n").split("\n"), "    ")

    def table(self, node: tree.Table, columns: int) -> list[str]:
        rows = [[self.inlines(cell) for cell in row] for row in (node.head, *node.rows)]
        return self._rows(rows, [align or "left" for align in node.alignments], columns)

    def _rows(self, rows: list[list[str]], alignments: list[str], columns: int) -> list[str]:
        if self._is_bare:
            return [line for row in rows for line in wrap(" ".join(row), columns)]
        return table(rows, alignments, columns) or _records(rows, columns)

    def rule(self, node: tree.Rule, columns: int) -> list[str]:
        del node
        return [] if self._is_bare else ["* * *".center(columns).rstrip()]

    def definition_list(self, node: tree.DefinitionList, columns: int) -> list[str]:
        lines: list[str] = []
        for item in node.items:
            if isinstance(item, tree.Term):
                lines += (
                    ["", *wrap(self.inlines(item.children), columns)]
                    if lines
                    else wrap(self.inlines(item.children), columns)
                )
            else:
                lines += indented(self.blocks(item.children, columns - 4), "    ")
        return lines

    def figure(self, node: tree.Figure, columns: int) -> list[str]:
        text = self.inlines((node.image,))
        caption = node.image.title
        return [*(wrap(text, columns) if text else ()), *(wrap(caption, columns) if caption else ())]

    def html_block(self, node: tree.Html, columns: int) -> list[str]:
        match node.tag:
            case "ul" | "ol":
                items = tuple(tree.ListItem(child.children) for child in _elements(node, "li"))
                return self.items(tree.List(None if node.tag == "ul" else 1, items), columns)
            case "blockquote":
                return self.quote(tree.Quote(node.children), columns)  # type: ignore[arg-type]
            case "pre":
                return self.code_block(tree.CodeBlock(_verbatim(node)), columns)
            case "table":
                rows = [
                    [self.inlines(cell.children) for cell in _elements(row, "td", "th")]
                    for row in _elements(node, "tr")
                ]
                captions = tuple(inner for part in _elements(node, "caption") for inner in part.children)
                longest = max(map(len, rows), default=0)
                even = [[*row, *[""] * (longest - len(row))] for row in rows]
                made = self._rows(even, ["left"] * longest, columns) if longest else []
                return [*self.blocks(captions, columns), *made]
            case "dd":
                return indented(self.blocks(node.children, columns - 4), "    ")
            case _:
                return self.blocks(node.children, columns)

    # -- inlines: one string, ``\n`` where a line must end ---------------------------------------------

    def inlines(self, nodes: tuple[Any, ...]) -> str:
        """Inline nodes as text."""
        return "".join([_INLINES[type(node)](self, node) for node in nodes])

    def marked(self, node: Any, mark: str) -> str:
        words = self.inlines(node.children)
        return words if self._is_bare or not words.strip() else f"{mark}{words}{mark}"

    def link(self, node: tree.Link) -> str:
        words = self.inlines(node.children)
        linked = self._addresses.linked(node.target)
        if linked and not linked.is_open_in(Channel.EMAIL):
            return words or linked.words
        words = words or (linked.title if linked else "")
        url = self._addresses.address(node.target)
        if not url or url.startswith("#"):
            return words
        if words.strip() in (url, url.removeprefix("mailto:"), url.removeprefix("tel:")):
            return words
        return self._links.noted(words, url) if words.strip() else url

    def image(self, node: tree.Image) -> str:
        if self._is_bare:
            return node.alt
        return f"[Picture: {node.alt}]" if node.alt else ""

    def citation(self, node: tree.Citation) -> str:
        cited = [(self._citations[cite.key], cite.locator) for cite in node.cites if cite.key in self._citations]
        if not cited:
            return ""
        if any(locator for _, locator in cited):
            pieces = [f"ref.\u00a0{number}" + (f", {locator}" if locator else "") for number, locator in cited]
            return "(" + "; ".join(pieces) + ")"
        numbers = ", ".join(str(number) for number, _ in cited)
        return f"({'refs' if len(cited) > 1 else 'ref.'}\u00a0{numbers})"

    def merge_place(self, node: tree.MergePlace) -> str:
        """As wide as the fallback: what lines are filled and tables aligned for."""
        return PLACE_OPEN + node.fallback.replace(" ", "\u00a0") + PLACE_CLOSE

    def footnote_ref(self, node: tree.FootnoteRef) -> str:
        return "" if self._is_bare else f" (note\u00a0{node.number})"

    def html_inline(self, node: tree.Html) -> str:
        match node.tag:
            case "wbr":
                return ""
            case "q":
                return f"“{self.inlines(node.children)}”"
            case "em" | "i":
                return self.marked(node, "_")
            case "strong" | "b":
                return self.marked(node, "*")
            case "s" | "del":
                return self.marked(node, "~")
            case tag if tag in BLOCK:
                return f" {self.inlines(node.children)} "
            case _:
                return self.inlines(node.children)


def _parted(nodes: tuple[Any, ...]) -> Sequence[Any]:
    """Blocks; inlines among them make a paragraph."""
    if _ONLY_BLOCKS.issuperset(map(type, nodes)):
        return nodes
    parts: list[Any] = []
    for is_block, run in groupby(nodes, _is_block):
        together = tuple(run)
        parts += together if is_block else (tree.Paragraph(together),)
    return parts


def _is_block(node: object) -> bool:
    return type(node) in _BLOCKS and not (isinstance(node, tree.Html) and node.tag not in BLOCK)


def _records(rows: list[list[str]], columns: int) -> list[str]:
    """A table too wide for columns: each row as ``Head: cell`` lines."""
    head, *others = rows
    records = [
        [
            line
            for name, cell in zip(head, row, strict=True)
            if cell
            for line in wrap(f"{name}: {cell}" if name else cell, columns, "", "  ")
        ]
        for row in others
    ]
    return joined(records, is_loose=True)


def _elements(node: tree.Html, *tags: str) -> list[tree.Html]:
    """The nearest elements of these kinds inside one."""
    found: list[tree.Html] = []
    for child in node.children:
        if isinstance(child, tree.Html):
            found += [child] if child.tag in tags else _elements(child, *tags)
    return found


def _verbatim(node: tree.Html) -> str:
    texts = []
    for inner in tree.walk(node.children):
        match inner:
            case tree.Text() | tree.Code() | tree.CodeBlock():
                texts.append(inner.text)
            case tree.SoftBreak() | tree.HardBreak():
                texts.append("\n")
            case _:
                pass
    return "".join(texts)


_BLOCKS: dict[type, Callable[[TextRenderer, Any, int], list[str]]] = {
    tree.Paragraph: TextRenderer.paragraph,
    tree.Heading: TextRenderer.heading,
    tree.List: TextRenderer.items,
    tree.Quote: TextRenderer.quote,
    tree.CodeBlock: TextRenderer.code_block,
    tree.Table: TextRenderer.table,
    tree.Rule: TextRenderer.rule,
    tree.DefinitionList: TextRenderer.definition_list,
    tree.Figure: TextRenderer.figure,
    tree.Html: TextRenderer.html_block,
    # Compose has taken these out of an issue's prose.
    tree.CtaMark: lambda _r, _n, _c: [],
    tree.Only: lambda _r, _n, _c: [],
}
_ONLY_BLOCKS = frozenset(_BLOCKS) - {tree.Html}  # that is either, by its tag
_INLINES: dict[type, Callable[[TextRenderer, Any], str]] = {
    tree.Text: lambda _r, node: node.text.replace("\n", " "),
    tree.SoftBreak: lambda _r, _n: " ",
    tree.HardBreak: lambda _r, _n: "\n",
    tree.Code: lambda _r, node: node.text.replace("\n", " "),
    tree.Emphasis: lambda renderer, node: renderer.marked(node, "_"),
    tree.Strong: lambda renderer, node: renderer.marked(node, "*"),
    tree.Strikethrough: lambda renderer, node: renderer.marked(node, "~"),
    tree.Link: TextRenderer.link,
    tree.Image: TextRenderer.image,
    tree.FootnoteRef: TextRenderer.footnote_ref,
    tree.Citation: TextRenderer.citation,
    tree.MergePlace: TextRenderer.merge_place,
    tree.Html: TextRenderer.html_inline,
}
