"""Importing a text, and looking at what has come of it."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.database import Database
from pipeline.subscribers.entries import Defaults
from pipeline.subscribers.importing import Counts, Source, Told, import_rows, open_source
from pipeline.subscribers.looking import Filter, Person, people
from tests.subscribers.people import NOW

FILE = Defaults(source="people.csv")


@dataclass
class Imported:
    """What an import said."""

    source: Source
    counts: Counts
    told: list[Told]

    @property
    def outcomes(self) -> dict[str, int]:
        return {str(outcome): count for outcome, count in self.counts.outcomes.items() if count}

    @property
    def lines(self) -> dict[int, str]:
        return {each.line: each.why for each in self.told}


def imported(
    database: Database,
    text: str | bytes,
    defaults: Defaults = FILE,
    *,
    given: Mapping[str, str] | None = None,
    is_dry: bool = False,
) -> Imported:
    told: list[Told] = []
    source = open_source(io.BytesIO(text.encode() if isinstance(text, str) else text), given or {})
    counts = import_rows(database, source.rows, defaults, at=NOW, tell=told.append, is_dry=is_dry)
    return Imported(source, counts, told)


def listed(database: Database, which: Filter = Filter()) -> dict[str, Person]:  # noqa: B008 - frozen
    return {person.address: person for person in people(database, which)}
