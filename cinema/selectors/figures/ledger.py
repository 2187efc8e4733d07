"""Consistency check: replays the ledgers of seats and money, the payments and the order lines and compares the result
with the stored state.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from django.db.models import Count, F, Max, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from cinema.domain.money import exact
from cinema.models import (
    Coupon,
    Hold,
    Order,
    OrderLine,
    Payment,
    Refund,
    SeatEvent,
    Show,
    ShowSeat,
    TariffPrice,
    Ticket,
    TicketSeat,
)
from cinema.selectors.booking.coupons import uses
from cinema.selectors.figures.ledger_screen import suspects
from cinema.selectors.money.ledger import kept_on_gift_cards, lost_on_gift_cards, received_in_part
from cinema.selectors.money.ledger_faults import OrderFault, order_faults
from cinema.selectors.orders.show_cancellations import kept_for_buyers

AT_ONCE = 20  # shows that are read together
Status = ShowSeat.Status
Reason = Refund.Reason
Kind = OrderLine.Kind
ORDER_STATUS = {  # by the status of one of its tickets, the first that applies
    Ticket.Status.CONFIRMED: Order.Status.PAID,
    Ticket.Status.PENDING: Order.Status.OPEN,
    Ticket.Status.CANCELLED: Order.Status.CANCELLED,
}


class Fault(NamedTuple):
    """An inconsistency of a show; ``seat`` names the seat or seats, "" if the whole show is concerned."""

    show: Show
    seat: str
    problem: str

    def __str__(self) -> str:
        return f"Show {self.show.pk}, {self.seat or 'all seats'}: {self.problem}"


class LedgerSeat(NamedTuple):
    """The state of a seat by the ledger."""

    status: str = Status.AVAILABLE
    hold_id: int | None = None
    ticket_id: int | None = None


def ledger_faults(shows: QuerySet[Show] | None = None) -> Iterator[Fault | OrderFault]:
    """Yield every fault of the given shows (by default all) and of the orders for them, in bounded memory.

    If bookings may go on, run it in one REPEATABLE READ transaction; otherwise a concurrent change looks like a fault.
    """
    chosen = (Show.objects.all() if shows is None else shows).order_by("pk").iterator(chunk_size=500)
    while some := list(islice(chosen, AT_ONCE)):
        yield from faults_of(some)
    if shows is None:
        yield from order_faults(Order.objects.filter(tickets=None))


def faults_of(shows: Sequence[Show]) -> Iterator[Fault | OrderFault]:
    """Yield every fault of a few shows and of the orders for them: what a quick look suspects is read in full."""
    found = suspects(shows)
    for show in shows:
        if show.pk in found.shows:
            yield from _show_faults(show)
    if found.tickets:
        yield from _ticket_faults({show.pk: show for show in shows}, found.tickets)
    yield from order_faults(Order.objects.filter(pk__in=found.orders))


def unexplained_seats(show: Show) -> list[str]:
    """The faults of one show as sentences; an empty list if it is consistent."""
    return [str(fault) for fault in ledger_faults(Show.objects.filter(pk=show.pk))]


def _show_faults(show: Show) -> Iterator[Fault]:
    yield from _revision_faults(show)
    explained, broken = _replay(show)
    yield from broken
    tickets, prices = _active_tickets(show), _plain_prices(show)
    counted: Counter[str] = Counter()
    for seat in ShowSeat.objects.filter(show=show).select_related("seat", "hold").order_by("seat__y", "seat__x"):
        counted[seat.status] += 1
        state = explained.get(seat.pk, LedgerSeat())
        problems = _seat_problems(seat, state, tickets.get(seat.pk, []))
        for problem in (*problems, *_price_problems(show, seat, prices)):
            yield Fault(show, seat.seat.label, problem)
    for problem in _count_problems(show, counted):
        yield Fault(show, "", problem)
    for hold in Hold.objects.filter(show=show, status=Hold.Status.ACTIVE, seats=None):
        yield Fault(show, "", f"hold {hold.pk} is ACTIVE, but holds no seat")


def _count_problems(show: Show, counted: Counter[str]) -> Iterator[str]:
    """Compare the counters of the show with its seats and its money."""
    dropped = show.seats_dropped or 0
    if (free := counted[Status.AVAILABLE] + dropped) != show.seats_free:
        yield f"{free} seats are free, but the show counts {show.seats_free}"
    if (total := counted.total() - counted[Status.REMOVED] + dropped) != show.seats_total:
        yield f"it has {total} seats, but the show counts {show.seats_total}"
    if counted[Status.BOOKED] != show.admissions:
        yield f"{counted[Status.BOOKED]} seats are sold, but the show counts {show.admissions}"
    if (kept := _kept(show)) != show.revenue + show.owed:
        yield f"{kept} is kept for its tickets, but the show counts {show.revenue + show.owed}"
    owed = kept_for_buyers(show) if show.status == Show.Status.CANCELLED else Decimal(0)
    if owed != show.owed:
        yield f"{owed} is owed to its buyers, but the show counts {show.owed}"


def _kept(show: Show) -> Decimal:
    """The money received for tickets of the show, less recorded refunds."""
    return exact(Ticket.objects.filter(show=show).aggregate(sum=Sum("kept"))["sum"] or Decimal(0))


def _revision_faults(show: Show) -> Iterator[Fault]:
    seen = SeatEvent.objects.filter(show=show).aggregate(steps=Count("revision", distinct=True), last=Max("revision"))
    if (seen["last"] or 0) != show.revision:
        yield Fault(show, "", f"the show is at revision {show.revision}, its ledger ends at {seen['last'] or 0}")
    if seen["steps"] != (seen["last"] or 0):
        yield Fault(show, "", f"the ledger has gaps: {seen['steps']} revisions up to {seen['last']}")


def _replay(show: Show) -> tuple[dict[int, LedgerSeat], list[Fault]]:
    """Replay the ledger; return the last state of each seat, and the events that do not fit the state before."""
    states: dict[int, LedgerSeat] = {}
    faults = []
    events = SeatEvent.objects.filter(show=show).order_by("revision", "show_seat_id")
    for event in events.select_related("show_seat__seat").iterator(chunk_size=2000):
        if event.show_seat.show_id != show.pk:
            text = f"revision {event.revision} is about a seat at show {event.show_seat.show_id}"
            faults.append(Fault(show, event.show_seat.seat.label, text))
        unknown = LedgerSeat(Status.REMOVED) if event.action == SeatEvent.Action.ADD else LedgerSeat()
        before = states.get(event.show_seat_id, unknown)
        if before.status != event.from_status:
            text = f"revision {event.revision} starts from {event.from_status}, but the seat was {before.status}"
            faults.append(Fault(show, event.show_seat.seat.label, text))
        states[event.show_seat_id] = LedgerSeat(
            event.to_status,
            event.hold_id if event.to_status == Status.HELD else None,
            event.ticket_id if event.to_status == Status.BOOKED else None,
        )
    return states, faults


def _active_tickets(show: Show) -> dict[int, list[TicketSeat]]:
    tickets: dict[int, list[TicketSeat]] = {}
    for line in TicketSeat.objects.filter(show_seat__show=show, active=True).select_related("ticket"):
        tickets.setdefault(line.show_seat_id, []).append(line)
    return tickets


def _seat_problems(seat: ShowSeat, state: LedgerSeat, lines: list[TicketSeat]) -> Iterator[str]:
    if seat.status != state.status:
        yield f"it is {seat.status}, the ledger says {state.status}"
    if seat.hold_id != state.hold_id:
        yield f"it is in hold {seat.hold_id}, the ledger says {state.hold_id}"
    if len(lines) > 1:
        yield f"it is on {len(lines)} tickets: {', '.join(line.ticket.reference for line in lines)}"
    if any(line.ticket.show_id != seat.show_id for line in lines):
        yield f"it is on ticket {lines[0].ticket.reference}, which is for show {lines[0].ticket.show_id}"
    statuses = {line.ticket.status for line in lines}
    if seat.status == Status.BOOKED:
        if statuses != {Ticket.Status.CONFIRMED}:
            yield "it is sold, but on no confirmed ticket"
        elif lines[0].ticket_id != state.ticket_id:
            yield f"it is on ticket {lines[0].ticket_id}, the ledger says {state.ticket_id}"
    elif seat.status == Status.HELD:
        if seat.hold is None or seat.hold.status != Hold.Status.ACTIVE:
            yield f"it is held by {f'a hold that is {seat.hold.status}' if seat.hold else 'no hold'}"
        if statuses - {Ticket.Status.PENDING}:
            yield "it is only held, but on a confirmed ticket"
        elif any(line.ticket.hold_id != seat.hold_id for line in lines):
            yield f"it is in hold {seat.hold_id}, but waits for the payment of ticket {lines[0].ticket.reference}"
    elif lines:
        yield f"it is {seat.status}, but on ticket {lines[0].ticket.reference}"


def _plain_prices(show: Show) -> dict[int, Decimal]:
    """The plain price of each category by the show's tariff; empty without a tariff."""
    prices = TariffPrice.objects.filter(tariff=show.tariff_id).order_by("-ticket_type__rank")  # the plainest wins
    return dict(prices.values_list("category_id", "amount")) if show.tariff_id else {}


def _price_problems(show: Show, seat: ShowSeat, prices: dict[int, Decimal]) -> Iterator[str]:
    """A free or blocked seat has the price of the show's tariff; a held or sold seat keeps its price."""
    due = prices.get(seat.seat.category_id)
    if due is None or seat.status not in (Status.AVAILABLE, Status.BLOCKED):
        return
    if (seat.price, seat.tariff_id) != (due, show.tariff_id):
        yield f"it costs {seat.price} by tariff {seat.tariff_id}, but {due} by tariff {show.tariff_id} of the show"


def _ticket_faults(shows: Mapping[int, Show], keys: Collection[int]) -> Iterator[Fault]:
    """The faults of the tickets with these keys; the shows come by theirs."""
    lines = Prefetch("seats", TicketSeat.objects.select_related("show_seat__seat").order_by("pk"))
    rows = OrderLine.objects.select_related("ticket_seat").prefetch_related("gift_cards")
    order_lines = Prefetch("lines", rows.order_by("pk"))
    orders = Prefetch("order", Order.objects.prefetch_related("tickets", order_lines, "payments__refunds"))
    tickets = Ticket.objects.filter(pk__in=keys).prefetch_related(lines, orders, "refunds")
    for ticket in tickets.order_by("show", "pk").iterator(chunk_size=500):
        for problem in (*_line_problems(ticket), *_order_problems(ticket), *_money_problems(ticket)):
            names = ", ".join(line.show_seat.seat.label for line in ticket.seats.all())
            yield Fault(shows[ticket.show_id], names, f"ticket {ticket.reference} {problem}")


def _line_problems(ticket: Ticket) -> Iterator[str]:
    lines = ticket.seats.all()
    if not lines:
        yield "has no seats"
    if ticket.amount != sum(line.price for line in lines) + ticket.fee:
        yield f"costs {ticket.amount}, its seats and its fee do not"
    states = {line.active for line in lines}
    if ticket.status == Ticket.Status.CONFIRMED:  # some of its seats may have been returned, but not all
        if lines and True not in states:
            yield "is CONFIRMED, its seats are not"
    elif states - {ticket.status == Ticket.Status.PENDING}:
        yield f"is {ticket.status}, its seats are not"


def _order_problems(ticket: Ticket) -> Iterator[str]:
    """What is wrong with the order of a ticket: its lines tell what was sold, and its status how its tickets stand."""
    order, lines = ticket.order, ticket.order.lines.all()
    if (total := sum(line.amount for line in lines)) != order.total:
        yield f"is of order {order.reference} for {order.total}, whose lines come to {total}"
    sold = {line.ticket_seat: line.amount for line in lines if line.ticket_seat}
    yield from _line_sum_problems(order, lines)
    tickets = {one.pk for one in order.tickets.all()}
    if any(seat.ticket_id not in tickets for seat in sold):
        yield f"is of order {order.reference}, which has a line of a seat of another order"
    for seat in ticket.seats.all():
        if seat not in sold:
            yield f"is of order {order.reference}, which has no line of one of its seats"
        elif sold[seat] < seat.price:
            yield f"has a seat for {seat.price}, for which order {order.reference} has {sold[seat]}"
    states = {one.status for one in order.tickets.all()}
    due = next((status for state, status in ORDER_STATUS.items() if state in states), Order.Status.EXPIRED)
    if kept_on_gift_cards(order):
        due = Order.Status.PAID
    if order.status != due:
        yield f"is of order {order.reference}, which is {order.status} and should be {due}"


def _line_sum_problems(order: Order, lines: Iterable[OrderLine]) -> Iterator[str]:
    """The discounts of an order are shared out over the prices of its seats, and its fees over its tickets."""
    of = defaultdict[str, Decimal](Decimal)
    for line in lines:
        of[line.kind] += line.amount
        of["sold"] += line.ticket_seat.price if line.ticket_seat else 0
    if of["sold"] - of[Kind.SEAT] != of[Kind.DISCOUNT]:
        yield f"is of order {order.reference} with discounts of {of[Kind.DISCOUNT]}, which its seats do not have"
    if sum(ticket.fee for ticket in order.tickets.all()) != of[Kind.FEE]:
        yield f"is of order {order.reference} with fees of {of[Kind.FEE]}, which its tickets do not have"


def coupon_faults() -> Iterator[str]:
    """Yield a sentence for each coupon that is not counted right."""
    lines = uses(Coupon.objects.all()).filter(coupon=OuterRef("pk")).order_by().values("coupon")
    counts = lines.annotate(n=Count("order", distinct=True)).values("n")
    found = Coupon.objects.annotate(found=Coalesce(Subquery(counts), 0)).exclude(found=F("used"))
    for coupon in found.order_by("pk"):
        yield f"Coupon {coupon.pk} is used by {coupon.found} orders, but counts {coupon.used}."


def _money_problems(ticket: Ticket) -> Iterator[str]:
    """Compare what is kept for a ticket with its refunds, and that of all tickets of its order with the payments.

    Refunds count once recorded, whether paid out or not, but not those of an earlier payment, for which the seats were
    gone. The money kept for a confirmed ticket is its price less refunds for returned seats, goodwill refunds, and
    those made at the provider.
    """
    given = defaultdict[str, Decimal](Decimal)
    for refund in ticket.refunds.all():
        if not ticket.confirmed_at or refund.created_at >= ticket.confirmed_at:
            given[refund.reason] += refund.amount
    due = ticket.amount - sum(given.values()) if ticket.confirmed_at else Decimal(0)
    if ticket.kept != due:
        yield f"should keep {due}, but keeps {ticket.kept}"
    rest = ticket.amount - given[Reason.SEATS_RETURNED] - given[Reason.GOODWILL] - given[Reason.AT_PROVIDER]
    if ticket.status == Ticket.Status.CONFIRMED and ticket.kept != rest:
        yield f"is CONFIRMED for {rest}, but {ticket.kept} is kept"
    if given[Reason.SEATS_RETURNED] > sum(line.current_price for line in ticket.seats.all() if not line.active):
        yield f"refunded {given[Reason.SEATS_RETURNED]} for seats, more than those returned cost"
    seats = {seat.pk for seat in ticket.seats.all()}
    used = [one for one in ticket.order.payments.all() if one.voucher_id and one.status == Payment.Status.SUCCESS]
    if (paid := sum(one.amount for one in used if one.ticket_seat_id in seats)) != ticket.kept_vouchers:
        yield f"should keep {paid} of vouchers, but keeps {ticket.kept_vouchers}"
    if given[Reason.SHOW_CANCELLED] and ticket.kept:
        yield f"is for a cancelled show, but {ticket.kept} is kept"
    yield from _payment_problems(ticket.order)


def _payment_problems(order: Order) -> Iterator[str]:
    left = Decimal(0)
    for payment in order.payments.all():
        returned = sum((refund.amount for refund in payment.refunds.all()), Decimal(0))
        received = Decimal(0) if payment.status in Payment.UNPAID else payment.amount
        if returned > received:
            yield f"refunded {returned} of a payment of {received}"
        left += received - returned
    kept = sum(ticket.kept for ticket in order.tickets.all()) + received_in_part(order)
    kept += kept_on_gift_cards(order) - lost_on_gift_cards(order)
    if kept != left:
        yield f"is of order {order.reference}, for which {left} is paid, but {kept} is kept"
