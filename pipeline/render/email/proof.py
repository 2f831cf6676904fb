"""Whether a theme may be compiled: specimens are made the short way, and by MJML and premailer, and compared.

They must come out alike as documents, node by node. It is done once for each publication; where they differ its
emails are made the long way, and the author is told what is different.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from lxml import etree

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.render.email.press import Press, Way
from pipeline.render.templates import TemplateFailedError


@dataclass(frozen=True, slots=True)
class Proof:
    """The way that a theme's emails are made, and what is different on the short one, if anything is."""

    way: Way
    difference: str = ""


def prove(press: Press, context: Mapping[str, Any]) -> Proof:
    """Try a theme: ``context`` is an email's with specimens for its part.

    Of the long ways the one is taken that runs MJML once, if it is right: then no body passes through mrml.

    Raises:
        TemplateFailedError: MJML cannot be read, or prints a value where it cannot stand.
        RenderError: premailer could not work.
    """
    try:
        compiled = nodes_of(press.printed(context, Way.COMPILED).html)
        wanted = nodes_of(press.printed(context, Way.WHOLE).html)
        if compiled == wanted:
            return Proof(Way.COMPILED)
        told = _first_difference(compiled, wanted)
        is_right = nodes_of(press.printed(context, Way.INLINED).html) == wanted
    except TemplateFailedError as failed:
        if failed.diagnostic.code != rules.TEMPLATE_ERROR.code:
            raise  # a fault of the theme's, whatever the part
        # One that real parts have too is told with them; otherwise the theme is right, and cannot be tried.
        place = failed.diagnostic.location
        return Proof(Way.WHOLE, f"the specimens could not be made: {place}: {failed.diagnostic.message}")
    return Proof(Way.INLINED if is_right else Way.WHOLE, told)


def proved_once(press: Press, context: Mapping[str, Any], name: str, kept: MutableMapping[str, bytes]) -> Proof:
    """The same, taken from what is ``kept`` under a name if it was proved before.

    Raises:
        TemplateFailedError: MJML cannot be read, or prints a value where it cannot stand.
        RenderError: premailer could not work.
    """
    known = kept.get(name)
    if known is not None:
        way, _, difference = known.decode().partition(" ")
        return Proof(Way(way), difference)
    proof = prove(press, context)
    kept[name] = f"{proof.way.value} {proof.difference}".encode()
    return proof


def not_compiled(proof: Proof, template: str) -> list[Diagnostic]:
    """What a theme's author should know of it, if anything."""
    if not proof.difference:
        return []
    return [
        rules.NOT_COMPILED.at(
            Location(f"templates/{template}"),
            f"compiled, this theme would come out otherwise: {proof.difference}",
            "emails are made the long way; print each body in an mj-text of its own, straight inside it",
        )
    ]


_Node = tuple[str, tuple[tuple[str, str], ...], str, str]


def nodes_of(html: str) -> list[_Node]:
    """Every node of a document with its attributes and texts, in order; white space evened out, except in code."""
    root = etree.fromstring(html, etree.HTMLParser())
    return list(_walked(root))


def _walked(root: "etree._Element") -> Iterator[_Node]:
    for node in root.iter():
        tag = "!--" if callable(node.tag) else str(node.tag)
        attributes = tuple(sorted((str(name), str(value)) for name, value in node.items()))
        yield tag, attributes, _evened(node.text, node), _evened(node.tail, node.getparent())


def _evened(text: str | None, holder: "etree._Element | None") -> str:
    if not text or (holder is not None and any(node.tag == "pre" for node in (holder, *holder.iterancestors()))):
        return text or ""
    return " ".join(text.split())


def _first_difference(made: list[_Node], wanted: list[_Node]) -> str:
    for ours, theirs in zip_longest(made, wanted):
        if ours != theirs:
            return f"{_shown(ours)} instead of {_shown(theirs)}"
    return ""


def _shown(node: _Node | None) -> str:
    if node is None:
        return "nothing"
    attributes = "".join(f' {name}="{value}"' for name, value in node[1])
    return f"`<{node[0]}{attributes}>{node[2]}`"[:160]
