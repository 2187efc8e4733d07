"""Booking in one step by JSON: views.api.bookings."""

from datetime import datetime
from traceback import walk_stack
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from cinema.exceptions import DatabaseBusy, PaymentsUnavailable
from cinema.gateways.base import Result
from cinema.gateways.sandbox import SandboxGateway
from cinema.models import ApiToken, GiftCard, Hold, Order, Payment, SandboxCharge, ShowSeat, Theatre, Ticket
from cinema.services.booking import sql
from cinema.services.money.payments import settle_payment
from cinema.services.people.failed_tries import LIMITS, Kind
from cinema.views.api import bookings
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    USHER,
    MovieFactory,
    ShowFactory,
    TheatreFactory,
    UserFactory,
    cancelled,
    coupon,
    gift_card,
    held,
    owner,
    past,
    report,
    seat,
    seat_ids,
    sold,
    staff,
    tax_rule,
)
from tests.services.statements import on
from tests.views.api.programs import Program, Statements, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaaaaaaaabb", movie__title="Mughal-e-Azam")


@pytest.fixture
def kiosk():
    return Program(UserFactory(email="kiosk@example.org", name="Kiosk", phone="022 123456"))


def nothing_is_booked() -> bool:
    return not (Ticket.objects.exists() or Hold.objects.exists() or Payment.objects.exists())


def sentences(answer, field: str) -> list[str]:
    """What a refusal says about a field; and that it is the only thing it says."""
    assert answer.status_code == 400, answer.content
    body = answer.json()
    assert list(body["errors"]) == [field]
    assert body["error"]
    assert nothing_is_booked()
    return body["errors"][field]


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

    assert said["payment_url"] == f"http://testserver/sandbox/{SandboxCharge.objects.get().reference}/"
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
    """One for the token, fourteen to book, two in the books of the test gateway, and one to note where it is paid."""
    body = wish(show, names)
    kiosk.post({})  # that its token is used is noted once an hour

    with Statements() as statements:
        assert kiosk.post(body).status_code == 201

    assert len(statements) == on(sqlite=18, postgresql=11)


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


# --- Who asks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic a2lvc2s6", "Bearer é"])
def test_nobody_books_without_a_token(show, kiosk, header):
    headers = {"Authorization": header} if header is not None else {}
    answer = kiosk.client.post(reverse("api-book"), "{}", content_type="application/json", headers=headers)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"]


def test_tries_at_a_token_are_counted_by_address_and_never_against_a_good_one(show, kiosk):
    def ask(token, address):
        headers = {"Authorization": f"Bearer {token}"}
        return kiosk.client.post(
            reverse("api-book"), b"{}", content_type="application/json", headers=headers, REMOTE_ADDR=address
        )

    most = LIMITS[Kind.TOKEN].from_one
    answers = [ask(f"wrong {n}", "192.0.2.1") for n in range(most + 1)]

    assert [answer.status_code for answer in answers] == [401] * most + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600
    assert "invalid token" in answers[-1].json()["error"]
    assert answers[-1]["Cache-Control"] == "no-store"
    assert ask("wrong", "192.0.2.2").status_code == 401
    assert ask(kiosk.token, "192.0.2.1").status_code == 400


def test_asking_without_any_token_is_no_try_at_one(kiosk):
    for _n in range(LIMITS[Kind.TOKEN].from_one + 1):
        answer = kiosk.client.post(reverse("api-book"), b"{}", content_type="application/json")

    assert answer.status_code == 401


def test_the_scheme_may_be_written_in_any_case(show, kiosk):
    headers = {"Authorization": f"bearer {kiosk.token}"}
    answer = kiosk.client.post(reverse("api-book"), b"{}", content_type="application/json", headers=headers)

    assert answer.status_code == 400


def test_the_token_of_someone_locked_out_is_worth_nothing(show, kiosk):
    kiosk.user.is_active = False
    kiosk.user.save()

    assert kiosk.book(show, "A1").status_code == 401


def test_an_expired_token_is_named_and_is_no_guess(show, kiosk):
    ApiToken.objects.update(expires_at=Now())

    answers = [kiosk.book(show, "A1") for _n in range(LIMITS[Kind.TOKEN].from_one + 1)]

    assert {answer.status_code for answer in answers} == {401}
    assert answers[0]["WWW-Authenticate"] == "Bearer"
    assert answers[0].json()["code"] == "token_expired"
    assert nothing_is_booked()


def test_being_signed_in_in_a_browser_does_not_book(show, kiosk):
    kiosk.client.force_login(kiosk.user)
    kiosk.token = "wrong"

    assert kiosk.book(show, "A1").status_code == 401


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_booking_is_a_post(kiosk, method):
    answer = getattr(kiosk.client, method)(reverse("api-book"), headers=kiosk.headers)

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer["Content-Type"] == "application/json"


# --- A body that is no booking -----------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{",
        b"show_id=1&seat_ids=2",
        b"<html>",
        b'{"show_id": NaN}',
        b'{"show_id": ' + b"9" * 5000 + b"}",
        b'{"name": "\xff\xfe"}',
        b'{"name": "\\ud800"}',
        b"[" * 60_000,
        b'{"seat_ids": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"seat_ids": [[[[1]]]]}',
        b'{"name": "' + b"x" * 70_000 + b'"}',
        b" " * 3_000_000,
        b"[]",
        b"null",
        b"1",
        b'"show_id"',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_body_that_cannot_be_read_is_refused_in_a_sentence(kiosk, body):
    answer = kiosk.post(body)

    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert answer.json()["code"] == "unreadable"


def test_an_empty_booking_gets_an_error_for_each_missing_field(kiosk):
    assert set(kiosk.post({}).json()["errors"]) == {"show_id", "seat_ids", "payment_mode"}


@pytest.mark.parametrize(
    "show_id", [None, "", "one", 1.5, "1.5", True, -1, 0, 2**63, 10**400, 1e300, [1], {"id": 1}, []]
)
def test_a_show_id_that_is_no_number_is_refused(show, kiosk, show_id):
    assert sentences(kiosk.book(show, "A1", show_id=show_id), "show_id")


def test_an_unknown_show_is_rejected(show, kiosk):
    assert sentences(kiosk.book(show, "A1", show_id=show.pk + 1000), "show_id") == ["There is no such show."]


@pytest.mark.parametrize(
    "seat_ids",
    [None, "", [], {}, "12", 12, True, {"1": 2}, [None], [""], ["A1"], [1.0], [True], [-1], [2**63], [10**400], [[1]]],
    ids=lambda seats: str(seats)[:20],
)
def test_seats_that_are_no_list_of_numbers_are_refused(show, kiosk, seat_ids):
    assert sentences(kiosk.book(show, "", seat_ids=seat_ids), "seat_ids")


def test_an_unknown_seat_is_rejected(show, kiosk):
    ids = [*seat_ids(show, "A1"), 2**63 - 1]

    assert sentences(kiosk.book(show, "", seat_ids=ids), "seat_ids") == [
        "There is no seat 9223372036854775807 at this show."
    ]


def test_a_seat_of_another_show_is_refused(show, kiosk):
    foreign = seat(ShowFactory(), "A1").pk
    ids = [*seat_ids(show, "A1"), foreign]

    assert sentences(kiosk.book(show, "", seat_ids=ids), "seat_ids") == [f"There is no seat {foreign} at this show."]


def test_more_seats_than_can_be_booked_at_once_are_refused(show, kiosk):
    names = " ".join(f"A{number}" for number in range(1, 12))

    assert sentences(kiosk.book(show, names), "seat_ids") == ["You chose 11 seats; at most 10 can be booked at once."]


def test_a_duplicate_seat_is_rejected(show, kiosk):
    assert sentences(kiosk.book(show, "A1 A1"), "seat_ids") == [
        "A seat was chosen twice. Please choose each seat once."
    ]


def test_a_payment_mode_that_is_not_offered_is_refused_with_those_that_are(show, kiosk, settings):
    settings.PAYMENT_GATEWAYS = {"CARD": "sandbox", "UPI": "sandbox"}

    answer = kiosk.book(show, "A1", payment_mode="WALLET")

    assert sentences(answer, "payment_mode") == ["Choose one of CARD, UPI."]
    assert kiosk.book(show, "A1", payment_mode="CARD").status_code == 201


@pytest.mark.parametrize("mode", [None, "", "upi", "CASH", 1, ["UPI"], {"UPI": 1}])
def test_an_unknown_payment_mode_is_rejected(show, kiosk, mode):
    assert sentences(kiosk.book(show, "A1", payment_mode=mode), "payment_mode")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 151),
        ("name", ["Asha"]),
        ("name", {"first": "Asha"}),
        ("name", "Asha\0"),
        ("email", "asha"),
        ("email", ["asha@example.org"]),
        ("email", "asha@example.org\nBcc: ben@example.org"),
        ("phone", "1" * 31),
        ("phone", True),
    ],
)
def test_a_customer_that_cannot_be_is_refused(show, kiosk, field, value):
    assert sentences(kiosk.book(show, "A1", **{field: value}), field)


def test_a_price_named_by_the_program_changes_nothing(show, kiosk):
    assert kiosk.book(show, "A1", amount="1.00", price=1).json()["ticket"]["amount"] == "250.00"


# --- Seats and shows that cannot be had --------------------------------------------------------


def test_seats_that_are_gone_are_named(show, kiosk):
    held(show, "A2", buyer="ben")
    sold(show, "A3", buyer="chitra")

    answer = kiosk.book(show, "A1 A2 A3")

    assert answer.status_code == 409
    assert answer.json() == {
        "error": "Row A, seats 2 and 3 were just taken.",
        "code": "seats_unavailable",
        "seats": [
            {"id": seat(show, "A2").pk, "label": "Row A, seat 2"},
            {"id": seat(show, "A3").pk, "label": "Row A, seat 3"},
        ],
    }
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_seats_the_same_program_booked_before_are_gone(show, kiosk):
    kiosk.book(show, "A1")

    assert kiosk.book(show, "A1").status_code == 409


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        (past, "This show has already started, so it can no longer be booked."),
        (cancelled, "This show was cancelled, so no seats can be booked."),
    ],
)
def test_a_past_or_cancelled_show_is_rejected(show, kiosk, over, sentence):
    over(show)

    answer = kiosk.book(show, "A1")

    assert answer.status_code == 409
    assert answer.json() == {"error": sentence, "code": "not_on_sale", "seats": []}
    assert nothing_is_booked()


def test_a_choice_that_leaves_a_seat_alone_is_refused_with_what_can_be_had_instead(kiosk):
    show = ShowFactory(screen__plan="aaaa\naaaaaaaa", screen__theatre__single_seats=Theatre.SingleSeats.WARN)

    answer = kiosk.book(show, "A1 A2 A3")

    said = answer.json()
    assert (answer.status_code, said["code"], said["may_insist"]) == (409, "strands_seats", True)
    assert said["error"] == "Please don’t leave a single seat (A 4) empty."
    assert said["seats"] == [{"id": seat(show, "A4").pk, "label": "Row A, seat 4"}]
    assert kiosk.book(show, "", seat_ids=said["choices"][0]).status_code == 201


@pytest.mark.parametrize(
    ("single_seats", "insist", "status"),
    [("WARN", True, 201), ("WARN", False, 409), ("WARN", None, 409), ("REFUSE", True, 409)],
)
def test_a_buyer_may_insist_on_leaving_a_single_seat_after_a_warning(single_seats, insist, status):
    show = ShowFactory(screen__plan="aaaa\naaaaaaaa", screen__theatre__single_seats=single_seats)

    assert Program(UserFactory()).book(show, "A1 A2 A3", insist=insist).status_code == status


@pytest.mark.parametrize(
    ("seller", "status"),
    [
        (lambda theatre: owner(), 201),
        (lambda theatre: staff(theatre, MANAGER), 201),
        (lambda theatre: staff(theatre, BOX_OFFICE), 201),
        (lambda theatre: staff(theatre, USHER), 409),
        (lambda theatre: staff(TheatreFactory(slug="elsewhere"), MANAGER), 409),
    ],
)
def test_and_by_staff_who_sell_there(seller, status):
    show = ShowFactory(screen__plan="aaaa\naaaaaaaa", screen__theatre__single_seats="REFUSE")

    assert Program(seller(show.screen.theatre)).book(show, "A1 A2 A3").status_code == status


@pytest.mark.parametrize("insist", ["yes", "true", 1, 0, 1.0, [True], {}, ""])
def test_insisting_is_true_or_false(show, kiosk, insist):
    assert sentences(kiosk.book(show, "A1", insist=insist), "insist") == ["This should be true or false."]


def test_half_a_love_seat_and_a_lone_companion_seat_are_refused(kiosk):
    show = ShowFactory(screen__plan="AA.kw")

    half, lone = kiosk.book(show, "A1").json(), kiosk.book(show, "A3").json()

    assert (half["code"], half["choices"]) == ("love_seats_are_pairs", [seat_ids(show, "A1 A2")])
    assert (lone["code"], lone["choices"], lone["may_insist"]) == ("companion_only", [], False)
    assert nothing_is_booked()


def test_a_free_carer_costs_nothing(kiosk):
    show = ShowFactory(screen__plan="kwaa", screen__theatre__carer_free=True)

    said = kiosk.book(show, "A1 A2").json()["ticket"]

    assert said["amount"] == "250.00"
    assert [line["price"] for line in said["seats"]] == ["0.00", "250.00"]


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


def test_when_the_gateway_does_not_answer_the_same_key_goes_on(show, kiosk, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(SandboxGateway, "start", fails_with(PaymentsUnavailable()))
        answer = kiosk.book(show, "A1")

    assert (answer.status_code, answer.json()["code"]) == (503, "payments_unavailable")
    assert int(answer["Retry-After"]) > 0
    again = kiosk.book(show, "A1", key=answer.json()["idempotency_key"])
    assert again.status_code == 201
    assert again.json()["ticket"]["payment_url"]


def test_where_nothing_is_sold_nothing_is_held(show, kiosk, settings):
    settings.PAYMENT_GATEWAYS = {}

    assert kiosk.book(show, "A1").status_code == 503
    assert nothing_is_booked()


def test_where_phone_numbers_are_required_a_booking_without_one_is_refused(show, settings):
    settings.PHONE_REQUIRED = True
    kiosk = Program(UserFactory(phone=""))

    assert sentences(kiosk.book(show, "A1"), "phone") == ["Please give the buyer’s phone number."]
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
