"""The types and field rules of what a buyer says: forms.booking."""

import pytest
from django.http import QueryDict

from cinema.forms.booking import BookForm, CheckoutForm, HoldForm
from cinema.models import User

ANSWERS = {
    "name": "Asha Rao",
    "email": "asha@example.org",
    "phone": "+91 98200 12345",
    "mode": "UPI",
    "total": "500.00",
    "key": "k" * 22,
}


def hold(query: str) -> HoldForm:
    return HoldForm(QueryDict(query))


def test_seats_are_read_as_numbers():
    form = hold("seats=7&seats=9")

    assert form.is_valid()
    assert form.cleaned_data["seats"] == [7, 9]


@pytest.mark.parametrize("query", ["", "seats=", "seats=x", "seats=-1", "seats=1.5", "seats=７", f"seats={2**63}"])
def test_what_cannot_be_a_seat_is_refused(query):
    assert "seats" in hold(query).errors


def test_a_seat_twice_is_refused():
    assert "twice" in hold("seats=7&seats=7").errors["seats"][0]


def test_a_refused_choice_keeps_the_seats_that_can_be_read():
    assert hold("seats=7&seats=x&seats=9").readable == [7, 9]


def test_a_complete_checkout_is_accepted():
    form = CheckoutForm(ANSWERS)

    assert form.is_valid(), form.errors
    assert form.contact == ("Asha Rao", "asha@example.org", "+91 98200 12345")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("name", ""),
        ("email", "nobody"),
        ("phone", "call me"),
        ("mode", "CASH"),
        ("total", "free"),
        ("total", "NaN"),
        ("key", "short"),
    ],
)
def test_a_wrong_answer_is_marked_at_its_field(field, said):
    form = CheckoutForm(ANSWERS | {field: said})

    assert list(form.errors) == [field]


def test_a_name_is_one_line():
    form = CheckoutForm(ANSWERS | {"name": "Asha\r\n\tRao \n Go to evil.example"})

    assert form.is_valid()
    assert form.contact.name == "Asha Rao Go to evil.example"


@pytest.mark.parametrize("seat_ids", [None, 7, "7", {}, [True], [[7]], [None], [7.0], [-7], [2**63]])
def test_a_program_lists_its_seats_as_whole_numbers(seat_ids):
    form = BookForm({"show_id": 1, "seat_ids": seat_ids, "payment_mode": "UPI"})

    assert list(form.errors) == ["seat_ids"]


def test_a_program_that_names_nobody_books_for_its_own_user():
    form = BookForm({"show_id": 1, "seat_ids": [7], "payment_mode": "UPI"})

    assert form.is_valid()
    assert form.contact(User(name="Kiosk", email="kiosk@example.org")) == ("Kiosk", "kiosk@example.org", "")
