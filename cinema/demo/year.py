"""A year of one theatre behind today, for whoever wants to see figures, or to measure: ``manage.py demo --year``.

17,520 shows with 4.4 million seats, 1.75 million of them sold, with all that belongs to a sale. Seats that nobody ever
had are there for the last days only, as in life. The rows are written directly, as the services would have written
them; the ledger's own check finds nothing to say. A month is one transaction, so that an interrupted run goes on where
it stopped. Nobody should be buying meanwhile: they would have to wait.
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
from cinema.demo.year_sales import Sales, YearHall
from cinema.models import Movie, PriceCard, Show, TariffPrice, Theatre
from cinema.services.booking.tariffs import tariffs_for
from cinema.services.schedule.showtimes import local_moment

DAYS = 365
CALLED_OFF = 0.002  # of the shows


def load() -> None:
    """Bring the theatre's past up to today: the days it has no show on yet, month by month."""
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
    """Let SQLite keep in memory what it would read again and again."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -200000")  # kilobytes


def _analyze() -> None:
    """Let PostgreSQL know at once how many rows there are now, as it would by itself after a while."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


class Year:
    """The theatre with its halls, films and prices, read once."""

    def __init__(self, theatre: Theatre) -> None:
        self.theatre = theatre
        self.card = PriceCard.objects.filter(theatre=theatre).order_by("pk")[0]
        self.halls = [YearHall(screen) for screen in theatre.screens.order_by("pk")]
        films = Movie.objects.filter(runtime__lte=year_house.LONGEST, languages__isnull=False).distinct()
        self.movies = list(films.prefetch_related("languages").order_by("pk"))

    @transaction.atomic
    def load(self, days: Sequence[date], progress: tqdm) -> None:
        """Write some days, or nothing when interrupted."""
        writing = Sales(self.theatre)
        for day in days:
            shows = list(self._shows(day))
            self._price(shows)
            writing.add_day(shows)
            progress.update()
        writing.end()

    def _shows(self, day: date) -> Iterator[tuple[Show, YearHall, int]]:
        """The day's shows, none of them saved, each with its hall and how many of its seats are asked for."""
        rng = Random(f"{self.theatre.slug} {day}")  # nosec B311 # noqa: S311, a programme is no secret
        films = year_house.films_on(day, self.movies, rng)
        for number, hall in enumerate(self.halls):
            for slot in range(len(year_house.STARTS)):
                movie, popularity = rng.choice(films)
                show = self._show(day, hall, movie, year_house.start_of(number, slot), year_house.format_of(number))
                if rng.random() < CALLED_OFF and show.ends_at < timezone.now():
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
        """Give the shows their tariff by the price card, and its table by category and rank of the kind of ticket."""
        priced = tariffs_for(shows=[show for show, _, _ in shows])
        tables: dict[int, dict[tuple[int, int], Any]] = {}
        prices = TariffPrice.objects.filter(tariff__in={tariff.pk for tariff, _ in priced})
        for price in prices.select_related("ticket_type"):
            kind = price.ticket_type
            tables.setdefault(price.tariff_id, {})[price.category_id, kind.rank - 1] = kind.pk, price.amount
        for (show, _, _), (tariff, plain) in zip(shows, priced, strict=True):
            show.tariff, show.plain_prices, show.prices = tariff, plain, tables[tariff.pk]
