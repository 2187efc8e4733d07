"""The locked rows of the hot way, read by the statements of sql.py."""

from collections.abc import Collection, Sequence

from cinema.exceptions import UnknownShow
from cinema.exceptions.database import Overtaken
from cinema.models import Hold, Payment, Show, ShowSeat, Ticket
from cinema.models.annotated import LockedHold, LockedPayment, ShowSeatNow
from cinema.services.booking import sql


def locked_show(*, show_id: int) -> Show:
    """Lock a show, with its screen and theatre, and the title of its film. Raises UnknownShow, for a draft too."""
    for row in sql.LOCK_SHOW.rows(show=show_id):
        if row.show.status != Show.Status.DRAFT:
            return _joined(row)
    raise UnknownShow


def locked_holds(*, codes: Sequence[str], buyer: str) -> list[LockedHold]:
    """Lock the shows of the buyer's holds, and return the holds that are active, in any order.

    Each has its show as locked_show() returns it, ``now``, the database's clock, and ``is_checked_out``.
    """
    shows = {row.show.pk: _joined(row) for row in sql.LOCK_SHOWS_OF_HOLDS.rows(codes=list(codes), buyer=buyer)}
    rows = sql.HOLDS.rows(codes=list(codes), buyer=buyer) if shows else []
    for row in rows:
        row.hold.now, row.hold.is_checked_out, row.hold.show = row.now, row.is_checked_out, shows[row.hold.show_id]
    return [row.hold for row in rows if row.hold.is_active_at(row.now)]


def locked_held_seats(*, holds: Collection[Hold]) -> list[ShowSeat]:
    """Lock the seats of holds at locked shows, each with its Seat, by key."""
    rows = sql.LOCK_HELD_SEATS.rows(holds=[hold.pk for hold in holds])
    for row in rows:
        row.seat_at.seat = row.seat
    return [row.seat_at for row in rows]


def _joined(row: sql.LockedShow) -> Show:
    """The show with its film, screen and theatre."""
    row.screen.theatre, row.show.screen, row.show.movie = row.theatre, row.screen, row.movie
    return row.show


def locked_seats(*, show: Show, seat_ids: Collection[int], hold: Hold | None) -> list[ShowSeatNow]:
    """Lock these seats of a locked show, and those of the ``hold``, by key.

    Each has its seat with its category, its hold, and ``now``: the database's clock, read under the lock.
    """
    rows = sql.LOCK_SEATS.rows(show=show.pk, seats=list(seat_ids), hold=hold and hold.pk)
    for row in rows:
        row.seat.category = row.category
        row.seat_at.seat, row.seat_at.hold, row.seat_at.now = row.seat, row.hold, row.now
    return [row.seat_at for row in rows]


def locked_payment(**which: str) -> LockedPayment:
    """Lock the shows of the order that the payment ``which`` finds is for, their seats, the order and the payment.

    It has ``now``, the database's clock, ``refund_reason``, and ``fee_percent``, the rate of the tax in the order's
    booking fee. Its order's ``ticket_list`` has the tickets with their seats (``lines``) and shows, or nothing if the
    order has none. Raises Payment.DoesNotExist if there is no such payment, Overtaken if a ticket was exchanged for
    another show while this waited for the first.
    """
    code = which.get("code") or Payment.objects.values_list("code", flat=True).get(**which)
    shows = {row.show.pk: _joined(row) for row in sql.LOCK_SHOWS_OF_PAYMENT.rows(code=code)}
    tickets = _locked_tickets(code, shows) if shows else []
    payment = _locked_payment(code, shows)
    if which.get("gateway", payment.gateway) != payment.gateway:
        raise Payment.DoesNotExist
    for ticket in tickets:
        ticket.order, ticket.show = payment.order, shows[ticket.show_id]
    payment.order.ticket_list = tickets
    return payment


def _locked_tickets(code: str, shows: Collection[int]) -> list[Ticket]:
    """Lock the seats at these shows that the payment is for; return their tickets with them (``lines``) and holds."""
    tickets: dict[int, Ticket] = {}
    for line, ticket, seat_at, hold in sql.LOCK_SEATS_OF_PAYMENT.rows(code=code, shows=list(shows)):
        seat_at.hold, line.show_seat = hold, seat_at
        line.ticket = tickets.setdefault(ticket.pk, ticket)
        line.ticket.lines = [*getattr(line.ticket, "lines", ()), line]
    return [tickets[key] for key in sorted(tickets)]


def _locked_payment(code: str, shows: Collection[int]) -> LockedPayment:
    for row in sql.LOCK_PAYMENT.rows(code=code, shows=list(shows)):
        if row.is_elsewhere:
            raise Overtaken
        payment, row.purchase.user = row.payment, row.account
        payment.order, payment.now, payment.refund_reason = row.purchase, row.now, row.refund_reason
        payment.fee_percent = row.fee.tax_percent if row.fee else None
        return payment
    raise Payment.DoesNotExist
