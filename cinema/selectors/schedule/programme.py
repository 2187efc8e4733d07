"""Reads for the programme: films with coming shows, and the filters."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from typing import Any, TypeVar

from django.db.models import CharField, Exists, Func, IntegerField, OuterRef, QuerySet, Value, Window
from django.db.models.functions import Concat, DenseRank, Now, StrIndex
from django.db.models.lookups import In
from django.utils import timezone

from cinema.domain.day_parts import HOURS
from cinema.domain.genres import genre_name
from cinema.domain.spoken import language_name
from cinema.models import Genre, Language, Movie, Season, Show, Theatre, with_film
from cinema.selectors.core.compiled import Compiled
from cinema.selectors.core.features import with_features
from cinema.selectors.schedule.genres import with_genres
from cinema.selectors.schedule.plain_prices import with_plain_prices

LATER_DAYS = 4  # further days listed with a film
SEARCH_DAYS = 2  # days shown for each film of a search; the page of the film shows all
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """The filters a visitor chose; empty ones do not apply.

    ``time`` is a part of the day (domain.day_parts), ``language`` and ``label`` are codes, ``genre`` a slug.
    """

    city: str = ""
    theatre: Theatre | None = None
    day: date | None = None
    time: str = ""
    language: str = ""
    genre: str = ""
    format: str = ""
    label: str = ""
    season: Season | None = None
    q: str = ""


@dataclass(frozen=True)
class Options:
    """The options of the filters: all theatres, genres (by slug) and languages (by code) with coming shows, seasons."""

    theatres: list[Theatre]
    genres: dict[str, str]
    languages: dict[str, str]
    seasons: Sequence[Season] = ()

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
        """The date at the theatre, which after midnight is later than its trading day."""
        return timezone.localdate(timezone=self.theatre.tz)


@dataclass(frozen=True)
class ProgrammeFilm:
    """A film and its coming shows."""

    movie: Movie
    showings: list[Showing]
    later: Sequence[date] = ()  # the next days after those of the showings

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

    ``trading_day`` is the earliest of the theatres' trading days, ``today`` the earliest of their dates, which after
    midnight is the day after it.
    """

    films: list[ProgrammeFilm]
    day: date | None
    days: list[date]
    trading_day: date
    today: date

    @property
    def titles(self) -> list[str]:
        return [film.movie.localized.title for film in self.films]

    @property
    def next_day(self) -> date | None:
        """The next later day with films, else the last earlier one."""
        others = [day for day in self.days if day != self.day]
        return next((day for day in others if self.day and day > self.day), others[-1] if others else None)


class LocalHour(Func):
    """The hour (0 to 23) of a moment in a time zone; both are columns."""

    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, Any]:
        return self.as_sql(
            compiler, connection, template="EXTRACT(HOUR FROM %(expressions)s)", arg_joiner=" AT TIME ZONE "
        )

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="django_datetime_extract('hour', %(expressions)s, 'UTC')")


def upcoming_shows() -> QuerySet[Show]:
    """Published shows that have not begun, by the database's clock."""
    # The condition on the end adds nothing, but allows the indexes by status and end, and by screen and end.
    return Show.objects.filter(status=Show.Status.SCHEDULED, starts_at__gt=Now(), ends_at__gt=Now())


def matching_shows(filters: Filters) -> QuerySet[Show]:
    """Upcoming shows that match all filters except the day."""
    return matching(upcoming_shows(), filters)


def matching(shows: QuerySet[Show], filters: Filters) -> QuerySet[Show]:
    """Those of the shows that match all filters except the day."""
    if filters.theatre:
        shows = shows.filter(screen__theatre=filters.theatre)
    elif filters.city:
        shows = shows.filter(screen__theatre__city=filters.city)
    if filters.time:
        shows = shows.filter(_begins_in(filters.time))
    if filters.language:
        shows = shows.filter(language__code=filters.language)
    if filters.genre or filters.q or filters.season:
        shows = shows.filter(with_film(_films_of(filters)))
    if filters.season:
        shows = _within(filters.season, shows)
    if filters.format:
        shows = shows.filter(format=filters.format)
    if filters.label:
        among = StrIndex("labels", Concat(Value(" "), Value(filters.label), Value(" ")))
        shows = shows.alias(among=among).filter(among__gt=0)
    return shows


def _within(season: Season, shows: QuerySet[Show]) -> QuerySet[Show]:
    """The shows that meet the conditions of a season, as Season.includes() says."""
    if season.theatre_id:
        shows = shows.filter(screen__theatre=season.theatre_id)
    if season.time:
        shows = shows.filter(_begins_in(season.time))
    if season.starts_on:
        shows = shows.filter(trading_day__gte=season.starts_on)
    if season.ends_on:
        shows = shows.filter(trading_day__lte=season.ends_on)
    if season.weekdays:
        shows = shows.filter(trading_day__iso_week_day__in=[day + 1 for day in season.weekdays])
    return shows


def _begins_in(part: str) -> In:
    """Whether a show begins in a part of the day, by the clock of its theatre."""
    return In(LocalHour("starts_at", "screen__theatre__time_zone"), HOURS[part])


def _films_of(filters: Filters) -> QuerySet[Movie]:
    """The films of the chosen genre and season that match the search."""
    films = Movie.objects.found_by(filters.q) if filters.q else Movie.objects.all()
    if filters.season:
        films = films.filter(seasons=filters.season)
    return films.filter(genres__slug=filters.genre) if filters.genre else films


def filter_options(seasons: Sequence[Season] = ()) -> Options:
    """Return the options of the filters, in two queries. The ``seasons`` are those that are not over."""
    rows = _genres_and_languages()
    return Options(
        theatres=_theatres(),
        genres=_by_name((key, genre_name(name)) for kind, key, name in rows if kind == "genre"),
        languages=_by_name((key, language_name(key, name)) for kind, key, name in rows if kind == "language"),
        seasons=seasons,
    )


def _by_name(options: Iterable[tuple[str, str]]) -> dict[str, str]:
    return dict(sorted(options, key=lambda option: option[1].casefold()))


@Compiled
def _theatres() -> QuerySet[Theatre]:
    return Theatre.objects.all()


@Compiled
def _genres_and_languages() -> QuerySet[Genre, tuple[str, str, str]]:
    upcoming = upcoming_shows()
    further = upcoming.filter(features__movie__genres=OuterRef("pk"))
    genres = (
        Genre.objects.filter(Exists(upcoming.filter(movie__genres=OuterRef("pk"))) | Exists(further))
        .annotate(kind=Value("genre", CharField()))
        .values_list("kind", "slug", "name")
    )
    languages = (
        Language.objects.filter(Exists(upcoming.filter(language=OuterRef("pk"))))
        .annotate(kind=Value("language", CharField()))
        .values_list("kind", "code", "name")
    )
    return genres.order_by().union(languages.order_by(), all=True)


def programme(filters: Filters, theatres: Sequence[Theatre]) -> Programme:
    """Return the films of the chosen day, or those of any day that match a search, in at most four queries.

    The default is the trading day, for each of the ``theatres`` its own, or the next day with shows.
    """
    now = timezone.now()
    own = {theatre.pk: theatre.trading_day(now) for theatre in theatres}
    first = min(own.values(), default=now.date())
    today = min((timezone.localdate(now, theatre.tz) for theatre in theatres), default=now.date())
    if filters.q:
        rank = Window(DenseRank(), partition_by="movie", order_by="trading_day")
        shows = matching_shows(filters).annotate(rank=rank).filter(rank__lte=SEARCH_DAYS)
        films = films_of(detailed(shows), theatres, filters)
        return Programme(films=films, day=None, days=[], trading_day=first, today=today)

    used = _used(filters)
    reads = (_Reads if filters.season else _reads)(tuple(used), filters.time, filters.season)
    values = used.values()
    rows = reads.days(*values)
    days = sorted({first if day <= own[key] else day for is_film, key, day in rows if not is_film})
    day = max(filters.day, first) if filters.day else next(iter(days), first)
    if day == first:
        found = reads.shows({first, *own.values()}, *values)
        found = [show for show in found if show.trading_day == own.get(show.screen.theatre_id)]
    else:
        found = reads.shows([day], *values)
    later = _later(day, ((movie, other) for is_film, movie, other in rows if is_film))
    films = [replace(film, later=later[film.movie.pk][:LATER_DAYS]) for film in films_of(found, theatres, filters)]
    return Programme(films=films, day=day, days=sorted({*days, day}), trading_day=first, today=today)


def _later(day: date, days_of_films: Iterable[tuple[int, date]]) -> defaultdict[int, list[date]]:
    """The days after ``day`` of each film, by its key, the next one first."""
    found: defaultdict[int, list[date]] = defaultdict(list)
    for movie, other in sorted(set(days_of_films)):
        if other > day:
            found[movie].append(other)
    return found


def _used(filters: Filters) -> dict[str, int | str]:
    """The filters that apply, besides the day, the time of day, the season and the search, with their values."""
    found = {name: getattr(filters, name) for name in ("city", "language", "genre", "format", "label")}
    place: dict[str, int | str] = {"theatre": filters.theatre.pk} if filters.theatre else {}
    return place | {name: value for name, value in found.items() if value and not (place and name == "city")}


class _Reads:
    """The statements of programmes with filters of these names, this time of day and this season.

    Those of a season depend on its conditions, so they are not compiled once and for all.
    """

    def __init__(self, names: Sequence[str], time: str, season: Season | None) -> None:
        self._names, self._time, self._season = names, time, season
        self.days: Callable[..., list[tuple[bool, int, date]]] = _listed(self._days) if season else Compiled(self._days)
        self.shows: Callable[..., list[Show]] = _listed(self._shows) if season else Compiled(self._shows)

    def _days(self, *values: Any) -> QuerySet[Show, tuple[bool, int, date]]:
        """The trading days of each theatre and of each film, as rows: whether it is a film, its key, a day."""
        shows = self._matching(values).order_by()
        theatres = shows.annotate(film=Value(value=False)).values_list("film", "screen__theatre", "trading_day")
        films = shows.annotate(film=Value(value=True)).values_list("film", "movie", "trading_day")
        double = shows.filter(features__isnull=False).annotate(film=Value(value=True))
        further = double.values_list("film", "features__movie", "trading_day")
        return theatres.distinct().union(films.distinct(), further.distinct(), all=True)

    def _shows(self, days: Collection[date], *values: Any) -> QuerySet[Show]:
        return detailed(self._matching(values).filter(trading_day__in=days))

    def _matching(self, values: Sequence[Any]) -> QuerySet[Show]:
        named = dict(zip(self._names, values, strict=True))
        theatre = Theatre(pk=named.pop("theatre")) if "theatre" in named else None
        return matching_shows(Filters(theatre=theatre, time=self._time, season=self._season, **named))


_reads = cache(_Reads)


def _listed(build: Callable[..., QuerySet[Any, R]]) -> Callable[..., list[R]]:
    return lambda *values: list(build(*values))


def detailed(shows: QuerySet[Show]) -> QuerySet[Show]:
    """Shows with what a list of films says of them, the earliest first."""
    shows = shows.select_related("movie", "screen", "language", "subtitles")
    long = ("synopsis", "synopsis_translations", "cast", "search_words")
    return shows.defer(*(f"movie__{name}" for name in long)).order_by("starts_at", "movie__title", "pk")


def films_of(shows: Iterable[Show], theatres: Iterable[Theatre], filters: Filters) -> list[ProgrammeFilm]:
    """Group shows, which are at these theatres, by film, the film with the next show first. Two statements.

    A double bill is among the shows of each of its films that match the filters. Double bills take two statements
    more.
    """
    known, movies = {theatre.pk: theatre for theatre in theatres}, dict[int, Movie]()
    by_movie: dict[int, list[Show]] = {}
    for show in with_features(with_plain_prices(shows)):
        if show.screen.theatre_id in known:  # else it has just been opened
            show.screen.theatre = known[show.screen.theatre_id]
        show.movie = movies.setdefault(show.movie_id, show.movie)
        for movie in show.films:
            by_movie.setdefault(movies.setdefault(movie.pk, movie).pk, []).append(show)
    if any(show.further_minutes for of_movie in by_movie.values() for show in of_movie):
        matching = set(_films_of(filters).filter(pk__in=movies).values_list("pk", flat=True))
        movies = {pk: movie for pk, movie in movies.items() if pk in matching}
    with_genres(movies.values())
    return [ProgrammeFilm(movies[pk], showings(shown)) for pk, shown in by_movie.items() if pk in movies]


def showings(shows: Iterable[Show]) -> list[Showing]:
    """Group shows by day and theatre."""
    found: dict[tuple[date, str, int], Showing] = {}
    for show in shows:
        theatre = show.screen.theatre
        key = (show.trading_day, theatre.name, theatre.pk)
        found.setdefault(key, Showing(theatre, show.trading_day)).shows.append(show)
    return [found[key] for key in sorted(found)]
