"""Atom by the rules of RFC 4287."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from tests.feeds import builders
from tests.feeds.cases import (
    ATOM,
    BASE,
    CASES,
    LANG,
    Make,
    atom,
    ordinary,
)


@CASES
@pytest.mark.parametrize("path", ["atom.xml", "gut/atom.xml"])
def test_atom_follows_its_schema(make: Make, path: str) -> None:
    schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
    schema.assertValid(atom(make(), path))


def test_the_schema_finds_what_feedgen_gets_wrong_by_itself() -> None:
    schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
    data = builders.by_path(ordinary())["atom.xml"]
    for good, bad in (
        (b'<content type="html"', b'<content type="CDATA"'),
        (b"<id>tag:", b"<id>tag"),
        (b"+01:00</published>", b"</published>"),
        (b"</entry>", b"<title>twice</title></entry>"),
    ):
        assert good in data
        assert not schema.validate(etree.fromstring(data.replace(good, bad)))


@CASES
def test_atom_keeps_the_rules_that_a_schema_cannot_say(make: Make) -> None:
    feed = atom(make(), "atom.xml")
    assert feed.get(LANG) == "en-GB"
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
    assert feed.find(f"{ATOM}link").get("href") == "https://weekly.example.org/atom.xml"
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    ids = [found.text for found in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    for entry in feed.findall(f"{ATOM}entry"):
        alternates = [link for link in entry.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert [(link.get("type"), link.get("title")) for link in alternates] == [
            ("text/html", entry.findtext(f"{ATOM}title"))
        ]
        assert entry.find(f"{ATOM}content").get("type") == "html"
        assert entry.find(f"{ATOM}content").get(BASE) == alternates[0].get("href")
        assert entry.findtext(f"{ATOM}published") <= entry.findtext(f"{ATOM}updated")
        assert entry.findall(f"{ATOM}author")


def test_an_atom_entry_says_all_it_knows() -> None:
    entry = atom(ordinary()).findall(f"{ATOM}entry")[-1]
    people = [(a.findtext(f"{ATOM}name"), a.findtext(f"{ATOM}uri")) for a in entry.findall(f"{ATOM}author")]
    assert people == [("Dr Maren Holt", "https://maren.example.org/"), ("Ann & Bo", None)]
    assert [found.get("term") for found in entry.findall(f"{ATOM}category")] == ["health", "zonulin"]
    assert entry.findtext(f"{ATOM}summary") == "Summary 1."
    assert dict(entry.findall(f"{ATOM}link")[1].attrib) == {
        "href": "https://weekly.example.org/gut/images/seam.png",
        "rel": "enclosure",
        "type": "image/png",
        "length": str(len(builders.SEAM.data)),
        "title": "A seam, “close up” & <wide>",
    }


def test_a_square_logo_is_the_icon_too() -> None:
    assert atom(ordinary()).findtext(f"{ATOM}icon") == "https://weekly.example.org/logo.png"
    wide = replace(builders.PUBLICATION, theme=replace(builders.PUBLICATION.theme, logo=builders.SEAM.path))
    feed = atom(builders.publish(publication=wide))
    assert feed.find(f"{ATOM}icon") is None
    assert feed.findtext(f"{ATOM}logo") == "https://weekly.example.org/gut/images/seam.png"


def test_a_feed_without_a_logo_has_no_picture() -> None:
    bare = replace(builders.PUBLICATION, theme=replace(builders.PUBLICATION.theme, logo=""))
    data = builders.by_path(builders.publish(publication=bare))
    assert b"<logo>" not in data["atom.xml"]
    assert b"<image>" not in data["feed.xml"]
    assert "icon" not in json.loads(data["feed.json"])
