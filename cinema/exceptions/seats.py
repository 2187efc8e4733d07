"""Exceptions of choosing seats."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.domain.seating.names import seat_codes, seat_names
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice

if TYPE_CHECKING:
    from cinema.domain.seating.places import SeatPlace
    from cinema.models import ShowSeat


class TakenSeat(NamedTuple):
    """What is said of a seat at a show that is not to be had: its key, and its place in the hall."""

    pk: int
    seat: "SeatPlace"


class SeatsUnavailable(BusinessRuleViolation):
    """Some of the requested seats are held, sold or blocked. ``seats`` are those.

    The sentence is made when it is read: most of those who are refused in a rush get one that was made before.
    """

    code = "seats_unavailable"

    def __init__(self, seats: "Sequence[ShowSeat | TakenSeat]") -> None:
        self.seats = list(seats)
        super().__init__()

    def __str__(self) -> str:
        text = ngettext("%(seats)s was just taken.", "%(seats)s were just taken.", len(self.seats))
        return text % {"seats": capfirst(seat_names(seat.seat for seat in self.seats))}


class SeatingRule(BusinessRuleViolation):
    """A choice of available seats breaks a rule at ``seats``.

    ``choices`` are complete alternatives. With ``may_insist`` the buyer may keep the choice all the same.
    """

    may_insist = False

    def __init__(self, text: str, seats: "Sequence[SeatPlace]", choices: "Sequence[Sequence[SeatPlace]]" = ()) -> None:
        self.seats, self.choices = list(seats), [list(choice) for choice in choices]
        super().__init__(text)


class StrandsSeats(SeatingRule):
    """The choice would leave ``seats`` free with nobody to sit beside. ``choices`` is never empty."""

    code = "strands_seats"

    def __init__(
        self, seats: "Sequence[SeatPlace]", choices: "Sequence[Sequence[SeatPlace]]", may_insist: bool = False
    ) -> None:
        self.may_insist = may_insist
        text = ngettext(
            "Please don’t leave a single seat (%(seats)s) empty.",
            "Please don’t leave single seats (%(seats)s) empty.",
            len(seats),
        )
        super().__init__(text % {"seats": seat_codes(seats)}, seats, choices)


class CompanionOnlyWithWheelchair(SeatingRule):
    """Companion ``seats`` were chosen without a wheelchair space beside each, more than ``minutes`` before the show."""

    code = "companion_only"

    def __init__(self, seats: "Sequence[SeatPlace]", minutes: int) -> None:
        self.minutes = minutes
        text = ngettext(
            "%(seats)s is for someone’s carer. Choose the wheelchair space next to it too; from %(minutes)d minutes "
            "before the film anyone can book it.",
            "%(seats)s are for carers. Choose a wheelchair space next to each too; from %(minutes)d minutes before "
            "the film anyone can book them.",
            len(seats),
        )
        super().__init__(text % {"seats": seat_codes(seats), "minutes": minutes}, seats)


class LoveSeatsArePairs(SeatingRule):
    """Only one half of a love seat was chosen: ``seats`` are those, ``others`` their other halves."""

    code = "love_seats_are_pairs"

    def __init__(
        self, seats: "Sequence[SeatPlace]", others: "Sequence[SeatPlace]", choices: "Sequence[Sequence[SeatPlace]]" = ()
    ) -> None:
        self.others = list(others)
        text = ngettext(
            "%(seats)s is half of a love seat for two. Please take the other half (%(others)s) too.",
            "%(seats)s are halves of love seats for two. Please take the other halves (%(others)s) too.",
            len(seats),
        )
        super().__init__(text % {"seats": seat_codes(seats), "others": seat_codes(others)}, seats, choices)


class NoBlockLeft(BusinessRuleViolation):
    """Fewer than ``party`` seats are free. ``limited``: within the chosen category or highest price."""

    code = "no_block_left"

    def __init__(self, party: int, limited: bool = False) -> None:
        self.party = party
        if limited:
            text = ngettext(
                "We can’t find a seat at that price. Try another area or a higher price.",
                "We can’t find %(n)d seats at that price. Try fewer seats, another area or a higher price.",
                party,
            )
        else:
            text = ngettext(
                "We can’t find a free seat to pick for you.",
                "We can’t find %(n)d free seats to pick for you. Try fewer seats.",
                party,
            )
        super().__init__(text % {"n": party})


class UnknownCategory(InvalidChoice):
    code = "unknown_category"

    def __init__(self) -> None:
        super().__init__(_("This hall has no seats of that category."))


class UnknownSeats(InvalidChoice):
    """Seats that are not seats of this show. ``seat_ids`` are those."""

    code = "unknown_seats"

    def __init__(self, seat_ids: Collection[int]) -> None:
        self.seat_ids = sorted(seat_ids)
        ids = ", ".join(str(i) for i in self.seat_ids)
        text = ngettext(
            "There is no seat %(ids)s at this show.", "There are no seats %(ids)s at this show.", len(seat_ids)
        )
        super().__init__(text % {"ids": ids})


class DuplicateSeat(InvalidChoice):
    code = "seat_twice"

    def __init__(self) -> None:
        super().__init__(_("A seat was chosen twice. Please choose each seat once."))


class NoSeats(InvalidChoice):
    code = "no_seats"

    def __init__(self) -> None:
        super().__init__(_("Please choose at least one seat."))


class TooManySeats(InvalidChoice):
    """More than ``limit`` seats were requested at once; ``requested`` is their number."""

    code = "too_many_seats"

    def __init__(self, requested: int, limit: int) -> None:
        self.requested, self.limit = requested, limit
        super().__init__(
            ngettext(
                "You chose %(asked)d seat; at most %(limit)d can be booked at once.",
                "You chose %(asked)d seats; at most %(limit)d can be booked at once.",
                requested,
            )
            % {"asked": requested, "limit": limit}
        )
