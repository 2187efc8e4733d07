"""Booking in one step by JSON: views.api.bookings."""

from datetime import datetime
from traceback import walk_stack
from typing import Any

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from cinema.exceptions import DatabaseBusy, PaymentsUnavailable
from cinema.gateways.base import Result
from cinema.gateways.sandbox import SandboxGateway
from cinema.models import GiftCard, Hold, Order, Payment, Theatre, Ticket
from cinema.services.booking import sql
from cinema.services.booking.guards import mark_contested
from cinema.services.money.settlement import settle_payment
from cinema.services.people.failed_tries import LIMITS, Kind
from cinema.views.api import bookings
from tests.factories import (
    MovieFactory,
    ShowFactory,
    UserFactory,
    coupon,
    gift_card,
    report,
    seat,
    seat_ids,
    tax_rule,
)
from tests.services.statements import on
from tests.views.api.programs import Program, Statements, nothing_is_booked, sentences, wish

pytestmark = pytest.mark.django_db


def on_the_way() -> list[str]:
    """The functions of views and services on the stack, outermost first, without their decorators."""
    codes = [frame.f_code for frame, _ in walk_stack(None)]
    own = [code for code in codes if "/cinema/views/" in code.co_filename or "/cinema/services/" in code.co_filename]
    return [code.co_qualname for code in reversed(own) if "<locals>" not in code.co_qualname]


# --- A booking ---------------------------------------------------------------------------------


def test_a_booking_is_four_calls_away_from_its_first_lock(show, kiosk, monkeypatch):
    ways: list[list[str]] = []
    rows = sql.LOCK_SHOW.rows

    def lock(**values: Any) -> list[sql.LockedShow]:
        ways.append(on_the_way())
        return rows(**values)

    monkeypatch.setattr(sql.LOCK_SHOW, "rows", lock)

    kiosk.book(show, "A1 A11")

    assert ways[0] == ["book", "_book", "book_tickets", "_book_tickets", "locked_show"]


def test_a_booking_is_answered_with_its_ticket(show, kiosk):
    answer = kiosk.book(show, "A1 A11")

    ticket = Ticket.objects.get()
    said = answer.json()["ticket"]
    assert answer.status_code == 201
    assert (said["id"], said["reference"]) == (ticket.pk, ticket.reference)
    assert said["movie_name"] == "Mughal-e-Azam"
    assert (said["amount"], said["currency"]) == ("600.00", "INR")
    assert (said["status"], said["payment_status"], said["payment_mode"]) == ("PENDING", "PENDING", "UPI")
    assert answer["Location"] == said["api_url"] == f"http://testserver/api/tickets/{ticket.reference}/"
    assert said["ticket_url"] == f"http://testserver/tickets/{ticket.code}/"


def test_a_booking_names_its_seats_and_what_each_costs(show, kiosk):
    first, second = kiosk.book(show, "A1 A11").json()["ticket"]["seats"]

    assert first == {
        "id": seat(show, "A1").pk,
        "row": "A",
        "number": 1,
        "label": "Row A, seat 1",
        "category": "Classic",
        "ticket_type": None,
        "price": "250.00",
    }
    assert (second["label"], second["category"], second["price"]) == ("Row A, seat 11", "Premium", "350.00")


def test_a_booking_has_time_and_place_in_the_theatres_time_zone(show, kiosk):
    said = kiosk.book(show, "A1").json()["ticket"]["show"]

    assert said["id"] == show.pk
    assert said["starts_at"].endswith("T18:00:00+05:30")
    assert said["theatre"]["time_zone"] == "Asia/Kolkata"
    assert said["screen"] == show.screen.name


def test_a_booking_is_paid_at_its_payment_url_until_its_hold_runs_out(show, kiosk):
    said = kiosk.book(show, "A1").json()["ticket"]

    assert said["payment_url"] == f"http://testserver/payments/{Payment.objects.get().code}/start/"
    assert datetime.fromisoformat(said["hold_expires_at"]) == Hold.objects.get().expires_at


def test_a_booking_comes_with_its_order(show, kiosk):
    answer = kiosk.book(show, "A1 A11").json()

    order = Order.objects.get()
    assert datetime.fromisoformat(answer["order"].pop("created_at")) == order.created_at
    assert [line["seat"] for line in answer["order"].pop("lines")] == seat_ids(show, "A1 A11")
    assert answer["order"] == {
        "reference": answer["ticket"]["reference"],
        "status": "OPEN",
        "channel": "API",
        "total": answer["ticket"]["amount"],
        "currency": "INR",
    }


def test_a_booking_of_no_charge_comes_with_a_paid_order(kiosk):
    answer = kiosk.book(ShowFactory(price=0), "A1").json()

    assert (answer["ticket"]["status"], answer["order"]["status"]) == ("CONFIRMED", "PAID")


def test_a_booking_is_the_token_owners_own(show, kiosk):
    kiosk.book(show, "A1")

    ticket = Ticket.objects.get()
    assert ticket.order.user == kiosk.user
    assert (ticket.order.name, ticket.order.email, ticket.order.phone) == ("Kiosk", "kiosk@example.org", "022 123456")


def test_a_booking_may_name_the_customer(show, kiosk):
    kiosk.book(show, "A1", name="Asha Rao", email="asha@example.org", phone="+91 98200 12345")

    ticket = Ticket.objects.get()
    assert (ticket.order.name, ticket.order.email, ticket.order.phone) == (
        "Asha Rao",
        "asha@example.org",
        "+91 98200 12345",
    )
    assert ticket.order.user == kiosk.user


def test_the_customer_left_open_as_null_is_the_token_owner(show, kiosk):
    assert kiosk.book(show, "A1", name=None, email=None, phone=None).status_code == 201
    assert Order.objects.get().name == "Kiosk"


def test_one_program_books_several_times_at_the_same_show(show, kiosk):
    assert [kiosk.book(show, name).status_code for name in ("A1", "A2", "A3")] == [201, 201, 201]


@pytest.mark.parametrize("mode", ["UPI", "CARD", "NETBANKING", "WALLET"])
def test_every_payment_mode_can_be_asked_for(show, kiosk, mode):
    assert kiosk.book(show, "A1", payment_mode=mode).json()["ticket"]["payment_mode"] == mode


def test_html_in_a_name_stays_text(show, kiosk):
    name = "<script>alert('Asha')</script>"

    assert kiosk.book(show, "A1", name=name).json()["ticket"]["name"] == name


def test_a_film_of_any_script_is_named_as_it_is(kiosk):
    show = ShowFactory(movie=MovieFactory(title="मुग़ल-ए-आज़म", slug="मुग़ल-ए-आज़म"))

    assert kiosk.book(show, "A1").json()["ticket"]["movie_name"] == "मुग़ल-ए-आज़म"


def test_numbers_may_be_given_as_text(show, kiosk):
    answer = kiosk.book(show, "", show_id=str(show.pk), seat_ids=[str(seat(show, "A1").pk)])

    assert answer.status_code == 201


def test_the_declared_content_type_does_not_matter(show, kiosk):
    body = f'{{"show_id": {show.pk}, "seat_ids": [{seat(show, "A1").pk}], "payment_mode": "UPI"}}'
    content_type = "application/x-www-form-urlencoded"
    answer = kiosk.client.post(reverse("api-book"), body, content_type=content_type, headers=kiosk.headers)

    assert answer.status_code == 201


def test_the_response_to_a_booking_is_not_cached(show, kiosk):
    assert kiosk.book(show, "A1")["Cache-Control"] == "no-store"


@pytest.mark.parametrize("names", ["A1", "A1 A2 A3", "A1 A2 A3 A4 A5 A6 A7 A8 A9 A10"])
def test_booking_takes_the_same_number_of_statements_for_any_number_of_seats(show, kiosk, names):
    """One for the token, and the rest to book: no provider is asked, and nothing is noted of it."""
    body = wish(show, names)
    kiosk.post({})  # that its token is used is noted once an hour

    with Statements() as statements:
        assert kiosk.post(body).status_code == 201

    assert len(statements) == on(sqlite=14, postgresql=7)


def test_a_refusal_in_a_crowd_takes_two_statements_and_a_third_with_a_key(show, kiosk):
    """One for the token and one for the seats; with a key, whether this very request was granted before."""
    kiosk.book(show, "A1")
    body = wish(show, "A1")
    mark_contested(show.pk)

    with Statements() as without:
        assert kiosk.post(body).status_code == 409
    with Statements() as with_key:
        assert kiosk.post(body, key="abc").status_code == 409

    assert (len(without), len(with_key)) == (2, 3)


# --- Again -------------------------------------------------------------------------------------


def test_the_same_key_gets_the_same_answer(show, kiosk):
    first, second = kiosk.book(show, "A1 A2", key="abc"), kiosk.book(show, "A1 A2", key="abc")

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Ticket.objects.count() == Payment.objects.count() == 1


def test_a_repeated_request_returns_the_present_state_of_the_ticket(show, kiosk):
    kiosk.book(show, "A1", key="abc")
    settle_payment(report=report(Payment.objects.get()))

    said = kiosk.book(show, "A1", key="abc").json()["ticket"]

    assert (said["status"], said["payment_status"]) == ("CONFIRMED", "SUCCESS")
    assert said["payment_url"] is said["hold_expires_at"] is None


def test_a_declined_payment_is_not_started_again(show, kiosk):
    kiosk.book(show, "A1", key="abc")
    settle_payment(report=report(Payment.objects.get(), Result.DECLINED))

    said = kiosk.book(show, "A1", key="abc").json()["ticket"]

    assert (said["payment_status"], said["payment_url"]) == ("FAILED", None)


def test_a_key_used_for_another_booking_is_refused(show, kiosk):
    kiosk.book(show, "A1", key="abc")

    answer = kiosk.book(show, "A2", key="abc")

    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["seats"]) == ("key_reused", [])
    assert Ticket.objects.count() == 1


def test_two_programs_may_use_the_same_key(show, kiosk):
    assert kiosk.book(show, "A1", key="1").status_code == Program().book(show, "A2", key="1").status_code == 201
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a\tb"])
def test_a_key_that_is_no_key_is_refused(show, kiosk, key):
    answer = kiosk.book(show, "A1", key=key)

    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["error"]
    assert nothing_is_booked()


def test_the_longest_key_is_a_key(show, kiosk):
    assert kiosk.book(show, "A1", key="x" * 255).status_code == 201


# --- Trouble of our own ------------------------------------------------------------------------


def fails_with(error: Exception):
    def fail(*_args: object, **_arguments: object):
        raise error

    return fail


def test_a_busy_database_gets_503_and_retry_after(show, kiosk, monkeypatch):
    monkeypatch.setattr(bookings, "book_tickets", fails_with(DatabaseBusy()))

    answer = kiosk.book(show, "A1")

    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer["Retry-After"]) > 0


def test_an_unavailable_database_gets_503_and_retry_after(show, kiosk, monkeypatch):
    kiosk.client.raise_request_exception = False
    monkeypatch.setattr(bookings, "book_tickets", fails_with(OperationalError("gone")))

    answer = kiosk.book(show, "A1")

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer.json()["error"]


def test_a_server_error_is_answered_as_json(show, kiosk, monkeypatch):
    kiosk.client.raise_request_exception = False
    monkeypatch.setattr(bookings, "book_tickets", fails_with(ZeroDivisionError()))

    answer = kiosk.book(show, "A1")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/json")


def test_no_booking_waits_for_the_provider(show, kiosk, monkeypatch):
    monkeypatch.setattr(SandboxGateway, "start", fails_with(PaymentsUnavailable()))

    answer = kiosk.book(show, "A1")

    assert answer.status_code == 201
    assert answer.json()["ticket"]["payment_url"]


def test_where_nothing_is_sold_nothing_is_held(show, kiosk, settings):
    settings.PAYMENT_GATEWAYS = {}

    assert kiosk.book(show, "A1").status_code == 503
    assert nothing_is_booked()


def test_where_phone_numbers_are_required_a_booking_without_one_is_refused(show):
    Theatre.objects.update(phone_required=True)
    kiosk = Program(UserFactory(phone=""))

    assert sentences(kiosk.book(show, "A1"), "phone") == ["Please enter a phone number, in case your show changes."]
    assert kiosk.book(show, "A1", phone="022 123456").status_code == 201


def test_a_coupon_and_a_fee_are_lines_of_the_order(show, kiosk):
    theatre = show.screen.theatre
    type(theatre).objects.filter(pk=theatre.pk).update(api_fee=20)
    tax_rule(theatre, 18)
    coupon(theatre, code="TEN", name="Ten percent off")
    answer = kiosk.book(show, "A1", coupon="ten", key="one").json()
    plain = show.seats.first().price
    fields = ("kind", "coupon", "quantity", "amount", "tax_percent")
    assert [tuple(line[field] for field in fields) for line in answer["order"]["lines"]] == [
        ("SEAT", None, 1, f"{plain}", "18.00"),
        ("FEE", None, 1, "20.00", "0.00"),
        ("DISCOUNT", "Ten percent off", 1, f"{-plain / 10:.2f}", "18.00"),
    ]
    assert answer["order"]["total"] == f"{plain * 9 / 10 + 20:.2f}"
    assert kiosk.book(show, "A1", coupon="ten", key="one").json()["order"]["lines"] == answer["order"]["lines"]


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("NONE", 400, "invalid"),
        ("OVER", 409, "coupon_ended"),
        ("GONE", 409, "coupon_used_up"),
        ([], 400, "invalid"),
    ],
)
def test_a_coupon_that_is_not_taken_books_nothing(show, kiosk, code, status, error):
    coupon(show.screen.theatre, code="OVER", ended_at=timezone.now())
    coupon(show.screen.theatre, code="GONE", most_uses=1, used=1)
    answer = kiosk.book(show, "A1", coupon=code)
    assert (answer.status_code, answer.json().get("code")) == (status, error)
    assert bool(answer.json().get("errors", {}).get("coupon")) is (status == 400)
    assert not Order.objects.exists()


def test_a_program_cannot_find_codes_by_trying_many(show, kiosk):
    coupon(show.screen.theatre, code="TEN")
    for number in range(LIMITS[Kind.COUPON].from_one):
        assert kiosk.book(show, "A1", coupon=f"GUESS{number}").status_code == 400
    assert kiosk.book(show, "A1", coupon="TEN").status_code == 429
    assert kiosk.book(show, "A1").status_code == 201


def test_gift_cards_pay_first_and_the_rest_is_left_to_pay(show, kiosk):
    card, other = gift_card(show.screen.theatre, amount=100), gift_card(show.screen.theatre, amount=600)
    answer = kiosk.book(show, "A1", gift_cards=[card.groups])
    assert answer.status_code == 201 and answer.json()["ticket"]["payment_url"]
    assert Payment.objects.latest("pk").amount == 150

    answer = kiosk.book(show, "A2", gift_cards=[other.code]).json()["ticket"]
    assert (answer["payment_url"], answer["status"]) == (None, "CONFIRMED")


@pytest.mark.parametrize(
    ("cards", "status"), [(["nothing"], 400), ("K7PM", 400), ([1], 400), ([{}], 400), (["EMPTY"], 409)]
)
def test_a_gift_card_that_cannot_pay_books_nothing(show, kiosk, cards, status):
    card = gift_card(show.screen.theatre)
    GiftCard.objects.update(balance=0)
    cards = [card.code] if cards == ["EMPTY"] else cards

    answer = kiosk.book(show, "A1", gift_cards=cards)

    assert answer.status_code == status
    assert bool(answer.json().get("errors", {}).get("gift_cards")) is (status == 400)
    assert not Ticket.objects.exists()
