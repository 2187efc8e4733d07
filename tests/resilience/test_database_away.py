"""The database becomes unavailable under load, and comes back."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse

import psycopg2
import pytest
from django.db import connection

from cinema.models import Hold, Show
from tests import postgres
from tests.benchmarks.clients import Browser
from tests.benchmarks.server import Server
from tests.factories import ShowFactory, booked, held, owner, seat_ids
from tests.resilience.answers import MODES, addresses, ask, complaints, cookies_of
from tests.resilience.money import take_money, tell, unfinished
from tests.resilience.site import Site, eventually

pytestmark = pytest.mark.site

SOON = 5  # seconds
NOT_WATCHED = 4711  # a show of which the server knows nothing yet
# Where a form is posted to, its address alone leads to the page; a report that nobody signed is refused, and so is who
# asks for figures without a token; the process is alive; one address has moved; a cookie keeps the language; and what
# browsers and search engines ask for by fixed names is the same for everybody.
NEEDS_NO_DATABASE = {
    *("GET /shows/1/hold/", "GET /shows/1/best/", "GET /shows/1/waiting/", "POST /payments/webhook/sandbox/"),
    *("GET /healthz", "GET /metrics", "GET /admin/password_change/", "POST /admin/password_change/"),
    *("GET /favicon.ico", "GET /apple-touch-icon.png", "GET /manifest.webmanifest", "GET /robots.txt"),
    *("GET /api/openapi.json", "GET /embed.js", "GET /accent/1.css", "POST /accent/1.css", "POST /language/"),
    *(
        "GET /worker.js",
        "GET /kept-tickets/",
        "GET /icons/logos/1/1.png",
        "GET /icons/1/1/1.png",
        "POST /icons/1/1/1.png",
    ),
    # Without keys of a wallet there is nothing there.
    *("GET /wallet/apple/v1/passes/1/1", "GET /wallet/apple/v1/devices/1/registrations/1"),
    *("POST /wallet/apple/v1/devices/1/registrations/1/1", "POST /wallet/apple/v1/log"),
}


@pytest.fixture
def show(site: Site) -> Show:
    return ShowFactory(screen__plan="aaaa\naaaa")


@contextmanager
def watching(server: Server, show: Show) -> Iterator[HTTPResponse]:
    """An open seat map."""
    line = HTTPConnection("127.0.0.1", server.port, timeout=20)
    line.request("GET", f"/shows/{show.pk}/live/")
    try:
        yield line.getresponse()
    finally:
        line.close()


def hears(stream: HTTPResponse, words: str) -> bool:
    """Wait for the words; False if the stream ends without them."""
    return any(words in line.decode() for line in stream)


@pytest.mark.parametrize("mode", MODES)
def test_while_it_is_away_every_address_says_when_to_try_again(site, server, mode):
    cookies, charge = cookies_of(owner()), take_money(booked(ShowFactory(), "A1"))
    everything = [(method, path) for path in ["/admin/", *addresses()] for method in ("GET", "POST")]
    assert ask(server, "GET", "/", cookies).status == 200

    with site.away(mode):
        answers = [ask(server, method, path, cookies) for method, path in everything]
        assert tell(server, charge) == 503, site.log.read_text()[-5000:]
    back = eventually(lambda: ask(server, "GET", "/", cookies).status != 200, patience=SOON)

    print(f"\n{mode}: {len(answers)} answers; the first page {back:.1f} s after its return")
    assert not complaints(answers)
    others = {answer.what for answer in answers if answer.status not in (503, 405)}
    assert others == NEEDS_NO_DATABASE


@pytest.mark.parametrize("mode", MODES)
def test_what_was_asked_for_meanwhile_is_not_half_done_and_can_be_had_afterwards(site, server, show, mode):
    buyer, address = Browser(server.port), f"/shows/{show.pk}/"
    page, seats = buyer.get(address), {"seats": seat_ids(show, "A1 A2")}
    with site.away(mode):
        assert buyer.post(f"{address}hold/", page, seats).status == 503

    assert not Hold.objects.filter(show=show).exists()
    assert not unfinished(show)
    assert buyer.post(f"{address}hold/", page, seats).kind == "holds"


@pytest.mark.nightly
@pytest.mark.parametrize("mode", MODES)
def test_an_open_map_gets_the_changes_after_the_server_returns(site, server, show, mode):
    with watching(server, show) as stream:
        held(show, "A1", buyer="ben")
        assert hears(stream, "Row A, seat 1,")
        with site.away(mode):
            newcomer = ask(server, "GET", f"/shows/{NOT_WATCHED}/live/")
            assert newcomer.says_when_to_try_again
        held(show, "B2", buyer="cleo")
        assert hears(stream, "Row B, seat 2,")


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("mode", MODES)
def test_a_statement_interrupted_by_the_loss_gets_the_same_error(site, server, show, mode):
    """The statement waits for another session's lock."""
    buyer, address = Browser(server.port), f"/shows/{show.pk}/"
    page, seats = buyer.get(address), {"seats": seat_ids(show, "A1")}
    with ThreadPoolExecutor(1) as meanwhile, closing(psycopg2.connect(site.url)) as somebody:
        somebody.cursor().execute("SELECT FROM cinema_show WHERE id = %s FOR UPDATE", [show.pk])
        answer = meanwhile.submit(buyer.post, f"{address}hold/", page, seats)
        eventually(lambda: not is_somebody_waiting())
        with site.away(mode):
            assert answer.result().status == 503
    assert not Hold.objects.filter(show=show).exists()


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0] > 0


@pytest.mark.only("postgresql")
def test_connections_that_were_terminated_are_opened_again_unnoticed(site, server, show):
    address, statuses = f"/shows/{show.pk}/", set()
    for _ in range(5):
        terminate_all(site)
        statuses |= {ask(server, "GET", address).status for _ in range(4)}
    assert statuses == {200}
    buyer = Browser(server.port)
    page, seats = buyer.get(address), {"seats": seat_ids(show, "A1")}
    terminate_all(site)
    assert buyer.post(f"{address}hold/", page, seats).kind == "holds"


def terminate_all(site: Site) -> None:
    """End every session of the site, this process's own too."""
    connection.close()
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'cinema'"
    postgres.run(site.postgres.url, others)


@pytest.mark.nightly
@pytest.mark.only("sqlite")
def test_while_the_database_is_locked_pages_are_read_and_writes_try_again(site, server, show):
    buyer, address = Browser(server.port), f"/shows/{show.pk}/"
    page, seats = buyer.get(address), {"seats": seat_ids(show, "A1")}
    with closing(sqlite3.connect(site.database / "cinema.sqlite3", isolation_level=None)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        assert buyer.post(f"{address}hold/", page, seats).status == 503
        assert buyer.get(address).status == 200
        somebody.execute("ROLLBACK")
    assert buyer.post(f"{address}hold/", page, seats).kind == "holds"
