"""Whatever strangers do to the server that the README starts, somebody books meanwhile, and soon."""

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
from tests.resilience.site import Site, as_readme_says, eventually
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
PAIRS = count()


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Server]:
    with site.serve(command=as_readme_says(workers=2)) as server:
        yield server


@pytest.fixture(scope="module")
def show(site: Site) -> Show:
    return ShowFactory(screen__rows=10, screen__columns=30)


def books(server: Server, show: Show) -> bool:
    """Hold two seats, pay for them at the test gateway, and see the ticket; say whether that was soon done."""
    n = next(PAIRS)
    seats = tuple(show.seats.order_by("pk").values_list("pk", flat=True)[2 * n : 2 * n + 2])
    began = time.monotonic()
    try:
        outcome = buyer(server.port, timeout=SOON)(Pair(show.pk, seats, 0))
    except TimeoutError:
        return False
    assert outcome == "booked"
    return time.monotonic() < began + SOON


def books_soon(server: Server, show: Show) -> bool:
    """A machine that is busy with other tests has a second try."""
    return books(server, show) or books(server, show)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_somebody_books_soon_in_spite_of(server, show, attack: Attack):
    with attack(server.port, show):
        for _ in range(3):
            assert books_soon(server, show)
    assert books_soon(server, show)


def test_open_maps_beyond_what_one_client_may_have_are_told_to_ask_instead(server, show):
    with open_maps_of_one_client(server.port, show) as lines:
        answers = [line.recv(12) for line in lines]

    assert set(answers) == {b"HTTP/1.1 200", b"HTTP/1.1 503"}
    assert answers.count(b"HTTP/1.1 200") <= 2 * 100


def test_requests_beyond_what_one_client_may_have_under_way_are_refused(server, show):
    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(half_sent_posts(server.port, show))
        lines = stack.enter_context(connections(server.port, 20, request("/tickets/")))
        assert b"HTTP/1.1 429" in [line.recv(12) for line in lines]
        assert books_soon(server, show)


def test_one_address_after_the_other_takes_no_descriptor_that_a_buyer_needs(site, show):
    """Each has as many open maps and half-sent requests as it may, and the server may open few files."""
    with ExitStack() as stack:
        server = stack.enter_context(site.serve("--config python:tests.resilience.few_files", command="--workers 1"))
        for number in range(2, 8):
            for said in (b"", request(f"/shows/{show.pk}/live/"), request("/")[:-2]):
                stack.enter_context(connections(server.port, 90, said, f"127.0.0.{number}"))
        assert books_soon(server, show)


@pytest.mark.parametrize("attack", [half_sent_posts, downloads_that_nobody_reads_and_whose_clients_leave])
def test_where_threads_wait_for_clients_strangers_keep_all_others_from_booking(site, show, attack: Attack):
    """The control."""
    with site.serve("--config python:tests.resilience.unbounded", command="--workers 1") as server:
        eventually(lambda: not books(server, show))
        with attack(server.port, show):
            assert not all(books(server, show) for _ in range(3))
