"""Bodies to try a theme on: hard ones written by hand, and mixtures of all that Markdown has. Always the same."""

import random

SEED = 20261103
GENERATED = 130

INLINES = (
    "plain words",
    "*emphasis* and **strong *both***",
    "`code <x> & y`",
    "[link](https://e.org/?a=1&b=2)",
    "~~gone~~",
    "![picture](https://e.org/p.png)",
    "H<sub>2</sub>O, <kbd>K</kbd>, <mark>m</mark>, <small>s</small>",
    "<https://e.org/é?q=a b>",
    "emoji 🎉, “quotes”, قصة",
    '[a "quoted" one](<https://e.org/?q=a"b> "t & \'u\'")',
    "{{{{ first_name | there }}}}",
    "[**bold** and `code`](https://e.org/) in one",
)
BLOCKS = (
    "{0}",
    "## {0}",
    "### {0}\n\n#### {1}",
    "- {0}\n- {1}\n  - {2}\n    1. {0}",
    "1. {0}\n\n   {1}\n\n2. {2}",
    "> {0}\n>\n> - {1}\n>\n> > {2}",
    "```py\nx < 1 && y\n```",
    "| {0} | b |\n|:--:|--:|\n| {1} | {2} |",
    "Term\n: {0}\n\n: {1}\n\n  {2}",
    '![Alone](https://e.org/p.png "A caption")',
    "***",
    "<details open><summary>{0}</summary><div><p>{1}</p></div></details>",
    "<table><caption>c</caption><tr><th align='right'>a</th><td colspan='2'>b</td></tr></table>",
    '<ol start="3" type="a"><li value="7">{0}</li></ol>',
    '<p id="own" title="t" dir="rtl" lang="ar">{0}<br>{1}</p>',
    "<section><blockquote>{0}<hr>{1}</blockquote><pre>  kept\n as it is</pre></section>",
)
HARD = (
    "- a\n  - b\n    - c\n      - d\n        - e\n          - f",
    "1. a\n   - b\n     1. c\n\n        d\n\n        > e\n        > - f",
    "- [ ] not a task\n- [x] nor this",
    "> > > > deep *down*",
    "> - a\n>   > b\n>   >\n>   > ```\n>   > c\n>   > ```",
    "> ## A heading in a quotation\n>\n> | a | b |\n> |---|:-:|\n> | `c` | *d* |",
    "| a |\n|---|\n| b |",
    "| a | b | c | d |\n|:--|:-:|--:|---|\n| *a* | **b** | `c` | [d](https://e.org/) |\n| | ![x](https://e.org/x.png) | | |",
    "| a \\| b | `c \\| d` |\n|---|---|\n| {{ first_name \\| there }} | e |",
    "- | a |\n  |---|\n  | b |",
    "`` a ` b `` and ``` `` ``` and ` `",
    "    indented & <code>\n\n        more",
    '```html\n<p style="x">&nbsp;</p>\n</td></tr></table>\n```',
    "```\n\n\nempty lines around\n\n\n```",
    "A *b **c ~~d `e` f~~ g** h* i",
    "***both*** __strong__ _em_ *a*b*c*",
    "Term *one*\n: First\n\n  > quoted\n\n  - listed\n\nTerm **two**\n: `Second`",
    "Mentioned[^a] twice[^a] and another[^b].\n\n[^a]: One.\n\n[^b]: Two\n\n    in paragraphs\n\n    - and a list",
    "Cited [@one], [@one, p. 7; @two] and *[@two]*.",
    "قصة **الزونولين** بين `x` و[رابط](https://e.org/)",
    '<p dir="rtl">עברית <b>מודגש</b></p>\n\n<blockquote dir="rtl"><p>ציטוט</p></blockquote>',
    "中文，**粗体**、`代码`。日本語のテキスト",
    "👩‍👩‍👧‍👦 🇬🇧 é à ﷽ 𝕊",
    "[](https://e.org/) [ ](https://e.org/) [![p](https://e.org/p.png)](https://e.org/)",
    "[mail](mailto:a+b@e.org?subject=c%20d) [call](tel:+441234) <me@e.org> <https://e.org/~x_y>",
    "[a](https://e.org/a%20b?c=d%26e#f) [b](https://e.org/(x)) [c](https://e.org/'x')",
    "[anchor](#a-heading)\n\n## A heading {#a-heading}",
    '![](https://e.org/p.png)\n\n![a "b" & <c>](https://e.org/p.png?a=1&b=2 "T \\"q\\" & <u>")',
    "Text ![in](https://e.org/i.png) line\n![two](https://e.org/2.png)",
    "Line one\\\nline two  \nline three\nsame line",
    "&amp; &lt;b&gt; &nbsp;&copy; &#8212; &hellip; \\* \\_ \\` \\# \\<",
    "a &lt;script&gt; b, 1 < 2 > 0 && c, \"q\" 'r' -- --- ...",
    "<b>Bold</b> <i>it</i> <u>u</u> <s>s</s> <em>e</em> <strong>s</strong> <cite>c</cite> <dfn>d</dfn> <var>v</var>",
    '<abbr title="a &amp; b">c</abbr> <time datetime="2026-11-03">then</time> <q lang="fr">q</q> <bdo dir="rtl">r</bdo>',
    "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> long<wbr>word <del>d</del> <ins>i</ins> <samp>s</samp>",
    "<ul><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ul>",
    "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd><p>d</p><p>e</p></dd></dl>",
    '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td rowspan="2">b</td></tr></tbody>'
    "<tfoot><tr><td>c</td></tr></tfoot></table>",
    "<table><tr><td><table><tr><td>nested</td></tr></table></td></tr></table>",
    '<figure><img src="https://e.org/p.png" alt="a" width="100" height="50"><figcaption>c <em>d</em></figcaption></figure>',
    "<div><div><p>a</p></div><p>b</p></div>",
    "<section><h2>not allowed</h2><p>a</p></section>",
    "<details><summary>a <b>b</b></summary>\n\nMarkdown *inside*\n\n- c\n\n</details>",
    "<pre>\n  a <b>b</b>\n\tc\n</pre>",
    "<blockquote>bare words <p>then a paragraph</p> and words</blockquote>",
    '<ol reversed start="5"><li>a</li></ol>\n\n0. zero\n1. one',
    '<p title="it\'s &quot;so&quot;" id="x">a</p>\n\n<p lang="de">b</p>',
    "Hello {{ first_name | dear reader }}, *{{ first_name | there }}* and [{{first_name|you}}](https://e.org/)!",
    f"A word{'o' * 400} and https://e.org/{'a' * 300}",
    f"{'Many words in a row. ' * 120}",
    "\n\n".join(f"## Heading {k}\n\nText {k}." for k in range(25)),
    "| h |\n|---|\n" + "\n".join(f"| row {k} |" for k in range(60)),
)


def bodies() -> list[str]:
    """Every hard one, every block by itself, then mixtures; the same ones in every run."""
    dice = random.Random(SEED)
    alone = [block.format(*dice.sample(INLINES, 3)) for block in BLOCKS]
    mixed = [
        "\n\n".join(block.format(*dice.sample(INLINES, 3)) for block in dice.sample(BLOCKS, 6))
        for _ in range(GENERATED)
    ]
    return [text.replace("{{{{", "{{").replace("}}}}", "}}") for text in (*HARD, *alone, *mixed)]
