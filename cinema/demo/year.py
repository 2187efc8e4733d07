"""The past year of one theatre, for figures and measurements: ``manage.py demo --year``.

17,520 shows with 4.4 million seats, 1.75 million of them sold, with holds, tickets, payments and events. As in
production, unsold seats are kept for the last days only. The rows are written directly, but as the services would
write them: the check of the ledger finds no fault. Each month is one transaction; an interrupted run can be continued.
Other writers have to wait meanwhile.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from tqdm import tqdm

from cinema.demo import year_house
from cinema.demo.crowd import demand
from cinema.demo.films import COMING, slug_of
from cinema.demo.year_sales import Sales, YearHall
from cinema.models import Movie, PriceCard, Show, TariffPrice, Theatre
from cinema.services.booking.tariffs import tariffs_for
from cinema.services.schedule.showtimes import local_moment

DAYS = 365
CANCELLED = 0.002  # share of the shows


def load() -> None:
    """Add the missing days of the past year, month by month."""
    theatre = Theatre.objects.filter(slug=year_house.SLUG).first()
    if theatre is None:
        with transaction.atomic():
            theatre = year_house.build()
    year_house.name_distributors(Movie.objects.all())
    today = theatre.trading_day(timezone.now())
    days = [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    known = set(Show.objects.filter(screen__theatre=theatre).values_list("trading_day", flat=True))
    missing = [day for day in days if day not in known]
    if missing:
        _hurry()
        year = Year(theatre)
        with tqdm(total=len(missing), desc="A year", unit="day", disable=None) as progress:
            for _, month in groupby(missing, key=lambda day: (day.year, day.month)):
                year.load(list(month), progress)
        _analyze()


def _hurry() -> None:
    """Give SQLite a larger cache."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -200000")  # kilobytes


def _analyze() -> None:
    """Update PostgreSQL's statistics at once instead of waiting for autovacuum."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class Year:
    """The theatre with its halls, films and prices, loaded once."""

    def __init__(self, theatre: Theatre) -> None:
        self.theatre = theatre
        self.card = PriceCard.objects.filter(theatre=theatre).order_by("pk")[0]
        self.halls = [YearHall(screen) for screen in theatre.screens.order_by("pk")]
        films = Movie.objects.filter(runtime__lte=year_house.LONGEST, languages__isnull=False).distinct()
        films = films.exclude(slug__in=map(slug_of, COMING))
        self.movies = list(films.prefetch_related("languages").order_by("pk"))

    @transaction.atomic
    def load(self, days: Sequence[date], progress: tqdm) -> None:
        """Write some days in one transaction."""
        writing = Sales(self.theatre)
        for day in days:
            shows = list(self._shows(day))
            self._price(shows)
            writing.add_day(shows)
            progress.update()
        writing.end()

    def _shows(self, day: date) -> Iterator[tuple[Show, YearHall, int]]:
        """Yield the day's unsaved shows, each with its hall and the demand in seats."""
        rng = Random(f"{self.theatre.slug} {day}")  # noqa: S311, a programme is no secret
        films = year_house.films_on(day, self.movies, rng)
        for number, hall in enumerate(self.halls):
            for slot in range(len(year_house.STARTS)):
                movie, popularity = rng.choice(films)
                show = self._show(day, hall, movie, year_house.start_of(number, slot), year_house.format_of(number))
                if rng.random() < CANCELLED and show.ends_at < timezone.now():
                    show.status = Show.Status.CANCELLED
                share = demand(weekday=day.weekday(), slot=slot, popularity=popularity, rng=rng)
                yield show, hall, round(share * len(hall.seats))

    def _show(self, day: date, hall: YearHall, movie: Movie, at: Any, format: str) -> Show:
        show = Show(
            movie=movie,
            screen=hall.screen,
            starts_at=local_moment(day, at, self.theatre),
            trading_day=day,
            format=format,
            language=movie.languages.all()[0],
            trailers=self.theatre.trailers,
            turnaround=self.theatre.turnaround,
            price_card=self.card,
            seats_total=len(hall.seats),
        )
        show.sales_end_at = show.starts_at
        show.ends_at = show.film_ends_at + timedelta(minutes=show.turnaround)
        return show

    def _price(self, shows: Sequence[tuple[Show, YearHall, int]]) -> None:
        """Set the tariffs of the shows by the price card, and their prices by category and rank of the ticket type."""
        priced = tariffs_for(shows=[show for show, _, _ in shows])
        tables: dict[int, dict[tuple[int, int], Any]] = {}
        prices = TariffPrice.objects.filter(tariff__in={tariff.pk for tariff, _ in priced})
        for price in prices.select_related("ticket_type"):
            kind = price.ticket_type
            tables.setdefault(price.tariff_id, {})[price.category_id, kind.rank - 1] = kind.pk, price.amount
        for (show, _, _), (tariff, plain) in zip(shows, priced, strict=True):
            show.tariff, show.plain_prices, show.prices = tariff, plain, tables[tariff.pk]
