"""The measurements of three cinemas that differ only in their past, and their table."""

import io
import secrets
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cinema.domain.money import to_minor
from cinema.gateways.base import PaymentReport, Result
from cinema.models import Payment, PaymentMode, Show, Ticket, User
from cinema.selectors.figures.ledger import ledger_faults
from cinema.services.booking.booking import book_holds
from cinema.services.booking.booking_requests import Basket, BookingRequest, Contact
from cinema.services.booking.holds import hold_seats
from cinema.services.money.payments import start_payment
from cinema.services.money.settlement import settle_payment
from tests.benchmarks import past
from tests.benchmarks.figures import note
from tests.benchmarks.stage import SEATS, schedule
from tests.benchmarks.urls import EMPTY

COMING = 4  # shows on sale, one on each screen
FEWEST = COMING * SEATS  # seats without any past
SOLD_BEFORE = 60  # tickets for the coming shows: a page of orders is full
LIMIT = 1.3


@dataclass
class House:
    """A cinema with ``rows`` seats at shows, and a buyer."""

    rows: int
    database: object
    shows: list[Show] = field(default_factory=list)
    pairs: Iterator[tuple[Show, tuple[int, int]]] | None = None
    client: Client = field(default_factory=lambda: Client(headers={"host": "127.0.0.1"}))
    hold: object = None
    payment: Payment | None = None

    def open(self) -> None:
        """Create the common data, then the past; sell a page of tickets; sign in the owner."""
        self.enter()
        call_command("migrate", verbosity=0)
        self.shows = schedule(COMING)
        if self.rows > FEWEST:
            past.load(self.rows - FEWEST)
        seats = [list(show.seats.order_by("pk").values_list("pk", flat=True)) for show in self.shows]
        self.pairs = (
            (show, (its[n], its[n + 1]))
            for n in range(0, SEATS, 2)
            for show, its in zip(self.shows, seats, strict=True)
        )
        for _ in range(SOLD_BEFORE):
            self.hold_seats(), self.check_out(), self.pay()
        self.client.force_login(User.objects.create_superuser("owner@example.org", "owner", name="Mana"))

    def enter(self) -> None:
        """Use this cinema's database from now on."""
        connections["default"] = self.database

    def hold_seats(self) -> None:
        show, seats = next(self.pairs)
        self.hold = hold_seats(show_id=show.pk, seat_ids=seats, buyer=secrets.token_urlsafe(16))

    def check_out(self) -> None:
        contact = Contact("Asha Rao", f"asha{self.hold.pk}@example.com", "+91 98200 12345")
        request = BookingRequest(contact, PaymentMode.UPI, key=secrets.token_urlsafe(16))
        self.payment = book_holds(basket=Basket(self.hold.buyer, [self.hold.code]), request=request)
        start_payment(payment=self.payment)

    def pay(self) -> None:
        payment = self.payment
        amount = to_minor(payment.amount, payment.currency)
        report = PaymentReport(reference=payment.code, result=Result.PAID, amount=amount, currency=payment.currency)
        settle_payment(report=report)

    def get(self, path: str) -> None:
        answer = self.client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} is answered with {answer.status_code}")

    def execute(self, sql: str) -> None:
        """A statement about a show by the driver alone, in its own transaction."""
        mark = "%s" if connection.vendor == "postgresql" else "?"
        cursor = connection.connection.cursor()
        cursor.execute(sql.replace("%s", mark), (self.shows[0].pk,))
        if cursor.description:
            cursor.fetchall()

    @property
    def ticket(self) -> Ticket:
        return self.payment.order.tickets.get()


SYNCED, ROWS = "floor: a row changed and synced", "floor: the rows of the map, read"
EMPTY_PAGE = "floor: an empty page"
MAP = """
    SELECT seat.id, row, number, y, x, category.name, category_id, rank, kind, price, status
    FROM cinema_showseat seat JOIN cinema_seat place ON place.id = seat.seat_id
    JOIN cinema_seatcategory category ON category.id = place.category_id WHERE seat.show_id = %s ORDER BY y, x"""
Step = Callable[[House], object]
STAFF = "/staff/theatres/galaxy"
STEPS: list[tuple[str, Step]] = [
    ("hold two seats", House.hold_seats),
    ("check out", House.check_out),
    ("pay: the ticket is confirmed and mailed", House.pay),
    ("seat map, the whole page", lambda house: house.get(house.shows[0].get_absolute_url())),
    ("seat map, what has changed", lambda house: house.get(f"/shows/{house.shows[0].pk}/seats/?since=1")),
    ("programme", lambda house: house.get("/")),
    ("film", lambda house: house.get("/movies/the-film-0/")),
    ("theatre", lambda house: house.get("/theatres/galaxy/")),
    ("ticket", lambda house: house.get(house.ticket.get_absolute_url())),
    ("staff: today", lambda house: house.get(f"{STAFF}/")),
    ("staff: schedule of a week", lambda house: house.get(f"{STAFF}/schedule/")),
    ("staff: the newest orders", lambda house: house.get(f"{STAFF}/orders/")),
    ("staff: orders by email", lambda house: house.get(f"{STAFF}/orders/?q={house.ticket.order.email}")),
    ("staff: orders by name", lambda house: house.get(f"{STAFF}/orders/?q=asha+rao")),
    ("staff: one order", lambda house: house.get(f"{STAFF}/orders/{house.ticket.reference}/")),
    ("the background jobs, with nothing to do", lambda house: call_command("run_jobs", stdout=io.StringIO())),
    (SYNCED, lambda house: house.execute("UPDATE cinema_show SET version = version + 1 WHERE id = %s")),
    (ROWS, lambda house: house.execute(MAP)),
    (EMPTY_PAGE, lambda house: house.get(EMPTY)),
]
# What is summed up in one figure, and beside which floor.
SUMS = [
    ("hold, check out and pay", [what for what, _ in STEPS[:3]], SYNCED),
    ("the page of a seat map", ["seat map, the whole page"], ROWS),
    ("programme, film and theatre page", ["programme", "film", "theatre"], EMPTY_PAGE),
    ("six pages of the back office", [what for what, _ in STEPS if what.startswith("staff")], EMPTY_PAGE),
]


class Line(NamedTuple):
    """A step: its statements, and its median milliseconds of wall-clock and CPU time, at each size."""

    what: str
    statements: list[int]
    clock: list[float]
    own: list[float]

    @property
    def ratio(self) -> float:
        """How many times longer it takes at the largest size than at the smallest."""
        return self.clock[-1] / self.clock[0]


def measure(databases: dict[int, object], rounds: int) -> list[Line]:
    """Open a cinema of each size and do every step in each, in turn, so that other load affects all alike.

    Raises RuntimeError if a ledger is wrong afterwards.
    """
    houses = [House(rows, database) for rows, database in databases.items()]
    for house in houses:
        begun = time.perf_counter()
        house.open()
        print(f"{house.rows:>12,} seats at shows, made in {time.perf_counter() - begun:,.0f} s, {_size()}", flush=True)
    statements = [[_count(step, house) for house in houses] for _, step in STEPS]
    taken: list[list[list[tuple[float, float]]]] = [[[] for _ in houses] for _ in STEPS]
    for turn in range(rounds):
        for n, (_, step) in enumerate(STEPS):
            for m in range(len(houses))[:: 1 if turn % 2 else -1]:
                taken[n][m].append(_milliseconds(step, houses[m]))
    for house in houses:
        _check_ledger(house)
    return [_line(what, statements[n], taken[n]) for n, (what, _) in enumerate(STEPS)]


def _line(what: str, statements: list[int], taken: Sequence[Sequence[tuple[float, float]]]) -> Line:
    medians = [[statistics.median(column) for column in zip(*times, strict=True)] for times in taken]
    return Line(what, statements, [clock for clock, _ in medians], [own for _, own in medians])


def _count(step: Step, house: House) -> int:
    """The SQL statements of a step, with BEGIN and COMMIT."""
    house.enter()
    with CaptureQueriesContext(connection) as captured:
        step(house)
    return len(captured)


def _milliseconds(step: Step, house: House) -> tuple[float, float]:
    """Milliseconds of wall-clock and of CPU time."""
    house.enter()
    begun, computed = time.perf_counter(), time.process_time()
    step(house)
    return (time.perf_counter() - begun) * 1000, (time.process_time() - computed) * 1000


def _check_ledger(house: House) -> None:
    """Check the ledgers of the shows on sale, and of a past one."""
    house.enter()
    keys = [show.pk for show in house.shows] + [past.FIRST]
    if faults := list(ledger_faults(Show.objects.filter(pk__in=keys))):
        raise RuntimeError(f"{len(faults)} faults in the ledger, such as: {faults[0]}")


def _size() -> str:
    """The size of the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return f"{cursor.fetchone()[0] / 1e6:,.0f} MB"


def show(lines: Sequence[Line], sizes: Sequence[int]) -> None:
    """Print the table, and add its sums to the figures."""
    row = "{:<40} {:>5}" + " {:>12}" * len(sizes) + " {:>7} {:>7}  {}"
    print("\n" + row.format("median ms", "SQL", *(f"{size:,}" for size in sizes), "ratio", "own CPU", ""))
    for line in lines:
        notes = ["SLOWER"] if line.ratio > LIMIT and not line.what.startswith("floor") else []
        if len(set(line.statements)) > 1:
            notes.append(f"statements: {line.statements}")
        clock, own = [f"{ms:.1f}" for ms in line.clock], f"{line.own[-1] / line.own[0]:.2f}"
        print(row.format(line.what, line.statements[0], *clock, f"{line.ratio:.2f}", own, " ".join(notes)))
    _note({line.what: line for line in lines}, sizes)


def _note(by_name: dict[str, Line], sizes: Sequence[int]) -> None:
    for what, parts, floor in SUMS:
        few, many = (sum(by_name[part].clock[n] for part in parts) for n in (0, -1))
        what, least = f"{what}, {connection.vendor}", by_name[floor].clock[0] * len(parts)
        times = f", {len(parts)} times" if len(parts) > 1 else ""
        note(what, few, "ms", floor=least, floor_is=floor.removeprefix("floor: ") + times)
        behind = f"{what}, with {sizes[-1]:,} seats at shows"
        note(behind, many, "ms", floor=few, floor_is=f"the same with {sizes[0]:,}")
