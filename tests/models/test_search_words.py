"""The search words of films, kept up to date by every writer."""

import pytest

from cinema.models import Movie
from tests.factories import MovieFactory

pytestmark = pytest.mark.django_db


def words_of(movie):
    return Movie.objects.values_list("search_words", flat=True).get(pk=movie.pk).split()


def test_a_saved_film_has_the_words_of_its_titles_director_and_cast():
    movie = MovieFactory(title="Amélie", original_title="Le Destin", director="Jean-Pierre J.", cast=["Audrey Tautou"])
    assert words_of(movie) == ["amelie", "audrey", "destin", "jeanpierre", "le", "pierre", "tautou"]

    movie.title = "Up"
    movie.save(update_fields=["title"])
    assert "up" in words_of(movie)
    assert "amelie" not in words_of(movie)


def test_films_written_in_bulk_have_theirs():
    (movie,) = Movie.objects.bulk_create([Movie(title="Amélie", slug="amelie", runtime=120)])
    assert words_of(movie) == ["amelie"]

    movie.title = "Up"
    Movie.objects.bulk_update([movie], ["title"])
    assert words_of(movie) == ["up"]
