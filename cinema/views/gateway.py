"""The way to the payment gateway and back, for pages and programs alike."""

from django.http import HttpRequest
from django.urls import reverse

from cinema.models import Payment
from cinema.services.payments import start_payment


def send_to_gateway(request: HttpRequest, payment: Payment) -> str:
    """Announce the payment and return the address the buyer pays at. Raises PaymentsUnavailable."""
    return start_payment(
        payment=payment,
        return_url=request.build_absolute_uri(payment.get_absolute_url()),
        webhook_url=request.build_absolute_uri(reverse("payment-webhook")),
    )
