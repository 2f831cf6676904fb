"""``partwork doctor``: whether letters will arrive."""

import click


@click.command("doctor")
def command() -> None:
    """Look."""
