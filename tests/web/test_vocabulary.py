"""JSON-LD, held against schema.org's vocabulary: nothing is made up, and everything is where it belongs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.projects import CONFIG, index, part
from tests.web.builders import pages, sample, site, tree
from tests.web.schema_org import KINDS, PROPERTIES

# What a text and a number may stand for. A thing may be given by its address, and a size in pixels, as in the
# examples of schema.org and of Google.
SCALARS = {str: {"Text", "URL", "Date", "DateTime", "Duration"}, int: {"Integer", "Number", "Distance"}}
REFERENCES = """references:
  - {id: ada, type: book, title: Salt, author: [{family: Ash, given: Ada}], issued: {date-parts: [[1999]]}}
  - {id: who, type: report, title: Iodine, author: [{literal: WHO}], issued: {date-parts: [[2014]]}, DOI: 10.1/x}
"""


def faults(node: Any, named: dict[str, str]) -> Iterator[str]:
    """What schema.org does not have. ``named`` gives the type of each node that others only point to."""
    if set(node) == {"@id"}:
        return
    kind = node.get("@type", "")
    if kind not in KINDS:
        yield f"no type {kind}"
        return
    for name, values in node.items():
        if name.startswith("@"):
            continue
        if name not in PROPERTIES:
            yield f"no property {name}"
            continue
        owners, wanted = PROPERTIES[name]
        if not owners & KINDS[kind]:
            yield f"{kind} has no {name}"
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, dict):
                yield from faults(value, named)
                its = value.get("@type") or named.get(value["@id"], "")
                if not its:
                    yield f"{name} points to {value['@id']}, which is not on the page"
                elif not KINDS.get(its, set()) & wanted:
                    yield f"{name} of {kind} cannot be {its}"
            elif not SCALARS[type(value)] & wanted and not str(value).startswith("https://"):
                yield f"{name} of {kind} cannot be {value!r}"


def graph_of(page: bytes) -> list[dict[str, Any]]:
    texts = tree(page).xpath("//script[@type='application/ld+json']/text()")
    return json.loads(texts[0])["@graph"] if texts else []


def told(nodes: list[dict[str, Any]]) -> list[str]:
    named = {node["@id"]: node["@type"] for node in nodes if "@id" in node}
    return [fault for node in nodes for fault in faults(node, named)]


def test_every_page_of_the_sample_says_only_what_schema_org_knows() -> None:
    for path in pages(sample()):
        assert told(graph_of(sample()[path])) == [], path


@pytest.mark.parametrize(
    "node",
    [
        {"@type": "Artikel"},
        {"@type": "Article", "headlin": "x"},
        {"@type": "Article", "breadcrumb": {"@type": "BreadcrumbList"}},
        {"@type": "Article", "author": 7},
        {"@type": "Article", "position": {"@type": "Person"}},
        {"@type": "Article", "isPartOf": {"@id": "#nowhere"}},
    ],
)
def test_what_schema_org_does_not_know_is_seen(node: dict[str, Any]) -> None:
    assert told([node])


def test_a_cited_work_has_its_authors_and_its_year() -> None:
    files = site(CONFIG + index() + part(1, more=REFERENCES, body="Salt [@ada; @who]."))
    (article,) = [node for node in graph_of(files["small/part-1/index.html"]) if node["@type"] == "Article"]

    book, report = article["citation"]
    assert (book["@type"], book["author"], book["datePublished"]) == (
        "Book",
        [{"@type": "Person", "name": "Ada Ash"}],
        "1999",
    )
    assert report["author"] == [{"@type": "Organization", "name": "WHO"}]
    assert report["identifier"] == "https://doi.org/10.1/x"
    assert told(graph_of(files["small/part-1/index.html"])) == []
