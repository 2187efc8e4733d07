"""The picture of a film in previews of shared links."""

import io
from datetime import timedelta

import pytest
from anyascii import anyascii
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image, ImageChops

from cinema.domain import posters
from cinema.domain.posters import draw_poster
from cinema.domain.posters.patterns import PATTERNS
from cinema.exports.card_png import POSTER, Card, card_png
from cinema.exports.poster_picture import poster_picture
from cinema.views.public.posters import _kept_card
from tests.factories import MovieFactory, TheatreFactory, listed

ODD_TITLES = [
    "",
    "W" * 200,
    "Supercalifragilisticexpialidocious",
    "千と千尋の神隠し",
    "मंडी",
    "کلوزآپ",
    "<b>&\u200d\x0b",
    "… " * 99,
]


@pytest.fixture(autouse=True)
def _nothing_kept():
    _kept_card.cache_clear()


@pytest.fixture
def show():
    return listed(theatre=TheatreFactory(name="Galaxy"), movie=MovieFactory(title="Mandi", slug="mandi"))


def picture(file: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(file))
    assert (found.format, found.size) == ("PNG", (1200, 630))
    return found.convert("RGB")


def card(title: str = "Mandi", **fields) -> bytes:
    plain = {"slug": "mandi", "director": "Shyam Benegal", "year": 1983, "poster": "", "foot": "Galaxy, Mumbai"}
    plain["times"] = (("Saturday 28 November", "18:30 · 21:00"),)
    return card_png(Card(title=title, **plain | fields))


def is_same(one: Image.Image, other: Image.Image, box: tuple[int, int, int, int]) -> bool:
    return ImageChops.difference(one.crop(box), other.crop(box)).getbbox() is None


@pytest.mark.django_db
def test_a_film_that_is_on_has_a_card(client, show, django_assert_num_queries):
    with django_assert_num_queries(2):  # the film, its next shows
        response = client.get(reverse("movie-card", args=["mandi"]))

    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=3600"
    picture(response.content)
    again = client.get(reverse("movie-card", args=["mandi"]), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_arabic_is_drawn_in_its_own_letters_from_the_right():
    title, texts = "القارب", (480, 0, 1200, 300)
    left, latin = (picture(card(title=each)) for each in (title, anyascii(title)))
    right = picture(card(title=title, right_to_left=True))
    assert not is_same(left, latin, texts)
    assert is_same(left.crop((0, 0, *POSTER)), right.crop((1200 - POSTER[0], 0, 1200, POSTER[1])), (0, 0, *POSTER))


@pytest.mark.django_db
def test_a_card_is_drawn_once_until_what_it_shows_changes(client, show):
    url = reverse("movie-card", args=["mandi"])
    first = client.get(url)
    client.get(url)
    assert _kept_card.cache_info().misses == 1
    show.starts_at += timedelta(hours=1)
    show.save()

    assert client.get(url)["ETag"] != first["ETag"]
    assert _kept_card.cache_info().misses == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("poster", "leads_to"), [("", "/static/img/icon-512"), ("posters/a.jpg", "/media/posters/a.jpg")]
)
def test_nothing_is_drawn_for_a_film_that_is_not_on(client, poster, leads_to):
    MovieFactory(slug="old", poster=poster)

    response = client.get(reverse("movie-card", args=["old"]))

    assert response.status_code == 302
    assert response["Location"].startswith(leads_to)
    assert client.get(reverse("movie-card", args=["none"])).status_code == 404


@pytest.mark.django_db
def test_an_uploaded_poster_is_on_the_card(client, show, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = io.BytesIO()
    Image.new("RGB", (400, 600), "#2244aa").save(file, "png")
    show.movie.poster.save("blue.png", ContentFile(file.getvalue()))

    found = picture(client.get(reverse("movie-card", args=["mandi"])).content)

    assert {found.getpixel((x, y)) for x in (1, 200, 418) for y in (1, 300, 628)} == {(0x22, 0x44, 0xAA)}


def test_a_poster_that_is_missing_from_the_disk_is_drawn():
    assert card(poster="/nowhere/a.jpg") == card()


def test_title_and_times_are_written_beside_the_poster():
    plain = picture(card())

    assert not is_same(plain, picture(card(times=())), (POSTER[0], 160, 1200, 400))
    assert not is_same(plain, picture(card(foot="")), (POSTER[0], 540, 1200, 630))
    assert not is_same(plain, picture(card("Mando")), (POSTER[0], 60, 1200, 160))


@pytest.mark.parametrize("title", ODD_TITLES)
def test_no_title_writes_over_the_margin_or_the_foot(title):
    times = tuple((f"{day} November", "18:30 · 21:00") for day in range(3))
    found, bare = picture(card(title, times=times)), picture(card("", times=()))

    assert is_same(found, bare, (1160, 0, 1200, 630))
    assert is_same(found, bare, (POSTER[0], 545, 1200, 630))


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.__name__)
def test_every_poster_is_drawn_as_a_picture(monkeypatch, pattern):
    monkeypatch.setattr(posters, "PATTERNS", [pattern])

    found = poster_picture(draw_poster(slug="film", title="RRR"), height=600)

    assert found.size == (400, 600)
    assert found.getextrema()[3] == (255, 255)  # nothing of the ground is left open
    assert len(found.getcolors(maxcolors=400 * 600)) > 20  # of the picture, and of its edges
