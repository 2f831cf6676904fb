"""A feed that somebody opens in a browser explains itself; pages on following hold at every width."""

import pytest

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
PAGES = ("follow/", "gut-and-immunity/follow/", "gut-and-immunity/start/")
SHOWN = """() => {
  const root = document.documentElement;
  const said = getComputedStyle(document.querySelector('channel, feed'), '::before').content;
  const titles = [...document.querySelectorAll('item > title, entry > title')];
  const box = element => element.getBoundingClientRect();
  const rgb = text => text.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const light = ([r, g, b]) => [[r, .2126], [g, .7152], [b, .0722]].reduce((sum, [value, weight]) => {
    const c = value / 255;
    return sum + weight * (c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
  }, 0);
  const pair = [light(rgb(getComputedStyle(titles[0]).color)), light(rgb(getComputedStyle(root).backgroundColor))];
  const hidden = [...document.querySelectorAll('guid, id, ttl, generator, content')];
  return {
    said,
    titles: titles.map(one => [one.textContent, box(one).height, parseFloat(getComputedStyle(one).fontSize)]),
    contrast: (Math.max(...pair) + .05) / (Math.min(...pair) + .05),
    hidden: hidden.every(element => box(element).height === 0),
    encoded: [...document.getElementsByTagName('content:encoded')].every(element => box(element).height === 0),
    overflow: root.scrollWidth > window.innerWidth,
  };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["feed.xml", "atom.xml", "gut-and-immunity/feed.xml", "tags/zonulin/atom.xml"])
def test_a_feed_in_a_browser_says_what_it_is_and_shows_its_titles(opened: Open, path: str, scheme: str) -> None:
    shown = opened("site", path, width=375, scheme=scheme).evaluate(SHOWN)

    assert shown["said"].startswith('"This is a web feed. Copy its address')
    assert "https://weekly.example.org/follow/" in shown["said"]
    assert shown["titles"]
    assert all(height > 20 and size >= 20 for _, height, size in shown["titles"])
    assert shown["contrast"] >= 7
    assert shown["hidden"]
    assert shown["encoded"]
    assert not shown["overflow"]


def test_a_paced_feed_in_a_browser_is_shown_in_the_same_way(opened: Open) -> None:
    shown = opened("site", "gut-and-immunity/start/2026-W47.xml").evaluate(SHOWN)
    assert [title for title, *_ in shown["titles"]] == ["The quiet border"]
    assert shown["contrast"] >= 7


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_pages_on_following_have_no_sideways_scroll(opened: Open, path: str, width: int) -> None:
    page = opened("site", path, width=width, scripts=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_on_pages_on_following(opened: Open, axe: str, path: str, scheme: str) -> None:
    page = opened("site", path, width=375, scheme=scheme)
    page.evaluate(axe)
    found = page.evaluate("axe.run()")
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []
