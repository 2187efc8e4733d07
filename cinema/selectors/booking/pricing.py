"""Prices of a show by its price card: the card's prices plus surcharges and reductions."""

import hashlib
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from typing import NamedTuple

from cinema.domain.money import quantize
from cinema.models import PriceAdjustment, PriceCard, Show
from cinema.models.theatres import is_within

PriceTable = Mapping[tuple[int, int], Decimal]  # by the keys of seat category and ticket type


class Moment(NamedTuple):
    """The properties of a show that decide its prices.

    ``weekday`` is that of the trading day (0 is Monday); ``at`` is the local start time.
    """

    weekday: int
    at: time
    format: str


def price_table(card: PriceCard, moment: Moment) -> PriceTable:
    """The price of each category with each ticket type at such a show, at least 0.

    Retired ticket types are left out. ``card`` is loaded with its adjustments, prices and their ticket types; no
    statement is run.
    """
    fitting = [adjustment for adjustment in card.adjustments.all() if applies(adjustment, moment)]
    return {
        (price.category_id, price.ticket_type_id): quantize(
            max(
                Decimal(0),
                price.amount
                + sum(
                    adjustment.amount
                    for adjustment in fitting
                    if adjustment.category_id in (None, price.category_id)
                    and adjustment.ticket_type_id in (None, price.ticket_type_id)
                ),
            )
        )
        for price in card.prices.all()
        if price.ticket_type.retired_at is None
    }


def moment_of(show: Show) -> Moment:
    """The properties that decide the prices of a show, which is loaded with its theatre."""
    local = show.starts_at.astimezone(show.screen.theatre.tz)
    return Moment(show.trading_day.weekday(), local.time(), show.format)


def plain_prices(card: PriceCard, table: PriceTable) -> dict[int, Decimal]:
    """The price of each category with the plainest ticket type that has a price for it."""
    plain: dict[int, tuple[int, Decimal]] = {}
    for price in card.prices.all():
        if (price.category_id, price.ticket_type_id) not in table:
            continue
        known = plain.get(price.category_id)
        if known is None or price.ticket_type.rank < known[0]:
            plain[price.category_id] = price.ticket_type.rank, table[price.category_id, price.ticket_type_id]
    return {category_id: amount for category_id, (_, amount) in plain.items()}


def digest(table: PriceTable) -> str:
    """A hash of the table, independent of its order."""
    lines = sorted(f"{category} {kind} {amount:.2f}" for (category, kind), amount in table.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def applies(adjustment: PriceAdjustment, moment: Moment) -> bool:
    """Whether the adjustment is for this weekday, time and format."""
    return (
        (not adjustment.weekdays or moment.weekday in adjustment.weekdays)
        and (not adjustment.format or moment.format == adjustment.format)
        and is_within(moment.at, adjustment.from_time, adjustment.until_time)
    )
