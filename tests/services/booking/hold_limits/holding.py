"""Holds and bookings of several buyers from one address."""

from datetime import timedelta

from cinema.models import Hold, PaymentMode, Show
from cinema.services.booking.holds import hold_seats
from tests.factories import CONTACT, LanguageFactory, MovieFactory, ShowFactory, order_seats, seat_ids

HOME, CAFE = "203.0.113.7", "198.51.100.1"


def another(show: Show, days: int) -> Show:
    return ShowFactory(
        screen=show.screen,
        movie=MovieFactory(),
        language=LanguageFactory(),
        starts_at=show.starts_at + timedelta(days=days),
    )


def holding(show: Show, names: str = "A1", buyer: str = "asha", client_ip: str = HOME, **how) -> Hold:
    return hold_seats(show_id=show.pk, seat_ids=seat_ids(show, names), buyer=buyer, client_ip=client_ip, **how)


def booking(show: Show, names: str, number: int, owner: str = "api:7", **how):
    """A booking by API for another customer."""
    return order_seats(
        show_id=show.pk,
        seat_ids=seat_ids(show, names),
        buyer=f"{owner}:{number}",
        owner=owner,
        contact=CONTACT,
        mode=PaymentMode.UPI,
        key=f"{number}",
        **how,
    )
