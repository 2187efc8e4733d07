"""Seats that are held, booked, sold and waited for."""

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cinema.domain.money import to_minor
from cinema.gateways.base import PaymentReport, Result
from cinema.models import Hold, Payment, PaymentMode, SandboxCharge, Show, ShowSeat, Ticket, WaitingEntry
from cinema.services.booking.booking import book_holds, book_tickets
from cinema.services.booking.booking_requests import Basket, BookingRequest, Contact
from cinema.services.booking.holds import hold_seats
from cinema.services.booking.seat_requests import SeatRequest, Source
from cinema.services.booking.waiting import join_waiting_list
from cinema.services.money.payments import start_payment
from cinema.services.money.settlement import settle_payment

CONTACT = Contact("Asha Rao", "asha@example.org", "+91 98200 12345")
LABEL = re.compile(r"([A-Z]+)(\d+)")


def seat(show: Show, name: str) -> ShowSeat:
    """The seat with the label “G8” at the show, freshly read.

    A removed seat is returned only if no other has that label.
    """
    row, number = LABEL.fullmatch(name).groups()
    called = ShowSeat.objects.select_related("seat", "hold").filter(show=show, seat__row=row, seat__number=number)
    return called.exclude(status=ShowSeat.Status.REMOVED).first() or called.get()


def seat_ids(show: Show, names: str) -> list[int]:
    """Return the keys of the seats “G8 G9” at the show, as seat() finds them."""
    labels = [LABEL.fullmatch(name).groups() for name in names.split()]
    rows, numbers = {row for row, _ in labels}, {number for _, number in labels}
    seats = ShowSeat.objects.filter(show=show, seat__row__in=rows, seat__number__in=numbers)
    found: dict[str, int] = {}
    for row, number, status, pk in seats.values_list("seat__row", "seat__number", "status", "pk"):
        if status != ShowSeat.Status.REMOVED or f"{row}{number}" not in found:
            found[f"{row}{number}"] = pk
    return [found[name] for name in names.split()]


def held(show: Show, names: str, buyer: str = "asha") -> Hold:
    """Hold the seats “G8 G9” for the buyer."""
    return hold_seats(show_id=show.pk, seat_ids=seat_ids(show, names), buyer=buyer)


def order_hold(
    *, code: str, buyer: str, seen: Decimal | None = None, seen_seats: Sequence[int] = (), **how: Any
) -> Payment:
    """Check out a hold; ``how`` are the fields of a BookingRequest."""
    return book_holds(basket=Basket(buyer, [code], seen, seen_seats), request=BookingRequest(**how))


def order_holds(*holds: Hold, **how: Any) -> Payment:
    """Check out several holds of a buyer with one order."""
    how = {"contact": CONTACT, "mode": "UPI", "key": "basket"} | how
    basket = Basket(holds[0].buyer, [hold.code for hold in holds])
    return book_holds(basket=basket, request=BookingRequest(**how))


def order_seats(*, client_ip: str = "", staff: bool = False, insist: bool = False, **how: Any) -> Payment:
    """Book seats in one step, as the JSON interface does; ``how`` are the fields of a BookingRequest and ``show_id``,
    ``seat_ids`` and ``buyer``."""
    source = None if staff else Source.of(client_ip=client_ip, program=how.get("owner", ""))
    show_id, seat_ids, buyer = (how.pop(name) for name in ("show_id", "seat_ids", "buyer"))
    seats = SeatRequest(show_id, seat_ids, buyer, source, insist, staff)
    return book_tickets(seats=seats, request=BookingRequest(**how))


def booked(show: Show, names: str, buyer: str = "asha", **how: Any) -> Payment:
    """Book the seats for the buyer, up to the payment page of the test gateway."""
    payment = order_seats(
        show_id=show.pk,
        seat_ids=seat_ids(show, names),
        buyer=buyer,
        contact=CONTACT,
        mode=PaymentMode.UPI,
        key=f"{buyer} wants {names} at {show.pk}",
        **how,
    )
    start_payment(payment=payment)
    return payment


def report(payment: Payment, result: Result = Result.PAID) -> PaymentReport:
    """The test gateway's report of the payment, which it repeats from now on. What was paid stays paid there, although
    an older report may arrive later."""
    SandboxCharge.objects.filter(reference=payment.code).exclude(status=Result.PAID).update(status=result)
    amount = to_minor(payment.amount, payment.currency)
    return PaymentReport(reference=payment.code, result=result, amount=amount, currency=payment.currency)


def sold(show: Show, names: str, buyer: str = "asha") -> Ticket:
    """Sell the seats to the buyer, paid and confirmed."""
    return ticket_of(settle_payment(report=report(booked(show, names, buyer))))


def ticket_of(payment: Payment) -> Ticket:
    """The one ticket of the order that the payment is for."""
    return payment.order.tickets.get()


def waiting(show: Show, email: str = "wanda@example.org", party: int = 2, client_ip: str = "") -> WaitingEntry:
    """Put a party on the show's waiting list."""
    return join_waiting_list(show_id=show.pk, email=email, party=party, client_ip=client_ip)[0]


def lapsed(hold: Hold) -> Hold:
    """Let the hold expire a second ago, without releasing it."""
    hold.expires_at = timezone.now() - timedelta(seconds=1)
    hold.save(update_fields=["expires_at"])
    return hold
