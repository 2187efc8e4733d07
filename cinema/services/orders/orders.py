"""Staff actions on an order, recorded with user and reason: resend, cancel, return seats, refund, move."""

from collections.abc import Collection
from decimal import Decimal

from cinema.exceptions import EmailErased, NotCancellable, RefundTooHigh, TicketNotPaid, VoucherIndivisible
from cinema.models import CounterAction, Refund, Show, Ticket
from cinema.models.annotated import TicketNow
from cinema.selectors.booking.tickets import cancellation_terms
from cinema.selectors.booking.used_coupons import capped
from cinema.services.booking.ledger import Actor, Author, record_revenue
from cinema.services.core import audit
from cinema.services.core.amounts import check_payable
from cinema.services.core.locking import lock_ticket
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.money.counter_actions import Done, Permission, count_action
from cinema.services.money.refunds import mark_by_hand, record_refund
from cinema.services.orders.cancellations import cancel_locked
from cinema.services.orders.moves import change_seats
from cinema.services.orders.returns import plan_return, write_return
from cinema.services.orders.shared_discounts import Division
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

    Tickets of a cancelled show are refunded in full, whatever ``amount`` is. What other tickets of the order cost more
    without this one is paid out of what is not refunded: a larger ``amount`` is goodwill.
    Raises NotCancellable, RefundTooHigh, AmountTooPrecise, OrderChanged, IdempotencyKeyReused.
    """
    ticket, lines = lock_for_action(code=code, requested=requested)
    if is_duplicate(ticket=ticket, requested=requested):
        return ticket
    over = is_over(ticket=ticket)
    if ticket.status != Ticket.Status.CONFIRMED or over:
        raise NotCancellable(ticket, over=over)
    cancelled = ticket.show.status == Show.Status.CANCELLED
    terms = cancellation_terms(ticket)
    back = terms.amount if amount is None or cancelled else amount
    if back == amount != ticket.kept:
        check_payable(back)
    seats = [line.show_seat.seat.label for line in lines]
    by = Author(Actor.STAFF, requested.user, requested.reason)
    money = Division(back, capped(terms.others, ticket.kept - back))
    cancel_locked(ticket=ticket, lines=lines, money=money, by=by)
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

    The refund leaves at least the price of the remaining seats, and the booking fee. The vouchers of the seats are
    always returned.
    Raises TicketNotPaid, NotCancellable if the show is over, what plan_return() raises, RefundTooHigh,
    VoucherIndivisible, AmountTooPrecise, OrderChanged.
    """
    ticket, lines = lock_for_action(code=code, requested=requested)
    if is_duplicate(ticket=ticket, requested=requested):
        return ticket
    _check_paid(ticket)
    if is_over(ticket=ticket):
        raise NotCancellable(ticket, over=True)
    plan = plan_return(ticket=ticket, lines=lines, seat_ids=seat_ids)
    back = plan.most if amount is None else amount
    if back != plan.most:
        check_payable(back)
    if back > plan.most:
        raise RefundTooHigh(back, plan.most)
    if back < plan.vouchers:
        raise VoucherIndivisible(plan.vouchers)
    by = Author(Actor.STAFF, requested.user, requested.reason)
    write_return(ticket=ticket, plan=plan, amount=back, by=by)
    seats = [line.show_seat.seat.label for line in plan.leaving]
    log_action(ticket=ticket, requested=requested, action=audit.Action.REFUND, seats=seats, amount=str(back))
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
