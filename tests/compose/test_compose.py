from datetime import date, datetime
from typing import TypeVar

from pipeline.compose import compose_issues
from pipeline.fences import sections_for
from pipeline.issue import Cta, Disclaimer, Issue, Issues, Prose, Recap, Related, Teaser, TeaserKind
from pipeline.model import Channel
from tests.projects import CONFIG, index, library, part

T = TypeVar("T")
LONG = "\n\n".join(f"Paragraph {k} of the text, with some words in it." for k in range(12))
CALL = """\
-- templates/blocks/call.md --
---
kind: cta
label: Call
url: https://clinic.example.org/call?x=1
placement: [middle, end]
---
Talk to us.
"""
MEDICAL = """\
-- templates/blocks/medical.md --
---
kind: disclaimer
topics: [health]
---
Not medical advice.
"""
GENERAL = """\
-- templates/blocks/general.md --
---
kind: disclaimer
---
Nobody paid us.
"""


def compose(text: str, as_of: date | datetime = date(2026, 12, 31), **options: bool) -> Issues:
    composed = compose_issues(library(CONFIG + text), as_of, **options)
    assert not composed.diagnostics
    return composed.issues


def only(issues: Issues) -> Issue:
    (issue,) = issues.all
    return issue


def first(issue: Issue, kind: type[T]) -> T | None:
    return next((section for section in issue.sections if isinstance(section, kind)), None)


def test_a_part_is_out_when_its_slot_is_not_after_as_of() -> None:
    text = index() + part(1)

    assert not only(compose(text, datetime(2026, 11, 3, 8, 59))).is_out  # noqa: DTZ001
    assert only(compose(text, datetime(2026, 11, 3, 9, 0))).is_out  # noqa: DTZ001


def test_a_draft_has_no_issue_and_renumbers_nobody() -> None:
    issues = compose(index() + part(1) + part(2, more="draft: true") + part(3))

    assert [issue.number for issue in issues.all] == [1, 3]
    assert [(line.number, line.title) for line in issues.series[0].calendar] == [
        (1, "Title 1"),
        (2, ""),
        (3, "Title 3"),
    ]


def test_drafts_can_be_looked_at() -> None:
    issues = compose(index() + part(1) + part(2, more="draft: true"), drafts=True)

    assert [issue.number for issue in issues.all] == [1, 2]


def test_part_3_of_8_is_said_only_when_eight_are_planned() -> None:
    assert only(compose(index() + part(1))).label == "Part 1"
    assert only(compose(index(more="parts_planned: 8") + part(1))).label == "Part 1 of 8"


def test_the_teaser_names_the_next_part_and_its_date_as_said_on_the_day() -> None:
    teaser = first(compose(index() + part(1) + part(2, more="teaser: Come back.")).all[0], Teaser)

    assert teaser is not None
    assert (teaser.kind, teaser.title, teaser.text) == (TeaserKind.SCHEDULED, "Title 2", "Come back.")
    assert teaser.when == "Next week, Tuesday 10 November"


def test_no_date_and_no_title_is_promised_for_a_draft() -> None:
    teaser = first(compose(index() + part(1) + part(2, more="draft: true")).all[0], Teaser)

    assert teaser == Teaser(TeaserKind.COMING, 2)


def test_a_planned_part_that_is_not_written_is_on_its_way() -> None:
    teaser = first(only(compose(index(more="parts_planned: 2") + part(1))), Teaser)

    assert teaser == Teaser(TeaserKind.COMING, 2)


def test_the_last_part_says_so_and_points_onward() -> None:
    text = index(more="next_series: other") + part(1) + index("other", "Other things") + part(1, series="other")
    teaser = first(compose(text).series[1].issues[0], Teaser)

    assert teaser == Teaser(TeaserKind.LAST, onward_title="Other things", onward_series="other")


def test_the_recap_skips_a_draft_and_keeps_the_first_part() -> None:
    issues = compose(index() + part(1) + part(2, more="draft: true") + part(3))
    recap = first(issues.all[1], Recap)

    assert recap is not None
    assert (recap.previous.number, recap.first.number) == (1, 1)
    assert first(issues.all[0], Recap) is None


def test_a_cta_goes_to_the_middle_and_the_end() -> None:
    issue = only(compose(index(more="cta: call") + part(1, body=LONG) + CALL))

    assert [type(section).__name__ for section in issue.sections] == ["Excerpt", "Cta", "Excerpt", "Cta", "Teaser"]
    assert [section.spot for section in issue.sections if isinstance(section, Cta)] == ["middle", "end"]


def test_a_cta_for_the_middle_of_a_short_text_goes_to_its_end_once() -> None:
    block = CALL.replace("[middle, end]", "[middle]")
    issue = only(compose(index(more="cta: call") + part(1) + block))

    assert [section.spot for section in issue.sections if isinstance(section, Cta)] == ["end"]


def test_a_cta_set_by_hand_is_not_added_again() -> None:
    body = "One.\n\n::: cta call :::\n\nTwo."
    issue = only(compose(index(more="cta: call") + part(1, body=body) + CALL))

    assert [section.spot for section in issue.sections if isinstance(section, Cta)] == ["hand"]


def test_none_means_no_cta() -> None:
    issue = only(compose(index(more="cta: call") + part(1, more="cta: none", body=LONG) + CALL))

    assert first(issue, Cta) is None


def test_a_fence_shows_its_text_in_its_channels_alone() -> None:
    body = "All.\n\n::: only email\n\nMail.\n\n::: cta call :::\n\n:::\n\nAll again."
    issue = only(compose(index() + part(1, body=body) + CALL))

    shown = {channel: [type(s).__name__ for s in sections_for(issue, channel)] for channel in Channel}
    assert shown[Channel.EMAIL] == ["Excerpt", "Excerpt", "Cta", "Excerpt", "Teaser"]
    assert shown[Channel.WEB] == shown[Channel.FEED] == ["Excerpt", "Excerpt", "Teaser"]


def test_disclaimers_go_by_topic_and_the_general_ones_come_last() -> None:
    issue = only(compose(index(more="topics: [health]") + part(1) + MEDICAL + GENERAL))

    assert [block.slug for block in issue.disclaimers] == ["medical", "general"]


def test_a_part_adds_and_removes_disclaimers() -> None:
    more = "disclaimers: {add: [medical], remove: [general], because: Said in the text.}"
    issue = only(compose(index() + part(1, more=more) + MEDICAL + GENERAL))

    assert [block.slug for block in issue.disclaimers] == ["medical"]


def test_every_channel_walks_every_disclaimer() -> None:
    issue = only(compose(index() + part(1) + GENERAL))

    for channel in Channel:
        assert any(isinstance(section, Disclaimer) for section in sections_for(issue, channel))


def related(issues: Issues, address: str) -> list[str]:
    issue = next(issue for issue in issues.all if issue.address == address)
    found = first(issue, Related)
    return [item.address or item.url for item in found.items] if found else []


def three_series() -> str:
    text = ""
    for series, words in (("a", "bread oven yeast"), ("b", "bread oven crust"), ("c", "bread yeast dough")):
        text += index(series, series.upper()) + part(1, series=series, body=f"{words} flour.\n\n{words} water.")
    return text


def test_what_the_author_names_comes_first_among_the_related() -> None:
    text = three_series().replace("summary: What part 1 says.\n", "summary: What part 1 says.\ntags: [baking]\n")
    more = "related: [b/part-1, {title: Far, url: 'https://far.example.org/'}]"
    text += index("d", "D") + part(1, series="d", more=f"tags: [baking]\n{more}", body="Bread and flour.")

    found = related(compose(text), "d/part-1")
    assert found[:2] == ["b/part-1", "https://far.example.org/"]
    assert len(found) == 3
    assert len(set(found)) == 3


def test_only_what_was_out_at_that_moment_is_related() -> None:
    text = (
        three_series()
        + index("late", "Late")
        + part(1, series="late", more="date: 2027-01-01", body="bread flour")
    )
    issues = compose(text)

    assert "late/part-1" not in related(issues, "a/part-1")
    assert "a/part-1" in related(issues, "late/part-1")


def test_a_neighbour_in_the_series_is_never_called_related() -> None:
    body = "bread oven yeast flour water"
    issues = compose(index() + "".join(part(k, body=body, more="tags: [baking]") for k in (1, 2, 3)))

    assert related(issues, "small/part-2") == []
    assert related(issues, "small/part-3") == ["small/part-1"]


def test_an_issue_is_the_same_whenever_it_is_composed_but_for_being_out() -> None:
    text = three_series() + part(2, series="a", body=LONG)
    early, late = compose(text, date(2026, 11, 3)), compose(text, date(2027, 11, 3))

    def frozen(issues: Issues) -> list[object]:
        return [
            [s for s in issue.sections if not isinstance(s, Recap | Teaser)] + [issue.slot] for issue in issues.all
        ]

    assert frozen(early) == frozen(late)


def test_prose_is_never_lost_or_doubled_by_what_is_placed_in_it() -> None:
    issue = only(compose(index(more="cta: call") + part(1, body=LONG) + CALL))
    blocks = [block for section in issue.sections if isinstance(section, Prose) for block in section.blocks]

    assert tuple(blocks) == issue.part.body.blocks


def test_a_topic_is_the_same_in_capitals() -> None:
    issue = only(compose(index(more="topics: [Health]") + part(1) + MEDICAL))

    assert [block.slug for block in issue.disclaimers] == ["medical"]
