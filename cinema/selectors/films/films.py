"""Reads about the films of the library, for those who plan with them."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextChoices
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cinema.models import FilmImport, Movie, Show

BATCH = 500  # slugs in one statement


class FilmState(TextChoices):
    """How a film stands: playing has shows to come, coming is released later, idle is neither."""

    PLAYING = "playing", _("now playing")
    COMING = "coming", _("coming soon")
    IDLE = "idle", _("not planned")
    RETIRED = "retired", _("retired")


class Planned(NamedTuple):
    """The shows of a film that are still to come, drafts among them."""

    shows: int = 0
    drafts: int = 0


def library(*, q: str = "", state: str = "", today: date) -> QuerySet[Movie]:
    """The films that each word of ``q`` is the beginning of a word of (their titles, director and cast), by title;
    retired ones only if asked for by ``state`` or by name."""
    films = Movie.objects.defer("synopsis", "cast", "search_words").order_by("title", "pk")
    if q:
        films = films.found_by(q)
    released = Q(release_date=None) | Q(release_date__lte=today)
    match state:
        case FilmState.RETIRED:
            return films.exclude(retired_at=None)
        case FilmState.COMING:
            return films.filter(retired_at=None, release_date__gt=today)
        case FilmState.PLAYING:
            return films.filter(released, _has_shows(today), retired_at=None)
        case FilmState.IDLE:
            return films.filter(released, ~_has_shows(today), retired_at=None)
    return films if q else films.filter(retired_at=None)


def state_of(movie: Movie, planned: Planned, today: date) -> FilmState:
    """How the film stands on that day."""
    if movie.retired_at:
        return FilmState.RETIRED
    if movie.release_date and movie.release_date > today:
        return FilmState.COMING
    return FilmState.PLAYING if planned.shows else FilmState.IDLE


def planned_shows(movies: Collection[Movie]) -> dict[int, Planned]:
    """The shows to come of each of the films that has some, by its key, in one statement."""
    rows = (
        _to_come(timezone.now().date())
        .filter(movie__in=[movie.pk for movie in movies])
        .order_by()
        .values("movie")
        .annotate(shows=Count("pk"), drafts=Count("pk", filter=Q(status=Show.Status.DRAFT)))
    )
    return {row["movie"]: Planned(row["shows"], row["drafts"]) for row in rows}


def distributors() -> list[str]:
    """The distributors there are films of, by name."""
    names = Movie.objects.exclude(distributor="").order_by("distributor").values_list("distributor", flat=True)
    return list(names.distinct())


def import_report(pk: int) -> FilmImport | None:
    """The report of an import of films, with its event and user, or None."""
    return FilmImport.objects.select_related("event__user").filter(pk=pk).first()


def films_there(slugs: Iterable[str]) -> dict[str, Movie]:
    """The films of these slugs that the library has, with their genres and languages, in a few statements."""
    wanted = list(slugs)
    found: dict[str, Movie] = {}
    for start in range(0, len(wanted), BATCH):
        films = Movie.objects.filter(slug__in=wanted[start : start + BATCH]).select_related("original_language")
        found |= {film.slug: film for film in films.prefetch_related("genres", "languages")}
    return found


def _to_come(today: date) -> QuerySet[Show]:
    """Shows and drafts still to come; the trading day, which the index knows, leaves out most of the past."""
    shows = Show.objects.filter(trading_day__gte=today - timedelta(days=2), starts_at__gt=Now())
    return shows.exclude(status=Show.Status.CANCELLED)


def _has_shows(today: date) -> Exists:
    return Exists(_to_come(today).filter(movie=OuterRef("pk")))
