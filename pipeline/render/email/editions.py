"""An issue as email: Jinja, MJML and inlined CSS for the HTML, the tree for the text, and what inboxes show.

The template prints words into a skeleton (``skeleton``), which MJML and premailer finish once for each way of
being built; bodies get their styles by what was learned from premailer (``stylist``). Merge places stay open.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from pipeline import rules
from pipeline.edition import Artifact, EmailEdition
from pipeline.errors import Diagnostic, Location
from pipeline.issue import Issue, Issues
from pipeline.model import Channel, Library, Publication
from pipeline.render import promises
from pipeline.render.context import part_view, publication_view
from pipeline.render.email import merge, mime
from pipeline.render.email.header import one_line
from pipeline.render.email.inline import inlined
from pipeline.render.email.look import look_of
from pipeline.render.email.skeleton import Lifter, Skeleton, fill_tokens, make_skeleton
from pipeline.render.email.stylist import Stylist, is_learnable
from pipeline.render.email.text_edition import TEMPLATE as TEXT_TEMPLATE
from pipeline.render.email.text_edition import render_text
from pipeline.render.templates import TemplateFailedError, Templates
from pipeline.render.views import (
    CtaView,
    DisclaimerView,
    NotesView,
    PartView,
    ProseView,
    ReferencesView,
    SectionView,
)

TEMPLATE = "email/part.mjml.j2"
STYLES = "email/styles.css.j2"  # inlined
SCREENS = "email/screens.css.j2"  # kept as it stands
BROWSER_COPY = "email.html"  # beside the part's page
CLIP_BYTES = 102 * 1024  # Gmail cuts there (hteumeuleu/email-bugs, 41)
SUBJECT_ROOM = 60  # a default subject names the part within so many characters
LONG_SUBJECT = 70
LONG_PREHEADER = 140


@dataclass(frozen=True, slots=True)
class RenderedEmails:
    """Every email: files to look at (paths under ``email/``), "view in browser" pages by address, and trouble."""

    editions: tuple[EmailEdition, ...]
    artifacts: tuple[Artifact, ...]
    web_copies: Mapping[str, bytes]
    diagnostics: tuple[Diagnostic, ...]


def render_emails(issues: Issues, templates: Templates) -> RenderedEmails:
    """Every issue as email, filled in for a sample reader to look at, and for the public copy.

    Raises:
        TemplateFailedError: a template could not be read or run.
        RenderError: premailer could not work.
    """
    publication = issues.publication
    room = EmailRoom(issues.library, templates)
    sample = merge.sample_reader(publication)
    by_token = merge.values(publication, sample)
    by_token_html = merge.html_values(publication, sample)
    public = merge.html_values(publication, merge.web_reader(publication))
    editions, artifacts, copies, diagnostics = [], [], {}, []
    for issue in issues.all:
        edition = room.render(issue)
        editions.append(edition)
        diagnostics += [*broken_promises(issue, edition, publication), *email_diagnostics(issue, edition)]
        path = f"{issue.series.slug}/{issue.number:02}-{issue.part.slug}"
        artifacts += [
            Artifact(f"{path}.html", merge.fill(edition.html, by_token_html).encode()),
            Artifact(f"{path}.txt", merge.fill(edition.text, by_token).encode()),
            Artifact(f"{path}.eml", mime.to_eml(edition, publication, sample)),
        ]
        copies[issue.address] = merge.fill(edition.html, public).encode()
    return RenderedEmails(tuple(editions), tuple(artifacts), copies, tuple(diagnostics))


def render_email(issue: Issue, library: Library, templates: Templates) -> EmailEdition:
    """One issue as email. For many, an ``EmailRoom`` keeps what they have in common.

    Raises:
        TemplateFailedError: a template could not be read or run, or the edition lacks a disclaimer or the way out.
        RenderError: premailer could not work.
    """
    edition = EmailRoom(library, templates).render(issue)
    for problem in broken_promises(issue, edition, library.publication):
        raise TemplateFailedError(problem)
    return edition


class EmailRoom:
    """Where one publication's emails are made: keeps skeletons and learned styles from one to the next."""

    def __init__(self, library: Library, templates: Templates, *, is_learning: bool = True) -> None:
        self._library = library
        self._publication = library.publication
        self._lifter = Lifter()
        self._templates = templates.printing(self._lifter.lift)
        self._text_templates = templates
        self._is_learning = is_learning
        self._skeletons: dict[str, Skeleton] = {}
        self._stylists: dict[str, Stylist | None] = {}
        same: dict[str, Any] = {
            "publication": publication_view(library, library.publication.url),
            "look": look_of(library.publication),
        }
        self._common: dict[str, Any] = {
            **same,
            # Style sheets are the same for all parts: one that differed would be another theme to inline.
            "styles": Markup(templates.render(STYLES, **same)),  # noqa: S704
            "screens": Markup(templates.render(SCREENS, **same)),  # noqa: S704
            "unsubscribe_url": merge.token(library.publication.id, merge.Place.UNSUBSCRIBE),
            "recipient": merge.token(library.publication.id, merge.Place.RECIPIENT),
        }

    def render(self, issue: Issue) -> EmailEdition:
        """An issue as email, its merge places open. Promises are not looked at here.

        Raises:
            TemplateFailedError: a template could not be read or run.
            RenderError: premailer could not work, or a text holds a merge place of ours.
        """
        publication = self._publication
        part = part_view(issue, self._library, Channel.EMAIL, publication.url)
        context = {
            **self._common,
            "part": part,
            "subject": subject_of(issue),
            "preheader": preheader_of(issue),
            "browser_url": part.web_url + BROWSER_COPY,
        }
        return EmailEdition(
            address=issue.address,
            subject=context["subject"],
            preheader=context["preheader"],
            html=self._html(issue, part, context),
            text=render_text(issue, self._text_templates, context),
            message_id=message_id(publication, issue.address),
            list_id=list_id(publication),
            date=issue.slot.local,
            wording=promises.wording_records(issue),
        )

    def _html(self, issue: Issue, part: PartView, context: dict[str, Any]) -> str:
        lifter = self._lifter
        lifter.begin()
        sections = tuple(self._lifted(section) for section in part.sections)
        # The merge places are ours and stay; whatever has been lifted is somebody's words.
        places = {name: Markup(context[name]) for name in ("unsubscribe_url", "recipient")}  # noqa: S704
        mjml_text = self._templates.render(
            TEMPLATE, **{**context, **places, "part": replace(part, sections=sections)}
        )
        merge.check_free(self._publication, lifter.values, issue.address)
        skeleton = self._skeletons.get(mjml_text)
        if skeleton is None:
            skeleton = self._skeletons[mjml_text] = make_skeleton(mjml_text, TEMPLATE, lifter.values)
        return self._filled(skeleton)

    def _lifted(self, section: SectionView) -> SectionView:
        if isinstance(section, ProseView | CtaView | NotesView | ReferencesView | DisclaimerView):
            return replace(section, html=self._lifter.body(section.html))
        return section

    def _filled(self, skeleton: Skeleton) -> str:
        lifter = self._lifter
        stylist = self._stylist(skeleton.css)
        if stylist is None or not lifter.bodies <= skeleton.frames.keys():
            # Rules that ask for more than can be learned: the whole way, every time.
            return inlined(fill_tokens(skeleton.html, lifter.values))
        values = list(lifter.values)
        for number in sorted(lifter.bodies):
            values[number] = stylist.styled(values[number], skeleton.frames[number])
        return skeleton.filled(values)

    def _stylist(self, css: str) -> Stylist | None:
        if css not in self._stylists:
            self._stylists[css] = Stylist(css) if self._is_learning and is_learnable(css) else None
        return self._stylists[css]


def subject_of(issue: Issue) -> str:
    """What the inbox shows: the author's subject, or the title, with its place in the series when there is room.

    The title comes first, for phones show some forty characters; the sender's name already says who writes.
    """
    part = issue.part
    if part.subject:
        return one_line(part.subject)
    placed = f"{part.title} ({issue.label})"
    return one_line(placed if len(placed) <= SUBJECT_ROOM else part.title)


def preheader_of(issue: Issue) -> str:
    """What the inbox shows after the subject."""
    return one_line(issue.part.preheader or issue.part.summary)


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


def broken_promises(issue: Issue, edition: EmailEdition, publication: Publication) -> list[Diagnostic]:
    """What an edition must carry and does not: each disclaimer in HTML and in text, and the way out in both."""
    shown = promises.shown_text(edition.html)
    problems = promises.missing_disclaimers(issue, shown, TEMPLATE)
    problems += promises.missing_disclaimers(issue, edition.text, TEXT_TEMPLATE)
    place = merge.token(publication.id, merge.Place.UNSUBSCRIBE)
    for text, template in ((edition.html, TEMPLATE), (edition.text, TEXT_TEMPLATE)):
        if place not in text:
            problems.append(
                rules.NO_UNSUBSCRIBE.at(
                    Location(f"templates/{template}"),
                    f"{issue.address} comes out without a place to unsubscribe",
                    "print {{ unsubscribe_url }} where readers find it, such as the footer",
                )
            )
    return problems


def email_diagnostics(issue: Issue, edition: EmailEdition) -> list[Diagnostic]:
    """What inboxes would cut: an email over 102 KB, a subject over 70 characters, a preheader over 140."""
    part = issue.part
    problems = []
    size = len(edition.html.encode())
    if size > CLIP_BYTES:
        problems.append(
            rules.EMAIL_CLIPPED.at(
                part.at(),
                f"the email is {size / 1024:.0f} KB of HTML; Gmail shows {CLIP_BYTES // 1024}",
                "shorten it, split it into two parts, or keep a table for the web with `::: only web`",
            )
        )
    if len(edition.subject) > LONG_SUBJECT:
        problems.append(
            rules.SUBJECT_LONG.at(
                part.at("subject" if part.subject else "title"),
                f"the subject has {len(edition.subject)} characters; inboxes show up to {LONG_SUBJECT}",
                "write a shorter `subject:`",
            )
        )
    if len(edition.preheader) > LONG_PREHEADER:
        problems.append(
            rules.PREHEADER_LONG.at(
                part.at("preheader" if part.preheader else "summary"),
                f"the preheader has {len(edition.preheader)} characters; inboxes show up to {LONG_PREHEADER}",
                "write a shorter `preheader:`",
            )
        )
    return problems
