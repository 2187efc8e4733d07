"""Texts and alternatives for a rejected choice of seats, and a description of automatically chosen ones."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import ngettext

from cinema.domain.lists import and_list
from cinema.domain.seating.blocks import SeatAlternatives, togetherness
from cinema.domain.seating.names import rows_named, seat_names
from cinema.domain.seating.places import SeatPlace
from cinema.domain.seating.rows import free_beside
from cinema.exceptions import BusinessRuleViolation, SeatingRule, SeatsUnavailable


class Offer(NamedTuple):
    """Alternative seats. ``price`` is set if it may differ."""

    seat_ids: list[int]
    seats: str
    price: Decimal | None = None

    @property
    def value(self) -> str:
        """The value that its button posts."""
        return "-".join(map(str, self.seat_ids))


def explain(error: BusinessRuleViolation | str, chosen: Collection[int], hall: SeatAlternatives) -> dict[str, Any]:
    """The context of _refusal.html: the sentence and the alternatives.

    ``hall`` is the seat map as the buyer saw it last; it is needed only for SeatsUnavailable.
    """
    if isinstance(error, SeatsUnavailable):
        gone = {seat.pk for seat in error.seats}
        if any(place.free and place.pk in gone for place in hall.places):  # seen before they went
            hall = SeatAlternatives([place._replace(free=place.free and place.pk not in gone) for place in hall.places])
        wanted = [place for place in hall.places if place.pk in set(chosen)]
        sentence = _taken(error, [place for place in wanted if place.pk in gone], hall.places)
        blocks = hall.near(wanted) if wanted else []
        return {
            "error": sentence,
            "offers": [_offer(block, sum((place.price for place in block), Decimal(0))) for block in blocks],
        }
    if isinstance(error, SeatingRule):
        return {"error": error, "offers": list(map(_offer, error.choices)), "may_insist": error.may_insist}
    return {"error": error}


def how_they_sit(places: Collection[SeatPlace]) -> str:
    """A sentence about seats that are not all side by side; else ""."""
    number = len(places)
    cleaned = {"number": number, "rows": rows_named(places), "seats": seat_names(places)}
    sentences = {
        "together": "",
        "aisle": ngettext(
            "Your %(number)d seat is in %(rows)s, with an aisle between.",
            "Your %(number)d seats are in %(rows)s, with an aisle between.",
            number,
        ),
        "rows": ngettext(
            "Your %(number)d seat is in %(rows)s, one behind the other.",
            "Your %(number)d seats are in %(rows)s, one behind the other.",
            number,
        ),
        "apart": ngettext(
            "There is no %(number)d seat together any more. The nearest is %(seats)s.",
            "There are no %(number)d seats together any more. The nearest are %(seats)s.",
            number,
        ),
    }
    return sentences[togetherness(places)] % cleaned


def _offer(choice: Collection[SeatPlace], price: Decimal | None = None) -> Offer:
    return Offer([place.pk for place in choice], seat_names(choice), price)


def _taken(error: SeatsUnavailable, gone: Collection[SeatPlace], hall: Collection[SeatPlace]) -> str:
    """“Row G, seat 8 was just taken. Seats 9 and 10 beside it are free.”"""
    beside = free_beside(hall, gone)
    if not beside:
        return str(error)
    one_row = len({place.row for place in gone}) == 1
    names = [str(place.number) if one_row else f"{place.row}{place.number}" for place in beside]
    offer = ngettext("Seat %(seats)s beside it is free.", "Seats %(seats)s beside it are free.", len(beside))
    if len(gone) > 1:
        offer = ngettext("Seat %(seats)s beside them is free.", "Seats %(seats)s beside them are free.", len(beside))
    return f"{error} {offer % {'seats': and_list(names)}}"
