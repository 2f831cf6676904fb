"""Diagnostics for machines: JSON, and GitHub's annotations (SARIF is in ``sarif``)."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import Diagnostic, Location, Severity


def tally(diagnostics: Sequence[Diagnostic]) -> str:
    """``2 errors, 1 warning``; ``no problems`` when there are none."""
    errors = sum(1 for diagnostic in diagnostics if diagnostic.is_error)
    counts = ((errors, "error"), (len(diagnostics) - errors, "warning"))
    words = [f"{count} {word}{'s' if count != 1 else ''}" for count, word in counts if count]
    return ", ".join(words) or "no problems"


def as_data(diagnostic: Diagnostic) -> dict[str, str | int]:
    """A diagnostic as a JSON object."""
    return {
        "path": diagnostic.location.path,
        "line": diagnostic.location.line,
        "column": diagnostic.location.column,
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }


def from_data(data: Mapping[str, Any]) -> Diagnostic:
    """A diagnostic from such an object."""
    place = Location(data["path"], data["line"], data["column"])
    return Diagnostic(place, data["code"], Severity(data["severity"]), data["message"], data["hint"])


def json_text(data: object) -> str:
    """JSON in ASCII, which survives every pipe."""
    return json.dumps(data, indent=2)


def json_report(diagnostics: Sequence[Diagnostic], more: Mapping[str, object] | None = None) -> str:
    """All diagnostics as one JSON object, and what else there is to report."""
    errors = sum(1 for diagnostic in diagnostics if diagnostic.is_error)
    return json_text(
        {
            "errors": errors,
            "warnings": len(diagnostics) - errors,
            "diagnostics": [as_data(diagnostic) for diagnostic in diagnostics],
            **(more or {}),
        }
    )


def repository_prefix(root: Path) -> str:
    """The publication's folder from the current one, with a ``/`` at the end; empty when it is not below it.

    CI runs in the repository's top folder, and its viewers want paths from there.
    """
    try:
        inside = root.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return ""
    return "" if inside == "." else f"{inside}/"


def github_report(diagnostics: Sequence[Diagnostic], prefix: str) -> str:
    """One workflow command a line, which GitHub Actions shows beside the source.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions; the escaping is that of
    actions/toolkit, packages/core/src/command.ts.
    """
    return "\n".join(_annotation(diagnostic, prefix) for diagnostic in diagnostics)


def _annotation(diagnostic: Diagnostic, prefix: str) -> str:
    place = diagnostic.location
    properties = {
        "file": prefix + place.path,
        "line": str(place.line),
        "col": str(place.column),
        "title": diagnostic.code,
    }
    named = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = f"{diagnostic.message}\n{diagnostic.hint}" if diagnostic.hint else diagnostic.message
    return f"::{diagnostic.severity} {named}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
