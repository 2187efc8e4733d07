"""Payment providers for tests of what is compared with their lists: fakes of Stripe and Razorpay, and the sandbox."""

from datetime import timedelta

from django.db.models.functions import Now

from cinema.gateways import get_gateway
from cinema.gateways.base import Result
from cinema.models import Payment, Refund, SandboxCharge
from cinema.services.money.payments import start_payment
from cinema.services.money.refunds import send_due_refunds
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, booked, due, held, order_holds, ticket_of
from tests.fakes.razorpay import FakeRazorpay
from tests.fakes.stripe import FakeStripe

HOURS = timedelta(hours=1)


class Providers:
    """Stripe and Razorpay with one account each, and the sandbox."""

    def __init__(self, settings) -> None:
        self.settings, self.stripe, self.razorpay = settings, FakeStripe(), FakeRazorpay()

    def booked(self, gateway: str, names: str = "A1") -> Payment:
        """Seats booked some hours ago, up to the payment page of the provider."""
        self.settings.PAYMENT_GATEWAYS = {"UPI": gateway}
        payment = booked(ShowFactory(), names)
        self.settings.PAYMENT_GATEWAYS = {"UPI": "razorpay", "CARD": "stripe", "WALLET": "sandbox"}
        return aged(payment)

    def booked_at_two_shows(self, gateway: str) -> Payment:
        """A seat at each of two shows, in one order, as booked()."""
        self.settings.PAYMENT_GATEWAYS = {"UPI": gateway}
        show = ShowFactory()
        other = ShowFactory(screen__theatre=show.screen.theatre)
        payment = order_holds(held(show, "A1"), held(other, "A1"))
        start_payment(payment=payment)
        self.settings.PAYMENT_GATEWAYS = {"UPI": "razorpay", "CARD": "stripe", "WALLET": "sandbox"}
        return aged(payment)

    def pay(self, payment: Payment) -> None:
        """The buyer pays, and no message about it arrives."""
        match payment.gateway:
            case "stripe":
                self.stripe.pay(payment.provider_id)
            case "razorpay":
                self.razorpay.pay(payment.provider_id)
            case _:
                SandboxCharge.objects.filter(reference=payment.code).update(status=Result.PAID)

    def sold(self, gateway: str) -> Payment:
        return self.settled(self.booked(gateway))

    def settled(self, payment: Payment) -> Payment:
        """The buyer pays, and it is noted."""
        gateway = payment.gateway
        self.pay(payment)
        report = get_gateway(gateway).report(reference=payment.code, provider_id=payment.provider_id)
        settle_payment(report=report, gateway=gateway)
        return aged(payment)

    def refunded(self, gateway: str) -> Refund:
        """A sale that was cancelled, whose money is back."""
        payment = self.sold(gateway)
        cancel_ticket(code=ticket_of(payment).code)
        due(Refund.objects.get(payment=payment))
        assert send_due_refunds() == 1
        aged(payment)
        return Refund.objects.get(payment=payment)

    def refund_in_dashboard(self, payment: Payment, amount: int) -> str:
        fake = self.stripe if payment.gateway == "stripe" else self.razorpay
        return fake.refund_in_dashboard(payment.capture_id, amount)["id"]


def aged(payment: Payment) -> Payment:
    """Let the payment and its refunds be some hours old."""
    Payment.objects.filter(pk=payment.pk).update(created_at=Now() - 5 * HOURS)
    Payment.objects.filter(pk=payment.pk, settled_at__isnull=False).update(settled_at=Now() - 4 * HOURS)
    Refund.objects.filter(payment=payment).update(created_at=Now() - 3 * HOURS)
    Refund.objects.filter(payment=payment, done_at__isnull=False).update(done_at=Now() - 2 * HOURS)
    payment = Payment.objects.get(pk=payment.pk)
    SandboxCharge.objects.filter(reference=payment.code).update(changed_at=payment.created_at)
    return payment
