"""Sales that are parked under a word, or reserved to be paid at a till later, and taken up again.

The holds of a sale decide, not its row: a parked sale has the time that its holds have left, and a reservation that
until its deadline, when the seats are released as those of any hold.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models.functions import Now

from cinema.exceptions import HoldExpired, ParkedSaleGone, ReservationTooLate, SaleEmpty, SalePartPaid
from cinema.models import Hold, ParkedSale, Theatre, User
from cinema.models.annotated import LockedHold
from cinema.selectors.orders.counter import SaleInput, part_paid_order
from cinema.selectors.orders.parking import active_holds, chosen_in, over_parked_sales
from cinema.services.booking.holds import lock_active_holds, release_hold
from cinema.services.booking.ledger import Actor, Author
from cinema.services.core.transactions import atomically

KEPT_FOR = timedelta(days=1)  # after its seats were released


class Parking(NamedTuple):
    """A sale to be set aside: the ``buyer`` for whom its seats are held, what was ``chosen``, and the ``word`` under
    which it is found. It is reserved until so long ``before`` its first show; None: parked."""

    buyer: str
    chosen: SaleInput
    word: str
    before: timedelta | None = None


@atomically
def park_sale(*, theatre: Theatre, parking: Parking, by: User) -> ParkedSale:
    """Park a sale, or reserve its seats. Raises SaleEmpty, SalePartPaid, ReservationTooLate."""
    holds = _lock(theatre, parking.buyer)
    if part_paid_order(holds, parking.buyer):
        raise SalePartPaid
    until = None
    if parking.before is not None:
        until = min(hold.show.starts_at for hold in holds) - parking.before
        _set_end(holds, until)
    return ParkedSale.objects.create(
        theatre=theatre,
        buyer=parking.buyer,
        word=parking.word,
        chosen=parking.chosen.stored,
        until=until,
        parked_at=Now(),
        parked_by=by,
    )


@atomically
def take_up(*, theatre: Theatre, code: str) -> tuple[str, SaleInput]:
    """Take up a parked sale: for whom its seats are held, and what was chosen. From now on it is as any sale in hand.

    If its seats are no longer held, that sale is empty. Raises ParkedSaleGone.
    """
    sale = _take(theatre, code)
    if sale.until and active_holds().filter(buyer=sale.buyer).exists():
        holds = _lock(theatre, sale.buyer)
        soon = holds[0].now + timedelta(minutes=settings.HOLD_MINUTES)
        _set_end(holds, min(soon, *(hold.expires_at for hold in holds)))
    return sale.buyer, chosen_in(sale)


@atomically
def release_parked(*, theatre: Theatre, code: str, by: User) -> None:
    """Release the seats of a parked sale, and forget it. Raises ParkedSaleGone."""
    sale = _take(theatre, code)
    for hold in active_holds().filter(buyer=sale.buyer).order_by("show"):
        release_hold(code=hold.code, buyer=sale.buyer, by=Author(Actor.STAFF, by))


def forget_parked_sales() -> int:
    """Delete the parked sales whose seats were released a day ago; return how many."""
    ended = Hold.objects.filter(buyer__in=over_parked_sales().values("buyer"), expires_at__gt=Now() - KEPT_FOR)
    due = over_parked_sales().filter(parked_at__lt=Now() - KEPT_FOR).exclude(buyer__in=ended.values("buyer"))
    keys = list(due.values_list("pk", flat=True))
    return ParkedSale.objects.filter(pk__in=keys).delete()[0] if keys else 0


def _take(theatre: Theatre, code: str) -> ParkedSale:
    """Delete a parked sale, which only one of several can. Raises ParkedSaleGone."""
    sale = ParkedSale.objects.filter(theatre=theatre, code=code).first()
    if sale is None or not ParkedSale.objects.filter(pk=sale.pk).delete()[0]:
        raise ParkedSaleGone
    return sale


def _lock(theatre: Theatre, buyer: str) -> list[LockedHold]:
    """Lock the shows of the active holds of a sale. Raises SaleEmpty."""
    holds = active_holds().filter(buyer=buyer, show__screen__theatre=theatre).order_by("pk")
    codes = list(holds.values_list("code", flat=True))
    if not codes:
        raise SaleEmpty
    try:
        return lock_active_holds(codes=codes, buyer=buyer)
    except HoldExpired:
        raise SaleEmpty from None


def _set_end(holds: Sequence[LockedHold], until: datetime) -> None:
    """Let locked holds end at ``until``. Raises ReservationTooLate."""
    if until <= holds[0].now:
        raise ReservationTooLate(until)
    Hold.objects.filter(pk__in=[hold.pk for hold in holds]).update(expires_at=until, latest_at=until)
