"""A theme is tried on specimens before it is compiled; what would come out otherwise is made the long way."""

import pytest

from pipeline.render.email.press import Way
from pipeline.render.email.proof import Proof, nodes_of
from pipeline.render.email.room import EmailRoom
from pipeline.render.templates import TemplateFailedError
from tests import projects
from tests.email import builders

PROSE = "email/shared/sections/prose.mjml.j2"
HEADING = "email/letter/heading.mjml.j2"
TITLE = "{{ part.title }}"


def proof_of(room: EmailRoom) -> Proof:
    return room._proof


@pytest.mark.parametrize("theme", builders.themes())
def test_the_built_in_themes_are_compiled(theme: str) -> None:
    for language in ("en", "ar"):
        issues = builders.everything()
        library = builders.themed(builders.in_language(issues, language), theme)

        assert proof_of(builders.room(library)) == Proof(Way.COMPILED)


def test_a_theme_that_changes_what_was_printed_is_made_the_long_way_and_that_is_told() -> None:
    """What a block's filter gets are tokens, and in capitals they are none."""
    issues = builders.everything()
    text = issues.library.templates[HEADING]
    assert TITLE in text
    changed = {HEADING: text.replace(TITLE, f"{{% filter upper %}}{TITLE}{{% endfilter %}}")}
    room = builders.room(issues.library, changed)
    made, whole, compiled = (
        nodes_of(builders.room(issues.library, changed, way).render(builders.issue(issues, 2)).html)
        for way in (None, Way.WHOLE, Way.COMPILED)
    )
    (told,) = builders.printed(issues, changed).diagnostics

    assert made == whole
    assert made != compiled
    assert proof_of(room).way is Way.WHOLE
    assert (told.code, str(told.location)) == ("PW619", "templates/email/letter/part.mjml.j2:1:1")
    assert "instead of `<h1" in told.message


def test_a_template_that_no_specimen_fits_is_made_the_long_way() -> None:
    issues = builders.everything()
    text = issues.library.templates[PROSE]
    changed = {PROSE: "{% if 'signs' in part.title %}{{ 1 / 0 }}{% endif %}" + text}
    printed = builders.printed(issues, changed)
    files = {artifact.path: artifact.data for artifact in printed.artifacts}

    assert [told.code for told in printed.diagnostics] == ["PW619"]
    assert "prose.mjml.j2:1:1: division by zero" in printed.diagnostics[0].message
    assert b"A paragraph with" in files["email/small/02-part-2.html"]


def test_a_fault_of_the_theme_s_is_told_though_no_part_meets_it() -> None:
    issues = builders.placed(builders.publication(projects.part(1)))  # neither notes nor references
    name = "email/shared/sections/notes.mjml.j2"
    changed = {name: '<mj-section><mj-column css-class="{{ section.kind }}"></mj-column></mj-section>'}

    with pytest.raises(TemplateFailedError) as failed:
        builders.email(issues, 1, changed)

    assert failed.value.diagnostic.code == "PW612"
    assert str(failed.value.diagnostic.location) == f"templates/{name}:1:1"


def test_what_way_is_gone_does_not_depend_on_which_issue_comes_first() -> None:
    issues = builders.everything()
    forth, back = builders.room(issues.library), builders.room(issues.library)
    first = [forth.render(issue) for issue in issues.all]
    second = [back.render(issue) for issue in reversed(issues.all)]

    assert first == second[::-1]
