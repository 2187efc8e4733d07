"""Every row lock of the project, and the order in which they are taken.

    Theatre -> Till -> Season -> Movie -> Screen -> Show -> PriceCard -> ShowSeat -> (holders) -> Order -> Ticket ->
    TicketSeat -> Payment -> Coupon -> Voucher -> GiftCard -> TillSession -> ReceiptSequence -> Payout -> the
    whole money ledger; within a table by primary key. Holders have no rows: see lock_holders().

The statements of services.booking.sql take the same locks of shows, seats, orders and payments as SQL. Two laws of
tests/test_layers.py keep them to this order.

Code that changes seats, holds, tickets or the ledger locks the show first. The lock keeps the show's revisions
gap-free, and what is read under it (a hold, a ticket, all seats of the hall) cannot change until the commit: so the
best seats can be chosen without SKIP LOCKED. The seats are locked as well, as a second safeguard against code that
does not lock the show. SQLite has no row locks: its transactions are exclusive from their first statement.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from cinema.exceptions.database import Overtaken
from cinema.models import (
    CheckIn,
    Coupon,
    GiftCard,
    Movie,
    Order,
    OrderLine,
    Payment,
    Payout,
    PriceCard,
    ReceiptSequence,
    Screen,
    Season,
    Show,
    ShowSeat,
    Theatre,
    Ticket,
    TicketSeat,
    Till,
    TillSession,
    Voucher,
)
from cinema.models.annotated import (
    GiftCardNow,
    LockedPayment,
    OrderNow,
    ReceiptSequenceNow,
    ShowSeatNow,
    TicketNow,
    TicketSeatAtDoor,
    TicketSeatNow,
    TillSessionNow,
    VoucherNow,
)
from cinema.selectors.core.balances import with_current_price

FACTS = ("movie", "screen__theatre")  # relations that the rules about a show need

IN_ORDER = """
    SELECT pg_advisory_xact_lock(key)
    FROM (SELECT hashtextextended(name, 0) AS key FROM unnest(%s) AS name ORDER BY key) AS holders
"""


def lock_theatre(**which: object) -> Theatre:
    """Lock a theatre to change its settings or staff. Raises Theatre.DoesNotExist."""
    return Theatre.objects.select_for_update(no_key=True).get(**which)


def lock_order(**which: object) -> OrderNow:
    """Lock an order to issue its receipts; it comes with its theatre and ``now``. Raises Order.DoesNotExist."""
    rows: QuerySet[Order] = Order.objects.select_for_update(of=("self",), no_key=True).select_related("theatre")
    return rows.annotate(now=Now()).get(**which)


def lock_receipt_sequence(**which: object) -> ReceiptSequenceNow | None:
    """Lock the receipt numbers of a theatre in a year; ``now`` is the database's clock, read under the lock."""
    rows: QuerySet[ReceiptSequence] = ReceiptSequence.objects.select_for_update(no_key=True)
    return rows.annotate(now=Now()).filter(**which).first()


def lock_till(**which: object) -> Till:
    """Lock a till to open or change it; it comes with its theatre. Raises Till.DoesNotExist."""
    return Till.objects.select_for_update(of=("self",), no_key=True).select_related("theatre").get(**which)


def lock_till_session(**which: object) -> TillSessionNow:
    """Lock a session of a till, so that it is neither counted nor closed, and nothing else leaves its drawer; it comes
    with its till, the till's printer, its theatre, and ``now``. Raises TillSession.DoesNotExist."""
    rows: QuerySet[TillSession] = TillSession.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("till__printer", "theatre").annotate(now=Now()).get(**which)


def lock_season(**which: object) -> Season:
    """Lock a season to change it. Raises Season.DoesNotExist."""
    return Season.objects.select_for_update(no_key=True).get(**which)


def lock_movie(**which: object) -> Movie:
    """Lock a film to change it. Raises Movie.DoesNotExist."""
    return Movie.objects.select_for_update(no_key=True).get(**which)


def lock_movies(movie_ids: Collection[int]) -> dict[int, Movie]:
    """Lock films, so that their runtimes do not change while shows of them are planned. Return them by primary key."""
    movies = Movie.objects.select_for_update(no_key=True).filter(pk__in=movie_ids).order_by("pk")
    return {movie.pk: movie for movie in movies}


def lock_screens(screen_ids: Collection[int]) -> list[Screen]:
    """Lock screens to change their schedules."""
    return list(Screen.objects.select_for_update(no_key=True).filter(pk__in=screen_ids).order_by("pk"))


def lock_show(*related: str, **which: object) -> Show:
    """Lock the one show that matches ``which``, with select_related(*related). Raises Show.DoesNotExist."""
    shows = Show.objects.select_for_update(of=("self",), no_key=True)
    return (shows.select_related(*related) if related else shows).get(**which)


def lock_shows(which: Q, *related: str) -> list[Show]:
    """Lock the shows that match ``which``, with select_related(*related), in the order of their keys."""
    shows = Show.objects.select_for_update(of=("self",), no_key=True).filter(which).order_by("pk")
    return list(shows.select_related(*related) if related else shows)


def lock_price_cards(card_ids: Collection[int]) -> None:
    """Lock price cards, so that their prices and surcharges are read consistently."""
    list(PriceCard.objects.select_for_update(no_key=True).filter(pk__in=card_ids).order_by("pk").values_list("pk"))


def lock_coupons(*conditions: Q, **which: object) -> list[Coupon]:
    """Lock coupons to change them or the number of their uses."""
    return list(Coupon.objects.select_for_update(no_key=True).filter(*conditions, **which).order_by("pk"))


def lock_gift_cards(**which: object) -> list[GiftCardNow]:
    """Lock gift cards to spend them or to change them, each with its theatre, the order that it was sold with, and
    ``now``, the database's clock."""
    cards = GiftCard.objects.select_for_update(of=("self",), no_key=True).filter(**which).annotate(now=Now())
    return list(cards.select_related("theatre", "order_line__order").order_by("pk"))


def lock_vouchers(**which: object) -> list[VoucherNow]:
    """Lock vouchers to use them or to change them, each with its batch and the conditions of that, and ``now``, the
    database's clock."""
    vouchers = Voucher.objects.select_for_update(of=("self",), no_key=True).filter(**which).annotate(now=Now())
    conditions = ("batch__movies", "batch__categories", "batch__ticket_types")
    return list(vouchers.select_related("batch__theatre").prefetch_related(*conditions).order_by("pk"))


def read_clock(show: Show) -> datetime:
    """The database's clock, read while the show is locked."""
    now: datetime = Show.objects.filter(pk=show.pk).values_list(Now(), flat=True).get()
    return now


def lock_seats(show: Show, which: Q, *related: str) -> list[ShowSeatNow]:
    """Lock the seats of the show that match ``which``, with select_related(*related).

    Each has ``now``: the database's clock, read under the lock.
    """
    locked = ShowSeat.objects.select_for_update(of=("self",), no_key=True).filter(which, show=show)
    if related:
        locked = locked.select_related(*related)
    return list(locked.annotate(now=Now()).order_by("pk"))


def lock_seats_at(show_ids: Collection[int], which: Q) -> list[ShowSeat]:
    """Lock the seats of several locked shows that match ``which``, in one statement."""
    locked = ShowSeat.objects.select_for_update(of=("self",), no_key=True)
    return list(locked.filter(which, show__in=show_ids).order_by("pk"))


def lock_holders(*names: str) -> None:
    """Lock clients by name until the commit, to count their holds at all shows or the mails they requested.

    They have no rows: PostgreSQL takes advisory locks, on SQLite the transaction suffices. "" is ignored.
    """
    known = [name for name in names if name]
    if known and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(IN_ORDER, [known])


def lock_ticket_seats(**which: object) -> list[TicketSeatNow]:
    """Lock the ShowSeat rows of one ticket; ``now`` as in lock_seats()."""
    return list(
        TicketSeat.objects.select_for_update(of=("show_seat",), no_key=True)
        .filter(**which)
        .select_related("show_seat__seat__category", "show_seat__hold", "ticket_type")
        .annotate(now=Now())
        .order_by("show_seat_id")
    )


def lock_tickets(**which: object) -> list[Ticket]:
    """Lock tickets of shows locked by the caller, and their orders."""
    tickets = Ticket.objects.select_for_update(of=("order", "self"), no_key=True).select_related("order")
    return list(tickets.filter(**which).order_by("order", "pk"))


def lock_ticket(*related: str, code: str, beside: Collection[int] = ()) -> tuple[TicketNow, list[TicketSeatNow]]:
    """Lock the show of a ticket, the shows ``beside`` it (keys), those of all tickets of its order if that has used a
    coupon, which they may share, the seats that are on the ticket now, its order and itself.

    The ticket comes with its show, its order, ``related`` as in lock_show(), with_current_price() and ``now``:
    the database's clock. Raises Show.DoesNotExist for an unknown code, Overtaken if one of the tickets was exchanged
    for another show while this waited for the first.
    """
    used = OrderLine.objects.filter(order=OuterRef("order"), coupon__isnull=False)
    together = Ticket.objects.filter(Q(code=code) | Exists(used), order__tickets__code=code)
    shows = {show.pk: show for show in lock_shows(Q(pk__in=together.values("show")) | Q(pk__in=beside), *related)}
    if not shows.keys() - set(beside) and not Ticket.objects.filter(code=code).exists():
        raise Show.DoesNotExist
    lines = lock_ticket_seats(ticket__code=code, active=True, show_seat__show__in=shows)
    tickets = Ticket.objects.select_for_update(of=("order", "self"), no_key=True).select_related("order")
    elsewhere = Exists(Ticket.objects.filter(Exists(used), order=OuterRef("order")).exclude(show__in=shows))
    ticket = with_current_price(tickets).annotate(now=Now(), elsewhere=elsewhere).get(code=code)
    if ticket.show_id not in shows or ticket.elsewhere:
        raise Overtaken
    ticket.show = shows[ticket.show_id]
    return ticket, lines


def lock_ticket_at_door(*, key: str, which: Q) -> list[TicketSeatAtDoor]:
    """Lock the one ticket that matches ``which``, then its seats, also returned ones, to admit people.

    The show is not locked: selling and admitting do not wait for each other. Each seat comes with what the door shows,
    ``now``, the buyer's ``language``, and ``repeated``, the check-in with this key, or None.
    """
    same = CheckIn.objects.filter(key=key, theatre=OuterRef("ticket__show__screen__theatre"))
    seats = TicketSeat.objects.select_for_update(of=("ticket", "self"), no_key=True).filter(which)
    seats = seats.annotate(now=Now(), repeated=Subquery(same.values("pk")[:1]), language=F("ticket__order__language"))
    seats = seats.select_related("ticket__show__movie", "ticket__show__screen__theatre", "ticket_type")
    lines = list(seats.select_related("show_seat__seat").order_by("ticket", "pk"))
    for line in lines:
        line.ticket = lines[0].ticket
    return sorted(lines, key=lambda line: (line.show_seat.seat.y, line.show_seat.seat.x))


def lock_payment(**which: object) -> LockedPayment:
    """Lock a payment and its order; with ``now``, the database's clock, and ``fee_percent``, the rate of the tax in the
    order's booking fee. Raises Payment.DoesNotExist."""
    fees = OrderLine.objects.filter(order=OuterRef("order"), kind=OrderLine.Kind.FEE)
    return (
        Payment.objects.select_for_update(of=("order", "self"), no_key=True)
        .with_refund_reason()
        .annotate(now=Now(), fee_percent=Subquery(fees.values("tax_percent")[:1]))
        .select_related("order__user")
        .get(**which)
    )


def lock_payout(**which: object) -> Payout:
    """Lock a payout, with nothing else locked, to book it. Raises Payout.DoesNotExist."""
    return Payout.objects.select_for_update(no_key=True).get(**which)


def lock_money_ledger() -> None:
    """Wait until all entries that are being written to the money ledger are committed, and let nobody write any until
    our own commit. So what is read of it then is complete up to its last key."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE cinema_moneyentry IN SHARE MODE")
