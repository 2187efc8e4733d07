"""Seasons added, changed and deleted by staff."""

from dataclasses import replace
from datetime import date

import pytest

from cinema.exceptions import EditConflict, SeasonExists
from cinema.models import AuditEvent, Movie, Season
from cinema.services.films.seasons import SeasonPlan, add_season, delete_season, edit_season
from tests.factories import MovieFactory, TheatreFactory, UserFactory, season

pytestmark = pytest.mark.django_db

PLAN = SeasonPlan(title="Kurosawa season", text="Six films in six weeks.", starts_on=date(2026, 12, 5))


@pytest.fixture
def user():
    return UserFactory(name="Meera")


def test_a_season_is_added_with_its_films_and_recorded(user):
    films = [MovieFactory(title="Rashomon"), MovieFactory(title="Ikiru")]

    added = add_season(plan=replace(PLAN, movies=films), user=user)

    added.refresh_from_db()
    assert (added.slug, added.text, added.starts_on) == ("kurosawa-season", PLAN.text, PLAN.starts_on)
    assert set(added.movies.all()) == set(films)
    event = AuditEvent.objects.first()
    assert (event.action, event.user, event.subject) == ("SEASON", user, "Kurosawa season")
    assert event.details["changes"]["movies"] == [None, ["Ikiru", "Rashomon"]]


def test_a_title_is_unique_at_a_theatre_and_each_season_has_its_url():
    one, two = TheatreFactory(), TheatreFactory()

    slugs = [season(title="Matinée", theatre=place).slug for place in (None, one, two)]

    assert slugs == ["matinée", "matinée-2", "matinée-3"]
    with pytest.raises(SeasonExists):
        season(title="Matinée", theatre=two)


def test_a_title_in_another_script_has_a_url():
    assert season(title="कुरोसावा").slug


def test_a_season_is_changed_and_keeps_its_url(user):
    before = season(MovieFactory(title="Rashomon"))
    plan = replace(PLAN, title="Kurosawa in winter", movies=[MovieFactory(title="Ikiru")], weekdays=[6, 5])

    edit_season(season_id=before.pk, version=before.version, plan=plan, user=user)

    after = Season.objects.get()
    assert (after.title, after.slug, after.weekdays, after.version) == (plan.title, before.slug, [5, 6], 1)
    assert [movie.title for movie in after.movies.all()] == ["Ikiru"]
    assert AuditEvent.objects.first().details["changes"]["movies"] == [["Rashomon"], ["Ikiru"]]


def test_a_season_that_was_changed_meanwhile_is_not_overwritten(user):
    before = season()
    edit_season(season_id=before.pk, version=0, plan=replace(PLAN, text="New"), user=user)

    with pytest.raises(EditConflict) as conflict:
        edit_season(season_id=before.pk, version=0, plan=PLAN, user=user)

    assert "text" in [change.field for change in conflict.value.changes]
    assert Season.objects.get().text == "New"


def test_a_season_is_deleted_and_its_films_stay(user):
    gone = season(MovieFactory())

    delete_season(season_id=gone.pk, user=user)

    assert not Season.objects.exists()
    assert Movie.objects.count() == 1
    assert AuditEvent.objects.first().details["deleted"]["title"] == gone.title
