"""Exchange a ticket for another show: the same number of seats, at the price paid. The revenue moves to that show."""

from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from cinema.domain.clock import shown_moment
from cinema.domain.lists import listed
from cinema.domain.money import spread
from cinema.domain.seating.places import SeatPlace, companions
from cinema.exceptions import (
    ChoiceExpired,
    NoBlockLeft,
    NotExchangeable,
    SameShow,
    SeatCountMismatch,
    ShowNotOnSale,
    TicketNotPaid,
    UnknownCategory,
    UnknownShow,
)
from cinema.models import OrderLine, Refund, Seat, Show, ShowCancellation, ShowSeat, Ticket, TicketSeat, User
from cinema.models.annotated import ShowSeatNow, TicketNow
from cinema.selectors.booking.exchanges import ExchangePrices, exchange_prices
from cinema.selectors.booking.places import NOBODY, places
from cinema.selectors.booking.tax import taxes_at
from cinema.selectors.core.balances import by_vouchers
from cinema.services.booking.expiry import expire_due_holds
from cinema.services.booking.hold_limits import count_free_seats
from cinema.services.booking.ledger import Action, Actor, Author, Transition, record_revenue, transition_seats
from cinema.services.booking.offers import offer_freed_seats
from cinema.services.booking.orders import set_reported
from cinema.services.booking.seating import SeatChoice, check_choice, choose_best
from cinema.services.core import audit
from cinema.services.core.locking import FACTS, lock_ticket
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.money.refunds import record_refund
from cinema.services.orders.moves import lock_free_seats
from cinema.services.orders.orders import is_over
from cinema.services.orders.staff_actions import RequestedAction, is_duplicate, lock_for_action, log_action

ORDINARY = (Seat.Kind.STANDARD, Seat.Kind.LOVE)


class NewSeats(NamedTuple):
    """The locked seats a ticket is exchanged to, and their show."""

    show: Show
    seats: Sequence[ShowSeat]


class Swap(NamedTuple):
    """The result of an exchange: how much ``cheaper`` the new seats are, and how much was refunded.

    A negative ``cheaper`` means that they cost more, which the buyer does not pay.
    """

    cheaper: Decimal
    refunded: Decimal


@atomically
def exchange_order(
    *,
    code: str,
    show_id: int,
    seat_ids: Collection[int],
    requested: RequestedAction,
    refund_difference: bool = False,
) -> Ticket:
    """Exchange a confirmed ticket for another show of its theatre, as staff: for these seats, or else the best ones.

    Both shows may have begun but must not be over. With ``refund_difference`` the buyer gets the difference if the new
    seats are cheaper. Raises TicketNotPaid, NotExchangeable, SameShow, UnknownShow, SeatCountMismatch, UnknownSeats,
    SeatsUnavailable, NoBlockLeft, CompanionOnlyWithWheelchair, LoveSeatsArePairs, OrderChanged.
    """
    ticket, lines = lock_for_action(code=code, requested=requested, beside=[show_id])
    if is_duplicate(ticket=ticket, requested=requested):
        return ticket
    old, new = ticket.show, other_show(ticket=ticket, show_id=show_id)
    if is_over(ticket=ticket):
        raise NotExchangeable(_("The show of this ticket is over, so it cannot be exchanged."))
    if new.status != Show.Status.SCHEDULED or ticket.now >= new.film_ends_at:
        raise NotExchangeable(_("That show is over or cancelled. Please choose another."))
    coming = _take(ticket, lines, new, seat_ids)
    prices = exchange_prices(ticket, lines, new, coming)
    by = Author(Actor.STAFF, requested.user, requested.reason)
    percent = 100 if refund_difference else 0
    swap = swap_seats(ticket=ticket, to=NewSeats(new, coming), by=by, prices=prices, percent=percent)
    log_action(
        ticket=ticket,
        requested=requested,
        action=audit.Action.EXCHANGE,
        before=_named(old),
        after=_named(new),
        seats=[seat.seat.label for seat in coming],
        cheaper=str(swap.cheaper),
        amount=str(swap.refunded),
    )
    return ticket


@atomically
def choose_show(*, code: str, show_id: int, user: User | None = None) -> Ticket:
    """Exchange the ticket of a cancelled show for the best seats of another show of the film, as its buyer chose.

    A lower price is refunded. Raises TicketNotPaid, ChoiceExpired, UnknownShow, ShowNotOnSale, NoBlockLeft, and
    Show.DoesNotExist for an unknown code.
    """
    ticket, lines = lock_ticket(*FACTS, code=code, beside=[show_id])
    offer = ShowCancellation.objects.filter(show=ticket.show, choose_until__gt=ticket.now).first()
    if offer is None:
        raise ChoiceExpired
    new = other_show(ticket=ticket, show_id=show_id)
    if new.film_ids != ticket.show.film_ids:
        raise UnknownShow
    if not new.on_sale_at(ticket.now):
        raise ShowNotOnSale(new)
    coming = _take(ticket, lines, new, ())
    prices = exchange_prices(ticket, lines, new, coming)
    by = Author(Actor.BUYER, user, offer.reason)
    swap_seats(ticket=ticket, to=NewSeats(new, coming), by=by, prices=prices, percent=100)
    return ticket


def _named(show: Show) -> str:
    """What the history calls a show."""
    return listed([show.title, shown_moment(show.starts_at, show.screen.theatre.tz)])


def other_show(*, ticket: Ticket, show_id: int) -> Show:
    """The new show, which the caller has locked. Raises TicketNotPaid, UnknownShow, SameShow."""
    if ticket.status != Ticket.Status.CONFIRMED:
        raise TicketNotPaid(ticket)
    if show_id == ticket.show_id:
        raise SameShow
    show = Show.objects.select_related(*FACTS).filter(pk=show_id).exclude(status=Show.Status.DRAFT).first()
    if show is None or show.screen.theatre_id != ticket.show.screen.theatre_id:
        raise UnknownShow
    return show


def _take(ticket: TicketNow, lines: Sequence[TicketSeat], show: Show, seat_ids: Collection[int]) -> list[ShowSeatNow]:
    """Lock the new seats: those with ``seat_ids``, or else the best of the same kinds as the ticket's."""
    expire_due_holds(show=show)
    wanted = set(seat_ids) or best_seats(lines=lines, show=show)
    if len(wanted) != len(lines):
        raise SeatCountMismatch(len(lines))
    coming = lock_free_seats(show=show, wanted=wanted)
    check_choice(show=show, choice=SeatChoice(coming, staff=True), now=ticket.now)
    return coming


def best_seats(*, lines: Sequence[TicketSeat], show: Show) -> set[int]:
    """The best free seats in exchange for these: the same numbers of wheelchair spaces and companion seats.

    The other seats are of one category if the old ones were and it has room. Raises NoBlockLeft.
    """
    seats = [line.show_seat.seat for line in lines]
    special = Counter(seat.kind for seat in seats if seat.kind not in ORDINARY)
    free = [place for place in places(show, NOBODY) if place.free and place.kind in special]
    chosen = {place.pk for place in _special(free, special[Seat.Kind.WHEELCHAIR], special[Seat.Kind.COMPANION])}
    if len(chosen) < special.total():
        raise NoBlockLeft(len(lines))
    party, categories = len(lines) - len(chosen), {seat.category_id for seat in seats if seat.kind in ORDINARY}
    if not party:
        return chosen
    category = categories.pop() if len(categories) == 1 else None
    try:
        best = choose_best(show=show, buyer=NOBODY, party=party, category_id=category)
    except (NoBlockLeft, UnknownCategory):
        best = choose_best(show=show, buyer=NOBODY, party=party)
    return chosen | {place.pk for place in best}


def _special(free: Sequence[SeatPlace], wheelchairs: int, carers: int) -> list[SeatPlace]:
    """Free wheelchair spaces and companion seats for so many people, side by side if possible."""
    pairs = companions(free)  # a wheelchair space for each companion seat that has one beside it
    seats = [place for place in free if place.kind == Seat.Kind.COMPANION]
    carer_seats = sorted(seats, key=lambda place: place.pk not in pairs)[:carers]
    beside = {pairs.get(place.pk) for place in carer_seats}
    spaces = [place for place in free if place.kind == Seat.Kind.WHEELCHAIR]
    return carer_seats + sorted(spaces, key=lambda place: place.pk not in beside)[:wheelchairs]


def swap_seats(*, ticket: TicketNow, to: NewSeats, by: Author, prices: ExchangePrices, percent: int) -> Swap:
    """Move the ticket, its lines at the price paid and its revenue to the new show, and mail the buyer.

    If the new seats cost less, ``percent`` of the difference is refunded. Unless they cost more, or nothing of the
    difference is refunded, each then counts for what it costs; otherwise for its part of what the old ones counted for.
    So no cheap seat is refunded, or taken in exchange, at the price of a dear one.
    Seats that cost nothing count as booked at no charge.
    """
    old, now, (new, coming) = ticket.show, ticket.now, to
    lines = [line for line, _seat in prices.pairs]
    out = Transition(Action.MOVE_OUT, now, by, ticket=ticket, revenue=-ticket.kept)
    transition_seats(show=old, seats=[line.show_seat for line in lines], step=out)
    transition_seats(show=new, seats=coming, step=out._replace(action=Action.MOVE_IN, revenue=ticket.kept))
    for line, seat in prices.pairs:
        line.show_seat, line.inside, line.check_in = seat, False, None  # nobody is inside at the new show
    taxes = taxes_at(new.screen.theatre, now)
    set_reported(seats=filter(_is_reported_plain, lines), taxes=taxes)
    TicketSeat.objects.bulk_update(lines, ["show_seat", "inside", "check_in", "reported", "reported_percent"])
    ticket.show, ticket.offer_version = new, new.offer_version
    ticket.save(update_fields=["show", "offer_version"])

    back = prices.refund(percent)
    at_cost = not prices.dearer and (percent or prices.cheaper <= 0)
    costs = prices.costs if at_cost else _shared(prices, by_vouchers(ticket))
    changed = [line for line in lines if line.current_price != costs[line.pk]]
    for line in changed:
        line.repriced = costs[line.pk]
        line.tax_percent = taxes.percent(OrderLine.Kind.SEAT, line.repriced)  # may be that of cheap seats only
    if changed:
        TicketSeat.objects.bulk_update(changed, ["repriced", "tax_percent"])
        if back:
            record_revenue(show=new, amount=-back)
        record_refund(ticket=ticket, amount=back, reason=Refund.Reason.GOODWILL, at=now)
    if not any(line.current_price for line in lines):
        count_free_seats(hold_id=ticket.hold_id, show=new, seats=len(lines))
    for show in (old, new):
        offer_freed_seats(show=show)
    post(kind=Kind.EXCHANGED, about=ticket, amount=str(back))
    return Swap(prices.cheaper, back)


def _shared(prices: ExchangePrices, by_vouchers: Collection[int]) -> dict[int, Decimal]:
    """What the old seats counted for, shared among the new ones in proportion to what these cost; but a seat that a
    voucher pays for counts for what that has paid."""
    costs = {line.pk: line.current_price for line, _seat in prices.pairs}
    own = {pk: prices.costs[pk] for pk in costs if pk not in by_vouchers}
    if any(own.values()):
        costs |= zip(own, spread(sum((costs[pk] for pk in own), Decimal(0)), list(own.values())), strict=True)
    return costs


def _is_reported_plain(line: TicketSeat) -> bool:
    """Whether the distributor is told the plain price, which is that of the show the ticket is for."""
    kind = line.ticket_type
    return line.reported is not None and kind is not None and kind.reported == kind.Reported.PLAIN
