"""Sales at the counter: seats are held for the sale, and sold in the transaction of its last payment.

A sale may be paid in parts. What was taken is booked at once and keeps the seats; a sale that is broken off is listed
until it is finished or voided.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from cinema.domain.cash import rounded, smallest_coin
from cinema.domain.money import exact, to_minor
from cinema.exceptions import (
    CashNotInCoins,
    NothingTendered,
    SaleEmpty,
    SaleNotOpen,
    SalePartPaid,
    SeatsLost,
    SeatsUnavailable,
    TenderTooHigh,
    UnknownShow,
)
from cinema.gateways.base import PaymentReport, Result
from cinema.models import (
    AllowedPrice,
    CounterAction,
    Hold,
    Order,
    OrderLine,
    Payment,
    PaymentMode,
    Refund,
    Show,
    Theatre,
    Ticket,
    TillSession,
    User,
)
from cinema.models.annotated import HoldNow, LockedPayment
from cinema.models.codes import new_code
from cinema.models.payments import TILL_MODES
from cinema.selectors.booking.gift_cards import rest_of
from cinema.selectors.money.ledger import received_in_part
from cinema.selectors.orders.counter import (
    SaleInput,
    allowed_prices,
    is_unfinished,
    open_orders,
    order_code,
    part_paid_order,
    sale_in_hand,
)
from cinema.services.booking.blocks import release_due
from cinema.services.booking.booking import book_holds
from cinema.services.booking.booking_requests import AtTill, Basket, BookingRequest, Contact, scoped_key
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.gift_card_sales import book_gift_cards
from cinema.services.booking.holds import keep_seats, release_hold, release_seats, serve_waiting_list, take_seats
from cinema.services.booking.ledger import Actor, Author
from cinema.services.booking.offers import offer_freed_seats
from cinema.services.booking.orders import update_status as update_order_status
from cinema.services.booking.seat_requests import SeatRequest
from cinema.services.booking.seating import choose_best
from cinema.services.core import audit
from cinema.services.core.locking import lock_order, lock_payment, lock_show, lock_shows, read_clock
from cinema.services.core.transactions import atomically
from cinema.services.money.counter_actions import Done, Permission, record_action, record_prices
from cinema.services.money.ledger import post_part_payment, post_refund_status, post_refunds, post_rounding
from cinema.services.money.payments import WAITS_AT_TILL
from cinema.services.money.printers import queue_sale
from cinema.services.money.refunds import Cause, refund_payment, update_status
from cinema.services.money.settlement import KEPT_PART_PAID, settle_payment
from cinema.services.money.till_payments import replace_payment
from cinema.services.money.tills import check_enough, check_selling, lock_open_session

NOTHING = Decimal(0)
KEPT_WAITING = 2 * WAITS_AT_TILL  # for which the seats of a sale are held since a provider was asked for its money


class CounterSeatRequest(NamedTuple):
    """Seats wanted at a show: how many of each ticket type (its key, 0 if the show has none), the best ones unless
    ``seat_ids`` were chosen on the map. ``has_gift_cards``: whether the sale has gift cards already."""

    show_id: int
    types: Mapping[int, int]
    seat_ids: Sequence[int] = ()
    has_gift_cards: bool = False

    @property
    def party(self) -> int:
        return sum(self.types.values())

    def of_seats(self, seat_ids: Sequence[int]) -> dict[int, int]:
        """The ticket type of each seat that has one; those beyond the numbers get the plain type."""
        kinds = [kind for kind, number in self.types.items() for _ in range(number)]
        return {seat: kind for seat, kind in zip(seat_ids, kinds, strict=False) if kind}


class Tender(NamedTuple):
    """How a part of a sale, or all of it, is paid: in cash, of which ``amount`` is handed over, by a card at a
    terminal, which printed ``reference``, or at a provider. Without an amount all that is due. ``key`` is the
    idempotency key."""

    mode: str
    key: str
    amount: Decimal | None = None
    reference: str = ""


class CounterSale(NamedTuple):
    """A sale in the session of a till: the ``buyer`` for whom its seats are held, the price that was shown, and what
    vouchers and gift cards leave to pay of it (None: not compared)."""

    session: TillSession
    buyer: str
    chosen: SaleInput
    seen: Decimal
    contact: Contact = Contact("", "")
    seen_rest: Decimal | None = None


def hold_for_sale(*, theatre: Theatre, buyer: str, wanted: CounterSeatRequest, by: User) -> dict[int, int]:
    """Hold the seats of a sale at a show, instead of those that it had there; return their ticket types by seat.

    Raises UnknownShow, NoBlockLeft, SalePartPaid and what holds.hold_seats() raises, but for limits.
    """
    try:
        return _hold(theatre, buyer, wanted, by)
    except SeatsUnavailable:  # see holds.hold_best()
        if wanted.seat_ids:
            raise
        release_expired(show_id=wanted.show_id)
        return _hold(theatre, buyer, wanted, by)


@atomically
def _hold(theatre: Theatre, buyer: str, wanted: CounterSeatRequest, by: User) -> dict[int, int]:
    try:
        show = lock_show("screen__theatre", pk=wanted.show_id, screen__theatre=theatre)
    except Show.DoesNotExist:
        raise UnknownShow from None
    serve_waiting_list(show=show)
    if show.house_release_at and release_due(show=show, at=read_clock(show)):
        offer_freed_seats(show=show)
    holds = _unpaid_holds(buyer, has_gift_cards=wanted.has_gift_cards)
    mine = next((hold for hold in holds if hold.show_id == show.pk), None)
    chosen = wanted.seat_ids or [place.pk for place in choose_best(show=show, buyer=buyer, party=wanted.party)]
    request = SeatRequest(show.pk, chosen, buyer, None, staff=True, by=Author(Actor.STAFF, by))
    take_seats(show=show, request=request, hold=mine)
    return wanted.of_seats(chosen)


def drop_sale(*, buyer: str, by: User) -> None:
    """Release all seats of a sale. Raises SalePartPaid."""
    for hold in _unpaid_holds(buyer, has_gift_cards=True):
        if hold.is_active_at(hold.now):
            release_hold(code=hold.code, buyer=buyer, by=Author(Actor.STAFF, by))


@atomically
def take_payment(*, sale: CounterSale, tender: Tender, by: User) -> Payment:
    """Take a payment of a sale. If it is the last, the sale is an order that is paid, with its tickets. One that a
    provider takes is still to be begun: see money.till_payments.

    Repeating a request returns the same payment. Raises SaleEmpty, PaymentWaiting, NothingTendered, TenderTooHigh,
    CashNotInCoins, SeatsLost, TillNotOpen, TillCounted, TillOfEarlierDay and what booking.book_holds() raises.
    """
    session = sale.session
    request = _request(sale, tender, by)
    active = Hold.objects.filter(buyer=sale.buyer, status=Hold.Status.ACTIVE, expires_at__gt=Now())
    active = active.filter(show__screen__theatre=session.theatre_id)
    holds = list(active.annotate(cheaper=Exists(AllowedPrice.objects.filter(hold=OuterRef("pk")))).order_by("pk"))
    if not holds and (earlier := payment_of(session=session, key=tender.key)):
        return earlier
    if not holds and sale_in_hand(session.theatre, sale.buyer, sale.chosen) is None:
        raise SaleEmpty
    allowed = allowed_prices(holds) if any(vars(hold)["cheaper"] for hold in holds) else []
    request = request._replace(prices={one.show_seat_id: exact(one.price) for one in allowed})
    if holds:
        payment = book_holds(basket=Basket(sale.buyer, [one.code for one in holds], seen=sale.seen), request=request)
    else:
        payment = book_gift_cards(code=order_code(sale.buyer), seen=sale.seen, request=request)
    is_new, is_first = payment.status == Payment.Status.PENDING, payment.created_at == payment.order.created_at
    if is_new:  # else it is the one of the same request, made before
        payment = _take(payment, request)
    locked = lock_open_session(theatre=session.theatre, code=session.code)
    check_selling(session=locked)
    if is_new and is_first:
        record_prices(session=locked, order=payment.order, allowed=allowed)
    if is_new and payment.order.status == Order.Status.PAID:
        drawer = _took_cash(payment, alone=is_first)
        queue_sale(session=locked, order=payment.order, drawer=drawer, by=by)
    return payment


def _took_cash(payment: Payment, *, alone: bool) -> bool:
    """Whether the sale took cash with this last payment or, unless it is ``alone``, with one before."""
    if payment.mode == PaymentMode.CASH and payment.amount:
        return True
    cash = Payment.objects.filter(mode=PaymentMode.CASH, amount__gt=0, status=Payment.Status.SUCCESS)
    return not alone and cash.filter(order=payment.order_id).exists()


def _request(sale: CounterSale, tender: Tender, by: User) -> BookingRequest:
    return BookingRequest(
        contact=sale.contact,
        mode=tender.mode,
        key=tender.key,
        owner=_owner(sale.session),
        types=sale.chosen.types,
        coupon=sale.chosen.coupon,
        vouchers=sale.chosen.vouchers,
        gift_cards=sale.chosen.gift_cards,
        seen_rest=sale.seen_rest,
        bought=sale.chosen.bought,
        channel=Order.Channel.COUNTER,
        till=AtTill(sale.session, by, tender.amount, tender.reference),
    )


def payment_of(*, session: TillSession, key: str) -> Payment | None:
    """The payment that a request with this idempotency key has made in a session, with its order; None if none was."""
    return Payment.objects.select_related("order").filter(key=scoped_key(_owner(session), key)).first()


def _owner(session: TillSession) -> str:
    return f"till {session.code}"


def _take(payment: Payment, request: BookingRequest) -> Payment:
    """Act on the new, pending payment of a sale: sell the order, or note that a part of it is paid."""
    order, till = payment.order, request.till
    due = rest_of(order)
    if order.created_at != payment.created_at and till:  # parts of it were paid before
        due -= received_in_part(order)
        columns = till.columns(due, payment.mode)
        Payment.objects.filter(pk=payment.pk).update(**columns)
        vars(payment).update({name: columns[name] for name in ("amount", "rounding", "tendered")})
    _check_given(payment, due, till.given if till else None)
    if payment.is_started_at_till:
        keep_seats(order=order, until=payment.created_at + KEPT_WAITING)
        return payment
    if payment.amount >= due:
        return _sell(payment)
    payment.status, payment.settled_at = Payment.Status.SUCCESS, payment.created_at
    payment.save(update_fields=["status", "settled_at"])
    keep_seats(order=order, until=payment.created_at + KEPT_PART_PAID)
    post_part_payment(payment=payment, at=payment.created_at)
    return payment


def _check_given(payment: Payment, due: Decimal, given: Decimal | None) -> None:
    """Raises NothingTendered, TenderTooHigh, CashNotInCoins."""
    if given is None or not due:
        return
    if not payment.amount:
        raise NothingTendered
    if payment.mode != PaymentMode.CASH and given > due:
        raise TenderTooHigh
    if payment.mode == PaymentMode.CASH and rounded(given, payment.currency) != given:
        raise CashNotInCoins(rounded(due, payment.currency), smallest_coin(payment.currency))


def _sell(payment: Payment) -> Payment:
    """Sell the order with its last payment. Raises SeatsLost unless all of it can be booked."""
    amount = to_minor(payment.amount, payment.currency)
    report = PaymentReport(
        reference=payment.code,
        result=Result.PAID,
        amount=amount,
        currency=payment.currency,
        capture_id=payment.capture_id,
    )
    settled = settle_payment(report=report)
    if any(ticket.status != Ticket.Status.CONFIRMED for ticket in settled.order.ticket_list):
        raise SeatsLost
    if settled.rounding:
        _round(settled.order, settled)
    return settled


def _round(order: Order, payment: Payment) -> None:
    """Add to the lines of an order what was taken in cash more than it costs, or less."""
    kind, more = OrderLine.Kind.ROUNDING, payment.rounding
    OrderLine.objects.create(order=order, kind=kind, unit_price=more, amount=more)
    order.total += more
    order.save(update_fields=["total"])
    post_rounding(payment=payment)


@atomically
def void_sale(*, theatre: Theatre, reference: str, till: str, by: User) -> Order:
    """Void a sale that was paid in part: release its seats, and pay out what was taken.

    Cash leaves the drawer of this till; a card must be reversed on the terminal. What a provider took goes back there,
    and one that is still asked for money is no longer. Raises SaleNotOpen, DrawerTooEmpty,
    TillNotOpen, TillCounted.
    """
    at = Q(pk__in=Ticket.objects.filter(order__reference=reference, order__theatre=theatre).values("show"))
    shows = {show.pk: show for show in lock_shows(at, "screen__theatre")}
    if not shows:  # gift cards alone
        lock_order(theatre=theatre, reference=reference)
    order = open_orders().filter(theatre=theatre, reference=reference).first()
    if order is None or not is_unfinished(order):
        raise SaleNotOpen
    for ticket in order.tickets.select_related("hold").order_by("show", "pk"):
        if ticket.hold.status == Hold.Status.ACTIVE:
            show = shows[ticket.show_id]
            release_seats(show=show, hold=ticket.hold, at=read_clock(show), by=Author(Actor.STAFF, by))
            offer_freed_seats(show=show)
    if not shows:
        update_order_status(order_ids=[order.pk])
    order.refresh_from_db(fields=["status"])
    payments = [lock_payment(pk=one.pk) for one in order.payments.all() if one.is_of_till]
    session, taken = lock_open_session(theatre=theatre, code=till), NOTHING
    for payment in payments:
        if payment.status in Payment.UNPAID:
            replace_payment(payment=payment)
            continue
        returned = sum((refund.amount for refund in payment.refunds.all()), NOTHING)
        if left := payment.amount - returned:
            payment.order = order
            _return(payment, left, session, by)
            taken += left
    permission = Permission(by, by, CounterAction.Reason.NOT_FINISHED, new_code())
    record_action(session=session, done=Done(CounterAction.Kind.VOID, order, taken, 0), permission=permission)
    return order


def _return(payment: LockedPayment, amount: Decimal, session: TillSession, by: User) -> None:
    cause = Cause(Refund.Reason.VOIDED, payment.now)
    refund = refund_payment(payment=payment, amount=amount, cause=cause)
    post_refunds(order=payment.order, refunds=[refund], at=payment.now)
    if payment.is_at_till:
        hand_out(refund=refund, payment=payment, session=session, by=by)


def hand_out(*, refund: Refund, payment: Payment, session: TillSession, by: User) -> None:
    """Pay out a pending refund of a locked payment at a till, whose session is locked: cash as it is rounded, from its
    drawer. Raises DrawerTooEmpty."""
    refund.payment, refund.till_session, refund.paid_by = payment, session, by
    if payment.is_refunded_in_cash:
        check_enough(session=session, amount=refund.rounded)
    refund.rounding = refund.rounded - refund.amount
    refund.status, refund.done_at = Refund.Status.DONE, Now()
    refund.save(update_fields=["till_session", "paid_by", "rounding", "status", "done_at"])
    post_refund_status(refund=refund, was=Refund.Status.PENDING)
    if refund.rounding:
        post_rounding(payment=payment, refund=refund)
    update_status(payment=payment)


@atomically
def pay_out(*, theatre: Theatre, code: str, till: str, by: User, supervisor: User) -> Refund:
    """Pay out a refund of what was paid at a till: in cash from the drawer of this till, or by reversing the card on
    its terminal. ``supervisor`` has allowed it. Repeating it changes nothing.

    Raises Refund.DoesNotExist, DrawerTooEmpty, TillNotOpen, TillCounted.
    """
    payment = lock_payment(refunds__code=code, order__theatre=theatre, mode__in=TILL_MODES)
    refund = payment.refunds.get(code=code)
    if refund.status != Refund.Status.PENDING:
        return refund
    hand_out(refund=refund, payment=payment, session=lock_open_session(theatre=theatre, code=till), by=by)
    audit.note(
        action=audit.Action.SETTLE,
        user=by,
        subject=payment.order.reference,
        theatre=theatre,
        ticket=refund.ticket,
        amount=str(refund.amount),
        allowed_by=supervisor.pk,
    )
    return refund


def _unpaid_holds(buyer: str, *, has_gift_cards: bool) -> list[HoldNow]:
    """The holds of a sale, expired or not. Raises SalePartPaid, without holds only if it ``has_gift_cards``."""
    rows: QuerySet[Hold] = Hold.objects.filter(buyer=buyer, status=Hold.Status.ACTIVE)
    holds = list(rows.annotate(now=Now()).order_by("pk"))
    if (holds or has_gift_cards) and part_paid_order(holds, buyer):
        raise SalePartPaid
    return holds
