"""``partwork check``: everything that is wrong with a publication, and where."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import click

from pipeline.cli.options import as_of_option, root_option
from pipeline.errors import Diagnostic


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
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.pass_context
def command(context: click.Context, root: Path, as_of: date | datetime, form: str, strict: bool) -> None:
    """Say what is wrong, file by file and line by line, without writing anything.

    The exit code is 1 when there is an error or, with --strict, a warning.
    """
    from pipeline.build import build
    from pipeline.cli.terminal import progress
    from pipeline.read import read_sources

    with progress("Checking"):
        sources = read_sources(root)
        built = build(sources, as_of)
    _show(form, built.diagnostics, sources.files, root)
    if built.has_errors or (strict and built.diagnostics):
        context.exit(1)


def _show(form: str, diagnostics: Sequence[Diagnostic], files: Mapping[str, bytes], root: Path) -> None:
    from pipeline.cli import reports
    from pipeline.cli.sarif import sarif_report
    from pipeline.cli.terminal import say, show_diagnostics

    match form:
        case "json":
            click.echo(reports.json_report(diagnostics))
        case "sarif":
            click.echo(sarif_report(diagnostics, reports.repository_prefix(root)))
        case "github":
            if diagnostics:
                click.echo(reports.github_report(diagnostics, reports.repository_prefix(root)))
        case _:
            show_diagnostics(diagnostics, files)
            texts = sum(
                1 for path in files if path.endswith((".md", ".toml", ".yaml", ".yml", ".bib", ".j2", ".csl"))
            )
            say(f"{reports.tally(diagnostics)} in {texts} {'file' if texts == 1 else 'files'}")
