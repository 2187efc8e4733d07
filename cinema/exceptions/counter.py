"""Exceptions of sales at the counter."""

from decimal import Decimal

from django.utils.translation import gettext as _

from cinema.domain.money import format_money
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice


class SaleEmpty(BusinessRuleViolation):
    """Nothing is in the sale, or its seats are no longer held."""

    code = "sale_empty"

    def __init__(self) -> None:
        super().__init__(_("There are no seats in this sale, or they were held too long. Please choose again."))


class SalePartPaid(BusinessRuleViolation):
    """Part of the sale is paid, so nothing in it can be changed."""

    code = "sale_part_paid"

    def __init__(self) -> None:
        super().__init__(_("Part of this sale is paid. Please take the rest, or void the sale."))


class SaleNotOpen(BusinessRuleViolation):
    """The sale is finished or was voided already."""

    code = "sale_not_open"

    def __init__(self) -> None:
        super().__init__(_("This sale is finished or voided already. Nothing was changed."))


class SaleNotVoidable(BusinessRuleViolation):
    """The sale is not one of this session, or was changed since, or somebody is inside already, or the show is over."""

    code = "sale_not_voidable"

    def __init__(self) -> None:
        text = _(
            "Only a whole sale of this till, since it was opened, can be voided, before anybody is admitted. Please"
            " cancel the order instead; its money is then paid out at a till."
        )
        super().__init__(text)


class SeatsLost(BusinessRuleViolation):
    """The seats of a sale are gone: they were held for too long. Nothing was booked."""

    code = "seats_lost"

    def __init__(self) -> None:
        super().__init__(_("The seats of this sale are gone. Nothing was booked; please void the sale."))


class TenderTooHigh(InvalidChoice):
    """More was to be taken by card than is due."""

    code = "tender_too_high"

    def __init__(self) -> None:
        super().__init__(_("This is more than is due. Nothing was booked; only cash gives change."))


class NothingTendered(InvalidChoice):
    """Nothing was to be taken of a sale of which something is due."""

    code = "nothing_tendered"

    def __init__(self) -> None:
        super().__init__(_("Please enter how much is paid. Nothing was booked."))


class CashNotInCoins(InvalidChoice):
    """No coins are there for the cash that was handed over: it is rounded to ``coin``, so ``due`` is to be paid."""

    code = "cash_not_in_coins"

    def __init__(self, due: Decimal, coin: Decimal) -> None:
        self.due, self.coin = due, coin
        text = _("Cash is rounded to %(coin)s. To pay all of it, %(due)s is due. Nothing was booked.")
        super().__init__(text % {"coin": format_money(coin), "due": format_money(due)})


class PriceNotLower(InvalidChoice):
    """A seat was to be sold at its list price, or above it."""

    code = "price_not_lower"

    def __init__(self) -> None:
        super().__init__(_("The new price must be lower than the price of each of these seats. Nothing was changed."))
