"""Theatres with their rules, screens and seats."""

from cinema import models
from cinema.admin.base import register_read_only

register_read_only(
    models.Appearance,
    list_display=("theatre", "name", "accent", "announcement"),
    list_select_related=("theatre",),
    search_fields=("name", "announcement", "introduction"),
)
register_read_only(
    models.Theatre,
    list_display=("name", "city", "time_zone", "cancel_cutoff", "refund_percent", "single_seats", "carer_free"),
    list_filter=("city", "single_seats", "carer_free"),
    search_fields=("name", "city", "address"),
)
register_read_only(
    models.TaxRule,
    list_display=("theatre", "kind", "from_day", "up_to", "percent"),
    list_filter=("kind", "theatre"),
    list_select_related=("theatre",),
)
register_read_only(
    models.SeatCategory,
    list_display=("name", "rank", "theatre"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("name",),
)
register_read_only(
    models.Screen,
    list_display=("name", "theatre", "shape"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("name", "theatre__name"),
)
register_read_only(
    models.Seat,
    list_display=("label", "screen", "category", "kind"),
    list_filter=("kind", "screen__theatre"),
    list_select_related=("screen", "category"),
    search_fields=("=row", "=number", "screen__name"),
)
register_read_only(
    models.SeatBlock,
    list_display=("screen", "kind", "from_day", "until_day", "reason", "lifted_at"),
    list_filter=("kind", "screen__theatre"),
    list_select_related=("screen",),
    search_fields=("reason", "screen__name"),
)
register_read_only(
    models.HouseSeatRelease,
    list_display=("block", "show", "released_at"),
    list_select_related=("block__screen", "show__movie"),
    search_fields=("block__reason", "show__movie__title"),
)
