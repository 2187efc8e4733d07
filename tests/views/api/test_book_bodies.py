"""Bodies that are no booking, each with a sentence for each field."""

import pytest

from tests.factories import (
    ShowFactory,
    seat,
    seat_ids,
)
from tests.views.api.programs import sentences

pytestmark = pytest.mark.django_db


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
