"""Exceptions of gift cards."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from cinema.domain.dates import shown_date
from cinema.domain.money import format_money
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice, RateLimited


class TooManyWrongGiftCards(RateLimited):
    """Codes of gift cards were guessed too often from this IP."""

    code = "too_many_tries"

    def __init__(self, wait: timedelta) -> None:
        super().__init__(_("Too many wrong codes were entered. Please try again in %(minutes)d min."), wait)


class TooManyGiftCardOrders(RateLimited):
    """Gift cards were ordered too often from this IP."""

    code = "too_many_orders"

    def __init__(self, wait: timedelta) -> None:
        sentence = _(
            "Too many gift cards have been ordered from your network. Nothing was charged; please try again in "
            "%(minutes)d min."
        )
        super().__init__(sentence, wait)


class GiftCardReplaced(BusinessRuleViolation):
    """The gift card has been replaced by another, which is the one to change."""

    code = "gift_card_replaced"

    def __init__(self) -> None:
        super().__init__(_("This gift card has been replaced by another. Nothing was changed."))


class GiftCardUnpaid(BusinessRuleViolation):
    """The gift card is not paid yet, so there is nothing to block or replace."""

    code = "gift_card_unpaid"

    def __init__(self) -> None:
        super().__init__(_("This gift card is not paid for yet. Nothing was changed."))


class GiftCardNotReturnable(BusinessRuleViolation):
    """A purchase of a gift card cannot be refunded by staff, or the card not be replaced: some of it is spent, or its
    money is not simply here."""

    code = "gift_card_not_returnable"

    def __init__(self, left: Decimal, price: Decimal) -> None:
        if left != price:
            sentence = _(
                "Only %(left)s of %(price)s is left on this gift card, so its purchase cannot be refunded. Block or "
                "replace it instead."
            )
        else:
            sentence = _(
                "The payment of this gift card has been refunded or is disputed already, so nothing was changed."
            )
        super().__init__(sentence % {"left": format_money(left), "price": format_money(price)})


class GiftCardsNotOnInvoice(BusinessRuleViolation):
    """Gift cards cannot be sold on invoice: they are good only once they are paid for."""

    code = "gift_cards_not_on_invoice"

    def __init__(self) -> None:
        super().__init__(_("Gift cards cannot be sold on invoice. Please take the money for them first."))


class GiftCardRefused(BusinessRuleViolation):
    """Nobody can pay with this gift card. Nothing was booked. ``card`` is its code as typed, or the end of it."""

    code = "gift_card_refused"

    def __init__(self, card: str, sentence: str, **more: object) -> None:
        self.card = card
        super().__init__(sentence % {"card": card, **more})


class UnknownGiftCard(GiftCardRefused, InvalidChoice):
    code = "unknown_gift_card"

    def __init__(self, typed: str) -> None:
        super().__init__(typed, _("We don’t know the code “%(card)s”. Please check it."))


class GiftCardBlocked(GiftCardRefused):
    code = "gift_card_blocked"

    def __init__(self, card: str) -> None:
        super().__init__(card, _("The gift card %(card)s is blocked. Please ask us at the box office."))


class GiftCardExpired(GiftCardRefused):
    code = "gift_card_expired"

    def __init__(self, card: str, expired_on: date) -> None:
        self.expired_on = expired_on
        day = shown_date(expired_on, "j F Y")
        super().__init__(card, _("The gift card %(card)s was valid until %(day)s."), day=day)


class GiftCardEmpty(GiftCardRefused):
    code = "gift_card_empty"

    def __init__(self, card: str) -> None:
        super().__init__(card, _("Nothing is left on the gift card %(card)s."))


class GiftCardOfOtherCurrency(GiftCardRefused):
    code = "gift_card_other_currency"

    def __init__(self, card: str, currency: str) -> None:
        self.currency = currency
        sentence = _("The gift card %(card)s is in another currency (%(currency)s), so it cannot be spent here.")
        super().__init__(card, sentence, currency=currency)


class PrepaidChanged(BusinessRuleViolation):
    """Vouchers and gift cards leave ``rest`` to pay, which is not what the buyer was shown."""

    code = "prepaid_changed"

    def __init__(self, rest: Decimal) -> None:
        self.rest = rest
        super().__init__(
            _("With your vouchers and gift cards, %(rest)s is left to pay. Please check it and confirm it again.")
            % {"rest": format_money(rest)}
        )


class GiftCardForGiftCard(GiftCardRefused):
    """A gift card cannot pay for gift cards. ``card`` is its code as typed."""

    code = "gift_card_for_gift_card"

    def __init__(self, card: str) -> None:
        super().__init__(card, _("Gift card %(card)s cannot pay for gift cards. Nothing was booked."))
