"""The body tree as HTML, in the dialect of each channel.

Everything is written anew and escaped here; no markup of an author's passes through. The output is XML-clean
(``<br/>``), because what stands in MJML must be.

What the dialects differ in, and why: the web has anchors and roles; email carries its pictures' width for
Outlook, which knows no ``max-width``; a feed has no classes, no styles and only absolute addresses, and marks
footnotes as ``sup > a[href^="#fn"]``, which NetNewsWire turns into pop-ups (its main.js) and Miniflux keeps.
"""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from pipeline import body as tree
from pipeline import part_links, urls
from pipeline.issue import LinkedPart, ReferenceEntry
from pipeline.model import Asset, Channel
from pipeline.render.surroundings import Surroundings

EMAIL_PICTURE_WIDTH = 552  # pixels: a 600 px column less its padding


class HtmlRenderer:
    """Renders the pieces of one edition in reading order, counting mentions for the links back."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._is_web = around.channel is Channel.WEB
        self._is_email = around.channel is Channel.EMAIL
        self._prefix = around.binding.prefix
        self._pops_up = self._is_web and around.binding.pictures_at is None  # an EPUB's readers know no popover
        self._cited: dict[str, int] = {}
        self._noted: dict[int, int] = {}
        self._tables = 0

    def blocks(self, nodes: tree.Blocks | tuple[Any, ...]) -> str:
        """Block nodes, one a line."""
        return "\n".join([_DISPATCH[type(node)](self, node) for node in nodes])

    def inlines(self, nodes: tuple[Any, ...]) -> str:
        """Inline nodes (or the mixed children of a tight list item)."""
        return "".join([_DISPATCH[type(node)](self, node) for node in nodes])

    def notes(self, footnotes: tuple[tree.Footnote, ...]) -> str:
        """The list of footnotes, each with links back to where it is mentioned."""
        values = _values([note.number for note in footnotes])
        items = [self._note(note, value) for note, value in zip(footnotes, values, strict=True)]
        return f"<ol>\n{_lines(items)}\n</ol>"

    def references(self, entries: tuple[ReferenceEntry, ...]) -> str:
        """The reference list; on the web each entry links back to where it is cited."""
        items = []
        for entry, value in zip(entries, _values([entry.number for entry in entries]), strict=True):
            back = self._backlinks(self._cited.get(entry.key, 0), f"cite-{entry.number}", "Back to the text")
            # The entry itself is what pops up beside its mentions: it stands in the page once.
            popped = f' id="{self._prefix}pw-ref-{entry.number}" popover' if self._pops_up else ""
            html = f"<div{popped}>{entry.html}</div>" if popped else entry.html
            items.append(f'<li id="{self._prefix}ref-{entry.number}"{value}>{html}{back}</li>')
        return f"<ol>\n{_lines(items)}\n</ol>"

    # -- one method for each node ----------------------------------------------------------------------

    def text(self, node: tree.Text) -> str:
        return escape(node.text, quote=False)

    def link(self, node: tree.Link) -> str:
        linked = self.linked(node.target)
        if linked and not linked.is_open_in(self._around.channel):
            return self.inlines(node.children) or escape(linked.words, quote=False)
        href = self.address(node.target)
        if not href:
            return self.inlines(node.children)
        if linked and not node.children:
            return f'<a href="{escape(href)}">{escape(linked.title, quote=False)}</a>'
        title = f' title="{escape(node.title)}"' if node.title else ""
        return f'<a href="{escape(href)}"{title}>{self.inlines(node.children)}</a>'

    def address(self, target: str) -> str:
        """An author's target as an address that works in this channel."""
        if urls.is_external(target):
            return target
        if target.startswith("#"):
            return f"{self._around.page}#{self._prefix}{target[1:]}"
        if target.startswith(part_links.OPEN):
            linked = self.linked(target)
            return self._at(linked.address, part_links.anchor_of(target)) if linked else ""
        found = urls.site_path(target, self._around.path)
        return self._at(found.path, found.anchor) if found else ""

    def _at(self, path: str, anchor: str) -> str:
        """A site path as an address: in this document, if it is bound in."""
        if path in self._around.binding.places:
            start, before_anchors = self._around.binding.places[path]
            return before_anchors + anchor if anchor else start
        return urls.join(self._around.root, path, anchor)

    def linked(self, target: str) -> LinkedPart | None:
        """The part that a target leads to, if it is a part."""
        return self._around.links.get((self._around.path, target)) if self._around.links else None

    def image(self, node: tree.Image) -> str:
        asset = self._asset(node.source)
        pictures_at = self._around.binding.pictures_at
        if asset is None and pictures_at is not None:
            return f'<a href="{escape(self._elsewhere(node.source))}">{escape(node.alt, quote=False)}</a>'
        root = self._around.root if pictures_at is None else pictures_at
        source = urls.join(root, urls.asset_path(asset.path)) if asset else node.source
        size = ""
        if asset and asset.width:
            width, height = asset.width, asset.height
            if self._is_email and width > EMAIL_PICTURE_WIDTH:
                width, height = EMAIL_PICTURE_WIDTH, round(height * EMAIL_PICTURE_WIDTH / width)
            size = f' width="{width}" height="{height}"'
        is_first = node is self._around.first_picture
        picture = f'<img src="{escape(source)}" alt="{escape(node.alt)}"{size}{self._when(is_first=is_first)}/>'
        sources = self._around.sources
        others = sources(asset, self._around.root, not is_first) if asset and sources else ""
        return f"<picture>{others}{picture}</picture>" if others else picture

    def _when(self, *, is_first: bool) -> str:
        """On the web, when a picture is fetched."""
        if not self._is_web or self._around.binding.pictures_at is not None:
            return ""
        return ' fetchpriority="high"' if is_first else ' loading="lazy" decoding="async"'

    def _elsewhere(self, source: str) -> str:
        """The address on the web of a picture that a book does not carry."""
        if urls.is_external(source):
            return source
        return urls.join(self._around.root, urls.asset_path(urls.file_of(source, self._around.path)))

    def _asset(self, source: str) -> Asset | None:
        if urls.is_external(source):
            return None
        return (self._around.assets or {}).get(urls.file_of(source, self._around.path))

    def figure(self, node: tree.Figure) -> str:
        picture = self.image(node.image)
        caption = escape(node.image.title, quote=False)
        if self._is_email:
            # Gmail keeps no <figure>; a paragraph of its own looks the same everywhere.
            after = f'\n<p class="caption">{caption}</p>' if caption else ""
            return f'<p class="figure">{picture}</p>{after}'
        return f"<figure>{picture}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"

    def footnote_ref(self, node: tree.FootnoteRef) -> str:
        count = self._noted[node.number] = self._noted.get(node.number, 0) + 1
        anchor = f"fnref{node.number}" + (f"-{count}" if count > 1 else "")
        role = f' role="doc-noteref" aria-label="Note {node.number}"' if self._is_web else ""
        note = f"{self._prefix}fn{node.number}"
        return f'<sup id="{self._prefix}{anchor}"><a href="#{note}"{role}>{node.number}</a></sup>'

    def _note(self, note: tree.Footnote, value: str) -> str:
        back = self._backlinks(self._noted.get(note.number, 0), f"fnref{note.number}", "Back to the text")
        *first, last = note.children or (tree.Paragraph(()),)
        if isinstance(last, tree.Paragraph):
            inner = self.blocks(tuple(first)) + f"<p>{self.inlines(last.children)}{back}</p>"
        else:
            inner = self.blocks(note.children) + f"<p>{back.strip()}</p>"
        return f'<li id="{self._prefix}fn{note.number}"{value}>{inner}</li>'

    def _backlinks(self, count: int, anchor: str, label: str) -> str:
        is_note = anchor.startswith("fnref")
        if self._is_email or not (self._is_web or is_note):
            return ""
        links = []
        for k in range(1, count + 1):
            target = f"{anchor}-{k}" if k > 1 or not is_note else anchor
            role = f' role="doc-backlink" aria-label="{label}"' if self._is_web else ""
            links.append(f' <a href="#{self._prefix}{target}"{role}>↩\ufe0e</a>')
        return "".join(links)

    def citation(self, node: tree.Citation) -> str:
        numbers = self._around.citations or {}
        pieces = []
        for cite in node.cites:
            number = numbers.get(cite.key)
            if number is None:
                continue
            count = self._cited[cite.key] = self._cited.get(cite.key, 0) + 1
            locator = f", {escape(cite.locator, quote=False)}" if cite.locator else ""
            pieces.append(f"{self._cite_mark(number, count)}{locator}")
        if not pieces:
            return ""
        opening = '<span class="cite">[' if self._is_web else "["
        return opening + "; ".join(pieces) + ("]</span>" if self._is_web else "]")

    def _cite_mark(self, number: int, count: int) -> str:
        """A citation's number. On the web a button shows the entry, and a link is for browsers without popovers.

        The style sheet shows one of the two. Both stand in what has the anchor, so that it can be returned to.
        """
        link = f'<a href="#{self._prefix}ref-{number}"'
        if not self._is_web:
            return f"{link}>{number}</a>"
        anchor, role = f' id="{self._prefix}cite-{number}-{count}"', ' role="doc-biblioref"'
        if not self._pops_up:
            return f"{link}{anchor}{role}>{number}</a>"
        target = f"{self._prefix}pw-ref-{number}"
        button = f'<button popovertarget="{target}" aria-label="Reference {number}">{number}</button>'
        return f"<span{anchor}>{link}{role}>{number}</a>{button}</span>"

    def merge_place(self, node: tree.MergePlace) -> str:
        return escape(self._around.place(node), quote=False)

    def heading(self, node: tree.Heading) -> str:
        level = min(max(node.level, 2), 6)
        has_anchor = self._around.has_anchors and self._around.channel is not Channel.FEED
        anchor = f' id="{escape(self._prefix + node.anchor)}"' if has_anchor else ""
        return f"<h{level}{anchor}>{self.inlines(node.children)}</h{level}>"

    def list(self, node: tree.List) -> str:
        tag = "ul" if node.start is None else "ol"
        start = f' start="{node.start}"' if node.start not in (None, 1) else ""
        items = [f"<li>{self.inlines(item.children)}</li>" for item in node.items]
        return f"<{tag}{start}>\n{_lines(items)}\n</{tag}>"

    def definition_list(self, node: tree.DefinitionList) -> str:
        items = [
            f"<dt>{self.inlines(item.children)}</dt>"
            if isinstance(item, tree.Term)
            else f"<dd>{self.inlines(item.children)}</dd>"
            for item in node.items
        ]
        return f"<dl>\n{_lines(items)}\n</dl>"

    def table(self, node: tree.Table) -> str:
        head = "".join(self._cell("th", cell, k, node) for k, cell in enumerate(node.head))
        rows = [
            "<tr>" + "".join(self._cell("td", cell, k, node) for k, cell in enumerate(row)) + "</tr>"
            for row in node.rows
        ]
        table = f"<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{_lines(rows)}\n</tbody>\n</table>"
        if self._is_web:
            # A wide table scrolls by itself, and by keyboard too (WCAG 2.1.1: a scrollable region has focus). Its
            # name tells it from the others: a landmark needs one of its own.
            self._tables += 1
            heads = ", ".join(filter(None, (tree.plain(cell) for cell in node.head)))
            name = escape(f"Table {self._tables}: {heads}" if heads else f"Table {self._tables}")
            return f'<div class="table-scroll" role="region" aria-label="{name}" tabindex="0">{table}</div>'
        return table

    def _cell(self, tag: str, cell: tree.Inlines, column: int, table: tree.Table) -> str:
        align = table.alignments[column] if column < len(table.alignments) else ""
        scope = ' scope="col"' if tag == "th" else ""
        # `align` is all that Outlook and feed readers keep; on the web it is obsolete, and a class does it.
        attribute = (f' class="align-{align}"' if self._is_web else f' align="{align}"') if align else ""
        return f"<{tag}{scope}{attribute}>{self.inlines(cell)}</{tag}>"

    def code_block(self, node: tree.CodeBlock) -> str:
        name = f' class="language-{escape(node.language)}"' if node.language and self._is_web else ""
        focus = ' tabindex="0"' if self._is_web else ""
        return f"<pre{focus}><code{name}>{escape(node.text, quote=False)}</code></pre>"

    def html(self, node: tree.Html) -> str:
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes)
        if not node.children and node.tag == "wbr":
            return "<wbr/>"
        return f"<{node.tag}{attributes}>{self.inlines(node.children)}</{node.tag}>"


def _values(numbers: Sequence[int]) -> list[str]:
    """The attribute for each item of a list whose number does not follow from the one before."""
    return [
        "" if number == before + 1 else f' value="{number}"'
        for before, number in zip((0, *numbers), numbers, strict=False)
    ]


def _lines(items: list[str]) -> str:
    return "\n".join(items)


def _wrapped(tag: str) -> Callable[[HtmlRenderer, Any], str]:
    return lambda renderer, node: f"<{tag}>{renderer.inlines(node.children)}</{tag}>"


_DISPATCH: dict[type, Callable[[HtmlRenderer, Any], str]] = {
    tree.Text: HtmlRenderer.text,
    tree.SoftBreak: lambda _r, _n: "\n",
    tree.HardBreak: lambda _r, _n: "<br/>",
    tree.Code: lambda _r, node: f"<code>{escape(node.text, quote=False)}</code>",
    tree.Emphasis: _wrapped("em"),
    tree.Strong: _wrapped("strong"),
    tree.Strikethrough: _wrapped("s"),
    tree.Link: HtmlRenderer.link,
    tree.Image: HtmlRenderer.image,
    tree.FootnoteRef: HtmlRenderer.footnote_ref,
    tree.Citation: HtmlRenderer.citation,
    tree.MergePlace: HtmlRenderer.merge_place,
    tree.Html: HtmlRenderer.html,
    tree.Paragraph: _wrapped("p"),
    tree.Heading: HtmlRenderer.heading,
    tree.List: HtmlRenderer.list,
    tree.Quote: lambda renderer, node: f"<blockquote>\n{renderer.blocks(node.children)}\n</blockquote>",
    tree.CodeBlock: HtmlRenderer.code_block,
    tree.Table: HtmlRenderer.table,
    tree.Rule: lambda _r, _n: "<hr/>",
    tree.DefinitionList: HtmlRenderer.definition_list,
    tree.Figure: HtmlRenderer.figure,
    # Compose has taken these out of an issue's prose; in a series' introduction they mean nothing.
    tree.CtaMark: lambda _r, _n: "",
    tree.Only: lambda _r, _n: "",
}
