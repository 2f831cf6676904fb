"""Questions that tests ask of a page in a browser."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What sticks out of the page sideways, unless something around it scrolls by itself.
_STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (node) => {
    for (let up = node.parentElement; up; up = up.parentElement)
      if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  const found = [...document.body.querySelectorAll('*')].filter((node) => {
    const box = node.getBoundingClientRect();
    return box.width && (box.right > width + 1 || box.left < -1) && !scrolls(node)
      && getComputedStyle(node).position !== 'absolute';
  });
  const names = found.map((node) => node.tagName + '.' + node.className);
  const whole = document.documentElement.scrollWidth;
  if (whole > width) names.push('the page is ' + whole);
  return names;
}"""

# The ground that a node really stands on, as [red, green, blue].
_GROUND = """(node) => {
  for (let up = node; up; up = up.parentElement) {
    const numbers = getComputedStyle(up).backgroundColor.match(/[\\d.]+/g).map(Number);
    if (numbers.length < 4 || numbers[3] > 0) return numbers.slice(0, 3);
  }
  return [255, 255, 255];
}"""
_COLOUR = "(node) => getComputedStyle(node).color.match(/[\\d.]+/g).map(Number).slice(0, 3)"


def sticking_out(page: "Page") -> list[str]:
    """What is wider than the window, if anything."""
    found: list[str] = page.evaluate(_STICKING_OUT)
    return found


def lightness(page: "Page", selector: str, *, of: str = "ground") -> float:
    """From 0 (black) to 1 (white): of the ground a node stands on, or of its ``text``."""
    channels: list[float] = page.locator(selector).first.evaluate(_GROUND if of == "ground" else _COLOUR)
    return sum(channels) / 3 / 255


def violations(page: "Page", axe: str, *, but: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds wrong with a page, rules named in ``but`` aside: ``rule: element``."""
    page.evaluate(axe)
    rules = {name: {"enabled": False} for name in but}
    result = page.evaluate("(rules) => axe.run(document, {rules, resultTypes: ['violations']})", rules)
    return [
        f"{violation['id']}: {node['html'][:120]} {' '.join(node['failureSummary'].split())}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
