"""What one entry says: complete, absolute, plain, and frozen."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html as lxml_html

from pipeline.issue import Issue, Issues, SeriesIssues, Teaser, TeaserKind
from pipeline.model import Asset, Library
from pipeline.render.feed.entries import media_type, updated_moment
from tests.feeds import builders


def entries(issues: Issues) -> dict[str, str]:
    """Content by title."""
    data = builders.by_path(issues)["feed.json"]
    return {str(item["title"]): str(item["content_html"]) for item in builders.json_items(data)}


def paragraphs(content: str) -> list[str]:
    return re.findall(r"<p>.*?</p>", content, re.DOTALL)


def with_teaser(issues: Issues, index: int, teaser: Teaser) -> Issues:
    """The same issues, one of them with another teaser."""

    def changed(issue: Issue) -> Issue:
        return replace(issue, sections=tuple(teaser if isinstance(s, Teaser) else s for s in issue.sections))

    series = issues.series[0]
    placed = tuple(changed(issue) if k == index else issue for k, issue in enumerate(series.issues))
    return replace(issues, series=(replace(series, issues=placed),))


def test_one_paragraph_of_links_stands_at_the_top_and_at_the_bottom() -> None:
    content = entries(builders.publish())["Title 2"]
    first, *_, last = paragraphs(content)
    assert first == last
    assert content.startswith(first)
    assert content.endswith(last)
    assert first == (
        '<p>The Gut, Part 2 of 8 · <a href="https://weekly.example.org/gut/">All parts</a>'
        ' · <a href="https://weekly.example.org/gut/one/">Previous: Title 1</a>'
        ' · <a href="https://weekly.example.org/gut/#part-3">Next: Title 3, Tuesday 27 October</a></p>'
    )


def test_every_section_is_shown_in_order() -> None:
    content = entries(builders.publish())["Title 3"]
    marks = [
        "Previously",
        "of one cell",
        "Book a call",
        "Next week",
        "Elsewhere",
        ">Notes<",
        "Not medical advice",
    ]
    places = [content.index(mark) for mark in marks]
    assert places == sorted(places)


def test_every_address_is_absolute_but_those_inside_the_entry() -> None:
    part = builders.with_image(builders.part(1, "one"))
    for content in entries(builders.publish((part, builders.part(2, "two")))).values():
        tree = lxml_html.fragment_fromstring(content, create_parent="div")
        ids = set(tree.xpath("//@id"))
        addresses = tree.xpath("//@href | //@src")
        assert addresses
        for address in addresses:
            if address.startswith("#"):
                assert address[1:] in ids
            else:
                assert address.startswith(("https://", "mailto:"))


def test_nothing_that_readers_drop_is_used() -> None:
    for content in entries(builders.publish()).values():
        tree = lxml_html.fragment_fromstring(content, create_parent="div")
        assert not tree.xpath("//@class | //@style | //@hidden | //@srcset | //@loading | //@role")
        assert not tree.xpath("//picture | //source | //script | //style | //svg | //nav | //section")
        assert not [name for name in tree.xpath("//@*") if str(name.attrname).startswith("on")]


def test_footnotes_have_the_shape_that_readers_turn_into_pop_ups() -> None:
    tree = lxml_html.fragment_fromstring(entries(builders.publish())["Title 1"], create_parent="div")
    assert [link.get("href") for link in tree.xpath("//sup/a")] == ["#fn1", "#fn1"]
    assert tree.xpath("//li[@id='fn1']//a/@href") == ["#fnref1", "#fnref1-2"]


def test_what_comes_next_is_linked_to_its_place_on_the_series_page_even_when_it_is_out() -> None:
    late = datetime(2027, 1, 1, tzinfo=UTC)
    content = entries(builders.publish(as_of=late))["Title 1"]
    assert "gut/#part-2" in content
    assert "gut/two/" not in content


def test_a_next_part_without_a_date_is_on_its_way() -> None:
    issues = with_teaser(builders.publish(), 2, Teaser(TeaserKind.COMING, 4))
    content = entries(issues)["Title 3"]
    assert 'gut/#part-4">Next: Part 4 is on its way</a>' in content
    assert '<p><a href="https://weekly.example.org/gut/#part-4">Part 4</a> is on its way.</p>' in content


def test_the_last_part_says_so_and_points_onward() -> None:
    last = Teaser(TeaserKind.LAST, onward_title="The Skin", onward_series="skin")
    content = entries(with_teaser(builders.publish(), 2, last))["Title 3"]
    assert "This was the last part of" in content
    assert content.count('<a href="https://weekly.example.org/skin/">Read next: The Skin</a>') == 2
    plain = entries(with_teaser(builders.publish(), 2, Teaser(TeaserKind.LAST)))["Title 3"]
    assert " · The last part</p>" in plain
    assert "Read next" not in plain


def test_an_entry_that_is_out_stays_as_it_is_while_time_passes() -> None:
    now = builders.by_path(builders.publish(as_of=builders.AS_OF))
    later = builders.by_path(builders.publish(as_of=builders.AS_OF + timedelta(days=60)))
    old = {item["id"]: item for item in builders.json_items(now["gut/feed.json"])}
    new = {item["id"]: item for item in builders.json_items(later["gut/feed.json"])}
    assert len(new) > len(old)
    assert {key: new[key] for key in old} == old
    for name, tag in (("gut/feed.xml", "item"), ("gut/atom.xml", "entry")):
        pattern = re.compile(rf"<{tag}\b.*?</{tag}>", re.DOTALL)
        before, after = (pattern.findall(data[name].decode()) for data in (now, later))
        assert after[-len(before) :] == before


def test_subtitle_and_update_are_shown() -> None:
    part = replace(builders.part(1, "one"), subtitle="How & why", updated=date(2026, 10, 20))
    content = entries(builders.publish((part,)))["Title 1"]
    assert "<p><em>How &amp; why</em></p>\n<p><em>Updated 20 October 2026</em></p>" in content


def test_a_lead_picture_is_shown_once() -> None:
    shown = builders.part(1, "one")
    other = builders.part(2, "two", body="No picture here.")
    found = entries(builders.publish((builders.with_image(shown), builders.with_image(other))))
    for content in found.values():
        assert content.count("gut/images/seam.png") == 1
    assert 'width="12" height="8"' in found["Title 2"]


def test_text_that_reads_from_right_to_left_says_so() -> None:
    publication = replace(builders.PUBLICATION, language="he")
    content = entries(builders.publish(publication=publication))["Title 1"]
    assert content.startswith('<div dir="rtl" lang="he">\n<p>')
    assert content.endswith("</p>\n</div>")


def test_a_call_to_action_is_a_plain_link_that_says_it_was_in_a_feed() -> None:
    content = entries(builders.publish())["Title 1"]
    assert (
        '<p><a href="https://clinic.example.org/call?utm_source=weekly.example.org&amp;utm_medium=feed'
        '&amp;utm_campaign=gut&amp;utm_content=one-end">Book a call</a></p>'
    ) in content


# --- dates ------------------------------------------------------------------------------------------------


def first(updated: date | datetime | None, as_of: datetime = builders.AS_OF) -> tuple[Issue, datetime]:
    part = replace(builders.part(1, "one"), updated=updated)
    return builders.publish((part,), as_of).series[0].issues[0], as_of


@pytest.mark.parametrize(
    ("updated", "expected"),
    [
        (None, "2026-10-13T09:00:00+01:00"),
        (date(2026, 10, 20), "2026-10-20T00:00:00+01:00"),
        (datetime(2026, 10, 20, 15, 30), "2026-10-20T15:30:00+01:00"),  # noqa: DTZ001 - as an author writes it
        (datetime(2026, 10, 20, 15, 30, tzinfo=UTC), "2026-10-20T16:30:00+01:00"),
        (date(2026, 10, 13), "2026-10-13T09:00:00+01:00"),  # never before it came out
        (date(2026, 9, 1), "2026-10-13T09:00:00+01:00"),
        (date(2026, 11, 1), "2026-11-01T00:00:00+00:00"),  # the day of the build
        (date(2026, 11, 2), "2026-10-13T09:00:00+01:00"),  # has not happened yet
    ],
)
def test_an_update_counts_from_the_first_moment_of_its_day(updated: date | datetime | None, expected: str) -> None:
    assert updated_moment(*first(updated)).isoformat() == expected


def test_the_feed_was_updated_when_its_newest_change_was_made() -> None:
    parts = (replace(builders.part(1, "one"), updated=date(2026, 10, 30)), builders.part(2, "two"))
    data = builders.by_path(builders.publish(parts))
    assert b"<updated>2026-10-30T00:00:00+00:00</updated>" in data["gut/atom.xml"]
    assert b"<lastBuildDate>Fri, 30 Oct 2026 00:00:00 +0000</lastBuildDate>" in data["gut/feed.xml"]


# --- pictures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (builders.SEAM.data, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x20ftypavif", "image/avif"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b"BM", ""),
    ],
)
def test_a_picture_s_type_is_that_of_its_bytes_not_of_its_name(data: bytes, expected: str) -> None:
    assert media_type(Asset("series/gut/images/x.png", data)) == expected


def test_a_picture_of_another_site_has_no_type_and_no_size() -> None:
    part = builders.with_image(builders.part(1, "one"), "https://else.example.org/x.png")
    data = builders.by_path(builders.publish((part,)))
    assert b'<media:content url="https://else.example.org/x.png" medium="image">' in data["feed.xml"]
    assert b'<link href="https://else.example.org/x.png" rel="enclosure" title=' in data["atom.xml"]


# --- disclaimers ------------------------------------------------------------------------------------------


def test_a_template_without_disclaimers_makes_no_feed() -> None:
    source = builders.theme()["feed/sections.html.j2"]
    start = source.index("{% macro disclaimer")
    changed = source[:start] + "{% macro disclaimer(section) %}{% endmacro %}"
    rendered = builders.render_feeds(builders.publish(), builders.templates(sections=changed))
    assert rendered.artifacts == ()
    assert [(found.code, found.location.path) for found in rendered.diagnostics] == [
        ("PW603", "templates/feed/entry.html.j2")
    ] * 3
    assert "the disclaimer `medical` is not in gut/three" in rendered.diagnostics[0].message


def test_a_disclaimer_that_the_reader_does_not_see_is_missing() -> None:
    source = builders.theme()["feed/sections.html.j2"].replace("{{ section.html }}", "<!-- {{ section.html }} -->")
    rendered = builders.render_feeds(builders.publish(), builders.templates(sections=source))
    assert {found.code for found in rendered.diagnostics} == {"PW603"}


def test_a_template_that_fails_is_told_once() -> None:
    rendered = builders.render_feeds(builders.publish(), builders.templates(entry="{{ part.nothing }}"))
    assert rendered.artifacts == ()
    assert [found.code for found in rendered.diagnostics] == ["PW601"]


def test_only_what_is_out_is_in_the_feeds() -> None:
    everything = b"".join(builders.by_path(builders.publish()).values())
    assert b"Title 4" in everything  # in Part 3's teaser
    assert b"gut/four" not in everything
    assert b"Summary 4" not in everything


def test_no_more_entries_than_the_publication_wants() -> None:
    few = replace(builders.PUBLICATION, feed_items=2)
    data = builders.by_path(builders.publish(publication=few))
    for path in ("feed.json", "gut/feed.json"):
        assert [item["title"] for item in builders.json_items(data[path])] == ["Title 3", "Title 2"]


def test_the_publication_s_feed_mixes_its_series_newest_first() -> None:
    gut = builders.publish()
    skin = builders.series("skin", *(builders.part(k, f"s{k}", f"Skin {k}", series="skin") for k in (1, 2)))
    placed = builders.place(skin.parts, skin, builders.AS_OF, days=3)
    slots = tuple((issue.part, issue.slot) for issue in placed)
    library: Library = replace(gut.library, series=(*gut.library.series, skin))
    both = replace(
        gut, library=library, series=(*gut.series, SeriesIssues(skin, placed, (), slots, is_finished=True))
    )
    data = builders.by_path(both)
    titles = [item["title"] for item in builders.json_items(data["feed.json"])]
    assert titles == ["Title 3", "Skin 2", "Title 2", "Skin 1", "Title 1"]
    assert [item["title"] for item in builders.json_items(data["skin/feed.json"])] == ["Skin 2", "Skin 1"]
    assert sorted(path for path in data if "/start/" not in path) == sorted(
        folder + name
        for folder in ("", "gut/", "skin/", "tags/zonulin/")
        for name in ("feed.xml", "atom.xml", "feed.json")
    )
