"""Parked sales and reservations of a theatre, with what is still held for them."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from cinema.domain.folding import stored_words, typed_words
from cinema.models import Hold, ParkedSale, Theatre
from cinema.models.annotated import HoldNow
from cinema.selectors.orders.counter import SaleInput


@dataclass
class Parked:
    """A parked sale with its active holds, each with ``held``, the number of its seats."""

    sale: ParkedSale
    holds: list[HoldNow] = field(default_factory=list)

    @property
    def seats(self) -> int:
        return sum(vars(hold)["held"] for hold in self.holds)

    @property
    def ends_at(self) -> datetime | None:
        """When the first of its holds ends; None if none is active any more."""
        return min((hold.expires_at for hold in self.holds), default=None)

    @property
    def left(self) -> int:
        """The seconds until then."""
        return max(0, int((self.ends_at - self.holds[0].now).total_seconds())) if self.ends_at else 0


def parked_sales(theatre: Theatre, query: str = "") -> list[Parked]:
    """The parked sales of a theatre, the oldest first; with a ``query`` those found by the name, email address or word
    under which they are parked. One statement, with any parked sale two."""
    sales = ParkedSale.objects.filter(theatre=theatre).order_by("pk")
    found = {sale.buyer: Parked(sale) for sale in sales if not query or _matches(sale.word, query)}
    holds = active_holds().filter(buyer__in=found).annotate(now=Now(), held=Count("seats"))
    for hold in holds.select_related("show__movie").order_by("pk") if found else ():
        found[hold.buyer].holds.append(hold)
    return list(found.values())


def _matches(word: str, query: str) -> bool:
    """Whether each word of a query begins a search word of ``word``, as those of orders are found."""
    stored, typed = stored_words(word), typed_words(query)
    return bool(typed) and all(any(one.startswith(start) for one in stored) for start in typed)


def is_of_other(theatre: Theatre, code: str) -> bool:
    """Whether a code is that of a parked sale of another theatre."""
    return ParkedSale.objects.filter(code=code).exclude(theatre=theatre).exists()


def chosen_in(sale: ParkedSale) -> SaleInput:
    """What was chosen for a parked sale."""
    return SaleInput.of(sale.chosen)


def active_holds() -> QuerySet[Hold]:
    """The holds that have not expired."""
    return Hold.objects.filter(status=Hold.Status.ACTIVE, expires_at__gt=Now())


def over_parked_sales() -> QuerySet[ParkedSale]:
    """The parked sales for which nothing is held any more."""
    return ParkedSale.objects.exclude(Exists(active_holds().filter(buyer=OuterRef("buyer"))))
