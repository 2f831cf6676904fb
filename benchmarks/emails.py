"""How fast a part's email is made: HTML, plain text and MIME, beside the other ways from MJML to inlined HTML.

    python benchmarks/emails.py [--parts 20] [--rounds 10] [--theme letter] [--json]

All make the same parts of some 700 words in one run and take turns, round by round, in warm processes: ours with
its theme compiled; MJML and premailer on each email, premailer used the safe way; mjml-python and css-inline; and
npm's mjml and juice, in a process of their own. What is the same for all (the words, the plain text, the MIME) is
counted for all, and all times are the CPU's, since machines are busy. What is missing here is fetched once, with
pip and npm, and left out where that fails.
"""

import argparse
import gc
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import replace
from datetime import date
from statistics import median
from typing import Any

from contestants import ROOT
from corpus import AS_OF, partwork_files
from installed import cache_folder
from tables import columns, spread

sys.path.insert(0, str(ROOT))

from pipeline.compose import compose_issues
from pipeline.issue import Issue, Issues
from pipeline.model import Sources
from pipeline.parse import parse_library
from pipeline.render.email.inline import INLINE_MARK
from pipeline.render.email.merge import sample_reader
from pipeline.render.email.mime import compile_message
from pipeline.render.email.room import EmailRoom
from pipeline.render.templates import Templates

CSS_INLINE = "0.23.1"
NPM = ("mjml@4.18.0", "juice@11.1.1")
_INLINE_STYLE = re.compile(r"(<mj-style\b[^>]*\binline=\"inline\"[^>]*>)")
_STYLE = re.compile(r"<style\b(?![^>]*>\s*/\*partwork:inline)", re.IGNORECASE)
_LEAST_STYLES = 50  # attributes; an email without them has lost its look
_THEME_FOLDERS = ("csl", "email", "feed", "text", "web")
_SERVER = """
const mjml = require("mjml"), juice = require("juice");
const lines = require("readline").createInterface({ input: process.stdin });
lines.on("line", line => {
  const source = JSON.parse(line), begin = process.cpuUsage();
  const html = juice(mjml(source, { validationLevel: "skip" }).html);
  const used = process.cpuUsage(begin), seconds = (used.user + used.system) / 1e6;
  console.log(JSON.stringify({ seconds, html }));
});
"""

Maker = Callable[[Issue], tuple[float, str]]  # seconds, and the HTML


def issues_of(parts: int, theme: str) -> Issues:
    """So many parts of the corpus, composed; their plain text and MIME are made in every contest."""
    files = {path: text.encode() for path, text in partwork_files(parts)}
    files["partwork.toml"] += f'\n[theme]\nemail = "{theme}"\n'.encode()
    folder = ROOT / "templates"
    built_in = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for name in _THEME_FOLDERS
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }
    parsed = parse_library(Sources(files, built_in))
    if parsed.library is None:
        sys.exit("\n".join(map(str, parsed.diagnostics)))
    return compose_issues(parsed.library, date.fromisoformat(AS_OF)).issues


def in_room(issues: Issues) -> Maker:
    """This program, as it makes emails."""
    room = EmailRoom(issues.library, Templates(issues.library.templates))

    def make(issue: Issue) -> tuple[float, str]:
        begin = time.process_time()
        edition = room.render(issue)
        compile_message(edition, issues.publication)
        return time.process_time() - begin, edition.html

    return make


def with_inliner(issues: Issues, inlined: Callable[[str], tuple[float, str]]) -> Maker:
    """The same words through another's MJML and inliner, which tells its own seconds."""
    room = EmailRoom(issues.library, Templates(issues.library.templates))
    editions = {issue.address: room.render(issue) for issue in issues.all}

    def make(issue: Issue) -> tuple[float, str]:
        begin = time.process_time()
        mjml_text = room.mjml(issue)
        printed = time.process_time() - begin
        seconds, html = inlined(mjml_text)
        begin = time.process_time()
        text = room.text(issue)
        compile_message(replace(editions[issue.address], html=html, text=text), issues.publication)
        return printed + seconds + time.process_time() - begin, html

    return make


def safe_premailer(mjml_text: str) -> tuple[float, str]:
    """Mjml-python and premailer, used so that nothing breaks: one for each email, as its documentation has it."""
    import mjml
    import premailer

    begin = time.process_time()
    html = mjml.mjml2html(_INLINE_STYLE.sub(rf"\1{INLINE_MARK}", mjml_text), fonts={})
    # What is for the head stays as it is; a doctype in lower case would be dropped.
    html = _STYLE.sub('<style data-premailer="ignore"', html).replace("<!doctype", "<!DOCTYPE", 1)
    mailer = premailer.Premailer(
        html,
        strip_important=False,
        disable_basic_attributes=["width", "height", "align", "valign", "bgcolor"],
        align_floating_images=False,
        allow_network=False,
        cssutils_logging_level=logging.CRITICAL,
    )
    done = mailer.transform(pretty_print=False)
    return time.process_time() - begin, done


def css_inline() -> Callable[[str], tuple[float, str]] | str:
    """Mjml-python and css-inline; otherwise why not."""
    folder = cache_folder() / f"css-inline-{CSS_INLINE}"
    if not folder.is_dir():
        print(f"installing css-inline {CSS_INLINE} into {folder} …", file=sys.stderr)
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--only-binary=:all:",
            "--target",
            str(folder),
        ]
        done = subprocess.run([*command, f"css-inline=={CSS_INLINE}"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            return f"pip could not install css-inline {CSS_INLINE}"
    sys.path.insert(0, str(folder))
    import css_inline as inliner
    import mjml

    def inlined(mjml_text: str) -> tuple[float, str]:
        begin = time.process_time()
        html = inliner.inline(mjml.mjml2html(mjml_text, fonts={}), keep_at_rules=True)
        return time.process_time() - begin, html

    return inlined


def npm() -> Callable[[str], tuple[float, str]] | str:
    """npm's mjml and juice in a process of their own; otherwise why not."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "there is no node and npm here"
    folder = cache_folder() / "-".join(NPM).replace("@", "-")
    if not (folder / "node_modules").is_dir():
        print(f"installing {' and '.join(NPM)} into {folder} …", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *NPM]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            return f"npm could not install {' and '.join(NPM)}"
    server = subprocess.Popen(
        ["node", "-e", _SERVER], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def inlined(mjml_text: str) -> tuple[float, str]:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(mjml_text) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        return answer["seconds"], answer["html"]

    return inlined


def contestants(issues: Issues) -> dict[str, Maker]:
    """Who can take part here, ourselves first."""
    makers = {"partwork": in_room(issues), "MJML and premailer, safe": with_inliner(issues, safe_premailer)}
    for name, found in (("mjml-python and css-inline", css_inline()), (f"npm {' and '.join(NPM)}", npm())):
        if isinstance(found, str):
            print(f"without {name}: {found}", file=sys.stderr)
        else:
            makers[name] = with_inliner(issues, found)
    for issue in issues.all:
        makers["partwork"](issue)
    # Premailer remembers 128 things for a whole process, and what we have learned from it would be in its way.
    premailer_cache().clear()
    return makers


def premailer_cache() -> MutableMapping[Any, Any]:
    """What premailer remembers."""
    from premailer.cache import cache

    found: MutableMapping[Any, Any] = cache
    return found


def contest(makers: dict[str, Maker], issues: Issues, rounds: int) -> dict[str, list[float]]:
    """Milliseconds a part, round by round. In each everybody makes all parts, and then it is another's turn."""
    taken: dict[str, list[float]] = {name: [] for name in makers}
    for number in range(rounds + 1):
        for name, make in makers.items():
            gc.collect()  # nobody clears up after the one before
            made = [(issue, *make(issue)) for issue in issues.all]
            for issue, seconds, html in made:
                if issue.part.title not in html or html.count(' style="') < _LEAST_STYLES:
                    sys.exit(f"{name} has lost something of {issue.address}")
                if number:  # the first round only warms up
                    taken[name].append(seconds * 1000)
    return taken


def one_reader(issues: Issues) -> list[float]:
    """Milliseconds for one more reader's copy of an email that is compiled."""
    room = EmailRoom(issues.library, Templates(issues.library.templates))
    taken = []
    for issue in issues.all:
        message = compile_message(room.render(issue), issues.publication)
        for number in range(200):
            reader = replace(
                sample_reader(issues.publication), address=f"reader-{number}@example.org", first_name="Zoë"
            )
            begin = time.process_time()
            message.message_for(reader)
            taken.append((time.process_time() - begin) * 1000)
    return taken


def table(found: dict[str, list[float]]) -> str:
    """Medians, and how many times as long as ourselves, part by part."""
    ours = next(iter(found.values()))
    rows = [["", "CPU ms a part", "times ours"]]
    for name, taken in found.items():
        ratios = [theirs / own for theirs, own in zip(taken, ours, strict=True)]
        rows.append([name, _quartiles(taken), _quartiles(ratios)])
    return columns(rows)


def _quartiles(values: Sequence[float]) -> str:
    """The median, and the half of all that lies around it."""
    ordered = sorted(values)
    return spread([ordered[len(ordered) // 4], median(ordered), ordered[3 * len(ordered) // 4]])


def main() -> None:
    """Measure, and print a table or everything as JSON."""
    parser = argparse.ArgumentParser(description="Time one part's email beside other ways to make it.")
    parser.add_argument("--parts", type=int, default=20, help="how many different parts [%(default)s]")
    parser.add_argument("--rounds", type=int, default=10, help="how often each is made [%(default)s]")
    parser.add_argument("--theme", default="letter", help="the email theme [%(default)s]")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    chosen = parser.parse_args()
    issues = issues_of(chosen.parts, chosen.theme)
    found = contest(contestants(issues), issues, chosen.rounds)
    copies = one_reader(issues)
    if chosen.json:
        print(json.dumps({"ms": found, "copy_ms": copies}))
        return
    words = median(issue.words for issue in issues.all)
    print(f"{len(issues.all)} parts of some {words:.0f} words, {chosen.rounds} rounds, theme {chosen.theme}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians, and the half that lies around them\n")
    print(table(found))
    print(f"\none more reader's copy: {_quartiles(copies)} ms")


if __name__ == "__main__":
    main()
