"""Keeps shows on sale during a run, and at its end waits until the server has finished everything; ends a control as
soon as it has shown its fault.
"""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import Error, connection
from django.db.models import Case, Count, IntegerField, Sum, When

from tests.chaos.gateway import Gateway
from tests.chaos.history import History
from tests.chaos.providers import Providers
from tests.chaos.world import People, Programme

EVERY = 2.0  # seconds between two looks
PATIENCE = 120  # seconds in which everything is to be final on a busy machine; the server sweeps by itself
PAUSE = 0.5
ROUNDS = 12  # of the jobs, more than a refund is tried


def keep(programme: Programme, stop: threading.Event) -> None:
    """Keep shows on sale until stopped. While the database is away, wait."""
    while not stop.wait(EVERY):
        try:
            programme.replenish()
        except Error:
            connection.close()
    connection.close()


def end_when_sold_twice(history: History, stop: threading.Event) -> None:
    """End the run as soon as a seat is on two confirmed tickets."""
    from cinema.models import Ticket, TicketSeat

    seats = TicketSeat.objects.filter(active=True, ticket__status=Ticket.Status.CONFIRMED).values("show_seat")
    while not stop.wait(PAUSE):
        if seats.annotate(tickets=Count("ticket")).filter(tickets__gt=1).exists():
            history.stop()
            break
    connection.close()


def end_when_posted_twice(history: History, stop: threading.Event) -> None:
    """End the run as soon as a payment or a refund is twice in the money ledger."""
    from cinema.models import MoneyEntry

    kind = MoneyEntry.Kind
    steps = {kind.CAPTURE: 1, kind.REFUND_PAID: 1, kind.REFUND_UNDONE: -1}
    signs = Case(*[When(kind=kind, then=sign) for kind, sign in steps.items()], output_field=IntegerField())
    entries = MoneyEntry.objects.filter(kind__in=steps).values("payment", "refund").annotate(times=Sum(signs))
    while not stop.wait(PAUSE):
        if entries.filter(times__gt=1).exists():
            history.stop()
            break
    connection.close()


def rest(gateway: Gateway | Providers, people: People, patience: float = PATIENCE) -> list[str]:
    """Wait until the server's own jobs have finished everything, and refund in cash what is owed at the till; return
    what was left open."""
    connection.close()  # it may be to a server that was restarted since
    gateway.close()
    give_up = time.monotonic() + patience
    while (left := list(_undone(gateway))) and time.monotonic() < give_up:
        time.sleep(PAUSE)
        _pay_out_at_till(people)
    return left


def _pay_out_at_till(people: People) -> None:
    from cinema.models import Refund, TillSession, User
    from cinema.services.orders.counter import pay_out

    session, owner = TillSession.objects.get(code=people.till), User.objects.get(pk=people.supervisor)
    for refund in Refund.objects.filter(status=Refund.Status.PENDING, payment__mode__in=["CASH", "INVOICE"]):
        pay_out(theatre=session.theatre, code=refund.code, till=session.code, by=owner, supervisor=owner)


def settle_with(gateway: Gateway | Providers) -> None:
    """Do what staff and a night would: run the jobs until nothing is due, settle by hand what the providers refused,
    compare all with them, let them pay out, and compare again."""
    from cinema.services.money import payments, provider_events, reconciliation, refunds

    connection.close()  # it may be to a server that was restarted since
    reconciliation.RECENT = timedelta(0)  # nothing more is on its way
    for _ in range(ROUNDS):
        _make_due()
        payments.check_due_payments()
        provider_events.handle_due_events()
        refunds.send_due_refunds()
    _settle_by_hand()
    reconciliation.reconcile()
    gateway.pay_out()
    reconciliation.reconcile()


def _make_due() -> None:
    from django.db.models.functions import Now

    from cinema.models import Payment, ProviderEvent, Refund

    for model in (Payment, ProviderEvent, Refund):
        model.objects.filter(due_at__gt=Now()).update(due_at=Now())


def _settle_by_hand() -> None:
    from cinema.models import Refund, User
    from cinema.services.orders.orders import settle_by_hand
    from cinema.services.orders.staff_actions import RequestedAction

    owner = User.objects.get(is_superuser=True)
    for refund in Refund.objects.filter(status=Refund.Status.FAILED).select_related("payment__order"):
        ticket = refund.payment.order.tickets.first()
        requested = RequestedAction(owner, "Paid by transfer", 10**9, f"by hand {refund.pk}")
        settle_by_hand(code=ticket.code, refund_id=refund.pk, requested=requested)


def _undone(gateway: Gateway | Providers) -> Iterator[str]:
    from django.db.models.functions import Now

    from cinema.models import Hold, OutgoingMail, Payment, ProviderEvent, Refund, ShowCancellation, Ticket

    charges = gateway.charges()
    for status, unsettled in (("PAID", Payment.UNPAID), ("DECLINED", [Payment.Status.PENDING])):
        decided = [code for code, charge in charges.items() if charge.status == status]
        for payment in Payment.objects.filter(code__in=decided, status__in=unsettled):
            yield f"payment {payment.code} is {status} at the provider, but {payment.status}"
    for refund in Refund.objects.filter(status__in=Refund.OWED):
        yield f"refund {refund.code} is still on its way"
    for event in ProviderEvent.objects.filter(handled_at=None):
        yield f"message {event.event_id} was never handled: {event.last_error}"
    for mail in OutgoingMail.objects.waiting():
        yield f"mail {mail.pk} ({mail.kind}) is not sent"
    for ticket in Ticket.objects.filter(status=Ticket.Status.CONFIRMED, mails=None).exclude(order__email=""):
        yield f"ticket {ticket.code} is not mailed"
    for hold in Hold.objects.filter(status=Hold.Status.ACTIVE, expires_at__lte=Now()):
        yield f"hold {hold.code} has run out, but keeps its seats"
    for cancellation in ShowCancellation.objects.filter(done_at=None):
        yield f"show {cancellation.show_id} was cancelled, but not all its tickets are dealt with"
