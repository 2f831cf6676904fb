"""The form that asks for an address: a plain one, that says what comes of it, and the feed where there is none."""

from datetime import date

from tests.projects import CONFIG, index, part
from tests.web.builders import pages, sample, site, tree

EARLY = date(2026, 11, 4)  # Part 1 is out, and Part 2 is to come
PAGES = ("index.html", "small/index.html", "small/part-1/index.html")
TEXT = index() + part(1) + part(2)
OWN = CONFIG + '[sending]\npublic_url = "https://letters.example.org/"\n'
SERVICE = CONFIG + (
    '[signup]\naction = "https://lists.example.net/add?id=7&x=1"\nemail_field = "EMAIL"\n'
    'fields = {list = "weekly", "tag[]" = "a \\"b\\""}\n'
)


def form(files: dict[str, bytes], path: str):
    (found,) = tree(files[path]).xpath("//main//section[@class='signup']//form")
    return found


def test_the_publications_own_server_is_asked_with_the_series_and_a_trap_for_machines() -> None:
    files = site(OWN + TEXT)  # whether more is to come nobody has said
    for path in PAGES:
        found = form(files, path)
        names = {field.get("name"): field.get("value") for field in found.xpath(".//input")}

        assert (found.get("action"), found.get("method")) == ("https://letters.example.org/subscribe", "post")
        assert names == {"email": None, "website": None} | ({} if path == "index.html" else {"series": "small"})
        (trap,) = found.xpath(".//input[@name='website']")
        assert (trap.get("tabindex"), trap.get("autocomplete"), trap.get("type")) == ("-1", "off", "text")
        assert trap.getparent().get("aria-hidden") == "true"


def test_a_finished_series_offers_the_letters_of_the_publication() -> None:
    """Of the series itself none would ever come."""
    files = site(OWN + index(more="parts_planned: 2") + part(1) + part(2))

    assert [form(files, path).xpath(".//input[@name='series']") for path in PAGES] == [[], [], []]


def test_a_service_gets_its_own_names_and_what_it_wants_along_and_no_trap() -> None:
    found = form(site(SERVICE + TEXT), PAGES[2])

    assert found.get("action") == "https://lists.example.net/add?id=7&x=1"
    assert [(field.get("name"), field.get("value")) for field in found.xpath(".//input")] == [
        ("EMAIL", None),
        ("list", "weekly"),
        ("tag[]", 'a "b"'),
    ]


def test_the_field_has_a_label_and_is_filled_in_by_the_browser() -> None:
    found = form(site(OWN + TEXT), PAGES[0])
    (field,) = found.xpath(".//input[@type='email']")

    assert field.get("autocomplete") == "email"
    assert field.get("required") is not None
    assert found.xpath(f".//label[@for='{field.get('id')}']/text()") == ["Your email address"]
    assert found.xpath(".//button[@type='submit']")


def test_it_says_how_often_a_letter_comes_and_that_one_can_leave() -> None:
    words = tree(site(OWN + TEXT, EARLY)[PAGES[2]]).xpath("string(//section[@class='signup'])")

    assert "once a week" in words
    assert "leave at any time" in words


def test_where_series_come_at_different_times_no_time_is_promised() -> None:
    other = index("other", "Other things").replace("every: week", "every: 2 weeks")
    text = (
        OWN + index(more="parts_planned: 4") + part(1) + other + part(1, series="other") + part(2, series="other")
    )
    files = site(text, EARLY)
    words = {path: tree(files[path]).xpath("string(//section[@class='signup'])") for path in PAGES[:2]}

    assert "once a week" in words["small/index.html"]
    assert "once a week" not in words["index.html"]


def test_who_gets_the_address_is_said_when_it_is_somebody_else() -> None:
    assert "lists.example.net" in tree(site(SERVICE + TEXT)[PAGES[0]]).xpath("string(//section[@class='signup'])")
    assert "goes to" not in tree(site(OWN + TEXT)[PAGES[0]]).xpath("string(//section[@class='signup'])")


def test_without_an_address_to_send_to_there_is_no_form_and_the_feed_is_offered() -> None:
    files = site(CONFIG + TEXT)
    for path in PAGES:
        (section,) = tree(files[path]).xpath("//section[@class='signup']")

        assert not section.xpath(".//form")
        assert section.xpath(".//a[contains(@href, 'feed.xml')]")
    assert tree(files[PAGES[1]]).xpath("//section[@class='signup']//a/@href") == ["../small/feed.xml"]


def test_pages_that_only_list_have_no_form() -> None:
    with_form = {path for path, page in pages(sample()).items() if page.xpath("//section[@class='signup']")}

    assert "archive/index.html" not in with_form
    assert "index.html" in with_form


def test_without_a_form_the_dates_are_offered_while_there_is_more_to_come() -> None:
    early, late = site(CONFIG + TEXT, EARLY), site(CONFIG + TEXT)
    dates = "//section[@class='signup']//a[@type='text/calendar']/@href"

    assert [tree(early[path]).xpath(dates) for path in PAGES] == [
        ["./calendar.ics"],
        ["../small/calendar.ics"],
        ["../../small/calendar.ics"],
    ]
    assert not [path for path in PAGES if tree(late[path]).xpath(dates)]


def test_a_series_without_any_date_names_no_calendar() -> None:
    files = site(CONFIG + index() + part(1, more="draft: true"))

    assert "small/calendar.ics" not in files
    assert not tree(files["small/index.html"]).xpath("//@href[contains(., 'calendar.ics')]")
