"""The publication as letters are made of it: placed, and without errors."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.model import Sources
    from pipeline.sending.letters import Prepared


def prepared_or_exit(sources: "Sources", now: "datetime", *, drafts: bool = False) -> "Prepared":
    """The publication without errors; with one, everything is told, and that is all.

    Raises:
        Exit: it has errors.
    """
    from pipeline.cli.reports import tally
    from pipeline.cli.terminal import say, show_diagnostics
    from pipeline.errors import ContentError
    from pipeline.sending.letters import prepare

    try:
        return prepare(sources, now, drafts=drafts)
    except ContentError as error:
        show_diagnostics(error.diagnostics, sources.files, to_stderr=True)
        say(f"nothing is sent of a publication with errors: {tally(error.diagnostics)}", to_stderr=True, fg="red")
        raise click.exceptions.Exit(1) from None
