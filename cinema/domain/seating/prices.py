"""Prices of chosen seats, the same on the map, at the checkout, on the ticket and in the API."""

from collections.abc import Collection
from decimal import Decimal

from cinema.domain.seating.places import SeatPlace, companions


def agreed_prices(chosen: Collection[SeatPlace], *, carer_free: bool) -> dict[int, Decimal]:
    """Return the price of each chosen seat by key.

    With ``carer_free``, a companion seat chosen together with a wheelchair space beside it costs nothing.
    """
    free = companions(chosen) if carer_free else {}
    return {place.pk: Decimal(0) if place.pk in free else place.price for place in chosen}
