"""Whether the money and everything else at a show is in a final state, to the cent."""

from collections.abc import Iterator
from decimal import Decimal
from http.client import HTTPConnection

from django.db.models import F, Sum
from django.db.models.functions import Now

from cinema.gateways.base import Result
from cinema.gateways.sandbox import webhook
from cinema.models import Hold, OutgoingMail, Payment, Refund, SandboxCharge, Show, Ticket
from tests.benchmarks.clients import TIMEOUT
from tests.benchmarks.server import Server
from tests.concurrency.invariants import wrongs


def take_money(payment: Payment) -> SandboxCharge:
    """Let the test gateway take the money without a report."""
    charge = SandboxCharge.objects.filter(reference=payment.code)
    charge.update(status=Result.PAID, report_at=Now())
    return charge.get()


def tell(server: Server, charge: SandboxCharge) -> int:
    """Send the webhook of a taken payment; return the response's status."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT)
    try:
        connection.request("POST", "/payments/webhook/sandbox/", *webhook(charge))
        return connection.getresponse().status
    finally:
        connection.close()


def unfinished(show: Show) -> list[str]:
    """The faults and unfinished work, as sentences."""
    show.refresh_from_db()
    return [*wrongs(show), *_open(show), *_money(show)]


def _open(show: Show) -> Iterator[str]:
    charges = SandboxCharge.objects.filter(status=Result.PAID).values("reference")
    unpaid = Payment.objects.filter(order__tickets__show=show, status__in=Payment.UNPAID)
    for payment in unpaid.filter(code__in=charges):
        yield f"payment {payment.code} is captured, but {payment.status}"
    for mail in OutgoingMail.objects.waiting().filter(ticket__show=show):
        yield f"mail {mail} waits"
    for ticket in Ticket.objects.filter(show=show, status=Ticket.Status.CONFIRMED, mails=None):
        yield f"ticket {ticket} is not mailed"
    for refund in Refund.objects.filter(payment__order__tickets__show=show).exclude(status=Refund.Status.DONE):
        yield f"refund {refund.code} is {refund.status}"
    for hold in Hold.objects.filter(show=show, status=Hold.Status.ACTIVE, expires_at__lte=Now()):
        yield f"the hold of {hold.buyer} has run out, but keeps its seats"


def _money(show: Show) -> Iterator[str]:
    codes = Payment.objects.filter(order__tickets__show=show).values("code")
    charges = SandboxCharge.objects.filter(reference__in=codes, status=Result.PAID)
    captured = sum((charge.amount for charge in charges), Decimal(0))
    returned = sum((Decimal(amount) for charge in charges for amount in charge.refunds.values()), Decimal(0))
    confirmed = Ticket.objects.filter(show=show, status=Ticket.Status.CONFIRMED)
    active = confirmed.aggregate(sum=Sum(F("amount")))["sum"] or Decimal(0)
    if captured != active + returned:
        yield f"{captured} is captured, but {active} is active and {returned} refunded"
