"""Posters of films: which file a film points to, whatever goes wrong."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from cinema.models import AuditEvent, Movie
from cinema.services.films.posters import remove_picture, set_picture
from tests.factories import MovieFactory, UserFactory
from tests.pictures import picture


@pytest.fixture
def user(db):
    return UserFactory()


@pytest.fixture
def movie(db):
    return MovieFactory()


@pytest.fixture
def kept(settings, tmp_path):
    """The directory of stored posters and its files."""
    settings.MEDIA_ROOT = tmp_path
    return lambda: sorted(path.name for path in Path(tmp_path, "posters").glob("*"))


def test_the_file_has_a_random_name(movie, user, kept):
    set_picture(movie_id=movie.pk, kind="poster", picture=picture(), user=user)

    name = Movie.objects.get().poster.name
    assert kept() == [name.removeprefix("posters/")]
    assert len(name) == len("posters/") + 32 + len(".jpg")
    assert AuditEvent.objects.get().details == {"poster": ["", name]}


def test_the_old_file_goes_when_the_new_one_is_saved(movie, user, kept, django_capture_on_commit_callbacks):
    set_picture(movie_id=movie.pk, kind="poster", picture=picture(), user=user)
    old = kept()
    with django_capture_on_commit_callbacks(execute=True):
        set_picture(movie_id=movie.pk, kind="poster", picture=picture(), user=user)

    assert len(kept()) == 1
    assert kept() != old


def test_the_old_file_stays_until_the_commit(movie, user, kept, django_capture_on_commit_callbacks):
    set_picture(movie_id=movie.pk, kind="poster", picture=picture(), user=user)
    with django_capture_on_commit_callbacks():
        set_picture(movie_id=movie.pk, kind="poster", picture=picture(), user=user)

    assert len(kept()) == 2


def test_a_film_that_is_gone_leaves_no_file(user, kept):
    with pytest.raises(Movie.DoesNotExist):
        set_picture(movie_id=1, kind="poster", picture=picture(), user=user)

    assert kept() == []


def test_a_poster_can_be_taken_away(movie, user, kept, django_capture_on_commit_callbacks):
    set_picture(movie_id=movie.pk, kind="poster", picture=picture(), user=user)
    with django_capture_on_commit_callbacks(execute=True):
        remove_picture(movie_id=movie.pk, kind="poster", user=user)
        remove_picture(movie_id=movie.pk, kind="poster", user=user)

    assert not Movie.objects.get().poster
    assert kept() == []


def test_a_file_that_is_gone_already_is_no_trouble(movie, user, kept, django_capture_on_commit_callbacks):
    set_picture(movie_id=movie.pk, kind="poster", picture=picture(), user=user)
    default_storage.delete(Movie.objects.get().poster.name)
    with django_capture_on_commit_callbacks(execute=True):
        remove_picture(movie_id=movie.pk, kind="poster", user=user)

    assert not Movie.objects.get().poster
