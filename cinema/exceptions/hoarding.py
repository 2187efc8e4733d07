"""Seats that are held again and again, or in great number, without being bought."""

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.exceptions.base import RuleBroken, TooOften

if TYPE_CHECKING:
    from cinema.models import ShowSeat


class Holder(Enum):
    """Who has too much: a browser, an address of the network, or the bearer of an API token."""

    BUYER = auto()
    ADDRESS = auto()
    TOKEN = auto()


class TooManyHolds(TooOften):
    """``holder`` has ``count`` unpaid holds already. The first of them runs out after ``wait``; ``spare`` of them can
    be let go without a pause."""

    code = "too_many_holds"

    def __init__(self, holder: Holder, count: int, wait: timedelta, spare: int) -> None:
        self.holder, self.count, self.spare = holder, count, spare
        sentence = {
            Holder.BUYER: _(
                "You hold seats at %(count)d shows, as many as one can at once. Book some of them or let up to "
                "%(spare)d go; then you can choose here."
            )
            if spare
            else _(
                "You hold seats at %(count)d shows, as many as one can at once. Book some of them; then you can "
                "choose here."
            ),
            Holder.ADDRESS: _(
                "People at your internet connection hold seats %(count)d times, as many as they can at once. "
                "Please try again in %(minutes)d min. What you hold stays yours."
            ),
            Holder.TOKEN: _(
                "%(count)d bookings made with this token wait for their payment, as many as can at once. "
                "Have some paid, or try again in %(minutes)d min."
            ),
        }[holder]
        super().__init__(sentence, wait, count=count, spare=spare)


class CoolingDown(TooOften):
    """``holder`` let ``count`` holds go or run out in a short time without booking, and has to wait."""

    code = "cooling_down"

    def __init__(self, holder: Holder, count: int, wait: timedelta) -> None:
        self.holder, self.count = holder, count
        sentence = {
            Holder.BUYER: _(
                "You held seats %(count)d times without booking them. Please let others choose now; you can again "
                "in %(minutes)d min, or buy at the box office at any time."
            ),
            Holder.ADDRESS: _(
                "Seats were held %(count)d times from your internet connection without being booked. "
                "Please try again in %(minutes)d min, or buy at the box office at any time."
            ),
            Holder.TOKEN: _(
                "%(count)d bookings made with this token were not paid. Please try again in %(minutes)d min."
            ),
        }[holder]
        super().__init__(sentence, wait, count=count)


class WaitsEnough(RuleBroken):
    """People at one network address have ``count`` places on the waiting list of a show, as many as they may."""

    code = "waits_enough"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            _(
                "As many people as can from one internet connection (%(count)d) wait for this show already. "
                "Please try again later, or ask at the box office."
            )
            % {"count": count}
        )


class ShareTaken(RuleBroken):
    """More of a show than the ``limit`` of seats that may wait for payment from one place; ``held`` do already."""

    code = "share_taken"

    def __init__(self, held: int, limit: int) -> None:
        self.held, self.limit = held, limit
        super().__init__(
            _(
                "At most %(limit)d seats of this show can be on hold, or booked free of charge, from one internet "
                "connection or program; %(held)d are already. Once they are paid for or released, you can have more."
            )
            % {"limit": limit, "held": held}
        )


class SeatsKeptTooLong(TooOften):
    """``seats`` were on hold from there for as long as a hold can last, without being bought."""

    code = "seats_kept_too_long"

    def __init__(self, seats: "Sequence[ShowSeat]", wait: timedelta) -> None:
        self.seats = list(seats)
        sentence = ngettext(
            "%(seats)s has been on hold for you, or from your internet connection, for a long time without being "
            "bought. Please choose another seat, or try again in %(minutes)d minutes.",
            "%(seats)s have been on hold for you, or from your internet connection, for a long time without being "
            "bought. Please choose other seats, or try again in %(minutes)d minutes.",
            len(self.seats),
        )
        names = get_text_list([seat.seat.label for seat in self.seats], _("and"))
        super().__init__(sentence, wait, seats=names)


class HoldChangedTooOften(RuleBroken):
    """The seats of one hold were changed ``count`` times, as often as they may be."""

    code = "hold_changed_too_often"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            _(
                "You have changed your seats %(count)d times. Please book the seats you have, "
                "or release them and choose again."
            )
            % {"count": count}
        )
