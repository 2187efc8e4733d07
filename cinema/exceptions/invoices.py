"""Exceptions of invoices."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from cinema.domain.dates import shown_date
from cinema.domain.money import format_money
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice
from cinema.exceptions.payments import IdempotencyKeyReused


class NothingToInvoice(BusinessRuleViolation):
    """Vouchers and gift cards pay for all of a sale, or it is free."""

    code = "nothing_to_invoice"

    def __init__(self) -> None:
        super().__init__(_("Nothing is left to pay in this sale. Please finish it at the till, without an invoice."))


class InvoiceOverpaid(InvalidChoice):
    """More was to be entered as paid than is ``left`` of an invoice."""

    code = "invoice_overpaid"

    def __init__(self, left: Decimal) -> None:
        self.left = left
        if left:
            text = _("Only %(left)s of this invoice is left to pay. Nothing was booked.")
            super().__init__(text % {"left": format_money(left)})
        else:
            super().__init__(_("Nothing of this invoice is left to pay. Nothing was booked."))


class InvoicePaidTooEarly(InvalidChoice):
    """A payment is dated before the day ``since`` of its invoice."""

    code = "invoice_paid_too_early"

    def __init__(self, since: date) -> None:
        self.since = since
        text = _("This invoice is of %(day)s. Nothing was booked; please check the day of the transfer.")
        super().__init__(text % {"day": shown_date(since, "j F Y")})


class InvoicePaymentReversed(BusinessRuleViolation):
    """A payment of an invoice was reversed before, or is itself a reversal."""

    code = "invoice_payment_reversed"

    def __init__(self) -> None:
        super().__init__(_("This payment was reversed already. Nothing was booked."))


class InvoicePaymentRefunded(BusinessRuleViolation):
    """A payment of an invoice cannot be reversed, since its money went back to the payer, or will."""

    code = "invoice_payment_refunded"

    def __init__(self) -> None:
        super().__init__(_("This money was refunded, or is about to be, so it cannot be reversed. Nothing was booked."))


class InvoicePaymentKeyReused(IdempotencyKeyReused):
    """Another payment of an invoice was entered under the same key before: the browser's way back shows its form."""

    def __init__(self) -> None:
        BusinessRuleViolation.__init__(
            self,
            _(
                "This form has entered another payment before. Nothing was booked; please check what was paid, and send"
                " it again if this is missing."
            ),
        )
