"""Build a hall from a drawing in plain text; see cinema.domain.seating.drawings for the characters."""

from collections.abc import Mapping

from cinema.domain.seating.drawings import GAPS, KINDS, read_plan
from cinema.models import Screen, Seat, SeatCategory, Theatre
from cinema.services.core.transactions import atomically


@atomically
def build_screen(
    *,
    theatre: Theatre,
    name: str,
    plan: str,
    categories: Mapping[str, SeatCategory],
    shape: Screen.Shape = Screen.Shape.STRAIGHT,
) -> Screen:
    """Create the screen ``name`` with the seats drawn in ``plan``.

    ``categories`` maps lower-case letters of the drawing to seat categories. Raises DrawingError for an invalid
    drawing, ValueError for a letter that has another meaning.
    """
    for letter in categories:
        if len(letter) != 1 or letter in GAPS or letter in KINDS or letter.isupper():
            raise ValueError(f"{letter!r} cannot stand for a seat category.")
    plainest = min(categories.values(), key=lambda category: category.rank)
    pairs = {letter.upper(): category for letter, category in categories.items() if letter.upper() != letter}
    places = read_plan(plan, marks="".join([*categories, *pairs, *KINDS]))
    categories, kinds = {**categories, **pairs}, KINDS | dict.fromkeys(pairs, Seat.Kind.LOVE)
    screen = Screen.objects.create(theatre=theatre, name=name, shape=shape)
    Seat.objects.bulk_create(
        Seat(
            screen=screen,
            category=categories.get(place.mark, plainest),
            kind=kinds.get(place.mark, Seat.Kind.STANDARD),
            row=place.row,
            number=place.number,
            x=place.x,
            y=place.y,
        )
        for place in places
    )
    return screen
