"""Exceptions of tickets: cancelling them and changing their seats."""

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.domain.lists import or_list
from cinema.domain.money import format_money
from cinema.exceptions.base import BusinessRuleViolation, InvalidChoice

if TYPE_CHECKING:
    from cinema.models import ShowSeat, Ticket


class NotCancellable(BusinessRuleViolation):
    """``ticket`` cannot be cancelled (any more); if its show is ``over``, not even by staff."""

    code = "not_cancellable"

    def __init__(self, ticket: "Ticket", *, over: bool = False) -> None:
        self.ticket = ticket
        if ticket.status == ticket.Status.CONFIRMED and over:
            text = _("This show is over, so its tickets cannot be cancelled. You can still refund money.")
        elif ticket.status == ticket.Status.CONFIRMED:
            minutes = ticket.cancel_cutoff
            text = ngettext(
                "Tickets can be cancelled until %(minutes)d minute before the show. It’s too late for this one.",
                "Tickets can be cancelled until %(minutes)d minutes before the show. It’s too late for this one.",
                minutes,
            ) % {"minutes": minutes}
        elif ticket.status == ticket.Status.CANCELLED:
            text = _("This ticket is already cancelled.")
        else:
            text = _("Only a paid ticket can be cancelled.")
        super().__init__(text)


class RefundChanged(BusinessRuleViolation):
    """The refund is now ``amount``, not what the buyer was shown."""

    code = "refund_changed"

    def __init__(self, amount: Decimal) -> None:
        self.amount = amount
        text = _("The refund is now %(amount)s. Nothing has changed yet: please check it and confirm again.")
        super().__init__(text % {"amount": format_money(amount)})


class TicketAdmitted(BusinessRuleViolation):
    """Somebody was admitted with ``ticket``, so its buyer can neither cancel it nor change its seats; staff can."""

    code = "admitted"

    def __init__(self, ticket: "Ticket") -> None:
        self.ticket = ticket
        super().__init__(
            _("This ticket has been scanned at the door, so it can’t be cancelled or changed. Please ask our staff.")
        )


class NotTheOwner(InvalidChoice):
    """The email address is not that of the order of ``ticket``; for one whose data was erased, no address is."""

    code = "not_the_owner"

    def __init__(self, ticket: "Ticket") -> None:
        self.ticket = ticket
        if ticket.order.email:
            text = _("This ticket was booked with another email address.")
        else:
            text = _("The buyer’s data was erased, so this ticket can only be changed or cancelled at the box office.")
        super().__init__(text)


class SeatsNotChangeable(BusinessRuleViolation):
    """The seats of ``ticket`` (loaded with its show) cannot be changed any more; if ``staff``, not even by staff."""

    code = "not_movable"

    def __init__(self, ticket: "Ticket", *, staff: bool = False) -> None:
        self.ticket = ticket
        if ticket.status == ticket.Status.CANCELLED:
            text = _("This ticket is cancelled, so it has no seats to change.")
        elif ticket.status != ticket.Status.CONFIRMED:
            text = _("The seats of a ticket can be changed once it is paid.")
        elif ticket.show.status == ticket.show.Status.CANCELLED:
            text = _("This show was cancelled, so its seats cannot be changed.")
        elif staff:
            text = _("This show is over, so its seats cannot be changed.")
        else:
            minutes = ticket.cancel_cutoff
            text = ngettext(
                "Seats can be changed until %(minutes)d minute before the show. It’s too late for this ticket.",
                "Seats can be changed until %(minutes)d minutes before the show. It’s too late for this ticket.",
                minutes,
            ) % {"minutes": minutes}
        super().__init__(text)


class NoEqualSeats(BusinessRuleViolation):
    """No equal seats are free at the show of ``ticket``."""

    code = "no_equal_seats"

    def __init__(self, ticket: "Ticket") -> None:
        self.ticket = ticket
        text = _("There are no equivalent seats left for %(ticket)s. Please choose others, or ask the buyer.")
        super().__init__(text % {"ticket": ticket.reference})


class SeatCountMismatch(InvalidChoice):
    """More or fewer seats were chosen than the ticket has: ``count``."""

    code = "other_seat_count"

    def __init__(self, count: int) -> None:
        self.count = count
        text = ngettext(
            "Choose %(count)d seat – the same number you booked.",
            "Choose %(count)d seats – the same number you booked.",
            count,
        )
        super().__init__(text % {"count": count})


class SeatPriceMismatch(BusinessRuleViolation):
    """``seat`` costs another ``price`` than the ticket's seats that it would replace: ``prices``."""

    code = "other_price"

    def __init__(self, seat: "ShowSeat", price: Decimal, prices: Collection[Decimal]) -> None:
        self.seat, self.price, self.prices = seat, price, sorted(prices)
        said = {
            "seat": seat.seat.label,
            "price": format_money(price),
            "prices": or_list(format_money(price) for price in self.prices),
        }
        super().__init__(_("%(seat)s costs %(price)s; you can only move to seats at %(prices)s.") % said)


class SeatsDearer(BusinessRuleViolation):
    """The new seats of an exchange cost ``more`` in addition, and the difference cannot be paid here."""

    code = "seats_dearer"

    def __init__(self, more: Decimal) -> None:
        self.more = more
        text = _("These seats cost %(more)s more than yours, which can’t be paid here. Please choose others.")
        super().__init__(text % {"more": format_money(more)})


class SeatKindMismatch(BusinessRuleViolation):
    """``seat`` is a place of another kind than the ticket's seats that it would replace: ``kinds``."""

    code = "other_kind"

    def __init__(self, seat: "ShowSeat", kinds: Collection[str]) -> None:
        self.seat, self.kinds = seat, sorted(kinds)
        said = {
            "seat": seat.seat.label,
            "kind": seat.seat.get_kind_display(),
            "kinds": or_list(seat.seat.Kind(kind).label for kind in self.kinds),
        }
        super().__init__(_("%(seat)s is a different kind of seat (%(kind)s) from yours (%(kinds)s).") % said)
