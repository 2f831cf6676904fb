"""``partwork build``: the site, the feeds and the emails, as files."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.garbage import uncollected
from pipeline.cli.options import as_of_option, root_option, shown

if TYPE_CHECKING:
    from pipeline.build import Build
    from pipeline.write import Written


@click.command("build", epilog="Example:  partwork build --out public --as-of 2026-11-18")
@root_option
@click.option(
    "--out",
    type=click.Path(),
    metavar="DIR",
    help="Where to write: DIR/site to deploy, DIR/email to look at.  [default: build, in the publication]",
)
@as_of_option
@click.option("--drafts", is_flag=True, help="Treat drafts as finished, to look at them. Do not deploy that.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.pass_context
def command(
    context: click.Context, root: Path, out: str | None, as_of: date | datetime, drafts: bool, as_json: bool
) -> None:
    """Write the site, the feeds and the emails.

    Only files that change are written; files of an earlier build that are no longer wanted are removed, and
    other files never. With an error in the publication nothing is written, and the last build stays.
    """
    from pipeline import search
    from pipeline.build import build
    from pipeline.cli.drawings import with_drawings
    from pipeline.cli.terminal import progress, show_diagnostics
    from pipeline.out_folder import refuse_unsafe
    from pipeline.read import read_sources
    from pipeline.write import Written, write_artifacts

    context.with_resource(uncollected())
    folder = Path(out) if out else root / "build"
    refuse_unsafe(folder, root)
    with progress("Reading"):
        sources = read_sources(root)
    with progress("Building"):
        built = build(sources, as_of, drafts=drafts, has_search=search.is_installed())
    with progress(f"Drawing {len(built.drawings)} pictures"):
        built, drawn = with_drawings(built, root)
    written = Written((), (), ())
    if not built.has_errors:
        with progress("Indexing"):
            index = search.index_documents(built.search)
        made = (*built.artifacts, *drawn, *index)
        with progress(f"Writing {len(made)} files"):
            written = write_artifacts(made, folder, root=root)
    if as_json:
        click.echo(_as_json(built, written, folder))
    else:
        show_diagnostics(built.diagnostics, sources.files, to_stderr=True)
        _tell(built, written, folder, with_drafts=drafts)
    if built.has_errors:
        context.exit(1)


def _tell(built: "Build", written: "Written", folder: Path, *, with_drafts: bool) -> None:
    from pipeline import schedule, search
    from pipeline.cli.reports import tally
    from pipeline.cli.terminal import say

    if built.issues is None or built.has_errors:
        say(f"nothing written: {tally(built.diagnostics)}", to_stderr=True, fg="red", bold=True)
        return
    issues = built.issues
    moment = schedule.described(schedule.at(issues.as_of, issues.publication.timezone))
    say(f"{issues.publication.title}, as of {moment} ({issues.publication.timezone})", bold=True)
    say(f"  {len(issues.out)} of {len(issues.all)} {'' if with_drafts else 'finished '}parts are out")
    total = len(written.changed) + len(written.unchanged)
    say(
        f"  {total} files: {len(written.changed)} written, {len(written.unchanged)} unchanged, "
        f"{len(written.removed)} removed"
    )
    use = "to look at, drafts and all: do not deploy it" if with_drafts else "to deploy"
    say(f"  {shown(folder / 'site')}   {use}")
    say(f"  {shown(folder / 'email')}  to look at")
    if not search.is_installed():
        say("  no search page, as Pagefind is not installed: pip install 'partwork[search]'", fg="yellow")
    if built.diagnostics:
        say(f"  {tally(built.diagnostics)}, above", fg="yellow")


def _as_json(built: "Build", written: "Written", folder: Path) -> str:
    from pipeline.cli.reports import as_data, json_text

    issues = built.issues
    return json_text(
        {
            "as_of": issues.as_of.isoformat() if issues else None,
            "out": str(folder),
            "parts": {"out": len(issues.out), "finished": len(issues.all)} if issues else None,
            "changed": list(written.changed),
            "unchanged": len(written.unchanged),
            "removed": list(written.removed),
            "diagnostics": [as_data(diagnostic) for diagnostic in built.diagnostics],
        }
    )
