"""Where our own time goes: one build in this process, stage by stage, as JSON.

A process builds once, so that what is imported, learned and compiled on the way is paid for as in a real build.
No profiler is on, for it would slow some stages more than others.

    python benchmarks/stages.py ROOT OUT AS_OF
"""

import gc
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path


class Clock:
    """Seconds by stage: on the wall, and of CPU. On a busy machine the second tells more."""

    def __init__(self) -> None:
        self.seconds: dict[str, tuple[float, float]] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What is done inside belongs to this stage."""
        begin, begin_cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = (time.perf_counter() - begin, time.process_time() - begin_cpu)


def timed_build(root: Path, out: Path, as_of: date) -> dict[str, tuple[float, float]]:
    """Build as ``pipeline.build.build`` does and write, with a clock between the stages.

    Raises:
        RuntimeError: the publication has errors.
    """
    clock = Clock()
    with clock.stage("import"):
        from pipeline.check import check
        from pipeline.cli import build as _command  # noqa: F401 - part of every start
        from pipeline.compose import compose_issues
        from pipeline.edition import Artifact
        from pipeline.parse import parse_library
        from pipeline.read import read_sources
        from pipeline.render.email.editions import render_emails
        from pipeline.render.feed.feeds import render_feeds
        from pipeline.render.templates import Templates
        from pipeline.render.web.site import render_web
        from pipeline.write import write_artifacts
    with clock.stage("read"):
        sources = read_sources(root)
    with clock.stage("parse"):
        parsed = parse_library(sources)
    if parsed.library is None:
        raise RuntimeError("there is no library")
    with clock.stage("compose"):
        composed = compose_issues(parsed.library, as_of)
    with clock.stage("check"):
        told = [*parsed.diagnostics, *composed.diagnostics]
        told += check(parsed.library, composed.issues)
    if any(diagnostic.is_error for diagnostic in told):
        raise RuntimeError(f"the publication has errors: {told[0]}")
    issues = composed.issues
    templates = Templates(issues.library.templates)
    with clock.stage("email"):
        emails = render_emails(issues, templates)
    with clock.stage("web"):
        site = render_web(issues, templates, emails.web_copies)
    with clock.stage("feed"):
        feeds = render_feeds(issues, templates)
    with clock.stage("write"):
        letters = [Artifact(f"email/{artifact.path}", artifact.data) for artifact in emails.artifacts]
        pages = [
            Artifact(f"site/{artifact.path}", artifact.data) for artifact in (*site.artifacts, *feeds.artifacts)
        ]
        write_artifacts([*letters, *pages], out, root=root)
    return clock.seconds


def main() -> None:
    """Build once and print the seconds."""
    root, out, as_of = sys.argv[1:]
    gc.disable()  # as the command does
    print(json.dumps(timed_build(Path(root), Path(out), date.fromisoformat(as_of))))


if __name__ == "__main__":
    main()
