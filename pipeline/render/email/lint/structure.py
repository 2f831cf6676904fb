"""What a tag, an end tag or a word does to the open elements, and whether it may stand where it does."""

import re
from dataclasses import replace

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.render.email.lint import html, tags
from pipeline.render.email.lint.elements import ELEMENTS, Element, Holds
from pipeline.render.email.lint.expressions import Sort
from pipeline.render.email.lint.findings import Findings
from pipeline.render.email.lint.items import EndTag, Remark, Tag, Text, shortened
from pipeline.render.email.lint.state import FRAGMENT, Frame, State
from pipeline.render.email.lint.tags import SortOf
from pipeline.rules import Rule

_LEFT = re.compile(r"\}\}|%\}|#\}|\{ ?\{|\{ %|% \}")
DEEPEST = 200  # elements in one another; libxml2 drops what is deeper than 256
_COUNTING = frozenset({"mjml", "mj-head", "mj-section", "mj-group"})
_ONCE = frozenset({"mj-head", "mj-body", "mj-title", "mj-preview", "mj-breakpoint"})
_REMARKABLE = frozenset({Holds.ELEMENTS, Holds.HTML})
_CONDITIONABLE = frozenset({"mj-text", "mj-raw", "mj-navbar-link", "mj-social-element", "mj-accordion-text"})
_HTML_HOLDERS = tuple(name for name, element in ELEMENTS.items() if element.holds is Holds.HTML)


class Structure:
    """Follows tags. ``floor`` is how many elements a loop's body must leave open: what it found there."""

    def __init__(self, findings: Findings) -> None:
        self.floor = 0
        self.has_root = False
        self._findings = findings
        self._is_body_astray = False
        self._around: dict[str, frozenset[str]] = {}  # what a fragment may stand in, by its path

    def opened(self, tag: Tag, state: State, sort_of: SortOf) -> State:
        """The state after an opening tag."""
        top = state.top
        holds = top.holds if top else Holds.ELEMENTS
        element = ELEMENTS.get(tag.name)
        if len(state.stack) >= DEEPEST:
            self._say(
                rules.MJML_UNBALANCED, tag.place, f"{_shown(tag.name)} stands too deep", "close what is open"
            )
            return state
        if holds is Holds.DEFAULTS:
            self._findings.default(tag, sort_of)
            return (
                state if tag.closes else state.pushed(Frame(tag.name, tag.place, Holds.NOTHING, "mj-attributes"))
            )
        if element:
            self._placed(tag, element, state)
            self._findings.used(tag, element, sort_of)
            state = self._counted(tag, state)
            frame = Frame(tag.name, tag.place, element.holds, tag.name)
        elif not tag.name or tags.is_of_mjml(tag.name):
            self._findings.unknown(tag, sort_of)
            frame = Frame(tag.name, tag.place, Holds.ANYTHING)
        else:
            self._html_placed(tag, state)
            self._findings.html(tag, sort_of)
            if tag.name.lower() in html.VOID:
                return state
            inner = Holds.ANYTHING if holds is Holds.ANYTHING else Holds.HTML
            frame = Frame(tag.name, tag.place, inner, top.owner if top else "")
        if not tag.closes:
            return state.pushed(frame)
        return self.closed(EndTag(tag.place, tag.name), state.pushed(frame))

    def closed(self, end: EndTag, state: State) -> State:
        """The state after a closing tag."""
        names = [frame.name for frame in state.stack]
        if end.name in names[self.floor :] and end.name != FRAGMENT:
            index = len(names) - 1 - names[::-1].index(end.name)
            for frame in state.stack[index + 1 :]:
                message = f"{_shown(frame.name)} is not closed before </{end.name}>"
                self._say(rules.MJML_UNBALANCED, frame.place, message, f"close it first: </{frame.name}>")
            self._finished(state.stack[index])
            return replace(state.cut(index), owed=(*state.owed, *names[index + 1 :]))
        if end.name in state.owed:
            return replace(state, owed=tuple(name for name in state.owed if name != end.name))
        if end.name in names:
            message = f"</{end.name}> closes what was opened outside of this loop"
            self._say(rules.MJML_UNBALANCED, end.place, message, "open and close it on the same side of {% for %}")
            return state
        return self._strayed(end, state)

    def words(self, place: Location, said: str, state: State) -> None:
        """Words, or what prints words, where the state is."""
        top = state.top
        holds = top.holds if top else Holds.ELEMENTS
        if holds is Holds.ANYTHING:
            self._narrowed(place, frozenset({*_HTML_HOLDERS, "mj-title", "mj-preview", "mj-style"}), said, state)
        elif top and holds is Holds.HTML and not html.holds_words(state.stack):
            self._say(
                rules.MJML_MISPLACED,
                place,
                f"{said} stand in <{top.name}>, and are moved out of it",
                "put them into a cell or an item",
            )
        elif holds in (Holds.ELEMENTS, Holds.NOTHING, Holds.DEFAULTS):
            where = f"stand in <{top.name}>" if top else "stand outside of <mjml>"
            self._say(
                rules.MJML_MISPLACED, place, f"{said} {where}, which holds no words", "put them into <mj-text>"
            )

    def text(self, text: Text, state: State) -> None:
        """Words of the template."""
        said = f"the words “{shortened(text.text, 30)}”"
        self.words(text.place, said, state)
        top = state.top
        left = _LEFT.search(text.text)
        if left and not text.is_raw:
            message = f"`{left.group()}` looks like what is left of a tag of Jinja"
            self._say(
                rules.MJML_DOUBTFUL, text.place, message, "Jinja's tags are `{{ … }}`, `{% … %}` and `{# … #}`"
            )
        if top and top.name == "mj-title" and '"' in text.text:
            message = 'mj-title has a double quote in it, which mrml writes as `\\"` into `aria-label`'
            self._say(rules.MJML_UNREADABLE, text.place, message, "write `&quot;`")

    def printed(self, place: Location, inside: str, sort: Sort, state: State) -> None:
        """What ``{{ … }}`` prints."""
        if sort not in (Sort.WORDS, Sort.BODY):
            return
        top, inside = state.top, shortened(inside)
        self.words(place, f"the words of `{{{{ {inside} }}}}`", state)
        if top and top.holds is Holds.HTML and sort is Sort.BODY and not html.holds_blocks(state.stack):
            message = f"`{{{{ {inside} }}}}` has paragraphs, and is printed in <{top.name}>"
            self._say(rules.MJML_MISPLACED, place, message, "print it in <div>, or in mj-text itself")
        if top and (top.holds is Holds.STYLES or (top.holds is Holds.WORDS and sort is Sort.BODY)):
            message = f"`{{{{ {inside} }}}}` is printed in <{top.name}>"
            hint = (
                "mark a value of the theme's own with `| safe`"
                if top.holds is Holds.STYLES
                else "it holds words alone"
            )
            self._say(rules.SLOT_IN_TAG, place, message, hint)

    def remark(self, remark: Remark, state: State) -> None:
        """A comment."""
        top = state.top
        if not top or top.holds is Holds.ANYTHING:
            return
        if remark.is_condition and top.owner not in _CONDITIONABLE:
            message = f"a condition for Outlook stands in <{top.name}>, and mrml stops at it"
            self._say(rules.MJML_MISPLACED, remark.place, message, "put it into mj-raw or mj-text")
        elif top.holds not in _REMARKABLE or top.name == "mj-carousel":
            message = f"a comment stands in <{top.name}>, and mrml stops at it"
            self._say(rules.MJML_MISPLACED, remark.place, message, "write it as {# … #}")

    def left_open(self, state: State, depth: int, where: str) -> None:
        """Tell of every element above a depth that nothing closes."""
        for frame in state.stack[depth:]:
            hint = f"close it: </{frame.name}>" + (f" (on the way where {state.way})" if state.way else "")
            self._say(rules.MJML_UNBALANCED, frame.place, f"{_shown(frame.name)} is not closed{where}", hint)

    def _strayed(self, end: EndTag, state: State) -> State:
        top = state.top
        if end.name.lower() in html.VOID:
            self._say(
                rules.MJML_UNBALANCED,
                end.place,
                f"</{end.name}> closes nothing: <{end.name}> has no end",
                "take it out",
            )
            return state
        if top and top.name != FRAGMENT and len(state.stack) > self.floor and end.then != top.name:
            message = f"</{end.name}> stands where {_shown(top.name)} of line {top.place.line} should end"
            self._say(rules.MJML_UNBALANCED, end.place, message, f"did you mean </{top.name}>?")
            self._finished(top)
            return state.cut(len(state.stack) - 1)
        self._say(
            rules.MJML_UNBALANCED, end.place, f"</{end.name}> closes nothing", "take it out, or open it before"
        )
        return state

    def _placed(self, tag: Tag, element: Element, state: State) -> None:
        top = state.top
        name = top.name if top else ""
        self.has_root |= tag.name == "mjml"
        self._is_body_astray |= tag.name == "mj-body" and name != "mjml"
        if top and top.holds is Holds.ANYTHING:
            self._narrowed(tag.place, frozenset(element.parents), f"<{tag.name}>", state)
        elif top and top.holds is not Holds.ELEMENTS:
            what = "HTML" if top.holds is Holds.HTML else "words" if top.holds is Holds.WORDS else "styles"
            what = "nothing" if top.holds is Holds.NOTHING else f"{what} alone"
            message = f"<{tag.name}> stands in <{top.owner or name}>, which holds {what}"
            self._say(rules.MJML_MISPLACED, tag.place, message, _where(element))
        elif name not in element.parents:
            message = f"<{tag.name}> stands in <{name}>" if top else f"<{tag.name}> stands outside of <mjml>"
            self._say(rules.MJML_MISPLACED, tag.place, message, _where(element))

    def _html_placed(self, tag: Tag, state: State) -> None:
        top = state.top
        holds = top.holds if top else Holds.ELEMENTS
        if holds is Holds.ANYTHING:
            self._narrowed(tag.place, frozenset(_HTML_HOLDERS), f"<{tag.name}>", state)
        elif top and holds is Holds.HTML:
            wrong = html.misplacement(tag.name.lower(), state.stack)
            if wrong:
                self._say(
                    rules.MJML_MISPLACED,
                    tag.place,
                    f"<{tag.name}> {wrong}",
                    "close that first, or take another element",
                )
        else:
            where = f"in <{top.name}>" if top else "outside of <mjml>"
            message = f"<{tag.name}> is HTML, and stands {where}"
            self._say(rules.MJML_MISPLACED, tag.place, message, "put it into mj-text, mj-table or mj-raw")

    def _narrowed(self, place: Location, parents: frozenset[str], said: str, state: State) -> None:
        """What stands at the outside of a fragment tells what the fragment may stand in."""
        top = state.top
        if not top or top.name != FRAGMENT:
            return
        known = self._around.get(top.place.path, parents)
        self._around[top.place.path] = known & parents or known
        if not known & parents:
            message = f"{said} cannot stand here: what is before it stands in {_listed(known)}"
            hint = f"it stands in {_listed(parents)}"
            self._say(rules.MJML_MISPLACED, place, message, hint)

    def _counted(self, tag: Tag, state: State) -> State:
        top = state.top
        if not top or top.name not in _COUNTING:
            return state
        if tag.name in _ONCE and top.children and tag.name in top.children:
            message = f"a second <{tag.name}>: mrml keeps one of them"
            self._say(rules.MJML_MISPLACED, tag.place, message, "make one of both")
        if tag.name in ("mj-column", "mj-group"):
            return state.counting(self._findings.width_of(tag))
        return state.counting(tag.name) if tag.name in _ONCE else state

    def _finished(self, frame: Frame) -> None:
        if frame.name in ("mj-section", "mj-group"):
            self._findings.columns(frame)
        elif (
            frame.name == "mjml"
            and frame.children is not None
            and "mj-body" not in frame.children
            and not self._is_body_astray
        ):
            self._say(
                rules.MJML_INCOMPLETE, frame.place, "<mjml> has no <mj-body>", "what readers see stands in mj-body"
            )

    def _say(self, rule: Rule, place: Location, message: str, hint: str) -> None:
        self._tell(rule.at(place, message, hint))

    def _tell(self, finding: Diagnostic) -> None:
        self._findings.tell(finding)


def _shown(name: str) -> str:
    return f"<{name}>" if name else "a tag whose name Jinja writes"


def _where(element: Element) -> str:
    parents = [parent for parent in element.parents if parent]
    return f"it stands in {_listed(parents)}" if parents else "it is the outermost element"


def _listed(names: "frozenset[str] | list[str]") -> str:
    shown = [f"<{name}>" for name in (names if isinstance(names, list) else sorted(names))]
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
