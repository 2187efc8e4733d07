"""Tills, what is done at them, and their printers."""

from cinema import models
from cinema.admin.base import register_read_only

register_read_only(
    models.DayReport,
    list_display=("__str__", "theatre", "day", "closed_at", "received", "refunded", "tax", "variance"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("=number",),
)
register_read_only(
    models.Till,
    list_display=("name", "theatre", "active"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("name",),
)
register_read_only(
    models.TillSession,
    list_display=("till", "theatre", "opened_at", "closed_at", "z_number", "opening_float", "counted", "variance"),
    list_filter=("theatre",),
    list_select_related=("till", "theatre"),
    search_fields=("till__name",),
)
register_read_only(
    models.CashMovement,
    list_display=("session", "kind", "amount", "reason", "at"),
    list_filter=("kind",),
    list_select_related=("session__till",),
    search_fields=("reason",),
)
register_read_only(
    models.Printer,
    list_display=("name", "till", "status", "seen_at"),
    list_filter=("till__theatre",),
    list_select_related=("till",),
    search_fields=("name",),
    exclude=("digest",),
)
register_read_only(
    models.PrintJob,
    list_display=("pk", "printer", "kind", "state", "created_at"),
    list_filter=("kind", "state"),
    list_select_related=("printer",),
    search_fields=("=order__reference",),
    exclude=("code",),
)
register_read_only(
    models.ParkedSale,
    list_display=("word", "theatre", "parked_at", "until"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("word",),
    exclude=("code", "buyer", "chosen"),
)
register_read_only(
    models.CounterAction,
    list_display=("order", "kind", "reason", "seats", "amount", "session", "at"),
    list_filter=("kind", "reason"),
    list_select_related=("order", "session__till"),
    search_fields=("=order__reference",),
)
register_read_only(
    models.AllowedPrice,
    list_display=("pk", "list_price", "price", "reason"),
    list_filter=("reason",),
    search_fields=("=hold__pk",),
)
