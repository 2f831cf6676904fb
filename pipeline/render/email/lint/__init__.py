"""A linter for the templates of an email: what mrml and Jinja pass over, each with its place and its cure."""

from collections.abc import Mapping

from jinja2 import nodes

from pipeline.errors import Diagnostic
from pipeline.render.email.lint.expressions import wanted_templates
from pipeline.render.email.lint.findings import Findings
from pipeline.render.email.lint.items import Tag
from pipeline.render.email.lint.nesting import Single, flat
from pipeline.render.email.lint.stylesheets import css_findings
from pipeline.render.email.lint.theme import Template, Theme
from pipeline.render.email.lint.walk import Walk

EMAIL = "part.mjml.j2"  # the email of a theme
INLINED = "styles.css.j2"  # the style sheet of a theme that is inlined


def lint_templates(templates: Mapping[str, str]) -> list[Diagnostic]:
    """Everything that is wrong with the email templates (``email/**``) of a publication, sorted by place.

    ``templates`` has every template's text by its name, the theme's own with the publication's on top. A
    fragment is judged where it is included; what nothing is seen to include is judged by itself. Whatever the
    text, nothing is raised.
    """
    theme, findings = Theme(templates), Findings()
    walk = Walk(theme, findings)
    found = {name: template for name in _names(templates, ".mjml.j2") if (template := theme.template(name))}
    for template in found.values():
        if _is_document(template):
            walk.document(template)
    for name, template in found.items():
        if name not in walk.visited:
            walk.fragment(template, template.nodes)
    for template in found.values():
        for around in (*template.macros.values(), *template.captures.values()):
            if id(around) not in walk.visited:
                walk.fragment(template, around.body)
    sheets = [name for name in _names(templates, ".css.j2") if theme.source(name)]
    inlined = _with_included(theme, [name for name in sheets if name.endswith("/" + INLINED)])
    for name in sheets:
        if source := theme.source(name):
            theme.told += css_findings(source, 0, len(source.masked), is_inlined=name in inlined)
    return sorted({*theme.told, *findings.told})


def _names(templates: Mapping[str, str], ending: str) -> list[str]:
    return sorted(name for name in templates if name.startswith("email/") and name.endswith(ending))


def _is_document(template: Template) -> bool:
    """Whether a template is an email by itself: a theme's own, or one that has ``<mjml>`` or extends another."""
    tags = (node for node in flat(template.nodes) if isinstance(node, Tag))
    is_email = template.extends is not None or template.name.endswith(f"/{EMAIL}")
    return is_email or any(tag.name == "mjml" for tag in tags)


def _with_included(theme: Theme, names: list[str]) -> set[str]:
    """Style sheets, and all that they include by name."""
    found: set[str] = set()
    while names:
        name = names.pop()
        template = theme.template(name) if name not in found else None
        found.add(name)
        for node in flat(template.nodes) if template else ():
            tree = theme.statement(f"{{% {node.keyword} {node.head} %}}") if isinstance(node, Single) else None
            if isinstance(tree, nodes.Include):
                names += wanted_templates(tree.template, theme.texts)[0]
    return found
