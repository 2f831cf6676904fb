"""The links of a letter: filters do not doubt them, and a list of them can be read aloud."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline import rules, urls
from pipeline.check.letters.agreement import untracked
from pipeline.check.letters.faults import Fault, quoted
from pipeline.check.letters.letter import Letter, shown_text, words_of
from pipeline.check.letters.rules import DOUBTFUL_LINK, UNCLEAR_LINK

if TYPE_CHECKING:
    from lxml import etree

_SHORTENERS = (
    "adf.ly bit.do bit.ly bitly.com buff.ly cutt.ly dlvr.it fb.me goo.gl goo.su hubs.ly ift.tt is.gd j.mp lnkd.in "
    "mcaf.ee ow.ly qr.ae rb.gy rebrand.ly s.id short.io shorturl.at shrtco.de soo.gd t.co t.ly tiny.cc tiny.one "
    "tinyurl.com tr.im trib.al urlz.fr v.gd wp.me x.co"
)
SHORTENERS = frozenset(_SHORTENERS.split())
_SAY = "write between `[` and `]` what it leads to"
_NUMBER = re.compile(r"[\W\d_]*\Z")


def link_faults(letter: Letter) -> Iterator[Fault]:
    """Each link by itself, then those that look alike."""
    places: dict[str, dict[str, str]] = {}
    for link in letter.all("a"):
        if link.get("href") is None:
            continue
        address, words = str(link.get("href")).strip(), _words(link)
        yield from _doubts(address)
        if not words:
            message = f"the link to {address or 'nowhere'} has no words, and no picture with `alt`"
            yield Fault(UNCLEAR_LINK, message, _SAY, untracked(address), rules.BARE_LINK_TEXT)
        elif not address.startswith("#") and not _NUMBER.match(words):
            places.setdefault(" ".join(words_of(words)), {}).setdefault(_without_anchor(address), words)
    for leads in places.values():
        if len(leads) > 1:
            first, other = list(leads)[:2]
            message = f"{quoted(leads[first])} is the link to {first} and to {other}"
            yield Fault(UNCLEAR_LINK, message, "let each link say where it leads", other)


def _without_anchor(address: str) -> str:
    """Where a link leads, without the place on that page: two places of one page are no riddle."""
    return untracked(address).partition("#")[0]


def _words(link: "etree._Element") -> str:
    told = [str(link.get("aria-label", "")), *(str(image.get("alt", "")) for image in link.iter("img"))]
    return " ".join([shown_text(link), *told]).strip()


def _doubts(address: str) -> Iterator[Fault]:
    if urls.scheme_of(address) not in ("http", "https"):
        return
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    written = untracked(address)
    if _is_ip(host):
        message = f"the link to {address} leads to an IP address"
        yield Fault(DOUBTFUL_LINK, message, "name the host; SpamAssassin: NORMAL_HTTP_TO_IP", written)
    elif host in SHORTENERS:
        message = f"the link to {address} is a shortened one, which hides where it leads"
        yield Fault(DOUBTFUL_LINK, message, "write the address itself", written)
    if urls.scheme_of(address) == "http":
        message = f"the link to {address} is not https"
        yield Fault(DOUBTFUL_LINK, message, f"write https://{address[7:]}, if it is there", written)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host.isdigit()
    return True
