"""Exceptions of payments and refunds."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.exceptions.base import BusinessRuleViolation

if TYPE_CHECKING:
    from cinema.models import Payment, Ticket


class AlreadyPaid(BusinessRuleViolation):
    """The booking is already paid, as ``ticket``."""

    code = "already_paid"

    def __init__(self, ticket: "Ticket") -> None:
        self.ticket = ticket
        super().__init__(_("This booking is already paid; nothing was charged again."))


class IdempotencyKeyReused(BusinessRuleViolation):
    """An idempotency key was reused with a different request."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This request key was already used for a different booking. Nothing was booked or charged."))


class PaymentsUnavailable(BusinessRuleViolation):
    """No payment provider is configured, or it does not answer."""

    code = "payments_unavailable"

    def __init__(self) -> None:
        super().__init__(_("We can’t take payments at the moment. Nothing was charged."))


class ReaderNotReady(BusinessRuleViolation):
    """A card reader is not connected, or busy, or none was chosen for the till."""

    code = "reader_not_ready"

    def __init__(self) -> None:
        text = _(
            "The card reader is not connected, or it is busy. Nothing was charged; please look at it and try again, or"
            " take the payment in another way."
        )
        super().__init__(text)


class PaymentWaiting(BusinessRuleViolation):
    """A payment that was started at a till waits for the provider, so the sale takes no other."""

    code = "payment_waiting"

    def __init__(self) -> None:
        super().__init__(_("This sale still waits for a payment. Please cancel that first; nothing else was booked."))


class PaymentModeNotOffered(BusinessRuleViolation):
    """``mode``, a PaymentMode, is not offered, or no longer."""

    code = "payment_mode_not_offered"

    def __init__(self, mode: str) -> None:
        self.mode = mode
        super().__init__(_("This payment method is no longer offered. Nothing was charged; please choose another one."))


class WebhookForged(BusinessRuleViolation):
    """A webhook request has no valid signature of the payment provider."""

    code = "webhook_forged"

    def __init__(self) -> None:
        super().__init__(_("The signature of this message is not the payment provider's."))


class PaymentUndecided(BusinessRuleViolation):
    """The provider never decided ``payment``, which is no longer polled."""

    code = "payment_undecided"

    def __init__(self, payment: "Payment") -> None:
        self.payment = payment
        super().__init__(_("The payment provider has never reported whether this payment was made."))


class TooManyPayments(BusinessRuleViolation):
    """Payments for the same seats were started ``count`` times, the most allowed."""

    code = "too_many_payments"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            ngettext(
                "You have started to pay for these seats %(count)d time. Please finish the payment you started, "
                "or release the seats and choose again.",
                "You have started to pay for these seats %(count)d times. Please finish the payment you started, "
                "or release the seats and choose again.",
                count,
            )
            % {"count": count}
        )


class ReportMismatch(BusinessRuleViolation):
    """The provider ``reported`` something that does not fit ``payment``, which is unchanged.

    ``incident`` is the PaymentIncident.Kind under which it is kept for staff.
    """

    code = "report_mismatch"
    incident: str

    def __init__(self, payment: "Payment", reported: str) -> None:
        self.payment, self.reported = payment, reported
        super().__init__(_("What the payment provider reports does not fit this payment."))


class PaymentMismatch(ReportMismatch):
    """The provider reported another amount or currency than requested."""

    incident = "MISMATCH"


class PaidAgain(ReportMismatch):
    """The provider reported other money for a payment that was made already."""

    incident = "PAID_AGAIN"


class OtherRefund(ReportMismatch):
    """The provider reported another amount or currency for a refund than was ordered."""

    incident = "OTHER_REFUND"


class ExtraRefund(ReportMismatch):
    """The provider lists a refund beside the one that is booked, or that was settled by hand."""

    incident = "EXTRA_REFUND"


class PaymentNotListed(ReportMismatch):
    """The provider does not list a payment that was booked as paid."""

    incident = "NOT_PAID"


class RefundNotListed(ReportMismatch):
    """The provider does not list a refund that was booked as done."""

    incident = "NOT_REFUNDED"


class DisputeMismatch(ReportMismatch):
    """The provider reported a dispute in another currency, or of an impossible amount."""

    incident = "DISPUTE"


class FeeMismatch(ReportMismatch):
    """The provider reported a fee in another currency, of an impossible amount, or another one than before."""

    incident = "FEE"


class ReportUnconfirmed(BusinessRuleViolation):
    """A message of the provider may be older than what is known; it must be asked."""

    code = "report_unconfirmed"

    def __init__(self) -> None:
        super().__init__(_("This message of the payment provider has to be confirmed by the provider."))


class RefundRefused(BusinessRuleViolation):
    """The provider refused to refund ``payment``."""

    code = "refund_refused"

    def __init__(self, payment: "Payment") -> None:
        self.payment = payment
        super().__init__(_("The payment provider has refused this refund."))


class RefundMismatch(ReportMismatch):
    """The provider reported a refund of more than is left of the payment."""

    incident = "OVER_REFUND"


class RefundNotRefused(BusinessRuleViolation):
    """A refund was to be settled by hand that the provider has not refused, or that is settled already."""

    code = "refund_not_refused"

    def __init__(self) -> None:
        super().__init__(_("This refund does not need to be settled by hand. Nothing was changed."))
