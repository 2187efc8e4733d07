"""Archive past shows: delete their ShowSeat rows that were never held, sold or blocked, often more than half."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from cinema.models import Show, ShowSeat
from cinema.services.core.locking import lock_shows
from cinema.services.core.transactions import atomically, try_each

KEPT_FOR = timedelta(days=7)  # after the end of a show; by then its tickets no longer change
AT_ONCE = 200  # shows per call, each a transaction of a few milliseconds


# Past shows with all their seats. Drafts have none.
LONG_OVER = Q(seats_dropped=None, ends_at__lt=Now() - KEPT_FOR) & ~Q(status=Show.Status.DRAFT)


def drop_unsold_seats(*, at_most: int = AT_ONCE) -> int:
    """Delete the unused seats of shows that ended more than KEPT_FOR ago, the oldest first, at most ``at_most`` shows.

    Returns the number of shows.
    """
    shows = Show.objects.filter(LONG_OVER).order_by("ends_at").values_list("pk", flat=True)[:at_most]
    return try_each(lambda pk: drop_unsold_seats_of(show_id=pk), list(shows))


@atomically
def drop_unsold_seats_of(*, show_id: int) -> bool:
    """Delete the unused seats of one show; return False if there is nothing to do, or another process did it.

    A seat with a ledger row stays. The deleted seats still count in the show's number of seats.
    """
    for show in lock_shows(LONG_OVER & Q(pk=show_id)):
        untouched = ShowSeat.objects.filter(show=show, status=ShowSeat.Status.AVAILABLE, events=None, ticket_seats=None)
        # One statement finds seats without references; the database's foreign keys make sure of it.
        show.seats_dropped = untouched._raw_delete(untouched.db)
        show.save(update_fields=["seats_dropped"])
        return True
    return False
