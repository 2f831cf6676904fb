"""Works that can be cited: CSL-YAML items in front matter or ``references.yaml``, and BibTeX files."""

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.model import Reference
from pipeline.parse.front_matter import read_yaml, unfolds

# BibTeX's types in CSL's words (the table of the CSL 1.0.2 specification's appendix, the usual ones).
_BIBTEX_TYPES = {
    "article": "article-journal",
    "book": "book",
    "booklet": "pamphlet",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "manual": "report",
    "mastersthesis": "thesis",
    "online": "webpage",
    "phdthesis": "thesis",
    "techreport": "report",
    "unpublished": "manuscript",
}
_BIBTEX_FIELDS = {
    "title": "title",
    "journal": "container-title",
    "journaltitle": "container-title",
    "booktitle": "container-title",
    "volume": "volume",
    "number": "issue",
    "pages": "page",
    "doi": "DOI",
    "url": "URL",
    "publisher": "publisher",
    "institution": "publisher",
    "address": "publisher-place",
    "edition": "edition",
}


def references_from_yaml(
    items: object, place: Location, places: Mapping[str, Location], prefix: str, diagnostics: list[Diagnostic]
) -> tuple[Reference, ...]:
    """References from a list of CSL items. ``places`` has ``prefix[0]`` and so on."""
    if items is None:
        return ()
    if unfolds(items):
        message = "the aliases (`*name`) stand for more than anybody can have meant"
        diagnostics.append(rules.BAD_REFERENCE.at(place, message, "write the values out"))
        return ()
    if not isinstance(items, list):
        message = "references must be a list of CSL items"
        diagnostics.append(rules.BAD_REFERENCE.at(place, message, "each begins with `- id: …`"))
        return ()
    found = [
        _reference(item, places.get(f"{prefix}[{index}]", place), diagnostics) for index, item in enumerate(items)
    ]
    return unique(found, diagnostics)


def references_from_file(text: str, path: str, diagnostics: list[Diagnostic]) -> tuple[Reference, ...]:
    """References from a series' ``references.yaml`` or ``references.bib``."""
    if path.endswith(".bib"):
        return unique(_from_bibtex(text, path, diagnostics), diagnostics)
    items, places, problems = read_yaml(text, path)
    diagnostics.extend(problems)
    if isinstance(items, dict) and isinstance(items.get("references"), list):
        return references_from_yaml(items["references"], Location(path), places, "references", diagnostics)
    return references_from_yaml(items, Location(path), places, "", diagnostics)


def unique(found: Iterable[Reference | None], diagnostics: list[Diagnostic]) -> tuple[Reference, ...]:
    """The references by key, the first of each; a second one with the same key is told."""
    by_key: dict[str, Reference] = {}
    for reference in found:
        if reference is None:
            continue
        if reference.key in by_key:
            first = by_key[reference.key].location
            message = f"the reference `{reference.key}` is there already, at {first}"
            diagnostics.append(rules.BAD_REFERENCE.at(reference.location, message, "remove one of them"))
        else:
            by_key[reference.key] = reference
    return tuple(by_key.values())


def _reference(item: object, place: Location, diagnostics: list[Diagnostic]) -> Reference | None:
    if not isinstance(item, dict):
        diagnostics.append(rules.BAD_REFERENCE.at(place, "a reference must be a CSL item", "- id: …, title: …"))
        return None
    missing = [key for key in ("id", "type", "title") if not item.get(key)]
    if missing:
        name = f" `{item['id']}`" if item.get("id") else ""
        message = f"the reference{name} has no `{missing[0]}`"
        diagnostics.append(rules.BAD_REFERENCE.at(place, message, "a CSL item needs id, type and title"))
        return None
    key = str(item["id"])
    plain = _plain(item)
    plain["id"] = key
    return Reference(key, json.dumps(plain, ensure_ascii=False, sort_keys=True), place)


def _plain(value: Any) -> Any:
    """YAML's values as JSON knows them: dates become CSL dates, keys text."""
    match value:
        case dict():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case date():
            return {"date-parts": [[value.year, value.month, value.day]]}
        case bool() | int() | float() | str() | None:
            return value
        case _:
            return str(value)


def _from_bibtex(text: str, path: str, diagnostics: list[Diagnostic]) -> list[Reference]:
    from bibtexparser.entrypoint import parse_string  # loaded for publications that have a .bib alone
    from bibtexparser.middlewares import LatexDecodingMiddleware

    log = logging.getLogger("bibtexparser")  # it logs what is told below, and Python prints what nobody handles
    log.propagate = False
    log.addHandler(logging.NullHandler())
    library = parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    for failed in library.failed_blocks:
        place = Location(path, (failed.start_line or 0) + 1)
        message = "this BibTeX entry cannot be read"
        diagnostics.append(rules.BAD_REFERENCE.at(place, message, "look for a missing brace, comma or key"))
    found = []
    for entry in library.entries:
        fields = {name.lower(): str(field.value) for name, field in entry.fields_dict.items()}
        place = Location(path, (entry.start_line or 0) + 1)
        item = _csl_item(entry.key, entry.entry_type, fields)
        reference = _reference(item, place, diagnostics)
        if reference is not None:
            found.append(reference)
    return found


def _csl_item(key: str, kind: str, fields: Mapping[str, str]) -> dict[str, Any]:
    item: dict[str, Any] = {"id": key, "type": _BIBTEX_TYPES.get(kind.lower(), "document")}
    for name, value in fields.items():
        if name in _BIBTEX_FIELDS:
            item[_BIBTEX_FIELDS[name]] = _unbraced(value)
    if "page" in item:
        item["page"] = item["page"].replace("--", "–")
    for role in ("author", "editor"):
        if role in fields:
            item[role] = [_person(name) for name in fields[role].replace("\n", " ").split(" and ")]
    year = fields.get("date", fields.get("year", ""))[:4]
    if year.isdigit():
        item["issued"] = {"date-parts": [[int(year)]]}
    return item


def _person(name: str) -> dict[str, str]:
    name = _unbraced(name).strip()
    family, comma, given = name.partition(",")
    if comma:
        return {"family": family.strip(), "given": given.strip()}
    given, _, family = name.rpartition(" ")
    return {"family": family, "given": given} if given else {"literal": family}


def _unbraced(value: str) -> str:
    return value.replace("{", "").replace("}", "")
