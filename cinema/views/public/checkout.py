"""The content of the checkout page: holds, what their seats cost together, and the form filled in with that."""

import secrets
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cinema.domain.texts import normalise_email
from cinema.exceptions import BusinessRuleViolation, TicketTypeRule
from cinema.forms.booking.booking import CheckoutForm, TicketTypesField, first_mode
from cinema.forms.core.fields import LONGEST_ADDRESS
from cinema.models import Hold, LegalText, Order, ShowSeat
from cinema.models.annotated import HoldNow
from cinema.selectors.booking.coupons import CouponRequest
from cinema.selectors.booking.gift_cards import CardsAtCheckout, cards_at_checkout
from cinema.selectors.booking.holds import holds_beside
from cinema.selectors.booking.quotes import Quote, QuoteRequest, quote
from cinema.selectors.booking.tariffs import Choice, TariffLine, order_lines, ticket_choices
from cinema.selectors.booking.tickets import SaleTerms, sale_terms
from cinema.selectors.booking.vouchers import ChosenVouchers, split_codes, vouchers_at_checkout
from cinema.selectors.people.legal import terms_in_force
from cinema.services.booking.ticket_rules import check_ticket_types
from cinema.web.http import HtmxRequest

TYPE = TicketTypesField.Widget.prefix


class OrderRow(NamedTuple):
    """A held seat on the checkout page: its price, and the ticket types to choose from, if there is a choice."""

    line: TariffLine
    choices: Sequence[Choice]


class CheckoutPart(NamedTuple):
    """One of the holds on the checkout page."""

    hold: HoldNow
    rows: Sequence[OrderRow]

    @property
    def seats(self) -> list[ShowSeat]:
        return [row.line.seat for row in self.rows]

    @property
    def terms(self) -> SaleTerms:
        return sale_terms(self.hold.show)


class Checkout(NamedTuple):
    """The holds on the checkout page, and what their seats cost together."""

    parts: Sequence[CheckoutPart]
    quote: Quote
    vouchers: ChosenVouchers
    cards: CardsAtCheckout

    @property
    def rows(self) -> list[OrderRow]:
        return [row for part in self.parts for row in part.rows]

    @property
    def refusal(self) -> BusinessRuleViolation | None:
        """Why a typed voucher or gift card cannot be used."""
        return self.vouchers.refusal or self.cards.refusal

    @property
    def taken(self) -> dict[str, list[str]]:
        """The codes that pay, by the names of their fields."""
        cards = [use.card.code for use in self.cards.uses]
        return {"vouchers": [use.voucher.code for use in self.vouchers.uses], "gift_cards": cards}

    @property
    def beside(self) -> list[str]:
        """The codes of the holds beside the one whose page it is."""
        return [part.hold.code for part in self.parts[1:]]

    @property
    def seat_ids(self) -> list[int]:
        return [row.line.seat.pk for row in self.rows]


def posted_checkout(request: HtmxRequest, found: HoldNow, form: CheckoutForm) -> Checkout:
    """The seats with the ticket types, coupon code and address as posted."""
    email = normalise_email(str(form.data.get("email", ""))[:LONGEST_ADDRESS])
    return new_checkout(request, found, form.chosen_types, CouponRequest(typed_code(form), email), form.prepaid)


def new_checkout(
    request: HtmxRequest,
    found: HoldNow,
    types: Mapping[int, int],
    coupons: CouponRequest,
    prepaid: Sequence[str],
) -> Checkout:
    """The hold and those beside it, of which one order is made, and what codes of vouchers and gift cards pay of it."""
    has_more = any(hold != found for hold in request.my_holds)
    holds = [found, *(holds_beside(found) if has_more else [])]
    parts = [CheckoutPart(hold, _rows(hold, types)) for hold in holds]
    coupons = coupons._replace(user_id=request.user.pk, holds=holds)
    lines = [row.line for part in parts for row in part.rows]
    priced = quote(lines, [hold.show for hold in holds], QuoteRequest(found.now, Order.Channel.WEB, coupons))
    codes, cards = split_codes(prepaid)
    vouchers = vouchers_at_checkout(codes, priced, holds)
    return Checkout(parts, priced, vouchers, cards_at_checkout(cards, priced.total - vouchers.amount, holds))


def _rows(found: Hold, types: Mapping[int, int]) -> list[OrderRow]:
    """The seats with the chosen ticket types, or with the plain one where a type is not sold."""
    seats = list(found.seats.all())
    choices = {
        pk: [choice for choice in offered if not choice.ticket_type.counter_only]
        for pk, offered in ticket_choices(seats).items()
    }
    known = {pk: {choice.ticket_type.pk for choice in offered} for pk, offered in choices.items()}
    chosen = {pk: kind for pk, kind in types.items() if kind in known.get(pk, ())}
    lines = order_lines(seats, found.show.screen.theatre, chosen, choices)
    return [OrderRow(line, _to_choose(line, choices.get(line.seat.pk, ()))) for line in lines]


def _to_choose(line: TariffLine, choices: Sequence[Choice]) -> Sequence[Choice]:
    """The ticket types to choose from; empty if there is only one, or if the seat is free with every type."""
    comes_free = line.price < next((choice.amount for choice in choices if choice.ticket_type == line.ticket_type), 0)
    return () if len(choices) < 2 or comes_free else choices


def filled_in(checkout: Checkout, typed: Mapping[str, str]) -> CheckoutForm:
    """A new form for what is shown, with what was ``typed`` before."""
    shown = {"holds": checkout.beside, "seats": checkout.seat_ids, "total": checkout.quote.total}
    shown |= {"rest": checkout.cards.rest, "key": secrets.token_urlsafe(16), **checkout.taken}
    shown["gift_card"] = typed.get("gift_card", "") if checkout.refusal else ""
    return CheckoutForm(initial={**typed, **shown}, terms=_terms(checkout))


def confirmable(checkout: Checkout, form: CheckoutForm) -> CheckoutForm:
    """The form as posted, with a new idempotency key and the present seats and total."""
    data = form.data.copy()
    data.setlist("holds", checkout.beside)
    data.setlist("seats", map(str, checkout.seat_ids))
    data["key"], data["total"] = secrets.token_urlsafe(16), str(checkout.quote.total)
    data["rest"] = str(checkout.cards.rest)
    for name, codes in checkout.taken.items():
        data.setlist(name, codes)
    if not checkout.refusal:
        data["gift_card"] = ""
    data.setdefault("mode", first_mode())  # missing if there was nothing to pay when the page was shown
    for name in [name for name in data if name.startswith(TYPE)]:
        del data[name]
    chosen = {row.line.seat.pk: row.line.ticket_type for row in checkout.rows if row.choices}
    data.update({f"{TYPE}{seat}": str(kind.pk) for seat, kind in chosen.items() if kind})
    return CheckoutForm(data, terms=_terms(checkout))


def _terms(checkout: Checkout) -> LegalText | None:
    return terms_in_force(checkout.parts[0].hold.show.screen.theatre_id)


def typed_code(form: CheckoutForm) -> str:
    """The coupon code as posted."""
    return str(form.data.get("coupon", ""))[:LONGEST_ADDRESS]


def broken_rule(part: CheckoutPart) -> str:
    """The sentence of the ticket-type rule that the choice breaks, shown before checkout; "" if none."""
    try:
        check_ticket_types(lines=[row.line for row in part.rows])
    except TicketTypeRule as error:
        return str(error)
    return ""
