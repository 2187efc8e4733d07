"""Gift cards, receipts, and what is tried again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models.functions import Now

from cinema.models import GiftCard, Payment, PaymentMode, Receipt, Theatre, Ticket
from cinema.models.codes import new_code
from cinema.models.retries import Retried
from cinema.services.booking.booking_requests import BookingRequest
from cinema.services.money.gift_card_orders import GiftCardPlan, order_gift_card
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_receipts
from cinema.services.money.settlement import settle_payment
from tests.factories.booking import CONTACT, report
from tests.factories.halls import TheatreFactory


def gift_order(
    theatre: Theatre | None = None, amount: Decimal | int = 500, key: str = "a key of 16 chars", **plan: Any
) -> Payment:
    """Order a gift card, up to the payment page of the test gateway; ``plan`` are fields of a GiftCardPlan."""
    wanted = GiftCardPlan(theatre or TheatreFactory(), Decimal(amount), **plan)
    request = BookingRequest(CONTACT, PaymentMode.UPI, key)
    payment = order_gift_card(plan=wanted, request=request, buyer="asha", client_ip="")
    start_payment(payment=payment)
    return payment


def gift_card(theatre: Theatre | None = None, amount: Decimal | int = 500, **plan: Any) -> GiftCard:
    """A gift card that was bought and paid for."""
    payment = gift_order(theatre, amount, **{"key": new_code()} | plan)
    settle_payment(report=report(payment))
    return GiftCard.objects.get(order_line__order=payment.order)


def receipt_of(ticket: Ticket) -> Receipt:
    """The receipt of a sold ticket's order, issued if it is due."""
    issue_receipts(order_id=ticket.order_id)
    return Receipt.objects.get(order=ticket.order_id, kind=Receipt.Kind.RECEIPT, corrections=None)


def due(*rows: Retried, ago: timedelta = timedelta(seconds=1)) -> None:
    """Make the next attempt of the rows due ``ago``."""
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(due_at=Now() - ago)
