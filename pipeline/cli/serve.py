"""``partwork serve``: the pages that subscribers touch, beside the static site."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.database import opened
from pipeline.cli.environment import secrets
from pipeline.cli.options import root_option

if TYPE_CHECKING:
    from pipeline.model import Library, Publication
    from pipeline.serve.proxies import Proxies

_PORT = 8025
_MISSING = "the public pages need Starlette, uvicorn and python-multipart: pip install 'partwork[serve]'"


def _proxies(context: click.Context, parameter: click.Parameter, text: str) -> "Proxies":  # noqa: ARG001
    from pipeline.serve.proxies import Proxies

    try:
        return Proxies.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("serve", epilog="Example:  partwork serve --port 8025")
@root_option
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=_PORT, show_default=True, help="0 takes a free one."
)
@click.option(
    "--uds",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Listen on this socket file instead, for a proxy on the same machine.",
)
@click.option(
    "--forwarded-allow-ips",
    "proxies",
    default="127.0.0.1,::1",
    show_default=True,
    metavar="LIST",
    callback=_proxies,
    help="The proxies whose word on who visits is taken: addresses and networks, with commas between.",
)
@click.option(
    "--access-log", "tells_all", is_flag=True, help="A line for each request, without addresses or links."
)
def command(root: Path, host: str, port: int, file: Path | None, proxies: "Proxies", tells_all: bool) -> None:
    """Serve the pages that subscribers touch: joining, confirming, choosing, leaving.

    They belong behind a proxy that speaks https, at `public_url` in [sending]. The publication is read once: start
    it again when you have changed something. SIGTERM ends it gracefully.
    """
    from pipeline.cli.terminal import say
    from pipeline.making.cache import Cache, CacheOf
    from pipeline.making.ground import ground
    from pipeline.sending.equipment import equip

    with _extra():
        from pipeline.serve.counter import open_counter
        from pipeline.serve.server import Server, bound, bound_file
    library = _library(root)
    publication = library.publication
    equipment = equip(publication, root, secrets())
    with opened(root) as database:
        counter = open_counter(
            library,
            database,
            equipment,
            clock=options.clock,
            tell=lambda words: say(words, to_stderr=True),
            tells_all=tells_all,
            compiled=CacheOf(Cache(root), ground()),
        )
        listening = bound_file(file) if file else bound(host, port)
        where = str(file or _address(host, listening.getsockname()[1]))

        def is_up() -> None:
            click.echo(f"Serving {publication.title} at {where}, seen at {publication.public_url}")
            for warning in (*equipment.warnings, *_warnings(publication, secrets().smtp_password)):
                say(warning, to_stderr=True, fg="yellow")

        Server(counter.gate, counter.postman, listening, proxies, is_up).run()
    say("Ended.")


@contextmanager
def _extra() -> Iterator[None]:
    """Say what to install where the libraries of the public pages are missing."""
    from pipeline.errors import ConfigError

    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] in ("starlette", "uvicorn", "anyio", "h11"):
            raise ConfigError(_MISSING) from None
        raise


def _warnings(publication: "Publication", password: str) -> list[str]:
    """What works here and will disappoint out there."""
    from pipeline.settings import TransportKind

    found, kind = [], publication.sending.transport
    if kind is TransportKind.SMTP and publication.sending.smtp.username and not password:
        found.append("letters to confirm wait: put the mail server's password into PARTWORK_SMTP_PASSWORD")
    if kind is TransportKind.OUTBOX:
        folder = publication.sending.outbox
        found.append(f"letters to confirm go to the folder {folder}, and to nobody: see `transport` in [sending]")
    if not publication.public_url.startswith("https://"):
        found.append("`public_url` is not https: mail programs will show no button to leave")
    return found


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _library(root: Path) -> "Library":
    """The publication, as far as it can be read.

    Raises:
        ContentError: it has errors.
        ConfigError: it does not say where these pages are seen.
    """
    from pipeline.errors import ConfigError, ContentError
    from pipeline.parse import parse_library
    from pipeline.read import read_sources

    parsed = parse_library(read_sources(root))
    if parsed.library is None:
        raise ContentError(parsed.diagnostics)
    if not parsed.library.publication.public_url:
        raise ConfigError("`public_url` in [sending] is unset: write the address at which these pages are seen")
    return parsed.library
