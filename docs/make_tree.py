"""Writes the tree of files in docs/architecture.md from what is on the disk.

python docs/make_tree.py            write the tree again
python docs/make_tree.py --check    change nothing; fail when the page is out of date

A Python file is told by the first line of its docstring, a folder by its `__init__.py`, a page by its title, a
template by the comment that it begins with; the few that cannot say it themselves are in ``PURPOSES``, by path
or by a pattern of paths.
"""  # noqa: INP001

import ast
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- tree: made by docs/make_tree.py -->", "<!-- /tree -->"
COLUMN = 34  # where purposes begin

# Folders of which each file is like the next: one line for all of them.
FOLDED = {
    "benchmarks/eleventy/": "The same publication for Eleventy, to be timed beside it.",
    "benchmarks/hugo/": "The same publication for Hugo.",
    "benchmarks/pelican/": "The same publication for Pelican.",
    "series/*/images/": "Pictures, beside the text that uses them.",
    "templates/demo/": "The small publication that `partwork init` starts with.",
    "templates/email/*sections/": "One template for each kind of section of an email.",
    "templates/web/epub/": "A finished series as an EPUB: its package, its cover, and its pages.",
    "templates/web/fonts/": "The font of social cards, with its licence.",
    "templates/web/sections/": "One template for each kind of section of a page.",
    "templates/web/style/": "The parts of the one style sheet, by what they dress.",
    "tests/benchmarks/": "The benchmark's corpus is what it says it is.",
    "tests/browser/": "Pages and emails in Chromium: layout, colours, links, axe-core; signing up, leaving.",
    "tests/check/": "The rules of a whole publication.",
    "tests/cli/": "What the command prints, and how it ends.",
    "tests/compose/": "Slots, neighbours, teasers, CTAs, related parts and citations.",
    "tests/database/": "SQLite and PostgreSQL: opened, brought up to date, refused.",
    "tests/disk/": "Reading and writing, whole and interrupted.",
    "tests/ledger/": "Campaigns and deliveries: planned once, claimed once, settled once.",
    "tests/doctor/": "The doctor, before a DNS, a web server and a mail server on this machine.",
    "tests/docs/": "Every command, link, key and tree on these pages is true.",
    "tests/email/": "Emails as inboxes get them.",
    "tests/feeds/": "Feeds by their specifications, and as readers read them.",
    "tests/golden/": "Whole publications in, whole builds out, compared byte by byte.",
    "tests/sending/": "Copies, signatures, and transports against servers that misbehave.",
    "tests/serve/": "The public pages: joining, choosing, leaving, and strangers with bad intent.",
    "tests/templates/": "Faults in email templates, each told where it stands.",
    "tests/house/": "The direction of imports, and the purity of the core.",
    "tests/invalid/": "Every mistake that an author can make, with its exact message.",
    "tests/packaging/": "The wheel, and the files around the program.",
    "tests/letters/": "The commands that send: from files to Maildir, killed, doubled, late, refused.",
    "tests/parse/": "Front matter and Markdown.",
    "tests/publication/": "What the whole promises, on the sample publication.",
    "tests/returns/": "What comes back: bounces in every shape, mailboxes, notifications, the rule.",
    "tests/subscribers/": "Who gets letters, and who does not: addresses, lists, leaving.",
    "tests/web/": "Pages: heads, links, markup, pictures, secrets, the theme.",
}
PURPOSES = {
    "templates/web/reading.js": "Marks what was read, on the device alone; pages are whole without it.",
    ".ci/": "What continuous integration runs.",
    ".ci/run": "Installs the programs that tests use, and runs every check and test.",
    ".gitignore": "What is made, and not kept.",
    "LICENSE": "MIT.",
    "Makefile": "`make` sets up and builds; `make help` lists the rest.",
    "README.md": "Where everybody starts.",
    "CHANGELOG.md": "What changed for people who use it.",
    "CONTRIBUTING.md": "How to change partwork.",
    "benchmarks/cut_power.c": "Keeps a copy of what a database has synced: what a power cut would leave.",
    "benchmarks/": "How fast it is, beside its rivals.",
    "docs/": "What you are reading.",
    "docs/decisions/": "Why it is as it is: one page for each choice.",
    ".containerignore": "What goes into a container's image, and nothing else.",
    "docs/examples/": "Files to copy: for your own repository, and for the machine that serves and sends.",
    "docs/examples/ci.yml": "A workflow for GitHub: check, build, publish, on push and on a schedule.",
    "docs/examples/Caddyfile": "Caddy before the public pages.",
    "docs/examples/Containerfile": "partwork in a container.",
    "docs/examples/nginx.conf": "nginx before the public pages.",
    "docs/examples/partwork-bounces.service": "A systemd unit that reads what came back,",
    "docs/examples/partwork-bounces.timer": "and its timer.",
    "docs/examples/partwork-once.service": "A systemd unit that sends what is due, and ends,",
    "docs/examples/partwork-once.timer": "and its timer.",
    "docs/examples/partwork-run.service": "A systemd unit that sends each part at its slot.",
    "docs/examples/partwork-serve.service": "A systemd unit for the public pages.",
    "docs/how-to/": "One page for each thing that one wants to do.",
    "docs/pictures/": "Pictures of these pages.",
    "docs/pictures/email-themes.png": "The two email themes, for the page on choosing one.",
    "docs/pictures/overview.png": "The picture in the README.",
    "docs/reference/": "Everything there is, made from the program by `docs/make_reference.py`.",
    "partwork.toml": "The sample publication.",
    "pyproject.toml": "The package, what it needs, and how it is checked.",
    "requirements/": "Exact versions of everything.",
    "requirements/build.txt": "To build and install partwork itself.",
    "requirements/dev.txt": "To test and check it.",
    "requirements/lock": "Chooses the newest versions again: `make lock`.",
    "requirements/run.txt": "To run it.",
    "series/": "The sample's series; a part is `NN-<slug>.md`, its number and its slug are in its name.",
    "series/logo.png": "The sample's logo.",
    "templates/": "The built-in theme, and the sample's own wording in `blocks/`.",
    "templates/blocks/": "The sample's calls to action and disclaimers; never inherited.",
    "templates/csl/": "Citation styles.",
    "templates/csl/apa.csl": "The style that reference lists have by default, after APA's rules.",
    "templates/email/": "Email, in MJML.",
    "templates/email/*footer.mjml.j2": "The postal address, why one gets this, and the way out.",
    "templates/email/*heading.mjml.j2": "Series, number, title, author and date.",
    "templates/email/*masthead.mjml.j2": "The publication's logo and name.",
    "templates/email/*part.mjml.j2": "The email: everything else is included from here.",
    "templates/email/*/": "An email theme; `email` in `[theme]` chooses it.",
    "templates/feed/": "Feed entries, in the plain HTML that readers keep.",
    "templates/notices/": "The words of notices, each as three fields and paragraphs.",
    "templates/serve/": "The public pages: signing up, confirming, choosing, leaving.",
    "templates/text/": "Email as plain text.",
    "templates/text/part.txt.j2": "The plain-text email.",
    "templates/text/roundup.txt.j2": "A round-up as plain text.",
    "templates/web/": "Pages.",
    "templates/web/404.html.j2": "The page for an address that does not exist.",
    "templates/web/archive.html.j2": "Every part that is out, by year.",
    "templates/web/base.html.j2": "What every page has around it.",
    "templates/web/footer.html.j2": "The foot of every page: feeds, sender, address.",
    "templates/web/follow.html.j2": "How to follow: what feeds are, and their addresses.",
    "templates/web/start.html.j2": "Where one starts a series at Part 1.",
    "templates/feed/end.html.j2": "The last entry of a paced feed.",
    "templates/feed/style.css.j2": "What browsers show feeds with.",
    "templates/web/home.html.j2": "The publication's page: the newest part, where to start, every series.",
    "templates/web/masthead.html.j2": "The head of every page, as one sees it.",
    "templates/web/navigation.html.j2": "The main navigation.",
    "templates/web/pager.html.j2": "Previous and next, under a part.",
    "templates/web/part.html.j2": "A part's page.",
    "templates/web/redirect.html.j2": "What stands at a part's old address.",
    "templates/web/series.html.j2": "A series' page: its introduction and its calendar.",
    "templates/web/tag.html.j2": "The parts that carry a tag.",
    "templates/web/tags.html.j2": "Every tag.",
    "tests/": "Claims, each in the name of a test.",
}


def tree() -> str:
    """Every file of the repository with its purpose, as it stands in the page."""
    return "\n".join(f"{name:<{COLUMN - 2}}  {said}".rstrip() for name, said in _lines(ROOT, 0))


def _lines(folder: Path, depth: int) -> Iterator[tuple[str, str]]:
    """A folder's files, then its folders, each by name."""
    indent = "  " * depth
    for path in sorted(folder.iterdir(), key=lambda path: (path.is_dir(), path.name)):
        name = path.relative_to(ROOT).as_posix() + ("/" if path.is_dir() else "")
        if _is_ignored(path, name) or path.name == "__init__.py":
            continue
        if not path.is_dir():
            yield indent + path.name, _purpose(path, name)
        elif any(_files(path)):
            said = next((said for pattern, said in FOLDED.items() if fnmatch(name, pattern)), None)
            yield f"{indent}{path.name}/", said or _purpose(path, name)
            if said is None:
                yield from _lines(path, depth + 1)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _is_ignored(path: Path, name: str) -> bool:
    """Whether it is somebody's own (a dot-file), or left out by .gitignore: names, and paths after a slash."""
    if path.name.startswith(".") and name not in PURPOSES:
        return True
    patterns = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    alone = path.name + ("/" if path.is_dir() else "")
    return any(
        fnmatch("/" + name, pattern) if pattern.startswith("/") else fnmatch(alone, pattern)
        for pattern in patterns
    )


def _purpose(path: Path, name: str) -> str:
    patterns = (said for pattern, said in PURPOSES.items() if fnmatch(name, pattern))
    said = PURPOSES.get(name) or _own_words(path) or next(patterns, "")
    if not said:
        raise SystemExit(f"docs/make_tree.py does not know what {name} is for: say it there, or in PURPOSES")
    return said


def _own_words(path: Path) -> str:
    """What a file or a folder says of itself, in a line."""
    if path.is_dir():
        return _own_words(path / "__init__.py") or _own_words(path / "index.md")
    if not path.exists():
        return ""
    match path.suffix:
        case ".py":
            said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        case ".md":
            found = re.search(r"^(?:# |title: )\"?(.+?)\"?$", path.read_text(encoding="utf-8"), re.MULTILINE)
            return found[1] if found else ""
        case ".j2":
            found = re.match(r"\{#-?\s*(.+?)\s*-?#\}", path.read_text(encoding="utf-8"), re.DOTALL)
            said = " ".join(found[1].split()) if found else ""
        case ".yaml" | ".yml":
            found = re.match(r"# ?(.+(?:\n# .+)*)", path.read_text(encoding="utf-8"))
            said = found[1].replace("\n# ", " ") if found else ""
        case _:
            said = ""
    return re.split(r"(?<=\.) |\n", said, maxsplit=1)[0].rstrip(":").replace("``", "`")


def main(arguments: list[str]) -> int:
    """Write the tree into the page, or with ``--check`` compare it; the exit code is 1 when it is out of date."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"docs/architecture.md has no place for the tree, between {BEGIN} and {END}")
    made = f"{before}{BEGIN}\n\n```text\n{tree()}\n```\n\n{END}{after}"
    if made == page:
        return 0
    if arguments == ["--check"]:
        sys.stdout.write("docs/architecture.md is out of date: run `python docs/make_tree.py`\n")
        return 1
    PAGE.write_text(made, encoding="utf-8")
    sys.stdout.write("docs/architecture.md written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
