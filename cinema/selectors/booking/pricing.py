"""What a price card says a seat costs: its table, and what its surcharges and reductions make of it."""

import hashlib
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from typing import NamedTuple

from cinema.domain.money import quantize
from cinema.models import PriceAdjustment, PriceCard, Show

PriceTable = Mapping[tuple[int, int], Decimal]  # by the keys of seat category and kind of ticket


class Moment(NamedTuple):
    """What of a show its prices depend on. ``weekday`` is that of its trading day, 0 for Monday; ``at`` is on the
    theatre's clock."""

    weekday: int
    at: time
    format: str


def price_table(card: PriceCard, moment: Moment) -> PriceTable:
    """What each category costs with each kind of ticket at such a show; never less than nothing.

    Kinds that are no longer sold are left out. ``card`` comes with its adjustments, its prices and their kinds of
    tickets: nothing is read from the database.
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
    """When and how a show, which comes with its theatre, plays: what its prices depend on."""
    local = show.starts_at.astimezone(show.screen.theatre.tz)
    return Moment(show.trading_day.weekday(), local.time(), show.format)


def plain_prices(card: PriceCard, table: PriceTable) -> dict[int, Decimal]:
    """What a seat of each category costs with the plainest kind of ticket that is priced for it."""
    plain: dict[int, tuple[int, Decimal]] = {}
    for price in card.prices.all():
        if (price.category_id, price.ticket_type_id) not in table:
            continue
        known = plain.get(price.category_id)
        if known is None or price.ticket_type.rank < known[0]:
            plain[price.category_id] = price.ticket_type.rank, table[price.category_id, price.ticket_type_id]
    return {category_id: amount for category_id, (_, amount) in plain.items()}


def digest(table: PriceTable) -> str:
    """The same for equal tables, whatever their order."""
    lines = sorted(f"{category} {kind} {amount:.2f}" for (category, kind), amount in table.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def applies(adjustment: PriceAdjustment, moment: Moment) -> bool:
    """Whether the weekday, the time and the format are among those the adjustment is for."""
    return (
        (not adjustment.weekdays or moment.weekday in adjustment.weekdays)
        and (not adjustment.format or moment.format == adjustment.format)
        and _within(moment.at, adjustment.from_time, adjustment.until_time)
    )


def _within(at: time, start: time | None, end: time | None) -> bool:
    """Whether ``at`` is from ``start`` until just before ``end``; from 22:00 until 02:00 runs over midnight."""
    if start and end and start > end:
        return at >= start or at < end
    return (start is None or at >= start) and (end is None or at < end)
