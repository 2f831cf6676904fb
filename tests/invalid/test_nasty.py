"""Whatever is thrown at it, partwork says what is wrong or gives what is right; it never breaks."""

import json
from collections.abc import Callable

import pytest
from lxml import etree

from pipeline.build import Build, build
from pipeline.model import Sources
from pipeline.parse import keys, parse_library
from pipeline.read import read_sources

PART = "series/tea/02-the-water.md"
HEADER = b"---\ntitle: The water\nsummary: How hot it should be.\n---\n\n"
DEPTH = 10_000
Builder = Callable[..., Build]


@pytest.fixture
def made(case, sources) -> Builder:
    """Builds the base with some files changed."""
    told = case("base.txt")

    def make(changes: dict[str, bytes]) -> Build:
        return build(Sources({**told.files, **changes}, sources(told).theme), told.as_of)

    return make


@pytest.fixture
def with_body(made) -> Callable[[str], Build]:
    """Builds the base with another text in its second part."""
    return lambda text: made({PART: HEADER + text.encode()})


def codes(result: Build) -> set[str]:
    return {diagnostic.code for diagnostic in result.diagnostics}


def artifact(result: Build, path: str) -> str:
    return next(each.data for each in result.artifacts if each.path == path).decode()


# --- texts ------------------------------------------------------------------------------------------------


def test_line_ends_and_byte_order_marks_make_no_difference(made, base):
    plain = made({})
    assert plain.artifacts
    for change in (
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\r"),
        lambda data: b"\xef\xbb\xbf" + data,
    ):
        texts = {path: change(data) for path, data in base.items() if path.endswith((".md", ".toml"))}
        assert made(texts).artifacts == plain.artifacts


def test_every_control_character_is_told_with_its_place(with_body):
    for number in (0, 1, 7, 8, 11, 12, 14, 27, 31, 127):
        [told] = with_body(f"Hot.\n\nWa{chr(number)}ter.\n").diagnostics
        assert (told.code, told.location.line, told.location.column) == ("PW214", 8, 3)


def test_ten_megabytes_of_text_are_too_large(made):
    assert codes(made({PART: HEADER + b"hot " * 2_600_000})) == {"PW107"}


@pytest.mark.parametrize(
    "text",
    [
        "الماء ساخن جدا، و\u202eهو يغلي\u202c.",
        "המים חמים מאוד.",
        "🫖 👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 ﬁ \U0001f9ff",
        "\u200b\u2028\u2029\ufeff\u00a0\u00ad hot",
        "水很热。" * 50,
    ],
)
def test_every_script_and_sign_comes_out_as_it_went_in(text, with_body):
    result = with_body(text)
    assert codes(result) == set()
    for path in ("site/tea/the-water/index.html", "site/feed.xml", "email/tea/02-the-water.html"):
        assert text in artifact(result, path)
    assert text in json.loads(artifact(result, "site/feed.json"))["items"][0]["content_html"]


def test_what_looks_like_markup_in_titles_stays_words(made):
    title = "</script><script>alert(1)</script> {{ 7*7 }} ]]> & <b>"
    header = f"---\ntitle: {json.dumps(title)}\nsummary: {json.dumps(title)}\n---\n\n"
    result = made({PART: header.encode() + b"]]> and `]]>`\n\n    ]]>\n"})
    assert codes(result) == {"PW312"}
    for each in result.artifacts:
        if each.path.endswith((".html", ".xml")):
            assert b"<script>alert" not in each.data
        if each.path.endswith(".xml"):
            etree.fromstring(each.data)
    assert "{{ 7*7 }}" in artifact(result, "site/tea/the-water/index.html")
    assert json.loads(artifact(result, "site/feed.json"))["items"][0]["title"] == title
    feed = etree.fromstring(artifact(result, "site/feed.xml").encode())
    assert feed.findtext("channel/item/title") == title


def test_a_subject_cannot_break_out_of_its_header(made):
    header = '---\ntitle: Hot\nsummary: Hot.\nsubject: "Hot\\r\\nBcc: everybody@example.org"\n---\n\n'
    message = artifact(made({PART: header.encode() + b"Hot.\n"}), "email/tea/02-the-water.eml")
    assert "\nBcc:" not in message
    assert "Subject: Hot Bcc: everybody@example.org" in message


def test_three_hyphens_in_a_body_are_a_line_across_it(with_body):
    result = with_body("One.\n\n---\n\nTwo.\n\n---\n\ntitle: Not a title\n")
    assert codes(result) == set()
    assert "<hr/>" in artifact(result, "site/tea/the-water/index.html")


# --- depth and size ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    [
        *(
            ">",
            "> ",
            "- ",
            "1. ",
            "> - ",
            "- a\n  ",
            "[",
            "![",
            "[a](",
            "[^1]",
            "[@a; @",
            "(",
            "*",
            "_",
            "**a ",
            "~",
        ),
        *(
            "`",
            "|",
            "|a",
            "#",
            "&",
            "&#",
            "\\",
            '"',
            "'",
            "<",
            "<!--",
            "<b>",
            "<div>",
            "<a href='",
            "</b>",
            "{",
            "\t",
        ),
        *(
            "a\n: ",
            ":::\n",
            "::: only email\n",
            "::: cta x :::\n",
            "[a]: b\n",
            "![a](x 'y",
            "---\n",
            "{{",
            "{% ",
            "%%",
        ),
    ],
)
def test_no_piece_of_markdown_breaks_it_however_often(piece, with_body):
    result = with_body(piece * DEPTH + "\n")
    assert result.artifacts or result.has_errors


@pytest.mark.parametrize(
    "tags", [("<b>", "</b>"), ("<div>\n\n", "\n\n</div>"), ("> ", "\n"), ("*", "*"), ("[", "](x)")]
)
def test_what_is_nested_ten_thousand_deep_is_told_or_shown(tags, with_body):
    result = with_body(tags[0] * DEPTH + "deep" + tags[1] * DEPTH + "\n")
    assert result.artifacts or result.has_errors


def laughs(root: str) -> bytes:
    """YAML's aliases of aliases of aliases: a few lines that stand for billions of values."""
    lines = [
        "&a [ha, ha, ha]",
        *(
            f"&{name} [{', '.join([f'*{before}'] * 9)}]"
            for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
        ),
    ]
    return f"---\ntitle: Hot\nsummary: Hot.\n{root}: [{', '.join(lines)}]\n---\n\nHot.\n".encode()


@pytest.mark.parametrize(
    "key", ["title", "tags", "related", "references", "disclaimers", "date", "image", "laughter"]
)
def test_a_billion_laughs_are_told_at_once(key, made):
    assert "PW202" in codes(made({PART: laughs(key)}))


def test_a_billion_laughs_in_a_list_of_references_are_told_at_once(made):
    inner = laughs("x").split(b"x: ")[1].split(b"\n")[0]
    assert codes(
        made({"series/tea/references.yaml": b"- {id: a, type: book, title: T, note: " + inner + b"}\n"})
    ) == {"PW316"}


def test_a_value_that_holds_itself_is_told(made):
    work = b"references:\n- &work {id: a, type: book, title: T, author: *work}\n"
    assert codes(made({PART: HEADER.replace(b"---\n\n", work + b"---\n\nHot [@a].\n")})) >= {"PW202"}


# --- files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [
    "partwork.toml", "series/tea/index.md", PART, "templates/blocks/medical.md", "templates/blocks/survey.md",
    "series/tea/references.yaml", "series/tea/references.bib",
])  # fmt: skip
@pytest.mark.parametrize("data", [
    b"", b"\n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", bytes(range(256)), b"[", b"{", b"]", b"? ", b"- - - -",
    b"---", b"---\n---\n", b"---\n\n---\n\n---\n", b"a = ", b"[[publication]]", b"publication = 3",
    b"!!python/object:os.system x", b"@@@{{{", b"@book{a, title = {x", b"@string{a = }",
    b"---\ntitle: [\n---\n", b"---\n- a\n---\n", b"---\n3: 4\n---\n",
    b'---\ntitle: "\\ud800"\n---\n', b'---\ntitle: "\\0"\n---\n', b"%TAG ! x\n---\n", b"---\n*a: b\n---\n",
    b"---\n<<: 3\n---\n", b"---\n? [a]\n: b\n---\n", b"---\ntitle: !!int x\n---\n",
    b"---\ntitle: " + b"9" * 5000 + b"\n---\n",
])  # fmt: skip
def test_no_content_of_a_file_breaks_it(path, data, made):
    result = made({path: data})
    assert result.artifacts or result.has_errors


def test_pictures_that_are_none_are_told_each_and_do_no_harm(made):
    names = ("empty.png", "short.png", "text.jpg", "bomb.svg")
    contents = (b"", b"\x89PNG\r\n\x1a\n\0", b"not a picture", b'<!DOCTYPE x [<!ENTITY a "&a;">]><svg>&a;</svg>')
    body = "".join(f"![A cup]({name})\n\n" for name in names).encode()
    files = {f"series/tea/{name}": data for name, data in zip(names, contents, strict=True)}
    result = made({**files, PART: HEADER + body})
    # An SVG is drawn by browsers, which know such bombs; emails show none.
    assert [problem.code for problem in result.diagnostics] == ["PW331", "PW331", "PW331", "PW318"]


def test_links_and_dots_never_lead_out_of_the_publication(case, sources, tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"\x89PNG secret")
    root = tmp_path / "publication"
    sources(case("PW106-link-out.txt"))  # writes the publication
    (root / "series/tea/03-secret.md").unlink()
    (root / "series/tea/images/secret.png").symlink_to(secret)
    (root / "series/outside").symlink_to(tmp_path, target_is_directory=True)
    (root / "series/tea/loop").symlink_to("loop")
    (root / PART).write_bytes(
        HEADER
        + b"![A secret](images/secret.png)\n\n![A secret](../../../secret.png)\n\n[it](../../../secret.png)\n"
    )
    result = build(read_sources(root), case("base.txt").as_of)
    assert codes(result) == {"PW106", "PW301", "PW303"}
    assert not result.artifacts
    assert not any(
        b"secret" in data for data in read_sources(root).files.values() if data != (root / PART).read_bytes()
    )


# --- values -----------------------------------------------------------------------------------------------

VALUES = (
    """
null true 3 -1 3.5 .nan .inf 0x1F 1e400 [] [null] [[a]] [{a:b}] {} {a:b} {3:null} "" "\\t\\n" x none . # / //
../../etc/passwd javascript:alert(1) http://[ https:// https://example.org:99999/ mailto: //example.org
2026-11-18 2026-02-30 0001-01-01 9999-12-31 2026-11-18T25:00 2026-11-18T09:00:00+14:00 25:61
'{{x}}' '<b>' '&amp;' '%s%n' '</script>' 🧿 !!binary\xa0aGk= !!set\xa0{a} *a &a
""".replace(":b}", ": b}")
    .replace("3:null", "3: null")
    .split()
)
KEYS = {"part": keys.PART, "series": keys.SERIES, "block": keys.BLOCK}
INNER = {"part": {"image": keys.IMAGE, "disclaimers": keys.DISCLAIMERS}, "series": {"schedule": keys.SCHEDULE}}
PATHS = {"part": PART, "series": "series/tea/index.md", "block": "templates/blocks/survey.md"}
USUAL = {
    "part": {"title": "Hot", "summary": "Hot."},
    "series": {"title": "Hot", "summary": "Hot.", "schedule": "{start: 2026-11-03}"},
    "block": {"kind": "cta", "label": "Go on", "url": "https://example.org/"},
}


def written(lines: dict[str, str]) -> bytes:
    return "\n".join(["---", *(f"{key}: {value}" for key, value in lines.items()), "---", "", "Hot.", ""]).encode()


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", KEYS)
def test_no_value_of_a_key_breaks_it(name, value, made, base):
    good = dict(USUAL[name])
    for key in KEYS[name]:
        for one in (value, *(f"{{{inner}: {value}}}" for inner in INNER.get(name, {}).get(key, ()))):
            data = written({**USUAL[name], key: one})
            parsed = parse_library(Sources({**base, PATHS[name]: data}, {}))
            if not any(diagnostic.is_error for diagnostic in parsed.diagnostics):
                good[key] = one
    result = made({PATHS[name]: written(good)})
    assert result.artifacts or result.has_errors
