"""What a style sheet's selectors ask for: tags, classes and attributes on the way to an element, or more."""

import re
from functools import cache

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SELECTORS = re.compile(r"([^{}]+)\{")
_ATTRIBUTE = re.compile(r"\[\s*([\w-]+)[^\]]*\]")
# A tag or none, then classes and attributes; and what premailer leaves in the head, as it depends on the reader.
_COMPOUND = (
    r"(?:\*|[a-zA-Z][\w-]*)?(?:\.[\w-]+|\[\s*[\w-]+\s*(?:[~|^$*]?=\s*(?:\"[^\"]*\"|'[^']*'|[\w-]+)\s*)?\])*"
)
_LEFT_ALONE = r"(?:::?(?:hover|active|focus|visited|before|after|first-line|first-letter|checked))*"
_SIMPLE = re.compile(rf"{_COMPOUND}(?:(?: ?> ?| ){_COMPOUND})*{_LEFT_ALONE}")
# Attributes that say something else on each element: no style is remembered by what they say.
VARYING = frozenset("href src alt title id width height name datetime aria-label".split())  # noqa: SIM905


@cache
def is_learnable(css: str) -> bool:
    """Whether every rule asks only for tags, classes and attributes on the way to an element.

    Not learnable are siblings, positions, ids, ``:not``, ``:lang``, ``:contains`` …: whatever is not known to be.
    Neither is what asks for an attribute in ``VARYING``.
    """
    for match in _SELECTORS.finditer(_COMMENT.sub("", css)):
        written = match[1].rpartition(";")[2].strip()
        if written.startswith("@"):
            continue  # its inner rules have their own match
        for selector in _alternatives(written):
            if not _SIMPLE.fullmatch(" ".join(selector.split())) or VARYING & set(_ATTRIBUTE.findall(selector)):
                return False
    return True


@cache
def watched(css: str) -> frozenset[str]:
    """The attributes that some selector asks for."""
    selectors = (match[1] for match in _SELECTORS.finditer(_COMMENT.sub("", css)))
    return frozenset(name for written in selectors for name in _ATTRIBUTE.findall(written))


def _alternatives(written: str) -> list[str]:
    """Selectors between commas; a comma in an attribute's value is none."""
    return re.split(r",(?![^\[]*\])", written)
