"""What a plain ticket costs at shows, for pages that name the lowest price."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, CharField, DecimalField, F, IntegerField, QuerySet, Value

from cinema.domain.fees import PlainPrice
from cinema.models import Seat, Show, ShowSeat, TariffPrice
from cinema.models.theatres import STANDS
from cinema.selectors.core.compiled import Compiled

# What a row is of and its key, a seat category, the rank of a ticket type, its price, and whether it waives the fee.
Row = tuple[str, int, int, int, Decimal, bool]
NO_KEY = Value(0, IntegerField())
NO_PRICE = Value(Decimal(0), DecimalField(max_digits=10, decimal_places=2))
NEVER = Value(False, BooleanField())


def with_plain_prices(shows: Iterable[Show]) -> list[Show]:
    """Load the ``plain_prices`` of shows, which are loaded with their screen: one for each seat category of the hall,
    by the show's tariff. One statement; none without shows.

    A show without a tariff has the prices of its seats. One that is sold out has none.
    """
    shows = list(shows)
    open_shows = [show for show in shows if show.seats_free]
    if not open_shows:
        return shows
    by_tariff: defaultdict[int, dict[int, PlainPrice]] = defaultdict(dict)
    in_hall: defaultdict[int, set[int]] = defaultdict(set)
    by_seat: defaultdict[int, list[PlainPrice]] = defaultdict(list)
    for kind, key, category, _rank, amount, waived in sorted(_rows(open_shows)):
        if kind == "tariff":
            by_tariff[key].setdefault(category, PlainPrice(amount, bool(waived)))
        elif kind == "screen":
            in_hall[key].add(category)
        else:
            by_seat[key].append(PlainPrice(amount))
    for show in open_shows:
        table = by_tariff.get(show.tariff_id or 0, {})
        prices = [price for category, price in table.items() if category in in_hall[show.screen_id]]
        show.plain_prices = prices or by_seat[show.pk]
    return shows


def _rows(shows: Sequence[Show]) -> list[Row]:
    tariffs = {show.tariff_id for show in shows if show.tariff_id}
    screens = {show.screen_id for show in shows}
    own = [show.pk for show in shows if not show.tariff_id]
    return _prices_and_own(tariffs, screens, own) if own else _prices(tariffs, screens)


@Compiled
def _prices(tariffs: Collection[int], screens: Collection[int]) -> QuerySet[Any, Row]:
    return _of_tariffs(tariffs).union(_of_screens(screens), all=True)


@Compiled
def _prices_and_own(tariffs: Collection[int], screens: Collection[int], shows: Collection[int]) -> QuerySet[Any, Row]:
    seats = ShowSeat.objects.filter(show__in=shows).exclude(status=ShowSeat.Status.REMOVED)
    own = seats.values_list(Value("show"), F("show"), NO_KEY, NO_KEY, F("price"), NEVER).distinct()
    return _of_tariffs(tariffs).union(_of_screens(screens), own, all=True)


def _of_tariffs(tariffs: Collection[int]) -> QuerySet[Any, Row]:
    return TariffPrice.objects.filter(tariff__in=tariffs).values_list(
        Value("tariff", CharField()),
        *(F("tariff"), F("category"), F("ticket_type__rank"), F("amount"), F("ticket_type__fee_waived")),
    )


def _of_screens(screens: Collection[int]) -> QuerySet[Any, Row]:
    there = Seat.objects.filter(STANDS, screen__in=screens).order_by()
    return there.values_list(Value("screen"), F("screen"), F("category"), NO_KEY, NO_PRICE, NEVER).distinct()
