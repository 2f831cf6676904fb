"""What ``partwork check --email`` shows: a line for each email, and the same as data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.build import Build
from pipeline.check.letters import LetterReport, letter_diagnostics, letter_reports, letters_of
from pipeline.check.letters.caniemail import DATE
from pipeline.check.letters.contrast import Scheme
from pipeline.cli import check_spamassassin
from pipeline.cli.terminal import say
from pipeline.errors import Diagnostic

NO_PROGRAM = "SpamAssassin is not installed, so there are no points (Debian: apt install spamassassin)"
_HEAD = ("email", "KB", "text", "links", "pictures", "contrast", "dark", "CSS", "spam", "to mend")


@dataclass(frozen=True, slots=True)
class Measured:
    """Every email's report, what is wrong with them, and why SpamAssassin's points are missing, if they are."""

    reports: tuple[LetterReport, ...]
    diagnostics: tuple[Diagnostic, ...]
    without_points: str

    def show(self) -> None:
        """A table, for people."""
        if not self.reports:
            say("no emails to look at: a publication with errors, or without finished parts, has none")
            return
        rows = [_HEAD, *(_row(report) for report in self.reports)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
        say()
        for number, row in enumerate(rows):
            first = row[0].ljust(widths[0])
            rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
            say("  ".join((first, *rest)), bold=number == 0)
        say()
        for line in self._notes():
            say(line)

    def _notes(self) -> Iterator[str]:
        yield "KB: HTML as Gmail counts it (cut at 102). text: how much of the HTML's words the plain text has."
        yield "contrast, dark: the least of the letter (4.5 can be read). CSS: features that some inboxes lack."
        titles = {each.name: each.title for report in self.reports for each in report.features if each.is_plainer}
        if titles:
            yield f"Plainer, and whole, without (caniemail, {DATE}): {', '.join(sorted(titles.values()))}."
        if self.without_points:
            yield f"{self.without_points}."

    def as_data(self) -> dict[str, object]:
        """The same as JSON data."""
        return {
            "emails": [_data(report) for report in self.reports],
            "caniemail": DATE,
            "spamassassin": (self.without_points or "asked") if self.reports else "no emails",
        }


def measured(built: Build) -> Measured:
    """Look at every email of a build; SpamAssassin is asked if it is there."""
    if built.issues is None:
        return Measured((), (), "")
    letters = letters_of(built.issues, built.artifacts)
    program = check_spamassassin.find()
    points, why = (
        ((), NO_PROGRAM)
        if program is None
        else check_spamassassin.points(program, [each.message for each in letters])
    )
    reports = letter_reports(letters, built.issues.library, points)
    return Measured(
        reports, letter_diagnostics(reports, built.issues.library, built.diagnostics), why if letters else ""
    )


def _row(report: LetterReport) -> Sequence[str]:
    return (
        report.issue.address,
        f"{report.size / 1024:.1f}",
        f"{report.agreement.words:.0%}",
        str(report.links),
        str(report.pictures),
        *(f"{report.lowest[scheme]:.1f}" if scheme in report.lowest else "–" for scheme in Scheme),
        str(len(report.features)),
        f"{report.spam.points:.1f}" if report.spam else "–",
        str(len(report.faults)),
    )


def _data(report: LetterReport) -> dict[str, object]:
    agreement, spam = report.agreement, report.spam
    return {
        "address": report.issue.address,
        "path": report.issue.part.path,
        "bytes": report.size,
        "kilobytes": round(report.size / 1024, 1),
        "text": {
            "words": round(agreement.words, 3),
            "headings": agreement.headings,
            "missing_headings": list(agreement.missing_headings),
            "links": agreement.links,
            "missing_links": list(agreement.missing_links),
            "disclaimers": agreement.disclaimers,
            "missing_disclaimers": agreement.missing_disclaimers,
        },
        "links": report.links,
        "pictures": report.pictures,
        "contrast": {scheme.value: round(ratio, 2) for scheme, ratio in report.lowest.items()},
        "features": [
            {"name": each.name, "title": each.title, "lacking": list(each.inboxes), "plainer": each.is_plainer}
            for each in report.features
        ],
        "spam": {"points": spam.points, "rules": dict(spam.rules)} if spam else None,
        "faults": [{"code": fault.rule.code, "message": fault.message} for fault in report.faults],
    }
