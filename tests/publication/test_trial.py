"""`partwork check` tries the templates: on every part of a small publication, on some of a large one."""

from datetime import date

import pytest

from pipeline.build import build
from pipeline.examine import examine
from pipeline.issue import Issues
from pipeline.memo import Memo
from pipeline.model import Sources
from pipeline.trial import representative, try_templates
from tests.projects import CONFIG, index, part, sources

WHEN = date(2027, 12, 31)
FAULTY = "-- templates/web/sections/recap.html.j2 --\n{{ section.previous.titel }}\n"
SILENT = "-- templates/web/sections/disclaimer.html.j2 --\nNothing.\n"
DISCLAIMER = "-- templates/blocks/all.md --\n---\nkind: disclaimer\n---\nNo advice.\n"


def text(count: int = 8, long: int = 5) -> str:
    parts = (part(number, body="Word.\n\n" * (30 if number == long else number)) for number in range(1, count + 1))
    return CONFIG + index() + DISCLAIMER + "".join(parts)


def issues_of(made: Sources) -> Issues:
    examined = examine(made, WHEN, compared=())
    assert not examined.has_errors
    assert examined.issues is not None
    return examined.issues


def test_a_small_publication_is_tried_whole() -> None:
    issues = issues_of(sources(text()))

    assert representative(issues) == {issue.address for issue in issues.all}


def test_of_a_large_one_the_longest_part_and_one_of_each_kind_are_tried() -> None:
    chosen = representative(issues_of(sources(text())), most=4)

    # The first has no recap, the last none to come, and of the others the fifth is the longest.
    assert {"small/part-1", "small/part-5", "small/part-8"} <= chosen
    assert len(chosen) == 4


@pytest.mark.parametrize(("template", "code"), [(FAULTY, "PW601"), (SILENT, "PW603")])
@pytest.mark.parametrize("most", [4, 40])
def test_what_a_template_does_wrong_is_told(template: str, code: str, most: int) -> None:
    made = sources(text() + template)
    told = try_templates(issues_of(made), made, Memo(), most)

    assert code in {diagnostic.code for diagnostic in told}
    assert set(told) <= set(build(made, WHEN).diagnostics)


def test_a_trial_is_made_again_only_where_something_that_it_reads_has_changed() -> None:
    memo = Memo()
    first = sources(text())
    assert try_templates(issues_of(first), first, memo, 4) == ()
    known = Memo(memo.used)

    for other, is_known in (
        (text().replace("Word.\n\nWord.\n\nWord.\n\n", "Wort.\n\nWord.\n\nWord.\n\n", 1), True),
        (text(long=4), False),
        (text().replace("What part 1 says.", "What it says."), False),
        (text().replace("No advice.", "None."), False),
        (text() + FAULTY, False),
    ):
        made = sources(other)
        known.has_news = False
        known.used.clear()
        try_templates(issues_of(made), made, known, 4)

        assert known.has_news != is_known
