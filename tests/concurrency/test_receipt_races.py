"""A receipt is issued once and its number has no twin, however many ask for it at once."""

from functools import partial

import pytest
from django.db import IntegrityError

from cinema.models import Order, Receipt
from cinema.selectors.money.receipts import receipt_faults
from cinema.services.money.receipts import ReceiptBuyer, issue_for_company, issue_receipts
from tests.concurrency.harness import Outcome, race, without_constraints, without_locks
from tests.factories import ShowFactory, receipt_of, sold

pytestmark = pytest.mark.django_db(transaction=True)

ONE_OF_EACH = "receipt_number_unique", "receipt_one_per_order"


@pytest.fixture
def orders() -> list[Order]:
    """Two paid orders of a theatre that has issued a receipt before, so that its numbers have a row."""
    show = ShowFactory(screen__rows=1)
    receipt_of(sold(show, "A1", buyer="first"))
    return [sold(show, name, buyer=name).order for name in ("A2", "A3")]


def at_once(*orders: Order, **how: float) -> list[Outcome]:
    return race(*(partial(issue_receipts, order_id=order.pk) for order in orders), **how)


def numbers() -> list[int]:
    return sorted(Receipt.objects.values_list("number", flat=True))


def test_two_that_issue_the_receipt_of_an_order_issue_one(orders: list[Order]):
    outcomes = at_once(orders[0], orders[0])

    assert sorted(outcome.value for outcome in outcomes) == [0, 1]
    assert numbers() == [1, 2]


def test_receipts_issued_at_once_have_numbers_without_gaps(orders: list[Order]):
    outcomes = at_once(*orders, *orders, *orders)

    assert not any(outcome.error for outcome in outcomes)
    assert numbers() == [1, 2, 3]
    assert list(receipt_faults()) == []


def test_the_first_receipts_of_a_year_issued_at_once_count_from_1():
    show = ShowFactory(screen__rows=1)
    outcomes = at_once(*(sold(show, name, buyer=name).order for name in ("A1", "A2", "A3")))

    assert not any(outcome.error for outcome in outcomes)
    assert numbers() == [1, 2, 3]


@pytest.mark.nightly
def test_without_protection_an_order_has_two_receipts_with_one_number(orders: list[Order]):
    with without_constraints(*ONE_OF_EACH), without_locks():
        at_once(orders[0], orders[0], patience=20)
        assert numbers() == [1, 2, 2]
        assert list(receipt_faults())


@pytest.mark.nightly
def test_even_without_locks_the_database_keeps_one_receipt_for_each_number(orders: list[Order]):
    with without_locks():
        outcomes = at_once(*orders, patience=20)

    assert len(set(numbers())) == len(numbers())
    assert any(isinstance(outcome.error, IntegrityError) for outcome in outcomes)


def test_of_two_companies_named_at_once_one_gets_the_receipt(orders: list[Order]):
    issue_receipts(order_id=orders[0].pk)
    names = ["Rao & Co", "Iyer Ltd"]
    outcomes = race(*(partial(issue_for_company, order_id=orders[0].pk, buyer=ReceiptBuyer(name)) for name in names))

    assert [outcome.refused for outcome in outcomes].count(True) == 1
    assert numbers() == [1, 2, 3, 4]
    assert Receipt.objects.get(number=4).company in names
    assert list(receipt_faults()) == []
