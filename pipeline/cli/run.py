"""``partwork run``: send what is due, sleep to the next slot, and so on."""

from contextlib import ExitStack
from pathlib import Path

import click

from pipeline.cli import options


@click.command("run", epilog="Example:  partwork run --once")
@options.root_option
@click.option("--once", is_flag=True, help="Send what is due now, and end: for cron, timers and CI.")
@click.option(
    "--after-restore",
    is_flag=True,
    help="The database is from a backup: hold back what may have been sent since then, and go on.",
)
@click.pass_context
def command(context: click.Context, root: Path, once: bool, after_restore: bool) -> None:
    """Send every part at its slot, to everybody on the list, once.

    The files are read anew each time, so a part may be edited until its slot has come. It may be started twice,
    late, or after a crash: nobody gets a part twice. A part that is found later than `max_late` after its slot
    has slipped: it is not sent, and `partwork send` still can. With --once the exit code is 1 where something is
    held up (errors in the publication, a paused campaign, a mail server that is gone), and 3 where it is uncertain
    whether somebody got their copy.
    """
    from pipeline.cli.bar import stoppable
    from pipeline.cli.database import opened
    from pipeline.cli.run_diary import Diary
    from pipeline.cli.run_rounds import Rounds, alone
    from pipeline.cli.terminal import say

    with ExitStack() as stack:
        if not once and (other := stack.enter_context(alone(root))):
            say(f"partwork run is at it already ({other}). Nothing to do.")
            return
        stop = stack.enter_context(stoppable("Stopping: what is in flight is finished first."))
        database = stack.enter_context(opened(root))
        diary = Diary(database)
        rounds = Rounds(root, database, stop, diary, is_once=once)
        if after_restore:
            rounds.accept_restored()
        rounds.run()
    if once:
        context.exit(diary.code)
