"""Reads about tariffs: what a seat costs with each kind of ticket, by the table of prices it was priced by."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cinema.exceptions import UnknownTicketType
from cinema.models import Seat, Show, ShowSeat, TariffPrice, Theatre, TicketType
from cinema.selectors.booking.places import prices_of


class Choice(NamedTuple):
    """A kind of ticket a seat can be had with, and what it costs then."""

    ticket_type: TicketType
    amount: Decimal


class TariffLine(NamedTuple):
    """A seat of an order: with which kind of ticket, and what it costs; None where the show knows no kinds."""

    seat: ShowSeat
    ticket_type: TicketType | None
    price: Decimal


FREE = (ShowSeat.Status.AVAILABLE, ShowSeat.Status.BLOCKED)
Choices = Mapping[int, Sequence[Choice]]  # by the keys of ShowSeats, the plainest first


def prices_now(show: Show) -> dict[str, Coalesce]:
    """For ShowSeat.update() at a show with a tariff: what a free seat of its category costs there now with the plain
    ticket, and by which tariff.

    That is the show's own; where it does not know the category, because that came to the hall later, the one of the
    show's free seats of it. A seat for which there is neither keeps its price.
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
    """What each seat, which comes with its seat of the hall, can be had with: by its own tariff, in one statement.

    The plain ticket costs what the seat does: one whose category was changed while it was on hold keeps the prices of
    the category it was held as. A seat without a tariff, or of a category its tariff does not know, is not in the
    answer; where none has one, nothing is read.
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
    """What the tariff of a seat says for the category that it was priced as."""
    own = table.get((seat.tariff_id, seat.seat.category_id)) if seat.tariff_id else None
    if own is None or own[0].amount != seat.price:
        rows = (row for (tariff_id, _category), row in table.items() if tariff_id == seat.tariff_id)
        own = next((row for row in rows if row[0].amount == seat.price), own)
    return own or ()


def price_list(tariff_id: int | None) -> dict[TicketType, list[TariffPrice]]:
    """What free seats of a show with the tariff cost online with each ticket type, the plainest type and category
    first.

    Nothing is read without a tariff.
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
    """What seats, which come with their seats of the hall, cost with the kinds of tickets ``types`` names.

    ``types`` maps the keys of seats to those of kinds; a seat it does not name is taken with the plain one. Carers
    who come free do so with any. Raises UnknownTicketType for a kind that is not priced for the seat, or no such seat.
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


def _choose(choices: Sequence[Choice], wanted: int | None) -> Choice | None:
    if wanted is None:
        return choices[0] if choices else None
    for choice in choices:
        if choice.ticket_type.pk == wanted:
            return choice
    raise UnknownTicketType
