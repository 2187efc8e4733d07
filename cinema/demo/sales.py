"""Sells some seats of the demo through the services, so that the ledgers are consistent."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product
from random import Random

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from tqdm import tqdm

from cinema.demo.theatres import HOUSES
from cinema.domain.seating.places import COMPANION, WIDTH, SeatPlace, companions, in_order, partners
from cinema.gateways import get_gateway
from cinema.gateways.base import Result
from cinema.models import Payment, ReminderStop, SandboxCharge, Show, Ticket, User, Voucher
from cinema.selectors.booking.places import places
from cinema.services.booking.booking import book_tickets
from cinema.services.booking.booking_requests import BookingRequest, Contact
from cinema.services.booking.seat_requests import SeatRequest
from cinema.services.money.gift_card_orders import GiftCardPlan, order_gift_card
from cinema.services.money.payments import start_payment
from cinema.services.money.settlement import settle_payment

# Share sold of a hall's first evening show, by the hall's name and the days from today.
CROWDED = {("Roots", 1): 1.0, ("Canopy", 1): 0.94, ("Chautari", 2): 0.9}
# The shows of the demo's moviegoer: slug of the theatre, and days from today.
TREATS = [("prabhat-talkies", 1), ("himal-chitra-ghar", 4)]
DAYS_AGO = 3  # when they bought the first ticket
EVENING = 17  # o'clock
BUSY, QUIET = 0.3, 0.05  # largest share sold of today's other shows, in the evening and in daytime
PARTIES, HOW_OFTEN = [1, 2, 3, 4, 5, 6], [12, 48, 14, 16, 5, 5]
FIRST_NAMES = ["Aarav", "Anjali", "Bikash", "Devika", "Farhan", "Kavya", "Leela", "Nabin", "Rohan", "Sana", "Tenzin"]
LAST_NAMES = ["Bhatt", "D’Souza", "Gurung", "Iyer", "Joshi", "Khan", "Menon", "Rai", "Rao", "Shrestha", "Thapa"]


Unit = list[SeatPlace]  # sold together: a seat, a whole love seat, or a companion seat with its wheelchair space


def sell() -> int:
    """Sell seats at coming shows without any sales or holds; return the number of tickets.

    Each show is one transaction; after an interruption the next run continues. The invented buyers want no reminders.
    """
    ReminderStop.objects.bulk_create(map(_stop, product(FIRST_NAMES, LAST_NAMES)), ignore_conflicts=True)
    return sum(_sell(show, sizes) for show, sizes in tqdm(_demand(), desc="Sales", unit="show", disable=None))


def sell_to(email: str) -> None:
    """Sell two seats on each of two evenings to the user with this email address, if they have no ticket yet, and give
    them a gift card. The first ticket is some days old, so that the reminder of its show is due."""
    user = User.objects.filter(email=email, orders=None).first()
    if user is None:
        return
    for slug, ahead in TREATS:
        for show in _coming().filter(screen__theatre__slug=slug, seats_free__gte=2):
            if _days_ahead(show) == ahead and _is_evening(show):
                _sell(show, [2], user)
                if (slug, ahead) == TREATS[0]:
                    Ticket.objects.filter(order__user=user, show=show).update(
                        confirmed_at=Now() - timedelta(days=DAYS_AGO)
                    )
                    _give(user, show)
                break


def _coming() -> QuerySet[Show]:
    """The demo's shows that start in 15 minutes or later, so that they are still on sale when this is done."""
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
    """Return the shows without any sales, with the sizes of parties; earlier shows have more."""
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
    """Yield sizes of parties that add up to ``seats``."""
    while seats > 0:
        size = min(seats, settings.MAX_SEATS, *rng.choices(PARTIES, HOW_OFTEN))
        seats -= size
        yield size


@transaction.atomic
def _sell(show: Show, sizes: Sequence[int], user: User | None = None) -> int:
    """Sell a ticket to each party, to invented people or to ``user``; return the number of tickets."""
    rng = _random(show)
    payments = [
        book_tickets(
            # As staff, so that the rule about single seats does not apply.
            seats=SeatRequest(show.pk, seat_ids, buyer := f"demo {seat_ids[0]}", source=None, staff=True),
            request=BookingRequest(
                contact=Contact(user.name, user.email) if user else _somebody(rng),
                mode=rng.choice(list(settings.PAYMENT_GATEWAYS)),
                key=buyer,
                user=user,
                vouchers=_voucher(show) if user else (),
            ),
        )
        for seat_ids in _choose_seats(show, sizes, rng)
    ]
    _pay(payments)
    return len(payments)


def _voucher(show: Show) -> list[str]:
    """The code of a voucher of the theatre's first batch, if it has one."""
    own = Voucher.objects.filter(batch__theatre=show.screen.theatre, used_at=None)
    return list(own.order_by("pk").values_list("code", flat=True)[:1])


def _give(user: User, show: Show) -> None:
    """Have somebody buy the user a gift card where they go to see the show."""
    plan = GiftCardPlan(
        show.screen.theatre, max(settings.GIFT_CARD_AMOUNTS), user.name, user.email, message="Enjoy the show!"
    )
    mode = next(iter(settings.PAYMENT_GATEWAYS))
    request = BookingRequest(contact=_somebody(_random(show)), mode=mode, key=f"a card for {user.pk} at {show.pk}")
    _pay([order_gift_card(plan=plan, request=request, buyer="demo", client_ip="")])


def _pay(payments: Sequence[Payment]) -> None:
    for payment in payments:
        payment.gateway = "sandbox"  # wherever others go to pay
        payment.save(update_fields=["gateway"])
        start_payment(payment=payment)
    SandboxCharge.objects.filter(reference__in=[payment.code for payment in payments]).update(status=Result.PAID)
    for payment in payments:
        report = get_gateway("sandbox").report(reference=payment.code, provider_id="")
        settle_payment(report=report, notify=False)


def _choose_seats(show: Show, sizes: Sequence[int], rng: Random) -> Iterator[list[int]]:
    """Yield the keys of the best free seats for each party, side by side while possible.

    A party gets one seat more if only seats that are sold in pairs are left.
    """
    free = _units(places(show, buyer=""))
    across = max(place.x for unit in free for place in unit) / 2 or 1
    deep = max(place.y for unit in free for place in unit) * 0.7 or 1
    worse = {unit[0]: abs(unit[0].x / across - 1) + abs(unit[0].y / deep - 1) + rng.random() * 1.5 for unit in free}
    for size in sizes:
        party = min(_side_by_side(free, size), key=lambda units: sum(worse[unit[0]] for unit in units), default=[])
        for unit in free if not party else ():
            if sum(map(len, party)) < size:
                party.append(unit)
        free = [unit for unit in free if unit not in party]
        if party:
            yield [place.pk for unit in party for place in unit]


def _units(hall: Sequence[SeatPlace]) -> list[Unit]:
    """Return the free seats from the front, in units."""
    free = {place.pk: place for place in hall if place.free}
    pairs = companions(free.values()) | {left: right for left, right in partners(hall).items() if left < right}
    pairs = {pk: other for pk, other in pairs.items() if pk in free and other in free}
    together = [in_order([free[pk], free[other]]) for pk, other in pairs.items()]
    paired = {*pairs, *pairs.values()}
    alone = [[place] for place in free.values() if place.pk not in paired and place.kind != COMPANION]
    return sorted(alone + together, key=lambda unit: (unit[0].y, unit[0].x))


def _side_by_side(free: Sequence[Unit], size: int) -> Iterator[list[Unit]]:
    """Yield all neighbouring units with ``size`` seats in total."""
    for start in range(len(free)):
        units, seats = [], 0
        for unit in free[start:]:
            if units and (units[-1][-1].y, units[-1][-1].x + WIDTH) != (unit[0].y, unit[0].x):
                break
            units, seats = [*units, unit], seats + len(unit)
            if seats >= size:
                break
        if seats == size:
            yield units


def _somebody(rng: Random) -> Contact:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    return Contact(f"{first} {last}", _mailbox(first, last), f"+91 90000 {rng.randrange(10**5):05}")


def _mailbox(first: str, last: str) -> str:
    return f"{first}.{last}@demo.example".lower().replace("’", "")


def _stop(name: tuple[str, str]) -> ReminderStop:
    return ReminderStop(email=_mailbox(*name))
