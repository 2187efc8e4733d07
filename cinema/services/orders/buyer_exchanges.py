"""Exchanges by buyers: of a ticket for seats at another show of the film, or for dearer ones at the same show."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.exceptions import (
    NotExchangeable,
    RefundChanged,
    SameShow,
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
from cinema.selectors.booking.exchanges import ExchangePrices, buyer_prices, exchange_prices
from cinema.selectors.booking.places import places
from cinema.selectors.booking.tariffs import TariffLine
from cinema.selectors.orders.moves import can_move
from cinema.services.booking.expiry import expire_due_holds
from cinema.services.booking.hold_limits import check_free_share
from cinema.services.booking.ledger import Actor, Author
from cinema.services.booking.seating import SeatChoice, check_choice
from cinema.services.booking.ticket_rules import check_ticket_types
from cinema.services.core.locking import FACTS, lock_ticket
from cinema.services.core.transactions import atomically
from cinema.services.money.upgrades import upgrade_prices
from cinema.services.orders.cancellations import check_nobody_admitted
from cinema.services.orders.exchanges import NewSeats, best_seats, other_show, swap_seats
from cinema.services.orders.moves import check_carers, lock_free_seats


class ExchangeChoice(NamedTuple):
    """The show (its key) and seats (keys of ShowSeat) that a buyer chose; ``insist`` as in seating.SeatChoice.

    Without seats, the best ones of the same kinds are meant.
    """

    show_id: int
    seat_ids: Collection[int] = ()
    insist: bool = False


class Exchanged(NamedTuple):
    """The lines of a ticket that get other seats at ``show``, and those that keep theirs."""

    show: Show
    moving: Sequence[TicketSeat]
    staying: Sequence[TicketSeat]
    wanted: set[int]  # keys of the new seats


@atomically
def exchange_ticket(*, code: str, choice: ExchangeChoice, seen: Decimal, user: User | None = None) -> Ticket:
    """Exchange a confirmed ticket for the chosen seats of another show, as its buyer, as long as they could cancel it.

    If the new seats cost less, the percentage of the difference that cancellations refund is refunded, which must be
    the amount that the buyer has ``seen``.
    The old seats are released in the transaction that takes the new ones. Safe to repeat. Raises what
    check_exchangeable(), chosen() and priced() raise, SameShow, UnknownSeats, SeatsUnavailable, SeatsDearer,
    RefundChanged, ShowShareReached for seats that cost nothing, and Show.DoesNotExist for an unknown code.
    """
    ticket, lines = lock_ticket(*FACTS, code=code, beside=[choice.show_id])
    if ticket.show_id == choice.show_id and {line.show_seat_id for line in lines} == set(choice.seat_ids):
        return ticket  # a second click
    check_exchangeable(ticket=ticket)
    check_nobody_admitted(ticket=ticket)
    if choice.show_id == ticket.show_id:
        raise SameShow
    exchanged = chosen(ticket=ticket, lines=lines, choice=choice)
    expire_due_holds(show=exchanged.show)
    coming = lock_free_seats(show=exchanged.show, wanted=exchanged.wanted)
    prices = priced(ticket=ticket, exchanged=exchanged, coming=coming, insist=choice.insist)
    if prices.dearer:
        raise SeatsDearer(prices.dearer)
    if prices.refund(ticket.refund_percent) != seen:
        raise RefundChanged(prices.refund(ticket.refund_percent))
    if not any(prices.costs.values()):
        check_free_share(show=exchanged.show, hold=ticket.hold, seats=len(coming), now=ticket.now)
    to, by = NewSeats(exchanged.show, coming), Author(Actor.BUYER, user)
    swap_seats(ticket=ticket, to=to, by=by, prices=prices, percent=ticket.refund_percent)
    return ticket


def plan_exchange(*, ticket: TicketNow, choice: ExchangeChoice) -> ExchangePrices:
    """Price an exchange, to show it to the buyer: for seats at another show, or for dearer ones at the same show.

    The ticket is loaded with its show and seats. Nothing is locked.

    Raises what check_exchangeable(), chosen() and priced() raise, UnknownSeats, SeatsUnavailable, SameShow for seats at
    the same show that are not dearer, and SeatsDearer for dearer ones whose difference cannot be paid.
    """
    check_exchangeable(ticket=ticket)
    lines = list(ticket.seats.all())
    exchanged = chosen(ticket=ticket, lines=lines, choice=choice)
    show, wanted = exchanged.show, exchanged.wanted
    free = {place.pk for place in places(show, holder(ticket)) if place.free}
    coming = list(ShowSeat.objects.filter(show=show, pk__in=wanted).select_related("seat__category").order_by("pk"))
    if unknown := wanted.difference(seat.pk for seat in coming):
        raise UnknownSeats(unknown)
    if taken := [seat for seat in coming if seat.pk not in free]:
        raise SeatsUnavailable(taken)
    prices = priced(ticket=ticket, exchanged=exchanged, coming=coming, insist=choice.insist)
    if not prices.dearer and show.pk == ticket.show_id:
        raise SameShow
    payable = prices.dearer and upgrade_prices(ticket=ticket, lines=exchanged.moving, show=show, coming=coming)
    if prices.dearer and not payable:
        raise SeatsDearer(prices.dearer)
    return prices


def holder(ticket: Ticket) -> str:
    """The ``buyer`` of the hold on seats for which a ticket is about to be exchanged: not the person, so that no page
    offers to buy them."""
    return f"ticket {ticket.reference}"


def check_exchangeable(*, ticket: TicketNow) -> None:
    """Check that the buyer of a ticket, loaded with its show, may exchange it now. Admissions are not checked.

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


def chosen(*, ticket: TicketNow, lines: Sequence[TicketSeat], choice: ExchangeChoice) -> Exchanged:
    """What an exchange changes of a ticket with these ``lines``. At its own show, seats that are chosen again stay.

    Raises UnknownShow, ShowNotOnSale, SeatCountMismatch, SameShow if nothing changes.
    """
    show = ticket.show
    if choice.show_id != ticket.show_id:
        show = other_show(ticket=ticket, show_id=choice.show_id)
        if show.film_ids != ticket.show.film_ids:
            raise UnknownShow
    if not show.on_sale_at(ticket.now):
        raise ShowNotOnSale(show)
    wanted = set(choice.seat_ids) or best_seats(lines=lines, show=show)
    if len(wanted) != len(lines):
        raise SeatCountMismatch(len(lines))
    staying = [line for line in lines if line.show_seat_id in wanted and show.pk == ticket.show_id]
    if len(staying) == len(lines):
        raise SameShow
    moving = [line for line in lines if line not in staying]
    return Exchanged(show, moving, staying, wanted - {line.show_seat_id for line in staying})


def priced(
    *, ticket: TicketNow, exchanged: Exchanged, coming: Sequence[ShowSeat], insist: bool = False
) -> ExchangePrices:
    """Check and price new seats for a buyer.

    Raises NotExchangeable if other seats of the order would lose a discount, and what check_choice(), check_carers()
    and check_ticket_types() raise.
    """
    show, moving, staying, _wanted = exchanged
    seats = [*(line.show_seat for line in staying), *coming]
    own = [line.show_seat_id for line in [*moving, *staying]]
    check_choice(show=show, choice=SeatChoice(seats, holder(ticket), own, insist), now=ticket.now)
    if staying:
        check_carers(show=show, before=[line.show_seat for line in [*moving, *staying]], after=seats)
    prices = buyer_prices(ticket, exchange_prices(ticket, moving, show, coming), show)
    if prices.parts_deal:
        text = _(
            "This exchange would end a discount that other seats in your order share. Please choose different seats, "
            "or ask our staff."
        )
        raise NotExchangeable(text)
    sold = [TariffLine(seat, line.ticket_type, prices.costs[line.pk]) for line, seat in prices.pairs]
    sold += [TariffLine(line.show_seat, line.ticket_type, line.current_price) for line in staying]
    check_ticket_types(lines=sold, staff=True)
    return prices
