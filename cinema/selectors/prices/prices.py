"""Reads about price cards: their prices, their shows, and what applying them would change."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import time
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now

from cinema.domain.weekdays import weekdays
from cinema.models import Price, PriceCard, SeatCategory, Show, TariffPrice, Theatre, TicketType
from cinema.models.theatres import DAY_STARTS, trading_order
from cinema.selectors.booking.pricing import Moment, PriceTable, applies, digest, plain_prices, price_table
from cinema.selectors.core.features import with_features


class Range(NamedTuple):
    """The lowest and highest price of a show's seats with the plain ticket type."""

    lowest: Decimal
    highest: Decimal


class Outlook(NamedTuple):
    """Prices of a coming show by its card (``then``), and whether they differ from its present prices."""

    show_id: int
    tariff_id: int | None
    then: Range
    changes: bool
    seats_free: int


class ShowPrices(NamedTuple):
    """A coming show with its prices ``now`` (None if not yet priced) and ``then``, by its card."""

    show: Show
    now: Range | None
    then: Range
    changes: bool


class Cell(NamedTuple):
    """A weekday in a time band: price of each category, adjustments, and number of coming shows."""

    prices: list[tuple[SeatCategory, Decimal | None, int]]  # the int: -1 below the card's price, 1 above
    adjustments: list[str]
    shows: int


class Band(NamedTuple):
    """A part of the day from ``start`` to ``end``, with a cell for each weekday."""

    start: time
    end: time
    cells: list[Cell]


def cards_of(theatre: Theatre) -> QuerySet[PriceCard]:
    """The theatre's price cards with their prices, active ones first; ``coming`` counts their coming shows."""
    shows = Show.objects.filter(price_card=OuterRef("pk"), starts_at__gt=Now()).exclude(status=Show.Status.CANCELLED)
    count = shows.order_by().values("price_card").annotate(count=Count("pk")).values("count")
    cards = _loaded(theatre.price_cards.all()).annotate(coming=Coalesce(Subquery(count), 0))
    return cards.order_by("retired_at", "name")


def card_of(theatre: Theatre, pk: int) -> PriceCard | None:
    """The theatre's card with its prices and adjustments, or None."""
    return _loaded(theatre.price_cards.all()).filter(pk=pk).first()


def _loaded(cards: QuerySet[PriceCard]) -> QuerySet[PriceCard]:
    prices = Price.objects.select_related("ticket_type", "category").order_by("category__rank", "ticket_type__rank")
    return cards.prefetch_related(Prefetch("prices", prices), "adjustments")


def ticket_types_for_sale(theatre: Theatre) -> list[TicketType]:
    """The ticket types the theatre sells, the plain one first."""
    return list(theatre.ticket_types.filter(retired_at=None).order_by("rank"))


def coming_shows(card: PriceCard) -> QuerySet[Show]:
    """The coming shows with this card, drafts included, the next one first."""
    shows = Show.objects.filter(price_card=card, starts_at__gt=Now()).exclude(status=Show.Status.CANCELLED)
    return shows.order_by("starts_at", "pk")


def outlook(card: PriceCard) -> list[Outlook]:
    """The coming shows of a card, loaded by card_of(), those whose prices would change first; in one statement.

    Drafts have no prices yet; they get those of the card when they are published.
    """
    tz, known = card.theatre.tz, dict[Moment, tuple[str, Range]]()
    rows = coming_shows(card).values_list(
        "pk", "starts_at", "trading_day", "format", "status", "tariff", "tariff__digest", "seats_free"
    )
    found = []
    for pk, starts_at, day, format, status, tariff_id, text, free in rows:
        moment = Moment(day.weekday(), starts_at.astimezone(tz).time(), format)
        if moment not in known:
            table = price_table(card, moment)
            known[moment] = digest(table), _range(plain_prices(card, table).values())
        by_card, then = known[moment]
        found.append(Outlook(pk, tariff_id, then, status != Show.Status.DRAFT and text != by_card, free))
    return sorted(found, key=lambda line: not line.changes)


def with_shows(lines: Sequence[Outlook]) -> list[ShowPrices]:
    """Load the shows and present prices of some lines of an outlook, in two statements."""
    shows = Show.objects.select_related("movie", "screen").in_bulk([line.show_id for line in lines])
    with_features(shows.values())
    ranges = _ranges({line.tariff_id for line in lines if line.tariff_id})
    now = [ranges.get(line.tariff_id) if line.tariff_id else None for line in lines]
    return [ShowPrices(shows[line.show_id], n, line.then, line.changes) for line, n in zip(lines, now, strict=True)]


def _ranges(tariff_ids: Iterable[int]) -> dict[int, Range]:
    prices = TariffPrice.objects.filter(tariff__in=tariff_ids).order_by("ticket_type__rank")
    plain: dict[int, dict[int, Decimal]] = {}
    for tariff_id, category_id, amount in prices.values_list("tariff", "category", "amount"):
        plain.setdefault(tariff_id, {}).setdefault(category_id, amount)
    return {tariff_id: _range(amounts.values()) for tariff_id, amounts in plain.items()}


def _range(amounts: Iterable[Decimal]) -> Range:
    amounts = list(amounts)
    return Range(min(amounts, default=Decimal(0)), max(amounts, default=Decimal(0)))


def calendar(card: PriceCard, *, format: str, kind: TicketType) -> list[Band]:
    """A week of prices by the card, loaded by card_of(), for shows of the format and the ticket type ``kind``.

    The bands run through a trading day, with an edge wherever an adjustment begins or ends.
    """
    adjustments = list(card.adjustments.all())
    times = {at for a in adjustments for at in (a.from_time, a.until_time) if at} | {DAY_STARTS}
    edges = sorted(times, key=trading_order)
    amounts = {price.category_id: price.amount for price in card.prices.all() if price.ticket_type_id == kind.pk}
    usual = {category: amounts.get(category.pk) for category in card.theatre.seat_categories.order_by("rank")}
    shows = _shows_by_cell(card, edges, format)
    return [
        Band(start, end, [_cell(card, Moment(day, start, format), kind, usual, shows) for day in weekdays()])
        for start, end in zip(edges, [*edges[1:], DAY_STARTS], strict=True)
    ]


def _cell(
    card: PriceCard,
    moment: Moment,
    kind: TicketType,
    usual: dict[SeatCategory, Decimal | None],
    shows: Counter[tuple[int, time]],
) -> Cell:
    table: PriceTable = price_table(card, moment)
    amounts = {category.pk: table.get((category.pk, kind.pk)) for category in usual}
    return Cell(
        [(category, amounts[category.pk], _sign(amounts[category.pk], before)) for category, before in usual.items()],
        [a.name for a in card.adjustments.all() if a.ticket_type_id in (None, kind.pk) and applies(a, moment)],
        shows[moment.weekday, moment.at],
    )


def _sign(amount: Decimal | None, usual: Decimal | None) -> int:
    return 0 if amount is None or usual is None else (amount > usual) - (amount < usual)


def _shows_by_cell(card: PriceCard, edges: list[time], format: str) -> Counter[tuple[int, time]]:
    """The number of coming shows of the format by weekday and band."""
    tz = card.theatre.tz
    found: Counter[tuple[int, time]] = Counter()
    shows = Show.objects.filter(price_card=card, starts_at__gt=Now(), format=format)
    for starts_at, day in shows.exclude(status=Show.Status.CANCELLED).values_list("starts_at", "trading_day"):
        at = starts_at.astimezone(tz).time()
        last = [edge for edge in edges if trading_order(edge) <= trading_order(at)][-1]
        found[day.weekday(), last] += 1
    return found
