"""Discounts of a sold order when some of its seats are returned."""

from collections.abc import Collection, Iterator
from decimal import Decimal

from cinema.domain.discounts import Discount, Item, best_discounts
from cinema.models import Coupon, Ticket, TicketSeat
from cinema.selectors.booking.coupons import Candidate, is_for

NOTHING = Decimal(0)


def lost_cuts(ticket: Ticket, leaving: Collection[TicketSeat]) -> dict[int, Decimal]:
    """How much less the coupons of the order take off each of its seats, by key, once the ``leaving`` ones are
    returned: some coupons need a number of seats or a least price, or give a seat free with others. Three statements,
    one without coupons."""
    coupons = Coupon.objects.filter(lines__order=ticket.order_id).distinct().prefetch_related("ticket_types")
    if not (used := list(coupons)):
        return {}
    seats = TicketSeat.objects.filter(
        ticket__order=ticket.order_id, ticket__status=Ticket.Status.CONFIRMED, active=True
    )
    sold = list(seats.select_related("order_line", "ticket__show__screen"))
    discounts, gone = list(_discounts(used, sold)), {line.pk for line in leaving}
    before = _cuts(sold, discounts)
    after = _cuts([line for line in sold if line.pk not in gone], discounts)
    lost = {line.pk: before.get(line.pk, NOTHING) - after.get(line.pk, NOTHING) for line in sold if line.pk not in gone}
    most = {line.pk: line.order_line.amount - line.worth for line in sold if line.repriced is None}
    return {pk: less for pk, cut in lost.items() if (less := min(cut, most.get(pk, NOTHING))) > 0}


def _discounts(coupons: Collection[Coupon], sold: Collection[TicketSeat]) -> Iterator[Discount]:
    """The discounts of the coupons, each at the shows that it is for."""
    shows = {line.ticket.show for line in sold}
    for coupon in coupons:
        if at := [show for show in shows if is_for(coupon, show)]:
            types = frozenset(kind.pk for kind in coupon.ticket_types.all())
            yield Candidate(coupon, types, mine=0, own=False).discount(at)


def _cuts(sold: Collection[TicketSeat], discounts: Collection[Discount]) -> dict[int, Decimal]:
    items = [Item(line.pk, line.order_line.amount, line.ticket_type_id, line.ticket.show_id) for line in sold]
    cuts: dict[int, Decimal] = {}
    for applied in best_discounts(items, discounts):
        for pk, cut in applied.cuts.items():
            cuts[pk] = cuts.get(pk, NOTHING) + cut
    return cuts
