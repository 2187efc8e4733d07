"""Revenue, admissions and occupancy of a period, by day, film, screen and more.

Revenue is the money received for tickets less refunds, as stored with the shows (services/booking/ledger.py); it
includes cancellation fees. Money for tickets of a cancelled show is owed to the buyers until they have chosen another
show or a refund, and is listed separately. Admissions are seats sold and not returned, at shows that were not
cancelled; occupancy is their share of all seats of these shows. A show counts on its trading day, whenever its tickets
were bought.

By film, the money of a double bill is split by the shares that were agreed, to the smallest unit of the currency, so
that the parts add up to the whole; but the show, its seats and its admissions count for each of its films.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import ExtractHour
from django.utils.translation import gettext as _

from cinema.domain.clock import written_time
from cinema.domain.dates import shown_date
from cinema.domain.money import exact, quantize, spread
from cinema.domain.periods import Period
from cinema.domain.weekdays import weekday_choices
from cinema.models import Movie, Screen, Show, Theatre
from cinema.models.theatres import DAY_STARTS
from cinema.selectors.core.features import with_features

PLAYED = Q(status=Show.Status.SCHEDULED)


class Figures(NamedTuple):
    """Sums over shows. ``seats`` and ``shows`` leave out cancelled shows.

    ``owed`` is still to be refunded to buyers of cancelled shows, and not part of the revenue.
    """

    revenue: Decimal = Decimal(0)
    admissions: int = 0
    seats: int = 0
    shows: int = 0
    owed: Decimal = Decimal(0)

    def plus(self, other: "Figures") -> "Figures":
        return Figures(
            self.revenue + other.revenue,
            self.admissions + other.admissions,
            self.seats + other.seats,
            self.shows + other.shows,
            self.owed + other.owed,
        )

    @property
    def occupancy(self) -> Decimal | None:
        """Sold seats in percent of all seats, with one decimal place."""
        return (Decimal(self.admissions) * 100 / self.seats).quantize(Decimal("0.1")) if self.seats else None

    @property
    def average(self) -> Decimal | None:
        """The revenue per admission, to the cent."""
        return quantize(self.revenue / self.admissions) if self.admissions else None


class FiguresLine(NamedTuple):
    """``key`` is what the line is about: a day, a weekday (0 for Monday), an hour, a primary key."""

    label: str
    now: Figures
    before: Figures
    key: Any = None

    @property
    def change(self) -> int | None:
        """The change of revenue from the period before, in percent."""
        return percent_more(self.now.revenue, self.before.revenue)


class FiguresTable(NamedTuple):
    """Figures grouped by one property. The lines add up to the report's total: by film, their money does."""

    slug: str
    title: str
    heading: str
    lines: list[FiguresLine]


class FiguresReport(NamedTuple):
    period: Period
    before: Period
    total: FiguresLine
    tables: list[FiguresTable]


def percent_more(now: Decimal | int, before: Decimal | int) -> int | None:
    """The change from ``before`` to ``now`` in percent; None if ``before`` is 0."""
    return round((now - before) * 100 / before) if before else None


def report(theatres: Sequence[Theatre], period: Period) -> FiguresReport:
    """The figures of the theatres together for a period and for the equal period before, in nine statements, and
    two more for each that has double bills."""
    screens = {screen.pk: screen for screen in Screen.objects.filter(theatre__in=theatres).order_by("name")}
    zones = {theatre.pk: theatre for theatre in theatres}
    now, before = (_Sums(screens, zones, span) for span in (period, period.before))
    movies = Movie.objects.in_bulk(now.by_movie.keys() | before.by_movie.keys(), field_name="pk")
    days = dict(zip(period.before.days, period.days, strict=True))
    then = {days[day]: figures for day, figures in before.by_day.items()}
    formats = {value: str(label) for value, label in Show.Format.choices}
    titles = {pk: str(movie) for pk, movie in movies.items()}
    places = {pk: str(screen) for pk, screen in screens.items()}
    if len(theatres) > 1:
        places = {pk: f"{zones[screen.theatre_id].name} · {screen}" for pk, screen in screens.items()}
    weekdays = dict(weekday_choices())
    tables = [
        FiguresTable("day", _("By day"), _("Day"), _lines({d: day_label(d) for d in period.days}, now.by_day, then)),
        FiguresTable("film", _("By film"), _("Film"), _best_first(_lines(titles, now.by_movie, before.by_movie))),
        FiguresTable("screen", _("By screen"), _("Screen"), _lines(places, now.by_screen, before.by_screen)),
        FiguresTable(
            "format", _("By format"), _("Format"), _best_first(_lines(formats, now.by_format, before.by_format))
        ),
        FiguresTable("hour", _("By hour of start"), _("Hour"), _lines(_hours(), now.by_hour, before.by_hour)),
        FiguresTable("weekday", _("By weekday"), _("Weekday"), _lines(weekdays, now.by_weekday, before.by_weekday)),
    ]
    if len(theatres) > 1:
        names = {pk: theatre.name for pk, theatre in zones.items()}
        lines = _best_first(_lines(names, now.by_theatre, before.by_theatre))
        tables.insert(1, FiguresTable("theatre", _("By theatre"), _("Theatre"), lines))
    return FiguresReport(period, period.before, FiguresLine(_("Total"), now.total, before.total), tables)


def day_label(day: date) -> str:
    """A day with its weekday: “Fri 27 Nov 2026”."""
    return shown_date(day, "D j M Y")


def _hours() -> dict[int, str]:
    """The hours of a trading day in order."""
    return {hour % 24: written_time(time(hour % 24)) for hour in range(DAY_STARTS.hour, DAY_STARTS.hour + 24)}


def shows_of(screen_ids: Iterable[int], period: Period) -> QuerySet[Show]:
    """The shows of the period, without drafts."""
    start, end = period
    # For a single day, SQLite uses the index by day only with an equality.
    days = {"trading_day": start} if start == end else {"trading_day__range": period}
    shows = Show.objects.filter(screen__in=screen_ids, **days).order_by()
    return shows.exclude(status=Show.Status.DRAFT)


def parts_of(show: Show) -> dict[int, Figures]:
    """The figures of a show by film (key): its money by the shares of its films, everything else for each of them."""
    played = show.status == Show.Status.SCHEDULED
    people = (show.admissions, show.seats_total, 1) if played else (0, 0, 0)
    money = zip(spread(show.revenue, show.shares), spread(show.owed, show.shares), strict=True)
    return {film: Figures(revenue, *people, owed) for film, (revenue, owed) in zip(show.film_ids, money, strict=True)}


def by_film(shows: QuerySet[Show], rows: Iterable[tuple[int, int, Figures]]) -> dict[int, Figures]:
    """The figures of shows by film. ``rows`` are their sums by first film and further minutes.

    Two statements if there are double bills, none otherwise.
    """
    rows = list(rows)
    found = _regroup(((film, figures) for film, further, figures in rows if not further), lambda film: film)
    if any(further for _film, further, _figures in rows):
        for show in with_features(shows.filter(further_minutes__gt=0)):
            for film, figures in parts_of(show).items():
                found[film] = found.get(film, Figures()).plus(figures)
    return found


def summed(shows: QuerySet[Show], *by: str) -> list[tuple[Any, ...]]:
    """Group shows by the fields ``by``: rows of their values and, last, the Figures."""
    rows = shows.values_list(*by).annotate(
        money=Sum("revenue"),
        people=Sum("admissions", filter=PLAYED, default=0),
        places=Sum("seats_total", filter=PLAYED, default=0),
        number=Count("pk", filter=PLAYED),
        back=Sum("owed"),
    )
    return [
        (*key, Figures(exact(revenue), admissions, seats, number, exact(owed)))
        for *key, revenue, admissions, seats, number, owed in rows
    ]


class _Sums:
    """The figures of a period, grouped in each way, in three statements, one for each further time zone, and two if
    there are double bills."""

    def __init__(self, screens: Mapping[int, Screen], theatres: Mapping[int, Theatre], period: Period) -> None:
        shows = shows_of(screens, period)
        self.by_day = dict(summed(shows, "trading_day"))
        self.by_weekday = _regroup(self.by_day.items(), lambda day: day.weekday())
        self.total = _sum(self.by_day.values())
        rows = [(row[:4], row[4]) for row in summed(shows, "movie", "screen", "format", "further_minutes")]
        self.by_movie = by_film(shows, ((row[0], row[3], figures) for row, figures in rows))
        self.by_screen = _regroup(rows, lambda row: row[1])
        self.by_theatre = _regroup(rows, lambda row: screens[row[1]].theatre_id)
        self.by_format = _regroup(rows, lambda row: row[2])
        hours = []
        for zone in {theatre.tz for theatre in theatres.values()}:
            here = [pk for pk, screen in screens.items() if theatres[screen.theatre_id].tz == zone]
            hours += summed(shows_of(here, period).annotate(hour=ExtractHour("starts_at", tzinfo=zone)), "hour")
        self.by_hour = _regroup(hours, lambda hour: hour)


def _sum(figures: Iterable[Figures]) -> Figures:
    total = Figures()
    for one in figures:
        total = total.plus(one)
    return total


def _regroup(rows: Iterable[tuple[Any, Figures]], key: Callable[[Any], Any]) -> dict[Any, Figures]:
    groups: defaultdict[Any, Figures] = defaultdict(Figures)
    for what, figures in rows:
        groups[key(what)] = groups[key(what)].plus(figures)
    return dict(groups)


def _lines(labels: Mapping[Any, str], now: Mapping[Any, Figures], before: Mapping[Any, Figures]) -> list[FiguresLine]:
    """A line for each label that has a show in either period, in the order of the labels."""
    nothing = Figures()
    return [
        FiguresLine(label, now.get(key, nothing), before.get(key, nothing), key)
        for key, label in labels.items()
        if key in now or key in before
    ]


def _best_first(lines: list[FiguresLine]) -> list[FiguresLine]:
    return sorted(lines, key=lambda line: (-line.now.revenue, -line.before.revenue))
