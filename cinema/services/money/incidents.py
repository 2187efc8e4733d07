"""Reports of providers that do not fit their payments: kept for staff, whatever becomes of the payment."""

from django.db.models.functions import Now

from cinema.exceptions import ReportMismatch
from cinema.models import PaymentIncident


def record_incident(*, mismatch: ReportMismatch) -> PaymentIncident:
    """Write down what the provider reported, once; return what is written."""
    kind = PaymentIncident.Kind(mismatch.incident)
    row = PaymentIncident(payment=mismatch.payment, kind=kind, reported=mismatch.reported, created_at=Now())
    PaymentIncident.objects.bulk_create([row], ignore_conflicts=True)
    return row
