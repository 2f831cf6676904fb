import pytest

from tests.check.told import of_library, picture
from tests.projects import CONFIG, index, part

FILES = {
    "series/small/images/cup.png": picture("PNG"),
    "series/small/images/cup.webp": picture("WebP"),
    "series/small/images/cup.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "series/small/images/cup.jpg": picture("JPEG"),
}


def told(body: str, more: str = "", config: str = CONFIG) -> list[str]:
    return of_library(config + index() + part(1, "one", body=body, more=more), **FILES)


@pytest.mark.parametrize(
    "body",
    [
        "![A cup](images/cup.png)",
        "![A cup](/series/small/images/cup.jpg)",
        "![A cup](https://example.org/cup.png?size=3)",
        "::: only web\n\n![A cup](images/cup.svg)\n\n:::",
        "::: only web feed\n\n![A cup](images/cup.webp)\n\n:::",
        "<img src='images/cup.png' alt='A cup'>",
    ],
)
def test_a_picture_that_all_can_see_is_left_alone(body: str) -> None:
    assert told(body) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("![A cup](images/cup.webp)", ["PW318 6:10"]),
        ("![A cup](https://example.org/cup.AVIF?v=1)", ["PW318 6:10"]),
        ("![](images/cup.png)", ["PW304 6:5"]),
        ("![ ](images/cup.png)", ["PW304 6:6"]),
        ("![IMG 0001.JPG](images/cup.png)", ["PW304 6:17"]),
        ("![](images/no.png)", ["PW303 6:5", "PW304 6:5"]),
        ("Two: ![A cup](images/no.png) ![A cup](images/no.png)", ["PW303 6:15", "PW303 6:39"]),
        ("<img src='images/cup.png'>", ["PW304 6:11"]),
        ("<img alt='A cup'>", ["PW303 6:1"]),
        ("![A cup]()", ["PW303 6:1"]),
    ],
)
def test_a_picture_that_somebody_cannot_see_is_told(body: str, expected: list[str]) -> None:
    assert told(body) == expected


def test_the_lead_picture_and_the_logo_are_pictures_too() -> None:
    assert told("Text.", "image: {src: images/cup.webp, alt: A cup}") == ["PW318 4:9"]
    logo = CONFIG + '\n[theme]\nlogo = "series/small/images/cup.svg"\n'
    assert told("Text.", config=logo) == ["PW318 15:1"]
