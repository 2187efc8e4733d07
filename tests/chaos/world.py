"""The cinema of a run: its database, server, shows that are nearly sold out, and shared knowledge of the clients."""

import logging
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from tests import postgres
from tests.benchmarks.installation import installation

HALL = "aaaaaa\naaaaaa\nbbbbbb\nbbbbbb"
PRICES = {"a": Decimal(200), "b": Decimal(250)}
SCREENS = 3
LOW = 0.3  # of their seats are free: time for another show

ENVIRONMENT = {"THREADS": "4"}  # beside what every installation() has


class Place(NamedTuple):
    """A seat at a show, and the seat of the hall it is."""

    pk: int
    seat: int
    price: Decimal


class OnSale(NamedTuple):
    """A show with seats on sale."""

    pk: int
    screen: int
    day: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Order:
    """A ticket as its buyer and the staff know it."""

    show: OnSale
    code: str
    reference: str
    email: str
    places: tuple[Place, ...]


@dataclass
class House:
    """The data that clients share: the shows on sale and the latest orders."""

    slug: str
    shows: list[OnSale] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def any_show(self, rng: Random) -> OnSale:
        with self.lock:
            return rng.choice(self.shows)

    def note(self, order: Order) -> None:
        """Store an order for later actions; the oldest ones are dropped."""
        with self.lock:
            self.orders = [*self.orders[-60:], order]

    def any_order(self, rng: Random, *, referenced: bool = False) -> Order | None:
        """One of the latest orders, if wanted one with a reference; None while there are none."""
        with self.lock:
            orders = [order for order in self.orders if order.reference or not referenced]
            return rng.choice(orders) if orders else None


@contextmanager
def database(kind: str) -> Iterator[tuple[str, postgres.Postgres | None]]:
    """A durable database of its own: its URL, and the server where there is one."""
    if kind == "postgresql":
        server = postgres.Postgres(durable=True)
        yield server.url, server
    else:
        with tempfile.TemporaryDirectory(prefix="cinema-chaos-") as folder:
            yield f"sqlite:///{folder}/cinema.sqlite3", None


@contextmanager
def cinema(url: str, environment: Mapping[str, str]) -> Iterator[Path]:
    """Set up the cinema on the database; yield the directory of the logs."""
    with installation(url, settings="tests.chaos.settings", environment=ENVIRONMENT | dict(environment)) as (
        _,
        scratch,
    ):
        logs = scratch / "logs"
        logs.mkdir()
        logging.basicConfig(filename=logs / "keeper.log", force=True)
        yield logs


class Programme:
    """Schedules shows, one after the other on each screen, from tomorrow on."""

    def __init__(self, shows: int) -> None:
        """``shows`` are on sale at once."""
        from cinema.models import Language, Movie, SeatCategory, Theatre
        from cinema.services.halls.halls import build_screen

        theatre = Theatre.objects.create(
            name="Galaxy",
            slug="galaxy",
            city="Mumbai",
            address="1 Marine Drive",
            time_zone="Asia/Kolkata",
            single_seats=Theatre.SingleSeats.ALLOW,
            refund_percent=100,
        )
        categories = {
            letter: SeatCategory.objects.create(theatre=theatre, name=letter.upper(), rank=rank)
            for rank, letter in enumerate(PRICES, start=1)
        }
        self.prices = {categories[letter].pk: price for letter, price in PRICES.items()}
        self.screens = [
            build_screen(theatre=theatre, name=f"Screen {n}", plan=HALL, categories=categories) for n in range(SCREENS)
        ]
        self.language = Language.objects.create(code="hi", name="Hindi")
        self.movie = Movie.objects.create(title="The Film", slug="the-film", year=2024, runtime=100, certificate="UA")
        self.movie.languages.add(self.language)
        self.house = House(theatre.slug)
        self.count, self.open = 0, shows
        for _ in range(shows):
            self.open_show()

    def open_show(self) -> None:
        """Put one more show on sale; clients may still use the oldest."""
        from django.utils import timezone

        from cinema.services.schedule.schedule import ShowPlan, schedule_shows

        tomorrow = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
        round_, screen = divmod(self.count, SCREENS)
        self.count += 1  # even if we are cut off and never learn that it was scheduled
        plan = ShowPlan(
            movie=self.movie,
            screen=self.screens[screen],
            starts_at=tomorrow + timedelta(hours=3) * round_,
            prices=self.prices,
            language=self.language,
        )
        [show] = schedule_shows(plans=[plan])
        places = show.seats.order_by("pk").values_list("pk", "seat_id", "price")
        on_sale = OnSale(show.pk, show.screen_id, str(show.trading_day), tuple(Place(*place) for place in places))
        with self.house.lock:
            self.house.shows = [*self.house.shows, on_sale][-self.open :]

    def replenish(self) -> None:
        """Put a show on sale if few seats are left, or one was cancelled."""
        from cinema.models import Show, ShowSeat

        on_sale = ShowSeat.objects.filter(show__in=[show.pk for show in self.house.shows])
        free = on_sale.filter(status=ShowSeat.Status.AVAILABLE, show__status=Show.Status.SCHEDULED).count()
        if free < LOW * sum(len(show.places) for show in self.house.shows):
            self.open_show()


def people() -> Mapping[str, Any]:
    """The API token of a kiosk, and the session of a member of staff."""
    from django.test import Client

    from cinema.models import User
    from cinema.services.people.tokens import create_token

    kiosk = User.objects.create_user(email="kiosk@example.org", name="Kiosk")
    owner = User.objects.create_superuser(email="owner@example.org", name="Olga Owner")
    client = Client()
    client.force_login(owner)
    return {"token": create_token(user=kiosk, label="Kiosk")[1], "session": client.cookies["sessionid"].value}
