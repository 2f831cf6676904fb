"""The form that asks for an address, and what it says of itself; without one, the feed is offered in its place."""

from urllib.parse import urlsplit

from pipeline.issue import SeriesIssues
from pipeline.model import Every, Publication
from pipeline.render.web.calendars import calendar_view
from pipeline.render.web.listings import is_announced
from pipeline.render.web.page_views import FeedLink, SignupView

_UNITS = {"day": "every day", "weekday": "every weekday", "week": "once a week", "month": "once a month"}
_WORDS = ("", "", "two", "three", "four", "five", "six")


def signup_view(
    publication: Publication,
    some: tuple[SeriesIssues, ...],
    feeds: tuple[FeedLink, ...],
    root: str,
    slug: str = "",
) -> SignupView:
    """The form on a page about some series: one, whose ``slug`` goes along until it is over, or all of them.

    ``root`` goes before the calendar's path, which is offered where there is no form and more is to come.
    """
    signup = publication.signup
    running = [placed for placed in some if not placed.is_finished]
    steps = {placed.series.schedule.every for placed in running}
    fields = [*signup.fields]
    if signup.is_own and slug and not all(placed.is_over for placed in some):
        fields.append(("series", slug))
    return SignupView(
        action=signup.action,
        email_field=signup.email_field,
        fields=tuple(fields),
        has_trap=signup.is_own,
        often=often(steps.pop()) if len(steps) == 1 else "",
        is_running=bool(running),
        host="" if signup.is_own else urlsplit(signup.action).hostname or "",
        feeds=feeds,
        calendar_url=calendar_view(publication, root, slug).url if any(map(is_announced, running)) else "",
    )


def often(every: Every) -> str:
    """How often a part comes: ``once a week``, ``every two weeks``."""
    if every.count == 1:
        return _UNITS[every.unit]
    count = _WORDS[every.count] if every.count < len(_WORDS) else str(every.count)
    return f"every {count} {every.unit}s"
