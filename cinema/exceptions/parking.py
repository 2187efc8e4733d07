"""Exceptions of sales that are parked or reserved at the counter."""

from datetime import datetime

from django.utils.translation import gettext as _

from cinema.exceptions.base import BusinessRuleViolation


class ParkedSaleGone(BusinessRuleViolation):
    """Somebody has taken the sale up, or released it, already."""

    code = "parked_sale_gone"

    def __init__(self) -> None:
        super().__init__(_("Somebody has taken this sale up already, or released its seats."))


class SaleInHand(BusinessRuleViolation):
    """Another sale is in hand at this till."""

    code = "sale_in_hand"

    def __init__(self) -> None:
        super().__init__(_("Please finish or park the sale in hand first."))


class ReservationTooLate(BusinessRuleViolation):
    """A reservation would have ended at ``until`` already."""

    code = "reservation_too_late"

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(_("The show begins too soon for that. Please sell the seats now, or give less time."))
