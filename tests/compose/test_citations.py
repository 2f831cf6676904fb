import json
import warnings
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from pipeline.citations import reference_list, style_diagnostics
from pipeline.compose import compose_issues
from pipeline.errors import Location
from pipeline.issue import ReferenceEntry, References
from pipeline.model import Reference
from tests.projects import CONFIG, ROOT, index, library, part

STYLE = (ROOT / "templates/csl/apa.csl").read_text()
FASANO = {
    "id": "fasano2012",
    "type": "article-journal",
    "author": [{"family": "Fasano", "given": "Alessio"}],
    "issued": {"date-parts": [[2012, 2]]},
    "title": "Leaky gut and autoimmune diseases",
    "container-title": "Clinical Reviews in Allergy & Immunology",
    "volume": 42,
    "issue": 1,
    "page": "71-78",
    "DOI": "10.1007/s12016-011-8291-x",
}


def entry(**item: object) -> ReferenceEntry:
    values = {"id": "k", "type": "article-journal", "title": "T", **item}
    reference = Reference("k", json.dumps(values), Location("a.md"))
    (found,) = reference_list(["k"], {"k": reference}, STYLE, "en")
    return found


def test_a_journal_article_reads_as_apa_has_it() -> None:
    assert entry(**FASANO).text == (
        "Fasano, A. (2012). Leaky gut and autoimmune diseases. "
        "Clinical Reviews in Allergy & Immunology, 42(1), 71–78. https://doi.org/10.1007/s12016-011-8291-x"
    )


def test_an_entry_is_safe_html_with_its_address_linked() -> None:
    found = entry(**{**FASANO, "title": 'A <script>alert("x")</script> & <i>gut</i>'})

    assert "<script" not in found.html
    assert "<i>gut</i>" in found.html
    assert "Allergy &amp; Immunology" in found.html
    assert '<a href="https://doi.org/10.1007/s12016-011-8291-x">' in found.html
    assert '<script>alert("x")</script> & gut' in found.text


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            {
                "type": "book",
                "author": [{"family": "Gershon", "given": "Michael D."}],
                "publisher": "HarperCollins",
            },
            "Gershon, M. D. (n.d.). T. HarperCollins.",
        ),
        (
            {"type": "webpage", "author": [{"literal": "WHO"}], "URL": "https://who.int/a"},
            "WHO. (n.d.). T. https://who.int/a",
        ),
        ({"type": "report", "publisher": "Institute"}, "T. (n.d.). Institute."),
        (
            {"title": "Why?", "container-title": "J", "author": [{"family": "A", "given": "B"}]},
            "A, B. (n.d.). Why? J.",
        ),
    ],
)
def test_other_kinds_of_work_read_well(item: dict[str, object], expected: str) -> None:
    assert entry(**item).text == expected


@pytest.mark.parametrize("title", ["The <b> element", "Of </i> and <i>", "<b>One <i>inside</b> another</i>"])
def test_markup_in_a_title_that_is_not_closed_as_it_was_opened_stays_letters(title: str) -> None:
    found = entry(**{**FASANO, "title": title})

    assert etree.fromstring(f"<p>{found.html}</p>") is not None
    assert title in found.text


def test_a_work_of_an_odd_shape_is_listed_by_its_title() -> None:
    assert entry(issued="sometime", author="A. Nybody").text.startswith("T")


def test_numbers_follow_first_citation_and_only_cited_works_are_listed() -> None:
    references = (
        "references: [{id: a, type: book, title: A}, {id: b, type: book, title: B}, {id: c, type: book, title: C}]"
    )
    text = CONFIG + index(more=references) + part(1, body="One [@c; @a]. Two [@c].")
    (issue,) = compose_issues(library(text), date(2026, 12, 1)).issues.all

    assert issue.citations == (("c", 1), ("a", 2))
    (listed,) = [section for section in issue.sections if isinstance(section, References)]
    assert [(found.number, found.key) for found in listed.entries] == [(1, "c"), (2, "a")]


def test_bibtex_is_read_as_well() -> None:
    bib = """\
-- series/small/references.bib --
@article{sender2016,
  author = {Sender, Ron and Fuchs, Shai and Milo, Ron},
  title = {Revised {Estimates}},
  journal = {PLoS Biology}, year = 2016, volume = 14, number = 8, pages = {e1--e9},
}
"""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (series,) = library(CONFIG + index() + part(1) + bib).series

    item = json.loads(series.references[0].item)
    assert item["author"][1] == {"family": "Fuchs", "given": "Shai"}
    assert (item["title"], item["page"], item["type"]) == ("Revised Estimates", "e1–e9", "article-journal")


def test_an_unknown_style_is_told_with_those_there_are() -> None:
    text = CONFIG.replace('language = "en"', 'language = "en"\ncitation_style = "vancouver"')
    found = library(text + index() + part(1))

    (problem,) = style_diagnostics(found.publication, found.templates)
    assert (problem.code, "apa" in problem.hint) == ("PW112", True)


def test_the_style_that_ships_is_our_own() -> None:
    assert "partwork" in Path(ROOT / "templates/csl/apa.csl").read_text()
