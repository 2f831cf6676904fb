"""SpamAssassin's opinion of messages, asked of the program itself when it is on PATH."""

import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.check.letters import Spam

SECONDS = 120
_ARGUMENTS = (
    "--local",  # no network
    "--test-mode",
    "--nocreate-prefs",
    *("--cf", "use_bayes 0"),  # not what this machine's mail has taught it
    *("--cf", "report_safe 0"),
    *("--cf", "clear_report_template"),
)


def find() -> str | None:
    """Where the program is, if it is there."""
    return shutil.which("spamassassin")


def points(program: str, messages: Sequence[bytes], seconds: float = SECONDS) -> tuple[tuple[Spam, ...], str]:
    """The points of each message, all in one process; or none, and why.

    A message takes some tenths of a second, and the program two seconds to start.
    """
    if not messages:
        return (), ""
    # One line for each message, in place of the report that is written for people; no text has it by chance.
    mark = f"partwork-{secrets.token_hex(8)}"
    report = ("--cf", f"report {mark} _SCORE_ (_TESTSSCORES(,)_)")
    with tempfile.TemporaryDirectory(prefix="partwork-") as folder:
        files = [Path(folder, f"{number:05}.eml") for number in range(len(messages))]
        for file, message in zip(files, messages, strict=True):
            file.write_bytes(message)
        try:
            done = subprocess.run(  # noqa: S603
                [program, *_ARGUMENTS, *report, *map(str, files)],
                env={**os.environ, "HOME": folder},  # and nobody's own preferences
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return (), f"SpamAssassin took more than {seconds:.0f} seconds, so there are no points"
        except OSError as error:
            return (), f"SpamAssassin does not run: {error}"
    found = tuple(_spam(*each) for each in _lines(mark, done.stdout.decode(errors="replace")))
    if len(found) != len(messages):
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        return (
            (),
            f"SpamAssassin answered for {len(found)} of {len(messages)} emails: {said or 'it said nothing more'}",
        )
    return found, ""


def _lines(mark: str, printed: str) -> list[tuple[str, str]]:
    return re.findall(rf"^{mark} (-?[\d.]+) \(([^)\n]*)\)", printed, re.MULTILINE)


def _spam(score: str, tests: str) -> Spam:
    named = (test.partition("=") for test in tests.split(",") if "=" in test)
    return Spam(float(score) + 0.0, tuple((name, float(value)) for name, _, value in named))
