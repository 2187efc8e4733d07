"""The distributor's report: the revenue of a film in a film week, by show, ticket type and price.

An admission is a seat sold and not returned at a show that was not cancelled. The gross is the price of these seats:
what they cost after discounts, less later refunds of a part of it, or what is reported instead by the rule of the
ticket type. Booking fees and money kept from cancelled tickets, less goodwill refunds, are not box office but listed
below (``other``); with what the seats cost (``paid``) it is the revenue of the other figures. Prices include the tax at
the percentage of the sale; it is computed for each line and rounded to the cent, and net is gross less tax. Totals are
the sums of the lines.

Each film of a double bill has its agreed share of every line, in gross, tax and money paid, each split to the smallest
unit of the currency so that the parts of all films add up to the whole. Admissions count for each film. ``other`` and
``owed`` are split likewise, so that the revenue of a film is that of the other figures.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from cinema.domain.money import exact, spread, tax_in
from cinema.domain.periods import Period
from cinema.models import Movie, Show, Theatre, Ticket, TicketSeat, with_film
from cinema.selectors.core.balances import CURRENT_PRICE
from cinema.selectors.core.features import with_features
from cinema.selectors.figures.comps import CompSum, comps_at
from cinema.selectors.figures.figures import Figures, by_film, shows_of, summed

REPORTED = Coalesce("reported", CURRENT_PRICE)
REPORTED_PERCENT = Coalesce("reported_percent", "tax_percent")


class SeatRevenue(NamedTuple):
    """What is reported of seats (``gross``, and the tax in it), and what they cost (``paid``)."""

    admissions: int = 0
    gross: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        return self.gross - self.tax

    def plus(self, other: "SeatRevenue") -> "SeatRevenue":
        admissions, gross = self.admissions + other.admissions, self.gross + other.gross
        return SeatRevenue(admissions, gross, self.tax + other.tax, self.paid + other.paid)

    def part(self, show: Show, index: int) -> "SeatRevenue":
        """The share of a film in them, by its index among the films of the show."""
        if not show.further_minutes:
            return self
        gross, tax, paid = (spread(amount, show.shares)[index] for amount in (self.gross, self.tax, self.paid))
        return SeatRevenue(self.admissions, gross, tax, paid)


class PriceLine(NamedTuple):
    """Admissions of one ticket type (``kind``; "" for shows without ticket types), reported price and rate of tax."""

    kind: str
    price: Decimal
    percent: Decimal
    revenue: SeatRevenue


class ShowRevenue(NamedTuple):
    show: Show
    lines: list[PriceLine]
    total: SeatRevenue
    other: Decimal  # booking fees, and what was kept from cancelled tickets, less goodwill
    share: Decimal  # of the film in the money of the show, in percent; 100 unless it is a double bill


class DayRevenue(NamedTuple):
    day: date
    shows: list[ShowRevenue]
    total: SeatRevenue


class FilmReport(NamedTuple):
    """A film at a theatre in a period. ``kinds`` has the revenue by ticket type, price and tax in the whole period,
    ``comps`` the admissions among them that staff gave away, by reason.

    ``owed`` is still to be refunded to buyers of cancelled shows, and not part of the revenue.
    """

    movie: Movie
    period: Period
    days: list[DayRevenue]
    kinds: list[PriceLine]
    total: SeatRevenue
    other: Decimal
    owed: Decimal
    comps: list[CompSum]

    @property
    def revenue(self) -> Decimal:
        return self.total.paid + self.other

    @property
    def difference(self) -> Decimal:
        """What buyers paid for the seats, less what is reported of them."""
        return self.total.paid - self.total.gross

    @property
    def lines(self) -> Iterable[tuple[Show, Decimal, PriceLine]]:
        """Each line with its show and the film's share in it."""
        return ((shown.show, shown.share, line) for day in self.days for shown in day.shows for line in shown.lines)


class FilmLine(NamedTuple):
    movie: Movie
    figures: Figures


def films_shown(theatre: Theatre, period: Period) -> list[FilmLine]:
    """The films at the theatre in the period, by title, with their figures."""
    shows = shows_of(theatre.screens.values_list("pk", flat=True), period)
    found = by_film(shows, summed(shows, "movie", "further_minutes"))
    movies = Movie.objects.in_bulk(found)
    return sorted((FilmLine(movies[pk], figures) for pk, figures in found.items()), key=lambda line: line.movie.title)


def film_report(theatre: Theatre, movie: Movie, period: Period) -> FilmReport:
    """The revenue of the film at the theatre in the period, in four statements, and one more if there are double
    bills."""
    screens = {screen.pk: screen for screen in theatre.screens.all()}
    found = shows_of(screens, period).filter(with_film(movie)).select_related("movie")
    shows = with_features(found.order_by("starts_at", "screen__name"))
    lines = _price_lines(shows)
    days: defaultdict[date, list[ShowRevenue]] = defaultdict(list)
    kinds: dict[tuple[str, Decimal, Decimal], SeatRevenue] = {}
    for show in shows:
        show.screen, index = screens[show.screen_id], show.film_ids.index(movie.pk)
        show.screen.theatre = theatre
        mine = [line._replace(revenue=line.revenue.part(show, index)) for line in lines.get(show.pk, [])]
        total = _sum(line.revenue for line in mine)
        other = spread(show.revenue, show.shares)[index] - total.paid
        days[show.trading_day].append(ShowRevenue(show, mine, total, other, show.shares[index]))
        for line in mine:
            key = line.kind, line.price, line.percent
            kinds[key] = kinds.get(key, SeatRevenue()).plus(line.revenue)
    by_day = [DayRevenue(day, shown, _sum(one.total for one in shown)) for day, shown in sorted(days.items())]
    return FilmReport(
        movie=movie,
        period=period,
        days=by_day,
        kinds=[PriceLine(*key, revenue) for key, revenue in sorted(kinds.items())],
        total=_sum(day.total for day in by_day),
        other=sum((one.other for day in by_day for one in day.shows), Decimal(0)),
        owed=sum((spread(show.owed, show.shares)[show.film_ids.index(movie.pk)] for show in shows), Decimal(0)),
        comps=comps_at(_played(shows)),
    )


def _played(shows: Iterable[Show]) -> list[int]:
    return [show.pk for show in shows if show.status == Show.Status.SCHEDULED]


def _price_lines(shows: Iterable[Show]) -> dict[int, list[PriceLine]]:
    """The revenue of each show that was not cancelled, by ticket type, reported price and tax."""
    rows = (
        TicketSeat.objects.filter(ticket__show__in=_played(shows), ticket__status=Ticket.Status.CONFIRMED, active=True)
        .annotate(costs=REPORTED, percent=REPORTED_PERCENT)
        .order_by("ticket__show", "ticket_type__rank", "costs", "percent")
        .values_list("ticket__show", "ticket_type__name", "costs", "percent")
        .annotate(number=Count("pk"), paid=Sum(CURRENT_PRICE))
    )
    lines: defaultdict[int, list[PriceLine]] = defaultdict(list)
    for show_id, kind, price, percent, number, paid in rows:
        price, percent, paid = map(exact, (price, percent, paid))  # SQLite returns more decimal places
        gross = price * number
        revenue = SeatRevenue(number, gross, tax_in(gross, percent), paid)
        lines[show_id].append(PriceLine(kind or "", price, percent, revenue))
    return lines


def _sum(revenue: Iterable[SeatRevenue]) -> SeatRevenue:
    total = SeatRevenue()
    for one in revenue:
        total = total.plus(one)
    return total
