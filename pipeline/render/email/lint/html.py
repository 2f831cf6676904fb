"""HTML inside MJML: which elements there are, what they need, and what parsers would move out of where it was put.

The inliner reads an email as browsers do: a list in a paragraph ends the paragraph, a row outside of a table is
lost.
"""

from collections.abc import Mapping, Sequence

from pipeline.render.email.lint.state import Frame


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _words("area base br col embed hr img input link meta param source track wbr")
_BLOCKS = _words(
    "address article aside blockquote center details dl div fieldset figcaption figure footer form h1 h2 h3 h4 h5"
    " h6 header hr main menu nav ol p pre section table ul"
)
_INLINE = _words(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp"
    " small span strike strong sub sup time tt u var"
)
_PARTS: Mapping[str, tuple[str, ...]] = {
    "li": ("ul", "ol", "menu"),
    "dt": ("dl", "div"),
    "dd": ("dl", "div"),
    "caption": ("table",),
    "colgroup": ("table",),
    "thead": ("table",),
    "tbody": ("table",),
    "tfoot": ("table",),
    "tr": ("table", "thead", "tbody", "tfoot"),
    "td": ("tr",),
    "th": ("tr",),
    "summary": ("details",),
    "figcaption": ("figure",),
}
_OTHERS = _words(
    "audio body canvas head hgroup html iframe legend map meter noscript object optgroup option picture progress"
    " script select style svg template textarea title video xml path g circle rect line polyline polygon ellipse"
    " defs use symbol"
)
HTML = VOID | _BLOCKS | _INLINE | _PARTS.keys() | _OTHERS
_TABULAR = frozenset({"table", "thead", "tbody", "tfoot", "tr", "mj-table"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINKS = frozenset({"a", "mj-button", "mj-navbar-link"})
NEEDS: Mapping[str, tuple[str, ...]] = {"img": ("src", "alt"), "a": ("href",)}


def misplacement(name: str, stack: Sequence[Frame]) -> str:
    """What a parser would make of an element in the innermost of some others, if not what was meant."""
    inner = stack[-1].name
    chain = [frame.name.lower() for frame in stack]
    parents = _PARTS.get(name)
    if inner in _TABULAR and name not in ("tr", "td", "th", "script", "template") and not _fits(name, inner):
        return f"stands in <{inner}>, and is moved out of the table"
    if parents and inner not in ("", "mj-raw") and not _fits(name, inner) and stack[-1].owner:
        return f"stands in <{inner}>, where it means nothing"
    if name == "a" and _LINKS & set(chain):
        return "stands in another link, and ends it"
    if name in _BLOCKS and "p" in chain and not _TABULAR & set(chain[chain.index("p") :]):
        return "stands in <p>, and ends it"
    return ""


def holds_blocks(stack: Sequence[Frame]) -> bool:
    """Whether a section's HTML, paragraphs and lists, may stand in the innermost element."""
    inner = stack[-1].name.lower() if stack else ""
    return inner not in _INLINE and inner not in _HEADINGS and inner not in _TABULAR and inner != "p"


def holds_words(stack: Sequence[Frame]) -> bool:
    """Whether words may stand in the innermost element, of those of HTML."""
    return not stack or stack[-1].name.lower() not in _TABULAR | {"ul", "ol", "dl", "colgroup"}


def _fits(name: str, parent: str) -> bool:
    parents = _PARTS.get(name, ())
    if parent == "mj-table":
        return "table" in parents or name == "col"
    return parent in parents or (name == "col" and parent in ("colgroup", "table"))
