"""Error pages, which need neither a database nor a request; and a database that is away for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.urls import reverse

from cinema.exceptions import DatabaseBusy
from cinema.models import Hold
from cinema.web.middleware import COOKIE
from tests.factories import ShowFactory, UserFactory, held, seat_ids
from tests.views.browsers import browser, text

pytestmark = pytest.mark.both  # a database that is away says so in its own words


@pytest.mark.django_db
def test_an_unknown_page_is_404_without_a_query(client, django_assert_num_queries):
    client.force_login(UserFactory())
    client.cookies[COOKIE] = "forged"

    with django_assert_num_queries(0):
        response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "We couldn’t find this page" in response.content.decode()


@contextmanager
def database_away() -> Iterator[None]:
    """There is no server, or no file, where the database was."""
    there = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict |= (
        {"NAME": "/nowhere/at/all.sqlite3"} if connection.vendor == "sqlite" else {"HOST": "/nowhere"}
    )
    try:
        yield
    finally:
        connection.settings_dict |= there
        connection.close()


@contextmanager
def database_read_only() -> Iterator[None]:
    """The database takes no changes any more, as after a failover, also on connections that were open before."""
    if connection.vendor == "sqlite":
        off, on = "PRAGMA query_only = OFF", "PRAGMA query_only = ON"
    else:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        on = f"ALTER DATABASE {name} SET default_transaction_read_only = on; SET default_transaction_read_only = on"
        off = f"SET default_transaction_read_only = off; ALTER DATABASE {name} RESET default_transaction_read_only"
    execute(on)
    try:
        yield
    finally:
        execute(off)
        connection.close()


def execute(statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements.split("; "):
            cursor.execute(statement)


def says_to_try_again(response) -> bool:
    return (
        response.status_code == 503
        and int(response["Retry-After"]) > 0
        and "Nothing was lost; please try again in a few seconds." in text(response)
    )


@pytest.mark.django_db(transaction=True)
def test_writes_to_a_read_only_database_fail_as_if_it_were_away(caplog):
    show = ShowFactory()
    address, seats = reverse("show-hold", args=[show.pk]), {"seats": seat_ids(show, "A1")}

    with database_read_only():
        page, held_seats = browser("asha").get(show.get_absolute_url()), browser("asha").post(address, seats)

    assert page.status_code == 200
    assert says_to_try_again(held_seats)
    assert [(record.getMessage(), record.exc_info) for record in caplog.records if record.levelname == "ERROR"] == [
        ("The database is away, or takes no changes.", None)
    ]
    assert browser("asha").post(address, seats).status_code == 303


@pytest.mark.only("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_connection_to_a_server_that_only_reads_is_given_up():
    connection.ensure_connection()
    assert connection.is_usable()

    with database_read_only():
        assert not connection.is_usable()

    connection.ensure_connection()
    assert connection.is_usable()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("appearances_are_read", "legal_texts_are_read", "seasons_are_read")
def test_while_the_database_is_away_a_page_says_when_to_try_again():
    hold = held(ShowFactory(), "A1")
    show, client, seats = hold.show, browser("asha"), {"seats": seat_ids(hold.show, "A1 A2")}
    client.force_login(UserFactory())

    with database_away():
        for address in (
            "/",
            show.get_absolute_url(),
            hold.get_absolute_url(),
            "/tickets/x/",
            "/account/",
            "/api/movies/",
        ):
            assert client.get(address).status_code == 503
        assert says_to_try_again(client.get(show.get_absolute_url()))
        assert says_to_try_again(client.get(reverse("show-seat-map", args=[show.pk])))
        assert says_to_try_again(client.post(reverse("show-hold", args=[show.pk]), seats))
        assert says_to_try_again(client.post(hold.get_absolute_url(), {"key": "x"}))

    assert client.post(reverse("show-hold", args=[show.pk]), seats).status_code == 303
    assert hold.seats.count() == 2


@pytest.mark.django_db(transaction=True)
def test_api_clients_get_it_as_json():
    with database_away():
        answer = browser().get("/api/movies/")

    assert (answer.status_code, answer["Content-Type"], int(answer["Retry-After"]) > 0) == (
        503,
        "application/json",
        True,
    )
    assert "try again" in answer.json()["error"]


@pytest.mark.only("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_server_that_was_restarted_is_found_again_by_the_next_request():
    """As after a restart: the connection everybody still has is dead."""
    show, client = ShowFactory(), browser("asha")
    connection.ensure_connection()
    with connection.copy().cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        other.connection.close()

    assert says_to_try_again(client.post(reverse("show-hold", args=[show.pk]), {"seats": seat_ids_unread(show)}))
    close_old_connections()  # what Django does at the end of each request, but not under its test client

    assert client.get(show.get_absolute_url()).status_code == 200
    assert not Hold.objects.exists()


def seat_ids_unread(show) -> list[int]:
    """Any number: the database is not asked."""
    return [show.pk]


@pytest.mark.django_db
def test_a_busy_database_gets_503_on_any_page(monkeypatch):
    def busy(pk):
        raise DatabaseBusy

    monkeypatch.setattr("cinema.views.live_map.live_state", busy)

    assert says_to_try_again(browser().get(reverse("show-seat-map", args=[1])))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cause", "status"), [(psycopg2.DatabaseError("server closed the connection"), 503), (None, 500)]
)
def test_a_connection_lost_in_a_statement_is_away_an_error_of_django_is_not(monkeypatch, cause, status):
    def fail(pk):
        raise DatabaseError("no better name") from cause

    monkeypatch.setattr("cinema.views.live_map.live_state", fail)

    assert browser().get(reverse("show-seat-map", args=[1])).status_code == status


def ask_for_a_table_there_is_not(**said):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM not_migrated")


@pytest.mark.django_db
def test_a_database_that_lacks_a_table_is_there_and_the_mistake_is_ours(monkeypatch, caplog):
    monkeypatch.setattr("cinema.views.live_map.live_state", lambda pk: ask_for_a_table_there_is_not())

    answer = browser().get(reverse("show-seat-map", args=[1]))

    assert answer.status_code == 500
    assert "It’s our mistake" in text(answer)
    assert [record.exc_info is None for record in caplog.records] == [False]


@pytest.mark.only("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_lock_timeout_outside_of_a_service_is_a_server_error(monkeypatch):
    show = ShowFactory()

    def wait_for_it(pk):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 50")
            cursor.execute("SELECT 1 FROM cinema_show FOR UPDATE")

    monkeypatch.setattr("cinema.views.live_map.live_state", wait_for_it)
    with connection.copy().cursor() as other:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM cinema_show FOR UPDATE")
        status = browser().get(reverse("show-seat-map", args=[show.pk])).status_code
        other.connection.close()
    connection.close()  # with its impatience

    assert status == 500


@pytest.mark.django_db
def test_a_server_error_has_its_own_page(monkeypatch):
    monkeypatch.setattr("cinema.views.live_map.live_state", lambda pk: 1 / 0)

    answer = browser().get(reverse("show-seat-map", args=[1]))

    assert answer.status_code == 500
    assert "It’s our mistake" in text(answer)
    assert "ZeroDivisionError" not in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/movies/%00/", "/movies/%00/poster.svg", "/theatres/%00/", "/tickets/%00/", "/%00"]
)
@pytest.mark.django_db
def test_an_address_no_database_can_hold_is_not_found(address):
    assert browser().get(address).status_code == 404


@pytest.mark.django_db
def test_a_host_we_are_not_is_a_bad_request():
    answer = browser().get("/", headers={"Host": "evil.example.org"})

    assert answer.status_code == 400
    assert "We couldn’t understand this request." in text(answer)
