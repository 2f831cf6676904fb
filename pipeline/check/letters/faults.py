"""What is wrong with a letter, before it is known where that was written."""

from dataclasses import dataclass

from pipeline.rules import Rule


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule, what is wrong and what to do. ``written`` is what the author's file has there, if that is known.

    ``like`` is the rule that says the same of the author's text, where it stands there.
    """

    rule: Rule
    message: str
    hint: str
    written: str = ""
    like: Rule | None = None


def quoted(words: str, room: int = 50) -> str:
    """Some words of a text, as they are cited in a message."""
    return f"“{words if len(words) <= room else words[: room - 1].rstrip() + '…'}”"
