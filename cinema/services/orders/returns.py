"""Return some seats of a ticket, which stays valid for the others."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from cinema.domain.money import share
from cinema.domain.seating.places import companions
from cinema.exceptions import LastSeats, NoSeats, UnknownSeats
from cinema.models import OrderLine, Refund, TicketSeat
from cinema.models.annotated import TicketNow
from cinema.selectors.booking.places import place_of
from cinema.selectors.booking.tariffs import TariffLine, ticket_choices
from cinema.selectors.booking.tax import taxes_at
from cinema.selectors.booking.tickets import CancellationTerms, cancel_until
from cinema.selectors.booking.used_coupons import Lost, UsedCoupons, deductible
from cinema.selectors.core.balances import by_vouchers, kept_for_seats
from cinema.services.booking.ledger import NOTHING, Action, Author, Transition, transition_seats
from cinema.services.booking.offers import offer_freed_seats
from cinema.services.booking.seating import SeatChoice, check_choice
from cinema.services.booking.ticket_rules import check_ticket_types
from cinema.services.core.outbox import Kind, post
from cinema.services.money.refunds import record_refund
from cinema.services.orders.shared_discounts import share_anew


class ReturnPlan(NamedTuple):
    """The seats that leave a ticket, and what becomes of the others, with nothing written yet.

    ``dearer`` are the seats that stay and were free or cheaper only because of one that leaves: they have their new
    prices.
    ``most`` is the most that can be refunded: the prices of the seats that leave, less what is kept for the others.
    ``vouchers`` is what vouchers have paid of it; these are returned as a whole. ``others`` are the seats on other
    tickets of the order that then cost more, and how much more; ``most`` is less this.
    """

    leaving: Sequence[TicketSeat]
    staying: Sequence[TicketSeat]
    dearer: Sequence[TicketSeat]
    vouchers: Decimal
    most: Decimal
    others: Lost


def plan_return(*, ticket: TicketNow, lines: Sequence[TicketSeat], seat_ids: Collection[int]) -> ReturnPlan:
    """Check and price the return of seats (keys of ShowSeat) from a paid ticket, loaded with its show and ``lines``.

    The remaining seats are checked and priced by the rules again: a free companion costs the full price without its
    wheelchair space, and a discount that needs more seats than stay is lost. To write the plan, lock the ticket first.
    Raises NoSeats, UnknownSeats, LastSeats, and what check_choice() and check_ticket_types() raise for the remaining
    seats.
    """
    if not seat_ids:
        raise NoSeats
    leaving = [line for line in lines if line.show_seat_id in seat_ids]
    if unknown := set(seat_ids).difference(line.show_seat_id for line in leaving):
        raise UnknownSeats(unknown)
    if len(leaving) == len(lines):
        raise LastSeats
    staying = [line for line in lines if line not in leaving]
    lost = UsedCoupons(ticket.order).lost(leaving)
    dearer = [*_without_companion(ticket, lines, staying), *_without_discount(ticket, lost, leaving, staying)]
    _set_tax(ticket, dearer)
    check_ticket_types(
        lines=[TariffLine(line.show_seat, line.ticket_type, line.current_price) for line in staying], staff=True
    )
    vouchers, most = _returnable(ticket, leaving, staying)
    others = {line: less for line, less in lost.items() if line.ticket_id != ticket.pk}
    others = deductible(others, most - vouchers)
    return ReturnPlan(leaving, staying, dearer, vouchers, most - sum(others.values(), NOTHING), others)


def buyer_terms(*, ticket: TicketNow, plan: ReturnPlan) -> CancellationTerms:
    """The terms of the ticket for a return by its buyer."""
    percent = ticket.refund_percent
    vouchers = plan.vouchers if percent else NOTHING
    amount = vouchers + share(plan.most - plan.vouchers, percent)
    return CancellationTerms(cancel_until(ticket), percent, plan.most, amount, vouchers, plan.others)


def write_return(*, ticket: TicketNow, plan: ReturnPlan, amount: Decimal, by: Author) -> None:
    """Return the planned seats of a locked ticket, refund ``amount`` and mail the buyer.

    Raises RefundTooHigh, VoucherIndivisible.
    """
    TicketSeat.objects.bulk_update(plan.dearer, ["repriced", "tax_percent"])
    share_anew(ticket=ticket, leaving=plan.leaving, others=plan.others)
    step = Transition(Action.CANCEL, ticket.now, by, ticket=ticket, revenue=-amount)
    transition_seats(show=ticket.show, seats=[line.show_seat for line in plan.leaving], step=step)
    TicketSeat.objects.filter(pk__in=[line.pk for line in plan.leaving]).update(active=False)
    record_refund(ticket=ticket, amount=amount, reason=Refund.Reason.SEATS_RETURNED, at=ticket.now)
    offer_freed_seats(show=ticket.show)
    vouchers = min(plan.vouchers, amount)
    details = {"amount": str(amount - vouchers), "returned": len(plan.leaving), "vouchers": bool(vouchers)}
    details["deducted"] = str(sum(plan.others.values(), NOTHING))
    post(kind=Kind.REFUND_PART, about=ticket, **details)


def _without_companion(
    ticket: TicketNow, before: Sequence[TicketSeat], staying: Sequence[TicketSeat]
) -> list[TicketSeat]:
    """Check the seats that stay on a ticket; price, without saving, companions that were free beside a removed one."""
    show, seats = ticket.show, [line.show_seat for line in staying]
    own = [line.show_seat_id for line in before]
    check_choice(show=show, choice=SeatChoice(seats, own=own, staff=True), now=ticket.now)
    lost = companions([place_of(line.show_seat) for line in before]).keys() - companions(map(place_of, seats)).keys()
    dearer = [line for line in staying if line.show_seat_id in lost and not line.current_price]
    choices = ticket_choices([line.show_seat for line in dearer])
    for line in dearer:
        offered = choices.get(line.show_seat_id, ())
        costs: dict[int | None, Decimal] = {choice.ticket_type.pk: choice.amount for choice in offered}
        line.repriced = costs.get(line.ticket_type_id, line.show_seat.price)
    return dearer


def _without_discount(
    ticket: TicketNow, lost: Lost, leaving: Sequence[TicketSeat], staying: Sequence[TicketSeat]
) -> list[TicketSeat]:
    """Price, without saving, the seats that lose a discount, at most up to what is kept for them."""
    vouchers, dearer = by_vouchers(ticket), list[TicketSeat]()
    back = sum((vouchers.get(line.pk, NOTHING) for line in leaving), NOTHING)
    spare = _kept_for_active(ticket) - back - _price_of(staying)
    for line in staying:
        more = min(lost.get(line, NOTHING), spare)
        if more > 0:
            line.repriced, spare = line.current_price + more, spare - more
            dearer.append(line)
    return dearer


def _set_tax(ticket: TicketNow, dearer: Sequence[TicketSeat]) -> None:
    taxes = taxes_at(ticket.show.screen.theatre, ticket.now)  # a rate may be that of cheap seats only
    for line in dearer:
        if not line.price:
            line.tax_percent = taxes.percent(OrderLine.Kind.SEAT, line.current_price)


def _returnable(
    ticket: TicketNow, leaving: Sequence[TicketSeat], staying: Sequence[TicketSeat]
) -> tuple[Decimal, Decimal]:
    """What vouchers have paid for the seats that leave, and the most that can be refunded for them."""
    vouchers = by_vouchers(ticket)
    back, kept = (sum((vouchers.get(line.pk, NOTHING) for line in lines), NOTHING) for lines in (leaving, staying))
    spare = _kept_for_active(ticket) - ticket.kept_vouchers - (_price_of(staying) - kept)
    return back, back + max(NOTHING, min(_price_of(leaving) - back, spare))


def _kept_for_active(ticket: TicketNow) -> Decimal:
    """What is kept for the seats of a ticket as they are yet, not for those that were returned or exchanged before."""
    return min(kept_for_seats(ticket), ticket.current_price)


def _price_of(lines: Sequence[TicketSeat]) -> Decimal:
    return sum((line.current_price for line in lines), NOTHING)
