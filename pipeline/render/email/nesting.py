"""Which element may stand directly in which so that no parser moves anything: what HTML from Markdown looks like.

A narrow list on purpose. Where it does not say yes, the HTML is parsed as an inbox would parse it before its
elements get their styles.
"""

_PHRASES = frozenset(
    "a abbr b br cite code del dfn em i img ins kbd mark q s samp small span strong sub sup time u var wbr".split()  # noqa: SIM905
)
_BLOCKS = frozenset("blockquote dl h2 h3 h4 h5 h6 hr ol p pre table ul".split())  # noqa: SIM905
_HOLD_BLOCKS = frozenset("blockquote dd div li td th".split())  # noqa: SIM905
_HOLD_PHRASES = _HOLD_BLOCKS | (_PHRASES - {"br", "img", "wbr"}) | {"dt", "h2", "h3", "h4", "h5", "h6", "p", "pre"}
_ONLY_IN = {
    "li": frozenset({"ol", "ul"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "thead": frozenset({"table"}),
    "tbody": frozenset({"table"}),
    "tr": frozenset({"thead", "tbody"}),
    "th": frozenset({"tr"}),
    "td": frozenset({"tr"}),
}


def stands_well(tag: str, parent: str, *, is_in_link: bool) -> bool:
    """Whether an element stays where it is written, in ``parent``; ``is_in_link``: somewhere inside an ``a``."""
    if tag in _PHRASES:
        return parent in _HOLD_PHRASES and not (tag == "a" and is_in_link)
    if tag in _BLOCKS:
        return parent in _HOLD_BLOCKS
    return parent in _ONLY_IN.get(tag, ())
