"""The rules of ticket types."""

from collections import Counter
from collections.abc import Sequence

from cinema.exceptions import NeedsPaidTickets, NeedsWheelchairSpace, SoldAtCounterOnly, TooManyOfType
from cinema.models import Seat
from cinema.selectors.booking.tariffs import TariffLine


def check_ticket_types(*, lines: Sequence[TariffLine], staff: bool = False) -> None:
    """Check the lines of an order, loaded with their seats, against the rules of their ticket types.

    A paid ticket is one that costs something and does not itself require paid tickets.
    Raises SoldAtCounterOnly (not for ``staff``), TooManyOfType, NeedsWheelchairSpace, NeedsPaidTickets.
    """
    counts = Counter(line.ticket_type for line in lines if line.ticket_type and line.ticket_type.has_rules)
    if not counts:
        return
    paid = sum(bool(line.price) for line in lines if not (line.ticket_type and line.ticket_type.paying_others))
    wheelchairs = sum(line.seat.seat.kind == Seat.Kind.WHEELCHAIR for line in lines)
    for kind, count in counts.items():
        if kind.counter_only and not staff:
            raise SoldAtCounterOnly(kind)
        if kind.most_per_order and count > kind.most_per_order:
            raise TooManyOfType(kind, kind.most_per_order)
        if kind.with_wheelchair and count > wheelchairs:
            raise NeedsWheelchairSpace(kind)
        if count * kind.paying_others > paid:
            raise NeedsPaidTickets(kind)
