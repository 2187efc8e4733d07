"""Field rules of the booking forms: forms.booking.booking."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from cinema.forms.booking.booking import BestSeatsForm, CheckoutForm, HoldForm
from cinema.forms.booking.programs import BookForm
from cinema.models import User
from cinema.selectors.booking.seat_map import SeatPrice

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
def test_an_invalid_seat_is_refused(query):
    assert "seats" in hold(query).errors


def test_a_repeated_seat_is_refused():
    assert "twice" in hold("seats=7&seats=7").errors["seats"][0]


def test_a_refused_choice_keeps_the_valid_seats():
    assert hold("seats=7&seats=x&seats=9").readable == [7, 9]


def test_an_alternative_replaces_the_ticked_seats():
    form = hold("seats=7&seats=9&instead=12-13-14")

    assert form.is_valid()
    assert form.cleaned_data["seats"] == form.readable == [12, 13, 14]


@pytest.mark.parametrize("offer", ["x", "7-", "7--9", "7-7", "-", f"{2**63}"])
def test_an_invalid_alternative_is_refused(offer):
    assert "seats" in hold(f"seats=7&instead={offer}").errors


@pytest.mark.parametrize(("query", "insist"), [("seats=7&insist=1", True), ("seats=7", False)])
def test_insisting_is_read_from_a_button(query, insist):
    form = hold(query)

    assert form.is_valid()
    assert form.cleaned_data["insist"] == insist


def best(**said: str) -> BestSeatsForm:
    return BestSeatsForm({"party": "2"} | said)


def test_a_search_for_the_best_seats_is_read():
    form = best(category="3", ceiling="250.50")

    assert form.is_valid()
    assert form.cleaned_data == {"party": 2, "category": 3, "ceiling": Decimal("250.50")}


def test_a_search_needs_only_a_number_of_people():
    form = best()

    assert form.is_valid()
    assert form.cleaned_data == {"party": 2, "category": None, "ceiling": None}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("party", ""),
        ("party", "0"),
        ("party", "11"),
        ("category", "x"),
        ("category", "-1"),
        ("category", str(2**63)),
        ("ceiling", "-1"),
        ("ceiling", "Infinity"),
        ("ceiling", "1.234"),
    ],
)
def test_an_invalid_search_is_marked_at_its_field(field, said):
    form = best(**{field: said})

    assert list(form.errors) == [field]
    assert form.error.startswith(str(form[field].label))


def test_the_largest_party_is_the_limit_of_an_order(settings):
    settings.MAX_SEATS = 3

    assert [value for value, _ in BestSeatsForm().fields["party"].choices] == [1, 2, 3]
    assert best(party="4").error == "How many seats: Please choose 1 to 3 seats."


def test_categories_can_be_chosen_with_their_prices():
    prices = [
        SeatPrice(1, 7, "Classic", Decimal(200), Decimal(200)),
        SeatPrice(2, 8, "Premium", Decimal(250), Decimal(300)),
    ]

    choices = BestSeatsForm(prices=prices).fields["category"].widget.choices

    assert [(value, str(label)) for value, label in choices] == [
        ("", "Any"),
        (7, "Classic, ₹200"),
        (8, "Premium, ₹250–₹300"),
    ]


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
def test_an_invalid_value_is_marked_at_its_field(field, said):
    form = CheckoutForm(ANSWERS | {field: said})

    assert list(form.errors) == [field]


def test_a_name_is_one_line():
    form = CheckoutForm(ANSWERS | {"name": "Asha\r\n\tRao \n Go to evil.example"})

    assert form.is_valid()
    assert form.contact.name == "Asha Rao Go to evil.example"


@pytest.mark.parametrize("seat_ids", [None, 7, "7", {}, [True], [[7]], [None], [7.0], [-7], [2**63]])
def test_a_program_must_list_its_seats_as_whole_numbers(seat_ids):
    form = BookForm({"show_id": 1, "seat_ids": seat_ids, "payment_mode": "UPI"})

    assert list(form.errors) == ["seat_ids"]


def test_a_booking_without_a_contact_is_for_the_user_of_the_token():
    form = BookForm({"show_id": 1, "seat_ids": [7], "payment_mode": "UPI"})

    assert form.is_valid()
    assert form.contact(User(name="Kiosk", email="kiosk@example.org")) == ("Kiosk", "kiosk@example.org", "")
