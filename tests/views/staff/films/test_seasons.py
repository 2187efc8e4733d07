"""Seasons in the back office."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import Season
from tests.factories import MANAGER, MovieFactory, TheatreFactory, owner, season, staff
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

LIST, ADD = reverse("staff-films-seasons"), reverse("staff-films-seasons-add")


@pytest.fixture
def theatre():
    return TheatreFactory(name="Galaxy")


@pytest.fixture
def client(theatre):
    client = browser()
    client.force_login(staff(theatre, MANAGER, name="Meera"))
    return client


def edit(found: Season) -> str:
    return reverse("staff-films-season", args=[found.pk])


def test_a_season_is_added_with_films_days_and_texts_in_other_languages(client, theatre):
    film = MovieFactory(title="Rashomon", year=1950)
    data = {"title": " Kurosawa  season", "text": "Six films", "title_de": "Kurosawa-Reihe", "movies": [film.pk]}
    data |= {"theatre": theatre.pk, "starts_on": "2026-12-05", "weekdays": [6], "time": "afternoon"}

    page = client.post(ADD, data, follow=True)

    found = Season.objects.get()
    assert (found.title, found.title_translations) == ("Kurosawa season", {"de": "Kurosawa-Reihe"})
    assert (found.theatre, found.weekdays, found.time, list(found.movies.all())) == (theatre, [6], "afternoon", [film])
    assert "“Kurosawa season” has been saved." in text(page)
    assert "Rashomon (1950)" in text(page)


def test_the_list_shows_seasons_here_and_everywhere_but_none_of_other_theatres(client, theatre):
    season(MovieFactory(), title="Here", theatre=theatre)
    season(title="Everywhere")
    season(title="Over", ends_on=timezone.now().date().replace(year=2020, day=1))
    season(title="Elsewhere", theatre=TheatreFactory())

    page = text(client.get(LIST))

    assert page.index("Everywhere all theatres") < page.index("Here Galaxy") < page.index("Over over")
    assert "Elsewhere" not in page


def test_a_season_of_another_theatre_can_be_changed_by_an_owner_only(client):
    found = season(theatre=TheatreFactory())
    assert client.get(edit(found)).status_code == 404

    client.force_login(owner())
    assert client.get(edit(found)).status_code == 200


def test_a_conflicting_edit_is_refused_with_what_has_changed(client):
    found = season()
    Season.objects.update(version=1)

    answer = client.post(edit(found), {"title": "Mine", "version": 0})

    assert answer.status_code == 409
    assert 'name="version" value="1"' in answer.content.decode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "New", "starts_on": "2026-12-05", "ends_on": "2026-12-04"}, "The last day is before the first."),
        ({"title": "Kurosawa season"}, "There is already a season called “Kurosawa season”."),
        ({"title": "New", "movies": ["0"]}, "Select a valid choice."),
    ],
)
def test_an_invalid_season_is_refused_with_the_reason(client, data, reason):
    season()

    answer = client.post(ADD, data)

    assert answer.status_code in (400, 409)
    assert reason in text(answer)
    assert Season.objects.count() == 1


def test_a_retired_film_stays_in_its_season_and_is_not_offered_otherwise(client):
    retired = MovieFactory(title="Ran", retired_at=timezone.now())
    assert "Ran" not in text(client.get(ADD))
    assert "Ran" in text(client.get(edit(season(retired))))


def test_a_season_is_deleted(client):
    answer = client.post(reverse("staff-films-season-delete", args=[season().pk]), follow=True)

    assert "“Kurosawa season” has been deleted." in text(answer)
    assert not Season.objects.exists()


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_the_same_statements_however_many(client, number, django_assert_num_queries):
    for n in range(number):
        season(MovieFactory(), title=f"Season {n}")

    with django_assert_num_queries(7):
        client.get(LIST)
