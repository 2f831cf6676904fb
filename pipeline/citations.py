"""The reference list, in the publication's CSL style, by citeproc-py.

In the text a citation is a number; a work's number is its place in the order of first citation. Each entry is
formatted by itself, so that one work reads the same in every part.
"""

import io
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape, unescape
from typing import Any

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.issue import ReferenceEntry
from pipeline.memo import Memo, key_of
from pipeline.model import Publication, Reference

# citeproc-py passes an item's own text through unescaped: what HTML would read as markup travels as these.
_GUARDS = {"&": "\ue000", "<": "\ue001", ">": "\ue002", '"': "\ue003"}
_RICH = re.compile("\ue001(/?(?:i|b|sub|sup))\ue002")  # the markup that CSL allows in a title
_STYLES, _ENTRIES = "styles", "entries"  # in the memo
_DOUBLE_STOP = re.compile(r"([?!])((?:</\w+>)?)\.")  # "Why?." where a title asks and the style ends it
_TAG = re.compile(r"<[^>]*>")
_ADDRESS = re.compile(r"https?://[^\s<>]+[^\s<>.,;)]")


def style_text(publication: Publication, templates: Mapping[str, str]) -> str | None:
    """The CSL file that the publication names, or none when there is no such file."""
    name = publication.citation_style.removesuffix(".csl").removeprefix("templates/csl/")
    return templates.get(f"csl/{name}.csl")


def style_diagnostics(
    publication: Publication, templates: Mapping[str, str], memo: Memo | None = None
) -> list[Diagnostic]:
    """What is wrong with the publication's style: it is not there, or it is no CSL."""
    text = style_text(publication, templates)
    name = publication.citation_style
    if text is None:
        known = sorted(path[4:-4] for path in templates if path.startswith("csl/") and path.endswith(".csl"))
        place = Location("partwork.toml")
        hint = f"put `{name}.csl` into templates/csl/, or use one of: {', '.join(known)}"
        return [rules.UNKNOWN_STYLE.at(place, f"there is no citation style `{name}`", hint)]
    fault = _fault_of(text, publication.language, memo or Memo())
    if not fault:
        return []
    place = Location(f"templates/csl/{name}.csl")
    return [rules.UNKNOWN_STYLE.at(place, f"this is no CSL style: {fault}", "take one from citationstyles.org")]


def _fault_of(text: str, language: str, memo: Memo) -> str:
    """Why a style cannot be used; nothing when it can."""
    key = key_of(text, language)
    known: str | None = memo.get(_STYLES, key)
    if known is not None:
        return known
    fault = ""
    try:
        _style(text, language)
    except (ValueError, SyntaxError, AttributeError) as error:
        fault = str(error) or type(error).__name__
    memo.put(_STYLES, key, fault)
    return fault


def reference_list(
    cited: Sequence[str],
    references: Mapping[str, Reference],
    style: str,
    language: str,
    memo: Memo | None = None,
) -> tuple[ReferenceEntry, ...]:
    """The entries of the works cited, in order; ``cited`` are known keys, each once."""
    return tuple(
        _entry(number, references[key], style, language, memo or Memo())
        for number, key in enumerate(cited, 1)
        if key in references
    )


def _entry(number: int, reference: Reference, style: str, language: str, memo: Memo) -> ReferenceEntry:
    key = key_of(reference.item, _digest(style), language)
    html, text = memo.get(_ENTRIES, key) or _formatted(reference.item, style, language)
    memo.put(_ENTRIES, key, (html, text))
    item = json.loads(reference.item)
    url = f"https://doi.org/{item['DOI']}" if item.get("DOI") else str(item.get("URL", ""))
    return ReferenceEntry(number, reference.key, html, text, url)


@lru_cache(maxsize=4)
def _digest(style: str) -> bytes:
    return key_of(style)


@lru_cache(maxsize=4096)
def _formatted(item: str, style: str, language: str) -> tuple[str, str]:
    """A CSL item as safe inline HTML, its addresses linked, and as text."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    values = _guarded(json.loads(item))
    key = values["id"] = "item"
    try:
        source = CiteProcJSON([values])
        bibliography = CitationStylesBibliography(_style(style, language), source, formatter.html)
        bibliography.register(Citation([CitationItem(key)]))
        raw = str(bibliography.bibliography()[0])
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, NotImplementedError):
        # citeproc-py is strict about shapes (a date without parts, an unknown role): the title is there.
        raw = str(values.get("title", ""))
    html = _DOUBLE_STOP.sub(r"\1\2", _rich(raw.strip()))
    for character, guard in _GUARDS.items():
        html = html.replace(guard, escape(character))
    text = " ".join(unescape(_TAG.sub("", html)).split())
    return _ADDRESS.sub(_linked, html), text


def _rich(raw: str) -> str:
    """The markup in an entry as HTML, if all of it is closed as it was opened; else as the letters it was."""
    opened: list[str] = []
    for tag in _RICH.findall(raw):
        if not tag.startswith("/"):
            opened.append(tag)
        elif not opened or opened.pop() != tag[1:]:
            return raw
    return raw if opened else _RICH.sub(r"<\1>", raw)


def _linked(match: re.Match[str]) -> str:
    address = unescape(match.group())
    return f'<a href="{escape(address)}">{escape(address)}</a>'


def _guarded(value: Any) -> Any:
    match value:
        case str():
            for character, guard in _GUARDS.items():
                value = value.replace(character, guard)
            return value
        case dict():
            return {key: _guarded(inner) for key, inner in value.items()}
        case list():
            return [_guarded(inner) for inner in value]
        case _:
            return value


@lru_cache(maxsize=4)
def _style(text: str, language: str) -> Any:
    """A parsed style with the terms of a language. citeproc-py reads its own locale files here, once."""
    from citeproc import CitationStylesStyle

    return CitationStylesStyle(io.BytesIO(text.encode()), locale=_locale(language), validate=False)


def _locale(language: str) -> str:
    """The CSL locale nearest to a language tag; American English when there is none."""
    from citeproc import locales_json

    known: dict[str, str] = locales_json["primary-dialects"]
    dialects = {name.lower(): name for name in locales_json["language-names"]}
    return dialects.get(language.lower()) or known.get(language.split("-")[0].lower()) or "en-US"
