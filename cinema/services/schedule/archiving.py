"""What is left of a show that is long over: its figures, and every seat that something ever happened to. Of most shows
that is less than half of their seats."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from cinema.models import Show, ShowSeat
from cinema.services.core.locking import lock_shows
from cinema.services.core.transactions import atomically, try_each

KEPT_FOR = timedelta(days=7)  # after the show; nobody is moved, and nothing sold at it, any more
AT_ONCE = 200  # shows a call, each a transaction of a few milliseconds


# Still with all its seats. A draft has none.
LONG_OVER = Q(seats_dropped=None, ends_at__lt=Now() - KEPT_FOR) & ~Q(status=Show.Status.DRAFT)


def drop_unsold_seats(*, at_most: int = AT_ONCE) -> int:
    """Drop the untouched seats of shows that ended more than KEPT_FOR ago, the oldest first; return at how many shows.

    Of more than ``at_most`` shows the others wait for the next call.
    """
    shows = Show.objects.filter(LONG_OVER).order_by("ends_at").values_list("pk", flat=True)[:at_most]
    return try_each(lambda pk: drop_unsold_seats_of(show_id=pk), list(shows))


@atomically
def drop_unsold_seats_of(*, show_id: int) -> bool:
    """Do so at one show; return False where there is nothing to do, or somebody else has done it meanwhile.

    A seat stays with the first line of the ledger about it: what is sold, was sold, held or off sale. The show goes on
    counting those dropped among its seats.
    """
    for show in lock_shows(LONG_OVER & Q(pk=show_id)):
        untouched = ShowSeat.objects.filter(show=show, status=ShowSeat.Status.AVAILABLE, events=None, ticket_seats=None)
        # One statement: that nothing refers to them is asked here, and held up by the database itself.
        show.seats_dropped = untouched._raw_delete(untouched.db)
        show.save(update_fields=["seats_dropped"])
        return True
    return False
