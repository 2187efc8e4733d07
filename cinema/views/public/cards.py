"""Pictures for previews of shared links: of films, of theatres, of seasons, of the programme."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from cinema.domain.dates import day_and_time, shown_date
from cinema.domain.lists import and_list, listed
from cinema.exports.card_png import MOST_POSTERS, Card, Poster, card_png
from cinema.models import Movie, Show, Theatre
from cinema.selectors.films.coming import coming_films
from cinema.selectors.films.posters import film_on_card, next_shows
from cinema.selectors.films.seasons import season_by_slug, season_programme
from cinema.selectors.halls.appearances import logo_file, look_of
from cinema.selectors.halls.theatres import theatre_by_slug
from cinema.selectors.schedule.programme import Filters, Programme, filter_options, programme, showings
from cinema.templatetags.appearances import icon_url
from cinema.templatetags.cinema import clock_face, local_day
from cinema.views.public.programme import title_of
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404

AN_HOUR = 60 * 60  # seconds
CARDS = 100  # kept in a process: a tenth of a second and up to 150 kB each, a photo's more
LINES, TIMES, LABELLED = 3, 5, 2  # on a card: days or films; of each, times and shows with labels


@require_safe
@conditional_page
@cache_control(public=True, max_age=AN_HOUR)
def movie_card(request: HtmxRequest, slug: str) -> HttpResponse:
    """A film with its next shows. Without one it has only its poster, if any."""
    movie = or_404(film_on_card(slug))
    shows = next_shows(movie)
    if not shows:
        return redirect(movie.poster.url if movie.poster else icon_url(look_of(None), "512"))
    return _picture(_of_film(movie, shows))


@require_safe
@conditional_page
@cache_control(public=True, max_age=AN_HOUR)
def programme_card(request: HtmxRequest) -> HttpResponse:
    """The programme of a ``city``, or of all."""
    options = filter_options()
    city = next((city for city in options.cities if city == request.GET.get("city")), "")
    theatres = [theatre for theatre in options.theatres if city in ("", theatre.city)]
    filters = Filters(city=city)
    return _of_programme(title_of(filters), programme(filters, theatres), None)


@require_safe
@conditional_page
@cache_control(public=True, max_age=AN_HOUR)
def theatre_card(request: HtmxRequest, slug: str) -> HttpResponse:
    """The programme of a theatre."""
    theatre = or_404(theatre_by_slug(slug))
    return _of_programme(theatre.name, programme(Filters(theatre=theatre), [theatre]), theatre)


@require_safe
@conditional_page
@cache_control(public=True, max_age=AN_HOUR)
def season_card(request: HtmxRequest, slug: str) -> HttpResponse:
    """A season with the next show of its films."""
    season = or_404(season_by_slug(slug))
    on, others = season_programme(season)
    first = [film.shows[0] for film in on.films]
    lines = [(_moment(show), film.movie.localized.title) for film, show in zip(on.films, first, strict=True)]
    films = [*(film.movie for film in on.films), *others]
    return _of_films(season.localized.title, films, lines, theatre=season.theatre)


@require_safe
@conditional_page
@cache_control(public=True, max_age=AN_HOUR)
def coming_card(request: HtmxRequest) -> HttpResponse:
    """The films that are not on yet."""
    films = coming_films()
    return _of_films(_("Coming soon"), films, [(_release(movie), movie.localized.title) for movie in films])


def _of_programme(title: str, on: Programme, theatre: Theatre | None) -> HttpResponse:
    """The films of its day, each with its times."""
    day = shown_date(on.day, "l j F") if on.day else ""
    lines = [(film.movie.localized.title, _starts(film.shows)) for film in on.films]
    return _of_films(title, [film.movie for film in on.films], lines, theatre=theatre, day=day)


def _of_films(
    title: str,
    films: Sequence[Movie],
    lines: Iterable[tuple[str, str]],
    *,
    theatre: Theatre | None = None,
    day: str = "",
) -> HttpResponse:
    """A list of films with the logo or the name of the cinema; without films, its icon."""
    theatre_id = theatre.pk if theatre else None
    look, logo = look_of(theatre_id), logo_file(theatre_id)
    if not films:
        return redirect(icon_url(look, "512"))
    foot = " · ".join(filter(None, [day, "" if logo else look.name]))
    posters, shown = tuple(map(_poster, films[:MOST_POSTERS])), tuple(lines)[:LINES]
    return _picture(Card(posters, title, shown, foot, get_language_bidi(), logo))


def _of_film(movie: Movie, shows: Sequence[Show]) -> Card:
    theatres = {show.screen.theatre for show in shows}
    times: list[tuple[str, ...]] = []
    for showing in showings(shows)[:LINES]:
        day = shown_date(showing.day, "l j F")
        when = day if len(theatres) == 1 else f"{day} · {showing.theatre}"
        times.append((when, _starts(showing.shows), *_labels(showing.shows)))
    foot = and_list(sorted({f"{theatre}, {theatre.city}" for theatre in theatres}))
    return Card((_poster(movie),), movie.localized.title, tuple(times), foot, get_language_bidi())


def _poster(movie: Movie) -> Poster:
    file = movie.poster.path if movie.poster else ""
    return Poster(movie.slug, movie.localized.title, movie.director, movie.year, file)


def _starts(shows: Iterable[Show]) -> str:
    return " · ".join(list(dict.fromkeys(map(_start, shows)))[:TIMES])


def _start(show: Show) -> str:
    """“20:00”, or “20:00 (A + B)” of a double bill."""
    at = clock_face(show.starts_at, show.screen.theatre)
    return f"{at} ({show.localized.title})" if show.further_minutes else at


def _labels(shows: Iterable[Show]) -> list[str]:
    """The labels of the first shows that have some: “18:30 Audio description, Q&A”."""
    names = (
        (show, listed([*(label.label for label in show.shown_labels), show.localized.label_note])) for show in shows
    )
    found = [f"{clock_face(show.starts_at, show.screen.theatre)} {text}" for show, text in names if text]
    return found[:LABELLED]


def _moment(show: Show) -> str:
    theatre = show.screen.theatre
    return day_and_time(local_day(show.starts_at, theatre), clock_face(show.starts_at, theatre))


def _release(movie: Movie) -> str:
    if movie.release_date:
        return _("From %(day)s") % {"day": shown_date(movie.release_date, "j F Y")}
    return str(movie.year or "")


def _picture(card: Card) -> HttpResponse:
    return HttpResponse(_kept_card(card), content_type="image/png")


@lru_cache(maxsize=CARDS)
def _kept_card(card: Card) -> bytes:
    return card_png(card)
