"""Films and theatres for the site map."""

from django.db.models import Exists, OuterRef

from cinema.models import Movie, Theatre
from cinema.selectors.schedule.programme import upcoming_shows


def films_on() -> list[Movie]:
    """Return the films with coming shows, by title."""
    return list(Movie.objects.filter(Exists(upcoming_shows().filter(movie=OuterRef("pk")))))


def all_theatres() -> list[Theatre]:
    """Return the theatres, by name."""
    return list(Theatre.objects.all())
