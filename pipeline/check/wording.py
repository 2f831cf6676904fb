"""The words themselves: no token of another program and no placeholder of ours is left in them."""

import re
from collections.abc import Iterator

from pipeline import rules
from pipeline.body import plain
from pipeline.check.catalogue import Catalogue
from pipeline.check.findings import Findings, Owner
from pipeline.check.pictures import CONFIG
from pipeline.check.source import words_as_written
from pipeline.errors import Diagnostic, Location
from pipeline.model import Block, Part
from pipeline.parse.places import without_places
from pipeline.wording import NEW_BODY, NEW_SUMMARY

# Jinja, Liquid, Handlebars, Mailjet; Mailchimp; Salesforce; Mailgun.
_TOKEN = re.compile(
    r"\{\{.{0,80}?\}\}|\{%.{0,80}?%\}|\*\|[^|\n]{1,80}\|\*|%%[\w .:=-]{1,80}?%%|%recipient(?:[._]\w{1,40})?%"
)
_SIGNS = ("{{", "{%", "*|", "%%", "%recipient")
_PART_KEYS = ("title", "subtitle", "summary", "subject", "preheader", "teaser")
_PLACE_KEYS = frozenset({"subject", "preheader"})  # of an email, and so each reader's own
_FIRST_NAME = re.compile(r"first[ _-]?name|\bfname\b", re.IGNORECASE)
_NEW_WORDS = len(NEW_BODY.split())
_HINT = "write the words themselves: nothing is filled in here, and readers would see it as it stands"
_NAME_HINT = "write `{{ first_name | there }}`: the reader's name, and `there` where it is not known"
_NO_NAME_HINT = (
    "a name can stand in the text, in `subject` and in `preheader`; here readers would see it as it stands"
)


def template_tokens(catalogue: Catalogue, found: Findings) -> Iterator[Diagnostic]:
    """Titles, summaries, subjects, wording and bodies hold words, and no places to fill in but a reader's name."""
    for key, text in _texts(found.owner):
        if key in _PLACE_KEYS:
            yield from _told(without_places(text), f"`{key}`", found.owner.at(key), name_hint=_NAME_HINT)
        else:
            yield from _told(text, f"`{key}`", found.owner.at(key))
    for written in words_as_written(catalogue, found, _TOKEN, _SIGNS):
        yield from _told(written.text, "the text", written.place, name_hint=_NAME_HINT)


def tokens_in_settings(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """The same of what partwork.toml says to readers."""
    publication = catalogue.library.publication
    settings = (
        ("title", publication.title),
        ("description", publication.description),
        ("postal_address", publication.sender.postal_address),
    )
    for key, text in settings:
        yield from _told(text, f"`{key}`", catalogue.places.key(CONFIG, key))


def placeholders(_: Catalogue, found: Findings) -> Iterator[Diagnostic]:
    """What `partwork new` wrote into a part has been written over. A draft may still hold it."""
    part = found.owner
    if not isinstance(part, Part) or part.draft:
        return
    if part.summary == NEW_SUMMARY:
        message = "the summary is still what the new file began with"
        yield rules.PLACEHOLDER.at(part.at("summary"), message, "say what the part is about")
    if found.gist.words == _NEW_WORDS and plain(part.body.blocks) == NEW_BODY:
        message = "the text is still what the new file began with"
        yield rules.PLACEHOLDER.at(part.at(), message, "write it, or `draft: true`")


def _told(text: str, where: str, place: Location, *, name_hint: str = _NO_NAME_HINT) -> Iterator[Diagnostic]:
    for token in _TOKEN.findall(text):
        hint = name_hint if _FIRST_NAME.search(token) else _HINT
        yield rules.TEMPLATE_TOKEN.at(place, f"the template token `{token}` is left over in {where}", hint)


def _texts(owner: Owner) -> Iterator[tuple[str, str]]:
    """The words in an owner's front matter, by key."""
    if isinstance(owner, Part):
        yield from ((key, getattr(owner, key)) for key in _PART_KEYS)
        if owner.image:
            yield "image", owner.image.alt
    elif isinstance(owner, Block):
        yield from (("title", owner.title), ("label", owner.label), ("url", owner.url))
    else:
        yield from (("title", owner.title), ("summary", owner.summary))
