"""Exceptions of invoices."""

from decimal import Decimal

from django.utils.translation import gettext as _

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
