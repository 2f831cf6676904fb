"""What stands in Markdown without being Markdown: ``:::`` directives, and the HTML an author may write."""

from collections.abc import Mapping

from pipeline import body as tree
from pipeline import rules
from pipeline.parse import markup
from pipeline.parse.directives import CloseLine, CtaLine, Directive, OnlyLine, marked_line
from pipeline.parse.frames import HTML, ONLY, Stack


class Embedded:
    """Opens and closes frames on the reader's stack for the HTML and the directives it meets."""

    def __init__(self, stack: Stack, directives: Mapping[int, Directive], first_line: int) -> None:
        self._stack = stack
        self._directives = directives
        self._first_line = first_line

    def block(self, html: str, line: int) -> None:
        """A block of HTML, which may be the mark that stands for a directive."""
        marked = marked_line(html)
        directive = self._directives.get(marked or 0)
        if marked is not None and directive is not None and self._first_line + marked - 1 == line:
            self._directive(directive, line)
        else:
            self.html(html, line, is_block=True)

    def html(self, html: str, line: int, *, is_block: bool = False) -> None:
        """A piece of HTML: one tag when inline, any number in a block."""
        for token in markup.tokens_of(html):
            match token:
                case markup.Words(text):
                    if not is_block or text.strip():
                        self._stack.add_text(text)
                case markup.Unsafe(what):
                    message = f"{what} is not allowed in a body"
                    hint = "remove it; docs/reference/markdown.md lists the elements that are"
                    self._stack.tell(rules.UNSAFE_HTML, line, message, hint)
                case markup.Open(tag, attributes) if tag in markup.VOID:
                    self._stack.add(self._void(tag, dict(attributes), line))
                case markup.Open(tag, attributes):
                    self._stack.push(HTML + tag, attributes, line)
                case markup.Close(tag):
                    self._close(tag, line)

    def _close(self, tag: str, line: int) -> None:
        stack = self._stack
        if stack.top.kind != HTML + tag:
            message = f"</{tag}> closes nothing that is open here"
            stack.tell(rules.UNBALANCED, line, message, f"take it out, or write <{tag}> before it")
            return
        frame = stack.pop()
        if tag == "a":
            attributes = dict(frame.value)
            target, title = attributes.get("href", ""), attributes.get("title", "")
            stack.add(stack.link(target, title, frame.children, frame.line))
        else:
            stack.add(tree.Html(tag, frame.value, tuple(frame.children), frame.line))

    def _void(self, tag: str, attributes: dict[str, str], line: int) -> object:
        match tag:
            case "br":
                return tree.HardBreak()
            case "hr":
                return tree.Rule()
            case "img":
                source, alt, title = (attributes.get(name, "") for name in ("src", "alt", "title"))
                return self._stack.image(source, alt, title, line)
            case _:
                return tree.Html(tag, (), (), line)

    def _directive(self, directive: Directive, line: int) -> None:
        stack = self._stack
        stack.close_what_is_open_in(ONLY)
        match directive:
            case CtaLine(slug):
                stack.add(tree.CtaMark(slug, line))
            case OnlyLine(channels) if stack.top is stack.root:
                stack.push(ONLY, channels, line)
            case OnlyLine():
                stack.tell(rules.UNBALANCED, line, "an `only` fence inside another", "close the first with `:::`")
            case CloseLine() if stack.top.kind == ONLY:
                frame = stack.pop()
                stack.add(tree.Only(frame.value, tuple(frame.children), frame.line))
            case CloseLine():
                stack.tell(rules.UNBALANCED, line, "`:::` closes nothing", "open a fence with `::: only email`")
