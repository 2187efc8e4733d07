"""Seasons on pages of the programme."""

from collections.abc import Collection

from django import template

from cinema.models import Movie, Season, Show, Theatre
from cinema.selectors.films import seasons as selectors

register = template.Library()


@register.simple_tag
def current_seasons(theatre: Theatre | None = None) -> list[Season]:
    """The seasons that are not over; only those at the theatre, if one is given."""
    return selectors.current_seasons(theatre or None)


@register.simple_tag
def seasons_of(movie: Movie, shows: Collection[Show] = ()) -> list[Season]:
    """The seasons of a film that are not over; only those that one of its ``shows`` belongs to, if there are any."""
    return selectors.seasons_with(movie, shows)
