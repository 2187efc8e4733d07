"""Generated posters, and pictures for previews of shared links."""

from collections.abc import Sequence
from functools import lru_cache

from django.http import HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.translation import get_language_bidi
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from cinema.domain.dates import shown_date
from cinema.domain.lists import and_list
from cinema.domain.posters import draw_poster
from cinema.exports.card_png import Card, card_png
from cinema.models import Movie, Show
from cinema.selectors.films.posters import film_on_card, next_shows, poster_facts
from cinema.selectors.schedule.programme import showings
from cinema.templatetags.cinema import clock_face
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404

AN_HOUR, A_DAY = 60 * 60, 24 * 60 * 60  # seconds
CARDS = 100  # kept in a process: a tenth of a second and up to 150 kB each, a photo's more
DAYS, TIMES = 3, 5  # on a card


@require_safe
@conditional_page
@cache_control(public=True, max_age=A_DAY)
def movie_poster(request: HtmxRequest, slug: str) -> HttpResponse:
    """The typographic poster of a film, generated from its title."""
    facts = or_404(poster_facts(slug))
    return HttpResponse(draw_poster(**facts), content_type="image/svg+xml")


@require_safe
@conditional_page
@cache_control(public=True, max_age=AN_HOUR)
def movie_card(request: HtmxRequest, slug: str) -> HttpResponse:
    """The picture of a film in previews of shared links. A film without coming shows has only its poster, if any."""
    movie = or_404(film_on_card(slug))
    shows = next_shows(movie)
    if not shows:
        return redirect(movie.poster.url if movie.poster else static("img/icon-512.png"))
    return HttpResponse(_kept_card(_card(movie, shows)), content_type="image/png")


@lru_cache(maxsize=CARDS)
def _kept_card(card: Card) -> bytes:
    return card_png(card)


def _start(show: Show) -> str:
    """“20:00”, or “20:00 (A + B)” of a double bill."""
    at = clock_face(show.starts_at, show.screen.theatre)
    return f"{at} ({show.localized.title})" if show.further_minutes else at


def _card(movie: Movie, shows: Sequence[Show]) -> Card:
    theatres = {show.screen.theatre for show in shows}
    times = []
    for showing in showings(shows)[:DAYS]:
        day = shown_date(showing.day, "l j F")
        starts = list(dict.fromkeys(map(_start, showing.shows)))[:TIMES]
        times.append((day if len(theatres) == 1 else f"{day} · {showing.theatre}", " · ".join(starts)))
    return Card(
        slug=movie.slug,
        title=movie.localized.title,
        director=movie.director,
        year=movie.year,
        poster=movie.poster.path if movie.poster else "",
        times=tuple(times),
        foot=and_list(sorted({f"{theatre}, {theatre.city}" for theatre in theatres})),
        right_to_left=get_language_bidi(),
    )
