"""What a phone loads for a time without a network, and what it sends afterwards."""

import gzip
import json
from base64 import b64decode, b64encode
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.domain.door_lists import FINGERPRINT, ListedSeat, entry, fingerprint, sealed
from cinema.models import CheckIn, Order, SettledConflict, Show, Ticket, TicketSeat
from cinema.models.codes import new_code
from tests.factories import USHER, ShowFactory, at_the_door, booked, sold, staff
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return ShowFactory(movie__title="The Lunchbox", screen__plan="aaaaaa", screen__theatre__slug="galaxy")


@pytest.fixture
def ticket(show: Show) -> Ticket:
    ticket = sold(show, "A1 A2")
    booked(show, "A3")
    at_the_door(show)
    return ticket


@pytest.fixture
def usher(show: Show, client: Client) -> Client:
    client.force_login(staff(show.screen.theatre, USHER))
    return client


def url(name: str) -> str:
    return reverse(f"staff-door-{name}", args=["galaxy"])


def send(client: Client, data: object) -> tuple[int, dict]:
    body = data if isinstance(data, bytes) else json.dumps(data)
    response = client.post(url("merging"), body, content_type="application/json")
    return response.status_code, response.json()


def milliseconds(**ago: int) -> int:
    return int((timezone.now() - timedelta(**ago)).timestamp() * 1000)


def scan_of(ticket: Ticket, found: dict, **more: object) -> dict:
    """The scan of a phone that has this list."""
    mark = b64decode(found["shows"][0]["tickets"][0])[:FINGERPRINT]
    seats = list(ticket.seats.values_list("pk", flat=True))
    plain = {"key": "a-key-of-sixteen-letters", "outcome": "ADMITTED", "scanned_at": milliseconds(minutes=3)}
    of_ticket = {"fingerprint": b64encode(mark).decode(), "salt": found["salt"], "seats": seats}
    return plain | of_ticket | {"show": ticket.show_id} | more


def test_the_list_has_the_paid_tickets_of_the_shows_sealed(usher, ticket, show):
    response = usher.get(url("tickets"))
    found = response.json()
    [listed] = found["shows"]
    assert listed["name"].startswith("The Lunchbox, ")
    [sealed_ticket] = listed["tickets"]
    whole, salt = b64decode(sealed_ticket), b64decode(found["salt"])
    assert whole[:FINGERPRINT] == fingerprint(ticket.code, salt)
    seats = sealed(whole[FINGERPRINT:], ticket.code, salt).decode().split("\n")
    assert [line.split("\t")[0] for line in seats] == ["A1", "A2"]
    assert "no-store" in response["Cache-Control"]


def test_the_language_of_a_foreign_guest_is_sealed_with_the_first_seat(usher, ticket):
    Order.objects.filter(tickets=ticket).update(language="de")
    found = usher.get(url("tickets")).json()
    [sealed_ticket] = found["shows"][0]["tickets"]
    seats = sealed(b64decode(sealed_ticket)[FINGERPRINT:], ticket.code, b64decode(found["salt"])).decode().split("\n")
    assert [line.split("\t")[4:] for line in seats] == [["0"], []]
    assert found["languages"] == ["Deutsch"]


def test_nothing_of_a_buyer_or_a_code_is_in_the_list(usher, ticket):
    text = usher.get(url("tickets")).content.decode()
    for secret in (ticket.code, ticket.reference, "Asha", "asha@", ticket.order.code):
        assert secret not in text


def test_the_list_says_who_is_inside(usher, ticket):
    usher.post(url("scan"), {"text": ticket.code, "key": "another key of a scan"})
    found = usher.get(url("tickets")).json()
    whole, salt = b64decode(found["shows"][0]["tickets"][0]), b64decode(found["salt"])
    seats = sealed(whole[FINGERPRINT:], ticket.code, salt).decode().split("\n")
    assert [line.split("\t")[3] for line in seats] == ["i", "i"]


def test_the_list_is_that_of_the_chosen_shows(usher, ticket, show):
    other = ShowFactory(screen__theatre=show.screen.theatre)
    at_the_door(other)
    assert len(usher.get(url("tickets")).json()["shows"]) == 2
    usher.post(url("setup"), {"device": "Door 2", "shows": [other.pk]})
    assert [each["pk"] for each in usher.get(url("tickets")).json()["shows"]] == [other.pk]


def test_a_show_moved_to_another_screen_is_named_with_it_in_the_next_list(usher, ticket, show):
    show.screen.name = "Screen 7"
    show.screen.save()
    assert usher.get(url("tickets")).json()["shows"][0]["name"].endswith("Screen 7")


def test_a_scan_by_an_older_list_is_recorded_although_the_show_has_moved(usher, ticket, show):
    old = usher.get(url("tickets")).json()
    show.screen.name = "Screen 7"
    show.screen.save()
    assert usher.get(url("tickets")).json()["salt"] != old["salt"]
    status, said = send(usher, {"sent_at": milliseconds(), "scans": [scan_of(ticket, old)]})
    assert (status, list(said["outcomes"].values())) == (200, ["ADMITTED"])
    page = usher.post(url("scan"), {"text": ticket.code, "key": "another key of a scan"}).content.decode()
    assert "Already admitted" in page


def test_what_a_phone_makes_of_the_list_of_another_ticket_admits_nobody(usher, ticket, show):
    found = usher.get(url("tickets")).json()
    foreign = sold(ShowFactory(screen__theatre=show.screen.theatre), "A1")
    forged = scan_of(ticket, found) | {"seats": list(foreign.seats.values_list("pk", flat=True))}
    _status, said = send(usher, {"sent_at": milliseconds(), "scans": [forged]})
    assert list(said["outcomes"].values()) == ["UNKNOWN"]
    assert not TicketSeat.objects.filter(inside=True).exists()


@pytest.mark.parametrize("number", [1, 3, 6])
def test_the_list_takes_the_same_statements_for_any_number(usher, show, number, django_assert_num_queries):
    for seat in range(number):
        sold(show, f"A{seat + 1}", buyer=f"buyer {seat}")
    at_the_door(show)
    with django_assert_num_queries(5):
        usher.get(url("tickets"))


def test_the_list_of_1000_tickets_is_under_60_kb_compressed(usher, ticket, show):
    """By real sizes: two seats on each ticket, keys of seven digits."""
    found = usher.get(url("tickets")).json()
    salt = b64decode(found["salt"])
    seats = [ListedSeat("G18", 7_654_321, "0", ""), ListedSeat("G19", 7_654_322, "1", "")]
    found["shows"][0]["tickets"] = [entry(new_code(), salt, seats) for _ in range(1000)]
    assert len(gzip.compress(json.dumps(found).encode())) < 60_000


def test_scans_are_merged_and_answered_by_key(usher, ticket):
    found = usher.get(url("tickets")).json()
    scan = scan_of(ticket, found)
    unknown = {"key": "the-key-of-a-stranger", "outcome": "UNKNOWN", "scanned_at": milliseconds(minutes=2), "seats": []}
    status, said = send(usher, {"sent_at": milliseconds(), "scans": [scan, unknown]})
    assert (status, said["outcomes"]) == (200, {scan["key"]: "ADMITTED", unknown["key"]: "UNKNOWN"})
    assert ticket.seats.filter(inside=True).count() == 2
    again = send(usher, {"sent_at": milliseconds(), "scans": [scan, unknown]})
    assert again == (status, said) and CheckIn.objects.count() == 2


SCAN = {"key": "a-key-of-sixteen-letters", "outcome": "UNKNOWN", "scanned_at": 1}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        [],
        None,
        {"scans": {}},
        {"scans": [], "sent_at": None},
        {"scans": [], "sent_at": True},
        {"scans": [], "sent_at": -1},
        {"scans": [], "sent_at": 10**30},
        {"scans": [], "sent_at": "now"},
        {"scans": [None], "sent_at": 1},
        {"scans": [SCAN] * 201, "sent_at": 1},
        *(
            {"scans": [SCAN | change], "sent_at": 1}
            for change in (
                {"key": "short"},
                {"key": "x" * 61},
                {"key": "a key\0of sixteen letters"},
                {"key": 7},
                {"outcome": "CONFLICT"},
                {"undoes": "short"},
                {"undoes": 7},
                {"undoes": None},
                {"outcome": None},
                {"scanned_at": 1.5},
                {"scanned_at": "1"},
                {"seats": "1"},
                {"seats": [True]},
                {"seats": [0]},
                {"seats": [2**63]},
                {"seats": [1] * 101},
                {"show": None},
                {"show": "1"},
                {"salt": "x" * 50},
                {"fingerprint": "<b>"},
            )
        ),
    ],
)
def test_what_no_phone_sends_is_refused_with_a_sentence(usher, ticket, data):
    status, said = send(usher, data)
    assert status == 400 and said["error"]
    assert not CheckIn.objects.exists()


def test_a_phone_without_a_role_gets_neither_list_nor_merging(ticket):
    stranger = Client()
    assert stranger.get(url("tickets")).status_code == 302
    assert stranger.post(url("merging"), b"{}", content_type="application/json").status_code == 404


def test_the_worker_is_a_script_at_the_address_of_the_door(usher, ticket):
    response = usher.get(url("worker"))
    assert response["Content-Type"].startswith("text/javascript") and b"addEventListener" in response.content


def test_a_conflict_is_shown_to_managers_only(client, usher, ticket, show):
    scan = scan_of(ticket, usher.get(url("tickets")).json())
    for number in range(2):
        send(usher, {"sent_at": milliseconds(), "scans": [scan | {"key": f"the-key-of-phone-{number}"}]})
    door = reverse("staff-door", args=["galaxy"])
    assert "Admitted twice" not in usher.get(door).content.decode()
    client.force_login(staff(show.screen.theatre, "MANAGER"))
    for page in (door, reverse("staff-today", args=["galaxy"])):
        assert "Admitted twice" in client.get(page).content.decode()


def conflicting(client: Client, ticket: Ticket) -> CheckIn:
    """Two phones admit the same ticket without a network."""
    scan = scan_of(ticket, client.get(url("tickets")).json())
    for number in range(2):
        send(client, {"sent_at": milliseconds(), "scans": [scan | {"key": f"the-key-of-phone-{number}"}]})
    return CheckIn.objects.get(outcome="CONFLICT")


def test_a_manager_ticks_a_conflict_off_with_who_and_when(usher, ticket, show):
    check, manager = conflicting(usher, ticket), Client()
    manager.force_login(staff(show.screen.theatre, "MANAGER", name="Meera Nair"))
    settle, door = reverse("staff-door-settle", args=["galaxy", check.pk]), reverse("staff-door", args=["galaxy"])
    assert settle in manager.get(door).content.decode()
    assert manager.post(settle).url == door
    page = manager.get(door).content.decode()
    assert settle not in page and "Looked into by Meera Nair, " in page
    assert "Admitted twice" not in manager.get(reverse("staff-today", args=["galaxy"])).content.decode()


def test_a_conflict_is_ticked_off_once_by_the_first(usher, ticket, show):
    check = conflicting(usher, ticket)
    for name in ("Meera Nair", "Ravi Iyer"):
        manager = Client()
        manager.force_login(staff(show.screen.theatre, "MANAGER", name=name))
        manager.post(reverse("staff-door-settle", args=["galaxy", check.pk]))
    assert SettledConflict.objects.get().user.name == "Meera Nair"


def test_only_a_conflict_is_ticked_off(usher, ticket, show):
    conflicting(usher, ticket)
    manager = Client()
    manager.force_login(staff(show.screen.theatre, "MANAGER"))
    plain = CheckIn.objects.get(outcome="ADMITTED")
    assert manager.post(reverse("staff-door-settle", args=["galaxy", plain.pk])).status_code == 404


def test_a_conflict_is_reported_however_old_until_somebody_looks_into_it(usher, ticket, show):
    check = conflicting(usher, ticket)
    with alterable_trail():
        CheckIn.objects.filter(pk=check.pk).update(received_at=timezone.now() - timedelta(days=300))
    manager = Client()
    manager.force_login(staff(show.screen.theatre, "MANAGER"))
    assert "Admitted twice" in manager.get(reverse("staff-door", args=["galaxy"])).content.decode()
