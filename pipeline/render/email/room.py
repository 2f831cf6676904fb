"""Where one publication's emails are made: what they have in common is worked out once."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from markupsafe import Markup

from pipeline.edition import EmailEdition
from pipeline.errors import Diagnostic
from pipeline.issue import Issue
from pipeline.model import Channel, Library, Overflow, Publication
from pipeline.render import promises
from pipeline.render.context import part_view, unshown_picture
from pipeline.render.email import merge
from pipeline.render.email.dress import dress
from pipeline.render.email.embedding import Pictures
from pipeline.render.email.inbox import preheader_of, subject_of
from pipeline.render.email.look import roundup_template_of, roundup_theme, template_of
from pipeline.render.email.overflow import BUDGET_BYTES, shortened
from pipeline.render.email.press import Press, Way
from pipeline.render.email.proof import Proof, not_compiled, proved_once
from pipeline.render.email.specimens import specimen_part, specimen_roundup
from pipeline.render.email.text_edition import render_text
from pipeline.render.templates import Templates
from pipeline.render.views import PartView

BROWSER_COPY = "email.html"  # beside the part's page


class EmailRoom:
    """Renders issues as email; keeps skeletons and learned styles from one to the next.

    ``way`` makes all of them one way, whatever is right for the theme: for tests and measurements. Parts and
    round-ups have each a room of their own.
    """

    def __init__(
        self, library: Library, templates: Templates, way: Way | None = None, *, for_roundups: bool = False
    ) -> None:
        self._library = library
        self._publication = library.publication
        self._template = template_of(library.publication)
        theme = library.publication.theme.email
        if for_roundups:
            theme = roundup_theme(library.publication, templates.sources)
            self._template = roundup_template_of(theme)
        self._for_roundups = for_roundups
        self._templates = templates
        self._way = way
        self._pictures = Pictures(library)
        # The merge places are ours and stay; all else that is lifted is somebody's words.
        places = {
            "unsubscribe_url": merge.token(library.publication.id, merge.Place.UNSUBSCRIBE),
            "recipient": merge.token(library.publication.id, merge.Place.RECIPIENT),
        }
        self._common: dict[str, Any] = {
            **dress(library, templates, theme),
            **{name: Markup(place) for name, place in places.items()},  # noqa: S704
        }
        self._press = Press(templates, self._template, self._common)
        self._kept = templates.compiled

    @property
    def template(self) -> str:
        """The template of the email itself."""
        return self._template

    def render(self, issue: Issue) -> EmailEdition:
        """An issue as email, its merge places open. Promises are not looked at here.

        Raises:
            TemplateFailedError: a template could not be read or run.
            RenderError: premailer could not work, or a text holds a merge place of ours.
        """
        publication = self._publication
        context = self._context(issue)
        html = self._html(issue, context)
        may_go_on = publication.email.overflow is Overflow.CONTINUE and not self._for_roundups
        is_continued = may_go_on and len(html.encode()) > BUDGET_BYTES
        if is_continued:
            html = self.whole_html(shortened(issue, publication, lambda cut: len(self.whole_html(cut).encode())))
        return EmailEdition(
            address=issue.address,
            subject=context["subject"],
            preheader=context["preheader"],
            html=html,
            text=self._text(issue, context),
            message_id=message_id(publication, issue.address),
            list_id=list_id(publication),
            date=issue.slot.local,
            wording=promises.wording_records(issue),
            is_continued=is_continued,
            pictures=self._pictures.shown_in(html) if publication.email.embed_pictures else (),
        )

    def whole_html(self, issue: Issue) -> str:
        """The HTML of an issue's email, however long.

        Raises:
            TemplateFailedError: a template could not be read or run.
            RenderError: premailer could not work, or a text holds a merge place of ours.
        """
        return self._html(issue, self._context(issue))

    def mjml(self, issue: Issue) -> str:
        """The MJML of an issue's email with all its words, for other tools; merge places are open.

        Raises:
            TemplateFailedError: a template could not be read or run.
        """
        return self._press.mjml(self._context(issue))

    def text(self, issue: Issue) -> str:
        """The plain text of an issue's email, its merge places open.

        Raises:
            TemplateFailedError: a template could not be read or run.
        """
        return self._text(issue, self._context(issue))

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What the theme's author should know of how it is made.

        Raises:
            TemplateFailedError: MJML cannot be read, or prints a value where it cannot stand.
        """
        return not_compiled(self._proof, self._template)

    @cached_property
    def _proof(self) -> Proof:
        part = specimen_roundup() if self._for_roundups else specimen_part()
        words = {"subject": part.title, "preheader": part.summary}
        context = self._printable(part, words)
        name = f"proof {self._templates.digest(self._template, context)}"
        return proved_once(self._press, context, name, self._kept)

    def _html(self, issue: Issue, context: Mapping[str, Any]) -> str:
        printed = self._press.printed(context, self._way or self._proof.way)
        merge.check_free(self._publication, printed.words, issue.address)
        return printed.html

    def _text(self, issue: Issue, context: Mapping[str, Any]) -> str:
        return merge.unmarked(self._publication.id, render_text(issue, self._templates, context))

    def _context(self, issue: Issue) -> dict[str, Any]:
        publication = self._publication
        part = part_view(issue, self._library, Channel.EMAIL, publication.url)
        part = replace(part, image=unshown_picture(part))  # once is enough
        if issue.is_roundup:
            part = replace(part, url=part.series_url, web_url=part.series_url)
        words = {"subject": subject_of(issue, publication), "preheader": preheader_of(issue, publication)}
        return self._printable(part, words)

    def _printable(self, part: PartView, words: Mapping[str, str]) -> dict[str, Any]:
        """What templates see. A round-up has no page of its own, and no copy."""
        browser_url = "" if self._for_roundups else part.web_url + BROWSER_COPY
        return {**self._common, **words, "part": part, "browser_url": browser_url}


def message_id(publication: Publication, address: str) -> str:
    """The Message-ID of a part's email (RFC 5322, 3.6.4): the same for every rendering, and for ever."""
    drawn = hashlib.sha256(f"message\0{publication.id}\0{address}".encode()).hexdigest()
    return f"<{drawn[:32]}@{_authority(publication)}>"


def list_id(publication: Publication) -> str:
    """The List-Id of a publication (RFC 2919), from its id, so that readers' filters never break."""
    year = publication.id.partition(",")[2]
    return f"letters-{year}.{_authority(publication)}" if year else f"letters.{_authority(publication)}"


def _authority(publication: Publication) -> str:
    """The domain in a publication's id; a mailbox there counts by its domain."""
    return publication.id.partition(",")[0].rpartition("@")[2]
