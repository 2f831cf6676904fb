"""Nothing that a user can type is left unsaid, and nothing is said that cannot be typed."""

import re
import tomllib
from collections.abc import Iterator

import click
import pytest
import yaml

from pipeline import __version__
from pipeline.check.letters import LETTER_RULES
from pipeline.cli import partwork
from pipeline.parse import keys
from pipeline.rules import ALL_RULES
from tests.docs.console import commands
from tests.docs.pages import GENERATED, ROOT, blocks, code, code_spans, name_of, pages, read, written_pages

GUIDES = [page for page in written_pages() if page.parent.name in ("how-to", "docs") or page.name == "README.md"]
FRONT_MATTER = {
    "part": keys.PART,
    "image": keys.IMAGE,
    "disclaimers": keys.DISCLAIMERS,
    "related": keys.RELATED,
    "series": keys.SERIES,
    "schedule": keys.SCHEDULE,
    "author": keys.AUTHOR,
    "block": keys.BLOCK,
}
GUIDED = "\n".join(code(read(page)) for page in GUIDES)


def all_commands(group: click.Group = partwork, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command by what one types for it: `new part`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from all_commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(all_commands())
OPTIONS = {
    name: {each for p in found.params for each in (*p.opts, *p.secondary_opts)} for name, found in COMMANDS.items()
}
EVERYWHERE = {"--help", "-h"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_shown_and_so_is_each_of_its_options(command: str) -> None:
    assert f"partwork {command}" in GUIDED
    options = {option for option in OPTIONS[command] if option.startswith("--")}
    assert {option for option in options if not re.search(rf"{option}\b", GUIDED)} == set()


def test_the_options_of_the_whole_command_are_shown() -> None:
    options = {option for parameter in partwork.params for option in parameter.opts}
    assert {option for option in options if option not in GUIDED} == set()


def typed() -> Iterator[tuple[str, str]]:
    """Every command line with `partwork` in it that a page shows, and where."""
    for page in written_pages():
        lines = code_spans(read(page))
        for block in blocks(read(page)):
            if block.language == "console":
                lines += [command.line for command in commands(block)]
            elif block.language in ("sh", "yaml"):
                lines += block.text.splitlines()
        for line in lines:
            for part in re.split(r"[|;>]|&&", line):
                found = re.search(r"(?:^|[ :])partwork ((?:[a-z-]).*)", part)
                if found and "install" not in part:
                    yield name_of(page), found[1]


def test_no_page_shows_a_command_or_an_option_that_does_not_exist() -> None:
    wrong = []
    for where, line in typed():
        words = line.split()
        if words[0].startswith("-"):
            known = {option for parameter in partwork.params for option in parameter.opts}
            words = words[1:] if words[0] in known else words
        if not words:
            continue
        name = next((name for name in (" ".join(words[:2]), words[0]) if name in COMMANDS), "")
        options = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        if (not name and words[0] not in partwork.list_commands(click.Context(partwork))) or (
            name and options - OPTIONS[name] - EVERYWHERE
        ):
            wrong.append(f"{where}: partwork {line}")
    assert wrong == []


@pytest.mark.parametrize(("table", "key"), [(table, key) for table, known in keys.CONFIG.items() for key in known])
def test_a_configuration_key_is_in_the_reference_and_in_a_guide(table: str, key: str) -> None:
    reference = read(GENERATED / "configuration.md")
    assert f"| `{key}` |" in reference.partition(f"## `[{table}]`")[2].partition("\n## ")[0]
    assert re.search(rf"\b{key}\b", GUIDED)


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, known in FRONT_MATTER.items() for key in known])
def test_a_front_matter_key_is_in_the_reference_and_in_a_guide(kind: str, key: str) -> None:
    assert f"| `{key}` |" in read(GENERATED / "front-matter.md")
    assert re.search(rf"\b{key}:|`{key}`|\b{key}\}}", GUIDED)


def test_examples_use_only_keys_that_exist() -> None:
    known = set().union(*FRONT_MATTER.values())
    unknown = []
    for page in written_pages():
        for block in blocks(read(page)):
            if block.language == "yaml" and not block.text.lstrip().startswith("-"):
                unknown += [f"{name_of(page)}: {key}" for key in yaml.safe_load(block.text) if key not in known]
            if block.language == "toml":
                for table, values in tomllib.loads(block.text).items():
                    unknown += [
                        f"{name_of(page)}: {table}.{key}" for key in values if key not in keys.CONFIG[table]
                    ]
    assert unknown == []


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_a_diagnostic_is_in_the_reference(rule) -> None:
    assert f"### {rule.code}: {rule.summary}" in read(GENERATED / "diagnostics.md")


def test_no_page_names_a_diagnostic_that_does_not_exist() -> None:
    codes = {rule.code for rule in (*ALL_RULES, *LETTER_RULES)}
    named = {(name_of(page), found) for page in pages() for found in re.findall(r"\bPW\d{3}\b", read(page))}
    assert {(page, found) for page, found in named if found not in codes} == set()


def test_the_changes_tell_of_this_version() -> None:
    assert __version__ in read(ROOT / "CHANGELOG.md")


def test_no_page_names_a_target_that_make_does_not_have() -> None:
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
    named = set()
    for page in written_pages():
        for line in code(read(page)).splitlines():
            found = re.match(r"(?:\$ )?make((?: [a-z]+)+)(?: |$)", re.sub(r"\s+#.*| [A-Z_]+=.*", "", line))
            named |= set(found[1].split()) if found else set()
    assert named - targets == set()
