"""A season's page, and what links to it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.models import Season
from tests.factories import GenreFactory, MovieFactory, TheatreFactory, listed, season
from tests.views.browsers import text
from tests.views.schema_org import complaints, the, things

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seasons_are_read")]

NOON, DAY = {"hour": 12, "minute": 0, "second": 0, "microsecond": 0}, timedelta(days=1)


@pytest.fixture
def galaxy():
    return TheatreFactory(name="Galaxy", time_zone="UTC")


def chips(client, found: Season) -> set[str]:
    """The shows on a season's page."""
    films = client.get(found.get_absolute_url()).context["programme"].films
    return {show.movie.title for film in films for show in film.shows}


def parted(client, path: str) -> bool:
    """Whether a page says that a film is part of the Kurosawa season."""
    return "Part of: Kurosawa season" in text(client.get(path))


def test_the_page_has_title_text_films_in_order_of_their_shows_and_films_without(client, galaxy):
    rashomon, ikiru, ran = (MovieFactory(title=title) for title in ("Rashomon", "Ikiru", "Ran"))
    listed(movie=rashomon, theatre=galaxy, days=2)
    first = listed(movie=ikiru, theatre=galaxy, days=1)
    found = season(rashomon, ikiru, ran, text="Six films\n\nin six weeks.")

    page = client.get(found.get_absolute_url())

    said = text(page)
    assert "Six films in six weeks." in said
    assert said.index("Ikiru") < said.index("Rashomon") < said.index("Other films of this season Ran")
    assert first.get_absolute_url() in page.content.decode()
    assert "Part of:" not in said


@pytest.mark.parametrize(
    ("conditions", "titles"),
    [
        ({}, {"Here", "Later", "There"}),
        ({"starts_on": 5}, {"Later"}),
        ({"ends_on": 4}, {"Here", "There"}),
        ({"weekdays": 3}, {"Here", "There"}),
        ({"time": "evening"}, {"Later"}),
        ({"theatre": "galaxy"}, {"Here", "Later"}),
    ],
)
def test_only_shows_that_meet_its_conditions_belong_to_it(client, galaxy, conditions, titles):
    noon = timezone.now().replace(**NOON) + 3 * DAY
    wanted = {"starts_on": lambda n: noon.date() + (n - 3) * DAY, "theatre": lambda _slug: galaxy}
    wanted |= {"ends_on": wanted["starts_on"], "weekdays": lambda n: [noon.weekday()], "time": str}
    shows = [
        listed(movie=MovieFactory(title=title), theatre=place, starts_at=at, trading_day=at.date())
        for title, place, at in [
            ("Here", galaxy, noon),
            ("Later", galaxy, noon + 2 * DAY + timedelta(hours=8)),
            ("There", TheatreFactory(time_zone="UTC"), noon),
        ]
    ]
    found = season(*(show.movie for show in shows), **{name: wanted[name](n) for name, n in conditions.items()})

    assert chips(client, found) == titles
    assert {show.movie.title for show in shows if found.includes(show)} == titles
    assert {title for title in ("Here", "Later", "There") if parted(client, f"/?q={title}")} == titles


def test_film_and_programme_and_theatre_and_sitemap_link_to_it_until_it_is_over(client, galaxy):
    show = listed(theatre=galaxy)
    found = season(show.movie, ends_on=timezone.now().date())
    pages = (show.movie.get_absolute_url(), "/")

    assert all(parted(client, path) for path in pages)
    linked = [*pages, galaxy.get_absolute_url(), reverse("sitemap")]
    assert all(found.get_absolute_url() in client.get(path).content.decode() for path in linked)

    Season.objects.update(ends_on=timezone.now().date() - 3 * DAY)
    assert not any(found.get_absolute_url() in client.get(path).content.decode() for path in linked)
    assert client.get(found.get_absolute_url()).status_code == 200


def test_a_season_of_another_theatre_is_not_named_at_this_one(client, galaxy):
    show = listed(theatre=galaxy)
    season(show.movie, theatre=TheatreFactory())

    assert "Kurosawa" not in text(client.get(galaxy.get_absolute_url()))


def test_a_season_has_its_texts_in_the_language_of_the_page(client):
    found = season(MovieFactory(), text="Six films", title_translations={"de": "Kurosawa-Reihe"})

    page = client.get(f"/de{found.get_absolute_url()}").content.decode()

    assert "<h1>Kurosawa-Reihe</h1>" in page
    assert 'lang="en" dir="ltr"><p>Six films</p>' in page


def test_a_season_has_structured_data_and_a_link_preview(client, galaxy):
    show = listed(theatre=galaxy)
    found = season(show.movie, text="Six films")

    page = client.get(found.get_absolute_url()).content.decode()

    url = f"http://testserver{found.get_absolute_url()}"
    assert f'<link rel="canonical" href="{url}">' in page
    assert '<meta property="og:title" content="Kurosawa season">' in page
    assert '<meta name="description" content="Six films">' in page
    data = things(page)
    assert complaints(data) == []
    films = the("ItemList", data)
    assert films["name"] == "Kurosawa season"
    assert [film["url"] for film in films["itemListElement"]] == [f"http://testserver{show.movie.get_absolute_url()}"]
    assert [crumb["name"] for crumb in the("BreadcrumbList", data)["itemListElement"]] == ["Programme", found.title]


def test_an_unknown_season_is_not_found(client):
    assert client.get(reverse("season", args=["nothing"])).status_code == 404


def test_its_page_takes_the_same_statements_however_many_films_and_shows(client, galaxy):
    found, counts = season(), {}
    for number in (1, 3, 30):
        while found.movies.count() < number:
            movie = MovieFactory()
            movie.genres.add(GenreFactory())
            listed(movie=movie, theatre=galaxy)
            listed(movie=movie)
            found.movies.add(movie, MovieFactory())
        with CaptureQueriesContext(connection) as queries:
            client.get(found.get_absolute_url())
        counts[number] = len(queries)

    assert set(counts.values()) == {5}


@pytest.mark.parametrize("number", [1, 30])
def test_seasons_are_read_in_two_statements_however_many(number, django_assert_num_queries):
    from cinema.selectors.films.seasons import current_seasons

    for n in range(number):
        season(MovieFactory(), title=f"Season {n}", theatre=TheatreFactory())

    with django_assert_num_queries(2):
        assert len(current_seasons()) == number
