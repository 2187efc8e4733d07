"""During attacks on the server of docs/operations.md, a buyer can book, and quickly."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from cinema.models import Show
from tests.benchmarks.clients import buyer
from tests.benchmarks.server import Server
from tests.benchmarks.stage import Pair
from tests.factories import ShowFactory
from tests.resilience.site import AS_IN_PRODUCTION, Site, as_documented
from tests.resilience.strangers import (
    ATTACKS,
    Attack,
    connections,
    downloads_that_nobody_reads_and_whose_clients_leave,
    half_sent_posts,
    open_maps_of_one_client,
    request,
)

pytestmark = [pytest.mark.site, pytest.mark.only("sqlite")]  # the database has no part in it

SOON = 2  # seconds
PATIENCE = 60
FEW_FILES, UNBOUNDED = (f"--config python:tests.resilience.{name}" for name in ("few_files", "unbounded"))
PAIRS = count()


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Server]:
    with site.serve(command=as_documented(workers=2), **AS_IN_PRODUCTION) as server:
        yield server


@pytest.fixture(scope="module")
def show(site: Site) -> Show:
    return ShowFactory(screen__rows=10, screen__columns=30)


def booking(server: Server, show: Show, patience: float) -> float:
    """Hold two seats, pay for them at the test gateway, and see the ticket; return the seconds that took."""
    n = next(PAIRS)
    seats = tuple(show.seats.order_by("pk").values_list("pk", flat=True)[2 * n : 2 * n + 2])
    began = time.monotonic()
    assert buyer(server.port, timeout=patience)(Pair(show.pk, seats, 0)) == "booked"
    return time.monotonic() - began


class Buyer:
    """A buyer who books again and again. The time allowed depends on a measurement before the attack."""

    def __init__(self, server: Server, show: Show) -> None:
        self.server, self.show = server, show
        self.soon = max(SOON, 4 * booking(server, show, PATIENCE))

    def books_soon(self) -> bool:
        try:
            return booking(self.server, self.show, self.soon) < self.soon
        except TimeoutError:
            return False


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_somebody_books_soon_in_spite_of(server, show, attack: Attack, in_full: bool):
    somebody = Buyer(server, show)
    with attack(server.port, show):
        for _ in range(3 if in_full else 1):
            assert somebody.books_soon()
    assert somebody.books_soon()


def test_open_maps_beyond_a_clients_limit_have_to_poll(server, show):
    with open_maps_of_one_client(server.port, show) as lines:
        answers = [line.recv(12) for line in lines]

    assert set(answers) == {b"HTTP/1.1 200", b"HTTP/1.1 503"}
    assert answers.count(b"HTTP/1.1 200") <= 2 * 100


@pytest.mark.nightly
def test_requests_beyond_what_one_client_may_have_under_way_are_refused(server, show):
    somebody = Buyer(server, show)
    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(half_sent_posts(server.port, show))
        lines = stack.enter_context(connections(server.port, 20, request("/tickets/")))
        assert b"HTTP/1.1 429" in [line.recv(12) for line in lines]
        assert somebody.books_soon()


@pytest.mark.nightly
def test_one_address_after_the_other_takes_no_descriptor_that_a_buyer_needs(site, show, in_full):
    """Each IP address uses all its open maps and half-sent requests, and the server may open few files."""
    addresses = 6 if in_full else 3
    with ExitStack() as stack:
        server = stack.enter_context(site.serve(FEW_FILES, command="--workers 1", **AS_IN_PRODUCTION))
        somebody = Buyer(server, show)
        for number in range(2, 2 + addresses):
            for said in (b"", request(f"/shows/{show.pk}/live/"), request("/")[:-2]):
                stack.enter_context(connections(server.port, 90, said, f"127.0.0.{number}"))
        assert somebody.books_soon()


@pytest.mark.nightly
@pytest.mark.parametrize("attack", [half_sent_posts, downloads_that_nobody_reads_and_whose_clients_leave])
def test_where_threads_wait_for_clients_strangers_keep_all_others_from_booking(site, show, attack: Attack):
    """The control."""
    with site.serve(UNBOUNDED, command="--workers 1", **AS_IN_PRODUCTION) as server:
        somebody = Buyer(server, show)
        with attack(server.port, show):
            assert not all(somebody.books_soon() for _ in range(3))
