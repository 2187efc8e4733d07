"""Shows and private hires."""

from cinema import models
from cinema.admin.base import register_read_only

register_read_only(
    models.Show,
    list_display=("title", "screen__theatre", "screen", "starts_at", "format", "language", "status", "seats_free"),
    list_filter=("status", "format", "screen__theatre", "language"),
    list_select_related=("movie", "screen__theatre", "language"),
    search_fields=("movie__title", "screen__theatre__name"),
    date_hierarchy="starts_at",
)
register_read_only(
    models.Feature,
    list_display=("show_id", "position", "movie", "break_minutes", "share"),
    list_select_related=("movie",),
    search_fields=("=show__pk", "movie__title"),
)
register_read_only(
    models.ShowCancellation,
    list_display=("show", "remedy", "reason", "created_at", "choose_until", "done_at"),
    list_filter=("remedy",),
    list_select_related=("show__movie",),
    search_fields=("reason", "show__movie__title"),
)
register_read_only(
    models.PrivateHire,
    list_display=("screen", "starts_at", "ends_at", "occasion", "contact", "price"),
    list_filter=("screen__theatre",),
    list_select_related=("screen",),
    search_fields=("occasion", "contact", "email"),
)
register_read_only(
    models.ShowNote,
    list_display=("text", "show", "written_by", "written_at", "removed_by", "removed_at"),
    list_select_related=("show__movie", "written_by", "removed_by"),
    search_fields=("text",),
)
register_read_only(
    models.SummedWeek,
    list_display=("screen", "monday", "shows"),
    list_filter=("screen__theatre",),
    list_select_related=("screen",),
    search_fields=("screen__name",),
)
