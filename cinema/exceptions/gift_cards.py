"""Exceptions of gift cards."""

from datetime import timedelta

from django.utils.translation import gettext as _

from cinema.exceptions.base import BusinessRuleViolation, RateLimited


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
