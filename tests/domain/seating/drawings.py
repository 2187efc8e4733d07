"""Halls drawn as text: “aaXa.bb” is a row. Lower-case letters are free seats: a and b of two categories, w a wheelchair
space, k a companion seat, l half a love seat. Capitals are taken seats; a dot is an aisle, a comma half an aisle."""

from collections.abc import Iterable
from decimal import Decimal

from cinema.domain.seating.places import COMPANION, LOVE, STANDARD, WHEELCHAIR, SeatPlace

KINDS = {"w": WHEELCHAIR, "k": COMPANION, "l": LOVE}


def hall(*rows: str) -> list[SeatPlace]:
    """The seats drawn in ``rows``, which are named A, B, … from the front."""
    places: list[SeatPlace] = []
    for y, row in enumerate(rows):
        x = number = 0
        for mark in row:
            if mark not in ".,":
                number += 1
                price = Decimal(350 if mark in "bB" else 250)
                kind = KINDS.get(mark.lower(), STANDARD)
                category = 2 if mark in "bB" else 1
                places.append(
                    SeatPlace(len(places) + 1, chr(65 + y), number, x, y, price, category, kind, mark.islower())
                )
            x += 1 if mark == "," else 2
    return places


def pks(places: Iterable[SeatPlace], names: str) -> set[int]:
    """The keys of the places called “A1 B2”."""
    by_name = {f"{place.row}{place.number}": place.pk for place in places}
    return {by_name[name] for name in names.split()}


def names_of(places: Iterable[SeatPlace] | None) -> str:
    """The names of places, such as “A1 B2”."""
    return " ".join(f"{place.row}{place.number}" for place in places or ())
