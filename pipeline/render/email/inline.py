"""CSS rules into ``style`` attributes: premailer, wrapped once, the one way that ships no broken mail.

With its defaults premailer drops a lower-case doctype (quirks mode), strips ``!important`` from what it leaves
in the head (phone and dark rules die), deletes selectors that match nothing yet (``[data-ogsc]``), rewrites
``width`` attributes and fetches style sheets. So every style block but ours is marked ``ignore`` and passes
untouched, and the network is off.
"""

import hashlib
import logging
import re
from collections.abc import MutableMapping
from functools import cache
from typing import Any, ClassVar

from pipeline.errors import RenderError

INLINE_MARK = "/*partwork:inline*/"  # begins a style block whose rules go into style attributes
DOCTYPE = "<!DOCTYPE html>"

_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>\s*", re.IGNORECASE)
# Comments first: what stands in one (`<!--[if mso]><style>`) is Outlook's business.
_STYLE = re.compile(r"<!--.*?-->|<style\b(?P<attributes>[^>]*)>(?P<css>[^<]*)", re.DOTALL | re.IGNORECASE)
_IGNORE = ' data-premailer="ignore"'
_OFF = ["width", "height", "align", "valign", "bgcolor"]


def inlined(html: str) -> str:
    """A whole HTML document with the rules of its marked style blocks in ``style`` attributes.

    Raises:
        RenderError: premailer or lxml could not work with it.
    """
    ready = DOCTYPE + _STYLE.sub(_kept, _DOCTYPE.sub("", html, count=1))
    try:
        mailer = _mailer_class()(
            ready,
            strip_important=False,
            disable_basic_attributes=_OFF,
            align_floating_images=False,
            allow_network=False,
            cssutils_logging_level=logging.CRITICAL,
            disable_validation=True,
        )
        done: str = mailer.transform(pretty_print=False)
    except Exception as error:  # a foreign library's troubles end here
        raise RenderError(f"premailer could not inline the email's styles: {error}") from error
    # Premailer takes its mark from what it passes over, except where a media attribute made it look away.
    return DOCTYPE + "\n" + _DOCTYPE.sub("", done, count=1).replace(_IGNORE, "").rstrip() + "\n"


def inlined_once(html: str, kept: MutableMapping[str, bytes]) -> str:
    """The same, taken from what is ``kept`` if it was made before.

    Raises:
        RenderError: premailer or lxml could not work with it.
    """
    name = f"inlined {hashlib.sha256(html.encode()).hexdigest()}"
    known = kept.get(name)
    if known is not None:
        return known.decode()
    done = inlined(html)
    kept[name] = done.encode()
    return done


@cache
def _mailer_class() -> Any:
    """Premailer, with a style sheet's rules written out once: it does that anew for every document."""
    import premailer  # 70 ms

    class Mailer(premailer.Premailer):  # type: ignore[misc]
        known: ClassVar[dict[tuple[str, int], Any]] = {}

        def _parse_style_rules(self, css_body: str, ruleset_index: int) -> Any:
            key = (css_body, ruleset_index)
            if key not in self.known:
                self.known[key] = super()._parse_style_rules(css_body, ruleset_index)
            rules, leftover = self.known[key]
            return list(rules), list(leftover)

    return Mailer


def inline_css(html: str) -> str:
    """The rules of a document that ``inlined`` puts into ``style`` attributes."""
    blocks = (match["css"] or "" for match in _STYLE.finditer(html))
    return "\n".join(css for css in blocks if css.lstrip().startswith(INLINE_MARK))


def _kept(match: re.Match[str]) -> str:
    css = match["css"]
    if css is None:
        return match.group()
    if css.lstrip().startswith(INLINE_MARK):
        return f"<style{match['attributes']}>{css.lstrip().removeprefix(INLINE_MARK)}"
    return f"<style{_IGNORE}{match['attributes']}>{css}"
