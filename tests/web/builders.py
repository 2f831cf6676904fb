"""Publications rendered for the web, in memory: their files by path, and their pages as trees."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from lxml import html
from PIL import Image

from pipeline import urls
from pipeline.build import build
from pipeline.compose import compose_issues
from pipeline.edition import Artifact, Drawing
from pipeline.errors import Diagnostic
from pipeline.issue import Issues
from pipeline.parse import parse_library
from pipeline.read import read_sources
from pipeline.render.fingerprints import Fingerprints
from pipeline.render.templates import Templates
from pipeline.render.web.site import web_quires
from tests.projects import ROOT, sources

AS_OF = date(2026, 11, 18)  # the Makefile's
LATER = date(2027, 12, 31)  # everything in a small publication is out


def placed(text: str, as_of: date = LATER, **more: bytes) -> Issues:
    parsed = parse_library(sources(text, **more))
    assert not [str(problem) for problem in parsed.diagnostics if problem.is_error]
    assert parsed.library is not None
    return compose_issues(parsed.library, as_of).issues


@dataclass(frozen=True, slots=True)
class RenderedSite:
    """The site's files, what is wrong with them, and the pictures that are still to be drawn."""

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...]
    drawings: tuple[Drawing, ...] = ()


def render_web(issues: Issues, templates: Templates, emails: Mapping[str, bytes]) -> RenderedSite:
    """The whole site. ``emails`` are "view in browser" pages by part address, put beside those that are out."""
    made = [quire.make() for quire in web_quires(issues, templates, Fingerprints(issues))]
    copies = [
        Artifact(f"{urls.part_path(issue.address)}email.html", emails[issue.address])
        for issue in issues.out
        if issue.address in emails
    ]
    drawings = {drawing.path: drawing for each in made for drawing in each.drawings}
    return RenderedSite(
        (*(artifact for each in made for artifact in each.artifacts), *copies),
        tuple(diagnostic for each in made for diagnostic in each.diagnostics),
        tuple(drawings.values()),
    )


def rendered(
    text: str, as_of: date = LATER, emails: Mapping[str, bytes] | None = None, **more: bytes
) -> RenderedSite:
    issues = placed(text, as_of, **more)
    return render_web(issues, _templates(tuple(sorted(issues.library.templates.items()))), emails or {})


def site(
    text: str, as_of: date = LATER, emails: Mapping[str, bytes] | None = None, **more: bytes
) -> dict[str, bytes]:
    made = rendered(text, as_of, emails, **more)
    drawn = {drawing.path: b"" for drawing in made.drawings}  # still to be made
    return {artifact.path: artifact.data for artifact in made.artifacts} | drawn


@cache
def _templates(named: tuple[tuple[str, str], ...]) -> Templates:
    """Compiled once for all tests that have the same theme."""
    return Templates(dict(named))


@cache
def sample(as_of: date = AS_OF) -> dict[str, bytes]:
    """The sample publication's whole site, feeds and all."""
    made = build(read_sources(ROOT), as_of)
    assert not made.has_errors
    paths = (artifact for artifact in made.artifacts if artifact.path.startswith("site/"))
    drawn = {drawing.path.removeprefix("site/"): b"" for drawing in made.drawings}  # still to be made
    return {artifact.path.removeprefix("site/"): artifact.data for artifact in paths} | drawn


def tree(data: bytes) -> html.HtmlElement:
    return html.document_fromstring(data.decode())


def pages(files: Mapping[str, bytes]) -> dict[str, html.HtmlElement]:
    """The pages of a site that are ours: neither redirects nor letters."""
    own = {path: data for path, data in files.items() if path.endswith(".html")}
    return {
        path: tree(data)
        for path, data in own.items()
        if not path.endswith("email.html") and b'http-equiv="refresh"' not in data
    }


def words(node: html.HtmlElement) -> str:
    return " ".join(node.text_content().split())


def png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#2f6f5e").save(file, "PNG")
    return file.getvalue()
