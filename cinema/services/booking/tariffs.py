"""Tariffs: the prices a show is published with, computed from its price card."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import prefetch_related_objects

from cinema.exceptions import PriceMissing
from cinema.models import Show, Tariff, TariffPrice, Theatre
from cinema.selectors.booking.pricing import PriceTable, digest, moment_of, plain_prices, price_table
from cinema.services.core.locking import lock_price_cards


class Priced(NamedTuple):
    """A show's tariff, and the price of a plain ticket by seat category."""

    tariff: Tariff
    prices: Mapping[int, Decimal]


def tariffs_for(*, shows: Sequence[Show]) -> list[Priced]:
    """The tariff of each show by its price card, in a constant number of statements. New tariffs are stored.

    The shows must be loaded with their screen's theatre and price card and may be unsaved. The cards are locked in the
    caller's transaction, so that none changes while it is read. Raises PriceMissing for a show without a card.
    """
    cards = [show.price_card for show in shows if show.price_card]
    if len(cards) < len(shows):
        raise PriceMissing([])
    lock_price_cards({card.pk for card in cards})
    prefetch_related_objects(cards, "prices__ticket_type", "adjustments")
    tables = [price_table(card, moment_of(show)) for show, card in zip(shows, cards, strict=True)]
    stored = _stored(zip((show.screen.theatre for show in shows), tables, strict=True))
    return [
        Priced(stored[show.screen.theatre_id, digest(table)], plain_prices(card, table))
        for show, card, table in zip(shows, cards, tables, strict=True)
    ]


def _stored(tables: Iterable[tuple[Theatre, PriceTable]]) -> dict[tuple[int, str], Tariff]:
    """Get or create the tariff of every table, by the theatre's key and the table's digest."""
    wanted = {(theatre.pk, digest(table)): table for theatre, table in tables}
    found = _find(wanted)
    missing = wanted.keys() - found.keys()
    if missing:
        # Another transaction may store the same tariff first; its row has equal prices.
        Tariff.objects.bulk_create(
            [Tariff(theatre_id=theatre_id, digest=text) for theatre_id, text in sorted(missing)], ignore_conflicts=True
        )
        found = _find(wanted)
        TariffPrice.objects.bulk_create(
            [
                TariffPrice(tariff=found[key], category_id=category, ticket_type_id=kind, amount=amount)
                for key in missing
                for (category, kind), amount in wanted[key].items()
            ],
            ignore_conflicts=True,
        )
    return found


def _find(wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], Tariff]:
    theatres, digests = {theatre_id for theatre_id, _ in wanted}, {text for _, text in wanted}
    tariffs = Tariff.objects.filter(theatre__in=theatres, digest__in=digests)
    return {(tariff.theatre_id, tariff.digest): tariff for tariff in tariffs}
