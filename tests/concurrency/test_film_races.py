"""Simultaneous edits of a film, or additions of a member of staff."""

from dataclasses import replace
from functools import partial

import pytest

from cinema.exceptions import DatabaseBusy, EditConflict, FilmExists
from cinema.models import AuditEvent, Movie, StaffRole
from cinema.services.films.films import FilmFacts, add_film, edit_film
from cinema.services.people.people import give_roles
from tests.concurrency.harness import interleave, race, without_constraints, without_locks
from tests.factories import USHER, MovieFactory, TheatreFactory, UserFactory, owner

pytestmark = pytest.mark.django_db(transaction=True)

FACTS = FilmFacts(title="Up", runtime=96, year=2009)


def editing(movie: Movie, **others):
    facts = replace(FACTS, **others)
    return partial(edit_film, movie_id=movie.pk, version=0, facts=facts, user=UserFactory())


def edit_twice(movie: Movie):
    return interleave(editing(movie, director="First"), editing(movie, certificate="A"))


def test_of_two_simultaneous_saves_the_second_gets_a_conflict():
    movie = MovieFactory(title="Up", slug="up-2009", year=2009, runtime=96)

    first, second = edit_twice(movie)

    assert first.error is None
    assert isinstance(second.error, EditConflict)
    movie.refresh_from_db()
    assert (movie.director, movie.certificate, movie.version) == ("First", "", 1)


@pytest.mark.nightly
def test_without_locks_the_second_would_be_lost_without_a_word():
    movie = MovieFactory(title="Up", slug="up-2009", year=2009, runtime=96)

    with without_constraints("edit_once_per_version"), without_locks():
        outcomes = edit_twice(movie)

    assert [outcome.error for outcome in outcomes] == [None, None]


@pytest.mark.nightly
def test_without_locks_the_database_still_refuses_a_second_edit_of_a_version():
    movie = MovieFactory(title="Up", slug="up-2009", year=2009, runtime=96)

    with without_locks():
        outcomes = interleave(editing(movie, director="First"), editing(movie, director="Second"))

    assert [type(outcome.error) for outcome in outcomes] == [DatabaseBusy, type(None)]


def test_the_same_film_added_twice_at_once_is_there_once():
    user = UserFactory()
    outcomes = race(*[partial(add_film, facts=replace(FACTS, genres={"sci-fi": "Sci-Fi"}), user=user)] * 2)

    refused = [outcome.error for outcome in outcomes if outcome.refused]
    assert len(refused) == 1
    assert isinstance(refused[0], FilmExists | DatabaseBusy)
    assert Movie.objects.count() == AuditEvent.objects.count() == 1


def test_somebody_added_twice_at_once_has_the_role_once():
    theatre, by = TheatreFactory(), owner()
    give = partial(give_roles, theatre=theatre, email="bela@example.org", roles=[USHER], by=by)

    outcomes = race(give, give)

    assert all(outcome.error is None or isinstance(outcome.error, DatabaseBusy) for outcome in outcomes)
    assert StaffRole.objects.filter(user__email="bela@example.org").count() == 1
