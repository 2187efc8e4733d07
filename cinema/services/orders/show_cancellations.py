"""Cancel a show: first stop its sale, in one transaction, then cancel its tickets one by one.

The second step can be interrupted and continued: each ticket is cancelled once, under its show's lock. Mails are stored
in the outbox in the same transaction.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from cinema.exceptions import ChoiceTooShort, ShowAlreadyCancelled, ShowNotCancellable
from cinema.models import Hold, Show, ShowCancellation, ShowSeat, Ticket, User, WaitingEntry
from cinema.selectors.orders.show_cancellations import is_open, kept_for_buyers, to_refund
from cinema.services.booking.expiry import drop_pending_tickets
from cinema.services.booking.ledger import Action, Actor, Author, Transition, owe_buyers, transition_seats
from cinema.services.booking.offers import end_offers
from cinema.services.core import audit
from cinema.services.core.locking import FACTS, lock_seats, lock_show, lock_ticket, read_clock
from cinema.services.core.outbox import Kind, post_each
from cinema.services.core.transactions import atomically, try_each
from cinema.services.orders.cancellations import cancel_locked
from cinema.services.orders.shared_discounts import Division

Remedy = ShowCancellation.Remedy
LEAST_CHOICE = timedelta(hours=1)


@atomically
def cancel_show(
    *, show_id: int, user: User | None, reason: str, remedy: Remedy, choose_until: datetime | None = None
) -> ShowCancellation:
    """Cancel a show: stop its sale and end its holds, unpaid tickets and waiting list.

    process_cancellation() then deals with its paid tickets. With EXCHANGE their buyers may choose another show until
    ``choose_until``. Raises ShowAlreadyCancelled, ShowNotCancellable, ChoiceTooShort, Show.DoesNotExist.
    """
    show = lock_show("movie", "screen__theatre", pk=show_id)
    now = read_clock(show)
    _check(show, now)
    if remedy == Remedy.EXCHANGE and (choose_until is None or choose_until < now + LEAST_CHOICE):
        raise ChoiceTooShort
    show.status, show.version = Show.Status.CANCELLED, show.version + 1
    show.save(update_fields=["status", "version"])
    cancellation = ShowCancellation.objects.create(
        show=show,
        remedy=remedy,
        choose_until=choose_until if remedy == Remedy.EXCHANGE else None,
        reason=reason,
        user=user,
        created_at=now,
    )
    owe_buyers(show=show, amount=kept_for_buyers(show))
    holds = _release_all(show, now, user, reason)
    if cancellation.choose_until:
        sold = Ticket.objects.filter(show=show, status=Ticket.Status.CONFIRMED).select_related("order")
        post_each(kind=Kind.SHOW_CANCELLED_OFFER, tickets=sold.order_by("pk"))
    waiting = WaitingEntry.objects.filter(show=show, status=WaitingEntry.Status.WAITING)
    waited = waiting.update(status=WaitingEntry.Status.OVER)
    audit.note(
        action=audit.Action.SHOW_CANCEL,
        user=user,
        subject=show,
        theatre=show.screen.theatre,
        show=show,
        reason=reason,
        remedy=remedy,
        sold=show.admissions,
        holds=holds,
        waiting=waited,
    )
    return cancellation


def process_cancellation(*, cancellation: ShowCancellation, limit: int | None = None) -> int:
    """Cancel, refund and mail tickets of a cancelled show, at most ``limit``; return how many.

    Does nothing while buyers can choose another show. Safe to repeat, to interrupt and to run in parallel.
    """
    offering = is_open(cancellation, timezone.now())
    codes = [] if offering else list(to_refund(cancellation)[:limit])
    done = try_each(lambda code: _refund_ticket(code, cancellation), codes)
    _finish(cancellation)
    return done


def process_all_cancellations() -> int:
    """Process the tickets of every cancelled show that has any left; return the number of shows with progress."""
    open_ones = ShowCancellation.objects.filter(done_at=None).order_by("created_at")
    return try_each(lambda one: process_cancellation(cancellation=one), open_ones)


def _check(show: Show, now: datetime) -> None:
    if show.status == Show.Status.CANCELLED:
        if earlier := ShowCancellation.objects.select_related("user").filter(show=show).first():
            raise ShowAlreadyCancelled(earlier)
        raise ShowNotCancellable(_("This show is already cancelled."))
    if show.status == Show.Status.DRAFT:
        raise ShowNotCancellable(_("This show is only a draft. You can simply delete it."))
    if now >= show.film_ends_at:
        raise ShowNotCancellable(_("This show is over, so it cannot be cancelled."))


def _release_all(show: Show, now: datetime, user: User | None, reason: str) -> int:
    """Release every hold of a locked show and expire its pending tickets; return the number of holds."""
    seats = lock_seats(show, Q(status=ShowSeat.Status.HELD))
    holds = {seat.hold_id for seat in seats if seat.hold_id}
    if seats:
        step = Transition(Action.RELEASE, now, Author(Actor.STAFF, user, reason))
        transition_seats(show=show, seats=seats, step=step)
        Hold.objects.filter(pk__in=holds).update(status=Hold.Status.RELEASED, expires_at=now)
        drop_pending_tickets(hold_ids=holds)
        end_offers(show=show, hold_ids=holds, status=WaitingEntry.Status.OVER)
    return len(holds)


@atomically
def _refund_ticket(code: str, cancellation: ShowCancellation) -> bool:
    """Cancel a ticket and refund it in full, unless that was done in the meantime."""
    ticket, lines = lock_ticket(*FACTS, code=code)
    if ticket.status != Ticket.Status.CONFIRMED or ticket.show_id != cancellation.show_id:
        return False
    by = Author(Actor.STAFF, cancellation.user, cancellation.reason)
    cancel_locked(ticket=ticket, lines=lines, money=Division(ticket.kept), by=by)
    return True


def _finish(cancellation: ShowCancellation) -> None:
    """Mark the cancellation as finished if no confirmed ticket is left."""
    if not to_refund(cancellation).exists():
        ShowCancellation.objects.filter(pk=cancellation.pk, done_at=None).update(done_at=Now())
