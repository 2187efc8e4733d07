"""Reads about waiting lists."""

from typing import NamedTuple

from django.db.models.functions import Now

from cinema.models import ShowSeat, WaitingEntry
from cinema.models.annotated import WaitingEntryNow


def waiting_entry(code: str) -> WaitingEntryNow | None:
    """The waiting-list entry with this code, with its show, hold and ``now``, the database's clock; or None."""
    return (
        WaitingEntry.objects.select_related(
            "hold", "show__movie", "show__screen__theatre", "show__language", "show__subtitles"
        )
        .annotate(now=Now())
        .filter(code=code)
        .first()
    )


class Standing(NamedTuple):
    """The position of a party on the waiting list: ``before`` parties are ahead; ``offered`` seats already."""

    code: str
    party: int
    before: int
    offered: bool


def standing_of(show_id: int, entry_id: int) -> Standing | None:
    """The position of the entry at the show; None if it does not wait there any more."""
    entry = WaitingEntry.objects.select_related("hold").annotate(now=Now()).filter(pk=entry_id, show=show_id).first()
    if entry is None or not (entry.status == WaitingEntry.Status.WAITING or entry.offers_at(entry.now)):
        return None
    offered = entry.status == WaitingEntry.Status.OFFERED
    return Standing(entry.code, entry.party, 0 if offered else waiting_before(entry), offered)


def waiting_before(entry: WaitingEntry) -> int:
    """How many parties are ahead on the waiting list."""
    line = WaitingEntry.objects.filter(show=entry.show_id, status=WaitingEntry.Status.WAITING)
    return line.filter(pk__lt=entry.pk).count()


def seats_offered(entry: WaitingEntry) -> list[ShowSeat]:
    """The seats held for the entry, in hall order."""
    seats = ShowSeat.objects.filter(hold=entry.hold_id).select_related("seat__category")
    return list(seats.order_by("seat__y", "seat__x"))
