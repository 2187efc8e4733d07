"""Disputes: payments that buyers have their banks take back."""

from django.db.models.functions import Now

from cinema.domain.money import from_minor, minor_digits
from cinema.exceptions import DisputeMismatch, PaymentUndecided, ReportUnconfirmed
from cinema.gateways.base import DisputeReport, DisputeState
from cinema.models import Dispute, Payment
from cinema.services.core.locking import lock_payment
from cinema.services.core.transactions import atomically
from cinema.services.money.gift_cards import block_disputed_gift_cards
from cinema.services.money.ledger import post_dispute
from cinema.services.money.refunds import update_status
from cinema.services.money.reports import named_by, words_of


@atomically
def receive_dispute(*, report: DisputeReport, gateway: str, asked: bool = False) -> bool:
    """Book what the provider reports about a dispute: in a message, or when ``asked``; return whether it was news. One
    that is decided is not open again, whatever comes late.

    Raises Payment.DoesNotExist when its payment is not known, or not yet, PaymentUndecided if its money has not been
    reported yet, DisputeMismatch and, for a message with another decision than the last, ReportUnconfirmed.
    """
    payment = lock_payment(**named_by(report, gateway))
    if payment.status in Payment.UNPAID:
        raise PaymentUndecided(payment)  # the message about the payment comes later
    beyond = 10 ** (8 + minor_digits(payment.currency))  # what cannot be stored
    if report.currency != payment.currency or not 0 < report.amount < beyond:
        raise DisputeMismatch(payment, words_of(report.amount, report.currency))
    state = {
        "status": Dispute.Status(report.state),
        "respond_by": report.respond_by,
        "decided_at": None if report.state == DisputeState.OPEN else Now(),
    }
    facts = {"payment": payment, "amount": from_minor(report.amount, report.currency), "opened_at": Now()}
    row, is_new = Dispute.objects.get_or_create(gateway=gateway, dispute_id=report.dispute_id, defaults=facts | state)
    row.payment = payment
    is_decided = report.state != DisputeState.OPEN and row.status != report.state
    if is_new:
        row.refresh_from_db(fields=["opened_at"])
        post_dispute(dispute=row)
    elif is_decided:
        if row.status != Dispute.Status.OPEN and not asked:
            raise ReportUnconfirmed
        was, row.status = row.status, Dispute.Status(report.state)
        Dispute.objects.filter(pk=row.pk).update(**state)
        post_dispute(dispute=row, was=was)
    if is_new or is_decided:
        block_disputed_gift_cards(dispute=row)
    update_status(payment=payment)
    return is_new or is_decided
