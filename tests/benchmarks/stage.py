"""The data to book: a cinema with halls of 300 seats, created by the services, and 30,000 tickets."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from cinema.models import Genre, Hold, Language, Movie, Screen, SeatCategory, Show, Theatre
from cinema.services.halls.halls import build_screen
from cinema.services.schedule.schedule import ShowPlan, schedule_shows

SCREENS, FILMS = 4, 20
SEATS = 300
SOLD_SHOWS, OPEN_SHOWS, FLOOR_SHOWS = 200, 40, 40
TICKETS = SOLD_SHOWS * SEATS // 2
PRICES = {"a": 200, "b": 250, "c": 400}
HALL = "\n".join(
    ["aaaaa.aaaaaaaaaa.aaaaa"] * 5 + ["bbbbb.bbbbbbbbbb.bbbbb"] * 7 + [""] + ["ccccc.cccccccccc.ccccc"] * 2
    + ["wkccc.cccccccccc.ccckw"]
)  # fmt: skip

# One ticket for every two seats of the sold shows, with all that belongs to it, as if held and paid one by one.
PRELOAD = """
CREATE TEMP TABLE pair AS
SELECT *, row_number() OVER (PARTITION BY show_id ORDER BY first) AS n,
       nextval(pg_get_serial_sequence('cinema_hold', 'id')) AS hold_id,
       nextval(pg_get_serial_sequence('cinema_order', 'id')) AS order_id,
       nextval(pg_get_serial_sequence('cinema_ticket', 'id')) AS ticket_id,
       now() - interval '1 day' AS at
FROM (SELECT show_id, min(id) AS first, array_agg(id) AS seats, sum(price) AS amount
      FROM (SELECT id, show_id, price, (row_number() OVER (PARTITION BY show_id ORDER BY id) - 1) / 2 AS two
            FROM cinema_showseat WHERE show_id = ANY(%(shows)s)) AS seat
      GROUP BY show_id, two) AS pairs;
CREATE TEMP TABLE pair_seat AS SELECT pair.*, unnest(seats) AS seat_id FROM pair;
INSERT INTO cinema_hold (id, code, show_id, buyer, origin, status, created_at, expires_at)
    SELECT hold_id, md5('h' || first)::varchar(22), show_id, 'b' || first, '', 'BOOKED', at, at FROM pair;
INSERT INTO cinema_order
    (id, code, reference, theatre_id, channel, language, currency, status, total, name, email, phone, receipt_due,
     created_at)
    SELECT order_id, md5('t' || first)::varchar(22), lpad(ticket_id::text, 8, '0'), theatre_id, 'WEB', 'en', 'INR',
           'PAID', amount, 'Asha Rao', 'asha@example.org', '', false, at
    FROM pair JOIN cinema_show s ON s.id = show_id JOIN cinema_screen c ON c.id = screen_id;
INSERT INTO cinema_ticket
    (id, code, reference, order_id, show_id, hold_id, status, amount, cancel_cutoff, refund_percent, created_at,
     confirmed_at, kept)
    SELECT ticket_id, md5('t' || first)::varchar(22), lpad(ticket_id::text, 8, '0'), order_id, show_id, hold_id,
           'CONFIRMED', amount, 120, 100, at, at, amount FROM pair;
WITH sold AS (
    INSERT INTO cinema_ticketseat (ticket_id, show_seat_id, price, active)
    SELECT ticket_id, ss.id, ss.price, true FROM pair_seat JOIN cinema_showseat ss ON ss.id = pair_seat.seat_id
    RETURNING id, ticket_id, price)
INSERT INTO cinema_orderline
    (order_id, kind, ticket_seat_id, quantity, unit_price, amount, tax_percent, tax, reported_price)
    SELECT order_id, 'SEAT', sold.id, 1, price, price, 0, 0, price FROM sold JOIN pair USING (ticket_id);
INSERT INTO cinema_payment
    (code, order_id, mode, gateway, amount, currency, status, key, fingerprint, created_at, settled_at, due_at)
    SELECT md5('p' || first)::varchar(22), order_id, 'UPI', 'sandbox', amount, 'INR', 'SUCCESS', md5('k' || first), '',
           at, at, NULL FROM pair;
INSERT INTO cinema_moneyentry (at, theatre_id, order_id, payment_id, kind, debit, credit, amount, currency)
    SELECT at, theatre_id, p.order_id, p.id, kind, debit, credit, p.amount, p.currency
    FROM pair JOIN cinema_order o ON o.id = pair.order_id JOIN cinema_payment p ON p.order_id = o.id CROSS JOIN (
        VALUES ('CAPTURE', 'clearing:sandbox', 'orders'), ('SALE', 'orders', 'revenue:SEAT:0')
    ) AS steps (kind, debit, credit);
INSERT INTO cinema_seatevent
    (show_id, revision, show_seat_id, action, from_status, to_status, actor, hold_id, ticket_id, reason, at)
    SELECT show_id, 2 * n - 1, seat_id, 'HOLD', 'AVAILABLE', 'HELD', 'BUYER', hold_id, NULL, '', at FROM pair_seat
    UNION ALL
    SELECT show_id, 2 * n, seat_id, 'BOOK', 'HELD', 'BOOKED', 'GATEWAY', hold_id, ticket_id, '', at FROM pair_seat;
UPDATE cinema_showseat SET status = 'BOOKED' WHERE show_id = ANY(%(shows)s);
UPDATE cinema_show SET seats_free = 0, revision = seats_total, admissions = seats_total,
    revenue = (SELECT sum(price) FROM cinema_showseat WHERE show_id = cinema_show.id) WHERE id = ANY(%(shows)s);
"""


class Pair(NamedTuple):
    """Two available seats at a show. ``old_hold`` is a past hold, for the floor."""

    show_id: int
    seats: tuple[int, int]
    old_hold: int


class Stage:
    """The prepared database. Each pair of seats is handed out once."""

    def __init__(self) -> None:
        shows = schedule(SOLD_SHOWS + OPEN_SHOWS + FLOOR_SHOWS)
        sold, opened, floor = shows[:SOLD_SHOWS], shows[SOLD_SHOWS:-FLOOR_SHOWS], shows[-FLOOR_SHOWS:]
        self._old_holds = preload(sold)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        self.open_shows = opened
        self._pairs, self._floor_pairs = self._pairs_of(opened), self._pairs_of(floor)

    def take(self, count: int) -> list[Pair]:
        """Available pairs at as many shows as there are. Raises ValueError if there are no more."""
        return _take(self._pairs, count)

    def take_of_one_show(self, count: int) -> list[Pair]:
        """Available pairs of the show that has most of them."""
        show, _ = Counter(pair.show_id for pair in self._pairs).most_common(1)[0]
        taken = [pair for pair in self._pairs if pair.show_id == show][-count:]
        self._pairs = [pair for pair in self._pairs if pair not in taken]
        return taken

    def take_for_floor(self, count: int) -> list[Pair]:
        """Pairs at separate shows: the floor writes no ledger, so its shows cannot be checked afterwards."""
        return _take(self._floor_pairs, count)

    def _pairs_of(self, shows: Sequence[Show]) -> list[Pair]:
        by_show = [list(show.seats.order_by("pk").values_list("pk", flat=True)) for show in shows]
        pairs = chain.from_iterable(
            [(show.pk, (seats[n], seats[n + 1])) for show, seats in zip(shows, by_show, strict=True)]
            for n in range(0, SEATS, 2)
        )
        return [Pair(*pair, hold) for pair, hold in zip(pairs, self._old_holds, strict=False)]


def preload(shows: Sequence[Show]) -> list[int]:
    """Sell all seats of these shows. Return the keys of the holds."""
    with connection.cursor() as cursor:
        cursor.execute(PRELOAD, {"shows": [show.pk for show in shows]})
        cursor.execute("SELECT hold_id FROM pair")
        return [hold for (hold,) in cursor.fetchall()]


def an_old_hold(show: Show) -> int:
    """A hold that has ended: the floor's tickets must have one."""
    now = timezone.now()
    hold = Hold(show=show, buyer="floor", status=Hold.Status.BOOKED, created_at=now, expires_at=now, latest_at=now)
    hold.save()
    return hold.pk


def _take(pairs: list[Pair], count: int) -> list[Pair]:
    if count > len(pairs):
        raise ValueError(f"{count} pairs of seats are wanted, {len(pairs)} are left.")
    taken = pairs[:count]
    del pairs[:count]
    return taken


def schedule(count: int) -> list[Show]:
    """Schedule so many shows, one after the other on each screen, from tomorrow on."""
    theatre = Theatre.objects.create(
        name="Galaxy",
        slug="galaxy",
        city="Mumbai",
        address="1 Marine Drive",
        time_zone="Asia/Kolkata",
        single_seats=Theatre.SingleSeats.ALLOW,
    )
    categories = {
        letter: SeatCategory.objects.create(theatre=theatre, name=name, rank=rank)
        for rank, (letter, name) in enumerate([("a", "Classic"), ("b", "Premium"), ("c", "Recliner")], start=1)
    }
    screens = [
        build_screen(theatre=theatre, name=f"Screen {n}", plan=HALL, categories=categories, shape=Screen.Shape.CURVED)
        for n in range(1, SCREENS + 1)
    ]
    hindi, drama = Language.objects.create(code="hi", name="Hindi"), Genre.objects.create(name="Drama", slug="drama")
    movies = Movie.objects.bulk_create(
        Movie(title=f"The Film {n}", slug=f"the-film-{n}", year=2024, runtime=120, certificate="UA")
        for n in range(FILMS)
    )
    for movie in movies:
        movie.genres.add(drama)
        movie.languages.add(hindi)
    prices = {categories[letter].pk: Decimal(price) for letter, price in PRICES.items()}
    tomorrow = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    return schedule_shows(
        plans=[
            ShowPlan(
                movie=movies[n % FILMS],
                screen=screens[n % SCREENS],
                starts_at=tomorrow + timedelta(hours=3) * (n // SCREENS),
                prices=prices,
                language=hindi,
            )
            for n in range(count)
        ]
    )
