"""Seats at shows, holds, tickets, and the seat ledger."""

from cinema import models
from cinema.admin.base import register_read_only

register_read_only(
    models.ShowSeat,
    list_display=("seat", "show", "status", "price", "hold_id"),
    list_filter=("status",),
    list_select_related=("seat", "show__movie"),
    search_fields=("=show__pk", "show__movie__title"),
)
register_read_only(
    models.Hold,
    list_display=("code", "show", "status", "created_at", "expires_at"),
    list_filter=("status",),
    list_select_related=("show__movie",),
    search_fields=("code", "show__movie__title"),
)
register_read_only(
    models.Ticket,
    list_display=("reference", "show", "order", "status", "amount", "kept", "created_at"),
    list_filter=("status", "show__screen__theatre"),
    list_select_related=("show__movie", "order"),
    search_fields=("reference", "code", "order__reference", "order__email", "order__name"),
)
register_read_only(
    models.TicketSeat,
    list_display=("ticket", "show_seat__seat", "price", "active"),
    list_filter=("active",),
    list_select_related=("ticket", "show_seat__seat"),
    search_fields=("ticket__reference",),
)
register_read_only(
    models.SeatUpgrade,
    list_display=("payment", "ticket", "changes", "done_at"),
    list_select_related=("payment__order", "ticket"),
    search_fields=("ticket__reference", "payment__code"),
)
register_read_only(
    models.SeatEvent,
    list_display=("show", "revision", "show_seat", "action", "from_status", "to_status", "actor", "user", "at"),
    list_filter=("action", "actor"),
    list_select_related=("show__movie", "show_seat__seat", "show_seat__show__movie", "user"),
    search_fields=("=show__pk", "ticket__reference"),
)
register_read_only(
    models.WaitingEntry,
    list_display=("show", "email", "party", "status", "created_at", "offered_at"),
    list_filter=("status",),
    list_select_related=("show__movie",),
    search_fields=("email", "=show__pk"),
)
register_read_only(
    models.CheckIn,
    list_display=("received_at", "scanned_at", "theatre", "device", "user", "ticket", "direction", "outcome", "reason"),
    list_filter=("outcome", "offline", "theatre"),
    list_select_related=("theatre", "user", "ticket"),
    search_fields=("ticket__reference", "device"),
)
register_read_only(
    models.PassRegistration,
    list_display=("ticket", "version", "changed_at"),
    list_select_related=("ticket",),
    search_fields=("ticket__reference",),
    exclude=("device", "push_token"),  # secrets of the phone
)
register_read_only(
    models.GooglePass,
    list_display=("ticket", "version"),
    list_select_related=("ticket",),
    search_fields=("ticket__reference",),
)
register_read_only(
    models.SettledConflict,
    list_display=("check_in", "user", "at"),
    list_select_related=("check_in", "user"),
    search_fields=("user__email",),
)
