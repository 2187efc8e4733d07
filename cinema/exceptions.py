"""The ways a rule of the house says no. Each carries the data a page needs to explain it in a sentence."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.money import format_money
from cinema.seating.names import seat_names

if TYPE_CHECKING:
    from datetime import datetime

    from cinema.models import Payment, Show, ShowSeat, Ticket
    from cinema.seating.places import Place


class RuleBroken(Exception):
    """A request that makes sense but that a rule forbids. ``str()`` is a sentence for the person who asked."""

    code = "refused"


class InvalidChoice(RuleBroken):
    """What was asked for makes no sense at any time; asking again will not help."""


class SeatsUnavailable(RuleBroken):
    """Some of the seats asked for are held, sold or blocked. ``seats`` are those."""

    code = "seats_unavailable"

    def __init__(self, seats: "Sequence[ShowSeat]") -> None:
        self.seats = list(seats)
        names = get_text_list([s.seat.label for s in self.seats], _("and"))
        super().__init__(
            ngettext("%(seats)s was just taken.", "%(seats)s were just taken.", len(self.seats)) % {"seats": names}
        )


class SeatingRule(RuleBroken):
    """Seats that could be had, but not like this. ``seats`` are those it is about; ``choices`` are what can be had
    instead, each a whole choice. With ``may_insist`` the buyer can have it all the same."""

    may_insist = False

    def __init__(self, text: str, seats: "Sequence[Place]", choices: "Sequence[Sequence[Place]]" = ()) -> None:
        self.seats, self.choices = list(seats), [list(choice) for choice in choices]
        super().__init__(text)


class StrandsSeats(SeatingRule):
    """The choice would leave ``seats`` free with nobody to sit beside. There is always something among ``choices``."""

    code = "strands_seats"

    def __init__(
        self, seats: "Sequence[Place]", choices: "Sequence[Sequence[Place]]", may_insist: bool = False
    ) -> None:
        self.may_insist = may_insist
        text = ngettext(
            "That would leave %(seats)s on its own.", "That would leave %(seats)s on their own.", len(seats)
        )
        super().__init__(text % {"seats": seat_names(seats)}, seats, choices)


class CompanionOnlyWithWheelchair(SeatingRule):
    """Companion ``seats`` were chosen without a wheelchair place beside each, more than ``minutes`` before the show."""

    code = "companion_only"

    def __init__(self, seats: "Sequence[Place]", minutes: int) -> None:
        self.minutes = minutes
        text = ngettext(
            "%(seats)s is a companion seat. Until %(minutes)d minutes before the show it is sold only together with "
            "a wheelchair place beside it.",
            "%(seats)s are companion seats. Until %(minutes)d minutes before the show they are sold only together "
            "with a wheelchair place beside each.",
            len(seats),
        )
        super().__init__(text % {"seats": capfirst(seat_names(seats)), "minutes": minutes}, seats)


class LoveSeatsArePairs(SeatingRule):
    """Only one half of a love seat was chosen: ``seats`` are those, ``others`` their other halves."""

    code = "love_seats_are_pairs"

    def __init__(
        self, seats: "Sequence[Place]", others: "Sequence[Place]", choices: "Sequence[Sequence[Place]]" = ()
    ) -> None:
        self.others = list(others)
        text = ngettext(
            "%(seats)s is half of a love seat, which is sold as a whole: together with %(others)s.",
            "%(seats)s are halves of love seats, which are sold as a whole: together with %(others)s.",
            len(seats),
        )
        super().__init__(text % {"seats": capfirst(seat_names(seats)), "others": seat_names(others)}, seats, choices)


class NoBlockLeft(RuleBroken):
    """There are not ``party`` seats left to choose the best of. ``limited``: by a category or a highest price."""

    code = "no_block_left"

    def __init__(self, party: int, limited: bool = False) -> None:
        self.party = party
        if limited:
            text = ngettext(
                "No seat of this kind and price is left.",
                "There are not %(n)d seats of this kind and price left.",
                party,
            )
        else:
            text = ngettext(
                "No seat is left that could be chosen for you.",
                "There are not %(n)d seats left that could be chosen for you.",
                party,
            )
        super().__init__(text % {"n": party})


class UnknownCategory(InvalidChoice):
    code = "unknown_category"

    def __init__(self) -> None:
        super().__init__(_("This hall has no seats of that category."))


class UnknownSeats(InvalidChoice):
    """Seats that are not seats of this show. ``seat_ids`` are those."""

    code = "unknown_seats"

    def __init__(self, seat_ids: Collection[int]) -> None:
        self.seat_ids = sorted(seat_ids)
        ids = ", ".join(str(i) for i in self.seat_ids)
        text = ngettext(
            "Seat %(ids)s is not a seat at this show.", "Seats %(ids)s are not seats at this show.", len(seat_ids)
        )
        super().__init__(text % {"ids": ids})


class RequestUnreadable(InvalidChoice):
    """A program's request cannot be read; ``str()`` says what about it."""

    code = "unreadable"


class UnknownShow(InvalidChoice):
    code = "unknown_show"

    def __init__(self) -> None:
        super().__init__(_("There is no such show."))


class SeatTwice(InvalidChoice):
    code = "seat_twice"

    def __init__(self) -> None:
        super().__init__(_("A seat was chosen twice. Please choose each seat once."))


class NoSeats(InvalidChoice):
    code = "no_seats"

    def __init__(self) -> None:
        super().__init__(_("Please choose at least one seat."))


class TooManySeats(InvalidChoice):
    """More than ``limit`` seats at once; ``asked`` says how many."""

    code = "too_many_seats"

    def __init__(self, asked: int, limit: int) -> None:
        self.asked, self.limit = asked, limit
        super().__init__(
            _("You chose %(asked)d seats; at most %(limit)d can be booked at once.") % {"asked": asked, "limit": limit}
        )


class ShowNotOnSale(RuleBroken):
    """The show has started or was cancelled."""

    code = "not_on_sale"

    def __init__(self, show: "Show") -> None:
        self.show = show
        if show.status == show.Status.CANCELLED:
            text = _("This show was cancelled, so no seats can be booked.")
        else:
            text = _("This show has already started, so no seats can be booked any more.")
        super().__init__(text)


class HoldExpired(RuleBroken):
    """The hold is over: it ran out, was let go, or was booked. Nothing was charged."""

    code = "hold_expired"

    def __init__(self) -> None:
        super().__init__(_("Your hold on these seats is over. Nothing was charged; please choose your seats again."))


class HoldAtItsLimit(RuleBroken):
    """The hold cannot be extended further. ``minutes`` is the longest a hold can last."""

    code = "hold_at_its_limit"

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        super().__init__(_("Seats can be held for %(minutes)d minutes at most.") % {"minutes": minutes})


class PriceChanged(RuleBroken):
    """The total the buyer was shown (``seen``) is not what the seats cost (``amount``)."""

    code = "price_changed"

    def __init__(self, seen: Decimal, amount: Decimal) -> None:
        self.seen, self.amount = seen, amount
        super().__init__(
            _("Your seats cost %(amount)s, not %(seen)s. Nothing was charged; please check the total and try again.")
            % {"amount": format_money(amount), "seen": format_money(seen)}
        )


class SeatsChanged(RuleBroken):
    """The hold is for other seats than the buyer was shown, say in another tab. ``seats`` are those it is for."""

    code = "seats_changed"

    def __init__(self, seats: "Sequence[ShowSeat]") -> None:
        self.seats = list(seats)
        names = get_text_list([s.seat.label for s in self.seats], _("and"))
        super().__init__(
            _("You hold %(seats)s now. Nothing was charged; please check your seats and try again.") % {"seats": names}
        )


class AlreadyPaid(RuleBroken):
    """The booking is already paid. ``ticket`` is the one."""

    code = "already_paid"

    def __init__(self, ticket: "Ticket") -> None:
        self.ticket = ticket
        super().__init__(_("This booking is already paid; nothing was charged again."))


class KeyReused(RuleBroken):
    """An idempotency key came back with a different request."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This request key was already used for a different booking. Nothing was booked or charged."))


class NotCancellable(RuleBroken):
    """The ticket cannot be cancelled (any more). ``ticket`` is the one."""

    code = "not_cancellable"

    def __init__(self, ticket: "Ticket") -> None:
        self.ticket = ticket
        if ticket.status == ticket.Status.CONFIRMED:
            minutes = ticket.cancel_cutoff
            text = ngettext(
                "Tickets can be cancelled until %(minutes)d minute before the show. It is too late for this one.",
                "Tickets can be cancelled until %(minutes)d minutes before the show. It is too late for this one.",
                minutes,
            ) % {"minutes": minutes}
        elif ticket.status == ticket.Status.CANCELLED:
            text = _("This ticket is already cancelled.")
        else:
            text = _("Only a paid ticket can be cancelled.")
        super().__init__(text)


class NotMovable(RuleBroken):
    """The seats of the ticket cannot be changed (any more). ``ticket``, with its show, is the one."""

    code = "not_movable"

    def __init__(self, ticket: "Ticket") -> None:
        self.ticket = ticket
        if ticket.status == ticket.Status.CANCELLED:
            text = _("This ticket is cancelled, so it has no seats to change.")
        elif ticket.status != ticket.Status.CONFIRMED:
            text = _("The seats of a ticket can be changed once it is paid.")
        elif ticket.show.status == ticket.show.Status.CANCELLED:
            text = _("This show was cancelled, so its seats cannot be changed.")
        else:
            minutes = ticket.cancel_cutoff
            text = ngettext(
                "Seats can be changed until %(minutes)d minute before the show. It is too late for this ticket.",
                "Seats can be changed until %(minutes)d minutes before the show. It is too late for this ticket.",
                minutes,
            ) % {"minutes": minutes}
        super().__init__(text)


class OtherSeatCount(InvalidChoice):
    """More or fewer seats were chosen than the ticket has: ``count``."""

    code = "other_seat_count"

    def __init__(self, count: int) -> None:
        self.count = count
        text = ngettext(
            "Please choose %(count)d seat, as many as you have.",
            "Please choose %(count)d seats, as many as you have.",
            count,
        )
        super().__init__(text % {"count": count})


class OtherPrice(RuleBroken):
    """``seat`` costs something else than the ticket's seats that it would replace: ``prices``."""

    code = "other_price"

    def __init__(self, seat: "ShowSeat", prices: Collection[Decimal]) -> None:
        self.seat, self.prices = seat, sorted(prices)
        said = {
            "seat": seat.seat.label,
            "price": format_money(seat.price),
            "prices": get_text_list([format_money(price) for price in self.prices], _("or")),
        }
        super().__init__(_("%(seat)s costs %(price)s; you can move to seats of %(prices)s.") % said)


class OtherKind(RuleBroken):
    """``seat`` is a place of another kind than the ticket's seats that it would replace: ``kinds``."""

    code = "other_kind"

    def __init__(self, seat: "ShowSeat", kinds: Collection[str]) -> None:
        self.seat, self.kinds = seat, sorted(kinds)
        said = {
            "seat": seat.seat.label,
            "kind": seat.seat.get_kind_display(),
            "kinds": get_text_list([str(seat.seat.Kind(kind).label) for kind in self.kinds], _("or")),
        }
        super().__init__(_("%(seat)s (%(kind)s) is another kind of place than yours (%(kinds)s).") % said)


class SeatsFree(RuleBroken):
    """There is no need to wait: ``count`` seats are free."""

    code = "seats_free"

    def __init__(self, count: int) -> None:
        self.count = count
        text = ngettext("There is %(count)d seat free right now.", "There are %(count)d seats free right now.", count)
        super().__init__(text % {"count": count})


class OfferOver(RuleBroken):
    """No seats are kept (any more) for this place on the waiting list."""

    code = "offer_over"

    def __init__(self) -> None:
        super().__init__(_("These seats are no longer kept for you."))


class PaymentsUnavailable(RuleBroken):
    """This installation has no payment gateway, or the gateway does not answer."""

    code = "payments_unavailable"

    def __init__(self) -> None:
        super().__init__(_("Payment is not possible at the moment. Nothing was charged."))


class WebhookForged(RuleBroken):
    """A message that claims to come from the payment gateway does not bear its signature."""

    code = "webhook_forged"

    def __init__(self) -> None:
        super().__init__(_("The signature of this message is not the payment gateway's."))


class PaymentMismatch(RuleBroken):
    """The gateway reports another amount or currency than was asked for. ``payment`` is left as it was."""

    code = "payment_mismatch"

    def __init__(self, payment: "Payment") -> None:
        self.payment = payment
        super().__init__(_("The amount reported for this payment is not the amount that was asked for."))


class Overlap(RuleBroken):
    """Another show is on the screen at that time. ``show`` is the other one."""

    code = "overlap"

    def __init__(self, show: "Show") -> None:
        self.show = show
        super().__init__(_("“%(movie)s” is on this screen at that time.") % {"movie": show.movie})


class DatabaseBusy(RuleBroken):
    """The database did not answer in time. Nothing was changed; trying again is safe."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(_("We are very busy right now and could not finish. Nothing was changed; please try again."))


class PriceMissing(InvalidChoice):
    """A seat category of the screen has no price for the show. ``categories`` are their names."""

    code = "price_missing"

    def __init__(self, categories: Sequence[str]) -> None:
        self.categories = list(categories)
        super().__init__(_("No price is set for: %(categories)s.") % {"categories": ", ".join(self.categories)})


class NoSuchTime(InvalidChoice):
    """The clocks go forward over this time of day. ``local`` is the time as asked for, without a zone."""

    code = "no_such_time"

    def __init__(self, local: "datetime") -> None:
        self.local = local
        super().__init__(
            _("There is no %(time)s on %(day)s: the clocks go forward then.")
            % {"time": f"{local:%H:%M}", "day": f"{local:%Y-%m-%d}"}
        )


class HallPlanInvalid(InvalidChoice):
    """The plan of a hall cannot be read. ``line`` and ``column`` count from 1."""

    code = "hall_plan_invalid"

    def __init__(self, reason: str, line: int, column: int) -> None:
        self.reason, self.line, self.column = reason, line, column
        super().__init__(
            _("Line %(line)d, character %(column)d: %(reason)s") % {"line": line, "column": column, "reason": reason}
        )


class AddressTaken(RuleBroken):
    """The e-mail address belongs to an account already."""

    code = "address_taken"

    def __init__(self) -> None:
        super().__init__(_("There is already an account with this e-mail address. Sign in instead."))


class TableUnreadable(InvalidChoice):
    """A file is not a table of films. ``reason`` says what it is instead."""

    code = "table_unreadable"

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"{name}: {reason}")


class ColumnMissing(InvalidChoice):
    """A table has no column for ``field``, or none of the name it was said to have. ``columns`` are its own."""

    code = "column_missing"

    def __init__(self, field: str, columns: Sequence[str], named: str = "") -> None:
        self.field, self.columns, self.named = field, list(columns), named
        text = _("There is no column “%(named)s”.") if named else _("No column looks like a %(field)s.")
        names = ", ".join(column for column in columns if column)
        super().__init__(
            text % {"named": named, "field": field} + " " + _("The columns are: %(columns)s.") % {"columns": names}
        )
