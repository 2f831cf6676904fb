"""What an edition promises, verified on what came out: every disclaimer, in full, in every channel."""

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from html import unescape

from pipeline import rules
from pipeline.body import plain
from pipeline.edition import WordingRecord
from pipeline.errors import Diagnostic, Location
from pipeline.issue import Issue, LinkedPart
from pipeline.model import Block, Channel

_NOT_SHOWN = re.compile(r"<(style|script|title)\b.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_LINK_NUMBER = re.compile(r"\[\d+\]")
_HIDING = re.compile(r"<(/?)(?i:style|script|title)\b")  # with `<` outside, it is searched for first, and fast
_RUNS = re.compile(r"\w+|[^\w\s]+")
_ESCAPED = {
    "&": "&(?:amp;)?",
    "<": "(?:&lt;|<)",
    ">": "(?:&gt;|>)",
    '"': '(?:"|&quot;|&#34;)',
    "'": "(?:'|&#x27;|&#39;)",
}
_TAG = re.compile(r"<[^>]*>")


def wordings_of(issue: Issue, block: Block) -> tuple[str, ...]:
    """A block's words, spaces and line ends evened out: one of these must be found in every edition of an issue.

    There are two where it links to a part without words of its own, and that part came out after the issue: email
    and feed, the first, go on saying what they said then.
    """
    links = [link for link in issue.links if link.path == block.path]
    said = (_wording(block, links, channel) for channel in (Channel.EMAIL, Channel.WEB))
    return tuple(dict.fromkeys(said)) if links else (_wording(block, (), Channel.EMAIL),)


def _wording(block: Block, links: Iterable[LinkedPart], channel: Channel) -> str:
    unsaid = {link.target: link.title if link.is_open_in(channel) else link.words for link in links}
    return plain(block.body.blocks, unsaid)


def wording_records(issue: Issue) -> tuple[WordingRecord, ...]:
    """Which wording of which disclaimer an issue's editions carry."""
    return tuple(
        WordingRecord(block.slug, hashlib.sha256(wordings_of(issue, block)[0].encode()).hexdigest())
        for block in issue.disclaimers
    )


def shown_text(html: str) -> str:
    """The words that a piece of HTML shows."""
    body = html[max(0, html.find("<body")) :]
    return _squeezed(unescape(_TAG.sub(" ", _NOT_SHOWN.sub(" ", body))))


def missing_from_html(issue: Issue, html: str, template: str) -> list[Diagnostic]:
    """A diagnostic for each disclaimer whose words a piece of HTML does not show, all and in order."""
    if all(any(_is_shown(wording, html) for wording in wordings_of(issue, block)) for block in issue.disclaimers):
        return []
    return missing_disclaimers(issue, shown_text(html), template)


def missing_disclaimers(issue: Issue, shown: str, template: str) -> list[Diagnostic]:
    """A diagnostic for each disclaimer whose words are not all in an edition's text, in order.

    ``shown`` is the edition as plain text; ``template`` the one to look at.
    """
    wordings = {block.slug: wordings_of(issue, block) for block in issue.disclaimers}
    if all(any(_in_text(wording).search(shown) for wording in either) for either in wordings.values()):
        return []
    # Inline markup leaves blanks around words in `shown` that are not in the wording: compare without any.
    haystack = _bare(shown)
    return [
        rules.DISCLAIMER_MISSING.at(
            Location(f"templates/{template}"),
            f"the disclaimer `{slug}` is not in {issue.address} as this template renders it",
            "let the template show every section of kind `disclaimer`, with its whole `html`",
        )
        for slug, either in wordings.items()
        if not any(_bare(wording) in haystack for wording in either)
    ]


def _is_shown(wording: str, html: str) -> bool:
    """Whether words stand in HTML where a reader sees them, found quickly: yes is certain, no is not."""
    found = _in_html(wording).search(html)
    if found is None:
        return False
    # What hides it would end after it, and disclaimers stand near the end: a shorter way than from the beginning.
    end = found.end()
    closing = _HIDING.search(html, end)
    if closing is not None and closing[1]:
        return False
    comment_end = html.find("-->", end)
    return comment_end < 0 or 0 <= html.find("<!--", end) < comment_end


@cache
def _in_html(wording: str) -> re.Pattern[str]:
    """A wording in HTML: characters as they are escaped there, and markup where a word or a mark ends."""
    return _spaced(wording, r"(?:<[^>]*>)*", r"(?:\s|<[^>]*>)+")


@cache
def _in_text(wording: str) -> re.Pattern[str]:
    """A wording in plain text: link numbers where a word ends."""
    return _spaced(wording, r"(?:\s?\[\d+\])?", r"(?:\s|\[\d+\])+")


def _spaced(wording: str, between: str, at_blanks: str) -> re.Pattern[str]:
    words = (between.join(map(_escaped, _RUNS.findall(word))) for word in wording.split())
    return re.compile(at_blanks.join(words))


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(character) or re.escape(character) for character in text)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _bare(text: str) -> str:
    """Letters in a row: without blanks, and without the numbers that plain text gives its links."""
    return "".join(_LINK_NUMBER.sub("", text).split())
