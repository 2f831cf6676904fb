"""Previous and next part of a series, which Pelican itself does not know."""

from typing import Any

from pelican import signals


def link(generator: Any) -> None:
    """Give each article its neighbours by date."""
    series: dict[str, list[Any]] = {}
    for article in generator.articles:
        series.setdefault(article.category.name, []).append(article)
    for parts in series.values():
        parts.sort(key=lambda part: part.date)
        for before, part, after in zip([None, *parts], parts, [*parts[1:], None], strict=False):
            part.before, part.after = before, after


def register() -> None:
    """Pelican's own name for it."""
    signals.article_generator_finalized.connect(link)
