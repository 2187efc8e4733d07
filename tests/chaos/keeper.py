"""Keeps shows on sale during a run, and at its end waits until the server has finished everything; ends a control as
soon as it has shown its fault.
"""

import threading
import time
from collections.abc import Iterator

from django.db import Error, connection
from django.db.models import Count

from tests.chaos.history import History
from tests.chaos.world import Programme

EVERY = 2.0  # seconds between two looks
PATIENCE = 40  # seconds in which everything is to be final; the server sweeps by itself
PAUSE = 0.5


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


def rest(patience: float = PATIENCE) -> list[str]:
    """Wait until the server's own jobs have finished everything; return what they left open."""
    from django.db.models.functions import Now

    from cinema.models import SandboxCharge

    connection.close()  # it may be to a server that was restarted since
    SandboxCharge.objects.filter(report_at__gt=Now()).update(report_at=Now())  # the gateway is silent no longer
    give_up = time.monotonic() + patience
    while (left := list(_undone())) and time.monotonic() < give_up:
        time.sleep(PAUSE)
    return left


def _undone() -> Iterator[str]:
    from django.db.models.functions import Now

    from cinema.models import Hold, OutgoingMail, Payment, Refund, SandboxCharge, ShowCancellation, Ticket

    for status, unsettled in (("PAID", Payment.UNPAID), ("DECLINED", [Payment.Status.PENDING])):
        decided = SandboxCharge.objects.filter(status=status).values("reference")
        for payment in Payment.objects.filter(code__in=decided, status__in=unsettled):
            yield f"payment {payment.code} is {status} at the gateway, but {payment.status}"
    for refund in Refund.objects.filter(status=Refund.Status.PENDING):
        yield f"refund {refund.code} is still on its way"
    for mail in OutgoingMail.objects.waiting():
        yield f"mail {mail.pk} ({mail.kind}) is not sent"
    for ticket in Ticket.objects.filter(status=Ticket.Status.CONFIRMED, mails=None):
        yield f"ticket {ticket.code} is not mailed"
    for hold in Hold.objects.filter(status=Hold.Status.ACTIVE, expires_at__lte=Now()):
        yield f"hold {hold.code} has run out, but keeps its seats"
    for cancellation in ShowCancellation.objects.filter(done_at=None):
        yield f"show {cancellation.show_id} was cancelled, but not all its tickets are dealt with"
