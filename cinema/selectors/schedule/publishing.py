"""Reads before publishing: the drafts, and why some cannot be published."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone

from cinema.exceptions import (
    BusinessRuleViolation,
    FilmRetired,
    NoSeatsInHall,
    PriceMissing,
    ScreenClosed,
    TimeInThePast,
)
from cinema.models import Seat, Show, Theatre
from cinema.selectors.booking.pricing import moment_of, plain_prices, price_table
from cinema.selectors.core.features import with_features

FOR_PUBLISHING = ("movie", "screen__theatre", "price_card")


def drafts(theatre: Theatre, first: date, last: date) -> QuerySet[Show]:
    """The drafts of those trading days, the earliest first."""
    shows = Show.objects.filter(screen__theatre=theatre, trading_day__range=(first, last), status=Show.Status.DRAFT)
    return shows.select_related(*FOR_PUBLISHING).defer("movie__synopsis", "movie__cast").order_by("starts_at", "pk")


def problems_of(shows: Sequence[Show]) -> list[tuple[Show, BusinessRuleViolation]]:
    """The drafts that cannot be published, each with the rule it breaks; in a constant number of statements.

    The drafts are loaded with FOR_PUBLISHING. Prices and adjustments of their cards are loaded as a side effect.
    """
    categories = _categories({show.screen_id for show in shows})
    cards = [show.price_card for show in shows if show.price_card]
    prefetch_related_objects(cards, "prices__ticket_type", "adjustments")
    found = []
    for show in with_features(shows):
        priced = _priced(show) if show.price_card else set()
        unpriced = [name for pk, name in categories[show.screen_id].items() if pk not in priced]
        problem = _problem(show, has_seats=bool(categories[show.screen_id]), unpriced=sorted(unpriced))
        if problem:
            found.append((show, problem))
    return found


def _problem(show: Show, *, has_seats: bool, unpriced: Collection[str]) -> BusinessRuleViolation | None:
    if show.starts_at <= timezone.now():
        return TimeInThePast()
    if retired := next((movie for movie in show.films if movie.retired_at), None):
        return FilmRetired(retired)
    if show.screen.retired_at:
        return ScreenClosed(show.screen)
    if not has_seats:
        return NoSeatsInHall(show.screen)
    if show.price_card is None:
        return PriceMissing([])
    return PriceMissing(list(unpriced)) if unpriced else None


def _priced(show: Show) -> Collection[int]:
    """The keys of the seat categories with a price in the show's card, for a ticket type that is not retired."""
    if show.price_card is None:
        return []
    return plain_prices(show.price_card, price_table(show.price_card, moment_of(show))).keys()


def _categories(screen_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """The names of the seat categories present in each screen, by key."""
    rows = Seat.objects.filter(screen__in=screen_ids, retired_at=None).order_by()
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for screen_id, pk, name in rows.values_list("screen", "category", "category__name").distinct():
        found[screen_id][pk] = name
    return found
