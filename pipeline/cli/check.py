"""``partwork check``: everything that is wrong with a publication, and where."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.garbage import uncollected
from pipeline.cli.options import as_of_option, root_option
from pipeline.errors import Diagnostic

if TYPE_CHECKING:
    from pipeline.cli.check_emails import Measured
    from pipeline.memo import Memo
    from pipeline.model import Sources


@click.command(
    "check", epilog="Example:  partwork check --strict   (in CI: partwork check --strict --format github)"
)
@root_option
@as_of_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="For people, for programs, as annotations on GitHub, or as SARIF 2.1.0 for code scanning.",
)
@click.option("--email", is_flag=True, help="Say, too, what inboxes will make of each email.")
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.pass_context
def command(
    context: click.Context, root: Path, as_of: date | datetime, form: str, email: bool, strict: bool
) -> None:
    """Say what is wrong, file by file and line by line, without building anything.

    Templates are tried on every part of a small publication, and on forty of a large one: those that show the
    most. Beside a folder `.partwork`, which spares the next check what this one has found out, nothing is written.

    With --email, each email is measured: size, plain text, links, pictures, contrast, CSS that inboxes lack, and
    SpamAssassin's points if that is installed.

    The exit code is 1 when there is an error or, with --strict, a warning.
    """
    from pipeline.cli.terminal import progress
    from pipeline.making.recollection import Recollection
    from pipeline.read import read_sources

    context.with_resource(uncollected())
    with progress("Checking"):
        sources = read_sources(root)
        recollection = Recollection(root, has_related=False)
        found = set(_found(sources, as_of, recollection.memo))
        recollection.keep()
    letters = None
    if email:
        from pipeline.build import build
        from pipeline.cli.check_emails import measured

        with progress("Looking at the emails"):
            built = build(sources, as_of, memo=recollection.memo)
            letters = measured(built)
            found |= {*built.diagnostics, *letters.diagnostics}
    diagnostics = sorted(found)
    _show(form, diagnostics, sources.files, root, letters)
    if any(diagnostic.is_error for diagnostic in diagnostics) or (strict and diagnostics):
        context.exit(1)


def _found(sources: "Sources", as_of: date | datetime, memo: "Memo") -> tuple[Diagnostic, ...]:
    """What is wrong with what is written and, where no error stops it, with what templates make of it."""
    from pipeline.examine import examine
    from pipeline.trial import try_templates

    examined = examine(sources, as_of, compared=(), memo=memo)
    if examined.issues is None or examined.has_errors:
        return examined.diagnostics
    return (*examined.diagnostics, *try_templates(examined.issues, sources, memo))


def _show(
    form: str,
    diagnostics: Sequence[Diagnostic],
    files: Mapping[str, bytes],
    root: Path,
    letters: "Measured | None",
) -> None:
    from pipeline.cli import reports
    from pipeline.cli.check_sarif import sarif_report
    from pipeline.cli.terminal import say, show_diagnostics

    match form:
        case "json":
            click.echo(reports.json_report(diagnostics, letters.as_data() if letters else {}))
        case "sarif":
            click.echo(sarif_report(diagnostics, reports.repository_prefix(root)))
        case "github":
            if diagnostics:
                click.echo(reports.github_report(diagnostics, reports.repository_prefix(root)))
        case _:
            show_diagnostics(diagnostics, files)
            if letters:
                letters.show()
            texts = sum(
                1 for path in files if path.endswith((".md", ".toml", ".yaml", ".yml", ".bib", ".j2", ".csl"))
            )
            say(f"{reports.tally(diagnostics)} in {texts} {'file' if texts == 1 else 'files'}")
