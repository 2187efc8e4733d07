"""Release the seats of expired holds, and put house seats on sale when they are due."""

from django.db.models import Q
from django.db.models.functions import Now

from cinema.models import Hold, Show, ShowSeat, Ticket, TicketSeat, WaitingEntry
from cinema.services.booking.blocks import release_due
from cinema.services.booking.coupons import give_back_uses
from cinema.services.booking.ledger import Action, Actor, Author, Transition, transition_seats
from cinema.services.booking.offers import end_offers, offer_freed_seats
from cinema.services.booking.orders import update_status
from cinema.services.booking.prepaid import give_back_prepaid
from cinema.services.core.locking import lock_seats, lock_show, lock_tickets, read_clock
from cinema.services.core.transactions import atomically, try_each


@atomically
def release_expired(*, show_id: int) -> int:
    """Release the seats of a show's expired holds and its house seats that are due; return how many."""
    show = lock_show(pk=show_id)
    freed = expire_due_holds(show=show)
    if show.house_release_at:
        freed += release_due(show=show, at=read_clock(show))
    offer_freed_seats(show=show)
    return freed


def release_all_expired() -> int:
    """Release expired holds and due house seats at every show; return the number of shows with changes."""
    due = Hold.objects.filter(status=Hold.Status.ACTIVE, expires_at__lte=Now())
    house = Show.objects.filter(house_release_at__lte=Now(), starts_at__gt=Now())
    shows = {*due.values_list("show_id", flat=True), *house.values_list("pk", flat=True)}
    return try_each(lambda pk: release_expired(show_id=pk), sorted(shows))


def expire_due_holds(*, show: Show) -> int:
    """Release the seats of expired holds of a locked show, in the caller's transaction; return how many."""
    seats = lock_seats(show, Q(status=ShowSeat.Status.HELD, hold__expires_at__lte=Now()))
    if seats:
        holds = {seat.hold_id for seat in seats if seat.hold_id}
        step = Transition(Action.EXPIRE, seats[0].now, Author(Actor.CLOCK))
        transition_seats(show=show, seats=seats, step=step)
        Hold.objects.filter(pk__in=holds).update(status=Hold.Status.EXPIRED)
        drop_pending_tickets(hold_ids=holds)
        end_offers(show=show, hold_ids=holds, status=WaitingEntry.Status.OVER)
    return len(seats)


def drop_pending_tickets(*, hold_ids: set[int]) -> None:
    """Expire the unpaid tickets of holds that have ended or changed, at a show locked by the caller.

    Money that arrives for them later books the same seats if they are available, else it is refunded: see
    services.money.settlement.
    """
    pending = lock_tickets(hold__in=hold_ids, status=Ticket.Status.PENDING)
    if pending:
        TicketSeat.objects.filter(ticket__in=pending).update(active=False)
        Ticket.objects.filter(pk__in=[ticket.pk for ticket in pending]).update(status=Ticket.Status.EXPIRED)
        update_status(order_ids={ticket.order_id for ticket in pending})
        orders = {ticket.order for ticket in pending}
        give_back_uses(orders=orders)
        give_back_prepaid(orders=orders)
