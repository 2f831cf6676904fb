"""Three publications that every format is tried with, and what is needed to look inside their feeds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from pipeline.issue import Issues
from tests.feeds import builders

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
MEDIA = "{http://search.yahoo.com/mrss/}"
BASE = "{http://www.w3.org/XML/1998/namespace}base"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
AWKWARD = "Fish & chips <b> ]]> {{ x }} “é” \U0001f41f </script> עברית"


def ordinary() -> Issues:
    """Four parts, three of them out, one with a picture."""
    first, *rest = builders.parts()
    return builders.publish((builders.with_image(first), *rest))


def awkward() -> Issues:
    """Everything that markup could trip over, everywhere."""
    body = "`]]>` and &#1;&#xFFFE; <b>bold</b> & `</script>`\n\n" + AWKWARD.replace("<b>", "").replace(
        "{{ x }}", ""
    )
    part = replace(
        builders.part(1, "one", AWKWARD, body),
        summary=AWKWARD,
        tags=("a & b", "c < d"),
        subtitle=AWKWARD,
    )
    publication = replace(builders.PUBLICATION, title=AWKWARD, description=AWKWARD)
    return builders.publish((builders.with_image(part),), publication=publication)


def empty() -> Issues:
    """Nothing is out yet."""
    return builders.publish(as_of=datetime(2026, 1, 1, tzinfo=UTC))


CASES = pytest.mark.parametrize("make", [ordinary, awkward, empty])
Make = Callable[[], Issues]


def atom(issues: Issues, path: str = "gut/atom.xml") -> Any:
    """An Atom feed, parsed."""
    return etree.fromstring(builders.by_path(issues)[path])


def channel(issues: Issues, path: str = "gut/feed.xml") -> Any:
    """An RSS feed's channel, parsed."""
    return etree.fromstring(builders.by_path(issues)[path])[0]
