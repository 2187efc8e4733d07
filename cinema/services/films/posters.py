"""Uploaded pictures of films: the poster, and a still for the film's page."""

from typing import IO, Any, Literal

from django.core.files.storage import default_storage

from cinema.models import AuditEvent, Movie, User
from cinema.services.core import audit, pictures
from cinema.services.core.locking import lock_movie
from cinema.services.core.transactions import after_commit, atomically

Kind = Literal["poster", "still"]
BOXES: dict[Kind, tuple[int, int]] = {"poster": (1000, 1500), "still": (1920, 1080)}  # largest, in pixels


def set_picture(*, movie_id: int, kind: Kind, picture: IO[bytes], user: User) -> Movie:
    """Give a film a poster or a still, in place of its present one, whose file is deleted after the commit.

    The picture is stored as a new JPEG, within its box, without metadata. Raises PictureUnusable, Movie.DoesNotExist.
    """
    encoded = pictures.jpeg_of(picture=picture, box=BOXES[kind])
    name = pictures.store(picture=encoded, folder=f"{kind}s", ending="jpg")
    try:
        return _point_to(movie_id=movie_id, kind=kind, name=name, user=user)
    except BaseException:
        default_storage.delete(name)
        raise


def remove_picture(*, movie_id: int, kind: Kind, user: User) -> Movie:
    """Remove a film's poster, so that the drawn one is shown again, or its still. Raises Movie.DoesNotExist."""
    return _point_to(movie_id=movie_id, kind=kind, name="", user=user)


@atomically
def _point_to(*, movie_id: int, kind: Kind, name: str, user: User) -> Movie:
    movie = lock_movie(pk=movie_id)
    old = getattr(movie, kind).name
    if old == name:
        return movie
    setattr(movie, kind, name)
    movie.save(update_fields=[kind])
    changed: dict[str, Any] = {kind: [old, name]}
    audit.note(action=AuditEvent.Action.FILM, user=user, subject=movie, **changed)
    if old:
        after_commit(default_storage.delete, name=old)
    return movie
