"""Notes on shows, by staff for their colleagues."""

from cinema.models import Show, ShowNote

MOST_NOTES = 20


def notes_on(show: Show) -> list[ShowNote]:
    """The last notes on a show that nobody has removed, with who wrote them, the latest first."""
    return list(ShowNote.objects.filter(show=show, removed_at=None).select_related("written_by")[:MOST_NOTES])
