"""The drawn posters."""

import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from cinema.domain import posters
from cinema.domain.posters import COLUMN, TITLE_HEIGHT, draw_poster
from cinema.domain.posters.patterns import FIELD, PALETTES, PATTERNS, initial
from cinema.domain.posters.typography import ASCENT, LINE, fit, width_of
from tests.factories import MovieFactory

ODD_TITLES = [
    "<script>alert('no')</script> & \"more\"",
    "🎬🍿 Party 👩‍👩‍👧",
    "W" * 200,
    "A title that goes on and on " * 7,
    "千と千尋の神隠し",
    "کلوزآپ، نمای نزدیک",
    "নায়ক\x0b\x00\ud800",
    "M",
    "…",
    "",
]


def texts(svg: str) -> list[str]:
    return [element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.django_db
def test_a_poster_is_an_svg_with_title_director_and_year(client, django_assert_num_queries):
    movie = MovieFactory(title="Charulata", director="Satyajit Ray", year=1964)
    with django_assert_num_queries(1):
        response = client.get(reverse("movie-poster", args=[movie.slug]))
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert [*texts(response.content.decode())][-3:] == ["Charulata", "Satyajit Ray", "1964"]


@pytest.mark.django_db
def test_a_poster_is_kept_for_a_day_and_not_sent_twice(client):
    address = reverse("movie-poster", args=[MovieFactory().slug])
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, max-age=86400"
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_a_film_that_does_not_exist_has_no_poster(client):
    assert client.get(reverse("movie-poster", args=["nothing"])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("title", [title for title in ODD_TITLES if title.isprintable() and len(title) <= 200])
def test_an_odd_title_is_shown_as_it_is(client, title):
    movie = MovieFactory(title=title, slug="odd", director="<i>&", year=None)
    response = client.get(reverse("movie-poster", args=["odd"]))
    shown = "".join(texts(response.content.decode()))
    assert title.replace(" ", "") in shown.replace(" ", "")
    assert "<i>&" in shown
    assert movie.title == title


@pytest.mark.parametrize("title", ODD_TITLES)
@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.__name__)
def test_every_picture_takes_every_title(monkeypatch, pattern, title):
    monkeypatch.setattr(posters, "PATTERNS", [pattern])
    svg = draw_poster(slug="film", title=title, director=title, year=1999)
    ElementTree.fromstring(svg.encode())
    assert not re.search(r"style=|href=|<script", svg)


@pytest.mark.parametrize(
    ("title", "above"),  # how far its first letter reaches above the baseline, in font sizes
    [("Life of Pi", ASCENT), ("Wild Strawberries", ASCENT), ("Qissa", ASCENT), ("Élite", 1), ("शम्भाला", 1.1)],
)
def test_the_letter_of_a_poster_is_whole(monkeypatch, title, above):
    monkeypatch.setattr(posters, "PATTERNS", [initial])
    svg = ElementTree.fromstring(draw_poster(slug="film", title=title))

    letter = next(each for each in svg.iter("{http://www.w3.org/2000/svg}text"))
    size, baseline = float(letter.get("font-size")), float(letter.get("y"))
    assert letter.text == title[0]
    assert above * size <= baseline <= FIELD - 0.18 * size
    assert width_of(letter.text, size) <= COLUMN


@pytest.mark.parametrize("title", [*ODD_TITLES, "W" * 5000])
def test_no_line_is_wider_than_its_column_nor_the_block_higher_than_its_room(title):
    lines, size = fit(title, width=COLUMN, height=TITLE_HEIGHT)
    assert all(width_of(line, size) <= COLUMN for line in lines)
    assert len(lines) * size * LINE <= TITLE_HEIGHT


def test_a_short_title_is_set_large_and_a_long_one_in_even_lines():
    assert fit("RRR", width=340, height=136)[1] > 90
    assert fit("Portrait of a Lady on Fire", width=340, height=136)[0] == ["Portrait of a", "Lady on Fire"]


def test_a_very_long_word_is_broken_rather_than_set_tiny():
    lines, size = fit("Supercalifragilisticexpialidocious", width=340, height=136)
    assert ("".join(lines), len(lines), size) == ("Supercalifragilisticexpialidocious", 2, 32)


def test_directors_that_do_not_fit_end_in_dots():
    svg = draw_poster(slug="a", title="Film", director="Somebody Else, " * 9)
    assert texts(svg)[1] == "Somebody Else, Somebody Else…"


def test_a_title_written_from_the_right_stands_at_the_left_margin_too():
    svg = ElementTree.fromstring(draw_poster(slug="a", title="کلوزآپ"))
    [title] = [element for element in svg.iter("{http://www.w3.org/2000/svg}text") if element.text == "کلوزآپ"]
    assert (title.get("direction"), title.get("text-anchor")) == ("rtl", "end")


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.ground)
def test_title_and_credit_can_be_read(palette):
    dark, light = sorted([luminance(palette.ink), luminance(palette.ground)])
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_same_film_always_gets_the_same_poster_and_others_get_others():
    def draw(slug: str) -> str:
        return draw_poster(slug=slug, title="Film")

    assert draw("a") == draw("a")
    assert len({draw(f"film-{n}") for n in range(40)}) > 30
