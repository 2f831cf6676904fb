"""Templates are compiled flat: nobody must see a difference, but in what it costs."""

from collections.abc import Mapping

import jinja2
import pytest
from markupsafe import Markup

from pipeline.render.templates import TemplateFailedError, Templates

SEEN = {"title": "A & B", "part": {"kind": "prose", "title": "<One>"}, "kinds": ["prose", "cta", "odd"]}
CASES: dict[str, Mapping[str, str]] = {
    "an include sees the same names": {
        "a.html.j2": '<{% include "b.html.j2" %}>',
        "b.html.j2": "{{ title }} {{ part.title }}",
    },
    "what an include sets is its own": {
        "a.html.j2": '{% set x = 1 %}{% include "b.html.j2" %}{{ x }}',
        "b.html.j2": "{{ x }}{% set x = 2 %}{{ x }}",
    },
    "a choice by kind": {
        "a.html.j2": "{% for kind in kinds %}"
        '{% include ["own/" ~ kind ~ ".html.j2", "all/" ~ kind ~ ".html.j2"] %}{% endfor %}',
        "own/prose.html.j2": "own {{ kind }};",
        "all/prose.html.j2": "all {{ kind }};",
        "all/cta.html.j2": "cta {{ title }};",
        "all/odd.html.j2": "{% extends 'b.html.j2' %}{% block x %}{{ kind }}{% endblock %}",
        "b.html.j2": "base {% block x %}{% endblock %}",
    },
    "an include with another way of escaping": {
        "a.html.j2": '{{ title }}{% include "b.txt.j2" %}',
        "b.txt.j2": "{{ title }}",
    },
    "an include without context, and one that may be missing": {
        "a.html.j2": '{% include "b.html.j2" without context %}{% include "c.html.j2" ignore missing %}',
        "b.html.j2": "{{ title is defined }}",
    },
    "an include in a loop that asks for the loop": {
        "a.html.j2": '{% for kind in kinds %}{% include "b.html.j2" %}{{ loop.index }}{% endfor %}',
        "b.html.j2": "{{ loop is defined }}",
    },
    "macros that are imported with context inside an include": {
        "a.html.j2": '{% include "b.html.j2" %}{% include "b.html.j2" %}',
        "b.html.j2": '{% from "m.html.j2" import named with context %}{{ named("x") }}',
        "m.html.j2": "{% macro named(it) %}{{ it }} {{ title }}{% endmacro %}",
    },
}


@pytest.mark.parametrize("name", CASES)
def test_a_flat_template_prints_what_it_prints_as_written(name: str) -> None:
    templates = Templates(CASES[name])
    assert templates.render("a.html.j2", **SEEN) == templates.render_by_line("a.html.j2", **SEEN)


def test_a_template_that_includes_itself_is_told_and_not_compiled_for_ever() -> None:
    with pytest.raises(TemplateFailedError, match="includes itself"):
        Templates({"a.html.j2": '{% include "a.html.j2" %}'}).render("a.html.j2")


def test_a_fault_in_an_include_is_told_with_its_own_file_and_line() -> None:
    sources = {"a.html.j2": '\n\n{% include "b.html.j2" %}', "b.html.j2": "\n{{ part.titel }}"}
    with pytest.raises(TemplateFailedError) as told:
        Templates(sources).render("a.html.j2", part=SEEN["part"])
    assert (told.value.diagnostic.location.path, told.value.diagnostic.location.line) == ("templates/b.html.j2", 2)


def test_a_syntax_error_in_an_include_is_told_when_it_is_wanted() -> None:
    sources = {"a.html.j2": '{% if wanted %}{% include "b.html.j2" %}{% endif %}', "b.html.j2": "\n{% if %}"}
    assert Templates(sources).render("a.html.j2", wanted=False) == ""
    with pytest.raises(TemplateFailedError) as told:
        Templates(sources).render("a.html.j2", wanted=True)
    assert (told.value.diagnostic.location.path, told.value.diagnostic.location.line) == ("templates/b.html.j2", 2)


def test_known_markup_is_printed_once_and_words_pass_through_finalize_each_time() -> None:
    printed: list[object] = []

    @jinja2.pass_context
    def noted(_: object, value: object) -> object:
        printed.append(value)
        return value

    look = {"colour": Markup("#fff"), "name": "a & b"}
    sources = {"a.html.j2": "{{ look.name }}{{ title }}{% include 'b.html.j2' %}", "b.html.j2": "{{ colour }}"}
    known = {"look": look, "colour": Markup("<b>")}
    made = Templates(sources).printing(noted, known).render("a.html.j2", title="t", **known)
    assert made == "a &amp; bt<b>"
    assert printed == ["a & b", "t"]


def test_a_name_that_the_template_binds_itself_is_not_taken_as_known() -> None:
    sources = {"a.html.j2": "{% for colour in kinds %}{{ colour }}{% endfor %}{{ colour }}"}
    known = {"colour": Markup("<b>")}
    made = Templates(sources).printing(lambda value: value, known).render("a.html.j2", kinds=["x"], **known)
    assert made == "x<b>"
