"""Prices of seats with each ticket type, by the tariff with which the seat was priced."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cinema.exceptions import UnknownTicketType
from cinema.models import Seat, Show, ShowSeat, TariffPrice, Theatre, TicketType
from cinema.selectors.booking.places import prices_of


class Choice(NamedTuple):
    """A ticket type that can be chosen for a seat, and its price."""

    ticket_type: TicketType
    amount: Decimal


class TariffLine(NamedTuple):
    """A seat of an order with its price and ticket type (None for a show without ticket types)."""

    seat: ShowSeat
    ticket_type: TicketType | None
    price: Decimal


FREE = (ShowSeat.Status.AVAILABLE, ShowSeat.Status.BLOCKED)
Choices = Mapping[int, Sequence[Choice]]  # by the keys of ShowSeats, the plainest first


def prices_now(show: Show) -> dict[str, Coalesce]:
    """Values for ShowSeat.update() at a show with a tariff: the present plain price of its category, and the tariff.

    The show's tariff decides. For a category added to the hall later, the show's free seats of that category do; a
    seat for which there is neither keeps its price.
    """
    own = TariffPrice.objects.filter(tariff=show.tariff_id, category=OuterRef("category")).order_by("ticket_type__rank")
    free = ShowSeat.objects.filter(show=show, seat__category=OuterRef("category"), status__in=FREE).order_by("pk")

    def first(rows: QuerySet[Model], field: str) -> Subquery:
        seats = Seat.objects.filter(pk=OuterRef("seat")).annotate(found=Subquery(rows.values(field)[:1]))
        return Subquery(seats.values("found"))

    return {
        "price": Coalesce(first(own, "amount"), first(free, "price"), F("price")),
        "tariff": Coalesce(first(own, "tariff"), first(free, "tariff"), F("tariff")),
    }


def ticket_choices(seats: Iterable[ShowSeat]) -> Choices:
    """The ticket types of each seat (loaded with its Seat) by its own tariff, in one statement.

    The plain type costs the seat's own price: a seat whose category changed while it was held keeps the prices of the
    category it was held as. Seats without a tariff, or of a category without a price in it, are left out. If no seat
    has a tariff, no statement is run.
    """
    priced = [seat for seat in seats if seat.tariff_id]
    if not priced:
        return {}
    table: dict[tuple[int, int], list[Choice]] = {}
    prices = TariffPrice.objects.filter(tariff__in={seat.tariff_id for seat in priced}).select_related("ticket_type")
    for price in prices.order_by("ticket_type__rank"):
        choice = Choice(price.ticket_type, price.amount)
        table.setdefault((price.tariff_id, price.category_id), []).append(choice)
    return {seat.pk: [row[0]._replace(amount=seat.price), *row[1:]] for seat in priced if (row := _row(table, seat))}


def _row(table: Mapping[tuple[int, int], Sequence[Choice]], seat: ShowSeat) -> Sequence[Choice]:
    """The choices in the seat's tariff for the category as which the seat was priced."""
    own = table.get((seat.tariff_id, seat.seat.category_id)) if seat.tariff_id else None
    if own is None or own[0].amount != seat.price:
        rows = (row for (tariff_id, _category), row in table.items() if tariff_id == seat.tariff_id)
        own = next((row for row in rows if row[0].amount == seat.price), own)
    return own or ()


def price_list(tariff_id: int | None) -> dict[TicketType, list[TariffPrice]]:
    """The online prices of a tariff by ticket type, the plainest type and category first.

    No statement is run without a tariff.
    """
    if tariff_id is None:
        return {}
    prices = TariffPrice.objects.filter(tariff=tariff_id, ticket_type__counter_only=False)
    prices = prices.select_related("ticket_type", "category")
    by_kind: dict[TicketType, list[TariffPrice]] = {}
    for price in prices.order_by("ticket_type__rank", "category__rank"):
        by_kind.setdefault(price.ticket_type, []).append(price)
    return by_kind


def order_lines(
    seats: Sequence[ShowSeat], theatre: Theatre, types: Mapping[int, int], choices: Choices | None = None
) -> list[TariffLine]:
    """The prices of seats, loaded with their Seat, with the chosen ticket types.

    ``types`` maps keys of seats to keys of ticket types; the default is the plain type. A free carer is free with any
    type. Raises UnknownTicketType for a type without a price for the seat, or for a seat that is not among ``seats``.
    """
    choices = ticket_choices(seats) if choices is None else choices
    if types.keys() - {seat.pk for seat in seats}:
        raise UnknownTicketType
    chosen = {seat.pk: _choose(choices.get(seat.pk, ()), types.get(seat.pk)) for seat in seats}
    prices = prices_of(seats, theatre, {pk: choice.amount for pk, choice in chosen.items() if choice})
    return [
        TariffLine(seat, choice and choice.ticket_type, prices[seat.pk])
        for seat in seats
        for choice in [chosen[seat.pk]]
    ]


def at_allowed_prices(lines: Sequence[TariffLine], prices: Mapping[int, Decimal]) -> list[TariffLine]:
    """The lines with the prices that staff may charge, by the keys of their seats, where these are lower."""
    return [line._replace(price=min(line.price, prices.get(line.seat.pk, line.price))) for line in lines]


def _choose(choices: Sequence[Choice], wanted: int | None) -> Choice | None:
    if wanted is None:
        return choices[0] if choices else None
    for choice in choices:
        if choice.ticket_type.pk == wanted:
            return choice
    raise UnknownTicketType
