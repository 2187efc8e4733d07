"""What is on, as JSON: views.api.movies."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import Show, Theatre
from tests.factories import (
    GenreFactory,
    LanguageFactory,
    MovieFactory,
    ShowFactory,
    TheatreFactory,
    cancelled,
    listed,
    on_card,
    past,
    season,
)
from tests.views.api.programs import Statements, ids

pytestmark = pytest.mark.django_db


def ask(client, **query) -> dict:
    answer = client.get(reverse("api-movies"), query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def titles(said: dict) -> list[str]:
    return [movie["title"] for movie in said["results"]]


def test_a_film_page_shows_all_data(client):
    notes = {"content_notes": "Grief", "trailer_url": "https://example.org/trailer"}
    movie = MovieFactory(title="Mughal-e-Azam", year=1960, runtime=197, director="K. Asif", rating="8.1", **notes)
    movie.genres.add(GenreFactory(name="Drama"))
    movie.languages.add(LanguageFactory(code="ur", name="Urdu"))
    listed(movie=movie)

    [said] = ask(client)["results"]

    del said["shows"]
    assert said == {
        "id": movie.pk,
        "title": "Mughal-e-Azam",
        "slug": "mughal-e-azam",
        "year": 1960,
        "runtime": 197,
        "certificate": "UA",
        "genres": [{"slug": "drama", "name": "Drama"}],
        "languages": [{"code": "ur", "name": "Urdu"}],
        "director": "K. Asif",
        "content_notes": "Grief",
        "trailer_url": "https://example.org/trailer",
        "rating": "8.1",
        "poster_url": "http://testserver/movies/mughal-e-azam/poster.svg",
        "url": "http://testserver/movies/mughal-e-azam/",
    }


def test_a_film_with_an_uploaded_poster_shows_that(client):
    listed(movie=MovieFactory(poster="posters/azam.jpg"))

    assert ask(client)["results"][0]["poster_url"] == "http://testserver/media/posters/azam.jpg"


def test_a_film_that_little_is_known_of_has_nulls(client):
    listed(movie=MovieFactory(year=None, rating=None))

    [said] = ask(client)["results"]

    assert said["year"] is said["rating"] is None
    assert said["genres"] == said["languages"] == []


def test_a_film_has_its_shows(client):
    show = ShowFactory(
        subtitles=LanguageFactory(code="en", name="English"),
        format="3D",
        labels=" open-captions q-and-a ",
        label_note="With the crew",
    )

    [[said]] = [movie["shows"] for movie in ask(client)["results"]]

    theatre = show.screen.theatre
    assert said == {
        "id": show.pk,
        "title": show.movie.title,
        "certificate": "UA",
        "films": [
            {
                "id": show.movie_id,
                "title": show.movie.title,
                "slug": show.movie.slug,
                "starts_at": show.film_starts_at.astimezone(theatre.tz).isoformat(),
                "ends_at": show.film_ends_at.astimezone(theatre.tz).isoformat(),
            }
        ],
        "doors_at": show.doors_open_at.astimezone(theatre.tz).isoformat(),
        "starts_at": show.starts_at.astimezone(theatre.tz).isoformat(),
        "film_starts_at": show.film_starts_at.astimezone(theatre.tz).isoformat(),
        "ends_at": show.film_ends_at.astimezone(theatre.tz).isoformat(),
        "theatre": {"name": theatre.name, "city": "Mumbai", "slug": theatre.slug, "time_zone": "Asia/Kolkata"},
        "screen": show.screen.name,
        "format": "3D",
        "url": f"http://testserver/shows/{show.pk}/",
        "language": {"code": "hi", "name": "Hindi"},
        "subtitles": {"code": "en", "name": "English"},
        "labels": ["open-captions", "q-and-a"],
        "label_note": "With the crew",
        "seats_free": 24,
        "seats_total": 24,
        "price_from": "250.00",
    }
    assert said["starts_at"].endswith("T18:00:00+05:30")


def test_a_show_has_its_lowest_price_with_the_fee_of_programs_until_it_is_sold_out(client):
    show = on_card(plan="aabb", adult=180)
    Theatre.objects.update(web_fee=20, api_fee=5)
    [[said]] = [movie["shows"] for movie in ask(client)["results"]]
    assert said["price_from"] == "185.00"

    Show.objects.filter(pk=show.pk).update(seats_free=0)
    [[said]] = [movie["shows"] for movie in ask(client)["results"]]
    assert said["price_from"] is None


def test_a_film_without_a_show_to_come_is_not_on(client):
    MovieFactory()
    past(listed())
    cancelled(listed())

    assert ask(client)["results"] == []


def test_without_a_day_it_is_the_next_with_shows(client):
    today, later = listed(), listed(days=2)

    said = ask(client)

    assert ids(said["results"]) == [today.movie_id]
    assert said["day"] == today.trading_day.isoformat()
    assert said["days"] == [today.trading_day.isoformat(), later.trading_day.isoformat()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"city": "Pune"}, ["Sholay"]),
        ({"city": "all"}, ["Mughal-e-Azam", "Sholay"]),
        ({"theatre": "city-light"}, ["Sholay"]),
        ({"language": "ur"}, ["Mughal-e-Azam"]),
        ({"genre": "western"}, ["Sholay"]),
        ({"format": "IMAX"}, ["Mughal-e-Azam"]),
        ({"season": "wild-west"}, ["Sholay"]),
        ({"q": "azam"}, ["Mughal-e-Azam"]),
        ({"q": "nothing"}, []),
        ({"city": "Pune", "language": "ur"}, []),
        ({"city": "", "theatre": "", "day": "", "language": "", "genre": "", "format": "", "q": ""}, None),
        ({"unknown": "wish"}, None),
    ],
)
def test_films_are_filtered_as_on_the_front_page(client, query, found):
    listed(movie=MovieFactory(title="Mughal-e-Azam"), language=LanguageFactory(code="ur", name="Urdu"), format="IMAX")
    sholay = MovieFactory(title="Sholay")
    sholay.genres.add(GenreFactory(name="Western"))
    listed(movie=sholay, theatre=TheatreFactory(city="Pune", slug="city-light"))
    season(sholay, title="Wild West")

    assert sorted(titles(ask(client, **query))) == (found if found is not None else ["Mughal-e-Azam", "Sholay"])


def test_films_of_a_day(client):
    listed()
    later = listed(days=2)

    assert ids(ask(client, day=later.trading_day.isoformat())["results"]) == [later.movie_id]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("city", "Atlantis"),
        ("theatre", "nowhere"),
        ("day", "tomorrow"),
        ("day", "2026-02-30"),
        ("day", "2001-01-01"),
        ("language", "xx"),
        ("genre", "nothing"),
        ("format", "4D"),
        ("season", "gone"),
        ("q", "x" * 101),
        ("q", "\0"),
        ("page", "one"),
        ("page", "0"),
        ("page", "-1"),
        ("page", "9" * 5000),
        ("page_size", "0"),
        ("page_size", "101"),
    ],
    ids=lambda value: value[:20],
)
def test_a_filter_that_cannot_be_understood_is_refused_by_its_name(client, field, value):
    listed()

    answer = client.get(reverse("api-movies"), {field: value})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert "you see" not in answer.json()["error"]


def test_a_theatre_that_is_not_in_the_city_is_refused(client):
    listed(theatre=TheatreFactory(city="Pune", slug="city-light"))
    listed()

    answer = client.get(reverse("api-movies"), {"city": "Mumbai", "theatre": "city-light"})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["theatre"]


def test_the_city_cookie_has_no_effect_here(client):
    listed(theatre=TheatreFactory(city="Pune"))
    listed()
    client.cookies["city"] = "Pune"

    assert ask(client)["count"] == 2


def test_films_come_in_pages(client):
    for hour in range(5):
        listed(starts_at=timezone.now() + timedelta(minutes=30 + hour))

    first = ask(client, page_size="2", city="Mumbai")
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()

    assert [len(page["results"]) for page in (first, second, third)] == [2, 2, 1]
    assert len({movie["id"] for page in (first, second, third) for movie in page["results"]}) == 5
    assert first["count"] == third["count"] == 5
    assert first["previous"] is third["next"] is None
    assert second["previous"] == "http://testserver/api/movies/?page_size=2&city=Mumbai&page=1"


def test_an_empty_programme_is_a_page(client):
    assert ask(client)["results"] == []


def test_a_page_beyond_the_last_is_not_found(client):
    listed()

    answer = client.get(reverse("api-movies"), {"page": "2"})

    assert answer.status_code == 404
    assert answer.json()["error"] == "There is no page 2; the last is 1."


def test_the_programme_can_only_be_read(client):
    answer = client.post(reverse("api-movies"))

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_statements_of_the_programme_grow_by_none_with_films_and_shows(client, number):
    for n in range(number):
        movie = MovieFactory()
        movie.genres.add(GenreFactory(name=f"Genre {n}"))
        movie.languages.add(LanguageFactory())
        for m in range(number):
            listed(movie=movie, starts_at=timezone.now() + timedelta(hours=1, seconds=60 * n + m))

    with Statements() as statements:
        said = ask(client, page_size="100")

    assert sum(len(movie["shows"]) for movie in said["results"]) == number * number
    assert len(statements) == 7
