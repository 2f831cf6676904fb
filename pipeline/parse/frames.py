"""The stack of open elements while a body is read, and what is told on the way."""

from dataclasses import dataclass, field
from typing import Any

from pipeline import body as tree
from pipeline import rules, urls
from pipeline.errors import Diagnostic, Location
from pipeline.parse.places import SIGN, split_places

ROOT = "root"
ONLY = "Only"
CODE = "CodeBlock"
HTML = "html:"  # before the tag's name


@dataclass(slots=True)
class Frame:
    """An element that is open: its kind, what its start said, its line, and the children so far."""

    kind: str
    value: Any
    line: int
    children: list[Any] = field(default_factory=list)


class Stack:
    """Open elements, the root at the bottom. Nodes are added to the one on top."""

    def __init__(self, path: str, first_line: int) -> None:
        self._path = path
        self.root = Frame(ROOT, None, first_line)
        self._frames = [self.root]
        self._words: list[str] = []  # not yet a node: there may be more of them
        self.deepest = 0
        self.diagnostics: list[Diagnostic] = []

    @property
    def top(self) -> Frame:
        """The element that is open innermost."""
        return self._frames[-1]

    def push(self, kind: str, value: Any, line: int) -> None:
        """Open an element."""
        if self._words:
            self.flush()
        if len(self._frames) > self.deepest:
            self.deepest = len(self._frames)
        self._frames.append(Frame(kind, value, line))

    def pop(self) -> Frame:
        """Close the innermost element."""
        if self._words:
            self.flush()
        return self._frames.pop()

    def add(self, node: object) -> None:
        """Put a node into the innermost element."""
        if self._words:
            self.flush()
        self._frames[-1].children.append(node)

    def add_text(self, text: str) -> None:
        """Put words into the innermost element; words in a row become one node."""
        self._words.append(text)

    def flush(self) -> None:
        """Make a node of the words so far."""
        if not self._words:
            return
        text, frame = "".join(self._words), self._frames[-1]
        self._words.clear()
        if SIGN in text and frame.kind != CODE:
            frame.children.extend(split_places(text))
        else:
            frame.children.append(tree.Text(text))

    def clear(self) -> None:
        """Close everything, and forget it."""
        self._words.clear()
        del self._frames[1:]
        self.root.children.clear()

    def tell(self, rule: rules.Rule, line: int, message: str, hint: str = "") -> None:
        """Note what is wrong on a line."""
        self.diagnostics.append(rule.at(Location(self._path, line), message, hint))

    def close_what_is_open_in(self, kind: str) -> None:
        """Close what HTML, or which fence, the author left open inside the element that ends now."""
        while (top := self._frames[-1].kind) != kind and (top == ONLY or top.startswith(HTML)):
            frame = self.pop()
            children = tuple(frame.children)
            if frame.kind == ONLY:
                message = "`::: only` is never closed"
                self.tell(rules.UNBALANCED, frame.line, message, "close it with a line `:::`")
                self.add(tree.Only(frame.value, children, frame.line))
            else:
                tag = frame.kind.removeprefix(HTML)
                self.tell(rules.UNBALANCED, frame.line, f"<{tag}> is never closed", f"write </{tag}>")
                self.add(tree.Html(tag, frame.value, children, frame.line))

    def link(self, target: str, title: str, children: list[Any], line: int) -> tree.Link:
        """A link; a scheme that is not safe is told, and the link left empty."""
        if not urls.is_safe_address(target):
            message = f"a link to `{target[:60]}`: its scheme is not allowed"
            self.tell(rules.UNSAFE_LINK, line, message, "use http, https, mailto or tel")
            target = ""
        return tree.Link(target, title, tuple(children), line)

    def image(self, source: str, alt: str, title: str, line: int) -> tree.Image:
        """A picture; one that is neither a file beside the text nor on the web is told, and left empty."""
        if urls.scheme_of(source) not in ("", "http", "https"):
            message = f"a picture from `{source[:40]}…`: its scheme is not allowed"
            hint = "put the picture beside the text, in images/, or name it by https"
            self.tell(rules.UNSAFE_LINK, line, message, hint)
            source = ""
        return tree.Image(source, alt, title, line)
