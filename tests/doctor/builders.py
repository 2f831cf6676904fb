"""What several of these tests look at."""

from datetime import UTC, datetime

from pipeline.doctor.finding import Finding

NOW = datetime.now(UTC)


def verdicts(findings: list[Finding]) -> dict[str, str]:
    return {str(one.subject): str(one.verdict) for one in findings}
