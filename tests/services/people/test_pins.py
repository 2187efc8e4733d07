"""PINs of staff: hashed, one a person and theatre, and locked after ten wrong tries."""

import pytest

from cinema.exceptions import TooManyWrongPins, WrongPin
from cinema.models import StaffPin
from cinema.selectors.people.pins import sellers_at, supervisors_at
from cinema.services.people.pins import prove_pin, set_pin
from tests.factories import BOX_OFFICE, MANAGER, USHER, TheatreFactory, owner, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory()


@pytest.fixture
def seller(theatre):
    return staff(theatre, BOX_OFFICE)


def proven(theatre, user, pin) -> bool:
    try:
        prove_pin(theatre=theatre, user=user, pin=pin, client_ip="192.0.2.7")
    except WrongPin:
        return False
    return True


def test_a_pin_is_known_to_its_theatre_only(theatre, seller):
    set_pin(theatre=theatre, user=seller, pin="4711", by=seller)
    assert proven(theatre, seller, "4711")
    assert not proven(theatre, seller, "4712")
    assert not proven(TheatreFactory(), seller, "4711")


def test_a_pin_is_stored_as_a_hash(theatre, seller):
    set_pin(theatre=theatre, user=seller, pin="4711", by=seller)
    assert "4711" not in StaffPin.objects.get().pin


def test_the_eleventh_try_is_refused_even_with_the_right_pin(theatre, seller):
    set_pin(theatre=theatre, user=seller, pin="4711", by=seller)
    assert not any(proven(theatre, seller, "0000") for _ in range(10))
    with pytest.raises(TooManyWrongPins):
        proven(theatre, seller, "4711")


def test_a_new_pin_ends_the_lock(theatre, seller):
    assert not any(proven(theatre, seller, "0000") for _ in range(10))
    set_pin(theatre=theatre, user=seller, pin="4711", by=staff(theatre, MANAGER))
    assert proven(theatre, seller, "4711")


def test_only_those_who_may_sell_sign_on(theatre, seller):
    manager, boss, usher = staff(theatre, MANAGER), owner(), staff(theatre, USHER)
    for user in (seller, manager, boss, usher):
        set_pin(theatre=theatre, user=user, pin="4711", by=user)
    assert set(sellers_at(theatre)) == {seller, manager, boss}
    assert set(supervisors_at(theatre)) == {manager, boss}
