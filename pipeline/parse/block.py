"""A file of ``templates/blocks/`` into a Block: a call to action or a disclaimer."""

from pipeline import rules, urls
from pipeline.errors import Diagnostic, Location
from pipeline.model import Block, BlockKind, Placement
from pipeline.parse import keys
from pipeline.parse.fields import Fields, where_in
from pipeline.parse.front_matter import split_front_matter
from pipeline.parse.manuscript import manuscript


def parse_block(text: str, path: str, slug: str, diagnostics: list[Diagnostic]) -> Block | None:
    """Read a block; none when its header cannot be read, or says neither ``cta`` nor ``disclaimer``."""
    header = split_front_matter(text, path)
    diagnostics.extend(header.diagnostics)
    if header.diagnostics:
        return None
    fields = Fields(header.values, keys.BLOCK, where_in(header.keys, path), diagnostics)
    fields.required("kind")
    kind = fields.choice("kind", tuple(BlockKind), "") if fields.has("kind") else ""
    body = manuscript(text, header, path, diagnostics)
    if not kind:
        return None
    is_cta = kind == BlockKind.CTA
    if not is_cta and not body.gist.size:
        message = f"the disclaimer `{slug}` has no wording"
        hint = "write after the front matter what readers are to be told"
        diagnostics.append(rules.EMPTY_BODY.at(Location(path, header.body_line), message, hint))
    _refuse_what_belongs_to_the_other(fields, is_cta=is_cta)
    return Block(
        slug=slug,
        path=path,
        kind=BlockKind(kind),
        body=body,
        title=fields.text("title"),
        topics=fields.texts("topics"),
        label=fields.text("label", required=is_cta),
        url=_url(fields) if is_cta else "",
        placement=_placement(fields),
        keys=dict(header.keys),
    )


def _refuse_what_belongs_to_the_other(fields: Fields, *, is_cta: bool) -> None:
    for key in ("topics",) if is_cta else ("label", "url", "placement"):
        if fields.has(key):
            owner = "a disclaimer" if is_cta else "a CTA"
            fields.wrong(key, f"`{key}` belongs to {owner}", "remove it")


def _url(fields: Fields) -> str:
    url = fields.text("url", required=True)
    if url and urls.scheme_of(url) not in ("http", "https", "mailto", "tel"):
        fields.wrong("url", f"`{url}` cannot be a CTA's address", "write it as https://…", rules.UNSAFE_LINK)
        return ""
    return url


def _placement(fields: Fields) -> tuple[Placement, ...]:
    found = []
    for word in fields.texts("placement"):
        if word in set(Placement):
            found.append(Placement(word))
        else:
            fields.wrong(
                "placement", f"`placement` cannot be `{word}`", "write middle, end, or both: `[middle, end]`"
            )
    return tuple(found) or (Placement.END,)
