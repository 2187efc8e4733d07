"""The rows a booking touches, and their differences before and after."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from cinema.models import Hold, Order, OrderLine, OutgoingMail, Payment, SeatEvent, Show, ShowSeat, Ticket, TicketSeat

FIELDS: dict[type[Model], list[str]] = {
    Show: ["revision", "seats_free", "admissions", "revenue"],
    ShowSeat: ["status", "hold_id", "price"],
    SeatEvent: ["revision", "show_seat_id", "action", "from_status", "to_status"],
    Hold: ["status", "expires_at"],
    Order: ["reference", "status", "total"],
    OrderLine: ["kind", "ticket_seat_id", "amount"],
    Ticket: ["reference", "status", "amount", "kept"],
    TicketSeat: ["show_seat_id", "price", "active"],
    Payment: ["status", "amount"],
    OutgoingMail: ["kind"],
}
Rows = dict[tuple[str, int], dict[str, str]]


@dataclass
class RowChange:
    """A new or changed row; ``values`` by field: the new values, or old and new ones (“HELD → BOOKED”)."""

    table: str
    key: int
    is_new: bool
    values: dict[str, str]


def read(*, show_id: int, seat_ids: Collection[int]) -> Rows:
    """Read the show, these of its seats, and its holds, tickets, payments and mails, by table and key."""
    found: dict[type[Model], QuerySet[Any]] = {
        Show: Show.objects.filter(pk=show_id),
        ShowSeat: ShowSeat.objects.filter(pk__in=seat_ids),
        SeatEvent: SeatEvent.objects.filter(show=show_id, show_seat__in=seat_ids),
        Hold: Hold.objects.filter(show=show_id),
        Order: Order.objects.filter(tickets__show=show_id),
        OrderLine: OrderLine.objects.filter(ticket_seat__show_seat__in=seat_ids),
        Ticket: Ticket.objects.filter(show=show_id),
        TicketSeat: TicketSeat.objects.filter(show_seat__in=seat_ids),
        Payment: Payment.objects.filter(order__tickets__show=show_id),
        OutgoingMail: OutgoingMail.objects.filter(ticket__show=show_id),
    }
    return {
        (model._meta.db_table, row.pop("pk")): {name: _text(value) for name, value in row.items()}
        for model, rows in found.items()
        for row in rows.order_by("pk").values("pk", *FIELDS[model])
    }


def differences(before: Rows, after: Rows) -> list[RowChange]:
    """The rows that are new or changed in ``after``."""
    changes = []
    for (table, key), row in after.items():
        old = before.get((table, key))
        if old is None:
            changes.append(RowChange(table, key, True, row))
        elif changed := {name: f"{old[name]} → {now}" for name, now in row.items() if old[name] != now}:
            changes.append(RowChange(table, key, False, changed))
    return changes


def _text(value: Any) -> str:
    return "NULL" if value is None else str(value)
