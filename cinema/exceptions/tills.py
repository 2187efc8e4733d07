"""Exceptions of tills."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from cinema.domain.dates import shown_date
from cinema.domain.money import format_money
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice, RateLimited


class TillNameTaken(BusinessRuleViolation):
    """The theatre has a till of this name."""

    code = "till_name_taken"

    def __init__(self) -> None:
        super().__init__(_("There is a till with this name already. Please choose another one."))


class TillNotInUse(BusinessRuleViolation):
    """The till was put out of use."""

    code = "till_not_in_use"

    def __init__(self) -> None:
        super().__init__(_("This till is not in use any more."))


class TillInSession(BusinessRuleViolation):
    """The till has an open session, so it can neither be opened nor put out of use."""

    code = "till_in_session"

    def __init__(self) -> None:
        super().__init__(_("This till is open. Please count and close it first."))


class TillNotOpen(BusinessRuleViolation):
    """The session is closed, or there is none."""

    code = "till_not_open"

    def __init__(self) -> None:
        super().__init__(_("This till is closed. Please open it first; nothing was booked."))


class TillCounted(BusinessRuleViolation):
    """The drawer has been counted, so nothing may change in it."""

    code = "till_counted"

    def __init__(self) -> None:
        super().__init__(_("The drawer has been counted. Please close the till and open it again; nothing was booked."))


class TillNotCounted(BusinessRuleViolation):
    """The drawer must be counted before its session is closed."""

    code = "till_not_counted"

    def __init__(self) -> None:
        super().__init__(_("Please count the drawer first."))


class TillOfEarlierDay(BusinessRuleViolation):
    """The session was opened on an earlier trading day, which must be closed first."""

    code = "till_of_earlier_day"

    def __init__(self) -> None:
        super().__init__(_("This till is still open from an earlier day. Please count and close it first."))


class DrawerTooEmpty(BusinessRuleViolation):
    """More cash was to leave a drawer than is in it."""

    code = "drawer_too_empty"

    def __init__(self, amount: Decimal) -> None:
        self.amount = amount
        text = _("There is less than %(amount)s in the drawer. Nothing was booked.")
        super().__init__(text % {"amount": format_money(amount)})


class VarianceUnexplained(BusinessRuleViolation):
    """A variance needs a reason and a second person."""

    code = "variance_unexplained"

    def __init__(self) -> None:
        super().__init__(_("Please give a reason for the difference, and let a second person confirm it."))


class DayClosed(BusinessRuleViolation):
    """The trading day is closed already, or one after it is."""

    code = "day_closed"

    def __init__(self, day: date) -> None:
        self.day = day
        text = _(
            "%(day)s is closed already. Tills can be opened again the next day; anything booked until then counts"
            " towards it."
        )
        super().__init__(text % {"day": shown_date(day, "l j F")})


class DayNotBegun(InvalidChoice):
    """The trading day to be closed is in the future."""

    code = "day_not_begun"

    def __init__(self) -> None:
        super().__init__(_("This day has not begun yet."))


class DayNotReady(BusinessRuleViolation):
    """What must be done before a trading day is closed: ``sessions`` to be counted and closed, ``orders`` of the
    counter, by reference, to be finished or voided."""

    code = "day_not_ready"

    def __init__(self, sessions: Sequence[str], orders: Sequence[str]) -> None:
        self.sessions, self.orders = sessions, orders
        super().__init__(_("The day cannot be closed yet. Please do first what is listed here; nothing was changed."))


class WrongPin(InvalidChoice):
    """The person has another PIN, or none."""

    code = "wrong_pin"

    def __init__(self) -> None:
        super().__init__(_("This PIN is wrong. Please try again."))


class TooManyWrongPins(RateLimited):
    """The PIN of a person was guessed too often."""

    code = "too_many_tries"

    def __init__(self, wait: timedelta) -> None:
        text = _(
            "Too many wrong PINs were entered. Please try again in %(minutes)d min, or have a manager set a new PIN."
        )
        super().__init__(text, wait)
