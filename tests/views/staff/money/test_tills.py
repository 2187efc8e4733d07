"""The pages of tills: set up, open, count blindly, close, report."""

import pytest
from django.urls import reverse

from cinema.models import CashMovement, Till, TillSession
from cinema.services.people.pins import prove_pin, set_pin
from tests.factories import BOX_OFFICE, MANAGER, TheatreFactory, staff, till_session
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory()


@pytest.fixture
def manager(theatre, client):
    user = staff(theatre, MANAGER)
    client.force_login(user)
    return user


@pytest.fixture
def seller(theatre, client):
    user = staff(theatre, BOX_OFFICE)
    client.force_login(user)
    return user


def url(name: str, theatre, *more) -> str:
    return reverse(f"staff-tills{name}", args=[theatre.slug, *more])


def test_a_manager_adds_a_till_and_puts_it_out_of_use(client, theatre, manager):
    client.post(url("-add", theatre), {"name": "Box office", "active": "on"})
    till = Till.objects.get()
    assert "Box office" in text(client.get(url("", theatre)))
    client.post(url("-edit", theatre, till.pk), {"name": "Bar"})
    till.refresh_from_db()
    assert (till.name, till.active) == ("Bar", False)


def test_a_name_that_is_taken_is_refused_in_words(client, theatre, manager):
    till_session(theatre, name="Bar")
    answer = client.post(url("-add", theatre), {"name": "Bar", "active": "on"})
    assert answer.status_code == 409
    assert "There is a till with this name already." in text(answer)


def test_an_evening_from_the_float_to_the_z_report(client, theatre, seller):
    till = Till.objects.create(theatre=theatre, name="Bar")
    client.post(url("-open", theatre, till.pk), {"coin_100": "5"})
    session = TillSession.objects.get()
    drop = {"kind": "DROP", "amount": "200", "key": "a key of 16 chars"}
    client.post(url("-move", theatre, session.code), drop)
    page = client.post(url("-count", theatre, session.code), {"coin_100": "3"}, follow=True)
    assert "Difference none" in text(page)
    page = client.post(url("-close", theatre, session.code), {"csrf": "1"}, follow=True)
    assert "Z report 1" in text(page)
    assert "Taken to the safe ₹200" in text(page)


def test_who_counts_does_not_see_what_should_be_there(client, theatre, seller):
    session = till_session(theatre, seller, float=700)
    assert "700" not in text(client.get(url("-count", theatre, session.code)))
    assert client.get(url("-report", theatre, session.code)).status_code == 404


def test_a_manager_reads_the_x_report_at_any_time(client, theatre, manager):
    session = till_session(theatre, float=700)
    assert "X report" in text(client.get(url("-report", theatre, session.code)))


def test_a_difference_is_confirmed_by_the_pin_of_a_second_person(client, theatre, seller):
    session, second = till_session(theatre, seller), staff(theatre, MANAGER)
    set_pin(theatre=theatre, user=second, pin="4711", by=second)
    client.post(url("-count", theatre, session.code), {"coin_50": "1"})
    form = {"reason": "wrong change", "witness": second.pk, "pin": "0815"}
    refused = client.post(url("-close", theatre, session.code), form)
    assert "This PIN is wrong." in text(refused)
    page = client.post(url("-close", theatre, session.code), form | {"pin": "4711"}, follow=True)
    assert "wrong change" in text(page)
    session.refresh_from_db()
    assert (session.witness, session.variance) == (second, -50)


def test_nobody_is_their_own_second_person(client, theatre, seller):
    session = till_session(theatre, seller)
    set_pin(theatre=theatre, user=seller, pin="4711", by=seller)
    client.post(url("-count", theatre, session.code), {"coin_50": "1"})
    form = {"reason": "wrong change", "witness": seller.pk, "pin": "4711"}
    assert client.post(url("-close", theatre, session.code), form).status_code == 400


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"amount": "0"}, "Amount"),
        ({"amount": "1,5,0"}, "Amount"),
        ({"kind": "PAID_OUT"}, "Please say what it is for."),
        ({"kind": "STOLEN"}, "What"),
        ({"amount": "101"}, "There is less than ₹101 in the drawer."),
    ],
)
def test_a_movement_that_cannot_be_is_refused_in_words(client, theatre, seller, form, said):
    session = till_session(theatre, seller)
    answer = client.post(
        url("-move", theatre, session.code), {"kind": "DROP", "amount": "1", "key": "a key of 16 chars"} | form
    )
    assert answer.status_code in (400, 409)
    assert said in text(answer)
    assert not CashMovement.objects.exists()


@pytest.mark.parametrize("number", ["-1", "1.5", "x", "99999999999999999999"])
def test_a_count_that_cannot_be_is_refused(client, theatre, seller, number):
    session = till_session(theatre, seller)
    assert client.post(url("-count", theatre, session.code), {"coin_100": number}).status_code == 400
    assert TillSession.objects.get().counted is None


def test_everybody_sets_their_own_pin(client, theatre, seller):
    refused = client.post(url("-pin", theatre), {"pin": "4711", "again": "4712"})
    assert "The two PINs differ." in text(refused)
    client.post(url("-pin", theatre), {"pin": "4711", "again": "4711"})
    prove_pin(theatre=theatre, user=seller, pin="4711", client_ip="")


def test_a_manager_sets_the_pin_of_somebody_else(client, theatre, manager):
    person = staff(theatre, BOX_OFFICE)
    form = {"pin": "4711", "again": "4711"}
    client.post(reverse("staff-people-pin", args=[theatre.slug, person.pk]), form)
    prove_pin(theatre=theatre, user=person, pin="4711", client_ip="")
