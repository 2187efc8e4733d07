"""The pages above a page, from the programme down to the page itself."""

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from cinema.models import LegalText, Movie, Season, Show, Theatre
from cinema.templatetags.cinema import show_when
from cinema.views.links import with_query


class Crumb(NamedTuple):
    name: str
    url: str


Trail = Sequence[Crumb]


def film_trail(movie: Movie) -> Trail:
    """Programme, film."""
    return [_programme(), Crumb(movie.localized.title, movie.get_absolute_url())]


def show_trail(show: Show) -> Trail:
    """Programme, film, show, loaded with its theatre."""
    return [*film_trail(show.movie), Crumb(show_when(show), show.get_absolute_url())]


def season_trail(season: Season) -> Trail:
    """Programme, season."""
    return [_programme(), Crumb(season.localized.title, season.get_absolute_url())]


def coming_trail() -> Trail:
    """Programme, films that are not on yet."""
    return [_programme(), Crumb(_("Coming soon"), reverse("coming-soon"))]


def gift_cards_trail() -> Trail:
    """Programme, gift cards."""
    return [_programme(), Crumb(_("Gift cards"), reverse("gift-cards"))]


def legal_trail(text: LegalText) -> Trail:
    """Programme, legal text; below the theatre, if it is one of its own."""
    above = theatre_trail(text.theatre) if text.theatre else [_programme()]
    return [*above, Crumb(str(text.get_kind_display()), text.get_absolute_url())]


def theatre_trail(theatre: Theatre) -> Trail:
    """Programme, the programme of its city, theatre."""
    programme = _programme()
    city = Crumb(theatre.city, with_query(programme.url, {"city": theatre.city}))
    return [programme, city, Crumb(theatre.name, theatre.get_absolute_url())]


def _programme() -> Crumb:
    return Crumb(_("Programme"), reverse("programme"))
