"""Reports of providers that do not fit their payments: kept for staff, whatever becomes of the payment."""

from django.db.models.functions import Now

from cinema.exceptions import PaymentMismatch, RefundMismatch
from cinema.models import PaymentIncident

Kind = PaymentIncident.Kind
Mismatch = PaymentMismatch | RefundMismatch


def record_incident(*, mismatch: Mismatch) -> None:
    """Write down what the provider reported, once."""
    kind = Kind.MISMATCH if isinstance(mismatch, PaymentMismatch) else Kind.OVER_REFUND
    row = PaymentIncident(payment_id=mismatch.payment.pk, kind=kind, reported=mismatch.reported, created_at=Now())
    PaymentIncident.objects.bulk_create([row], ignore_conflicts=True)
