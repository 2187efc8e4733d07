"""Reads for the programme: films with coming shows, and the filters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import DenseRank, Now
from django.utils import timezone

from cinema.domain.folding import typed_words
from cinema.models import Genre, Language, Movie, Show, Theatre
from cinema.selectors.core.compiled import Compiled
from cinema.selectors.schedule.plain_prices import with_plain_prices

SEARCH_DAYS = 2  # days shown for each film of a search; the page of the film shows all


@dataclass(frozen=True, kw_only=True)
class Filters:
    """The filters a visitor chose; empty ones do not apply. ``language`` is a code, ``genre`` a slug."""

    city: str = ""
    theatre: Theatre | None = None
    day: date | None = None
    language: str = ""
    genre: str = ""
    format: str = ""
    q: str = ""


@dataclass(frozen=True)
class Options:
    """The options of the filters: all theatres, and genres (by slug) and languages (by code) with coming shows."""

    theatres: list[Theatre]
    genres: dict[str, str]
    languages: dict[str, str]

    @cached_property
    def cities(self) -> list[str]:
        return sorted({theatre.city for theatre in self.theatres})


@dataclass(frozen=True)
class Showing:
    """The shows of one film at one theatre on one day, the earliest first."""

    theatre: Theatre
    day: date
    shows: list[Show] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.theatre.trading_day(timezone.now())


@dataclass(frozen=True)
class ProgrammeFilm:
    """A film and its coming shows."""

    movie: Movie
    showings: list[Showing]

    @property
    def shows(self) -> list[Show]:
        return [show for showing in self.showings for show in showing.shows]

    @property
    def has_versions(self) -> bool:
        """Whether its shows differ in sound or subtitles."""
        return len({(show.language_id, show.subtitles_id) for show in self.shows}) > 1


@dataclass(frozen=True, kw_only=True)
class Programme:
    """The films of a ``day`` (None: of any day, found by a search), and the ``days`` with films.

    ``today`` is the earliest of the theatres' trading days.
    """

    films: list[ProgrammeFilm]
    day: date | None
    days: list[date]
    today: date

    @property
    def titles(self) -> list[str]:
        return [film.movie.title for film in self.films]

    @property
    def tomorrow(self) -> date:
        return self.today + timedelta(days=1)

    @property
    def next_day(self) -> date | None:
        """The next later day with films, else the last earlier one."""
        others = [day for day in self.days if day != self.day]
        return next((day for day in others if self.day and day > self.day), others[-1] if others else None)


def upcoming_shows() -> QuerySet[Show]:
    """Published shows that have not begun, by the database's clock."""
    # The condition on the end adds nothing, but allows the indexes by status and end, and by screen and end.
    return Show.objects.filter(status=Show.Status.SCHEDULED, starts_at__gt=Now(), ends_at__gt=Now())


def matching_shows(filters: Filters) -> QuerySet[Show]:
    """Upcoming shows that match all filters except the day."""
    shows = upcoming_shows()
    if filters.theatre:
        shows = shows.filter(screen__theatre=filters.theatre)
    elif filters.city:
        shows = shows.filter(screen__theatre__city=filters.city)
    if filters.language:
        shows = shows.filter(language__code=filters.language)
    if filters.genre:
        shows = shows.filter(movie__genres__slug=filters.genre)
    if filters.format:
        shows = shows.filter(format=filters.format)
    if filters.q:
        words = [Q(movie__search_words__contains=f" {word}") for word in typed_words(filters.q)]
        shows = shows.filter(*words) if words else shows.none()
    return shows


def filter_options() -> Options:
    """Return the options of the filters, in two queries."""
    rows = _genres_and_languages()
    return Options(
        theatres=_theatres(),
        genres={key: name for kind, key, name in rows if kind == "genre"},
        languages={key: name for kind, key, name in rows if kind == "language"},
    )


@Compiled
def _theatres() -> QuerySet[Theatre]:
    return Theatre.objects.all()


@Compiled
def _genres_and_languages() -> QuerySet[Genre, tuple[str, str, str]]:
    upcoming = upcoming_shows()
    genres = (
        Genre.objects.filter(Exists(upcoming.filter(movie__genres=OuterRef("pk"))))
        .annotate(kind=Value("genre", CharField()))
        .values_list("kind", "slug", "name")
    )
    languages = (
        Language.objects.filter(Exists(upcoming.filter(language=OuterRef("pk"))))
        .annotate(kind=Value("language", CharField()))
        .values_list("kind", "code", "name")
    )
    return genres.order_by().union(languages.order_by(), all=True).order_by("name")


def programme(filters: Filters, theatres: Sequence[Theatre]) -> Programme:
    """Return the films of the chosen day, or those of any day that match a search, in at most four queries.

    The default is today (for each of the ``theatres`` its own trading day), or the next day with shows.
    """
    now = timezone.now()
    todays = {theatre.pk: theatre.trading_day(now) for theatre in theatres}
    today = min(todays.values(), default=now.date())
    shows = matching_shows(filters)
    if filters.q:
        rank = Window(DenseRank(), partition_by="movie", order_by="trading_day")
        found = _with_details(shows.annotate(rank=rank).filter(rank__lte=SEARCH_DAYS), theatres)
        return Programme(films=_films(found), day=None, days=[], today=today)

    pairs = shows.order_by().values_list("screen__theatre", "trading_day").distinct()
    days = sorted({today if day <= todays[theatre] else day for theatre, day in pairs})
    day = max(filters.day, today) if filters.day else next(iter(days), today)
    shows = shows.filter(_on_their_own_day(todays) if day == today else Q(trading_day=day))
    return Programme(films=_films(_with_details(shows, theatres)), day=day, days=sorted({*days, day}), today=today)


def _on_their_own_day(todays: dict[int, date]) -> Q:
    condition = Q(pk__in=[])
    for today in set(todays.values()):
        theatres = [theatre for theatre, day in todays.items() if day == today]
        condition |= Q(trading_day=today, screen__theatre__in=theatres)
    return condition


def _with_details(shows: QuerySet[Show], theatres: Iterable[Theatre]) -> list[Show]:
    """Load what a list of films shows, in three queries; the shows are at these ``theatres``."""
    known = {theatre.pk: theatre for theatre in theatres}
    found = list(
        shows.select_related("movie", "screen", "language", "subtitles")
        .defer("movie__synopsis", "movie__cast", "movie__search_words")
        .prefetch_related("movie__genres")
        .order_by("starts_at", "movie__title", "pk")
    )
    for show in found:
        if show.screen.theatre_id in known:  # else it has just been opened
            show.screen.theatre = known[show.screen.theatre_id]
    return with_plain_prices(found)


def _films(shows: Iterable[Show]) -> list[ProgrammeFilm]:
    """Group shows by film, the film with the next show first."""
    by_movie: dict[int, list[Show]] = {}
    for show in shows:
        by_movie.setdefault(show.movie_id, []).append(show)
    return [ProgrammeFilm(of_movie[0].movie, showings(of_movie)) for of_movie in by_movie.values()]


def showings(shows: Iterable[Show]) -> list[Showing]:
    """Group shows by day and theatre."""
    found: dict[tuple[date, str, int], Showing] = {}
    for show in shows:
        theatre = show.screen.theatre
        key = (show.trading_day, theatre.name, theatre.pk)
        found.setdefault(key, Showing(theatre, show.trading_day)).shows.append(show)
    return [found[key] for key in sorted(found)]
