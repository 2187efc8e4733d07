"""Exceptions of coupons: why a typed code gives no discount, and what a coupon cannot be."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.domain.dates import shown_date
from cinema.domain.money import format_money
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice


class CouponRefused(BusinessRuleViolation):
    """No discount for ``coupon``: its code, or the name of one without. Nothing was booked."""

    code = "coupon_refused"

    def __init__(self, coupon: str, sentence: str, **more: object) -> None:
        self.coupon = coupon
        super().__init__(sentence % {"coupon": coupon, **more})


class UnknownCoupon(CouponRefused, InvalidChoice):
    """There is no coupon with this code."""

    code = "unknown_coupon"

    def __init__(self, typed: str) -> None:
        super().__init__(typed, _("We don’t know the code “%(coupon)s”. Please check it, or leave it empty."))


class CouponEnded(CouponRefused):
    code = "coupon_ended"

    def __init__(self, coupon: str) -> None:
        super().__init__(coupon, _("“%(coupon)s” has ended, so it no longer gives a discount."))


class CouponNotYetValid(CouponRefused):
    code = "coupon_not_yet_valid"

    def __init__(self, coupon: str, starts: date) -> None:
        self.starts = starts
        super().__init__(coupon, _("“%(coupon)s” is valid from %(day)s on."), day=shown_date(starts, "j F Y"))


class CouponUsedUp(CouponRefused):
    code = "coupon_used_up"

    def __init__(self, coupon: str) -> None:
        super().__init__(coupon, _("“%(coupon)s” has been used up, so it no longer gives a discount."))


class CouponAlreadyUsed(CouponRefused):
    """This person has used it as often as allowed."""

    code = "coupon_already_used"

    def __init__(self, coupon: str, most: int) -> None:
        self.most = most
        sentence = ngettext(
            "You have already used “%(coupon)s”. Each person can use it once.",
            "You have already used “%(coupon)s” %(most)d times. Nobody can use it more often.",
            most,
        )
        super().__init__(coupon, sentence, most=most)


class CouponNotForShow(CouponRefused):
    """It is for other shows, or no coupon is taken at this one."""

    code = "coupon_not_for_show"

    def __init__(self, coupon: str, *, takes_none: bool) -> None:
        if takes_none:
            super().__init__(coupon, _("No coupons can be used for this show, so “%(coupon)s” gives no discount."))
        else:
            super().__init__(coupon, _("“%(coupon)s” is not valid for this show."))


class CouponConditionUnmet(CouponRefused):
    """The order has too few seats that the coupon is for, or they cost too little."""

    code = "coupon_condition_unmet"

    def __init__(self, coupon: str, *, party: int, minimum: Decimal, types: str) -> None:
        self.party, self.minimum, self.types = party, minimum, types
        said = {"party": party, "minimum": format_money(minimum), "types": types}
        if types and minimum:
            sentence = ngettext(
                "“%(coupon)s” needs %(party)d seat (%(types)s) that costs %(minimum)s.",
                "“%(coupon)s” needs %(party)d seats (%(types)s) that cost %(minimum)s together.",
                party,
            )
        elif types:
            sentence = ngettext(
                "“%(coupon)s” needs %(party)d seat of this type: %(types)s.",
                "“%(coupon)s” needs %(party)d seats of this type: %(types)s.",
                party,
            )
        elif minimum:
            sentence = ngettext(
                "“%(coupon)s” needs %(party)d seat that costs %(minimum)s.",
                "“%(coupon)s” needs %(party)d seats that cost %(minimum)s together.",
                party,
            )
        else:
            sentence = ngettext(
                "“%(coupon)s” needs %(party)d seat that costs something.",
                "“%(coupon)s” needs %(party)d seats that cost something.",
                party,
            )
        super().__init__(coupon, sentence, **said)


class CouponChanged(CouponRefused):
    """Its conditions were changed between the price and the booking."""

    code = "coupon_changed"

    def __init__(self, coupon: str) -> None:
        super().__init__(coupon, _("“%(coupon)s” has just been changed. Please check the total and confirm it again."))


class CouponCodeTaken(BusinessRuleViolation):
    """Another coupon has this code, perhaps at another theatre."""

    code = "coupon_code_taken"

    def __init__(self, coupon_code: str) -> None:
        self.coupon_code = coupon_code
        super().__init__(
            _("There is already a coupon with the code “%(code)s”. Please choose another.") % {"code": coupon_code}
        )


class CouponUsedMore(InvalidChoice):
    """It has been used more often than the new limit allows."""

    code = "coupon_used_more"

    def __init__(self, used: int) -> None:
        self.used = used
        text = ngettext(
            "It has already been used %(used)d time, so the limit cannot be lower.",
            "It has already been used %(used)d times, so the limit cannot be lower.",
            used,
        )
        super().__init__(text % {"used": used})
