"""Discounts of a sold order when some of its seats are returned, or exchanged for others."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from cinema.domain.discounts import Discount, DiscountItem, best_discounts
from cinema.domain.money import exact
from cinema.models import Coupon, Order, Payment, SeatEvent, Show, Ticket, TicketSeat
from cinema.selectors.booking.coupons import CouponCandidate, is_for
from cinema.selectors.booking.tariffs import ticket_choices

NOTHING = Decimal(0)
Lost = Mapping[TicketSeat, Decimal]

PRESENT = Q(active=True, ticket__status=Ticket.Status.CONFIRMED)


class Listed(NamedTuple):
    """A seat of an order, what it costs before discounts, and the show that it is for."""

    line: TicketSeat
    price: Decimal
    show: Show


class UsedCoupons:
    """The coupons that an order has used, and its present seats, or those ``which`` match; false without coupons.

    Seats that staff have cancelled or returned, and those of a cancelled show, count on, so that nobody loses a
    discount by that. At most five statements; one without coupons, none for an order that certainly has none.
    """

    def __init__(self, order: Order, which: Q | None = None) -> None:
        used = Coupon.objects.filter(lines__order=order).distinct().prefetch_related("ticket_types")
        self.coupons = list(used) if order.may_use_coupons else []
        self.sold = list(_listed(_seats(order, _sold() if which is None else which))) if self.coupons else []
        self._by_vouchers = set(_paid_by_vouchers(order)) if self.coupons and order.uses_vouchers else set()
        self.list_prices = {one.line.pk: one.price for one in self.sold}
        self._cut = {one.line.pk: max(one.price - one.line.current_price, NOTHING) for one in self.sold}
        by_cut = sorted(self._cut, key=lambda pk: (-self._cut[pk], pk))
        self._rank = {pk: rank for rank, pk in enumerate(by_cut)}  # of equal seats, those that are cheaper come first

    def __bool__(self) -> bool:
        return bool(self.coupons)

    def lost(self, leaving: Collection[TicketSeat], coming: Sequence[Listed] = ()) -> dict[TicketSeat, Decimal]:
        """How much less the coupons take off the other seats than they have once the ``leaving`` ones are gone, or have
        become ``coming``: some need a number of seats or a least price, or give a seat free with others. What others
        gain is set off."""
        others = self._without({line.pk for line in leaving})
        after = self.cuts([*others, *coming])
        staying = [line for line, _price, show in others if self._may_lose(line, show)]
        less = {line: self._cut[line.pk] - after.get(line.pk, NOTHING) for line in staying}
        return capped({line: cut for line, cut in less.items() if cut > 0}, sum(less.values(), NOTHING))

    def taken_off(self, coming: Sequence[Listed]) -> dict[int, Decimal]:
        """What the coupons take off each seat, by the key of its line, once these seats have become ``coming``."""
        return self.cuts([*self._without({one.line.pk for one in coming}), *coming])

    def cuts(self, seats: Sequence[Listed]) -> dict[int, Decimal]:
        """What the coupons take off such seats, by the keys of their lines."""
        items = [DiscountItem(self._rank[line.pk], price, line.ticket_type_id, show.pk) for line, price, show in seats]
        line_of, cuts = {rank: pk for pk, rank in self._rank.items()}, dict[int, Decimal]()
        for applied in best_discounts(items, list(self._discounts({one.show for one in seats}))):
            for rank, cut in applied.cuts.items():
                cuts[line_of[rank]] = cuts.get(line_of[rank], NOTHING) + cut
        return cuts

    def _may_lose(self, line: TicketSeat, show: Show) -> bool:
        """Whether a seat can become dearer: not one that is cancelled, or that a voucher has paid for."""
        has_left = not line.active and line.ticket.status != Ticket.Status.EXPIRED
        return not has_left and show.status != Show.Status.CANCELLED and line.pk not in self._by_vouchers

    def _without(self, gone: Collection[int]) -> list[Listed]:
        return [one for one in self.sold if one.line.pk not in gone]

    def _discounts(self, shows: Collection[Show]) -> Iterator[Discount]:
        """The discounts of the coupons, each at the shows that it is for."""
        for coupon in self.coupons:
            if at := [show for show in shows if is_for(coupon, show) and self._may_be_used_at(show)]:
                types = frozenset(kind.pk for kind in coupon.ticket_types.all())
                yield CouponCandidate(coupon, types, mine=0, own=False).discount(at)

    def _may_be_used_at(self, show: Show) -> bool:
        """Whether a show takes coupons, or took one of these before it took none."""
        return not show.no_coupons or any(one.show == show and self._cut[one.line.pk] for one in self.sold)


def lost_elsewhere(ticket: Ticket) -> dict[TicketSeat, Decimal]:
    """How much less is taken off the seats of other tickets of the order once this one is cancelled."""
    used = UsedCoupons(ticket.order)
    return used.lost([one.line for one in used.sold if one.line.ticket_id == ticket.pk]) if used else {}


def dearer_without(order: Order, gone: Collection[Ticket]) -> set[Ticket]:
    """The tickets of an order being paid whose seats cost more without those that are gone, and without each other."""
    used, left = UsedCoupons(order, Q()), set(gone)
    while more := {line.ticket for line in used.lost([one.line for one in used.sold if one.line.ticket in left])}:
        left |= more
    return left - set(gone)


def deductible(lost: Lost, most: Decimal) -> dict[TicketSeat, Decimal]:
    """What is deducted for seats on other tickets that lose discounts: ``most`` in all, and of each ticket at most what
    its seats cost less than their order lines, so that nothing is taken back that staff have given by an exchange. No
    statement unless a ticket was exchanged."""
    for ticket_id, room in _rooms({line.ticket_id for line in lost if line.repriced is not None}):
        own = capped({line: cut for line, cut in lost.items() if line.ticket_id == ticket_id}, exact(room))
        lost = {line: own.get(line, NOTHING) if line.ticket_id == ticket_id else cut for line, cut in lost.items()}
    return capped(lost, most)


def _rooms(ticket_ids: Collection[int]) -> Iterable[tuple[int, Decimal]]:
    """How much less the seats of each of these tickets cost than their order lines."""
    if not ticket_ids:
        return ()
    seats = TicketSeat.objects.filter(ticket__in=ticket_ids).order_by().values("ticket")
    return seats.annotate(room=Sum(F("order_line__amount") - F("price"))).values_list("ticket", "room")


def capped(lost: Lost, most: Decimal) -> dict[TicketSeat, Decimal]:
    """What seats lose, ``most`` in all: the first ones as much as they do."""
    found, left = dict[TicketSeat, Decimal](), most
    for line, less in lost.items():
        if part := min(less, max(left, NOTHING)):
            found[line], left = part, left - part
    return found


def _sold() -> Q:
    """Condition for present seats of tickets, and those that buyers have lost by no choice of their own."""
    left = SeatEvent.objects.filter(ticket=OuterRef("ticket"), show_seat=OuterRef("show_seat"))
    left = left.filter(action=SeatEvent.Action.CANCEL)
    off = Q(show__status=Show.Status.CANCELLED, at__gte=F("show__cancellation__created_at"))
    return PRESENT | Q(Exists(left.filter(Q(actor=SeatEvent.Actor.STAFF) | off)), active=False)


def _seats(order: Order, which: Q) -> QuerySet[TicketSeat]:
    seats = TicketSeat.objects.filter(which, ticket__order=order)
    related = ("order_line", "ticket__show__screen__theatre", "show_seat__seat", "ticket_type")
    return seats.select_related(*related).order_by("pk")


def _paid_by_vouchers(order: Order) -> QuerySet[Payment, int]:
    """The keys of the seats of an order that vouchers have paid for."""
    paid = Payment.objects.filter(order=order, status=Payment.Status.SUCCESS, ticket_seat__isnull=False)
    return paid.values_list("ticket_seat", flat=True)


def _listed(lines: Iterable[TicketSeat]) -> Iterator[Listed]:
    """The lines with what they cost before discounts: what was agreed, or what their seats cost now if that is less."""
    lines = list(lines)
    choices = ticket_choices([line.show_seat for line in lines])
    for line in lines:
        offered = choices.get(line.show_seat_id, ())
        costs: dict[int | None, Decimal] = {choice.ticket_type.pk: choice.amount for choice in offered}
        present = costs.get(line.ticket_type_id, line.show_seat.price)
        yield Listed(line, min(line.order_line.amount, present), line.ticket.show)
