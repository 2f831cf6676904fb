"""Notices: letters to one person about their own subscription, drawn in the publication's email theme.

They go the way of parts (``press``): MJML and premailer run once for each way of being built, when a server
starts, and a notice is words put into what came of it. Nothing of a part is in one, so it carries no disclaimer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from pipeline.errors import Diagnostic
from pipeline.model import Library
from pipeline.render.email.columns import underlined, wrap
from pipeline.render.email.dress import dress
from pipeline.render.email.header import one_line
from pipeline.render.email.lifter import Body
from pipeline.render.email.notice_words import Phrasing
from pipeline.render.email.occasions import Occasion
from pipeline.render.email.press import Press
from pipeline.render.email.proof import Proof, not_compiled, proved_once
from pipeline.render.email.text_edition import COLUMNS
from pipeline.render.offers import ComingView, OfferView
from pipeline.render.templates import Templates

_TEXT, _SERIES = "text/notice.txt.j2", "email/shared/notice-series.html.j2"
_OTHER_THEME = "letter"  # for a theme of one's own that has no notices


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What a notice says: ``before`` its ``button``, which leads to ``url``, and ``after`` it.

    What ends in ``html`` is the same as finished markup, with ``series_html`` for the series to show, or empty.
    ``leave_url`` and ``choices_url`` are empty where there is no list to leave (yet).
    """

    before: tuple[str, ...]
    button: str
    url: str
    after: tuple[str, ...]
    before_html: Markup
    series_html: Markup
    after_html: Markup
    leave_url: str
    choices_url: str


class DrawnNotice(NamedTuple):
    """A notice, ready to be sent to one person."""

    subject: str
    html: str
    text: str


class NoticeRoom:
    """Draws notices; keeps skeletons and learned styles from one to the next. For one thread at a time."""

    def __init__(self, library: Library, templates: Templates) -> None:
        own = library.publication.theme.email
        theme = own if _template(own) in library.templates else _OTHER_THEME
        self._template = _template(theme)
        self._templates = templates
        self._kept = templates.compiled
        self._common = dress(library, templates, theme)
        self._press = Press(templates, self._template, self._common)
        self._phrasing = Phrasing(templates)

    def drawn(self, occasion: Occasion) -> DrawnNotice:
        """A notice as HTML and as text.

        Raises:
            TemplateFailedError: a template could not be read or run.
            RenderError: premailer could not work.
        """
        context = self._context(occasion)
        html = self._press.printed(context, self._proof.way).html
        return DrawnNotice(context["subject"], html, self._text(context))

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What the theme's author should know of how notices are made.

        Raises:
            TemplateFailedError: MJML cannot be read, or prints a value where it cannot stand.
        """
        return not_compiled(self._proof, self._template)

    @cached_property
    def _proof(self) -> Proof:
        context = self._context(_SPECIMEN)
        name = f"proof {self._templates.digest(self._template, context)}"
        return proved_once(self._press, context, name, self._kept)

    def _context(self, occasion: Occasion) -> dict[str, Any]:
        """What the layouts see."""
        known = {name: getattr(occasion, name) for name in ("offer", "offers", "start", "has_begun")}
        words = self._phrasing.words(occasion.kind, {"publication": self._common["publication"], **known})
        offers = occasion.offers
        notice = NoticeView(
            before=words.before,
            button=words.button,
            url=occasion.url,
            after=words.after,
            before_html=_paragraphs(words.before),
            series_html=Body(self._templates.render(_SERIES, offers=offers).strip() if offers else ""),
            after_html=_paragraphs(words.after),
            leave_url=occasion.leave_url,
            choices_url=occasion.choices_url,
        )
        said = {"subject": words.subject, "preheader": words.preheader, "notice": notice}
        return {**self._common, **said, "offers": offers, "recipient": occasion.recipient}

    def _text(self, context: Mapping[str, Any]) -> str:
        text = self._templates.render(
            _TEXT,
            **{
                **context,
                "wrap": lambda text: "\n".join(wrap(one_line(str(text)), COLUMNS)),
                "underlined": lambda text, mark="=": "\n".join(underlined(one_line(str(text)), mark, COLUMNS)),
            },
        )
        return "\n".join(map(str.rstrip, text.strip("\n").split("\n"))) + "\n"


def _template(theme: str) -> str:
    return f"email/{theme}/notice.mjml.j2"


def _paragraphs(words: Iterable[str]) -> Body:
    return Body("".join(f'<p dir="auto">{escape(paragraph)}</p>' for paragraph in words))


_WORDS = 'A "title" with <marks> & signs'
_URL = "https://weekly.example.org/specimen/?a=1&b=2"
_OFFERS = tuple(
    OfferView("specimen", _WORDS, _WORDS, _URL, start, _URL, "", "", bool(start), is_finished, is_finished, coming)
    for start, is_finished, coming in (
        (_URL, False, ComingView(3, _WORDS, "Tomorrow, Tuesday 24 November")),
        ("", False, ComingView(1, "", "")),
        (_URL, True, None),
    )
)
_SPECIMEN = Occasion("welcome", "reader@example.org", _URL, None, _OFFERS, None, _URL, _URL)
