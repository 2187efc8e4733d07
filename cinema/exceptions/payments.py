"""Money that cannot be taken, or not twice."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cinema.exceptions.base import BusinessRuleViolation

if TYPE_CHECKING:
    from cinema.models import Payment, Ticket


class AlreadyPaid(BusinessRuleViolation):
    """The booking is already paid. ``ticket`` is the one."""

    code = "already_paid"

    def __init__(self, ticket: "Ticket") -> None:
        self.ticket = ticket
        super().__init__(_("This booking is already paid; nothing was charged again."))


class IdempotencyKeyReused(BusinessRuleViolation):
    """An idempotency key came back with a different request."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This request key was already used for a different booking. Nothing was booked or charged."))


class PaymentsUnavailable(BusinessRuleViolation):
    """This installation has no payment gateway, or the gateway does not answer."""

    code = "payments_unavailable"

    def __init__(self) -> None:
        super().__init__(_("Payment is not possible at the moment. Nothing was charged."))


class WebhookForged(BusinessRuleViolation):
    """A message that claims to come from the payment gateway does not bear its signature."""

    code = "webhook_forged"

    def __init__(self) -> None:
        super().__init__(_("The signature of this message is not the payment gateway's."))


class PaymentUndecided(BusinessRuleViolation):
    """The gateway has never decided about ``payment``, and is not asked about it any more."""

    code = "payment_undecided"

    def __init__(self, payment: "Payment") -> None:
        self.payment = payment
        super().__init__(_("The payment gateway has never said whether this payment was made."))


class TooManyPayments(BusinessRuleViolation):
    """Payments for the same seats were begun ``count`` times, as often as they may be."""

    code = "too_many_payments"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            _(
                "You have begun to pay for these seats %(count)d times. Please finish the payment you have begun, "
                "or release the seats and choose again."
            )
            % {"count": count}
        )


class PaymentMismatch(BusinessRuleViolation):
    """The gateway reports another amount or currency than was asked for. ``payment`` is left as it was."""

    code = "payment_mismatch"

    def __init__(self, payment: "Payment") -> None:
        self.payment = payment
        super().__init__(_("The amount reported for this payment is not the amount that was asked for."))
