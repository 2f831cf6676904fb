"""Text and HTML of a letter say the same: its headings, its links, its disclaimers, its words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from pipeline import urls
from pipeline.check.letters.faults import Fault, quoted
from pipeline.check.letters.letter import HEADINGS, Letter, shown_text, words_of
from pipeline.check.letters.rules import TEXT_DIFFERS
from pipeline.render.promises import missing_disclaimers

ENOUGH = 0.9  # of the HTML's words
A_FEW = 25  # words that may lack all the same: "View in browser" is a large share of a short letter
_LINK_NUMBER = re.compile(r"\[\d+\]")
_TEMPLATE = "see templates/text/part.txt.j2, if that is yours"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much of the HTML is in the text: a share of its words, and of other things what is not."""

    words: float
    lacking_words: int
    headings: int
    missing_headings: tuple[str, ...]
    links: int
    missing_links: tuple[str, ...]
    disclaimers: int
    missing_disclaimers: int


def agreement_of(letter: Letter) -> Agreement:
    """Compare a letter's two parts. The text may say more: the HTML may go on on the web."""
    text = words_of(_LINK_NUMBER.sub("", letter.text))
    row = f" {' '.join(text)} "
    html_words = frozenset(words_of(" ".join(shown_text(body) for body in letter.root.iter("body"))))
    said = html_words & set(text)
    headings = [title for each in letter.all(*HEADINGS) if (title := shown_text(each, "sup"))]
    addresses = list(dict.fromkeys(_addresses(letter)))
    plain = unquote(letter.text)
    disclaimers = letter.issue.disclaimers
    return Agreement(
        words=len(said) / len(html_words) if html_words else 1.0,
        lacking_words=len(html_words) - len(said),
        headings=len(headings),
        missing_headings=tuple(each for each in headings if f" {' '.join(words_of(each))} " not in row),
        links=len(addresses),
        missing_links=tuple(each for each in addresses if unquote(each).removeprefix("mailto:") not in plain),
        disclaimers=len(disclaimers),
        missing_disclaimers=len(missing_disclaimers(letter.issue, letter.text, "")),
    )


def _addresses(letter: Letter) -> Iterator[str]:
    """Where links lead, but for the ways about: the front page, the series' page, this letter in a browser."""
    root = letter.publication_url
    way = {root, f"{root}{urls.part_path(letter.issue.address)}email.html"}
    way.add(root + urls.series_path(letter.issue.series.slug))
    for link in letter.all("a"):
        address = str(link.get("href", "")).strip()
        if urls.scheme_of(address) in ("http", "https", "mailto") and address not in way:
            yield address


def untracked(address: str) -> str:
    """An address without its ``utm_*`` parameters."""
    parts = urlsplit(address)
    if "utm_" not in parts.query:
        return address
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not pair[0].startswith("utm_")]
    return urlunsplit(parts._replace(query=urlencode(query)))


def agreement_faults(found: Agreement) -> Iterator[Fault]:
    """What the plain text lacks."""
    for title in found.missing_headings:
        yield Fault(TEXT_DIFFERS, f"the heading {quoted(title)} is not in the plain text", _TEMPLATE, title)
    for address in found.missing_links:
        yield Fault(TEXT_DIFFERS, f"the link to {address} is not in the plain text", _TEMPLATE, untracked(address))
    if found.missing_disclaimers:
        yield Fault(TEXT_DIFFERS, f"{found.missing_disclaimers} disclaimers are not in the plain text", _TEMPLATE)
    if found.words < ENOUGH and found.lacking_words > A_FEW:
        message = f"{found.words:.0%} of the HTML's words are in the plain text; it should be {ENOUGH:.0%}"
        yield Fault(TEXT_DIFFERS, message, "let the text have every section; see templates/text/part.txt.j2")
