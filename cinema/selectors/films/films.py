"""Reads about the film library, for staff."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, TextChoices
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cinema.models import FilmImport, Movie, Show, shown_at

BATCH = 500  # slugs for one statement


class FilmState(TextChoices):
    """The state of a film: PLAYING has coming shows, COMING is released later, IDLE is neither."""

    PLAYING = "playing", _("now playing")
    COMING = "coming", _("coming soon")
    IDLE = "idle", _("not planned")
    RETIRED = "retired", _("retired")


class Planned(NamedTuple):
    """The number of coming shows of a film, drafts included, and of drafts."""

    shows: int = 0
    drafts: int = 0


def library(*, q: str = "", state: str = "", today: date) -> QuerySet[Movie]:
    """The films with a state, or those that match ``q``, by title. Retired films only by ``state`` or search.

    Each word of ``q`` must be a prefix of a word of title, original title, director or cast.
    """
    films = Movie.objects.defer("synopsis", "synopsis_translations", "cast", "search_words").order_by("title", "pk")
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
    """The state of the film on that day."""
    if movie.retired_at:
        return FilmState.RETIRED
    if movie.release_date and movie.release_date > today:
        return FilmState.COMING
    return FilmState.PLAYING if planned.shows else FilmState.IDLE


def planned_shows(movies: Iterable[Movie]) -> dict[int, Planned]:
    """The numbers of coming shows by film, in one statement; films without any are left out."""
    keys, shows = [movie.pk for movie in movies], _to_come(timezone.now().date()).order_by()
    first, further = (
        shows.filter(**{f"{film}__in": keys}).values_list(film, "status").annotate(number=Count("pk"))
        for film in ("movie", "features__movie")
    )
    found: dict[int, Planned] = {}
    for movie, status, number in first.union(further, all=True):
        planned = found.get(movie, Planned())
        drafts = number if status == Show.Status.DRAFT else 0
        found[movie] = Planned(planned.shows + number, planned.drafts + drafts)
    return found


def distributors() -> list[str]:
    """The distributors of all films, by name."""
    names = Movie.objects.exclude(distributor="").order_by("distributor").values_list("distributor", flat=True)
    return list(names.distinct())


def import_report(pk: int) -> FilmImport | None:
    """The report of an import of films, with its event and user, or None."""
    return FilmImport.objects.select_related("event__user").filter(pk=pk).first()


def films_by_slug(slugs: Iterable[str]) -> dict[str, Movie]:
    """The films of the library with these slugs, with genres and languages, in a few statements for each BATCH."""
    wanted = list(slugs)
    found: dict[str, Movie] = {}
    for start in range(0, len(wanted), BATCH):
        films = Movie.objects.filter(slug__in=wanted[start : start + BATCH]).select_related("original_language")
        found |= {film.slug: film for film in films.prefetch_related("genres", "languages")}
    return found


def _to_come(today: date) -> QuerySet[Show]:
    """Coming shows and drafts. The condition on the trading day lets an index skip most past shows."""
    shows = Show.objects.filter(trading_day__gte=today - timedelta(days=2), starts_at__gt=Now())
    return shows.exclude(status=Show.Status.CANCELLED)


def _has_shows(today: date) -> Q:
    return shown_at(_to_come(today))
