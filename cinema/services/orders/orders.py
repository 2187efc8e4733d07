"""Staff actions on an order, recorded with user and reason: resend, cancel, return seats, refund, move."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from cinema.domain.seating.places import companions
from cinema.exceptions import (
    EmailErased,
    LastSeats,
    NoSeats,
    NotCancellable,
    RefundTooHigh,
    TicketNotPaid,
    UnknownSeats,
    VoucherIndivisible,
)
from cinema.models import CounterAction, OrderLine, Refund, Show, Ticket, TicketSeat
from cinema.models.annotated import TicketNow
from cinema.selectors.booking.places import place_of
from cinema.selectors.booking.tariffs import TariffLine, ticket_choices
from cinema.selectors.booking.tax import taxes_at
from cinema.selectors.booking.tickets import cancellation_terms
from cinema.selectors.core.balances import by_vouchers, kept_for_seats
from cinema.services.booking.ledger import NOTHING, Action, Actor, Author, Transition, record_revenue, transition_seats
from cinema.services.booking.offers import offer_freed_seats
from cinema.services.booking.seating import SeatChoice, check_choice
from cinema.services.booking.ticket_rules import check_ticket_types
from cinema.services.core import audit
from cinema.services.core.amounts import check_payable
from cinema.services.core.locking import lock_ticket
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.money.counter_actions import Done, Permission, count_action
from cinema.services.money.refunds import mark_by_hand, record_refund
from cinema.services.orders.cancellations import cancel_locked
from cinema.services.orders.moves import change_seats
from cinema.services.orders.staff_actions import (
    RequestedAction,
    check_unchanged,
    is_duplicate,
    lock_for_action,
    log_action,
)


@atomically
def resend_ticket(*, code: str, requested: RequestedAction) -> Ticket:
    """Mail a confirmed ticket again. Raises EmailErased, TicketNotPaid, OrderChanged."""
    ticket, _lines = lock_for_action(code=code, requested=requested)
    if is_duplicate(ticket=ticket, requested=requested):
        return ticket
    _check_paid(ticket)
    if not ticket.order.email:
        raise EmailErased
    post(kind=Kind.TICKET, about=ticket)
    log_action(ticket=ticket, requested=requested, action=audit.Action.RESEND)
    return ticket


@atomically
def cancel_order(
    *, code: str, requested: RequestedAction, amount: Decimal | None = None, permission: Permission | None = None
) -> Ticket:
    """Cancel a confirmed ticket until its show is over, and refund ``amount``, by default as its terms say. With a
    ``permission`` it is counted per seller, under its reason.

    Tickets of a cancelled show are refunded in full, whatever ``amount`` is.
    Raises NotCancellable, RefundTooHigh, AmountTooPrecise, OrderChanged, IdempotencyKeyReused.
    """
    ticket, lines = lock_for_action(code=code, requested=requested)
    if is_duplicate(ticket=ticket, requested=requested):
        return ticket
    over = is_over(ticket=ticket)
    if ticket.status != Ticket.Status.CONFIRMED or over:
        raise NotCancellable(ticket, over=over)
    called_off = ticket.show.status == Show.Status.CANCELLED
    back = cancellation_terms(ticket).amount if amount is None or called_off else amount
    if back == amount != ticket.kept:
        check_payable(back)
    seats = [line.show_seat.seat.label for line in lines]
    by = Author(Actor.STAFF, requested.user, requested.reason)
    cancel_locked(ticket=ticket, lines=lines, amount=back, by=by)
    allowed = {"allowed_by": permission.allowed_by.pk} if permission else {}
    log_action(ticket=ticket, requested=requested, action=audit.Action.CANCEL, seats=seats, amount=str(back), **allowed)
    if permission:
        done = Done(CounterAction.Kind.CANCEL, ticket.order, back, len(seats))
        count_action(session=None, done=done, permission=permission)
    return ticket


@atomically
def return_seats(
    *, code: str, seat_ids: Collection[int], requested: RequestedAction, amount: Decimal | None = None
) -> Ticket:
    """Remove seats (keys of ShowSeat) from a ticket and refund ``amount``, by default their prices.

    The remaining seats are checked and priced by the rules again: a free companion costs the full price without its
    wheelchair space. The refund leaves at least the price of the remaining seats, and the booking fee. The vouchers of
    the seats are always returned.
    Raises NoSeats, TicketNotPaid, UnknownSeats, LastSeats, NotCancellable if the show is over, what check_choice() and
    check_ticket_types() raise for the remaining seats, RefundTooHigh, VoucherIndivisible, AmountTooPrecise,
    OrderChanged.
    """
    if not seat_ids:
        raise NoSeats
    ticket, lines = lock_for_action(code=code, requested=requested)
    if is_duplicate(ticket=ticket, requested=requested):
        return ticket
    _check_paid(ticket)
    if is_over(ticket=ticket):
        raise NotCancellable(ticket, over=True)
    leaving = [line for line in lines if line.show_seat_id in seat_ids]
    if unknown := set(seat_ids).difference(line.show_seat_id for line in leaving):
        raise UnknownSeats(unknown)
    if len(leaving) == len(lines):
        raise LastSeats
    staying = [line for line in lines if line not in leaving]
    _reprice(ticket, lines, staying)
    least, most = _returnable(ticket, leaving, staying)
    back = most if amount is None else amount
    if back != most:
        check_payable(back)
    if back > most:
        raise RefundTooHigh(back, most)
    if back < least:
        raise VoucherIndivisible(least)
    _return(ticket, leaving, requested, back)
    money = str(back - least)
    post(kind=Kind.REFUND_PART, about=ticket, amount=money, returned=len(leaving), vouchers=bool(least))
    return ticket


@atomically
def give_goodwill(*, code: str, amount: Decimal, requested: RequestedAction) -> Ticket:
    """Refund ``amount`` (more than 0) of a ticket, which stays valid.

    Raises TicketNotPaid, RefundTooHigh, AmountTooPrecise, OrderChanged.
    """
    ticket, _lines = lock_for_action(code=code, requested=requested)
    if is_duplicate(ticket=ticket, requested=requested):
        return ticket
    _check_paid(ticket)
    if amount != ticket.kept:
        check_payable(amount)
    record_revenue(show=ticket.show, amount=-amount)
    record_refund(ticket=ticket, amount=amount, reason=Refund.Reason.GOODWILL, at=ticket.now)
    log_action(ticket=ticket, requested=requested, action=audit.Action.REFUND, amount=str(amount))
    post(kind=Kind.REFUND_PART, about=ticket, amount=str(amount))
    return ticket


@atomically
def settle_by_hand(*, code: str, refund_id: int, requested: RequestedAction) -> Ticket:
    """Mark a refund that the provider refuses as settled by hand; the reason says how.

    Raises RefundNotRefused, OrderChanged.
    """
    ticket, _lines = lock_for_action(code=code, requested=requested)
    if is_duplicate(ticket=ticket, requested=requested):
        return ticket
    amount = mark_by_hand(ticket=ticket, refund_id=refund_id)
    log_action(ticket=ticket, requested=requested, action=audit.Action.SETTLE, amount=str(amount))
    return ticket


@atomically
def move_order(*, code: str, seat_ids: Collection[int], requested: RequestedAction) -> Ticket:
    """Move a ticket to other seats of its show as staff: see moves.change_seats(). Safe to repeat.

    Raises as change_seats() does, and OrderChanged.
    """
    ticket, _lines = lock_ticket(code=code)
    check_unchanged(ticket=ticket, requested=requested, but={"action": audit.Action.MOVE, "user": requested.user})
    by = Author(Actor.STAFF, requested.user, requested.reason)
    return change_seats(code=code, seat_ids=seat_ids, by=by)


def is_over(*, ticket: TicketNow) -> bool:
    """Whether the show of a locked ticket is over. A cancelled one never is: its tickets still need refunds."""
    return ticket.show.status == Show.Status.SCHEDULED and ticket.now >= ticket.show.film_ends_at


def _check_paid(ticket: Ticket) -> None:
    if ticket.status != Ticket.Status.CONFIRMED:
        raise TicketNotPaid(ticket)


def _reprice(ticket: TicketNow, before: Sequence[TicketSeat], staying: Sequence[TicketSeat]) -> None:
    """Check the seats that stay on a ticket, and price those that were free only because of a removed one."""
    show, seats = ticket.show, [line.show_seat for line in staying]
    own = [line.show_seat_id for line in before]
    check_choice(show=show, choice=SeatChoice(seats, own=own, staff=True), now=ticket.now)
    lost = companions([place_of(line.show_seat) for line in before]).keys() - companions(map(place_of, seats)).keys()
    choices = ticket_choices(seats)
    dearer = [line for line in staying if line.show_seat_id in lost and not line.worth]
    for line in dearer:
        offered = choices.get(line.show_seat_id, ())
        costs: dict[int | None, Decimal] = {choice.ticket_type.pk: choice.amount for choice in offered}
        line.repriced = costs.get(line.ticket_type_id, line.show_seat.price)
        taxes = taxes_at(show.screen.theatre, ticket.now)  # a rate may be that of cheap seats only
        line.tax_percent = taxes.percent(OrderLine.Kind.SEAT, line.worth)
    check_ticket_types(lines=[TariffLine(line.show_seat, line.ticket_type, line.worth) for line in staying], staff=True)
    TicketSeat.objects.bulk_update(dearer, ["repriced", "tax_percent"])


def _returnable(
    ticket: Ticket, leaving: Sequence[TicketSeat], staying: Sequence[TicketSeat]
) -> tuple[Decimal, Decimal]:
    """The least and the most that can be refunded for seats that leave a ticket: what vouchers paid for them, and with
    that as much of their price as is not kept for the seats that stay."""
    vouchers = by_vouchers(ticket)
    back, kept = (sum((vouchers.get(line.pk, NOTHING) for line in lines), NOTHING) for lines in (leaving, staying))
    spare = kept_for_seats(ticket) - ticket.kept_vouchers - (_worth(staying) - kept)
    return back, back + max(NOTHING, min(_worth(leaving) - back, spare))


def _worth(lines: Sequence[TicketSeat]) -> Decimal:
    return sum((line.worth for line in lines), NOTHING)


def _return(ticket: TicketNow, leaving: Sequence[TicketSeat], requested: RequestedAction, back: Decimal) -> None:
    by = Author(Actor.STAFF, requested.user, requested.reason)
    step = Transition(Action.CANCEL, ticket.now, by, ticket=ticket, revenue=-back)
    transition_seats(show=ticket.show, seats=[line.show_seat for line in leaving], step=step)
    TicketSeat.objects.filter(pk__in=[line.pk for line in leaving]).update(active=False)
    record_refund(ticket=ticket, amount=back, reason=Refund.Reason.SEATS_RETURNED, at=ticket.now)
    offer_freed_seats(show=ticket.show)
    seats = [line.show_seat.seat.label for line in leaving]
    log_action(ticket=ticket, requested=requested, action=audit.Action.REFUND, seats=seats, amount=str(back))
