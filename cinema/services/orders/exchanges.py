"""Exchange a ticket for another show: the same number of seats, at the price paid. The revenue moves to that show."""

from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from cinema.domain.clock import shown_moment
from cinema.domain.lists import listed
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
from cinema.models.annotated import ShowSeatNow, TicketNow, TicketSeatNow
from cinema.selectors.booking.places import NOBODY, places, prices_of
from cinema.selectors.booking.tariffs import ticket_choices
from cinema.selectors.booking.tax import taxes_at
from cinema.selectors.core.balances import by_vouchers, kept_for_seats
from cinema.services.booking.expiry import expire_due_holds
from cinema.services.booking.ledger import NOTHING, Action, Actor, Author, Transition, record_revenue, transition_seats
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
    old, new = ticket.show, _other_show(ticket, show_id)
    if is_over(ticket=ticket):
        raise NotExchangeable(_("The show of this ticket is over, so it cannot be exchanged."))
    if new.status != Show.Status.SCHEDULED or ticket.now >= new.film_ends_at:
        raise NotExchangeable(_("That show is over or cancelled. Please choose another."))
    coming = _take(ticket, lines, new, seat_ids)
    by = Author(Actor.STAFF, requested.user, requested.reason)
    swap = _swap(ticket, lines, NewSeats(new, coming), by, refund=refund_difference)
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
    new = _other_show(ticket, show_id)
    if new.film_ids != ticket.show.film_ids:
        raise UnknownShow
    if not new.on_sale_at(ticket.now):
        raise ShowNotOnSale(new)
    coming = _take(ticket, lines, new, ())
    _swap(ticket, lines, NewSeats(new, coming), Author(Actor.BUYER, user, offer.reason), refund=True)
    return ticket


def _named(show: Show) -> str:
    """What the history calls a show."""
    return listed([show.title, shown_moment(show.starts_at, show.screen.theatre.tz)])


def _other_show(ticket: Ticket, show_id: int) -> Show:
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
    wanted = set(seat_ids) or _best(lines, show)
    if len(wanted) != len(lines):
        raise SeatCountMismatch(len(lines))
    coming = lock_free_seats(show=show, wanted=wanted)
    check_choice(show=show, choice=SeatChoice(coming, staff=True), now=ticket.now)
    return coming


def _best(lines: Sequence[TicketSeat], show: Show) -> set[int]:
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


def _swap(ticket: TicketNow, lines: list[TicketSeatNow], to: NewSeats, by: Author, *, refund: bool) -> Swap:
    """Move the ticket, its lines at the price paid and its revenue to the new show, and mail the buyer."""
    old, now, (new, coming) = ticket.show, ticket.now, to
    lines.sort(key=lambda line: _worth(line.show_seat))
    out = Transition(Action.MOVE_OUT, now, by, ticket=ticket, revenue=-ticket.kept)
    transition_seats(show=old, seats=[line.show_seat for line in lines], step=out)
    transition_seats(show=new, seats=coming, step=out._replace(action=Action.MOVE_IN, revenue=ticket.kept))
    for line, seat in zip(lines, sorted(coming, key=_worth), strict=True):
        line.show_seat, line.inside, line.check_in = seat, False, None  # nobody is inside at the new show
    taxes = taxes_at(new.screen.theatre, now)
    set_reported(seats=filter(_is_reported_plain, lines), taxes=taxes)
    TicketSeat.objects.bulk_update(lines, ["show_seat", "inside", "check_in", "reported", "reported_percent"])
    ticket.show, ticket.offer_version = new, new.offer_version
    ticket.save(update_fields=["show", "offer_version"])

    # What was refunded before is not refunded again. A seat that a voucher pays for costs what that has paid.
    vouchers = by_vouchers(ticket)
    costs = _costs(lines, new) | {line.show_seat_id: line.worth for line in lines if line.pk in vouchers}
    cheaper = min(ticket.worth, kept_for_seats(ticket)) - sum(costs.values())
    back = max(cheaper, NOTHING) if refund else NOTHING
    if back:
        for line in lines:
            if line.worth != (price := costs[line.show_seat_id]):
                line.tax_percent = taxes.percent(OrderLine.Kind.SEAT, price)  # may be that of cheap seats only
            line.repriced = price
        TicketSeat.objects.bulk_update(lines, ["repriced", "tax_percent"])
        record_revenue(show=new, amount=-back)
        record_refund(ticket=ticket, amount=back, reason=Refund.Reason.GOODWILL, at=now)
    for show in (old, new):
        offer_freed_seats(show=show)
    post(kind=Kind.EXCHANGED, about=ticket, amount=str(back))
    return Swap(cheaper, back)


def _worth(seat: ShowSeat) -> tuple[str, Decimal]:
    """A sort key that pairs old and new seats: by kind, then by price."""
    return seat.seat.kind, seat.price


def _is_reported_plain(line: TicketSeat) -> bool:
    """Whether the distributor is told the plain price, which is that of the show the ticket is for."""
    kind = line.ticket_type
    return line.reported is not None and kind is not None and kind.reported == kind.Reported.PLAIN


def _costs(lines: Sequence[TicketSeat], show: Show) -> dict[int, Decimal]:
    """The present price of each line's seat with its ticket type, or with the plain one if that is not sold."""
    seats = [line.show_seat for line in lines]
    choices = ticket_choices(seats)
    amounts = {
        line.show_seat_id: choice.amount
        for line in lines
        for choice in choices.get(line.show_seat_id, ())
        if choice.ticket_type.pk == line.ticket_type_id
    }
    return prices_of(seats, show.screen.theatre, amounts)
