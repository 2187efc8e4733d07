"""Prices that cannot be set like this."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from cinema.exceptions.base import InvalidChoice, RuleBroken
from cinema.money import format_money

if TYPE_CHECKING:
    from cinema.models import TicketType


class PriceNameTaken(RuleBroken):
    """The theatre has a price card, or a kind of ticket, of this name already."""

    code = "price_name_taken"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(_("There is one called “%(name)s” already. Please choose another name.") % {"name": name})


class PlainPriceMissing(InvalidChoice):
    """Every seat needs a price with the plain ticket. ``categories`` are the names of those without."""

    code = "plain_price_missing"

    def __init__(self, kind: str, categories: Sequence[str]) -> None:
        self.kind, self.categories = kind, list(categories)
        super().__init__(
            _("Everybody may buy “%(kind)s”, so it needs a price for %(categories)s.")
            % {"kind": kind, "categories": get_text_list(self.categories, _("and"))}
        )


class PriceTooHigh(InvalidChoice):
    """A seat could cost more than ``most`` when every surcharge comes together."""

    code = "price_too_high"

    def __init__(self, most: Decimal) -> None:
        self.most = most
        super().__init__(
            _("With all surcharges together a seat would cost more than %(most)s.") % {"most": format_money(most)}
        )


class PlainKindStays(RuleBroken):
    """The plain kind of ticket is the one the seat map's prices are for: it stays first, and on sale."""

    code = "plain_kind_stays"

    def __init__(self, kind: "TicketType") -> None:
        self.kind = kind
        super().__init__(
            _("“%(kind)s” is the ticket everybody may buy: it stays first and cannot be retired. You can rename it.")
            % {"kind": kind}
        )
