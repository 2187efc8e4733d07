"""The gift-card report of a theatre: what it owes on the cards that it has sold, day by day.

It is read from the money ledger. A card is the debt of the theatre that sold it, wherever it is spent, so the reports
of all theatres together come to the account of gift cards, to the cent.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, Q, QuerySet, Sum, Value, When
from django.db.models.functions import ExtractHour, TruncDate
from django.db.models.lookups import LessThan

from cinema.domain.accounts import GIFT_CARDS
from cinema.domain.money import exact
from cinema.domain.periods import Period
from cinema.models import MoneyEntry, Payment, Theatre
from cinema.models.theatres import DAY_STARTS

Kind = MoneyEntry.Kind
NOTHING = Decimal(0)
Move = tuple[date, str, Decimal]  # a day, a kind of entry, and what it added to the debt


class LiabilityLine(NamedTuple):
    """What changed the debt on a day, or in all (``day`` None), and what was owed at the end of it.

    ``spent`` and ``taken_back`` lessen the debt and are negative: what orders were paid with, and cards whose buyers
    got their money back. ``returned`` came back on cards with refunds of orders that they had paid.
    """

    day: date | None
    sold: Decimal = NOTHING
    spent: Decimal = NOTHING
    returned: Decimal = NOTHING
    taken_back: Decimal = NOTHING
    owed: Decimal = NOTHING

    @property
    def change(self) -> Decimal:
        return self.sold + self.spent + self.returned + self.taken_back


class LiabilityReport(NamedTuple):
    """What was owed before the period, the days on which that changed, and their sum."""

    period: Period
    before: Decimal
    lines: list[LiabilityLine]
    total: LiabilityLine


def liability_report(theatre: Theatre, period: Period) -> LiabilityReport:
    """The theatre's debt on gift cards in the period, in two statements."""
    before, days = NOTHING, defaultdict[date, dict[str, Decimal]](lambda: defaultdict(Decimal))
    for day, kind, amount in _moves(theatre, period):
        if day < period.start:
            before += amount
        else:
            days[day][kind] += amount
    owed, lines, moved = before, list[LiabilityLine](), defaultdict[str, Decimal](Decimal)
    for day in sorted(days):
        line = _line(day, days[day])
        owed += line.change
        lines.append(line._replace(owed=owed))
        for kind, amount in days[day].items():
            moved[kind] += amount
    return LiabilityReport(period, before, lines, _line(None, moved)._replace(owed=owed))


def _line(day: date | None, moved: dict[str, Decimal]) -> LiabilityLine:
    returned = moved[Kind.REFUND_PAID] + moved[Kind.REFUND_UNDONE]
    return LiabilityLine(day, moved[Kind.SALE], moved[Kind.CAPTURE], returned, moved[Kind.REFUND_OWED])


def _moves(theatre: Theatre, period: Period) -> Iterator[Move]:
    """The sums of the account's entries about the theatre's cards until the end of the period, by day and kind."""
    _begins, ends = theatre.moments(period)
    entries = MoneyEntry.objects.filter(Q(debit=GIFT_CARDS) | Q(credit=GIFT_CARDS), at__lt=ends)
    using = Payment.objects.filter(gift_card__theatre=theatre)
    used = entries.filter(order__in=using.values("order"), payment__gift_card__theatre=theatre)
    selling = Payment.objects.filter(order__lines__gift_cards__theatre=theatre)
    sold = entries.filter(order__in=selling.values("order")).exclude(payment__gift_card__isnull=False)
    for some in (sold, used):
        yield from _sums(some, theatre)


def _sums(entries: QuerySet[MoneyEntry], theatre: Theatre) -> Iterator[Move]:
    hour = ExtractHour("at", tzinfo=theatre.tz)
    before = Case(When(LessThan(hour, DAY_STARTS.hour), then=Value(1)), default=Value(0))  # of the evening before
    by_day = entries.order_by().values_list(TruncDate("at", tzinfo=theatre.tz), before, "kind", "credit")
    for day, days_before, kind, credit, amount in by_day.annotate(sum=Sum("amount")):
        trading_day = day - timedelta(days=days_before)
        yield trading_day, kind, exact(amount) if credit == GIFT_CARDS else -exact(amount)
