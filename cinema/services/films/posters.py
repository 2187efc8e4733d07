"""Uploaded posters of films."""

from typing import IO

from django.core.files.storage import default_storage

from cinema.models import AuditEvent, Movie, User
from cinema.services.core import audit, pictures
from cinema.services.core.locking import lock_movie
from cinema.services.core.transactions import after_commit, atomically

BOX = (1000, 1500)  # pixels: the largest width and height that are stored


def set_poster(*, movie_id: int, picture: IO[bytes], user: User) -> Movie:
    """Give a film a poster, in place of its present one, whose file is deleted after the commit.

    The picture is stored as a new JPEG, within BOX, without metadata. Raises PictureUnusable, Movie.DoesNotExist.
    """
    name = pictures.store(picture=pictures.jpeg_of(picture=picture, box=BOX), folder="posters", ending="jpg")
    try:
        return _point_to(movie_id=movie_id, name=name, user=user)
    except BaseException:
        default_storage.delete(name)
        raise


def remove_poster(*, movie_id: int, user: User) -> Movie:
    """Remove a film's poster; the generated one is shown again. Raises Movie.DoesNotExist."""
    return _point_to(movie_id=movie_id, name="", user=user)


@atomically
def _point_to(*, movie_id: int, name: str, user: User) -> Movie:
    movie = lock_movie(pk=movie_id)
    old = movie.poster.name
    if old == name:
        return movie
    movie.poster = name
    movie.save(update_fields=["poster"])
    audit.note(action=AuditEvent.Action.FILM, user=user, subject=movie, poster=[old, name])
    if old:
        after_commit(default_storage.delete, name=old)
    return movie
