"""Exchange of a ticket by its buyer: for seats at another show of the film that cost no more."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.exceptions import (
    NotExchangeable,
    RefundChanged,
    SeatCountMismatch,
    SeatsDearer,
    SeatsNotChangeable,
    SeatsUnavailable,
    ShowNotOnSale,
    UnknownSeats,
    UnknownShow,
)
from cinema.models import Show, ShowSeat, Ticket, TicketSeat, User
from cinema.models.annotated import TicketNow
from cinema.selectors.booking.places import NOBODY, places
from cinema.selectors.booking.tariffs import TariffLine
from cinema.selectors.orders.exchanges import ExchangePrices, buyer_prices, exchange_prices
from cinema.selectors.orders.moves import can_move
from cinema.services.booking.expiry import expire_due_holds
from cinema.services.booking.ledger import Actor, Author
from cinema.services.booking.seating import SeatChoice, check_choice
from cinema.services.booking.ticket_rules import check_ticket_types
from cinema.services.core.locking import FACTS, lock_ticket
from cinema.services.core.transactions import atomically
from cinema.services.orders.cancellations import check_nobody_admitted
from cinema.services.orders.exchanges import NewSeats, best_seats, other_show, swap_seats
from cinema.services.orders.moves import lock_free_seats


class ExchangeChoice(NamedTuple):
    """The show (its key) and seats (keys of ShowSeat) that a buyer chose; ``insist`` as in seating.SeatChoice.

    Without seats, they are the best ones of the same kinds.
    """

    show_id: int
    seat_ids: Collection[int] = ()
    insist: bool = False


@atomically
def exchange_ticket(*, code: str, choice: ExchangeChoice, seen: Decimal, user: User | None = None) -> Ticket:
    """Exchange a confirmed ticket for the chosen seats of another show, as its buyer, as long as they could cancel it.

    Of a lower price as much is refunded as of a cancellation, which must be the amount that the buyer has ``seen``.
    The old seats are released in the transaction that takes the new ones. Safe to repeat. Raises what
    check_exchangeable() and _priced() raise, UnknownShow, SameShow, ShowNotOnSale, SeatCountMismatch, UnknownSeats,
    SeatsUnavailable, RefundChanged, and Show.DoesNotExist for an unknown code.
    """
    ticket, lines = lock_ticket(*FACTS, code=code, beside=[choice.show_id])
    if ticket.show_id == choice.show_id and {line.show_seat_id for line in lines} == set(choice.seat_ids):
        return ticket  # a second click
    check_exchangeable(ticket=ticket)
    check_nobody_admitted(ticket=ticket)
    show = _show(ticket, choice.show_id)
    expire_due_holds(show=show)
    coming = lock_free_seats(show=show, wanted=_wanted(lines, show, choice))
    prices = _priced(ticket, lines, show, coming, choice)
    if prices.back(ticket.refund_percent) != seen:
        raise RefundChanged(prices.back(ticket.refund_percent))
    by = Author(Actor.BUYER, user)
    swap_seats(ticket=ticket, to=NewSeats(show, coming), by=by, prices=prices, percent=ticket.refund_percent)
    return ticket


def plan_exchange(*, ticket: TicketNow, choice: ExchangeChoice) -> ExchangePrices:
    """What exchange_ticket() would do with a ticket, loaded with its show and seats, of a buyer to whom it is shown
    first. Nothing is locked. Raises the same, but for TicketAdmitted and RefundChanged.
    """
    lines = list(ticket.seats.all())
    check_exchangeable(ticket=ticket)
    show = _show(ticket, choice.show_id)
    wanted = _wanted(lines, show, choice)
    free = {place.pk for place in places(show, NOBODY) if place.free}
    coming = list(ShowSeat.objects.filter(show=show, pk__in=wanted).select_related("seat__category").order_by("pk"))
    if unknown := wanted.difference(seat.pk for seat in coming):
        raise UnknownSeats(unknown)
    if taken := [seat for seat in coming if seat.pk not in free]:
        raise SeatsUnavailable(taken)
    return _priced(ticket, lines, show, coming, choice)


def check_exchangeable(*, ticket: TicketNow) -> None:
    """Check that the buyer of a ticket, loaded with its show, may exchange it now, if nobody was admitted with it.

    Raises SeatsNotChangeable unless it is paid and its show takes place, and NotExchangeable.
    """
    if ticket.status != Ticket.Status.CONFIRMED or ticket.show.status != Show.Status.SCHEDULED:
        raise SeatsNotChangeable(ticket)
    if not ticket.show.screen.theatre.buyer_exchanges:
        raise NotExchangeable(_("Tickets of this theatre can’t be exchanged online."))
    if ticket.kept_vouchers:
        raise NotExchangeable(_("A ticket paid for with vouchers can’t be exchanged online. Please ask our staff."))
    if not can_move(ticket, ticket.now):
        minutes = ticket.cancel_cutoff
        text = ngettext(
            "Tickets can be exchanged until %(minutes)d minute before the show. It’s too late for this one.",
            "Tickets can be exchanged until %(minutes)d minutes before the show. It’s too late for this one.",
            minutes,
        )
        raise NotExchangeable(text % {"minutes": minutes})


def _show(ticket: TicketNow, show_id: int) -> Show:
    """The other show, if it is one of the film on sale. Raises UnknownShow, SameShow, ShowNotOnSale."""
    show = other_show(ticket=ticket, show_id=show_id)
    if show.film_ids != ticket.show.film_ids:
        raise UnknownShow
    if not show.on_sale_at(ticket.now):
        raise ShowNotOnSale(show)
    return show


def _wanted(lines: Sequence[TicketSeat], show: Show, choice: ExchangeChoice) -> set[int]:
    wanted = set(choice.seat_ids) or best_seats(lines=lines, show=show)
    if len(wanted) != len(lines):
        raise SeatCountMismatch(len(lines))
    return wanted


def _priced(
    ticket: TicketNow, lines: Sequence[TicketSeat], show: Show, coming: Sequence[ShowSeat], choice: ExchangeChoice
) -> ExchangePrices:
    """Check and price free seats for a buyer. Raises SeatsDearer, and what check_choice() and check_ticket_types()
    raise."""
    check_choice(show=show, choice=SeatChoice(coming, insist=choice.insist), now=ticket.now)
    prices = buyer_prices(ticket, exchange_prices(ticket, lines, show, coming), show)
    sold = [TariffLine(seat, line.ticket_type, prices.costs[line.pk]) for line, seat in prices.pairs]
    check_ticket_types(lines=sold, staff=True)
    if prices.dearer:
        raise SeatsDearer(prices.dearer)
    return prices
