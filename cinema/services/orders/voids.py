"""Voids: a sale of this till session is undone as a whole, and its money goes back the way it came."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q
from django.db.models.functions import Now

from cinema.exceptions import SaleNotVoidable
from cinema.models import Order, OrderLine, Payment, Refund, Show, Theatre, Ticket, TicketSeat
from cinema.models.annotated import TicketNow
from cinema.selectors.core.balances import with_current_price
from cinema.services.booking.ledger import Actor, Author
from cinema.services.booking.orders import update_status
from cinema.services.core.locking import FACTS, lock_order, lock_payment, lock_shows, lock_ticket_seats, lock_tickets
from cinema.services.core.transactions import atomically
from cinema.services.money.counter_actions import Done, Kind, Permission, is_done, record_action
from cinema.services.money.gift_card_returns import lock_bought, return_bought
from cinema.services.money.tills import lock_open_session
from cinema.services.orders.cancellations import cancel_locked
from cinema.services.orders.counter import hand_out
from cinema.services.orders.orders import is_over
from cinema.services.orders.shared_discounts import Division

NOTHING, PAID = Decimal(0), Payment.Status.SUCCESS


@atomically
def void_order(*, theatre: Theatre, reference: str, till: str, permission: Permission) -> Order:
    """Cancel every ticket of a sale, take back the gift cards it has bought, and return all of its money: cash from the
    drawer of this till, to whose session the sale must belong, cards by their terminal, gift cards and vouchers at
    once. Repeating a request changes nothing.

    Raises Order.DoesNotExist, SaleNotVoidable, GiftCardNotReturnable, GiftCardReplaced, DrawerTooEmpty, TillNotOpen,
    TillCounted, IdempotencyKeyReused.
    """
    which = {"order__reference": reference, "order__theatre": theatre}
    shows = lock_shows(Q(pk__in=Ticket.objects.filter(**which).values("show")), *FACTS)
    lines = lock_ticket_seats(ticket__order__reference=reference, ticket__order__theatre=theatre, active=True)
    order, tickets = _lock(theatre, reference, shows)
    if is_done(kind=Kind.VOID, permission=permission, order=order):
        return order
    _check(order, tickets, till)
    by = Author(Actor.STAFF, permission.by, permission.reason)
    amount = sum((ticket.kept for ticket in tickets), NOTHING) + _take_back_gift_cards(order)
    for ticket in tickets:
        own = [line for line in lines if line.ticket_id == ticket.pk]
        money = Division(ticket.kept)
        cancel_locked(ticket=ticket, lines=own, money=money, by=by, because=Refund.Reason.VOIDED)
    payments = [lock_payment(pk=one.pk) for one in order.payments.order_by("pk") if one.is_at_till]
    session = lock_open_session(theatre=theatre, code=till)
    for payment in payments:
        for refund in payment.refunds.filter(status=Refund.Status.PENDING):
            hand_out(refund=refund, payment=payment, session=session, by=permission.by)
    record_action(session=session, done=Done(Kind.VOID, order, amount, len(lines)), permission=permission)
    order.refresh_from_db(fields=["status"])
    return order


def _lock(theatre: Theatre, reference: str, shows: Sequence[Show]) -> tuple[Order, Sequence[TicketNow]]:
    """Lock an order and its tickets at locked shows, or an order of gift cards only. Raises Order.DoesNotExist,
    SaleNotVoidable."""
    locked = lock_tickets(order__reference=reference, order__theatre=theatre)
    if not locked:
        return lock_order(reference=reference, theatre=theatre), []
    rows = with_current_price(Ticket.objects.filter(order=locked[0].order_id)).annotate(now=Now())
    tickets = list(rows.select_related("order").order_by("pk"))
    order, at = tickets[0].order, {show.pk: show for show in shows}
    for ticket in tickets:
        if ticket.show_id not in at:
            raise SaleNotVoidable  # it was exchanged while we waited for the lock
        ticket.order, ticket.show = order, at[ticket.show_id]
    return order, tickets


def _take_back_gift_cards(order: Order) -> Decimal:
    """Take back the gift cards of a locked order; return what is refunded for them."""
    if not order.lines.filter(kind=OrderLine.Kind.GIFT_CARD).exists():
        return NOTHING
    refunds = return_bought(bought=lock_bought(order=order), reason=Refund.Reason.VOIDED)
    update_status(order_ids=[order.pk])
    return sum((refund.amount for refund in refunds), NOTHING)


def _check(order: Order, tickets: Sequence[TicketNow], till: str) -> None:
    """Raises SaleNotVoidable unless all of a locked order was sold and paid in the session of this till, nothing of it
    was changed since, and nobody was admitted."""
    payments = list(order.payments.paid().select_related("till_session"))
    sold_here = order.channel == Order.Channel.COUNTER and any(one.till_session for one in payments)
    at_other = any(one.till_session and one.till_session.code != till for one in payments)
    changed = Refund.objects.filter(payment__order=order).exists() or any(one.status != PAID for one in payments)
    sold_here = sold_here and order.status == Order.Status.PAID
    if not sold_here or at_other or changed or TicketSeat.objects.filter(ticket__order=order, inside=True).exists():
        raise SaleNotVoidable
    for ticket in tickets:
        if ticket.status != Ticket.Status.CONFIRMED or is_over(ticket=ticket):
            raise SaleNotVoidable
