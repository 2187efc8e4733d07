"""Exceptions of receipts."""

from django.utils.translation import gettext as _

from cinema.exceptions.base import BusinessRuleViolation


class ReceiptNotChangeable(BusinessRuleViolation):
    """A receipt cannot be issued again for a company: there is none, it was done before, or all of it was refunded."""

    code = "receipt_not_changeable"

    def __init__(self) -> None:
        super().__init__(_("This receipt can’t be issued again. If it is wrong, please ask the box office."))
