"""A voucher pays for one seat, however many orders use it at once."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError

from cinema.exceptions import DatabaseBusy, VoucherUsed
from cinema.models import MoneyEntry, Payment, Voucher
from cinema.selectors.money.ledger_faults import voucher_faults
from cinema.services.booking.booking import book_holds
from cinema.services.booking.booking_requests import Basket, BookingRequest
from tests.concurrency.harness import Outcome, race, without_constraints, without_locks
from tests.factories import (
    CONTACT,
    ShowFactory,
    TheatreFactory,
    counter_sale,
    held,
    paid_at_till,
    till_session,
    vouchers,
)
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS = 20
ONCE = "payment_voucher_used_once"


@pytest.fixture
def voucher() -> Voucher:
    """One that is good at all theatres."""
    [one] = vouchers(None)
    return one


@pytest.fixture
def buyers(voucher: Voucher) -> list[Callable[[], Payment]]:
    """Each checks out one seat, of a show of their own, with the same voucher."""
    holds = [
        held(ShowFactory(screen__rows=1, screen__columns=2), "A1", buyer=f"buyer {number}") for number in range(BUYERS)
    ]
    return [partial(check_out, hold.buyer, hold.code, voucher) for hold in holds]


def check_out(buyer: str, hold: str, voucher: Voucher) -> Payment:
    request = BookingRequest(CONTACT, "UPI", f"key of {buyer}", vouchers=[voucher.code])
    return book_holds(basket=Basket(buyer, [hold]), request=request)


@pytest.fixture
def tills(voucher: Voucher) -> list[Callable[[], Payment]]:
    """Each sells one seat, of a show of its own, for the same voucher."""
    theatre, sales = TheatreFactory(), []
    for number in range(4):
        session = till_session(theatre)
        show = ShowFactory(screen__theatre=theatre, screen__rows=1, screen__columns=2)
        sale = counter_sale(session, show, "A1", buyer=f"counter {number}")
        sale = sale._replace(chosen=sale.chosen._replace(vouchers=[voucher.code]))
        sales.append(partial(paid_at_till, session, sale))
    return sales


def uses() -> int:
    return Payment.objects.filter(mode="VOUCHER").count()


def refused(found: list[Outcome], *errors: type[Exception]) -> int:
    return sum(isinstance(outcome.error, errors) for outcome in found)


def test_of_twenty_orders_at_once_one_uses_the_voucher(buyers: list[Callable[[], Payment]]):
    found = race(*buyers)

    assert (uses(), refused(found, VoucherUsed)) == (1, BUYERS - 1)
    assert list(voucher_faults()) == []


def test_of_four_tills_at_once_one_takes_the_voucher(tills: list[Callable[[], Payment]]):
    found = race(*tills)

    assert (uses(), refused(found, VoucherUsed)) == (1, 3)
    assert list(voucher_faults()) == []


@pytest.mark.nightly
def test_even_without_locks_the_database_lets_one_till_take_the_voucher(tills: list[Callable[[], Payment]]):
    with without_locks():
        found = race(*tills, patience=20)

    assert (uses(), refused(found, IntegrityError, VoucherUsed, DatabaseBusy)) == (1, 3)


@pytest.mark.nightly
@pytest.mark.only("postgresql")  # on SQLite the voucher is read after the first write, and so by one at a time
def test_without_protection_orders_use_the_voucher_several_times(buyers: list[Callable[[], Payment]]):
    with without_constraints(ONCE), without_locks():
        race(*buyers[:6], patience=20)
        several = uses()
        with alterable_trail():
            MoneyEntry.objects.all()._raw_delete("default")
            Payment.objects.all().delete()  # or the constraint could not come back

    assert several > 1


@pytest.mark.nightly
def test_even_without_locks_the_database_lets_one_order_use_the_voucher(buyers: list[Callable[[], Payment]]):
    with without_locks():
        found = race(*buyers[:6], patience=20)

    assert (uses(), refused(found, IntegrityError, VoucherUsed)) == (1, 5)
