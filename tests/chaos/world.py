"""The cinema of a run: its database, server, shows that are nearly sold out, and shared knowledge of the clients."""

import logging
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from tests import postgres
from tests.benchmarks.installation import installation

HALL = "aaaaaa\naaaaaa\nbbbbbb\nbbbbbb"
PRICES = {"a": Decimal(200), "b": Decimal(250)}
SCREENS = 3  # in use at a time
ROUNDS, APART = 5, timedelta(hours=3)  # shows on a screen in a day
MORNING, NOON = 8, 12  # it is morning when a run begins, whatever time it is; the first shows are at noon
FLOAT = 500  # in hundreds, in the drawer
PIN = "4711"
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
    sold_at_till: list[str] = field(default_factory=list)  # references
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

    def note_sale(self, reference: str) -> None:
        """Store a sale of the counter."""
        with self.lock:
            self.sold_at_till = [*self.sold_at_till[-20:], reference]

    def any_sale(self, rng: Random) -> str:
        """The reference of one of the latest sales of the counter; "" while there are none."""
        with self.lock:
            return rng.choice(self.sold_at_till) if self.sold_at_till else ""


@contextmanager
def database(kind: str) -> Iterator[tuple[str, postgres.Postgres | None]]:
    """A database of its own, durable unless the machine crashes: its URL, and the server where there is one."""
    if kind == "postgresql":
        server = postgres.Postgres(on_disk=False)
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


def morning_zone() -> str:
    """A time zone in which it is between MORNING and an hour later: all shows of a run belong to this trading day."""
    hours = (MORNING - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-hours:+d}"  # POSIX counts westwards


class Programme:
    """Schedules shows of today, one after the other on a few screens, then on new ones."""

    def __init__(self, shows: int) -> None:
        """``shows`` are on sale at once."""
        from cinema.models import Language, Movie, SeatCategory, Theatre

        theatre = Theatre.objects.create(
            name="Galaxy",
            slug="galaxy",
            city="Mumbai",
            address="1 Marine Drive",
            time_zone=morning_zone(),
            single_seats=Theatre.SingleSeats.ALLOW,
            refund_percent=100,
            doors=24 * 60,
            reentry=True,
        )
        self.theatre = theatre
        self.noon = datetime.now(theatre.tz).replace(hour=NOON, minute=0, second=0, microsecond=0)
        self.categories = {
            letter: SeatCategory.objects.create(theatre=theatre, name=letter.upper(), rank=rank)
            for rank, letter in enumerate(PRICES, start=1)
        }
        self.prices = {self.categories[letter].pk: price for letter, price in PRICES.items()}
        self.screens: dict[int, Any] = {}
        self.language = Language.objects.create(code="hi", name="Hindi")
        self.movie = Movie.objects.create(title="The Film", slug="the-film", year=2024, runtime=100, certificate="UA")
        self.movie.languages.add(self.language)
        self.house = House(theatre.slug)
        self.count, self.open = 0, shows
        for _ in range(shows):
            self.open_show()

    def open_show(self) -> None:
        """Put one more show on sale; clients may still use the oldest."""
        from cinema.services.schedule.schedule import ShowPlan, schedule_shows

        rounds, place = divmod(self.count, SCREENS)
        self.count += 1  # even if we are cut off and never learn that it was scheduled
        plan = ShowPlan(
            movie=self.movie,
            screen=self._screen(place + rounds // ROUNDS * SCREENS),
            starts_at=self.noon + APART * (rounds % ROUNDS),
            prices=self.prices,
            language=self.language,
        )
        [show] = schedule_shows(plans=[plan])
        places = show.seats.order_by("pk").values_list("pk", "seat_id", "price")
        on_sale = OnSale(show.pk, show.screen_id, str(show.trading_day), tuple(Place(*place) for place in places))
        with self.house.lock:
            self.house.shows = [*self.house.shows, on_sale][-self.open :]

    def _screen(self, number: int) -> Any:
        from cinema.services.halls.halls import build_screen

        if number not in self.screens:
            name = f"Screen {self.count}"  # another one if we were cut off when it was built
            screen = build_screen(theatre=self.theatre, name=name, plan=HALL, categories=self.categories)
            self.screens[number] = screen
        return self.screens[number]

    def replenish(self) -> None:
        """Put a show on sale if few seats are left, or one was cancelled."""
        from cinema.models import Show, ShowSeat

        on_sale = ShowSeat.objects.filter(show__in=[show.pk for show in self.house.shows])
        free = on_sale.filter(status=ShowSeat.Status.AVAILABLE, show__status=Show.Status.SCHEDULED).count()
        if free < LOW * sum(len(show.places) for show in self.house.shows):
            self.open_show()


class People(NamedTuple):
    """Who works there: the API token of a kiosk, sessions of the owner, of a seller and of two doors, the open session
    of a till, the key of a supervisor, whose PIN it is, and where the till's printer asks for its jobs."""

    token: str
    owner: str
    seller: str
    doors: tuple[str, ...]
    till: str
    supervisor: int
    printer: str


def people(theatre: Any) -> People:
    """Employ them, open the till, and plug its printer in."""
    from cinema.models import StaffRole, User
    from cinema.services.money.printers import save_printer
    from cinema.services.money.tills import open_till, save_till
    from cinema.services.people.pins import set_pin
    from cinema.services.people.tokens import create_token

    kiosk = User.objects.create_user(email="kiosk@example.org", name="Kiosk")
    owner = User.objects.create_superuser(email="owner@example.org", name="Olga Owner")
    seller = User.objects.create_user(email="seller@example.org", name="Sara Seller")
    usher = User.objects.create_user(email="usher@example.org", name="Uma Usher")
    StaffRole.objects.create(user=seller, theatre=theatre, role=StaffRole.Role.BOX_OFFICE)
    StaffRole.objects.create(user=usher, theatre=theatre, role=StaffRole.Role.USHER)
    set_pin(theatre=theatre, user=owner, pin=PIN, by=owner)
    till = save_till(theatre=theatre, name="Till 1", by=owner)
    opened = open_till(theatre=theatre, pk=till.pk, counts={"100": FLOAT}, by=seller)
    doors = tuple(session_of(usher, door={theatre.slug: {"device": f"Door {n}", "shows": []}}) for n in (1, 2))
    secret = save_printer(till=till, name="Star", by=owner)
    return People(
        create_token(user=kiosk, label="Kiosk")[1],
        session_of(owner),
        session_of(seller),
        doors,
        opened.code,
        owner.pk,
        f"/printers/{secret}",
    )


def session_of(user: Any, **contents: Any) -> str:
    """The key of a new session of somebody who has signed in."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    session = client.session
    session.update(contents)
    session.save()
    return session.session_key
