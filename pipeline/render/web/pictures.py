"""Which pictures go on the site: those that something published shows, and no others.

A picture of an unpublished part would give it away. Pictures keep their names, unlike the style sheet: emails
that were sent years ago point at these addresses, and must still find them after the next build.
"""

from collections.abc import Callable, Iterable, Iterator

from pipeline import body as tree
from pipeline import issue as placed
from pipeline import urls
from pipeline.gist import gist_of
from pipeline.issue import Issue, Issues, SeriesIssues
from pipeline.model import Block, Channel, Library, Picture
from pipeline.render.context import picture_view
from pipeline.render.views import PictureView
from pipeline.render.web.card_sheet import HEIGHT, WIDTH

_QUOTABLE = (".png", ".jpg", ".jpeg", ".gif", ".webp")  # what all that show Open Graph pictures can decode
SEEN_AT_ONCE = 3  # blocks of a text that a screen shows before it is scrolled, at most


def pictures_on_site(issues: Issues, named: Callable[[Issue], Iterable[str]]) -> list[str]:
    """The paths of the pictures that the publication, its series and its published parts show, in any channel.

    ``named`` gives those of an issue.
    """
    assets = issues.library.assets
    if not assets:
        return []
    theme = issues.publication.theme
    wanted = {theme.logo, theme.logo_dark}  # emails show the dark one from here
    for series in issues.series:
        wanted.update(named_in_introduction(series))
    for issue in issues.out:
        wanted.update(named(issue))
    return sorted(wanted & assets.keys())


def lead_picture(issue: Issue, library: Library) -> Picture | None:
    """The picture that stands for a part: its own, or else the first one in its text."""
    if issue.part.image or not library.assets:
        return issue.part.image
    for image in _images(issue, (Channel.WEB,)):
        path = urls.file_of(image.source, issue.part.path)
        if not urls.is_external(image.source) and path in library.assets:
            return Picture(path, image.alt)
    return None


def quoted_picture(issue: Issue, library: Library) -> PictureView | None:
    """A part's own picture, where others can quote it: as large as a card, and in pixels."""
    picture = issue.part.image
    asset = library.assets.get(picture.source) if picture else None
    if not picture or not asset or asset.width < WIDTH or asset.height < HEIGHT:
        return None
    if not asset.path.lower().endswith(_QUOTABLE):
        return None
    return picture_view(library, picture.source, picture.alt, library.publication.url)


def first_seen(issue: Issue) -> tree.Image | None:
    """The picture in a part's text that a reader may see at once: among its first few paragraphs."""
    prose = next((s for s in issue.sections if isinstance(s, placed.Prose) and Channel.WEB in s.channels), None)
    nodes = tree.walk(prose.blocks[:SEEN_AT_ONCE]) if prose else ()
    return next((node for node in nodes if isinstance(node, tree.Image)), None)


def shows_in_text(issue: Issue, source: str) -> bool:
    """Whether a part's text on the web has the picture at this path."""
    return any(
        not urls.is_external(image.source) and urls.file_of(image.source, issue.part.path) == source
        for image in _images(issue, (Channel.WEB,))
    )


def named_in_issue(issue: Issue) -> Iterator[str]:
    """The publication's files that an issue shows as pictures, in any channel, and its blocks with it."""
    if issue.part.image:
        yield issue.part.image.source
    yield from _named_in(issue.part.body, issue.part.path)
    yield from named_in_blocks(
        section.block for section in issue.sections if isinstance(section, placed.Cta | placed.Disclaimer)
    )


def named_in_blocks(blocks: Iterable[Block]) -> Iterator[str]:
    """The same of some blocks."""
    for block in blocks:
        yield from _named_in(block.body, block.path)


def named_in_introduction(series: SeriesIssues) -> Iterator[str]:
    """The same of a series' introduction."""
    yield from _named_in(series.series.introduction, series.series.path)


def _named_in(body: tree.Body, path: str) -> Iterator[str]:
    for image in gist_of(body).images:
        if not urls.is_external(image.source):
            yield urls.file_of(image.source, path)


def _images(issue: Issue, channels: tuple[Channel, ...]) -> Iterator[tree.Image]:
    for section in issue.sections:
        match section:
            case placed.Prose(blocks, shown) if not shown.isdisjoint(channels):
                nodes: Iterable[object] = tree.walk(blocks)
            case placed.Notes(footnotes):
                nodes = (node for note in footnotes for node in tree.walk(note.children))
            case _:
                continue
        yield from (node for node in nodes if isinstance(node, tree.Image))


def paths_named(nodes: Iterable[object], path: str) -> Iterator[str]:
    """The publication's files that pictures among some nodes name, counted from the author's file."""
    for node in nodes:
        if isinstance(node, tree.Image) and not urls.is_external(node.source):
            yield urls.file_of(node.source, path)
