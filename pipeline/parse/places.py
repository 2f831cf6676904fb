"""Merge places in an author's words: ``{{ first_name | there }}``, the reader's name, or else the word given.

The word after the bar is not optional: it is what the web, the feeds and a reader without a name are shown.
"""

import re

from pipeline.body import MergePlace, Text

NAMES = ("first_name",)
SIGN = "{{"  # a text without it has no place
# No quotes and no parentheses in the word: `default("there")` is another program's way, and is told (PW312).
_NOT = r'\n{}|()"“”`'
PLACE = re.compile(
    rf"\{{\{{[ \t]*({'|'.join(NAMES)})[ \t]*\|[ \t]*([^\s{_NOT}](?:[^{_NOT}]{{0,78}}[^\s{_NOT}])?)[ \t]*\}}\}}"
)


def split_places(text: str) -> list[Text | MergePlace]:
    """Words and the places between them, in order."""
    nodes: list[Text | MergePlace] = []
    end = 0
    for match in PLACE.finditer(text):
        if match.start() > end:
            nodes.append(Text(text[end : match.start()]))
        nodes.append(MergePlace(match[1], match[2]))
        end = match.end()
    if end < len(text):
        nodes.append(Text(text[end:]))
    return nodes


def without_places(text: str) -> str:
    """The words with the fallback in each place: what everybody is shown who has no name."""
    return PLACE.sub(lambda match: match[2], text) if SIGN in text else text
