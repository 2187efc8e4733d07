"""Exceptions of vouchers: why one cannot be used, and what cannot be refunded."""

from datetime import date
from decimal import Decimal
from enum import Enum

from django.utils.translation import gettext as _

from cinema.domain.dates import shown_date
from cinema.domain.money import format_money
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice


class VoucherRefused(BusinessRuleViolation):
    """This voucher cannot be used. Nothing was booked. ``voucher`` is its code as typed, or the end of it."""

    code = "voucher_refused"

    def __init__(self, voucher: str, sentence: str, **more: object) -> None:
        self.voucher = voucher
        super().__init__(sentence % {"voucher": voucher, **more})


class UnknownVoucher(VoucherRefused, InvalidChoice):
    code = "unknown_voucher"

    def __init__(self, typed: str) -> None:
        super().__init__(typed, _("We don’t know the code “%(voucher)s”. Please check it."))


class VoucherBlocked(VoucherRefused):
    code = "voucher_blocked"

    def __init__(self, voucher: str) -> None:
        super().__init__(voucher, _("The voucher %(voucher)s is blocked. Please ask us at the box office."))


class VoucherUsed(VoucherRefused):
    """It has paid for a seat, or another order has just reserved it."""

    code = "voucher_used"

    def __init__(self, voucher: str, used_on: date) -> None:
        self.used_on = used_on
        day = shown_date(used_on, "j F Y")
        super().__init__(voucher, _("The voucher %(voucher)s was already used on %(day)s."), day=day)


class VoucherExpired(VoucherRefused):
    code = "voucher_expired"

    def __init__(self, voucher: str, expired_on: date) -> None:
        self.expired_on = expired_on
        day = shown_date(expired_on, "j F Y")
        super().__init__(voucher, _("The voucher %(voucher)s was valid until %(day)s."), day=day)


class VoucherNotYetValid(VoucherRefused):
    code = "voucher_not_yet_valid"

    def __init__(self, voucher: str, starts: date) -> None:
        self.starts = starts
        day = shown_date(starts, "j F Y")
        super().__init__(voucher, _("The voucher %(voucher)s is valid from %(day)s on."), day=day)


class VoucherOfOtherTheatre(VoucherRefused):
    code = "voucher_of_other_theatre"

    def __init__(self, voucher: str, theatre: str) -> None:
        super().__init__(voucher, _("The voucher %(voucher)s is only valid at %(theatre)s."), theatre=theatre)


class VoucherNotForShow(VoucherRefused):
    """It is for other films, days or times, or none is taken at this show."""

    code = "voucher_not_for_show"

    class Why(Enum):
        """What does not fit."""

        FILM = "film"
        TIME = "time"
        TAKES_NONE = "takes none"

    def __init__(self, voucher: str, why: Why, films: str = "") -> None:
        self.why = why
        sentences = {
            self.Why.FILM: _("The voucher %(voucher)s is only valid for %(films)s."),
            self.Why.TIME: _("The voucher %(voucher)s is not valid on this day or at this time."),
            self.Why.TAKES_NONE: _("No vouchers can be used for this show."),
        }
        super().__init__(voucher, sentences[why], films=films)


class VoucherNotForSeats(VoucherRefused):
    """None of the seats is of its categories, or none of the tickets of its types: ``needed``."""

    code = "voucher_not_for_seats"

    def __init__(self, voucher: str, needed: str) -> None:
        self.needed = needed
        super().__init__(
            voucher,
            _("The voucher %(voucher)s is only valid for %(needed)s. Please choose such a seat."),
            needed=needed,
        )


class VoucherNotNeeded(VoucherRefused):
    """Other vouchers, or discounts, already pay for all seats that it is good for."""

    code = "voucher_not_needed"

    def __init__(self, voucher: str) -> None:
        super().__init__(voucher, _("No seat is left for the voucher %(voucher)s to pay for. It stays unused."))


class VoucherIndivisible(BusinessRuleViolation):
    """A refund would return a part of what a voucher has paid; ``whole`` is what it has paid with the others."""

    code = "voucher_indivisible"

    def __init__(self, whole: Decimal) -> None:
        self.whole = whole
        super().__init__(
            _(
                "Vouchers paid %(whole)s of this. A voucher is returned as a whole, and never in money, so this "
                "amount cannot be refunded. Nothing was changed."
            )
            % {"whole": format_money(whole)}
        )
