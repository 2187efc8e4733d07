"""Prices of seats that are added to a show."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, prefetch_related_objects

from cinema.models import Show, ShowSeat, TariffPrice
from cinema.selectors.booking.pricing import moment_of, plain_prices, price_table

NewPrices = dict[int, "NewPrice"]  # by the keys of categories


class NewPrice(NamedTuple):
    """The price of a new seat and its tariff. ``from_card``: the tariff must be made from the show's price card."""

    amount: Decimal
    tariff_id: int | None = None
    from_card: bool = False


def new_prices(shows: Sequence[Show], wanted: Mapping[int, Collection[int]]) -> dict[int, NewPrices]:
    """The price of a seat of each ``wanted`` category, by show.

    By the show's tariff; else as the show's other seats of the category; else by its price card. A category without
    any of these is left out. The shows are loaded with their price card and their screen's theatre.
    """
    if not shows:
        return {}
    by_tariff, by_seats = _tariff_prices(shows), _seat_prices(shows)
    cards = [show.price_card for show in shows if show.price_card]
    prefetch_related_objects(cards, "prices__ticket_type", "adjustments")
    found: dict[int, NewPrices] = {}
    for show in shows:
        known = _card_prices(show) | by_seats.get(show.pk, {}) | by_tariff.get(show.tariff_id, {})
        found[show.pk] = {category: known[category] for category in wanted.get(show.pk, ()) if category in known}
    return found


def _card_prices(show: Show) -> NewPrices:
    if show.price_card is None:
        return {}
    prices = plain_prices(show.price_card, price_table(show.price_card, moment_of(show)))
    return {category: NewPrice(amount, from_card=True) for category, amount in prices.items()}


def _tariff_prices(shows: Sequence[Show]) -> dict[int | None, NewPrices]:
    """The plainest price of each category in each tariff of the shows."""
    tariffs = {show.tariff_id for show in shows if show.tariff_id}
    rows = TariffPrice.objects.filter(tariff__in=tariffs).order_by("-ticket_type__rank") if tariffs else []
    found: dict[int | None, NewPrices] = {}
    for price in rows:  # the plainest comes last and wins
        found.setdefault(price.tariff_id, {})[price.category_id] = NewPrice(price.amount, price.tariff_id)
    return found


def _seat_prices(shows: Sequence[Show]) -> dict[int, NewPrices]:
    """The most frequent price of each category at each show."""
    rows = (
        ShowSeat.objects.filter(show__in=[show.pk for show in shows])
        .exclude(status=ShowSeat.Status.REMOVED)
        .values_list("show_id", "seat__category_id", "price", "tariff_id")
        .annotate(number=Count("pk"))
        .order_by("number", "-price")
    )
    found: dict[int, NewPrices] = {}
    for show_id, category_id, price, tariff_id, _number in rows:
        found.setdefault(show_id, {})[category_id] = NewPrice(price, tariff_id)
    return found
