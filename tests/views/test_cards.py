"""The pictures of films, theatres, seasons and of the programme in previews of shared links."""

import io
from datetime import timedelta

import pytest
from anyascii import anyascii
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils.translation import override
from PIL import Image, ImageChops

from cinema.domain import posters
from cinema.domain.posters import draw_poster
from cinema.domain.posters.patterns import PATTERNS
from cinema.exports.card_png import POSTERS, Card, Poster, card_png
from cinema.exports.poster_picture import poster_picture
from cinema.models import Appearance, Show
from cinema.views.public import cards
from cinema.views.public.cards import _kept_card, _of_film
from tests.factories import MovieFactory, TheatreFactory, listed, season

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
    plain = {"posters": (poster(),), "times": (("Saturday 28 November", "18:30 · 21:00"),), "foot": "Galaxy, Mumbai"}
    return card_png(Card(title=title, **plain | fields))


def poster(slug: str = "mandi", **fields) -> Poster:
    return Poster(**{"slug": slug, "title": "Mandi", "director": "Shyam Benegal", "year": 1983, "file": ""} | fields)


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


@pytest.mark.django_db
def test_a_card_names_the_labels_of_each_show(show):
    Show.objects.filter(pk=show.pk).update(labels=" audio-description q-and-a ", label_note="with the director")
    plain = listed(theatre=show.screen.theatre, movie=show.movie, days=1)

    first, second = _of_film(show.movie, [Show.objects.get(pk=show.pk), plain]).times

    assert first[2] == f"{first[1]} Audio description, Q&A, with the director"
    assert len(second) == 2


@pytest.mark.django_db
def test_a_card_has_the_note_of_a_show_in_the_language_of_its_page(show):
    note = {"label_note": "with the director", "label_note_translations": {"de": "mit der Regisseurin"}}
    Show.objects.filter(pk=show.pk).update(**note)

    with override("de"):
        [(_day, start, labelled)] = _of_film(show.movie, [Show.objects.get(pk=show.pk)]).times

    assert labelled == f"{start} mit der Regisseurin"


def test_labels_are_written_below_their_times():
    day = ("Saturday 28 November", "18:30")
    plain, labelled = picture(card(times=(day, day))), picture(card(times=((*day, "18:30 Q&A"), day)))

    assert not is_same(plain, labelled, (POSTERS[0], 290, 1200, 400))


def test_arabic_is_drawn_in_its_own_letters_from_the_right():
    title, texts = "القارب", (480, 0, 1200, 300)
    left, latin = (picture(card(title=each)) for each in (title, anyascii(title)))
    right = picture(card(title=title, right_to_left=True))
    assert not is_same(left, latin, texts)
    assert is_same(left.crop((0, 0, *POSTERS)), right.crop((1200 - POSTERS[0], 0, 1200, POSTERS[1])), (0, 0, *POSTERS))


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


@pytest.fixture
def drawn(monkeypatch) -> list[Card]:
    """The cards that are to be drawn."""
    found: list[Card] = []
    monkeypatch.setattr(cards, "_kept_card", lambda card: found.append(card) or b"")
    return found


@pytest.mark.django_db
def test_the_programme_of_a_city_has_a_card(client, show, drawn, django_assert_num_queries):
    later = listed(theatre=show.screen.theatre, movie=show.movie, starts_at=show.starts_at + timedelta(minutes=10))
    other = TheatreFactory(city="Köln")
    for _ in range(3):
        listed(theatre=other)
    with django_assert_num_queries(6):  # the options of the filters, the programme
        client.get("/card.png", {"city": show.screen.theatre.city})
    client.get("/card.png")
    client.get("/card.png?city=Nowhere")
    client.get(reverse("theatre-card", args=[show.screen.theatre.slug]))

    city, everywhere, nowhere, galaxy = drawn
    starts = " · ".join(f"{each.starts_at.astimezone(show.screen.theatre.tz):%H:%M}" for each in (show, later))
    assert (city.title, city.times) == (f"What’s on in {show.screen.theatre.city}", (("Mandi", starts),))
    assert city.foot == f"{show.trading_day:%A} {show.trading_day.day} {show.trading_day:%B} · Cinema"
    assert (everywhere.title, len(everywhere.posters), len(everywhere.times)) == ("What’s on", 4, 3)
    assert nowhere == everywhere
    assert galaxy == city._replace(title="Galaxy")


@pytest.mark.django_db
def test_a_season_and_coming_films_have_a_card(client, show, drawn):
    MovieFactory(title="Dune", release_date=show.trading_day + timedelta(days=99))
    client.get(reverse("season-card", args=[season(show.movie, title="New waves").slug]))
    client.get("/coming-soon/card.png")

    new_waves, coming = drawn
    assert (new_waves.title, new_waves.times[0][1]) == ("New waves", "Mandi")
    assert (coming.title, coming.times[0][1], coming.posters[0].title) == ("Coming soon", "Dune", "Dune")
    assert coming.times[0][0].startswith("From ")
    assert client.get(reverse("season-card", args=["none"])).status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("appearances_are_read")
def test_without_films_the_card_is_the_icon_of_the_cinema(client):
    Appearance.objects.create(name="Rex", accent="#00695c")
    MovieFactory(slug="old")

    for url in ("/card.png", "/coming-soon/card.png", "/movies/old/card.png"):
        assert client.get(url)["Location"] == "/icons/00695c/R/512.png"


def test_a_poster_that_is_missing_from_the_disk_is_drawn():
    assert card(posters=(poster(file="/nowhere/a.jpg"),)) == card()


def test_a_list_of_films_shows_up_to_four_posters_and_the_logo():
    file = io.BytesIO()
    Image.new("RGBA", (300, 90), "#00ff00").save(file, "png")
    films = tuple(map(poster, "abcde"))
    found = [picture(card(posters=films[:n], logo=file.getvalue())) for n in range(6)]
    quarters = [(x, y, x + 210, y + 315) for y in (0, 315) for x in (0, 210)]

    assert found[4].tobytes() == found[5].tobytes()
    assert len({found[4].crop(box).tobytes() for box in quarters}) == 4
    assert is_same(found[2], found[0], (0, 0, POSTERS[0], 157))  # two stand beside each other in the middle
    assert found[3].getpixel((52, 500)) == found[0].getpixel((52, 500))  # and a third below them
    assert found[0].getpixel((500, 60)) == (0, 255, 0)
    assert picture(card()).getpixel((500, 60)) != (0, 255, 0)


def test_title_and_times_are_written_beside_the_poster():
    plain = picture(card())

    assert not is_same(plain, picture(card(times=())), (POSTERS[0], 160, 1200, 400))
    assert not is_same(plain, picture(card(foot="")), (POSTERS[0], 540, 1200, 630))
    assert not is_same(plain, picture(card("Mando")), (POSTERS[0], 60, 1200, 160))


@pytest.mark.parametrize("title", ODD_TITLES)
def test_no_title_writes_over_the_margin_or_the_foot(title):
    times = tuple((f"{day} November", "18:30 · 21:00") for day in range(3))
    found, bare = picture(card(title, times=times)), picture(card("", times=()))

    assert is_same(found, bare, (1160, 0, 1200, 630))
    assert is_same(found, bare, (POSTERS[0], 545, 1200, 630))


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.__name__)
def test_every_poster_is_drawn_as_a_picture(monkeypatch, pattern):
    monkeypatch.setattr(posters, "PATTERNS", [pattern])

    found = poster_picture(draw_poster(slug="film", title="RRR"), height=600)

    assert found.size == (400, 600)
    assert found.getextrema()[3] == (255, 255)  # nothing of the ground is left open
    assert len(found.getcolors(maxcolors=400 * 600)) > 20  # of the picture, and of its edges
