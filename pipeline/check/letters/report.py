"""The report on a publication's letters: what each edition measures, and everything that is wrong with it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.check.letters.agreement import Agreement, agreement_faults, agreement_of
from pipeline.check.letters.contrast import Pair, Scheme, contrast_faults, pairs
from pipeline.check.letters.faults import Fault
from pipeline.check.letters.inboxes import Feature, feature_faults, features_of
from pipeline.check.letters.letter import Letter
from pipeline.check.letters.links import link_faults
from pipeline.check.letters.pictures import by_address, picture_faults
from pipeline.check.letters.rules import LARGE, LOOKS_LIKE_SPAM
from pipeline.edition import Artifact
from pipeline.errors import Diagnostic, Location
from pipeline.issue import Issue, Issues
from pipeline.model import Asset, Library
from pipeline.roundup import roundups

CLIP_KB, BUDGET_KB = 102, 90
DOUBTFUL_POINTS = 1.0  # a filter's 5 are made of such
_MAKES_LETTERS = "templates/email/"


@dataclass(frozen=True, slots=True)
class Spam:
    """SpamAssassin's points for a message (below zero is good), and the rules that gave or took some."""

    points: float
    rules: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class LetterReport:
    """One edition, measured. ``size`` is the HTML in bytes, which Gmail counts; ``lowest`` the least contrast."""

    issue: Issue
    size: int
    agreement: Agreement
    links: int
    pictures: int
    lowest: Mapping[Scheme, float]
    features: tuple[Feature, ...]
    spam: Spam | None
    faults: tuple[Fault, ...]


def letters_of(issues: Issues, artifacts: Iterable[Artifact]) -> tuple[Letter, ...]:
    """The letters of a build, by series and number. None when errors stopped it: then it has no artifacts."""
    made = {artifact.path: artifact.data for artifact in artifacts}
    found = []
    for issue in (*issues.all, *roundups(issues)):
        path = f"email/{issue.file}"
        if f"{path}.html" in made:
            html, text = (made[f"{path}.{ending}"].decode() for ending in ("html", "txt"))
            found.append(Letter(issue, html, text, made[f"{path}.eml"], issues.publication.url))
    return tuple(found)


def letter_reports(
    letters: Sequence[Letter], library: Library, spam: Sequence[Spam] = ()
) -> tuple[LetterReport, ...]:
    """Each letter's report. ``spam`` has the points of each letter, or nothing when no filter is there."""
    own = by_address(library.assets, library.publication.url)
    points: Sequence[Spam | None] = spam or [None] * len(letters)
    return tuple(_report(letter, own_points, own) for letter, own_points in zip(letters, points, strict=True))


def _report(letter: Letter, spam: Spam | None, own: Mapping[str, Asset]) -> LetterReport:
    agreement, features = agreement_of(letter), features_of(letter)
    painted: dict[Scheme, list[Pair]] = {scheme: pairs(letter, scheme) for scheme in Scheme}
    size = len(letter.html.encode())
    faults = (
        *_size_faults(size),
        *agreement_faults(agreement),
        *link_faults(letter),
        *picture_faults(letter, own),
        *(fault for found in painted.values() for fault in contrast_faults(found)),
        *feature_faults(features),
        *_spam_faults(spam),
    )
    return LetterReport(
        issue=letter.issue,
        size=size,
        agreement=agreement,
        links=sum(1 for link in letter.all("a") if link.get("href") is not None),
        pictures=sum(1 for _ in letter.all("img")),
        lowest={scheme: found[0].ratio for scheme, found in painted.items() if found},
        features=features,
        spam=spam,
        faults=tuple(dict.fromkeys(faults)),
    )


def _size_faults(size: int) -> Iterable[Fault]:
    """Over Gmail's 102 KB is another rule's (PW701)."""
    if BUDGET_KB * 1024 < size <= CLIP_KB * 1024:
        message = f"the email is {size / 1024:.1f} KB of HTML: over {BUDGET_KB}, and Gmail cuts at {CLIP_KB}"
        yield Fault(LARGE, message, "shorten it, or keep something for the web with `::: only web`")


def _spam_faults(spam: Spam | None) -> Iterable[Fault]:
    if spam and spam.points > DOUBTFUL_POINTS:
        gave = ", ".join(f"{name} {points:.1f}" for name, points in spam.rules if points > 0)
        message = f"SpamAssassin gives the email {spam.points:.1f} points: {gave}"
        yield Fault(LOOKS_LIKE_SPAM, message, "spamassassin -L -t < that.eml says more of each rule")


def letter_diagnostics(
    reports: Sequence[LetterReport], library: Library, told_already: Iterable[Diagnostic] = ()
) -> tuple[Diagnostic, ...]:
    """Every fault once, at the place where it was written, but for those that were told of the text already.

    What stands in no text and is wrong with every letter is the template's.
    """
    told = Counter(fault for report in reports for fault in report.faults)
    template = Location(f"{_MAKES_LETTERS}{library.publication.theme.email}/part.mjml.j2")
    known = {(each.code, each.location.path, each.location.line) for each in told_already}
    found = set()
    for report in reports:
        for fault in report.faults:
            place = _written(fault, report.issue, library)
            if place is None:
                place = template if len(reports) > 1 and told[fault] == len(reports) else report.issue.part.at()
            if fault.like and (fault.like.code, place.path, place.line) in known:
                continue
            found.add(fault.rule.at(place, fault.message, fault.hint))
    return tuple(sorted(found))


def _written(fault: Fault, issue: Issue, library: Library) -> Location | None:
    """Where the author wrote it: in the part, or else in a block or the configuration."""
    if not fault.written:
        return None
    blocks = sorted(path for path in library.texts if path.startswith("templates/blocks/"))
    for path in (issue.part.path, issue.series.path, *blocks, "partwork.toml"):
        before, found, _ = library.texts.get(path, "").partition(fault.written)
        if found:
            return Location(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
    return None
