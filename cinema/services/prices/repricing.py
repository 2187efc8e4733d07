"""Update the prices of coming shows from their price card. Held and sold seats keep their prices."""

from collections.abc import Sequence
from time import monotonic
from typing import NamedTuple

from django.db.models import Q

from cinema.exceptions import DatabaseBusy
from cinema.models import AuditEvent, PriceCard, Show, ShowSeat, Theatre, User
from cinema.selectors.booking.pricing import moment_of
from cinema.selectors.booking.tariffs import prices_now
from cinema.selectors.prices.prices import coming_shows
from cinema.services.booking.ledger import Action, Actor, Author, Status, Transition, transition_seats
from cinema.services.booking.tariffs import Priced, tariffs_for
from cinema.services.core import audit
from cinema.services.core.edits import check_version
from cinema.services.core.locking import lock_seats, lock_show, read_clock
from cinema.services.core.transactions import atomically

PRICES = AuditEvent.Action.PRICES
AT_ONCE = 100  # shows whose tariffs are read together
PATIENCE = 15.0  # seconds, to stay below the timeouts of proxies


class Repriced(NamedTuple):
    """How many shows and seats have new prices, and how many shows are left to do."""

    shows: int
    seats: int
    left: int


def reprice_coming(*, theatre: Theatre, card_id: int, version: int, user: User | None) -> Repriced:
    """Reprice the published coming shows of a card, each in its own transaction.

    After an interruption, PATIENCE seconds or a locked show it can be called again for the rest. ``version`` is that of
    the card in the preview. Raises EditConflict, PriceCard.DoesNotExist.
    """
    card = PriceCard.objects.get(theatre=theatre, pk=card_id)
    check_version(thing=card, seen=version)
    pks = list(coming_shows(card).filter(status=Show.Status.SCHEDULED).order_by("pk").values_list("pk", flat=True))
    shows = seats = left = 0
    until = monotonic() + PATIENCE
    for start in range(0, len(pks), AT_ONCE):
        for show, priced in _planned(pks=pks[start : start + AT_ONCE]):
            if monotonic() > until:
                left += 1
                continue
            try:
                changed = reprice_show(planned=show, priced=priced, user=user)
            except DatabaseBusy:
                left += 1
            else:
                shows += changed is not None
                seats += changed or 0
    return Repriced(shows, seats, left)


@atomically
def _planned(*, pks: Sequence[int]) -> list[tuple[Show, Priced]]:
    """Those of the shows that need another tariff, with it."""
    shows = list(Show.objects.filter(pk__in=pks).select_related("screen__theatre", "price_card").order_by("pk"))
    priced = zip(shows, tariffs_for(shows=shows), strict=True)
    return [(show, priced) for show, priced in priced if show.tariff_id != priced.tariff.pk]


@atomically
def reprice_show(*, planned: Show, priced: Priced, user: User | None) -> int | None:
    """Give a show a tariff and its available seats their new prices; return the number of seats.

    ``planned`` is the show as it was when the tariff was computed. Returns None, and changes nothing, if the show has
    changed since or has the tariff already.
    """
    show = lock_show("screen__theatre", "movie", pk=planned.pk)
    same = (show.price_card_id, moment_of(show)) == (planned.price_card_id, moment_of(planned))
    over = show.status != Show.Status.SCHEDULED or show.starts_at <= read_clock(show)
    if not same or over or show.tariff_id == priced.tariff.pk:
        return None
    before, show.tariff = show.tariff_id, priced.tariff
    show.save(update_fields=["tariff"])
    open_seats = ShowSeat.objects.filter(show=show, status__in=[Status.AVAILABLE, Status.BLOCKED])
    stale = open_seats.exclude(tariff=show.tariff_id)
    free = stale.filter(status=Status.AVAILABLE).order_by("pk").values("pk")
    marks = lock_seats(show, Q(pk=free[:1]))
    seats = stale.update(**prices_now(show))
    for mark in marks:
        mark.tariff_id = show.tariff_id
    if marks:
        by = Author(Actor.STAFF, user, str(planned.price_card))
        transition_seats(show=show, seats=marks, step=Transition(Action.REPRICE, marks[0].now, by))
    audit.note(
        action=PRICES,
        user=user,
        subject=show,
        theatre=show.screen.theatre,
        show=show,
        card=planned.price_card_id,
        tariff=[before, show.tariff_id],
        seats=seats,
    )
    return seats
