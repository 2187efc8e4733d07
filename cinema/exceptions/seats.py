"""Seats that cannot be had, or not like this."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.exceptions.base import InvalidChoice, RuleBroken
from cinema.seating.names import seat_names

if TYPE_CHECKING:
    from cinema.models import ShowSeat
    from cinema.seating.places import Place


class SeatsUnavailable(RuleBroken):
    """Some of the seats asked for are held, sold or blocked. ``seats`` are those."""

    code = "seats_unavailable"

    def __init__(self, seats: "Sequence[ShowSeat]") -> None:
        self.seats = list(seats)
        text = ngettext("%(seats)s was just taken.", "%(seats)s were just taken.", len(self.seats))
        super().__init__(text % {"seats": capfirst(seat_names(seat.seat for seat in self.seats))})


class SeatingRule(RuleBroken):
    """Seats that could be had, but not like this. ``seats`` are those it is about; ``choices`` are what can be had
    instead, each a whole choice. With ``may_insist`` the buyer can have it all the same."""

    may_insist = False

    def __init__(self, text: str, seats: "Sequence[Place]", choices: "Sequence[Sequence[Place]]" = ()) -> None:
        self.seats, self.choices = list(seats), [list(choice) for choice in choices]
        super().__init__(text)


class StrandsSeats(SeatingRule):
    """The choice would leave ``seats`` free with nobody to sit beside. There is always something among ``choices``."""

    code = "strands_seats"

    def __init__(
        self, seats: "Sequence[Place]", choices: "Sequence[Sequence[Place]]", may_insist: bool = False
    ) -> None:
        self.may_insist = may_insist
        text = ngettext(
            "That would leave %(seats)s on its own.", "That would leave %(seats)s on their own.", len(seats)
        )
        super().__init__(text % {"seats": seat_names(seats)}, seats, choices)


class CompanionOnlyWithWheelchair(SeatingRule):
    """Companion ``seats`` were chosen without a wheelchair place beside each, more than ``minutes`` before the show."""

    code = "companion_only"

    def __init__(self, seats: "Sequence[Place]", minutes: int) -> None:
        self.minutes = minutes
        text = ngettext(
            "%(seats)s is a companion seat. Until %(minutes)d minutes before the show it is sold only together with "
            "a wheelchair place beside it.",
            "%(seats)s are companion seats. Until %(minutes)d minutes before the show they are sold only together "
            "with a wheelchair place beside each.",
            len(seats),
        )
        super().__init__(text % {"seats": capfirst(seat_names(seats)), "minutes": minutes}, seats)


class LoveSeatsArePairs(SeatingRule):
    """Only one half of a love seat was chosen: ``seats`` are those, ``others`` their other halves."""

    code = "love_seats_are_pairs"

    def __init__(
        self, seats: "Sequence[Place]", others: "Sequence[Place]", choices: "Sequence[Sequence[Place]]" = ()
    ) -> None:
        self.others = list(others)
        text = ngettext(
            "%(seats)s is half of a love seat, which is sold as a whole: together with %(others)s.",
            "%(seats)s are halves of love seats, which are sold as a whole: together with %(others)s.",
            len(seats),
        )
        super().__init__(text % {"seats": capfirst(seat_names(seats)), "others": seat_names(others)}, seats, choices)


class NoBlockLeft(RuleBroken):
    """There are not ``party`` seats left to choose the best of. ``limited``: by a category or a highest price."""

    code = "no_block_left"

    def __init__(self, party: int, limited: bool = False) -> None:
        self.party = party
        if limited:
            text = ngettext(
                "No seat of this kind and price is left.",
                "There are not %(n)d seats of this kind and price left.",
                party,
            )
        else:
            text = ngettext(
                "No seat is left that could be chosen for you.",
                "There are not %(n)d seats left that could be chosen for you.",
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
            "Seat %(ids)s is not a seat at this show.", "Seats %(ids)s are not seats at this show.", len(seat_ids)
        )
        super().__init__(text % {"ids": ids})


class SeatTwice(InvalidChoice):
    code = "seat_twice"

    def __init__(self) -> None:
        super().__init__(_("A seat was chosen twice. Please choose each seat once."))


class NoSeats(InvalidChoice):
    code = "no_seats"

    def __init__(self) -> None:
        super().__init__(_("Please choose at least one seat."))


class TooManySeats(InvalidChoice):
    """More than ``limit`` seats at once; ``asked`` says how many."""

    code = "too_many_seats"

    def __init__(self, asked: int, limit: int) -> None:
        self.asked, self.limit = asked, limit
        super().__init__(
            _("You chose %(asked)d seats; at most %(limit)d can be booked at once.") % {"asked": asked, "limit": limit}
        )
