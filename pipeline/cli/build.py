"""``partwork build``: the site, the feeds and the emails, as files."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.build_timings import Timings
from pipeline.cli.garbage import uncollected
from pipeline.cli.options import as_of_option, root_option, shown

if TYPE_CHECKING:
    from pipeline.build import Plan
    from pipeline.errors import Diagnostic
    from pipeline.issue import Issues
    from pipeline.making.gathering import Gathering
    from pipeline.making.spool import Spool
    from pipeline.making.write import Written
    from pipeline.model import Sources


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
@click.option("--timings", is_flag=True, help="Say where the time went.")
@click.pass_context
def command(
    context: click.Context,
    root: Path,
    out: str | None,
    as_of: date | datetime,
    drafts: bool,
    as_json: bool,
    timings: bool,
) -> None:
    """Write the site, the feeds and the emails.

    Only files that change are written; files of an earlier build that are no longer wanted are removed, and
    other files never. With an error in the publication nothing is written, and the last build stays. Where the
    last build was made from the same files, and all that it wrote is still there, nothing is built.
    """
    from pipeline.making import search, standing
    from pipeline.making.out_folder import refuse_unsafe
    from pipeline.read import read_sources

    context.with_resource(uncollected())
    folder = Path(out) if out else root / "build"
    refuse_unsafe(folder, root)
    clock = Timings()
    with clock.stage("Reading"):
        sources = read_sources(root)
    with clock.stage("Comparing"):
        key = standing.key_of(sources, drafts, search.is_installed())
        last = _still_standing(key, root, folder, as_of)
    report = last or _made(sources, key, root, folder, as_of, clock, drafts=drafts)
    if as_json:
        from pipeline.cli.reports import json_text

        told = {name: report[name] for name in ("as_of", "out", "parts", "changed", "unchanged", "removed")}
        click.echo(json_text({**told, "diagnostics": report["diagnostics"]}))
    else:
        _tell(report, sources, folder, with_drafts=drafts)
    if timings:
        click.echo(clock.table(), err=as_json)
    if not report["is_written"]:
        context.exit(1)


def _still_standing(key: str, root: Path, folder: Path, as_of: date | datetime) -> dict[str, Any] | None:
    """The report on what is there already, if a build would not change it."""
    from pipeline import schedule
    from pipeline.making import standing

    last = standing.recall(root, folder)
    if last is None or last.key != key:
        return None
    moment = schedule.resolve_as_of(as_of, last.report["timezone"])
    if moment not in last.span or not last.is_whole(folder):
        return None
    files = len(last.report["changed"]) + last.report["unchanged"]
    return {**last.report, "as_of": moment.isoformat(), "changed": [], "unchanged": files, "removed": []}


def _made(
    sources: "Sources",
    key: str,
    root: Path,
    folder: Path,
    as_of: date | datetime,
    clock: Timings,
    *,
    drafts: bool,
) -> Mapping[str, Any]:
    """Build what does not stand, and write it; the report on it."""
    from pipeline.cli.build_scratch import scratch_folder
    from pipeline.making.gathering import Gathering
    from pipeline.making.spool import Spool

    with scratch_folder() as scratch:
        spool = Spool(scratch)
        planned = _planned(sources, root, as_of, spool, clock, drafts=drafts)
        issues = planned.issues
        if issues is None or any(diagnostic.is_error for diagnostic in planned.diagnostics):
            return _report(issues, planned.diagnostics, None, folder)
        with Gathering(planned, root, folder, spool, scratch) as gathering:
            return _gathered(gathering, issues, len(planned.quires), key, folder, clock)


def _planned(
    sources: "Sources", root: Path, as_of: date | datetime, spool: "Spool", clock: Timings, *, drafts: bool
) -> "Plan":
    """What is to be rendered, found with the help of what earlier builds found out."""
    from pipeline.build import plan
    from pipeline.making import search
    from pipeline.making.cache import Cache, CacheOf
    from pipeline.making.ground import ground
    from pipeline.making.recollection import Recollection

    cache, program = Cache(root), ground()
    cache.sweep()
    recollection = Recollection(root)
    with clock.stage("Planning"):
        planned = plan(
            sources,
            as_of,
            drafts=drafts,
            has_search=search.is_installed(),
            begin=clock.begin,
            memo=recollection.memo,
            ground=program,
            kept=spool,
            compiled=CacheOf(cache, program),
        )
    recollection.keep()
    return planned


def _gathered(
    gathering: "Gathering", issues: "Issues", count: int, key: str, folder: Path, clock: Timings
) -> Mapping[str, Any]:
    """Make what is missing of so many quires, and put all down, if nothing that comes to light stops it."""
    from pipeline.lasting import span_of
    from pipeline.making.hands import cores

    with clock.stage(f"Rendering {len(gathering.missing)} of {count} quires"):
        gathering.print(cores(), clock.took)
    with clock.stage(f"Drawing {len(gathering.ordered)} pictures"):
        if not gathering.has_errors:
            gathering.draw()
    diagnostics = gathering.diagnostics
    if gathering.has_errors:
        return _report(issues, diagnostics, None, folder)
    with clock.stage("Indexing"):
        gathering.index()
    with clock.stage(f"Writing {gathering.size} files"):
        return gathering.settle(
            key, span_of(issues), lambda written: _report(issues, diagnostics, written, folder)
        )


def _report(
    issues: "Issues | None", diagnostics: "Sequence[Diagnostic]", written: "Written | None", folder: Path
) -> dict[str, Any]:
    """What there is to say of a build, as JSON could say it; nothing was written where something stopped it."""
    from pipeline.cli.reports import as_data

    return {
        "is_written": written is not None,
        "title": issues.publication.title if issues else "",
        "timezone": (issues.publication.timezone or "UTC") if issues else "UTC",
        "as_of": issues.as_of.isoformat() if issues else None,
        "out": str(folder),
        "parts": {"out": len(issues.out), "finished": len(issues.all)} if issues else None,
        "changed": list(written.changed) if written else [],
        "unchanged": len(written.unchanged) if written else 0,
        "removed": list(written.removed) if written else [],
        "diagnostics": [as_data(diagnostic) for diagnostic in diagnostics],
    }


def _tell(report: Mapping[str, Any], sources: "Sources", folder: Path, *, with_drafts: bool) -> None:
    from pipeline import schedule
    from pipeline.cli.reports import from_data, tally
    from pipeline.cli.terminal import say, show_diagnostics
    from pipeline.making import search

    diagnostics = tuple(from_data(data) for data in report["diagnostics"])
    show_diagnostics(diagnostics, sources.files, to_stderr=True)
    if not report["is_written"]:
        say(f"nothing written: {tally(diagnostics)}", to_stderr=True, fg="red", bold=True)
        return
    parts, zone = report["parts"], report["timezone"]
    moment = schedule.described(schedule.at(datetime.fromisoformat(report["as_of"]), zone))
    say(f"{report['title']}, as of {moment} ({zone})", bold=True)
    say(f"  {parts['out']} of {parts['finished']} {'' if with_drafts else 'finished '}parts are out")
    changed, unchanged, removed = len(report["changed"]), report["unchanged"], len(report["removed"])
    say(f"  {changed + unchanged} files: {changed} written, {unchanged} unchanged, {removed} removed")
    use = "to look at, drafts and all: do not deploy it" if with_drafts else "to deploy"
    say(f"  {shown(folder / 'site')}   {use}")
    say(f"  {shown(folder / 'email')}  to look at")
    if not search.is_installed():
        say("  no search page, as Pagefind is not installed: pip install 'partwork[search]'", fg="yellow")
    if diagnostics:
        say(f"  {tally(diagnostics)}, above", fg="yellow")
