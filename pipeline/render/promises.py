"""What an edition promises, verified on what came out: every disclaimer, in full, in every channel."""

import hashlib
import re
from html import unescape

from pipeline import rules
from pipeline.body import plain
from pipeline.edition import WordingRecord
from pipeline.errors import Diagnostic, Location
from pipeline.issue import Issue
from pipeline.model import Block

_NOT_SHOWN = re.compile(r"<(style|script|title)\b.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_LINK_NUMBER = re.compile(r"\[\d+\]")
_TAG = re.compile(r"<[^>]*>")


def wording_of(block: Block) -> str:
    """A block's words, spaces and line ends evened out: what must be found in every edition."""
    return _squeezed(plain(block.body.blocks))


def wording_records(issue: Issue) -> tuple[WordingRecord, ...]:
    """Which wording of which disclaimer an issue's editions carry."""
    return tuple(
        WordingRecord(block.slug, hashlib.sha256(wording_of(block).encode()).hexdigest())
        for block in issue.disclaimers
    )


def shown_text(html: str) -> str:
    """The words that a piece of HTML shows."""
    body = html[max(0, html.find("<body")) :]
    return _squeezed(unescape(_TAG.sub(" ", _NOT_SHOWN.sub(" ", body))))


def missing_disclaimers(issue: Issue, shown: str, template: str) -> list[Diagnostic]:
    """A diagnostic for each disclaimer whose words are not all in an edition's text, in order.

    ``shown`` is the edition as plain text; ``template`` the one to look at.
    """
    # Inline markup leaves blanks around words in `shown` that are not in the wording: compare without any.
    haystack = _bare(shown)
    return [
        rules.DISCLAIMER_MISSING.at(
            Location(f"templates/{template}"),
            f"the disclaimer `{block.slug}` is not in {issue.address} as this template renders it",
            "let the template show every section of kind `disclaimer`, with its whole `html`",
        )
        for block in issue.disclaimers
        if _bare(wording_of(block)) not in haystack
    ]


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _bare(text: str) -> str:
    """Letters in a row: without blanks, and without the numbers that plain text gives its links."""
    return "".join(_LINK_NUMBER.sub("", text).split())
