"""A past to grow old with: shows that are over, four tenths of their seats sold, two by two. The others are all there,
as if the sweep had found a reason to keep each: the most that so many sales can leave behind.

The rows are made by the database itself, the same way on PostgreSQL and SQLite: a show's with all that belongs to its
sales, as the services would have left them.
"""

from datetime import timedelta

from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone
from tqdm import tqdm

from cinema.demo.bulk import trust_keys
from cinema.models import (
    Hold,
    MoneyEntry,
    Movie,
    Order,
    OrderLine,
    Payment,
    Screen,
    SeatEvent,
    Show,
    ShowSeat,
    Ticket,
    TicketSeat,
)
from tests.benchmarks.stage import SEATS

SOLD = SEATS * 4 // 10
PAIRS = SOLD // 2  # tickets for a show
PRICE = 200
FIRST = 1_000_000  # the keys of what is past; everything else is below, or later
AT_ONCE = 250  # shows a transaction
MADE = [Show, ShowSeat, Hold, Order, Ticket, TicketSeat, OrderLine, Payment, MoneyEntry, SeatEvent]

# A code nobody could guess and a moment's key as text, on each database.
WORDS = {
    "postgresql": {"code": "substr(md5(random()::text), 1, 22)", "eight": "lpad({}::text, 8, '0')"},
    "sqlite": {"code": "hex(randomblob(11))", "eight": "printf('%08d', {})"},
}
PLACES = """
    CREATE TEMP TABLE place AS
    SELECT id AS seat_id, screen_id, row_number() OVER (PARTITION BY screen_id ORDER BY id) - 1 AS n FROM cinema_seat
"""
PAST = """
    FROM cinema_show s JOIN place ON place.screen_id = s.screen_id WHERE s.id BETWEEN {first} AND {last}"""
STATEMENTS = [
    """
    INSERT INTO cinema_showseat (id, show_id, seat_id, status, price)
    SELECT {seat}, s.id, seat_id, CASE WHEN n < {sold} THEN 'BOOKED' ELSE 'AVAILABLE' END, {price} {past}""",
    """
    INSERT INTO cinema_hold (id, code, show_id, buyer, origin, status, created_at, expires_at)
    SELECT {pair}, {code}, s.id, {code}, '', 'BOOKED', s.starts_at, s.starts_at {past} AND n < {sold} AND n % 2 = 0""",
    """
    INSERT INTO cinema_order
        (id, code, reference, theatre_id, channel, language, currency, status, total, name, email, phone, receipt_due,
         created_at)
    SELECT {pair}, {code}, {reference}, {theatre}, 'WEB', 'en', 'INR', 'PAID', 2 * {price}, 'Buyer ' || {pair},
           'buyer' || {pair} || '@example.org', '+91 98' || {reference}, false, s.starts_at
    {past} AND n < {sold} AND n % 2 = 0""",
    """
    INSERT INTO cinema_ticket
        (id, code, reference, order_id, show_id, hold_id, status, amount, cancel_cutoff, refund_percent,
         created_at, confirmed_at, kept)
    SELECT {pair}, {code}, {reference}, {pair}, s.id, {pair}, 'CONFIRMED', 2 * {price}, 120, 100, s.starts_at,
           s.starts_at, 2 * {price}
    {past} AND n < {sold} AND n % 2 = 0""",
    """
    INSERT INTO cinema_orderword (order_id, theatre_id, word)
    SELECT {pair}, {theatre}, 'buyer' || {pair} || 'exampleorg' {past} AND n < {sold} AND n % 2 = 0
    UNION ALL
    SELECT {pair}, {theatre}, {pair} || '' {past} AND n < {sold} AND n % 2 = 0
    UNION ALL
    SELECT {pair}, {theatre}, 'exampleorg' {past} AND n < {sold} AND n % 2 = 0""",
    """
    INSERT INTO cinema_ticketseat (id, ticket_id, show_seat_id, price, active)
    SELECT {seat}, {pair}, {seat}, {price}, true {past} AND n < {sold}""",
    """
    INSERT INTO cinema_orderline
        (order_id, kind, ticket_seat_id, quantity, unit_price, amount, tax_percent, tax, reported_price)
    SELECT {pair}, 'SEAT', {seat}, 1, {price}, {price}, 0, 0, {price} {past} AND n < {sold}""",
    """
    INSERT INTO cinema_payment
        (code, order_id, mode, gateway, amount, currency, status, key, fingerprint, created_at, settled_at,
         due_at)
    SELECT {code}, {pair}, 'UPI', 'sandbox', 2 * {price}, 'INR', 'SUCCESS', {code}, '', s.starts_at, s.starts_at,
           NULL
    {past} AND n < {sold} AND n % 2 = 0""",
    """
    INSERT INTO cinema_moneyentry (at, theatre_id, order_id, payment_id, kind, debit, credit, amount, currency)
    SELECT p.settled_at, o.theatre_id, o.id, p.id, kind, debit, credit, p.amount, p.currency
    FROM cinema_payment p JOIN cinema_order o ON o.id = p.order_id CROSS JOIN (
        SELECT 'CAPTURE' AS kind, 'clearing:sandbox' AS debit, 'orders' AS credit
        UNION ALL SELECT 'SALE', 'orders', 'revenue:SEAT:0') AS steps
    WHERE o.id IN (SELECT {pair} {past} AND n < {sold} AND n % 2 = 0)""",
    """
    INSERT INTO cinema_seatevent
        (show_id, revision, show_seat_id, action, from_status, to_status, actor, hold_id, ticket_id, reason, at)
    SELECT s.id, n / 2 * 2 + 1, {seat}, 'HOLD', 'AVAILABLE', 'HELD', 'BUYER', {pair}, NULL, '', s.starts_at
    {past} AND n < {sold}
    UNION ALL
    SELECT s.id, n / 2 * 2 + 2, {seat}, 'BOOK', 'HELD', 'BOOKED', 'GATEWAY', {pair}, {pair}, '', s.starts_at
    {past} AND n < {sold}""",
]


def load(rows: int) -> None:
    """Put so many seats at shows behind the theatre that stage.schedule() has built, in a database that is nobody
    else's, and leave it as it would be after a while."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -1000000")  # kilobytes
        fill(rows)
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
    connection.close()


def fill(rows: int) -> None:
    """Make the rows."""
    shows = _shows(rows // SEATS)
    with (
        connection.cursor() as cursor,
        tqdm(total=len(shows), desc=f"{rows:,} seats of the past", unit="show", disable=None) as progress,
    ):
        cursor.execute(PLACES)
        for start in range(0, len(shows), AT_ONCE):
            some = shows[start : start + AT_ONCE]
            with transaction.atomic():
                trust_keys()
                Show.objects.bulk_create(some)
                for statement in STATEMENTS:
                    cursor.execute(_filled(statement, some[0].pk, some[-1].pk))
            progress.update(len(some))
        cursor.execute("DROP TABLE place")
        for statement in connection.ops.sequence_reset_sql(no_style(), MADE):
            cursor.execute(statement)


def _filled(statement: str, first: int, last: int) -> str:
    words = WORDS[connection.vendor]
    pair = f"({FIRST} + (s.id - {FIRST}) * {PAIRS} + n / 2)"
    return statement.format(
        seat=f"({FIRST} + (s.id - {FIRST}) * {SEATS} + n)",
        pair=pair,
        code=words["code"],
        reference=words["eight"].format(pair),
        theatre="(SELECT theatre_id FROM cinema_screen WHERE id = s.screen_id)",
        sold=SOLD,
        price=PRICE,
        past=PAST.format(first=first, last=last),
    )


def _shows(count: int) -> list[Show]:
    """Shows that are over, one every three hours on each screen, back from two weeks ago: no page of this week has
    more to say because of them."""
    screens, movies = list(Screen.objects.select_related("theatre").order_by("pk")), list(Movie.objects.order_by("pk"))
    last = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=14)
    language = movies[0].languages.get()
    shows = []
    for n in range(count):
        screen, start = screens[n % len(screens)], last - timedelta(hours=3) * (n // len(screens))
        shows.append(
            Show(
                pk=FIRST + n,
                movie=movies[n % len(movies)],
                screen=screen,
                starts_at=start,
                ends_at=start + timedelta(hours=2, minutes=45),
                sales_end_at=start,
                trading_day=screen.theatre.trading_day(start),
                language=language,
                revision=SOLD,
                seats_total=SEATS,
                seats_dropped=0,
                seats_free=SEATS - SOLD,
                admissions=SOLD,
                revenue=SOLD * PRICE,
            )
        )
    return shows
