"""Links in bodies: they lead somewhere, to an anchor that is there, and say where they lead."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from pipeline import part_links, rules, urls
from pipeline.check import names
from pipeline.check.catalogue import Catalogue, suggestion, written_from
from pipeline.check.findings import Findings
from pipeline.errors import Diagnostic
from pipeline.gist import SeenLink
from pipeline.model import Block, Channel, Part

_BARE = frozenset(
    {
        *("here", "click", "click here", "tap here", "press here", "see here", "look here", "right here"),
        *("this", "link", "this link", "the link", "this one", "this page", "this article", "this post"),
        *("more", "more here", "read", "read more", "read on", "read this", "read here", "read more here"),
        *("see more", "learn more", "find out more", "more info", "more information", "details"),
        *("more details", "continue", "continue reading", "go", "go here", "view more", "website"),
    }
)
_NOT_WORDS = re.compile(r"[^\w]+")
_EMPTY_TARGET = re.compile(r"\]\(\s*(<>)?\s*\)|<a(\s*>|\s(?![^>]*href))", re.IGNORECASE)
_GENERATED = re.compile(r"(fn|fnref|ref-|cite-)(\d+)(-\d+)?\Z")
_PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico"})
_NAMES = {Channel.EMAIL: "the email", Channel.WEB: "the web", Channel.FEED: "the feeds"}


def broken_links(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """A relative link must name a part, a series or a picture of this publication."""
    for found in catalogue.bodies:
        for link in found.links:
            trouble = _trouble(catalogue, found, link)
            if trouble:
                place = names.place(catalogue, found.path, link)
                yield rules.BROKEN_LINK.at(place, *trouble)


def _trouble(catalogue: Catalogue, found: Findings, link: SeenLink) -> tuple[str, str] | None:
    """What is wrong with a link's target, and the cure."""
    target = link.target
    if target.startswith(part_links.OPEN):
        return names.trouble(catalogue, found.path, part_links.name_of(target))
    if not target:
        # A target that was not safe is empty too, and has been told.
        written = catalogue.places.line(found.path, link.line)
        cure = "write the file or the address between the parentheses: `[words](02-some-part.md)`"
        return ("the link leads nowhere: it has no target", cure) if _EMPTY_TARGET.search(written) else None
    if urls.is_external(target) or target.startswith(("#", "?")):
        return None
    path = urls.file_of(target, found.path)
    library = catalogue.library
    if path in catalogue.parts or path in catalogue.series or path in library.assets:
        return None
    if not path:
        return f"the link to `{target}` leads out of the publication", "link to a file in `series/`"
    part = _at_address(catalogue, path)
    if part:
        return (
            f"the link to `{target}` is to a page, not to a file",
            f"link to the file, and it follows the part: `{written_from(found.path, part.path)}`",
        )
    if path in catalogue.slugs or path.removeprefix("series/") in catalogue.slugs:
        index = catalogue.slugs[path.removeprefix("series/")].path
        return (
            f"the link to `{target}` is to a folder",
            f"link to the series' own file: `{written_from(found.path, index)}`",
        )
    if path in library.texts:
        hint = "link to a part or a series, or say in the text what readers need of it"
        return f"the link to `{target}` is to a file that is not published", hint
    folder = path.removeprefix("series/").partition("/")[0]
    if path.startswith("series/") and folder not in catalogue.slugs:
        known = suggestion(folder, catalogue.slugs, f"a series has an index.md: `series/{folder}/index.md`")
        return f"the link to `{target}` leads nowhere: there is no series `{folder}`", known
    message = f"the link to `{target}` leads nowhere: no part, series or picture is at `{path}`"
    return message, _cure(catalogue, found.path, target, path)


def _cure(catalogue: Catalogue, path: str, target: str, wanted: str) -> str:
    ending = wanted.rpartition("/")[2].rpartition(".")[2].lower()
    if ending not in ("", "md", *_PICTURES) and "." in wanted:
        return "only parts and pictures are published: put the file somewhere else, and link to it by https"
    return suggestion(target, _nearby(catalogue, path, wanted), "link to a file as it is named in `series/`")


def _at_address(catalogue: Catalogue, path: str) -> Part | None:
    """The part whose page's address an author has written instead of its file."""
    address = path.removeprefix("series/").removesuffix("/")
    return catalogue.addresses.get(address) or catalogue.aliases.get(address)


def _nearby(catalogue: Catalogue, path: str, wanted: str) -> Iterator[str]:
    """What could have been meant, as it would be written: the wanted folder's files, and others' by name."""
    folder, _, name = wanted.rpartition("/")
    for known in (*catalogue.parts, *catalogue.series, *catalogue.library.assets):
        known_folder, _, known_name = known.rpartition("/")
        if known_folder == folder or known_name == name:
            yield written_from(path, known)


def part_linked(catalogue: Catalogue, path: str, target: str) -> Part | None:
    """The part of this publication that a link leads to: by its file, or by its page's full address."""
    if not urls.is_external(target):
        return catalogue.parts.get(urls.file_of(target, path)) if not target.startswith("#") else None
    root = catalogue.library.publication.url
    if not root or not target.startswith(root):
        return None
    address = target.removeprefix(root).partition("#")[0].partition("?")[0].rstrip("/")
    return catalogue.addresses.get(address) or catalogue.aliases.get(address)


def broken_anchors(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """The ``#…`` of a link must be a heading or an id, and one that is there where the link is read."""
    by_path: dict[str, Findings] | None = None
    for found in catalogue.bodies:
        for link in found.links:
            target = link.target
            if "#" not in target or urls.is_external(target):
                continue
            by_path = by_path or {body.path: body for body in catalogue.bodies}
            linked = catalogue.directory.linked(target, found.path)
            other = found if target.startswith("#") else by_path.get(linked.path) if linked else None
            trouble = _lost(found, other, link, unquote(part_links.anchor_of(target))) if other else None
            if trouble:
                place = names.place(catalogue, found.path, link)
                yield rules.BROKEN_ANCHOR.at(place, *trouble)


def _lost(here: Findings, there: Findings, link: SeenLink, anchor: str) -> tuple[str, str] | None:
    """What is wrong with an anchor, and the cure. A feed's reader follows it to the page."""
    is_here = here is there
    wanted = {Channel.WEB if not is_here or name == Channel.FEED else name for name in link.channels}
    shown = there.anchors.get(anchor)
    if shown is None and is_here and _is_generated(here, anchor):
        return None
    where = "in this file" if is_here else f"in `{there.path}`"
    if shown is None:
        known = suggestion(f"#{anchor}", [f"#{name}" for name in there.anchors], _anchors_of(there))
        return (f"there is no heading `#{anchor}` {where}" if anchor else "the link leads to `#`, nowhere"), known
    lacking = sorted(wanted - shown)
    if lacking:
        return (
            f"`#{anchor}` {where} is not shown in {' or '.join(_NAMES[Channel(name)] for name in lacking)}",
            "it stands in an `::: only` fence: put the link into one, too, or take the heading out",
        )
    return None


def _anchors_of(found: Findings) -> str:
    names = list(found.anchors)
    if not names:
        return "it has no headings: leave out the `#…`"
    return "it has " + ", ".join(f"`#{name}`" for name in names[:6]) + (" and others" if len(names) > 6 else "")


def _is_generated(found: Findings, anchor: str) -> bool:
    """Whether an anchor is one of those that footnotes and references get."""
    match = _GENERATED.match(anchor)
    if not match:
        return False
    count = found.notes if match[1].startswith("fn") else len({cite.key for cite in found.cites})
    return 1 <= int(match[2]) <= count


def bare_link_texts(catalogue: Catalogue, found: Findings) -> Iterator[Diagnostic]:
    """A link says where it leads, without the words around it. So does a CTA's button."""
    for link in found.links:
        text = link.words
        if not text and not part_links.name_of(link.target):
            message = "the link has no words: nobody can see it or hear it"
        elif text and says_nothing(text):
            message = f"the link text “{text}” does not say where it leads"
        else:
            continue
        place = names.place(catalogue, found.path, link)
        yield rules.BARE_LINK_TEXT.at(place, message, "make the words that name the thing the link")
    block = found.owner
    if isinstance(block, Block) and block.label and says_nothing(block.label):
        yield rules.BARE_LINK_TEXT.at(
            block.at("label"),
            f"the button “{block.label}” does not say where it leads",
            "say what happens: “Book a call”, “Take the survey”",
        )


def says_nothing(text: str) -> bool:
    """Whether a link's words are of the kind that could stand on any link."""
    return _NOT_WORDS.sub(" ", text).strip().casefold() in _BARE
