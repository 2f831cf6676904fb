from tests.projects import CONFIG, index, part
from tests.web.builders import pages, png, sample, site, tree

PICTURE, LARGE = png(800, 400), png(1200, 630)
QUOTED = "//meta[@property='og:image']/@content"


def pictures(*names: str) -> dict[str, bytes]:
    return {f"series/small/images/{name}.png": PICTURE for name in names}


def test_pictures_keep_their_names_for_the_letters_that_point_at_them() -> None:
    files = site(CONFIG + index() + part(1, body="Words.\n\n![A plan](images/plan.png)"), **pictures("plan"))

    assert files["small/images/plan.png"] == PICTURE


def test_a_picture_that_nothing_published_shows_is_not_on_the_site() -> None:
    files = site(CONFIG + index() + part(1), **pictures("unused"))

    assert not [path for path in files if "unused" in path]


def test_a_picture_for_email_alone_is_on_the_site_too_since_the_letter_loads_it_from_there() -> None:
    body = "Words.\n\n::: only email\n![A plan](images/plan.png)\n:::\n\nMore."
    files = site(CONFIG + index() + part(1, body=body), **pictures("plan"))

    assert "small/images/plan.png" in files
    assert not tree(files["small/part-1/index.html"]).xpath("//main//img")


def test_a_parts_own_picture_stands_at_its_head_unless_its_text_shows_it() -> None:
    image = "image: {src: images/plan.png, alt: A plan}"
    head = site(CONFIG + index() + part(1, more=image), **pictures("plan"))
    both = site(
        CONFIG + index() + part(1, more=image, body="Words.\n\n![A plan](images/plan.png)"), **pictures("plan")
    )

    for files in (head, both):
        page = tree(files["small/part-1/index.html"])
        assert page.xpath("//main//img/@src") == ["../../small/images/plan.png"]
    assert tree(head["small/part-1/index.html"]).xpath("//figure[@class='hero']//img/@alt") == ["A plan"]


def test_a_parts_own_picture_is_quoted_where_it_is_as_large_as_a_card_and_the_card_where_it_is_not() -> None:
    image = "image: {src: images/plan.png, alt: A plan}"
    for data, quoted in ((LARGE, "small/images/plan.png"), (PICTURE, "assets/cards/small-part-1-")):
        files = site(CONFIG + index() + part(1, more=image), **{"series/small/images/plan.png": data})
        page = tree(files["small/part-1/index.html"])

        assert page.xpath(QUOTED)[0].startswith(f"https://weekly.example.org/{quoted}")


def test_every_picture_of_the_sample_has_its_size_and_an_alternative() -> None:
    for path, page in pages(sample()).items():
        for image in page.xpath("//img"):
            assert image.get("alt") is not None, path
            assert int(image.get("width")) > 0, path
            assert int(image.get("height")) > 0, path
        assert not page.xpath("//div[@class='text']//img[@alt='']"), path
