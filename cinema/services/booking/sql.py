"""The statements of the hot way as SQL: hold, book, check out, pay. See docs/decisions/sql-on-the-hot-way.md.

Here they cost PostgreSQL one journey and one plan each, and Python no query to build. What locks keeps the order of
services.core.locking; whatever must hold under a lock is read by a later statement than the one that takes it.
"""

from datetime import datetime
from typing import NamedTuple

from cinema.models import (
    Hold,
    MoneyEntry,
    Movie,
    Order,
    OrderLine,
    OrderWord,
    OutgoingMail,
    Payment,
    Screen,
    Seat,
    SeatCategory,
    SeatEvent,
    Show,
    ShowSeat,
    Theatre,
    Ticket,
    TicketSeat,
    User,
)
from cinema.models.annotated import HoldWithSeats, LockedHold, LockedPayment, ShowSeatNow
from cinema.services.core.statements import Insert, Query, Write


class SeatAsked(NamedTuple):
    """A requested seat as it is without a lock: its status and hold, and when house seats come on sale."""

    pk: int
    status: str
    buyer: str | None
    expires_at: datetime | None
    release_at: datetime | None
    now: datetime
    row: str
    number: int


# The cheap check before any lock: most of a rush ends here.
SEATS_ASKED = Query(
    "seats_asked",
    SeatAsked,
    """
    SELECT seat_at.id, seat_at.status, hold.buyer, hold.expires_at, show.house_release_at, clock_timestamp(),
           seat.row, seat.number
    FROM cinema_showseat seat_at
    JOIN cinema_show show ON show.id = seat_at.show_id JOIN cinema_seat seat ON seat.id = seat_at.seat_id
    LEFT JOIN cinema_hold hold ON hold.id = seat_at.hold_id
    WHERE seat_at.show_id = %(show)s AND seat_at.id = ANY (%(seats)s) ORDER BY seat_at.id
    """,
)


class FullShow(NamedTuple):
    """A show with too few free seats, and how many those are."""

    seats_free: int


# The cheap check for the best seats: the show if it has fewer than asked for, and no hold that could free more.
FULL_SHOW = Query(
    "full_show",
    FullShow,
    """
    SELECT show.seats_free FROM cinema_show show
    WHERE show.id = %(show)s AND show.seats_free < %(party)s AND show.status = 'SCHEDULED'
      AND show.sales_end_at > clock_timestamp()
      AND (show.house_release_at IS NULL OR show.house_release_at > clock_timestamp())
      AND NOT EXISTS (SELECT 1 FROM cinema_hold hold WHERE hold.show_id = show.id AND hold.status = 'ACTIVE'
                      AND (hold.buyer = %(buyer)s OR hold.expires_at <= clock_timestamp()))
    """,
)


class LockedShow(NamedTuple):
    """A locked show, with what the rules and the answer need of its film and theatre."""

    show: Show
    movie: Movie
    screen: Screen
    theatre: Theatre


_SHOWS = """
    SELECT {show}, {movie}, {screen}, {theatre}
    FROM cinema_show show JOIN cinema_movie movie ON movie.id = show.movie_id
    JOIN cinema_screen screen ON screen.id = show.screen_id
    JOIN cinema_theatre theatre ON theatre.id = screen.theatre_id"""


def _lock_shows(name: str, which: str) -> Query[LockedShow]:
    """The statement that locks the shows with the condition ``which``, in the order of their keys."""
    sql = f"{_SHOWS} WHERE {which} ORDER BY show.id FOR NO KEY UPDATE OF show"
    return Query(name, LockedShow, sql, only={"movie": ["id", "title", "title_translations", "slug"]})


# The lock that makes buyers of one show take turns.
LOCK_SHOW = _lock_shows("lock_show", "show.id = %(show)s")


class LockedSeat(NamedTuple):
    """A locked seat with its place and its hold, and the database's clock."""

    seat_at: ShowSeatNow
    seat: Seat
    category: SeatCategory
    hold: Hold | None
    now: datetime


# The requested seats and those of the buyer's hold, in the order of their keys; the clock is read under the lock.
LOCK_SEATS = Query(
    "lock_seats",
    LockedSeat,
    """
    SELECT {seat_at}, {seat}, {category}, {hold}, clock_timestamp()
    FROM cinema_showseat seat_at JOIN cinema_seat seat ON seat.id = seat_at.seat_id
    JOIN cinema_seatcategory category ON category.id = seat.category_id
    LEFT JOIN cinema_hold hold ON hold.id = seat_at.hold_id
    WHERE seat_at.show_id = %(show)s AND (seat_at.id = ANY (%(seats)s) OR seat_at.hold_id = %(hold)s)
    ORDER BY seat_at.id FOR NO KEY UPDATE OF seat_at
    """,
)


# The shows of a buyer's holds, to check them out, extend or release them.
LOCK_SHOWS_OF_HOLDS = _lock_shows(
    "lock_shows_of_holds",
    "show.id IN (SELECT show_id FROM cinema_hold hold WHERE hold.code = ANY (%(codes)s) AND hold.buyer = %(buyer)s)",
)


class FoundHold(NamedTuple):
    """A hold at a locked show, whether a ticket of it waits for payment, and the database's clock."""

    hold: LockedHold
    is_checked_out: bool
    now: datetime


# The holds at those shows, by a statement that sees what was committed before the lock.
HOLDS = Query(
    "holds",
    FoundHold,
    """
    SELECT {hold}, EXISTS (SELECT 1 FROM cinema_ticket ticket WHERE ticket.hold_id = hold.id
                           AND ticket.status = 'PENDING'), clock_timestamp()
    FROM cinema_hold hold WHERE hold.code = ANY (%(codes)s) AND hold.buyer = %(buyer)s
    """,
)


class HeldSeat(NamedTuple):
    """A locked seat of a hold, with its place."""

    seat_at: ShowSeat
    seat: Seat


# The seats of holds that are checked out.
LOCK_HELD_SEATS = Query(
    "lock_held_seats",
    HeldSeat,
    """
    SELECT {seat_at}, {seat} FROM cinema_showseat seat_at JOIN cinema_seat seat ON seat.id = seat_at.seat_id
    WHERE seat_at.hold_id = ANY (%(holds)s) ORDER BY seat_at.id FOR NO KEY UPDATE OF seat_at
    """,
)

# The shows for which a payment buys tickets.
LOCK_SHOWS_OF_PAYMENT = _lock_shows(
    "lock_shows_of_payment",
    """show.id IN (SELECT ticket.show_id FROM cinema_payment payment
                  JOIN cinema_ticket ticket ON ticket.order_id = payment.order_id WHERE payment.code = %(code)s)""",
)


class OrderedSeat(NamedTuple):
    """A locked seat of an order, with its ticket and the hold that it is in now."""

    line: TicketSeat
    ticket: Ticket
    seat_at: ShowSeat
    hold: Hold | None


# The seats of the tickets that a payment buys, at those shows.
LOCK_SEATS_OF_PAYMENT = Query(
    "lock_seats_of_payment",
    OrderedSeat,
    """
    SELECT {line}, {ticket}, {seat_at}, {hold}
    FROM cinema_payment payment JOIN cinema_ticket ticket ON ticket.order_id = payment.order_id
    JOIN cinema_ticketseat line ON line.ticket_id = ticket.id
    JOIN cinema_showseat seat_at ON seat_at.id = line.show_seat_id
    LEFT JOIN cinema_hold hold ON hold.id = seat_at.hold_id
    WHERE payment.code = %(code)s AND seat_at.show_id = ANY (%(shows)s)
    ORDER BY seat_at.id FOR NO KEY UPDATE OF seat_at
    """,
)


class FoundPayment(NamedTuple):
    """A locked payment and its locked order, with why it was refunded, the booking fee and the database's clock.

    ``is_elsewhere`` if a ticket of the order is for a show that is not locked.
    """

    payment: LockedPayment
    purchase: Order
    account: User | None
    fee: OrderLine | None
    refund_reason: str | None
    is_elsewhere: bool
    now: datetime


# The payment with its order; what has happened to it was committed before the locks of its shows.
LOCK_PAYMENT = Query(
    "lock_payment",
    FoundPayment,
    """
    SELECT {payment}, {purchase}, {account}, {fee},
           (SELECT reason FROM cinema_refund refund WHERE refund.payment_id = payment.id ORDER BY refund.id LIMIT 1),
           EXISTS (SELECT 1 FROM cinema_ticket ticket WHERE ticket.order_id = purchase.id
                   AND NOT ticket.show_id = ANY (%(shows)s)), clock_timestamp()
    FROM cinema_payment payment JOIN cinema_order purchase ON purchase.id = payment.order_id
    LEFT JOIN cinema_user account ON account.id = purchase.user_id
    LEFT JOIN cinema_orderline fee ON fee.id = (SELECT min(line.id) FROM cinema_orderline line
                                                WHERE line.order_id = purchase.id AND line.kind = 'FEE')
    WHERE payment.code = %(code)s FOR NO KEY UPDATE OF purchase, payment
    """,
    only={"fee": ["id", "tax_percent"]},
)


class EarlierPayment(NamedTuple):
    """The payment of an idempotency key, with the fingerprint of the request that had the key first."""

    pk: int
    fingerprint: str


# Whether a request is a repeated one: asked of each that is refused, as most of a rush are.
EARLIER_PAYMENT = Query(
    "earlier_payment",
    EarlierPayment,
    """
    SELECT payment.id, payment.fingerprint FROM cinema_payment payment WHERE payment.key = %(key)s
    UNION ALL
    SELECT further.payment_id, further.fingerprint FROM cinema_paymentkey further WHERE further.key = %(key)s
    """,
)


class CountedHold(NamedTuple):
    """A hold that hold limits count, with the number of its seats."""

    hold: HoldWithSeats
    held: int


# The holds that hold limits count: active ones, recent ones that ended unused, free bookings until their show begins.
# Of clients whose number of holds is not limited, only those at this show.
COUNTED_HOLDS = Query(
    "counted_holds",
    CountedHold,
    """
    SELECT {hold}, COALESCE(NULLIF((SELECT count(*) FROM cinema_showseat seat_at WHERE seat_at.hold_id = hold.id), 0),
                            hold.free_seats)
    FROM cinema_hold hold JOIN cinema_show show ON show.id = hold.show_id
    WHERE (hold.buyer = ANY (%(buyers)s) AND (hold.show_id = %(show)s OR %(all_of_buyers)s)
           OR hold.origin = ANY (%(clients)s) AND (hold.show_id = %(show)s OR %(all_of_clients)s)
           OR hold.program = ANY (%(programs)s) AND hold.program <> ''
              AND (hold.show_id = %(show)s OR %(all_of_programs)s))
      AND hold.expires_at > %(since)s AND show.status <> 'CANCELLED'
      AND NOT (hold.status = 'BOOKED' AND hold.free_seats = 0)
    ORDER BY hold.expires_at
    """,
)

_SEATS = """
    UPDATE cinema_showseat SET status = %(to_status)s, hold_id = {hold} WHERE cinema_showseat.id = ANY (%(seats)s)"""
_SHOW = """
    UPDATE cinema_show SET revision = %(revision)s, seats_free = %(seats_free)s, seats_total = %(seats_total)s,
        admissions = %(admissions)s, revenue = %(revenue)s, owed = %(owed)s
    WHERE cinema_show.id = %(show)s"""
_MAPS = "pg_notify('cinema_seats', %(told)s)"  # live seat maps listen

# A change of seats: the ledger's rows, the seats, the show's revision and counters, and word to the live maps.
TRANSITION = Write(
    "write_transition",
    tells=_MAPS,
    event=Insert(SeatEvent, keyed=False),
    seats=_SEATS.format(hold="%(hold)s"),
    show=_SHOW,
)

# The same for seats that a new hold takes, with the hold.
NEW_HOLD = Write(
    "write_hold",
    tells=_MAPS,
    hold=Insert(Hold),
    event=Insert(SeatEvent, refers={"hold": "hold"}, keyed=False),
    seats=_SEATS.format(hold="(SELECT id FROM hold)"),
    show=_SHOW,
)

# An order with all that belongs to it. The payment follows where gift cards are taken first.
ORDER = Write(
    "write_order",
    purchase=Insert(Order),
    ticket=Insert(Ticket, refers={"order": "purchase"}),
    seat=Insert(TicketSeat, refers={"ticket": "ticket"}),
    line=Insert(OrderLine, refers={"order": "purchase", "ticket_seat": "seat"}),
    word=Insert(OrderWord, refers={"order": "purchase"}, keyed=False),
    payment=Insert(Payment, refers={"order": "purchase"}),
)

# What the provider has called a payment that was started there.
STARTED = Write(
    "write_started",
    payment="""
    UPDATE cinema_payment SET pay_url = %(pay_url)s, provider_id = %(provider_id)s
    WHERE cinema_payment.id = %(payment)s""",
)

# A payment that has arrived: what it has paid for, the money ledger, and the mails with its tickets. Its seats were
# changed before; a hold that still has seats, since only some of its tickets were paid for, stays as it is.
SETTLEMENT = Write(
    "write_settlement",
    mail=Insert(OutgoingMail, keyed=False),
    entry=Insert(MoneyEntry, keyed=False),
    payment="""
    UPDATE cinema_payment SET status = %(status)s, settled_at = %(now)s, due_at = %(due_at)s,
        capture_id = %(capture_id)s
    WHERE cinema_payment.id = %(payment)s""",
    ticket="""
    UPDATE cinema_ticket SET status = 'CONFIRMED', confirmed_at = %(now)s, kept = amount
    WHERE cinema_ticket.id = ANY (%(tickets)s)""",
    hold="""
    UPDATE cinema_hold SET status = 'BOOKED' WHERE cinema_hold.id = ANY (%(holds)s)
        AND NOT EXISTS (SELECT 1 FROM cinema_showseat seat_at WHERE seat_at.hold_id = cinema_hold.id)""",
    purchase="""
    UPDATE cinema_order SET status = 'PAID' WHERE cinema_order.id = ANY (%(paid)s)""",
)
