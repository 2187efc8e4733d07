"""A ticket has one open payment, however many requests for one come at once."""

from functools import partial

import pytest
from django.db import IntegrityError

from cinema.models import Hold, Payment, PaymentMode
from cinema.services.booking.booking import pay_again
from cinema.services.money.settlement import settle_payment
from tests.concurrency.harness import Outcome, race, without_constraints, without_locks
from tests.factories import CONTACT, ShowFactory, held, order_hold, report

pytestmark = pytest.mark.django_db(transaction=True)

MODES = [PaymentMode.UPI, PaymentMode.CARD]
ONE_OPEN = "payment_one_pending_per_order"


@pytest.fixture
def hold() -> Hold:
    """A hold that was checked out once; its payment was declined."""
    hold = held(ShowFactory(screen__rows=1), "A1")
    payment = check_out(hold, PaymentMode.UPI, "first")
    settle_payment(report=report(payment, "DECLINED"))
    return hold


def check_out(hold: Hold, mode: PaymentMode, key: str) -> Payment:
    return order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode=mode, key=key)


def open_payments(hold: Hold) -> list[Payment]:
    return list(Payment.objects.filter(order__tickets__hold=hold, status=Payment.Status.PENDING))


def two_at_once(hold: Hold, **how: float) -> list[Outcome]:
    code = hold.tickets.get().code
    return race(partial(pay_again, code=code, key="one"), partial(pay_again, code=code, key="two"), **how)


def test_two_that_pay_again_at_once_get_the_same_payment(hold: Hold):
    one, two = two_at_once(hold)

    assert [one.value] == [two.value] == open_payments(hold)


def test_of_check_outs_at_once_for_different_modes_one_payment_stays_open(hold: Hold):
    outcomes = race(*(partial(check_out, hold, MODES[n % 2], f"key {n}") for n in range(8)))

    assert not any(outcome.error for outcome in outcomes)
    assert len(open_payments(hold)) == 1


@pytest.mark.nightly
def test_without_protection_two_payments_are_open(hold: Hold):
    with without_constraints(ONE_OPEN), without_locks():
        two_at_once(hold, patience=20)
        assert len(open_payments(hold)) == 2


@pytest.mark.nightly
def test_even_without_locks_the_database_opens_no_second_payment(hold: Hold):
    with without_locks():
        outcomes = two_at_once(hold, patience=20)

    assert len(open_payments(hold)) == 1
    assert any(isinstance(outcome.error, IntegrityError) for outcome in outcomes)
