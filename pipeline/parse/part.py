"""One part's file into a Part. Its number and its slug come from its name, and only there."""

from collections.abc import Mapping

from pipeline import rules, urls
from pipeline.body import Body
from pipeline.errors import Diagnostic, Location
from pipeline.model import DisclaimerChoice, Part, Picture, RelatedLink
from pipeline.parse import keys
from pipeline.parse.fields import Fields, where_in
from pipeline.parse.front_matter import FrontMatter, split_front_matter
from pipeline.parse.manuscript import manuscript
from pipeline.parse.references import references_from_yaml


def parse_part(text: str, path: str, series: str, number: int, slug: str, diagnostics: list[Diagnostic]) -> Part:
    """Read a part. Whatever is wrong is noted, and the part is still given, so that the rest can be checked."""
    header = split_front_matter(text, path)
    diagnostics.extend(header.diagnostics)
    place = where_in(header.keys, path)
    # A header that could not be read lacks everything: one message is enough.
    is_readable = not any(problem.is_error for problem in header.diagnostics)
    fields = Fields(header.values, keys.PART, place, diagnostics)
    draft = fields.flag("draft")
    cited = fields.raw("references")
    references = references_from_yaml(cited, place("references"), header.keys, "references", diagnostics)
    title = fields.text("title", required=is_readable) or slug.replace("-", " ").capitalize()
    return Part(
        series=series,
        number=number,
        slug=slug,
        path=path,
        title=title,
        summary=fields.text("summary", required=is_readable),
        body=_body(text, header, path, diagnostics, title, is_wanted=is_readable and not draft),
        subtitle=fields.text("subtitle"),
        subject=fields.text("subject"),
        preheader=fields.text("preheader"),
        teaser=fields.text("teaser"),
        tags=fields.texts("tags"),
        topics=fields.texts("topics"),
        pin=fields.day_or_moment("date"),
        draft=draft,
        updated=fields.day_or_moment("updated"),
        cta=fields.text("cta") or None,
        disclaimers=_disclaimers(fields),
        related=_related(fields),
        references=references,
        aliases=_aliases(fields),
        image=_image(fields, path),
        keys=dict(header.keys),
    )


def _body(
    text: str, header: FrontMatter, path: str, diagnostics: list[Diagnostic], title: str, *, is_wanted: bool
) -> Body:
    body = manuscript(text, header, path, diagnostics, title)
    if is_wanted and not body.gist.size and not body.diagnostics:
        message = "there is no text after the front matter"
        diagnostics.append(rules.EMPTY_BODY.at(Location(path, header.body_line), message, "write it"))
    return body


def _image(fields: Fields, path: str) -> Picture | None:
    if not fields.has("image"):
        return None
    if isinstance(fields.raw("image"), str):
        fields.wrong("image", "`image` must be a mapping", "image: {src: images/x.png, alt: What it shows}")
        return None
    image = fields.mapping("image", keys.IMAGE)
    source, alt = image.text("src", required=True), image.text("alt")
    if not alt:
        message = f"the lead picture `{source}` has no alternative text"
        fields.wrong("image", message, "image: {src: …, alt: What it shows}", rules.MISSING_ALT)
    if not source:
        return None
    if urls.is_external(source):
        return Picture(source, alt)
    return Picture(urls.file_of(source, path) or source, alt)


def _disclaimers(fields: Fields) -> DisclaimerChoice:
    choice = fields.mapping("disclaimers", keys.DISCLAIMERS)
    return DisclaimerChoice(choice.texts("add"), choice.texts("remove"), choice.text("because"))


def _related(fields: Fields) -> tuple[RelatedLink, ...]:
    value = fields.raw("related")
    items = value if isinstance(value, list) else [] if value is None else [value]
    links = []
    for index, item in enumerate(items):
        if isinstance(item, str) and item.strip():
            links.append(RelatedLink(target=item.strip().strip("/")))
        elif isinstance(item, dict):
            link = _related_link(fields, item, f"related[{index}]")
            if link:
                links.append(link)
        else:
            fields.wrong("related", "`related` must list parts or {title, url}", "related: [series/slug]")
    return tuple(links)


def _related_link(fields: Fields, item: Mapping[str, object], key: str) -> RelatedLink | None:
    inner = fields.nested(key, item, keys.RELATED)
    title, url = inner.text("title", required=True), inner.text("url", required=True)
    if url and urls.scheme_of(url) not in ("http", "https"):
        inner.wrong("url", f"`{url}` is no web address", "write it as https://…", rules.UNSAFE_LINK)
        return None
    return RelatedLink(title=title, url=url) if title and url else None


def _aliases(fields: Fields) -> tuple[str, ...]:
    good = []
    for alias in fields.texts("aliases"):
        if alias in urls.RESERVED_IN_SERIES:
            message = f"an old address cannot be `{alias}`: the series has an address of that name"
            fields.wrong("aliases", message, "take it out", rules.RESERVED_NAME)
        elif urls.SLUG.match(alias):
            good.append(alias)
        else:
            fields.wrong("aliases", f"`{alias}` is no slug", "write the old slug alone: words-and-hyphens")
    return tuple(good)
