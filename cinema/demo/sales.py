"""Sell some of the demo's seats, through the same services as any buyer, so that the ledger explains every one."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import starmap
from random import Random
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from tqdm import tqdm

from cinema.demo.theatres import HOUSES
from cinema.gateways.base import Report, Result
from cinema.models import PaymentMode, SandboxCharge, Show, ShowSeat, Ticket, User
from cinema.services.booking import Contact, book_tickets
from cinema.services.halls import SEAT_WIDTH
from cinema.services.payments import settle_payment, start_payment

# Which part of a hall's first evening show is sold, by the hall's name and the days from today.
CROWDED = {("Roots", 1): 1.0, ("Canopy", 1): 0.94, ("Chautari", 2): 0.9}
# Where the moviegoer of the demo goes, by the theatre's slug, and how many days from today.
TREATS = [("prabhat-talkies", 1), ("himal-chitra-ghar", 4)]
EVENING = 17  # o'clock
BUSY, QUIET = 0.3, 0.05  # the most of a hall that is sold for today's other shows, evening and daytime
PARTIES, HOW_OFTEN = [1, 2, 3, 4, 5, 6], [12, 48, 14, 16, 5, 5]
FIRST_NAMES = ["Aarav", "Anjali", "Bikash", "Devika", "Farhan", "Kavya", "Leela", "Nabin", "Rohan", "Sana", "Tenzin"]
LAST_NAMES = ["Bhatt", "D’Souza", "Gurung", "Iyer", "Joshi", "Khan", "Menon", "Rai", "Rao", "Shrestha", "Thapa"]


class Place(NamedTuple):
    """A seat at a show, and where it stands: as Seat.x and Seat.y."""

    pk: int
    x: int
    y: int


def sell() -> int:
    """Sell seats at the coming shows that nobody has touched yet; return the number of tickets.

    Each show is one transaction: interrupted, the next run goes on where this one stopped.
    """
    return sum(_sell(show, sizes) for show, sizes in tqdm(_demand(), desc="Sales", unit="show", disable=None))


def sell_to(email: str) -> None:
    """Sell the user with that address, if they have no ticket yet, two seats on each of two evenings."""
    user = User.objects.filter(email=email, tickets=None).first()
    if user is None:
        return
    for slug, ahead in TREATS:
        for show in _coming().filter(screen__theatre__slug=slug, seats_free__gte=2):
            if _days_ahead(show) == ahead and _is_evening(show):
                _sell(show, [2], user)
                break


def _coming() -> QuerySet[Show]:
    """The demo's shows that will still be for sale when all this is done."""
    return (
        Show.objects.filter(
            screen__theatre__slug__in=[house.slug for house in HOUSES],
            status=Show.Status.SCHEDULED,
            starts_at__gt=Now() + timedelta(minutes=15),
        )
        .select_related("screen__theatre")
        .order_by("starts_at", "pk")
    )


def _is_evening(show: Show) -> bool:
    return show.starts_at.astimezone(show.screen.theatre.tz).hour >= EVENING


def _days_ahead(show: Show) -> int:
    return (show.trading_day - timezone.localdate(timezone=show.screen.theatre.tz)).days


def _random(show: Show) -> Random:
    return Random(f"{show.screen} {show.starts_at}")  # noqa: S311, nothing depends on it


def _demand() -> list[tuple[Show, list[int]]]:
    """Return the shows without a sale so far, with the parties that want to come: the nearer the show, the more."""
    crowded, demand = dict(CROWDED), []
    for show in _coming():
        rng, ahead = _random(show), _days_ahead(show)
        share = rng.uniform(0, BUSY if _is_evening(show) else QUIET) / (1 + ahead) ** 2
        if _is_evening(show):
            share = crowded.pop((show.screen.name, ahead), share)
        sizes = list(_sizes(round(share * show.seats_total), rng))
        if sizes and not show.revision:
            demand.append((show, sizes))
    return demand


def _sizes(seats: int, rng: Random) -> Iterator[int]:
    """Yield the sizes of parties of so many people in all."""
    while seats > 0:
        size = min(seats, settings.MAX_SEATS, *rng.choices(PARTIES, HOW_OFTEN))
        seats -= size
        yield size


@transaction.atomic
def _sell(show: Show, sizes: Sequence[int], user: User | None = None) -> int:
    """Sell a ticket to each of the parties, made-up people or ``user``; return the number of tickets."""
    rng = _random(show)
    payments = [
        book_tickets(
            show_id=show.pk,
            seat_ids=seat_ids,
            buyer=(buyer := f"demo {seat_ids[0]}"),
            contact=Contact(user.name, user.email) if user else _somebody(rng),
            mode=rng.choice(PaymentMode.values),
            key=buyer,
            user=user,
        )
        for seat_ids in _choose_seats(show, sizes, rng)
    ]
    for payment in payments:
        start_payment(payment=payment)
        report = Report(payment.code, Result.PAID, payment.amount, payment.currency)
        settle_payment(report=report, notify=False)
    SandboxCharge.objects.filter(reference__in=[payment.code for payment in payments]).update(status=Result.PAID)
    Ticket.objects.filter(payments__in=payments).update(emailed_at=Now())
    return len(payments)


def _choose_seats(show: Show, sizes: Sequence[int], rng: Random) -> Iterator[list[int]]:
    """Yield the keys of free seats for each party: the best places, side by side as long as there are any."""
    available = show.seats.filter(status=ShowSeat.Status.AVAILABLE).order_by("seat__y", "seat__x")
    free = list(starmap(Place, available.values_list("pk", "seat__x", "seat__y")))
    across, deep = max(place.x for place in free) / 2 or 1, max(place.y for place in free) * 0.7 or 1
    worse = {p: abs(p.x / across - 1) + abs(p.y / deep - 1) + rng.random() * 1.5 for p in free}
    for size in sizes:
        neighbours = _side_by_side(free, size)
        party = min(neighbours, key=lambda places: sum(worse[p] for p in places), default=free[:size])
        free = [place for place in free if place not in party]
        yield [place.pk for place in party]


def _side_by_side(free: list[Place], size: int) -> Iterator[list[Place]]:
    """Yield every ``size`` neighbours."""
    for start in range(len(free) - size + 1):
        first, last = free[start], free[start + size - 1]
        if first.y == last.y and last.x - first.x == SEAT_WIDTH * (size - 1):
            yield free[start : start + size]


def _somebody(rng: Random) -> Contact:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    mailbox = f"{first}.{last}".lower().replace("’", "")
    return Contact(f"{first} {last}", f"{mailbox}@demo.example", f"+91 90000 {rng.randrange(10**5):05}")
