"""Writes docs/reference/ from the program itself: rules, keys, views, commands and the Markdown it reads.

python docs/make_reference.py            write the pages that have changed
python docs/make_reference.py --check    change nothing; fail when a page is out of date
"""  # noqa: INP001

import dataclasses
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from inspect import cleandoc
from pathlib import Path
from types import ModuleType

import click
import jinja2
import jinja2.meta
from reference_words import EXAMPLES, MACROS, NAMES

from pipeline import rules
from pipeline.cli import partwork
from pipeline.issue import LinkedPart
from pipeline.model import Channel
from pipeline.parse import keys, markup
from pipeline.parse.markdown import parse_body
from pipeline.render import offers, palette, views
from pipeline.render.email import look, merge, notices
from pipeline.render.html import HtmlRenderer
from pipeline.render.surroundings import Surroundings
from pipeline.render.web import page_views, serial_views
from pipeline.serve import views as serve_views

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
MADE = "<!-- Made by docs/make_reference.py. To change it, change what it is made from, and run `make docs`. -->"
WIDTH = 90
_CODE = re.compile(r"``(.+?)``")
_MODULE = re.compile(r"\b(?:[a-z_]+\.)+")


def diagnostics() -> Iterator[str]:
    """Every rule, with an example that the tests hold true."""
    yield "# Diagnostics"
    yield (
        "Everything that partwork can tell an author, by code. An **error** stops the build, a **warning** does "
        "not. A code never changes its meaning. Each example is a test: see `tests/invalid/`."
    )
    for hundred, title in _HUNDREDS.items():
        yield f"## {title}"
        for rule in rules.ALL_RULES:
            if rule.code[2] == hundred:
                yield f"### {rule.code}: {rule.summary}"
                yield f"*{rule.severity.capitalize()}.* {rule.why}"
                yield from _example(rule.code)


_HUNDREDS = {
    "1": "Configuration and files",
    "2": "Front matter",
    "3": "Bodies and links",
    "4": "Schedule",
    "5": "Blocks and related parts",
    "6": "Templates",
    "7": "Email editions",
}


def _example(code: str) -> Iterator[str]:
    """What the first case of a rule makes partwork say."""
    for path in sorted((ROOT / "tests" / "invalid").glob(f"{code}-*.txt")):
        expected = path.read_text(encoding="utf-8").partition("-- expected --\n")[2]
        told = re.findall(rf"^.* {code}: .*(?:\n    hint: .*)?$", expected, re.MULTILINE)
        if told:
            yield f"```text\n{told[0]}\n```"
            return


def configuration() -> Iterator[str]:
    """``partwork.toml``, table by table."""
    yield "# Configuration: `partwork.toml`"
    yield "The publication: one file, in TOML, at its root. A key that is not listed here is an error."
    for table, known in keys.CONFIG.items():
        yield f"## `[{table}]`"
        yield _key_table(known)


def front_matter() -> Iterator[str]:
    """Front matter, file by file."""
    yield "# Front matter"
    yield (
        "YAML between two lines of three hyphens, at the top of every Markdown file. "
        "A key that is not listed here is an error."
    )
    for title, known in (
        ("A part: `series/<series>/NN-<slug>.md`", keys.PART),
        ("`image:` of a part", keys.IMAGE),
        ("`disclaimers:` of a part", keys.DISCLAIMERS),
        ("`related:` of a part, for an article of somebody else's", keys.RELATED),
        ("A series: `series/<series>/index.md`", keys.SERIES),
        ("`schedule:` of a series", keys.SCHEDULE),
        ("`author:` of a series", keys.AUTHOR),
        ("A block: `templates/blocks/<slug>.md`", keys.BLOCK),
    ):
        yield f"## {title}"
        yield _key_table(known)


def _key_table(known: keys.Keys) -> str:
    return _table(("key", "is"), ((f"`{key}`", said) for key, said in known.items()))


def templates() -> Iterator[str]:
    """What templates can use, and which templates there are."""
    yield "# Templates"
    yield (
        "Templates are [Jinja](https://jinja.palletsprojects.com/); those of the email are MJML. A file of the "
        "same name in a publication's own `templates/` takes the place of the built-in one. A name that is not "
        "there is an error, never an empty space."
    )
    yield _prose(views.__doc__)
    yield "## The templates and the names they use"
    yield _table(("template", "uses"), _uses())
    yield "## The names"
    yield _table(("name", "is"), ((f"`{name}`", said) for name, said in sorted(NAMES.items())))
    yield "## Merge places"
    yield _prose(merge.__doc__)
    for title, module in (
        ("Every channel", views),
        ("Pages", page_views),
        ("Serials", serial_views),
        ("Public pages", serve_views),
        ("Series to sign up for", offers),
        ("Email", look),
        ("Notices", notices),
        ("Colours", palette),
    ):
        yield f"## {title}"
        for view in _classes(module):
            yield f"### `{view.__name__}`"
            yield _prose(view.__doc__)
            yield _table(("name", "type"), _fields(view))


def _uses() -> Iterator[tuple[str, str]]:
    environment = jinja2.Environment(autoescape=True)
    for path in sorted((ROOT / "templates").rglob("*.j2")):
        name = path.relative_to(ROOT / "templates").as_posix()
        used = jinja2.meta.find_undeclared_variables(environment.parse(path.read_text(encoding="utf-8")))
        unknown = used - NAMES.keys() - MACROS
        if unknown:
            raise SystemExit(
                f"{name} uses {sorted(unknown)}: say in NAMES of docs/reference_words.py what that is"
            )
        yield f"`{name}`", ", ".join(f"`{each}`" for each in sorted(used - MACROS)) or "what it is given"


def _classes(module: ModuleType) -> Iterator[type]:
    """A module's own dataclasses, in the order in which they are written."""
    for each in vars(module).values():
        if isinstance(each, type) and dataclasses.is_dataclass(each) and each.__module__ == module.__name__:
            yield each


def _fields(view: type) -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(view):
        written = getattr(field.type, "__name__", "") if isinstance(field.type, type) else str(field.type)
        written = str(field.type) if "[" in str(field.type) else written
        yield f"`{field.name}`", f"`{_MODULE.sub('', written)}`"


def commands() -> Iterator[str]:
    """What every command says of itself."""
    yield "# Commands"
    yield "What `partwork --help` says, and each command after it."
    yield from _helps(partwork, "partwork", None)


def _helps(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    options = {**command.context_settings, "max_content_width": WIDTH, "terminal_width": WIDTH}
    context = click.Context(command, info_name=name, parent=parent, **options)
    yield f"## `{context.command_path}`"
    yield f"```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None:
                yield from _helps(found, inner, context)


def markdown() -> Iterator[str]:
    """What an author can write in a body, and what comes of it."""
    yield "# Markdown"
    yield "[CommonMark](https://commonmark.org/), and what is shown here. The HTML is what the web gets of it."
    for title, written, remark in EXAMPLES:
        yield f"## {title}"
        yield f"````markdown\n{written}\n````"
        html = _rendered(written)
        if html:
            yield f"````html\n{html}\n````"
        yield remark
    yield "## HTML"
    yield "A few elements may be written as HTML. All else is an error (PW309): scripts and styles first of all."
    yield f"In a line: {_listed(markup.INLINE | markup.VOID)}."
    yield f"Around paragraphs: {_listed(markup.BLOCK)}."
    yield f"Attributes: {_listed(markup._EVERYWHERE)} on all of them, and"  # noqa: SLF001
    named = sorted(markup._ATTRIBUTES.items())  # noqa: SLF001
    yield _table(("element", "attributes"), ((f"`{tag}`", _listed(known)) for tag, known in named))


def _rendered(written: str) -> str:
    body = parse_body(written).body
    file = "series/tea/02-the-water.md"
    leaf = LinkedPart(file, "[[01]]", "tea/the-leaf/", "Part 1: The leaf", "Part 1", was_out=True, is_out=True)
    links = {(file, leaf.target): leaf}
    renderer = HtmlRenderer(Surroundings(Channel.WEB, "../../", file, citations={"okakura": 1}, links=links))
    html = renderer.blocks(body.blocks)
    return f"{html}\n{renderer.notes(body.footnotes)}" if body.footnotes else html


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _prose(docstring: str | None) -> str:
    return (
        _CODE.sub(r"`\1`", cleandoc(docstring or ""))
        .replace("\n\n", "\0")
        .replace("\n", " ")
        .replace("\0", "\n\n")
    )


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    cells = [head, ("---", "---"), *((first, second.replace("|", "\\|")) for first, second in rows)]
    return "\n".join(f"| {first} | {second} |" for first, second in cells)


ALL_PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "diagnostics.md": diagnostics,
    "configuration.md": configuration,
    "front-matter.md": front_matter,
    "templates.md": templates,
    "commands.md": commands,
    "markdown.md": markdown,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` compare them; the exit code is 1 when one is out of date."""
    is_check = arguments == ["--check"]
    stale = []
    PAGES.mkdir(parents=True, exist_ok=True)
    for name, make in ALL_PAGES.items():
        text = "\n\n".join([MADE, *make()]) + "\n"
        path = PAGES / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not is_check:
                path.write_text(text, encoding="utf-8")
    for name in stale:
        sys.stdout.write(f"docs/reference/{name} {'is out of date: run `make docs`' if is_check else 'written'}\n")
    return 1 if stale and is_check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
