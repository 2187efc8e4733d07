"""Many buyers use a coupon at once, at shows whose locks do not exclude each other: its limits hold."""

from functools import partial
from unittest import mock

import pytest

from cinema.exceptions import CouponAlreadyUsed, CouponUsedUp
from cinema.models import Coupon, Hold, Order
from cinema.selectors.figures.ledger import coupon_faults
from cinema.services.booking import coupons
from cinema.services.booking.booking_requests import Contact
from cinema.services.booking.expiry import release_expired
from tests.concurrency.harness import Outcome, race, without_constraints, without_locks
from tests.factories import CONTACT, ScreenFactory, ShowFactory, TheatreFactory, coupon, held, lapsed, order_hold

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS, LIMIT = 50, 10


@pytest.fixture
def theatre():
    return TheatreFactory()


def holds(theatre, number: int) -> list[Hold]:
    """Holds at as many shows."""
    shows = [ShowFactory(screen=ScreenFactory(theatre=theatre, rows=1, columns=2)) for _ in range(number)]
    return [held(show, "A1", buyer=f"buyer {show.pk}") for show in shows]


def checking_out(hold: Hold, contact: Contact | None = None) -> partial:
    contact = contact or Contact("Asha", f"asha{hold.pk}@example.org")
    how = {"contact": contact, "mode": "UPI", "key": f"key of {hold.pk}", "coupon": "TEN"}
    return partial(order_hold, code=hold.code, buyer=hold.buyer, **how)


def outcomes(theatre, number: int, contact: Contact | None = None) -> list[Outcome]:
    return race(*(checking_out(hold, contact) for hold in holds(theatre, number)), patience=2)


def read_then_write(*, coupons, email, user_id) -> None:
    """Take the uses as somebody would who forgot that others do the same at the same time."""
    for one in coupons:
        found = Coupon.objects.get(pk=one.pk)
        if found.most_uses is not None and found.used >= found.most_uses:
            raise CouponUsedUp(found.code)
        if found.most_per_person is not None and count(found, email, user_id) >= found.most_per_person:
            raise CouponAlreadyUsed(found.code, found.most_per_person)
        Coupon.objects.filter(pk=one.pk).update(used=found.used + 1)


count = coupons._count


def test_a_coupon_with_10_uses_left_is_used_by_10_of_50(theatre):
    coupon(theatre, code="TEN", most_uses=LIMIT)
    errors = [outcome.error for outcome in outcomes(theatre, BUYERS)]
    assert errors.count(None) == LIMIT
    assert {type(error) for error in errors if error} == {CouponUsedUp}
    assert Order.objects.filter(lines__coupon__code="TEN").distinct().count() == Coupon.objects.get().used == LIMIT
    assert list(coupon_faults()) == []


def test_a_person_at_two_shows_at_once_uses_it_once(theatre):
    coupon(theatre, code="TEN", most_per_person=1)
    errors = [outcome.error for outcome in outcomes(theatre, 4, CONTACT)]
    assert errors.count(None) == 1
    assert {type(error) for error in errors if error} == {CouponAlreadyUsed}


def test_uses_given_back_at_once_are_all_counted(theatre):
    coupon(theatre, code="TEN", most_uses=8)
    found = holds(theatre, 8)
    for hold in found:
        checking_out(hold)()
        lapsed(hold)
    done = race(*(partial(release_expired, show_id=hold.show_id) for hold in found), patience=2)
    assert [outcome.error for outcome in done] == [None] * 8
    assert Coupon.objects.get().used == 0


@pytest.mark.nightly
@pytest.mark.parametrize("limit", ["most_uses", "most_per_person"])
def test_without_protection_it_is_used_too_often(theatre, limit):
    coupon(theatre, code="TEN", **{limit: 1})
    unlocked = mock.patch("cinema.services.booking.orders.take_uses", read_then_write)
    with without_constraints("coupon_used_at_most_so_often"), without_locks(), unlocked:
        contact = CONTACT if limit == "most_per_person" else None
        errors = [outcome.error for outcome in outcomes(theatre, 4, contact)]
        assert errors.count(None) > 1
