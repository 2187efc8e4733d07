"""Parts of pages that are drawn once for all who would see the same."""

from collections.abc import Hashable
from typing import Any

from django import template
from django.db.models import Model
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cinema.models import Movie, Season, Show, Theatre
from cinema.models.translations import LocalText
from cinema.selectors.films.seasons import seasons_with
from cinema.selectors.schedule.programme import ProgrammeFilm
from cinema.templatetags.cinema import availability, price_from
from cinema.templatetags.show_times import minutes_until

register = template.Library()

MOST_KEPT = 1000  # drawings of one part in all languages, in a process


class KeepNode(template.Node):
    """``drawn`` maps a language and a key to the HTML. Threads may draw the same at once; each result is right."""

    def __init__(self, key: FilterExpression, names: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.key, self.names, self.nodelist = key, names, nodelist
        self.drawn: dict[Hashable, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = self.key.resolve(context)
        kept = (get_language(), key)
        html = self.drawn.get(kept) if key is not None else None
        if html is None:
            html = self.nodelist.render(
                context.new({name: value.resolve(context) for name, value in self.names.items()})
            )
            if key is not None:
                if len(self.drawn) >= MOST_KEPT:
                    self.drawn.clear()
                self.drawn[kept] = html
        return html


@register.tag
def keep(parser: Parser, token: Token) -> KeepNode:
    """{% keep key name=value … %}…{% endkeep %}: draw the part once for each key and language.

    The key names all that the part shows: no more than its hash and its equality decide. Inside, only the given names
    are known, so nothing of a request or a person can get into what is kept. With the key None nothing is kept.
    """
    _tag, key, *rest = token.split_contents()
    names = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"keep takes a key, and values with names: {rest[0]}")
    nodelist = parser.parse(["endkeep"])
    parser.delete_first_token()
    return KeepNode(parser.compile_filter(key), names, nodelist)


@register.filter
def facts(show: Show) -> Hashable:
    """What pages say of a show, its film, its screen and its theatre, apart from its seats."""
    screen, notes = show.screen, tuple(_in_language(film.localized.content_notes) for film in show.films)
    return (*_version(show), _of_movie(show.movie), notes, screen.name, _of_theatre(screen.theatre))


@register.simple_tag
def film_key(
    film: ProgrammeFilm, *, by_day: object, with_city: object, at_theatre: object, of_season: object
) -> Hashable:
    """All that a film of the programme shows with its times, among them prices and how many seats are left, in words.

    ``by_day``: of one day, so that no day is named; ``at_theatre``: of one theatre, so that screens are;
    ``of_season``: on the page of a season, so that no season is.
    """
    shows = tuple(
        (
            _of_theatre(showing.theatre),
            None if by_day else (showing.day, showing.today),
            tuple(
                (*_version(show), show.screen.name, show.sales_start_at, show.sales_end_at, *_sale(show))
                for show in showing.shows
            ),
        )
        for showing in film.showings
    )
    genres = tuple(genre.name for genre in film.movie.genres.all())
    seasons = () if of_season else tuple(map(_of_season, seasons_with(film.movie, film.shows)))
    return (
        _of_movie(film.movie),
        genres,
        seasons,
        shows,
        tuple(film.later),
        bool(by_day),
        bool(with_city),
        bool(at_theatre),
    )


def _version(show: Show) -> tuple[Hashable, ...]:
    language, subtitles = show.language, show.subtitles
    spoken = (language.code, language.name, subtitles and (subtitles.code, subtitles.name))
    times = (show.starts_at, show.moved_from, show.trading_day, show.trailers, minutes_until(show))
    further = (show.further_minutes, *((_of_movie(each.movie), each.break_minutes) for each in show.further))
    note = show.localized.label_note
    return (show.pk, show.status, times, show.format, spoken, show.labels, note, note.language, further)


def _sale(show: Show) -> tuple[Hashable, ...]:
    return availability(show), bool(show.seats_free), price_from(show)


def _of_movie(movie: Movie) -> Hashable:
    title = movie.localized.title
    return (movie.pk, movie.slug, title, title.language, movie.certificate, movie.runtime, movie.poster.name)


def _in_language(text: LocalText) -> Hashable:
    return (text, text.language)


def _of_season(season: Season) -> Hashable:
    title = season.localized.title
    return (season.slug, title, title.language)


def _of_theatre(theatre: Theatre) -> Hashable:
    return (theatre.slug, theatre.name, theatre.city, theatre.address, theatre.time_zone, theatre.doors)


@register.simple_tag
def key_of(*parts: Any) -> Hashable:
    """A key of several values; lists are taken as they are now."""
    return tuple(_fixed(part) for part in parts)


def _fixed(part: Any) -> Hashable:
    if isinstance(part, Model):
        raise TypeError(f"{type(part).__name__} is equal to itself whatever its fields say; name them.")
    if isinstance(part, set):
        return frozenset(part)
    return tuple(map(_fixed, part)) if isinstance(part, list) else part
