"""The drawn posters."""

import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from cinema.domain.posters import draw_poster, patterns
from cinema.domain.posters.palettes import PALETTES, contrast
from cinema.domain.posters.series import SERIES
from cinema.domain.posters.svg import MARGIN, WIDTH
from cinema.domain.posters.typography import fit, width_of
from tests.factories import GenreFactory, MovieFactory

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
    movie.genres.set([GenreFactory(name="Drama"), GenreFactory(name="Romance")])
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
@pytest.mark.parametrize("composition", SERIES, ids=lambda composition: composition.draw.__name__)
def test_every_picture_takes_every_title(monkeypatch, composition, title):
    monkeypatch.setattr("cinema.domain.posters.choose", lambda rng, genres: composition)
    svg = draw_poster(slug="film", title=title, director=title, year=1999)
    ElementTree.fromstring(svg.encode())
    assert not re.search(r"style=|href=|<script", svg)


@pytest.mark.parametrize("title", ODD_TITLES)
def test_no_line_is_wider_than_its_column_nor_the_block_higher_than_its_room(title):
    block = fit(title, width=WIDTH - 2 * MARGIN, height=136, face="serif")
    assert all(width_of(line, block.size) <= WIDTH - 2 * MARGIN for line in block.lines)
    assert len(block.lines) * block.line_height <= 136


def test_a_short_title_is_set_large_and_a_long_one_in_even_lines():
    assert fit("RRR", width=340, height=136, face="serif").size > 90
    lines = fit("Portrait of a Lady on Fire", width=340, height=136, face="serif").lines
    assert lines == ["Portrait of a", "Lady on Fire"]


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.ground)
def test_title_and_credit_can_be_read(palette):
    assert contrast(palette.ink, palette.ground) >= 4.5


def test_the_same_film_always_gets_the_same_poster_and_others_get_others():
    def draw(slug: str) -> str:
        return draw_poster(slug=slug, title="Film", genres=["Drama"])

    assert draw("a") == draw("a")
    assert len({draw(f"film-{n}") for n in range(40)}) > 30


def test_a_film_without_genres_or_with_unknown_ones_gets_a_poster_too():
    assert draw_poster(slug="a", title="Film") != draw_poster(slug="a", title="Film", genres=["Kitchen sink"])
    assert patterns.eye in [composition.draw for composition in SERIES]
