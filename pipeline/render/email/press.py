"""Prints an email's HTML, by the short way or by a long one (``proof`` says which).

The short way puts words into a skeleton that MJML and premailer have finished once, and gives bodies the styles
that were learned from premailer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pipeline.errors import Location
from pipeline.render.email.inline import inlined
from pipeline.render.email.lifter import Body, FoundHereError, Lifter, fill_tokens
from pipeline.render.email.selectors import is_learnable
from pipeline.render.email.skeleton import Origin, Skeleton, make_skeleton, mjml_html
from pipeline.render.email.stylist import Stylist
from pipeline.render.templates import TemplateFailedError, Templates
from pipeline.render.views import (
    CtaView,
    DisclaimerView,
    NotesView,
    PartView,
    ProseView,
    ReferencesView,
    SectionView,
)


class Way(StrEnum):
    """How an email's HTML is made."""

    COMPILED = "compiled"  # words into a finished skeleton, learned styles on bodies
    INLINED = "inlined"  # MJML once for each skeleton, premailer on each email
    WHOLE = "whole"  # MJML and premailer on each email


@dataclass(frozen=True, slots=True)
class Printed:
    """An email's HTML, and every piece of somebody's words in it."""

    html: str
    words: tuple[str, ...]


class Press:
    """Keeps skeletons and learned styles from one email to the next.

    ``template`` is the email's own, and ``same`` is what every email's context has.
    """

    def __init__(self, templates: Templates, template: str, same: Mapping[str, Any]) -> None:
        self._lifter = Lifter()
        self._kept = templates.compiled
        self._templates = templates.printing(self._lifter.lift, same)
        self._template = template
        self._skeletons: dict[str, Skeleton] = {}
        self._stylists: dict[str, Stylist] = {}

    def printed(self, context: Mapping[str, Any], way: Way = Way.COMPILED) -> Printed:
        """The template's email. Bodies in the sections of ``context["part"]`` get the theme's styles, and others.

        Raises:
            TemplateFailedError: a template could not be run, or MJML could not read what it printed.
            RenderError: premailer could not work.
        """
        mjml_text = self._run(context)
        values, bodies = tuple(self._lifter.values), frozenset(self._lifter.bodies)
        origin = Origin(self._template, self._templates.sources, lambda number: self._place(context, number))
        if way is Way.WHOLE:
            return Printed(inlined(mjml_html(self.mjml(context), origin)), values)
        skeleton = self._skeletons.get(mjml_text)
        if skeleton is None:
            skeleton = self._skeletons[mjml_text] = make_skeleton(mjml_text, values, origin, self._kept)
        framed = {k: slot.frame for k, slot in enumerate(skeleton.slots) if slot.number in bodies}
        can_be_filled = skeleton.is_exact and is_learnable(skeleton.css) and all(framed.values())
        if way is Way.COMPILED and can_be_filled:
            pieces = [(values[skeleton.slots[k].number], frame or ()) for k, frame in framed.items()]
            styled = self._stylist(skeleton.css).styled(pieces)
            return Printed(skeleton.filled(values, dict(zip(framed, styled, strict=True))), values)
        # Rules that ask for more than can be learned: premailer every time.
        return Printed(inlined(fill_tokens(skeleton.html, values)), values)

    def mjml(self, context: Mapping[str, Any]) -> str:
        """What the template prints with all its words: MJML, for other tools.

        Raises:
            TemplateFailedError: a template could not be run.
        """
        return self._run(context, is_idle=True)

    def _run(self, context: Mapping[str, Any], wanted: int | None = None, *, is_idle: bool = False) -> str:
        """What the template prints: tokens for words, unless the lifter is idle."""
        self._lifter.begin(wanted, is_idle=is_idle)
        part: PartView | None = context.get("part")
        if part is not None:
            sections = tuple(_with_body(section) for section in part.sections)
            context = {**context, "part": replace(part, sections=sections)}
        # A place is looked for by its line, and only templates as they are written have lines.
        render = self._templates.render if wanted is None else self._templates.render_by_line
        return render(self._template, **context)

    def _place(self, context: Mapping[str, Any], number: int) -> Location:
        """Which line of which template prints a value: the rendering once more, stopped there."""
        try:
            self._run(context, wanted=number)
        except TemplateFailedError as failed:
            if isinstance(failed.__cause__, FoundHereError):
                return failed.diagnostic.location
            raise
        return Location(f"templates/{self._template}")

    def _stylist(self, css: str) -> Stylist:
        if css not in self._stylists:
            self._stylists[css] = Stylist(css, self._kept)
        return self._stylists[css]


def _with_body(section: SectionView) -> SectionView:
    if isinstance(section, ProseView | CtaView | NotesView | ReferencesView | DisclaimerView):
        return replace(section, html=Body(section.html))
    return section
