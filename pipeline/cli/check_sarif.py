"""Diagnostics as SARIF 2.1.0 (OASIS), which code scanning services read."""

from collections.abc import Sequence
from urllib.parse import quote

from pipeline import __version__
from pipeline.check.letters.rules import LETTER_RULES
from pipeline.cli.reports import json_text
from pipeline.errors import Diagnostic
from pipeline.rules import ALL_RULES, Rule

RULES = (*ALL_RULES, *LETTER_RULES)
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_report(diagnostics: Sequence[Diagnostic], prefix: str) -> str:
    """One run, with every rule that partwork knows. ``prefix`` leads from the repository to the publication."""
    index = {rule.code: number for number, rule in enumerate(RULES)}
    driver = {
        "name": "partwork",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in RULES],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, prefix, index) for diagnostic in diagnostics],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(diagnostic: Diagnostic, prefix: str, index: dict[str, int]) -> dict[str, object]:
    place = diagnostic.location
    message = f"{diagnostic.message}\n{diagnostic.hint}" if diagnostic.hint else diagnostic.message
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": index[diagnostic.code],
        "level": diagnostic.severity.value,
        "message": {"text": message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(prefix + place.path), "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": place.line, "startColumn": place.column},
                }
            }
        ],
    }
