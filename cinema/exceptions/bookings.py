"""Exceptions of shows, holds and offers that have ended or changed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.domain.clock import written_time
from cinema.domain.dates import day_and_time, shown_date
from cinema.domain.money import format_money
from cinema.domain.seating.names import seat_codes
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice

if TYPE_CHECKING:
    from cinema.models import Show, ShowSeat


class UnknownShow(InvalidChoice):
    code = "unknown_show"

    def __init__(self) -> None:
        super().__init__(_("There is no such show."))


class PhoneMissing(InvalidChoice):
    """The theatre asks buyers for a phone number."""

    code = "phone_missing"

    def __init__(self) -> None:
        super().__init__(_("Please enter a phone number, in case your show changes."))


class ShowNotOnSale(BusinessRuleViolation):
    """``show``, loaded with its theatre, has started or was cancelled, or its sale has not begun or is over."""

    code = "not_on_sale"

    def __init__(self, show: "Show") -> None:
        self.show = show
        if show.status == show.Status.CANCELLED:
            text = _("This show was cancelled, so no seats can be booked.")
        elif show.sales_start_at and show.sales_start_at > timezone.now():
            local = show.sales_start_at.astimezone(show.screen.theatre.tz)
            start = day_and_time(shown_date(local, "l j F"), written_time(local))
            text = _("Seats for this show can be booked from %(start)s.") % {"start": start}
        elif show.starts_at > timezone.now():
            text = _("Online sales for this show have ended. Please ask at the box office.")
        else:
            text = _("This show has already started, so it can no longer be booked.")
        super().__init__(text)


class HoldExpired(BusinessRuleViolation):
    """The hold is over: it ran out, was released, or was booked. Nothing was charged."""

    code = "hold_expired"

    def __init__(self) -> None:
        super().__init__(_("Your seats are no longer held. Nothing was charged; please choose again."))


class HoldTimeLimitReached(BusinessRuleViolation):
    """The hold cannot be extended further. ``minutes`` is the longest a hold can last."""

    code = "hold_at_its_limit"

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        text = ngettext(
            "Seats can be held for %(minutes)d minute at most.",
            "Seats can be held for %(minutes)d minutes at most.",
            minutes,
        )
        super().__init__(text % {"minutes": minutes})


class PriceChanged(BusinessRuleViolation):
    """The total the buyer was shown (``seen``) is not what the seats cost (``amount``)."""

    code = "price_changed"

    def __init__(self, seen: Decimal, amount: Decimal) -> None:
        self.seen, self.amount = seen, amount
        text = _("The total has changed from %(seen)s to %(amount)s. Nothing was charged – please check and try again.")
        super().__init__(text % {"amount": format_money(amount), "seen": format_money(seen)})


class SeatsChanged(BusinessRuleViolation):
    """The hold consists of other ``seats`` than the buyer was shown, for instance in another tab."""

    code = "seats_changed"

    def __init__(self, seats: "Sequence[ShowSeat]") -> None:
        self.seats = list(seats)
        text = _("You changed your seats in another tab (now %(seats)s). Nothing was charged – check and pay again.")
        super().__init__(text % {"seats": seat_codes(seat.seat for seat in self.seats)})


class UnknownTicketType(InvalidChoice):
    """The seat is not sold with this ticket type."""

    code = "unknown_ticket_type"

    def __init__(self) -> None:
        super().__init__(_("This ticket type isn’t sold for this seat."))


class SeatsStillAvailable(BusinessRuleViolation):
    """There is no need to wait: ``count`` seats are free."""

    code = "seats_free"

    def __init__(self, count: int) -> None:
        self.count = count
        text = ngettext("There is %(count)d seat free right now.", "There are %(count)d seats free right now.", count)
        super().__init__(text % {"count": count})


class OfferExpired(BusinessRuleViolation):
    """The waiting-list entry has no offer (any more)."""

    code = "offer_over"

    def __init__(self) -> None:
        super().__init__(_("These seats are no longer held for you."))
