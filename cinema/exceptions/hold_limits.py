"""Exceptions of the limits on unpaid holds."""

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.domain.seating.names import seat_names
from cinema.exceptions.base import BusinessRuleViolation, RateLimited

if TYPE_CHECKING:
    from cinema.models import ShowSeat


class ClientKind(Enum):
    """The kind of client that reached a limit: a browser, an IP address, or an API user."""

    BUYER = auto()
    ADDRESS = auto()
    TOKEN = auto()


class TooManyHolds(RateLimited):
    """``holder`` has ``count`` unpaid holds already.

    The first of them expires after ``wait``; ``spare`` of them can be released without a cooldown.
    """

    code = "too_many_holds"

    def __init__(self, holder: ClientKind, count: int, wait: timedelta, spare: int) -> None:
        self.holder, self.count, self.spare = holder, count, spare
        sentence = {
            ClientKind.BUYER: ngettext(
                "You already hold seats for %(count)d show. Book them, or release up to %(spare)d, before you choose "
                "here.",
                "You already hold seats for %(count)d shows. Book some of them, or release up to %(spare)d, "
                "before you choose here.",
                count,
            )
            if spare
            else ngettext(
                "You already hold seats for %(count)d show. Book them before you choose here.",
                "You already hold seats for %(count)d shows. Book some of them before you choose here.",
                count,
            ),
            ClientKind.ADDRESS: ngettext(
                "Too many seats are held from your network (%(count)d time). Please try again in %(minutes)d min. "
                "The seats you hold stay yours.",
                "Too many seats are held from your network (%(count)d times). Please try again in %(minutes)d min. "
                "The seats you hold stay yours.",
                count,
            ),
            ClientKind.TOKEN: ngettext(
                "%(count)d booking made with this token is waiting for payment, the most allowed at once. "
                "Pay for it, or try again in %(minutes)d min.",
                "%(count)d bookings made with this token are waiting for payment, the most allowed at once. "
                "Pay for some of them, or try again in %(minutes)d min.",
                count,
            ),
        }[holder]
        super().__init__(sentence, wait, count=count, spare=spare)


class HoldCooldown(RateLimited):
    """``holder`` released ``count`` holds, or let them expire, in a short time without booking, and has to wait."""

    code = "cooling_down"

    def __init__(self, holder: ClientKind, count: int, wait: timedelta) -> None:
        self.holder, self.count = holder, count
        sentence = {
            ClientKind.BUYER: ngettext(
                "You’ve held seats %(count)d time without paying. Please wait %(minutes)d min or buy at the box "
                "office.",
                "You’ve held seats %(count)d times without paying. Please wait %(minutes)d min or buy at the box "
                "office.",
                count,
            ),
            ClientKind.ADDRESS: ngettext(
                "Seats have been held %(count)d time from your network without being paid for. "
                "Please try again in %(minutes)d min or buy at the box office.",
                "Seats have been held %(count)d times from your network without being paid for. "
                "Please try again in %(minutes)d min or buy at the box office.",
                count,
            ),
            ClientKind.TOKEN: ngettext(
                "%(count)d booking made with this token was not paid. Please try again in %(minutes)d min.",
                "%(count)d bookings made with this token were not paid. Please try again in %(minutes)d min.",
                count,
            ),
        }[holder]
        super().__init__(sentence, wait, count=count)


class WaitingListLimitReached(BusinessRuleViolation):
    """One client IP has ``count`` places on the waiting list of a show, the most allowed."""

    code = "waits_enough"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            _(
                "Too many people from your network are already on the waiting list for this show. "
                "Please try again later, or ask at the box office."
            )
        )


class ShowShareReached(BusinessRuleViolation):
    """More than ``limit`` unpaid seats of a show were requested from one client; ``held`` are held already."""

    code = "share_taken"

    def __init__(self, held: int, limit: int) -> None:
        self.held, self.limit = held, limit
        super().__init__(
            ngettext(
                "At most %(limit)d seat of this show can be held, or booked for free, from one network or program; "
                "%(held)d already is. Once it is paid for or released, you can have more.",
                "At most %(limit)d seats of this show can be held, or booked for free, from one network or program; "
                "%(held)d already are. Once they are paid for or released, you can have more.",
                limit,
            )
            % {"limit": limit, "held": held}
        )


class SeatsKeptTooLong(RateLimited):
    """The client held ``seats`` for the longest time a hold can last, without buying them."""

    code = "seats_kept_too_long"

    def __init__(self, seats: "Sequence[ShowSeat]", wait: timedelta) -> None:
        self.seats = list(seats)
        sentence = ngettext(
            "%(seats)s has been held for you, or from your network, for a long time without being paid for. "
            "Please choose another seat, or try again in %(minutes)d min.",
            "%(seats)s have been held for you, or from your network, for a long time without being paid for. "
            "Please choose other seats, or try again in %(minutes)d min.",
            len(self.seats),
        )
        super().__init__(sentence, wait, seats=capfirst(seat_names(seat.seat for seat in self.seats)))


class HoldChangedTooOften(BusinessRuleViolation):
    """The seats of one hold were changed ``count`` times, the most allowed."""

    code = "hold_changed_too_often"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            ngettext(
                "You have changed your seats %(count)d time. Please book the seats you have, "
                "or release them and choose again.",
                "You have changed your seats %(count)d times. Please book the seats you have, "
                "or release them and choose again.",
                count,
            )
            % {"count": count}
        )
