"""Exceptions of prices and ticket types."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.domain.lists import and_list
from cinema.domain.money import format_money, quantize
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice

if TYPE_CHECKING:
    from cinema.models import TicketType


class PriceNameTaken(BusinessRuleViolation):
    """The theatre has a price card or ticket type of this name already."""

    code = "price_name_taken"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(_("There is already one called “%(name)s”.") % {"name": name})


class AmountTooPrecise(InvalidChoice):
    """The currency has no coins for ``amount``."""

    code = "amount_too_precise"

    def __init__(self, amount: Decimal) -> None:
        self.amount = amount
        said = {"currency": settings.CURRENCY, "example": format_money(quantize(Decimal("9.50")))}
        if quantize(Decimal("0.01")):
            text = _("An amount in %(currency)s has at most 2 decimal places, such as %(example)s.")
        else:
            text = _("An amount in %(currency)s has no decimal places, such as %(example)s.")
        super().__init__(text % said)


class PlainPriceMissing(InvalidChoice):
    """Every seat needs a price with the plain ticket. ``categories`` are the names of those without."""

    code = "plain_price_missing"

    def __init__(self, kind: str, categories: Sequence[str]) -> None:
        self.kind, self.categories = kind, list(categories)
        super().__init__(
            _("“%(kind)s” is the standard ticket, so it needs a price for %(categories)s.")
            % {"kind": kind, "categories": and_list(self.categories)}
        )


class PriceTooHigh(InvalidChoice):
    """A seat could cost more than ``most`` with all surcharges added."""

    code = "price_too_high"

    def __init__(self, most: Decimal) -> None:
        self.most = most
        super().__init__(
            _("With all surcharges together, a seat would cost more than %(most)s.") % {"most": format_money(most)}
        )


class PlainTypeStays(BusinessRuleViolation):
    """The plain ticket type, whose prices the seat map shows, stays first and on sale."""

    code = "plain_kind_stays"

    def __init__(self, kind: "TicketType") -> None:
        self.kind = kind
        super().__init__(
            _("“%(kind)s” is the standard ticket. It stays first and cannot be retired, but you can rename it.")
            % {"kind": kind}
        )


class PlainTypeHasNoRules(InvalidChoice):
    """Everybody may buy the plain ticket, so it has no rules."""

    code = "plain_type_has_no_rules"

    def __init__(self, kind: "TicketType") -> None:
        self.kind = kind
        super().__init__(
            _(
                "Everybody may buy “%(kind)s”, alone and online, so it cannot have rules. "
                "Please add another ticket type."
            )
            % {"kind": kind}
        )


class PlainTypeBearsFee(InvalidChoice):
    """The seat map shows the plain price with the booking fee, so the plain type cannot waive it."""

    code = "plain_type_bears_fee"

    def __init__(self, kind: "TicketType") -> None:
        self.kind = kind
        super().__init__(
            _(
                "The seat map shows the price of “%(kind)s” with the booking fee, so this type cannot waive it. "
                "If nobody should pay a fee, remove it from the theatre’s settings."
            )
            % {"kind": kind}
        )


class TicketTypeRule(BusinessRuleViolation):
    """An order breaks the rules of ``ticket_type``."""

    def __init__(self, ticket_type: "TicketType", sentence: str, **more: int) -> None:
        self.ticket_type = ticket_type
        super().__init__(sentence % {"type": ticket_type.localized.name, **more})


class SoldAtCounterOnly(TicketTypeRule):
    code = "sold_at_counter_only"

    def __init__(self, ticket_type: "TicketType") -> None:
        super().__init__(
            ticket_type,
            _("“%(type)s” tickets are sold at the box office only. Please choose another ticket type."),
        )


class TooManyOfType(TicketTypeRule):
    code = "too_many_of_type"

    def __init__(self, ticket_type: "TicketType", most: int) -> None:
        text = ngettext(
            "One order can have at most %(most)d “%(type)s” ticket. Please choose another type for the others.",
            "One order can have at most %(most)d “%(type)s” tickets. Please choose another type for the others.",
            most,
        )
        super().__init__(ticket_type, text, most=most)


class NeedsWheelchairSpace(TicketTypeRule):
    code = "needs_wheelchair_space"

    def __init__(self, ticket_type: "TicketType") -> None:
        super().__init__(
            ticket_type,
            _("Each “%(type)s” ticket needs a wheelchair space in the same order. Please choose another ticket type."),
        )


class NeedsPaidTickets(TicketTypeRule):
    code = "needs_paid_tickets"

    def __init__(self, ticket_type: "TicketType") -> None:
        text = ngettext(
            "Each “%(type)s” ticket needs %(number)d other paid ticket in the same order.",
            "Each “%(type)s” ticket needs %(number)d other paid tickets in the same order.",
            ticket_type.paying_others,
        )
        super().__init__(ticket_type, text, number=ticket_type.paying_others)
