"""Every issue as email: files to look at, the public copies, and what is wrong with what came out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from pipeline import rules, urls
from pipeline.edition import Artifact, EmailEdition
from pipeline.errors import Diagnostic, Location
from pipeline.issue import Issue, Issues
from pipeline.model import Channel, Library, Publication
from pipeline.quire import Printed, Quire
from pipeline.render import promises
from pipeline.render.email import merge, mime
from pipeline.render.email.inbox import inbox_diagnostics
from pipeline.render.email.notices import NoticeRoom
from pipeline.render.email.occasions import Occasion, sample_occasions
from pipeline.render.email.overflow import BUDGET_BYTES, CLIP_BYTES
from pipeline.render.email.room import EmailRoom
from pipeline.render.email.text_edition import ROUNDUP_TEMPLATE
from pipeline.render.email.text_edition import TEMPLATE as TEXT_TEMPLATE
from pipeline.render.fingerprints import Fingerprints
from pipeline.render.templates import Templates
from pipeline.roundup import roundups

NOTICES = "notices"  # the folder of samples


def email_quires(issues: Issues, templates: Templates, prints: Fingerprints) -> Iterator[Quire]:
    """Every issue's email, with the copy beside its page once it is out; what the theme is like; and notices."""
    desk = _Desk(issues.library, templates)
    if issues.all:
        theme = prints.of(prints.common, "email theme")
        yield Quire("email theme", Channel.EMAIL, theme, lambda: Printed(diagnostics=tuple(desk.room.diagnostics)))
    gathered = roundups(issues)
    if gathered:
        theme = prints.of(prints.common, "round-up theme")
        yield Quire(
            "round-up theme", Channel.EMAIL, theme, lambda: Printed(diagnostics=tuple(desk.lounge.diagnostics))
        )
    # A picture that a message carries is found by its address, whoever printed it.
    embedded = prints.all_assets if issues.publication.email.embed_pictures else ""
    for issue in (*issues.all, *gathered):
        yield Quire(
            name=f"email {issue.address}",
            channel=Channel.EMAIL,
            fingerprint=prints.of("email", issue, embedded),
            make=partial(_printed, desk, issue),
            series=issue.series.slug,
        )
    occasions = sample_occasions(issues)
    if occasions:
        yield Quire(
            name="notices",
            channel=Channel.EMAIL,
            fingerprint=prints.of(prints.common, "notices", occasions),
            make=partial(_printed_notices, issues.library, templates, occasions),
        )


def _printed_notices(library: Library, templates: Templates, occasions: tuple[Occasion, ...]) -> Printed:
    """A notice of each kind, to look at."""
    room = NoticeRoom(library, templates)
    files = []
    for occasion in occasions:
        drawn, path = room.drawn(occasion), f"email/{NOTICES}/{occasion.kind}"
        files += [
            Artifact(f"{path}.html", drawn.html.encode()),
            Artifact(f"{path}.txt", drawn.text.encode()),
        ]
    return Printed(tuple(files), tuple(room.diagnostics))


def _printed(desk: "_Desk", issue: Issue) -> Printed:
    letter = desk.letter(issue)
    files = [Artifact(f"email/{artifact.path}", artifact.data) for artifact in letter.artifacts]
    if issue.is_out:
        files.append(Artifact(f"site/{urls.part_path(issue.address)}email.html", letter.copy))
    return Printed(tuple(files), letter.diagnostics)


@dataclass(frozen=True, slots=True)
class _Letter:
    """One issue's email: its edition, the files to look at, the public copy, and what is wrong with it."""

    edition: EmailEdition
    artifacts: tuple[Artifact, ...]
    copy: bytes
    diagnostics: tuple[Diagnostic, ...]


class _Desk:
    """Makes letters; what they have in common is worked out when the first one is made."""

    def __init__(self, library: Library, templates: Templates) -> None:
        self._library = library
        self._templates = templates

    @cached_property
    def room(self) -> EmailRoom:
        return EmailRoom(self._library, self._templates)

    @cached_property
    def lounge(self) -> EmailRoom:
        """Where round-ups are made."""
        return EmailRoom(self._library, self._templates, for_roundups=True)

    @cached_property
    def _samples(self) -> tuple[merge.Reader, merge.Values, merge.Values, merge.Values]:
        publication = self._library.publication
        sample = merge.sample_reader(publication)
        public = merge.html_values(publication, merge.web_reader(publication))
        return sample, merge.values(publication, sample), merge.html_values(publication, sample), public

    def letter(self, issue: Issue) -> _Letter:
        publication = self._library.publication
        sample, as_text, as_html, public = self._samples
        room = self.lounge if issue.is_roundup else self.room
        edition = room.render(issue)
        path = issue.file
        # What no inbox cuts is whole: who opens an email in a browser has often come for the rest of it.
        shown = room.whole_html(issue) if edition.is_continued else edition.html
        return _Letter(
            edition,
            (
                Artifact(f"{path}.html", merge.fill(edition.html, as_html).encode()),
                Artifact(f"{path}.txt", merge.fill(edition.text, as_text).encode()),
                Artifact(f"{path}.eml", mime.to_eml(edition, publication, sample)),
            ),
            merge.fill(shown, public).encode(),
            (
                *broken_promises(issue, edition, publication, room.template),
                *email_diagnostics(issue, edition, publication),
            ),
        )


def broken_promises(
    issue: Issue, edition: EmailEdition, publication: Publication, template: str
) -> list[Diagnostic]:
    """What an edition must carry and does not: each disclaimer in HTML and in text, and the way out in both.

    ``template`` is the one that made its HTML.
    """
    text_template = ROUNDUP_TEMPLATE if issue.is_roundup else TEXT_TEMPLATE
    problems = promises.missing_from_html(
        issue, merge.nameless(edition.html, publication.id, is_html=True), template
    )
    text = merge.nameless(edition.text, publication.id)
    problems += promises.missing_disclaimers(issue, text, text_template)
    place = merge.token(publication.id, merge.Place.UNSUBSCRIBE)
    for made, name in ((edition.html, template), (edition.text, text_template)):
        if place not in made:
            problems.append(
                rules.NO_UNSUBSCRIBE.at(
                    Location(f"templates/{name}"),
                    f"{issue.address} comes out without a place to unsubscribe",
                    "print {{ unsubscribe_url }} where readers find it, such as the footer",
                )
            )
    return problems


def email_diagnostics(issue: Issue, edition: EmailEdition, publication: Publication) -> list[Diagnostic]:
    """What inboxes would cut or could not draw: an email over its budget, a long subject, a doubtful emoji."""
    part = issue.part
    problems = []
    size = len(edition.html.encode())
    if size > BUDGET_BYTES:
        what = "without its text" if edition.is_continued else "of HTML"
        problems.append(
            rules.EMAIL_CLIPPED.at(
                part.at(),
                f"the email is {size / 1024:.0f} KB {what}; Gmail shows {CLIP_BYTES // 1024}, "
                f"of which {BUDGET_BYTES // 1024} are safe",
                "shorten it, split it into two parts, or keep a table for the web with `::: only web`",
            )
        )
    elif edition.is_continued:
        problems.append(
            rules.EMAIL_CONTINUED.at(
                part.at(),
                f"the email goes on on the web: whole it would be over {BUDGET_BYTES // 1024} KB of HTML",
                "shorten it, split it into two parts, or keep a table for the web with `::: only web`",
            )
        )
    return [*problems, *inbox_diagnostics(issue, edition, publication)]
