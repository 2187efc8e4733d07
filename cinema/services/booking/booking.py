"""From seats to a ticket waiting for its payment: one transaction, all of it or nothing."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Prefetch, Q

from cinema.exceptions import (
    AlreadyPaid,
    BusinessRuleViolation,
    HoldExpired,
    IdempotencyKeyReused,
    PriceChanged,
    SeatsChanged,
    ShowNotOnSale,
    TooManyPayments,
)
from cinema.models import Hold, Payment, PaymentKey, PaymentMode, Show, Ticket, TicketSeat, User
from cinema.selectors.booking.tariffs import TariffLine, order_lines
from cinema.services.booking.expiry import drop_pending_tickets
from cinema.services.booking.guards import guard
from cinema.services.booking.hold_limits import Source
from cinema.services.booking.holds import lock_active_hold, serve_waiting_list, take_seats
from cinema.services.booking.ticket_rules import check_ticket_types
from cinema.services.core.locking import lock_seats, lock_show
from cinema.services.core.search_words import rewrite_words, write_words
from cinema.services.core.transactions import atomically

MOST_PAYMENTS = 20  # begun for the seats of one hold: each is a charge at the provider


class Contact(NamedTuple):
    """Who the ticket is for."""

    name: str
    email: str
    phone: str = ""


class Order(NamedTuple):
    """What a booking is made of beside its seats."""

    contact: Contact
    mode: str
    user: User | None
    key: str
    fingerprint: str
    types: Mapping[int, int]
    terms: int | None = None  # the version of the terms the buyer accepted


def book_hold(
    *,
    code: str,
    buyer: str,
    contact: Contact,
    mode: str,
    key: str,
    seen: Decimal | None = None,
    seen_seats: Collection[int] = (),
    types: Mapping[int, int] | None = None,
    user: User | None = None,
    terms: int | None = None,
) -> Payment:
    """Check out the buyer's hold: a ticket for its seats and a payment to be made, both pending.

    ``mode`` is "" if there is nothing to pay. ``seen`` is the total the buyer was shown, ``seen_seats`` for which
    seats; none means any. ``types`` are the kinds of tickets as in tariffs.order_lines(), ``terms`` the version of
    the terms the buyer accepted. ``key`` makes it safe to repeat: the same request gets the same payment again.
    Another request for the same ticket gets the payment that is open, or, once that is declined or for another
    ``mode``, a new one in its place. Raises HoldExpired, SeatsChanged, UnknownTicketType, PriceChanged,
    AlreadyPaid, ShowNotOnSale, IdempotencyKeyReused, TooManyPayments, and what ticket_rules.check_ticket_types()
    raises.
    """
    order = _order(key, buyer, contact, mode, user, about=f"hold {code}", types=types)._replace(terms=terms)
    return _once(order, lambda: _book_hold(code=code, buyer=buyer, order=order, seen=seen, seen_seats=seen_seats))


def book_tickets(
    *,
    show_id: int,
    seat_ids: Sequence[int],
    buyer: str,
    contact: Contact,
    mode: PaymentMode,
    key: str,
    owner: str = "",
    address: str = "",
    types: Mapping[int, int] | None = None,
    user: User | None = None,
    terms: int | None = None,
    insist: bool = False,
    staff: bool = False,
) -> Payment:
    """Hold seats and check out in one step, as a kiosk or a partner does. ``owner`` scopes the key and is counted,
    beside the network ``address`` it comes from, by the limits on unpaid holds, unless it is ``staff``; ``types`` are
    the kinds of tickets as in tariffs.order_lines(), ``terms`` as in book_hold(), ``insist`` and ``staff`` as in
    seating.check_choice().

    All that the answer needs comes with the payment: its ticket's show, hold and ``lines``, the seats on it.
    Raises what holds.hold_seats() and ticket_rules.check_ticket_types() raise, UnknownTicketType and
    IdempotencyKeyReused.
    """
    about = f"show {show_id} seats {sorted(seat_ids)}"
    order = _order(key, owner or buyer, contact, mode, user, about=about, types=types)._replace(terms=terms)
    source = None if staff else Source.of(address=address, program=owner)
    wanted = set(seat_ids)

    def book() -> Payment:
        guard(show_id=show_id, seat_ids=seat_ids, buyer=buyer)
        return _book_tickets(
            show_id=show_id, wanted=wanted, buyer=buyer, order=order, source=source, insist=insist, staff=staff
        )

    return _once(order, book)


def pay_again(*, code: str, key: str) -> Payment:
    """The payment to be made for a ticket that still waits for one, while its hold is active: the open one, or a new
    one once that was declined.

    Raises HoldExpired, AlreadyPaid, IdempotencyKeyReused, TooManyPayments, and Ticket.DoesNotExist for an unknown
    ``code`` of the ticket.
    """
    ticket = Ticket.objects.select_related("hold").get(code=code)
    last = ticket.payments.latest("pk")
    contact = Contact(ticket.name, ticket.email, ticket.phone)
    order = _order(key, f"ticket {code}", contact, last.mode, ticket.user, about=f"ticket {code}")
    return _once(order, lambda: _pay_again(ticket=ticket, order=order))


@atomically
def _book_tickets(
    *,
    show_id: int,
    wanted: set[int],
    buyer: str,
    order: Order,
    source: Source | None,
    insist: bool,
    staff: bool,
) -> Payment:
    show = lock_show("movie", "screen__theatre", pk=show_id)
    serve_waiting_list(show=show)
    hold, seats = take_seats(
        show=show,
        wanted=wanted,
        buyer=buyer,
        hold=None,
        source=source,
        related=["seat__category"],
        insist=insist,
        staff=staff,
    )
    lines = order_lines(seats, show.screen.theatre, order.types)
    check_ticket_types(lines=lines, staff=staff)
    return _write_payment(_write_ticket(hold, lines, order, hold.created_at), order, hold.created_at)


@atomically
def _book_hold(*, code: str, buyer: str, order: Order, seen: Decimal | None, seen_seats: Collection[int]) -> Payment:
    try:
        hold, now = lock_active_hold(code=code, buyer=buyer)
    except HoldExpired:
        paid = Ticket.objects.filter(hold__code=code, hold__buyer=buyer, status=Ticket.Status.CONFIRMED).first()
        if paid:
            raise AlreadyPaid(paid) from None
        raise
    if hold.show.status == Show.Status.CANCELLED:
        raise ShowNotOnSale(hold.show)
    seats = lock_seats(hold.show, Q(hold=hold), "seat")
    if seen_seats and set(seen_seats) != {seat.pk for seat in seats}:
        raise SeatsChanged(seats)
    lines = order_lines(seats, hold.show.screen.theatre, order.types)
    check_ticket_types(lines=lines)
    amount = sum(line.price for line in lines)
    if seen is not None and seen != amount:
        raise PriceChanged(seen, amount)
    ticket = _pending_ticket(hold, lines)
    if ticket is None:
        return _write_payment(_write_ticket(hold, lines, order, now), order, now)
    if known := _earlier_payment(order):
        return known
    _write_contact(ticket, order, hold.show.screen.theatre_id, now)
    return _open_payment(ticket, order, now)


@atomically
def _pay_again(*, ticket: Ticket, order: Order) -> Payment:
    if ticket.status == Ticket.Status.CONFIRMED:
        raise AlreadyPaid(ticket)
    _, now = lock_active_hold(code=ticket.hold.code, buyer=ticket.hold.buyer)
    ticket.refresh_from_db(fields=["status"])
    if ticket.status != Ticket.Status.PENDING:
        raise HoldExpired
    return _earlier_payment(order) or _open_payment(ticket, order, now)


def _pending_ticket(hold: Hold, lines: Sequence[TariffLine]) -> Ticket | None:
    """The ticket of an earlier checkout. One with other kinds of tickets is no longer what is wanted."""
    ticket = Ticket.objects.filter(hold=hold, status=Ticket.Status.PENDING).first()
    if ticket and {(line.seat.pk, line.ticket_type and line.ticket_type.pk, line.price) for line in lines} != set(
        ticket.seats.values_list("show_seat", "ticket_type", "price")
    ):
        _check_few_payments(hold)
        drop_pending_tickets(hold_ids={hold.pk})
        return None
    return ticket


def _check_few_payments(hold: Hold) -> None:
    begun = Payment.objects.filter(ticket__hold=hold).count()
    if begun >= MOST_PAYMENTS:
        raise TooManyPayments(begun)


def _write_ticket(hold: Hold, lines: Sequence[TariffLine], order: Order, now: datetime) -> Ticket:
    theatre = hold.show.screen.theatre
    ticket = Ticket.objects.create(
        show=hold.show,
        hold=hold,
        user=order.user,
        amount=sum(line.price for line in lines),
        cancel_cutoff=theatre.cancel_cutoff,
        refund_percent=theatre.refund_percent,
        offer_version=hold.show.offer_version,
        terms_version=order.terms,
        terms_accepted_at=now if order.terms else None,
        created_at=now,
        **order.contact._asdict(),
    )
    ticket.lines = TicketSeat.objects.bulk_create(
        TicketSeat(
            ticket=ticket,
            show_seat=line.seat,
            ticket_type=line.ticket_type,
            price=line.price,
            tax_percent=theatre.tax_percent,
        )
        for line in lines
    )
    write_words(ticket=ticket, theatre_id=theatre.pk)
    return ticket


def _write_contact(ticket: Ticket, order: Order, theatre_id: int, now: datetime) -> None:
    renamed = (ticket.name, ticket.email) != (order.contact.name, order.contact.email)
    ticket.name, ticket.email, ticket.phone = order.contact
    ticket.user = order.user or ticket.user
    if order.terms:
        ticket.terms_version, ticket.terms_accepted_at = order.terms, now
    ticket.save(update_fields=["name", "email", "phone", "user", "terms_version", "terms_accepted_at"])
    if renamed:
        rewrite_words(ticket=ticket, theatre_id=theatre_id)


def _write_payment(ticket: Ticket, order: Order, now: datetime) -> Payment:
    return Payment.objects.create(
        ticket=ticket,
        mode=_mode(ticket, order),
        gateway=settings.PAYMENT_GATEWAY,
        amount=ticket.amount,
        key=order.key,
        fingerprint=order.fingerprint,
        created_at=now,
        due_at=now + settings.LEFT_ALONE_FOR,
    )


def _open_payment(ticket: Ticket, order: Order, now: datetime) -> Payment:
    """The payment to be made for a locked ticket that was checked out before: the open one, under this key, too; or a
    new one. An open one of another mode is replaced, and still counts should money come for it."""
    payment = ticket.payments.filter(status=Payment.Status.PENDING).first()
    if payment and (payment.mode, payment.gateway) == (_mode(ticket, order), settings.PAYMENT_GATEWAY):
        PaymentKey.objects.create(payment=payment, key=order.key, fingerprint=order.fingerprint)
        return payment
    _check_few_payments(ticket.hold)
    if payment:
        payment.status = Payment.Status.REPLACED
        payment.save(update_fields=["status"])
    return _write_payment(ticket, order, now)


def _mode(ticket: Ticket, order: Order) -> str:
    """How the ticket is paid: what costs nothing, in no way."""
    return order.mode if ticket.amount else ""


def _order(
    key: str,
    owner: str,
    contact: Contact,
    mode: str,
    user: User | None,
    about: str,
    types: Mapping[int, int] | None = None,
) -> Order:
    """Scope the key to its owner, so that nobody meets another's, and bind it to what was asked for."""
    kinds = [f"kinds {sorted(types.items())}"] if types else []
    fingerprint = _digest(about, mode, *contact, *kinds)
    return Order(contact, mode, user, key=_digest(owner, key), fingerprint=fingerprint, types=types or {})


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _once(order: Order, book: Callable[[], Payment]) -> Payment:
    """Book; a request that was carried out before, whatever stands in its way now, gets what it got then."""
    try:
        return book()
    except (BusinessRuleViolation, IntegrityError):
        earlier = _earlier_payment(order)
        if earlier is None:
            raise
        return earlier


def _earlier_payment(order: Order) -> Payment | None:
    """What a repeated request got the first time. Raises IdempotencyKeyReused when the key came with another
    request."""
    first = Payment.objects.filter(key=order.key).values_list("pk", "fingerprint")
    further = PaymentKey.objects.filter(key=order.key).values_list("payment", "fingerprint")
    found = first.union(further, all=True).first()  # for most refusals there is none
    if found is None:
        return None
    pk, fingerprint = found
    if fingerprint != order.fingerprint:
        raise IdempotencyKeyReused
    lines = TicketSeat.objects.select_related("show_seat__seat__category", "ticket_type").order_by("show_seat_id")
    return (
        Payment.objects.select_related("ticket__show__movie", "ticket__show__screen__theatre", "ticket__hold")
        .prefetch_related(Prefetch("ticket__seats", lines, to_attr="lines"))
        .get(pk=pk)
    )
