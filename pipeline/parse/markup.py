"""The HTML that an author may write in a body: a short list of elements that mean something everywhere.

Whatever is not on the list is reported and left out, so nothing unescaped ever reaches a reader. No sanitiser
is needed afterwards: the tree holds only what is allowed, and renderers write it anew.
"""

from dataclasses import dataclass
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "wbr"})
INLINE = frozenset(
    """a abbr b bdi bdo cite del dfn em i ins kbd mark q rp rt ruby s samp small span strong sub sup time
    u var""".split()  # noqa: SIM905
)
BLOCK = frozenset(
    """blockquote caption code dd details div dl dt figcaption figure li ol p pre section summary table tbody
    td tfoot th thead tr ul""".split()  # noqa: SIM905
)
ALLOWED = INLINE | BLOCK | VOID
# What these hold is no text for a reader either: it is dropped with them.
OPAQUE = frozenset({"script", "style", "template", "iframe", "object", "svg", "math", "noscript", "textarea"})
_EVERYWHERE = frozenset({"title", "lang", "dir", "id"})
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href"}),
    "bdo": frozenset({"dir"}),
    "details": frozenset({"open"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "td": frozenset({"colspan", "rowspan", "headers", "align"}),
    "th": frozenset({"colspan", "rowspan", "scope", "headers", "align"}),
    "time": frozenset({"datetime"}),
}


@dataclass(frozen=True, slots=True)
class Open:
    """A start tag that is allowed, with the attributes that are."""

    tag: str
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Close:
    """An end tag."""

    tag: str


@dataclass(frozen=True, slots=True)
class Words:
    """Text between tags, entities resolved."""

    text: str


@dataclass(frozen=True, slots=True)
class Unsafe:
    """Something that is not allowed: what it is, in an author's words."""

    what: str


Token = Open | Close | Words | Unsafe


def tokens_of(html: str) -> list[Token]:
    """Read a piece of HTML into tokens. Comments, doctypes and processing instructions are dropped."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.tokens


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tokens: list[Token] = []
        self._inside_opaque = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside_opaque:
            return
        if tag not in ALLOWED:
            self.tokens.append(Unsafe(f"<{tag}>"))
            if tag in OPAQUE:
                self._inside_opaque = tag
            return
        allowed = _EVERYWHERE | _ATTRIBUTES.get(tag, frozenset())
        kept: dict[str, str] = {}
        for name, value in attrs:
            if name in allowed:
                kept.setdefault(name, value or "")
            else:
                self.tokens.append(Unsafe(f"{name}= on <{tag}>"))
        self.tokens.append(Open(tag, tuple(sorted(kept.items()))))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside_opaque:
            if tag == self._inside_opaque:
                self._inside_opaque = ""
            return
        if tag in ALLOWED and tag not in VOID:
            self.tokens.append(Close(tag))

    def handle_data(self, data: str) -> None:
        if data and not self._inside_opaque:
            self.tokens.append(Words(data))
