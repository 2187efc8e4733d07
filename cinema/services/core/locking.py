"""Every row lock of the project, and the order in which they are taken.

    Theatre -> Movie -> Screen -> Show -> PriceCard -> ShowSeat -> (holders) -> Ticket -> Payment;
    within a table by primary key. Holders have no rows: see lock_holders().

Whoever changes seats, holds, tickets or their ledger takes the lock of the show first. It makes the show's
revision gap-free, and what is read under it (a hold, a ticket, all seats of the hall) stands still until the commit:
the best seats are chosen under it and need no SKIP LOCKED, for nobody else can be about to take one. The seats are
locked beside it, so that the rule is kept even by code that knows only seats. SQLite has no row locks: there the
transaction itself is exclusive from its first statement.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from cinema.models import Movie, Payment, PriceCard, Screen, Show, ShowSeat, Theatre, Ticket, TicketSeat
from cinema.models.annotated import PaymentWithReason, ShowSeatNow, TicketNow, TicketSeatNow
from cinema.selectors.core.balances import with_money

FACTS = ("movie", "screen__theatre")  # what the rules about a show ask of it, as ``related`` for a lock

IN_ORDER = """
    SELECT pg_advisory_xact_lock(key)
    FROM (SELECT hashtextextended(name, 0) AS key FROM unnest(%s) AS name ORDER BY key) AS holders
"""


def lock_theatre(**which: object) -> Theatre:
    """Lock a theatre against a second change of its settings or its staff. Raises Theatre.DoesNotExist."""
    return Theatre.objects.select_for_update(no_key=True).get(**which)


def lock_movie(**which: object) -> Movie:
    """Lock a film against a second change. Raises Movie.DoesNotExist."""
    return Movie.objects.select_for_update(no_key=True).get(**which)


def lock_movies(movie_ids: Collection[int]) -> dict[int, Movie]:
    """Lock films, so that their runtimes stand still while shows of them are planned; by primary key."""
    movies = Movie.objects.select_for_update(no_key=True).filter(pk__in=movie_ids).order_by("pk")
    return {movie.pk: movie for movie in movies}


def lock_screens(screen_ids: Collection[int]) -> list[Screen]:
    """Lock screens against a second change of their schedule."""
    return list(Screen.objects.select_for_update(no_key=True).filter(pk__in=screen_ids).order_by("pk"))


def lock_show(*related: str, **which: object) -> Show:
    """Lock the one show ``which`` finds, loading ``related`` with it. Raises Show.DoesNotExist."""
    shows = Show.objects.select_for_update(of=("self",), no_key=True)
    return (shows.select_related(*related) if related else shows).get(**which)


def lock_shows(which: Q, *related: str) -> list[Show]:
    """Lock those shows, loading ``related`` with them, in the order of their keys."""
    shows = Show.objects.select_for_update(of=("self",), no_key=True).filter(which).order_by("pk")
    return list(shows.select_related(*related) if related else shows)


def lock_price_cards(card_ids: Collection[int]) -> None:
    """Lock price cards against a change, so that their prices and surcharges are read as they belong together."""
    list(PriceCard.objects.select_for_update(no_key=True).filter(pk__in=card_ids).order_by("pk").values_list("pk"))


def read_clock(show: Show) -> datetime:
    """The database's clock, read while the show is locked."""
    now: datetime = Show.objects.filter(pk=show.pk).values_list(Now(), flat=True).get()
    return now


def lock_seats(show: Show, which: Q, *related: str) -> list[ShowSeatNow]:
    """Lock those seats of the show, each with ``related`` and with ``now``: the database's clock under the lock."""
    locked = ShowSeat.objects.select_for_update(of=("self",), no_key=True).filter(which, show=show)
    if related:
        locked = locked.select_related(*related)
    return list(locked.annotate(now=Now()).order_by("pk"))


def lock_seats_at(show_ids: Collection[int], which: Q) -> list[ShowSeat]:
    """Lock those seats of several locked shows in one statement."""
    locked = ShowSeat.objects.select_for_update(of=("self",), no_key=True)
    return list(locked.filter(which, show__in=show_ids).order_by("pk"))


def lock_holders(*names: str) -> None:
    """Let nobody else count, until the commit, what those so named hold at any show, or the mails they ask for; "" is
    nobody. They have no rows to lock: on PostgreSQL it is an advisory lock, and on SQLite the transaction."""
    known = [name for name in names if name]
    if known and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(IN_ORDER, [known])


def lock_ticket_seats(**which: object) -> list[TicketSeatNow]:
    """Lock the show's seats behind the seats of one ticket; ``now`` as in lock_seats()."""
    return list(
        TicketSeat.objects.select_for_update(of=("show_seat",), no_key=True)
        .filter(**which)
        .select_related("show_seat__seat__category", "show_seat__hold", "ticket_type")
        .annotate(now=Now())
        .order_by("show_seat_id")
    )


def lock_ticket(*related: str, code: str, beside: Collection[int] = ()) -> tuple[TicketNow, list[TicketSeatNow]]:
    """Lock the show of a ticket, those ``beside`` it, and the seats that are on the ticket now.

    The ticket comes with its show, ``related`` as in lock_show(), with_money() and ``now``: the database's clock.
    Raises Show.DoesNotExist when no ticket has that code.
    """
    here = Q(pk=Ticket.objects.filter(code=code).values("show")[:1])
    while True:
        shows = Show.objects.select_for_update(of=("self",), no_key=True).filter(here | Q(pk__in=beside))
        locked = {show.pk: show for show in (shows.select_related(*related) if related else shows).order_by("pk")}
        if not locked.keys() - set(beside) and not Ticket.objects.filter(code=code).exists():
            raise Show.DoesNotExist
        lines = lock_ticket_seats(ticket__code=code, active=True)
        ticket = with_money(Ticket.objects.all()).annotate(now=Now()).get(code=code)
        if ticket.show_id in locked:  # else it was exchanged to another show while we waited
            ticket.show = locked[ticket.show_id]
            return ticket, lines


def lock_payment_at_show(*related: str, code: str) -> tuple[PaymentWithReason, list[TicketSeatNow]]:
    """Lock the show a payment is for, the seats of its ticket, and the payment as in lock_payment().

    The payment's ticket comes with its show, ``related`` as in lock_show(). Raises Show.DoesNotExist when no payment
    has that code.
    """
    # Subqueries, not joins: PostgreSQL plans six tables and two in a third of the time it takes for eight.
    about = Payment.objects.filter(code=code)
    while True:
        show = lock_show(*related, pk=about.values("ticket__show")[:1])
        lines = lock_ticket_seats(ticket=about.values("ticket")[:1])
        payment = lock_payment(code=code)
        if payment.ticket.show_id == show.pk:  # else it was exchanged to another show while we waited
            payment.ticket.show = show
            return payment, lines


def lock_payment(**which: object) -> PaymentWithReason:
    """Lock a payment and its ticket. Raises Payment.DoesNotExist."""
    return (
        Payment.objects.select_for_update(of=("self", "ticket"), no_key=True)
        .with_refund_reason()
        .select_related("ticket__hold", "ticket__user")
        .get(**which)
    )
