"""CSS and HTML of a letter that some inboxes do not have, by the data of caniemail.com."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.check.letters import caniemail
from pipeline.check.letters.faults import Fault
from pipeline.check.letters.letter import Letter
from pipeline.check.letters.rules import NOT_EVERYWHERE
from pipeline.check.letters.signs import signs_of

ADDRESS = "https://www.caniemail.com/features/"

# Where these are missing, a letter is plainer and still whole: corners, shadows, animation, a dark scheme, breaks
# of long words, links to a footnote, what only some devices are asked. Names as on caniemail.com.
_PLAINER = (
    "css-accent-color css-animation css-at-font-face css-at-keyframes css-at-media css-at-media-hover "
    "css-at-media-orientation css-at-media-prefers-color-scheme css-at-media-prefers-reduced-motion "
    "css-backdrop-filter css-background-blend-mode css-background-clip css-background-image "
    "css-background-origin css-background-position css-background-repeat css-background-size css-border-image "
    "css-border-radius css-border-radius-logical css-box-shadow css-color-scheme css-conic-gradient css-cursor "
    "css-filter css-font-kerning css-hyphenate-character css-hyphenate-limit-chars css-hyphens "
    "css-linear-gradient css-list-style-image css-list-style-position css-mix-blend-mode css-orphans "
    "css-outline css-outline-offset css-overflow css-overflow-wrap css-pseudo-class-active "
    "css-pseudo-class-focus css-pseudo-class-hover css-pseudo-class-link css-pseudo-class-visited "
    "css-radial-gradient css-tab-size css-table-layout css-text-decoration-color css-text-decoration-line "
    "css-text-decoration-skip-ink css-text-decoration-style css-text-decoration-thickness css-text-overflow "
    "css-text-shadow css-text-underline-offset css-text-underline-position css-text-wrap css-transition "
    "css-user-select css-white-space css-white-space-collapse css-widows css-word-break css-word-wrap html-abbr "
    "html-acronym html-anchor-links html-aria-describedby html-aria-hidden html-aria-label html-aria-labelledby "
    "html-bdi html-link html-loading-attribute html-meta-color-scheme html-semantics html-target html-wbr"
)
_IS_PLAINER = frozenset(_PLAINER.split())


@dataclass(frozen=True, slots=True)
class Feature:
    """Something of CSS or HTML, and the inboxes that lack it. Without it a letter is whole, or it is not."""

    name: str
    title: str
    inboxes: tuple[str, ...]
    is_plainer: bool


@cache
def _features() -> dict[str, tuple[Feature, ...]]:
    """Every feature that some inbox lacks, by its signs, without those of MJML's bare skeleton."""
    found: dict[str, tuple[Feature, ...]] = {}
    bare = frozenset(caniemail.BARE.split())
    for row in caniemail.FEATURES.splitlines():
        name, title, letters, signs = row.split(" | ")
        inboxes = tuple(caniemail.CLIENTS[letter] for letter in letters)
        feature = Feature(name, title, inboxes, is_plainer=name in _IS_PLAINER)
        for sign in set(signs.split()) - bare:
            found[sign] = (*found.get(sign, ()), feature)
    return found


def features_of(letter: Letter) -> tuple[Feature, ...]:
    """What a letter uses and some inbox lacks, by name."""
    known = _features()
    used = signs_of(letter.root, letter.rules) & known.keys()
    return tuple(sorted({each for sign in used for each in known[sign]}, key=lambda each: each.name))


def feature_faults(found: Iterable[Feature]) -> Iterator[Fault]:
    """Those without which a letter is not whole. Kinds of pictures have a rule of their own."""
    for each in found:
        if not each.is_plainer and not each.name.startswith("image-"):
            shown = ", ".join(each.inboxes[:4]) + (
                f" and {len(each.inboxes) - 4} more" if each.inboxes[4:] else ""
            )
            message = f"`{each.title}` is not known to {shown}"
            yield Fault(NOT_EVERYWHERE, message, f"do without it, or see {ADDRESS}{each.name}/")
