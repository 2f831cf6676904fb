"""The ``partwork`` command: the one place that prints, reads the clock and catches ``PartworkError``.

One file for each command; each is imported when it is asked for, so that ``--help`` is quick. What one command
alone needs besides begins with its name (``run_diary``); the other files are what several share.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from pipeline import __version__
from pipeline.errors import PartworkError

UNCERTAIN = 3  # the fate of a delivery is not known
INTERRUPTED = 130  # 128 + SIGINT, and SIGPIPE: what a shell shows for a program that the signal ended
BROKEN_PIPE = 141

_COMMANDS = (  # in the order in which one meets them
    *("init", "new", "check", "build", "schedule", "subscribers"),
    *("approve", "send", "run", "campaigns", "campaign", "who"),
    *("retry", "resolve", "pause", "resume", "cancel", "errata"),
    *("serve", "bounces", "doctor"),
)


class _Commands(click.Group):
    """Commands by name, each from its own file."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"pipeline.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], _COMMANDS, 1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            raise click.UsageError(f"There is no command `{args[0]}`.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example:  partwork init letters && cd letters && partwork build",
)
@click.option("--debug", is_flag=True, help="Show where in the program an error came from.")
@click.version_option(__version__, package_name="partwork", prog_name="partwork")
def partwork(debug: bool) -> None:
    """Write a series once; publish it as email, feeds and web pages."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code: 0 good, 1 content or world, 2 usage, 3 in doubt, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that cannot show a letter must not end the program
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read our output has gone. Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code


def _run(arguments: list[str]) -> int:
    debug = False
    try:
        with partwork.make_context("partwork", arguments) as context:
            debug = bool(context.params["debug"])
            partwork.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except PartworkError as error:
        if debug:
            raise
        from pipeline.cli.terminal import show_error

        show_error(error)
        return error.exit_code
    return 0
