"""Complimentary tickets: seats that staff gave away at the counter, by the reason."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef

from cinema.models import AllowedPrice, CounterAction, Ticket, TicketSeat


class CompSum(NamedTuple):
    """How many seats were given away for a reason."""

    reason: str
    seats: int

    def __str__(self) -> str:
        return str(CounterAction.Reason(self.reason).label)


def comps_at(shows: Collection[int]) -> list[CompSum]:
    """The seats given away at these shows that are still on a ticket, as they were given. One statement."""
    sold = TicketSeat.objects.filter(
        active=True,
        show_seat=OuterRef("show_seat"),
        ticket__hold=OuterRef("hold"),
        ticket__status=Ticket.Status.CONFIRMED,
    )
    free = AllowedPrice.objects.filter(Exists(sold), price=0, show_seat__show__in=shows)
    rows = free.order_by("reason").values_list("reason").annotate(seats=Count("pk"))
    return [CompSum(reason, seats) for reason, seats in rows]
