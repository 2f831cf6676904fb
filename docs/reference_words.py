"""What the pages of docs/reference/ say that cannot be read off the program."""  # noqa: INP001

# What each name in a template is. A template that uses another stops docs/make_reference.py.
NAMES = {
    "publication": "the publication: `PublicationView`",
    "part": "the part: `PartView`",
    "section": "one of `part.sections`, by kind: `ProseView`, `CtaView` and so on",
    "sections": "the part's sections as text, each with its `kind` and `text` (plain text alone)",
    "links": "the addresses that the text gives numbers to (plain text alone)",
    "names": "set by the template itself",
    "wrap": "`wrap(text)` breaks lines (plain text alone)",
    "noted": "`noted(words, url)` puts after words the number of their link (plain text alone)",
    "underlined": "`underlined(text)` puts a line under a title (plain text alone)",
    "look": "the colours and the font of the email: `Look`",
    "signup": "how to get the next part: `SignupView`",
    "styles": "the email's own styles, from `email/styles.css.j2`: they become style attributes",
    "screens": "its styles for phones and for the dark, from `email/screens.css.j2`: they stay a style sheet",
    "subject": "the subject of the email",
    "preheader": "the line that an inbox shows after the subject",
    "browser_url": "the address of the email's copy on the site",
    "recipient": "the reader's address: a merge place",
    "unsubscribe_url": "the address that takes the reader off the list: a merge place",
    "picture": "the lead picture, when the feed entry is to show it: `PictureView`",
    "site": "what all pages share: `SiteView`",
    "page": "the page's own head: `PageView`",
    "palette": "the colours of the pages: `Palette`",
    "font": "the font list of the pages",
    "series": "a series (`SeriesView`), or on the home page and on 404 a list of them",
    "latest": "the newest part: `CardView`, or nothing",
    "latest_series": "the series of the newest part: `SeriesView`, or nothing",
    "recent": "the parts before the newest one: a list of `CardView`",
    "years": "the archive: a list of `YearView`",
    "tags": "all tags, or a part's own: a list of `TagView`",
    "tag": "the page's tag: `TagView`",
    "cards": "the parts of a tag: a list of `CardView`",
    "pager": "the way on from a part: `PagerView`",
    "contents": "set by the template itself",
    "current": "the page's name in the main navigation, or nothing",
    "feeds": "the feeds that the page makes known: a list of `FeedLink`",
    "frame": "what pages of one depth share, as markup: `FrameView`",
    "hero": "the lead picture of a part: `PictureView`, or nothing",
    "introduction": "the series' introduction, as safe markup",
    "notes": "the introduction's footnotes, as safe markup",
    "to": "where an old address leads now",
}
# What templates import from one another is theirs.
MACROS = {"authors", "card_list", "minutes", "steps"}

# What an author writes, under a title, and a remark on it. What comes of it is rendered.
EXAMPLES = (
    (
        "Headings",
        "## How hot?\n\n### In degrees {#degrees}",
        "The title of a part is of level one, so a body starts at `##`. `{#name}` gives an anchor of one's own.",
    ),
    (
        "Links",
        "After [the leaf](01-the-leaf.md#where-it-grows) comes [the water][w].\n\n[w]: https://example.org/water",
        "Link to files as they are named: the link follows a part when its number changes.",
    ),
    (
        "Pictures",
        '![A cup of tea](images/cup.png "Steam is water, too.")',
        "The words in brackets are the alternative text, and required. A title becomes a caption.",
    ),
    (
        "Emphasis and typography",
        '"Hot" -- but *how* hot? **Very**... ~~cold~~ `98 °C`',
        "Quotation marks, dashes and dots are set as a printer would; not in code.",
    ),
    (
        "Citations",
        "Tea is a religion of sorts [@okakura, p. 3].",
        "The key is a reference's `id`. A number comes out, and at the end a list in the publication's style.",
    ),
    (
        "Footnotes",
        "Ninety degrees.[^how]\n\n[^how]: For green tea, less.",
        "They are numbered as they are first mentioned.",
    ),
    ("Tables", "| tea | degrees |\n|---|--:|\n| green | 75 |\n| black | 95 |", "A wide one scrolls by itself."),
    ("Definition lists", "Gongfu\n: Many short infusions.", "A term, and what it means."),
    (
        "Lists",
        "1. Boil.\n2. Pour.\n   - Slowly.",
        "With empty lines between its items, a list is set more widely.",
    ),
    ("Quotations", "> Tea began as a medicine.", "They may hold anything but a `:::` line."),
    ("Code", "```text\nleaf + water\n```", "The word after the fence names the language."),
    (
        "Calls to action by hand",
        "::: cta discovery-call :::",
        "On a line of its own, at the left margin. Set by hand, it is not added again by rule.",
    ),
    (
        "What one channel shows",
        "::: only email\nHit reply and tell us.\n:::",
        "The channels are `email`, `web` and `feed`; a fence may name two of them.",
    ),
)
