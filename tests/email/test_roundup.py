"""Round-ups: whose parts, when, and how they are drawn."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.build import Build, build
from pipeline.check.letters import letter_reports, letters_of
from pipeline.edition import EmailEdition
from pipeline.errors import Diagnostic
from pipeline.issue import Issue, Issues, RoundUp
from pipeline.model import Sources
from pipeline.render.email import merge
from pipeline.render.email.editions import broken_promises, email_diagnostics
from pipeline.render.email.press import Way
from pipeline.render.email.proof import nodes_of
from pipeline.render.email.room import EmailRoom
from pipeline.render.promises import shown_text
from pipeline.roundup import moment_after, moment_before, moment_of, parts_in_words, roundups, slug_of
from pipeline.settings import RoundUpSettings
from tests import projects
from tests.email import builders

ON = '\n[roundup]\nevery = "month"\n'
NINE = RoundUpSettings()
PARTS = (
    projects.part(1, title="One <first> & only", more="topics: [health]"),
    projects.part(2, title="The second"),
    projects.part(3, title="Three", more="date: 2026-12-01"),
    projects.part(4, title="Four", more="topics: [money]\ndate: 2026-12-15"),
    projects.part(5, title="Five", more="draft: true"),
    projects.part(6, title="Six", more="date: 2027-02-02"),
)
MONEY = """\
-- templates/blocks/money.md --
---
kind: disclaimer
topics: [money]
---
This is *no* offer: see [small things](../../series/small/index.md).
-- templates/blocks/all.md --
---
kind: disclaimer
---
Nobody paid for this.
"""
every_theme = pytest.mark.parametrize("theme", ["letter", "magazine"])


@cache
def issues(theme: str = "letter", more: str = ON) -> Issues:
    config = f'[theme]\nemail = "{theme}"\n{more}'
    return builders.placed(builders.publication(*PARTS, config=config, blocks=builders.BLOCKS + MONEY))


def roundup(name: str, theme: str = "letter") -> Issue:
    return next(each for each in roundups(issues(theme)) if each.part.slug == name)


def made(name: str, theme: str) -> EmailEdition:
    found = issues(theme)
    return builders.gathered(roundup(name, theme), found.library)


def titles(issue: Issue) -> list[str]:
    return [item.title for section in issue.sections if isinstance(section, RoundUp) for item in section.items]


# --- when -------------------------------------------------------------------------------------------------


def test_a_month_is_closed_on_the_first_of_the_next_on_the_publications_clocks() -> None:
    summer = moment_after(NINE, datetime(2026, 7, 14, tzinfo=UTC), "Europe/London")
    assert (summer.utc, slug_of(summer)) == (datetime(2026, 8, 1, 8, tzinfo=UTC), "roundup-2026-07")
    winter = moment_after(NINE, datetime(2026, 12, 5, tzinfo=UTC), "Europe/London")
    assert (winter.utc, slug_of(winter)) == (datetime(2027, 1, 1, 9, tzinfo=UTC), "roundup-2026-12")


zones = st.sampled_from(["UTC", "Europe/London", "Pacific/Kiritimati", "America/Sao_Paulo", "Pacific/Apia"])
moments = st.datetimes(datetime(1995, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
clocks = st.times().map(lambda clock: RoundUpSettings(time(clock.hour, clock.minute)))


@given(clocks, moments, zones)
def test_every_moment_lies_between_two_round_ups_with_nothing_between(
    settings: RoundUpSettings, moment: datetime, zone: str
) -> None:
    before, after = moment_before(settings, moment, zone), moment_after(settings, moment, zone)

    assert before.utc <= moment < after.utc
    assert moment_after(settings, before.utc, zone) == after
    assert moment_of(settings, slug_of(after), zone) == after
    assert after.utc - before.utc < timedelta(days=33)


# --- what -------------------------------------------------------------------------------------------------


def test_each_has_the_parts_of_its_month_in_order_and_no_draft() -> None:
    found = {each.part.slug: titles(each) for each in roundups(issues())}

    # A part that comes out at the very moment of a round-up waits for the next.
    assert found == {
        "roundup-2026-11": ["One <first> & only", "The second"],
        "roundup-2026-12": ["Three", "Four"],
        "roundup-2027-02": ["Six"],
    }


def test_without_the_table_there_are_none() -> None:
    assert roundups(issues(more="")) == ()


def test_who_is_new_is_told_where_to_start_unless_that_is_among_it() -> None:
    firsts = [section.first for each in roundups(issues()) for section in each.sections[:1]]  # type: ignore[union-attr]

    assert [first and first.title for first in firsts] == [None, "One <first> & only", "One <first> & only"]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([3], "Part 3"), ([3, 4], "Parts 3 and 4"), ([3, 4, 5], "Parts 3 to 5"), ([1, 2, 4], "Parts 1, 2 and 4")],
)
def test_parts_are_put_as_a_person_would(numbers: list[int], words: str) -> None:
    assert parts_in_words(numbers) == words


def test_the_subject_names_series_and_month_and_the_parts_where_there_is_room() -> None:
    assert made("roundup-2026-11", "letter").subject == "Small things in November: Parts 1 and 2"
    assert made("roundup-2026-11", "letter").preheader == "One <first> & only · The second"
    long = projects.index(title="A title that goes on for a while, and then some")
    text = projects.CONFIG + ON + long + PARTS[1].replace("/02-", "/01-")
    found = roundups(builders.placed(text))
    assert found[0].part.subject == "A title that goes on for a while, and then some in November"


# --- how --------------------------------------------------------------------------------------------------


@every_theme
def test_it_tells_of_each_part_with_a_link_that_says_where_it_was_clicked(theme: str) -> None:
    edition = made("roundup-2026-12", theme)

    for text in (shown_text(edition.html), edition.text):
        assert text.index("Three") < text.index("What part 3 says.") < text.rindex("Four")
        assert "Tuesday 1 December" in text
        assert "Start with Part 1: One <first> & only" in text
    link = "https://weekly.example.org/small/part-3/?utm_source=weekly.example.org&utm_medium=email"
    assert f"{link}&utm_campaign=small&utm_content=roundup-2026-12" in edition.text
    assert link.replace("&", "&amp;") in edition.html


@every_theme
def test_it_carries_all_disclaimers_of_its_parts_each_once(theme: str) -> None:
    first, second = roundup("roundup-2026-11", theme), roundup("roundup-2026-12", theme)

    assert {block.slug for block in first.disclaimers} == {"medical", "all"}
    assert sorted(block.slug for block in second.disclaimers) == ["all", "money"]
    for issue in (first, second):
        edition = made(issue.part.slug, theme)
        assert broken_promises(issue, edition, issues(theme).publication, name_of(theme)) == []
        assert shown_text(edition.html).count("Nobody paid for this.") == 1
        assert len(edition.wording) == 2


@every_theme
def test_it_has_the_way_out_the_postal_address_and_no_copy_on_the_web(theme: str) -> None:
    edition = made("roundup-2026-11", theme)

    for text in (edition.html, edition.text):
        assert merge.token(issues(theme).publication.id, merge.Place.UNSUBSCRIBE) in text
        assert "1 Small Street" in text
        assert "email.html" not in text
        assert "roundup-2026-11/" not in text
    assert "View in browser" not in edition.html
    assert edition.message_id != made("roundup-2026-12", theme).message_id


def name_of(theme: str) -> str:
    return f"email/{theme}/roundup.mjml.j2"


def told(theme: str, changed: dict[str, str]) -> Iterator[Diagnostic]:
    found = issues(theme)
    edition = builders.gathered(roundup("roundup-2026-11", theme), found.library, changed)
    yield from broken_promises(roundup("roundup-2026-11", theme), edition, found.publication, name_of(theme))


@every_theme
def test_a_template_that_leaves_a_disclaimer_out_is_found(theme: str) -> None:
    name = name_of(theme)
    text = issues(theme).library.templates[name].replace("in part.sections", "in part.sections[:1]")

    assert {each.code for each in told(theme, {name: text})} == {"PW603"}


@every_theme
def test_its_theme_can_be_compiled(theme: str) -> None:
    found = issues(theme)
    room = EmailRoom(found.library, builders.templates(found.library), for_roundups=True)

    assert room.diagnostics == []
    for issue in roundups(found):
        short, long = (
            nodes_of(builders.gathered(issue, found.library, way=way).html) for way in (Way.COMPILED, Way.WHOLE)
        )
        assert short == long


def in_a_theme_of_ones_own(changed: dict[str, bytes]) -> Build:
    own = {
        f"templates/email/mine/{name}": projects.theme()[f"email/letter/{name}"]
        for name in ("part.mjml.j2", "styles.css.j2", "screens.css.j2")
    }
    text = builders.publication(*PARTS, config='[theme]\nemail = "mine"\n' + ON, blocks=builders.BLOCKS + MONEY)
    return build(Sources({**projects.files(text), **own, **changed}, projects.theme()), builders.AS_OF)


def test_what_a_template_left_out_is_told_of_the_one_that_was_used() -> None:
    name = name_of("letter")
    text = projects.theme()[name].replace(b"in part.sections", b"in part.sections[:1]")
    found = in_a_theme_of_ones_own({f"templates/{name}": text})

    assert {each.location.path for each in found.diagnostics if each.code == "PW603"} == {f"templates/{name}"}


def test_a_theme_of_ones_own_without_a_template_for_them_has_them_as_letters() -> None:
    found = in_a_theme_of_ones_own({})
    files = {artifact.path: artifact.data for artifact in found.artifacts}

    assert [str(each) for each in found.diagnostics if each.is_error] == []
    assert b"Read Part 1" in files["email/small/roundup-2026-11.html"]


def test_a_build_puts_them_beside_the_parts_and_nowhere_on_the_site() -> None:
    text = builders.publication(*PARTS, config=ON, blocks=builders.BLOCKS + MONEY)
    found = build(Sources(projects.files(text), projects.theme()), builders.AS_OF)
    paths = [artifact.path for artifact in found.artifacts if "roundup" in artifact.path]

    assert [str(each) for each in found.diagnostics if each.is_error] == []
    assert sorted(paths) == [
        f"email/small/roundup-{month}.{ending}"
        for month in ("2026-11", "2026-12", "2027-02")
        for ending in ("eml", "html", "txt")
    ]
    assert not [a.path for a in found.artifacts if a.path.startswith("site/") and b"roundup-20" in a.data]
    assert roundup("roundup-2026-11").file == "small/roundup-2026-11"


def test_one_over_the_budget_is_told_and_not_cut() -> None:
    long = "summary: " + "Words and words. " * 400
    parts = [
        projects.part(k, more=f"date: 2026-11-{k:02}").replace(f"summary: What part {k} says.", long)
        for k in range(1, 25)
    ]
    found = builders.placed(builders.publication(*parts, config=ON, of=30))
    edition = builders.gathered(roundups(found)[0], found.library)

    assert not edition.is_continued
    assert " ".join(edition.text.split()).count("Words and words.") == 400 * 24
    (clipped,) = email_diagnostics(roundups(found)[0], edition, found.publication)
    assert (clipped.code, clipped.location.path) == ("PW701", "series/small/index.md")


def test_its_words_are_the_authors_and_no_mark_of_ours() -> None:
    found = issues()
    token = merge.token(found.publication.id, merge.Place.RECIPIENT)
    issue = roundup("roundup-2026-11")
    section = issue.sections[0]
    assert isinstance(section, RoundUp)
    fishing = replace(section, items=(replace(section.items[0], summary=f"Write to {token}"),))

    with pytest.raises(Exception, match="own mark for a reader's address"):
        builders.gathered(replace(issue, sections=(fishing, *issue.sections[1:])), found.library)


@every_theme
def test_inboxes_find_nothing_to_mend_in_it(theme: str) -> None:
    found = issues(theme)
    text = builders.publication(*PARTS, config=f'[theme]\nemail = "{theme}"\n{ON}', blocks=builders.BLOCKS + MONEY)
    built = build(Sources(projects.files(text), projects.theme()), builders.AS_OF)
    reports = letter_reports(letters_of(found, built.artifacts), found.library)
    theirs = [report for report in reports if report.issue.is_roundup]

    assert len(theirs) == 3
    for report in theirs:
        assert [str(fault.message) for fault in report.faults] == []
        assert min(report.lowest.values()) >= 4.5
        assert report.agreement.words > 0.95


@every_theme
def test_a_mistake_in_its_template_is_told_with_its_line(theme: str) -> None:
    path = f"templates/email/{theme}/roundup.mjml.j2"
    text = projects.theme()[f"email/{theme}/roundup.mjml.j2"].decode()
    broken = text.replace("<mj-wrapper ", "<mj-wrappper ", 1).replace("</mj-wrapper>", "</mj-wrappper>", 1)
    text = builders.publication(*PARTS, config=f'[theme]\nemail = "{theme}"\n{ON}', blocks=builders.BLOCKS + MONEY)
    built = build(Sources({**projects.files(text), path: broken.encode()}, projects.theme()), builders.AS_OF)

    assert path in {each.location.path for each in built.diagnostics if each.is_error}
