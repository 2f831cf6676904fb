"""Email templates around a piece of MJML, and what the linter says of them."""

from collections.abc import Mapping

from pipeline.errors import Diagnostic
from pipeline.render.email.lint import lint_templates
from tests import projects

PLACE = "¦"  # stands where the diagnostic must point
EMAIL = "email/own/part.mjml.j2"
DEFAULTS = '<mj-attributes><mj-all font-family="Georgia" /><mj-class name="big" /></mj-attributes>'
FRAMES = {
    "all": "{}",
    "mjml": "<mjml>\n{}\n</mjml>\n",
    "head": "<mjml>\n<mj-head>" + DEFAULTS + "{}</mj-head>\n<mj-body></mj-body>\n</mjml>\n",
    "body": "<mjml>\n<mj-head>" + DEFAULTS + "</mj-head>\n<mj-body>\n{}\n</mj-body>\n</mjml>\n",
}
FRAMES["attributes"] = FRAMES["head"].format("<mj-attributes>{}</mj-attributes>")
FRAMES["section"] = FRAMES["body"].format("<mj-section>{}</mj-section>")
FRAMES["column"] = FRAMES["section"].format("<mj-column>\n  {}\n</mj-column>")
FRAMES["text"] = FRAMES["column"].format("<mj-text>{}</mj-text>")


def framed(where: str, piece: str) -> str:
    """A piece of a template with all that must stand around it."""
    return FRAMES[where].replace("{}", piece)


def lint(template: str, others: Mapping[str, str] | None = None) -> list[Diagnostic]:
    """What the linter says of an email's template beside others."""
    return lint_templates({EMAIL: template, **(others or {})})


def placed(marked: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Templates without the mark, and where it stood: ``path:line:column``."""
    spot = ""
    for name, text in marked.items():
        before, mark, _ = text.partition(PLACE)
        if mark:
            line = before.count("\n") + 1
            spot = f"templates/{name}:{line}:{len(before) - before.rfind(chr(10))}"
    return {name: text.replace(PLACE, "") for name, text in marked.items()}, spot


def theme() -> dict[str, str]:
    """The built-in theme's templates."""
    return {name: data.decode() for name, data in projects.theme().items() if name.endswith(".j2")}
