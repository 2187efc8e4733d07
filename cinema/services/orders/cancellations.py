"""Cancel tickets, or some of their seats: release the seats and refund by the theatre's rule."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from cinema.exceptions import NotCancellable, RefundChanged, SeatsNotChangeable, TicketAdmitted
from cinema.models import Hold, Refund, Show, Ticket, TicketSeat, User
from cinema.models.annotated import TicketNow
from cinema.selectors.booking.tickets import cancellation_terms
from cinema.selectors.orders.moves import can_move
from cinema.services.booking.ledger import Action, Actor, Author, Transition, transition_seats
from cinema.services.booking.offers import offer_freed_seats
from cinema.services.booking.orders import update_status
from cinema.services.core.locking import FACTS, lock_ticket
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.money.refunds import record_refund
from cinema.services.orders.returns import buyer_terms, plan_return, write_return
from cinema.services.orders.shared_discounts import Division, share_anew


@atomically
def cancel_ticket(*, code: str, seen: Decimal | None = None, user: User | None = None) -> Ticket:
    """Cancel a confirmed ticket for its buyer, until the theatre's cut-off and until somebody is admitted with it; of a
    cancelled show, at any time.

    The refund must be the one that the buyer has ``seen``, if any. Raises NotCancellable, TicketAdmitted,
    RefundChanged, and Show.DoesNotExist for an unknown code.
    """
    ticket, lines = lock_ticket(*FACTS, code=code)
    terms = cancellation_terms(ticket)
    if ticket.status != Ticket.Status.CONFIRMED or not terms.open_at(ticket.now):
        raise NotCancellable(ticket)
    if ticket.show.status != Show.Status.CANCELLED:
        check_nobody_admitted(ticket=ticket)
    if seen is not None and seen != terms.amount:
        raise RefundChanged(terms.amount)
    money = Division(terms.amount, terms.others)
    cancel_locked(ticket=ticket, lines=lines, money=money, by=Author(Actor.BUYER, user))
    return ticket


@atomically
def cancel_seats(*, code: str, seat_ids: Collection[int], seen: Decimal, user: User | None = None) -> Ticket:
    """Cancel some seats (keys of ShowSeat) of a confirmed ticket for its buyer, as long as they could cancel all of it.

    The refund must be the one that the buyer has ``seen``. Safe to repeat. Raises NotCancellable, SeatsNotChangeable if
    the show is cancelled, TicketAdmitted, RefundChanged, what plan_return() raises, and Show.DoesNotExist for an
    unknown code.
    """
    ticket, lines = lock_ticket(*FACTS, code=code)
    if _are_cancelled(ticket, lines, set(seat_ids)):
        return ticket
    if ticket.show.status == Show.Status.CANCELLED:
        raise SeatsNotChangeable(ticket)
    if not can_move(ticket, ticket.now):
        raise NotCancellable(ticket)
    check_nobody_admitted(ticket=ticket)
    plan = plan_return(ticket=ticket, lines=lines, seat_ids=seat_ids)
    amount = buyer_terms(ticket=ticket, plan=plan).amount
    if amount != seen:
        raise RefundChanged(amount)
    write_return(ticket=ticket, plan=plan, amount=amount, by=Author(Actor.BUYER, user))
    return ticket


def _are_cancelled(ticket: Ticket, lines: Sequence[TicketSeat], seat_ids: set[int]) -> bool:
    """Whether all of these seats have left a ticket that is still valid: a second click."""
    if not seat_ids or not seat_ids.isdisjoint(line.show_seat_id for line in lines):
        return False
    gone = TicketSeat.objects.filter(ticket=ticket, show_seat__in=seat_ids, active=False).values("show_seat")
    return ticket.status == Ticket.Status.CONFIRMED and gone.distinct().count() == len(seat_ids)


def check_nobody_admitted(*, ticket: Ticket) -> None:
    """Raise TicketAdmitted if somebody was admitted with the locked ticket, so that nobody is admitted meanwhile."""
    if TicketSeat.objects.filter(ticket=ticket, active=True, check_in__isnull=False).exists():
        raise TicketAdmitted(ticket)


def cancel_locked(
    *,
    ticket: TicketNow,
    lines: Sequence[TicketSeat],
    money: Division,
    by: Author,
    because: Refund.Reason = Refund.Reason.CANCELLED,
) -> None:
    """Cancel a confirmed ticket that the caller has locked with its ``lines``, divide its ``money`` and mail the buyer.

    Raises RefundTooHigh.
    """
    show, now, amount = ticket.show, ticket.now, money.refund
    share_anew(ticket=ticket, leaving=lines, others=money.others)
    off = show.status == Show.Status.CANCELLED
    step = Transition(Action.CANCEL, now, by, ticket=ticket, revenue=-amount)
    transition_seats(show=show, seats=[line.show_seat for line in lines], step=step)
    TicketSeat.objects.filter(ticket=ticket).update(active=False)
    ticket.status, ticket.cancelled_at = Ticket.Status.CANCELLED, now
    ticket.save(update_fields=["status", "cancelled_at"])
    update_status(order_ids=[ticket.order_id])
    if by.actor == Actor.BUYER and not off:  # counts as an unused hold: see booking.hold_limits
        released = {"status": Hold.Status.RELEASED, "expires_at": now, "free_seats": 0}
        Hold.objects.filter(pk=ticket.hold_id, seats=None).update(**released)
    record_refund(ticket=ticket, amount=amount, reason=Refund.Reason.SHOW_CANCELLED if off else because, at=now)
    offer_freed_seats(show=show)
    post(kind=Kind.CANCELLATION, about=ticket, seats=[line.pk for line in lines], deducted=str(money.deducted))
