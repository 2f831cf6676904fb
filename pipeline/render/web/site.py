"""The site: a page for everything that is published, and for nothing that is not.

Links are relative, so that the site works from a sub-path and from any file server; only what others quote
(canonical addresses, Open Graph, JSON-LD, the sitemap) is absolute, and ``404.html``, which a server shows at
any depth, counts from the root of the host.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline import urls
from pipeline.edition import Artifact, Drawing
from pipeline.errors import Diagnostic
from pipeline.issue import Issues
from pipeline.render import promises
from pipeline.render.templates import Templates
from pipeline.render.web import listings
from pipeline.render.web.llms import llms_txt
from pipeline.render.web.pages import PART_TEMPLATE, Pages
from pipeline.render.web.pictures import picture_artifacts
from pipeline.render.web.sitemap import robots, sitemap


@dataclass(frozen=True, slots=True)
class RenderedSite:
    """The site's files (paths under ``site/``), what is wrong with them, and the pictures still to be drawn."""

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...]
    drawings: tuple[Drawing, ...] = ()


def render_web(issues: Issues, templates: Templates, emails: Mapping[str, bytes]) -> RenderedSite:
    """Render the whole site as of one moment.

    ``emails`` are finished "view in browser" pages by part address; those of published parts are put beside
    their pages. Feeds are not made here, only linked to.

    Raises:
        TemplateFailedError: a template could not be read or run.
    """
    tags = listings.tags_of(issues.out)
    pages = Pages(issues, templates, tags)
    artifacts = [pages.style, pages.home(), pages.archive(), pages.not_found()]
    diagnostics: list[Diagnostic] = []
    for placed in issues.series:
        artifacts.append(pages.series(placed))
        for issue in placed.out:
            page = pages.part(issue, placed)
            shown = promises.shown_text(page.data.decode())
            diagnostics += promises.missing_disclaimers(issue, shown, PART_TEMPLATE)
            artifacts += [page, *pages.redirects(issue)]
            if issue.address in emails:
                artifacts.append(Artifact(f"{urls.part_path(issue.address)}email.html", emails[issue.address]))
    if tags:
        artifacts += [pages.tag_index(), *(pages.tag(tag) for tag in tags)]
    artifacts += [*picture_artifacts(issues), sitemap(issues, tags), robots(issues.publication.url)]
    if issues.publication.sharing.llms_txt:
        artifacts.append(llms_txt(issues))
    drawings = (*pages.cards.drawings, *pages.pictures.drawings)
    return RenderedSite(tuple(artifacts), tuple(diagnostics), drawings)
