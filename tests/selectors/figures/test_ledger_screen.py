"""The quick look before the check of the ledgers: selectors.figures.ledger_screen. Rows are corrupted by direct SQL.

That it hides no fault of the full check is seen by all tests of test_ledger.py, which run through it.
"""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinema.models import MoneyEntry, Order, Payment, Show, Theatre, Ticket
from cinema.selectors.figures.ledger import ledger_faults
from cinema.selectors.figures.ledger_screen import Suspects, suspects
from cinema.services.booking.expiry import release_expired
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, booked, coupon, held, lapsed, report, sold, tax_rule
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db
NOBODY = Suspects(set(), set(), set())


@pytest.fixture
def show() -> Show:
    return ShowFactory(price=118, screen__theatre__tax=18, screen__theatre__cancel_cutoff=60)


def read(show: Show) -> Suspects:
    return suspects([Show.objects.get(pk=show.pk)])


def paid(show: Show, seats: str, buyer: str, **terms) -> None:
    settle_payment(report=report(booked(show, seats, buyer=buyer, **terms)))


def test_sales_holds_and_orders_that_were_never_paid_need_no_full_check(show):
    Theatre.objects.update(web_fee=Decimal("7.77"))
    tax_rule(show.screen.theatre, 12, kind="FEE")
    coupon(show.screen.theatre, code="TEN")
    paid(show, "A1 A2", "asha")
    paid(show, "A3 A4", "ben", coupon="TEN")
    held(show, "B1", "carl")
    unpaid = booked(show, "B2", buyer="dev")
    lapsed(unpaid.order.tickets.get().hold)
    release_expired(show_id=show.pk)

    assert Order.objects.filter(status="EXPIRED").count() == 1
    assert read(show) == NOBODY


def test_orders_with_refunds_and_those_that_wait_are_read_in_full(show):
    whole, gone = sold(show, "A1", "asha"), sold(show, "A2", "ben")
    cancel_ticket(code=gone.code)
    waiting = booked(show, "A3", buyer="carl").order

    found = read(show)

    assert found.orders == {gone.order_id, waiting.pk}
    assert found.tickets == set(Ticket.objects.exclude(pk=whole.pk).values_list("pk", flat=True))
    assert list(ledger_faults()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 1},
        {"debit": "clearing:other"},
        {"kind": "REFUND_OWED"},
        {"payment": None},
        {"currency": "EUR"},
    ],
)
@pytest.mark.parametrize("kind", ["CAPTURE", "SALE"])
def test_entries_that_do_not_fit_their_order_are_seen(show, kind, wrong):
    order = sold(show, "A1").order
    if wrong == {"payment": None} and kind == "SALE":
        wrong = {"credit": "revenue:SEAT:5"}
    with alterable_trail():
        MoneyEntry.objects.filter(kind=kind).update(**wrong)

    assert read(show).orders == {order.pk}
    assert list(ledger_faults())


def test_a_missing_entry_is_seen(show):
    order = sold(show, "A1").order
    with alterable_trail():
        first = MoneyEntry.objects.filter(kind="SALE").earliest("pk")
        MoneyEntry.objects.filter(pk=first.pk)._raw_delete("default")

    assert read(show).orders == {order.pk}


@pytest.mark.parametrize("wrong", [{"amount": 1}, {"status": "FAILED"}, {"gateway": "stripe"}])
def test_a_payment_that_does_not_fit_is_seen(show, wrong):
    order = sold(show, "A1").order
    Payment.objects.update(**wrong)

    assert read(show).orders == {order.pk}


@pytest.mark.both
def test_it_takes_as_many_statements_for_any_number_of_shows():
    counts, shows = set(), []
    for number in (1, 3, 30):
        while len(shows) < number:
            shows.append(ShowFactory(screen__plan="aaaa"))
            sold(shows[-1], "A1 A2")
        read = list(Show.objects.order_by("pk"))
        with CaptureQueriesContext(connection) as queries:
            assert suspects(read) == NOBODY
        counts.add(len(queries))

    assert len(counts) == 1, counts
