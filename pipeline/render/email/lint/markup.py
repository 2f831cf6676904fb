"""Tags, words and comments of a template, taken apart as strictly as mrml does, which says little when it fails.

What Jinja writes between tags comes out as items of its own, in order; what it writes inside a tag stays part of
that tag.
"""

import re
from collections.abc import Callable

from pipeline import rules
from pipeline.errors import Diagnostic
from pipeline.render.email.lint.items import EndTag, Item, Remark, Slot, Statement, Tag, Text, slotless
from pipeline.render.email.lint.opening import NAME, TagReader, is_whole
from pipeline.render.email.lint.source import Mark, Source
from pipeline.render.email.lint.stylesheets import css_findings

_Step = Callable[[re.Match[str]], None]

_TEXT = re.compile(f"[^<{Mark.PRINT}{Mark.STATEMENT}{Mark.REMARK}]+")
_PRINT = re.compile(f"{Mark.PRINT}{Mark.FILLING}*")
_STATEMENT = re.compile(f"{Mark.STATEMENT}{Mark.FILLING}*")
_JINJA = re.compile(f"[{Mark.PRINT}{Mark.STATEMENT}]{Mark.FILLING}*")
_REMARK = re.compile(f"{Mark.REMARK}{Mark.FILLING}*")
_CONDITIONAL = re.compile(r"<!--\[if[^\]>]*\]>(?:<!-->)?|<!\[if[^\]>]*\]>")
_CONDITIONAL_END = re.compile(r"<!--\s*<!\[endif\]-->|<!\[endif\](?:--)?>")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_DECLARATION = re.compile(r"<[!?][^>]*>?")
_END = re.compile(rf"</([\w:.\-{Mark.PRINT}{Mark.FILLING}]+)(\s*)>")
_BAD_END = re.compile(r"</[^<>]*>?")


def read_css(source: Source) -> tuple[Item, ...]:
    """A style sheet's items: what Jinja prints and says in it."""
    reader = _Reader(source)
    reader.read_css(len(source.masked))
    return tuple(reader.items)


def read_markup(source: Source) -> tuple[tuple[Item, ...], list[Diagnostic]]:
    """A template's items in order, and what mrml could not read."""
    reader = _Reader(source)
    reader.read()
    return _with_sequels(reader.items), reader.faults


class _Reader:
    """Goes through a masked source from the left. Whatever it meets, it goes on."""

    def __init__(self, source: Source) -> None:
        self.items: list[Item] = []
        self.faults: list[Diagnostic] = []
        self._source = source
        self._masked = source.masked
        self._position = 0
        self._conditionals: list[int] = []
        self._is_raw = False
        self._steps: tuple[tuple[re.Pattern[str], _Step], ...] = (
            (_TEXT, self._text),
            (_PRINT, self._print),
            (_STATEMENT, self._statement),
            (_REMARK, self._remark),
            (_CONDITIONAL_END, self._conditional_end),
            (_CONDITIONAL, self._conditional),
            (_COMMENT, self._comment),
            (_CDATA, self._cdata),
            (_DECLARATION, self._declaration),
            (_END, self._end),
            (_BAD_END, self._bad_end),
            (NAME, self._tag),
        )

    def read(self) -> None:
        while self._position < len(self._masked):
            for pattern, step in self._steps:
                match = pattern.match(self._masked, self._position)
                if match:
                    self._position = match.end()
                    step(match)
                    break
            else:
                self._fault(self._position, "a `<` that begins no tag", "write `&lt;`")
                self._position += 1
        for start in self._conditionals:
            self._fault(start, "this condition for Outlook has no end", "it ends with `<![endif]-->`")

    def read_css(self, end: int) -> None:
        """Pass over CSS, in which nothing is a tag."""
        for match in _JINJA.finditer(self._masked, self._position, end):
            step = self._print if match.group()[0] == Mark.PRINT else self._statement
            step(match)
        self._position = end

    def _fault(self, offset: int, message: str, hint: str) -> None:
        self.faults.append(rules.MJML_UNREADABLE.at(self._source.at(offset), message, hint))

    def _text(self, match: re.Match[str]) -> None:
        text = match.group()
        if not text.isspace():
            first = match.start() + len(text) - len(text.lstrip())
            self.items.append(Text(self._source.at(first), text.strip(), self._is_raw))

    def _print(self, match: re.Match[str]) -> None:
        self.items.append(Slot(self._source.at(match.start()), self._source.segments[match.start()]))

    def _statement(self, match: re.Match[str]) -> None:
        self.items.append(Statement(self._source.at(match.start()), self._source.segments[match.start()]))

    def _remark(self, match: re.Match[str]) -> None:
        self._is_raw = self._source.segments[match.start()].keyword == "raw"

    def _statements(self, start: int, end: int) -> None:
        for segment in self._source.segments_in(start, end, Mark.STATEMENT):
            self.items.append(Statement(self._source.at(segment.start), segment))

    def _conditional(self, match: re.Match[str]) -> None:
        self._conditionals.append(match.start())
        self.items.append(Remark(self._source.at(match.start()), is_condition=True))

    def _conditional_end(self, match: re.Match[str]) -> None:
        if self._conditionals:
            self._conditionals.pop()
        else:
            self._fault(match.start(), "this ends a condition for Outlook that has not begun", "take it out")

    def _comment(self, match: re.Match[str]) -> None:
        inside = match[1]
        if "--" in inside or inside.endswith("-"):
            self._fault(match.start(), "a comment with `--` in it", "write it with single hyphens, or as {# … #}")
        self.items.append(Remark(self._source.at(match.start())))
        self._statements(match.start(), match.end())

    def _cdata(self, match: re.Match[str]) -> None:
        self._fault(match.start(), "`<![CDATA[`, which mrml does not read", "write `&lt;` and `&amp;` instead")
        self._statements(match.start(), match.end())

    def _declaration(self, match: re.Match[str]) -> None:
        if match.group().startswith("<!--"):
            self._fault(match.start(), "a comment that is not closed", "close it with `-->`")
            self._statements(match.start(), len(self._masked))
            self._position = len(self._masked)
            return
        written = match.group()[:20]
        self._fault(match.start(), f"`{written}`, which mrml does not read", "take it out: MJML writes its own")
        self._statements(match.start(), match.end())

    def _end(self, match: re.Match[str]) -> None:
        name = match[1] if slotless(match[1]) else ""
        self.items.append(EndTag(self._source.at(match.start()), name))

    def _bad_end(self, match: re.Match[str]) -> None:
        self._fault(match.start(), "a closing tag that is none", "a closing tag is its name alone: `</p>`")
        self._statements(match.start(), match.end())
        name = re.match(r"</\s*([\w:.\-]+)", match.group())
        if name:
            self.items.append(EndTag(self._source.at(match.start()), name[1]))

    def _tag(self, match: re.Match[str]) -> None:
        tag = TagReader(self._source, match, self._fault)
        item = tag.read()
        self.items.append(item)
        self._position = tag.position
        if item.name == "mj-style" and not item.closes:
            self._style(item)
            return
        statements = list(self._source.segments_in(match.start(), tag.position, Mark.STATEMENT))
        if not is_whole(statements):
            self._fault(
                statements[0].start,
                f"{{% {statements[0].keyword} %}} begins or ends inside a tag and goes on outside of it",
                "put the condition around whole tags, or wholly inside one",
            )
            self._statements(match.start(), tag.position)

    def _style(self, tag: Tag) -> None:
        start = self._position
        end = self._masked.find("</mj-style", start)
        end = len(self._masked) if end < 0 else end
        is_inlined = any(each.name == "inline" and each.value == "inline" for each in tag.attributes)
        self.faults += css_findings(self._source, start, end, is_inlined=is_inlined)
        self.read_css(end)


def _with_sequels(items: list[Item]) -> tuple[Item, ...]:
    """The items, each end tag with the name of the next one that closes something from before it."""
    done: list[Item] = []
    after: list[str] = []  # names of the end tags to come that are not yet matched by a tag to come
    for item in reversed(items):
        if isinstance(item, EndTag):
            done.append(EndTag(item.place, item.name, after[-1] if after else ""))
            after.append(item.name)
        else:
            if isinstance(item, Tag) and not item.closes and after and after[-1] == item.name:
                after.pop()
            done.append(item)
    return tuple(reversed(done))
