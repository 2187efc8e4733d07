"""What services write into the money ledger: services.money.ledger."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cinema.gateways.base import DisputeReport, DisputeState, RefundReport, RefundState, Result
from cinema.models import MoneyEntry, Order, Payment, Refund, Show, Ticket, TicketSeat
from cinema.selectors.figures.ledger import ledger_faults
from cinema.selectors.money.ledger import balances, entries_of
from cinema.services.money.disputes import receive_dispute
from cinema.services.money.payments import start_payment
from cinema.services.money.refunds import MOST_TRIES, receive_refund, send_due_refunds, settle_refund
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import give_goodwill, return_seats, settle_by_hand
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    BOX_OFFICE,
    ShowFactory,
    booked,
    due,
    lapsed,
    on_card,
    report,
    seat_ids,
    sold,
    staff,
    ticket_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


@pytest.fixture
def show() -> Show:
    """A show at 118, 18 of which are tax."""
    terms = {"tax": 18, "cancel_cutoff": 60, "refund_percent": 50}
    return ShowFactory(price=118, **{f"screen__theatre__{name}": value for name, value in terms.items()})


@pytest.fixture
def ticket(show) -> Ticket:
    return sold(show, "A1 A2")


@pytest.fixture(autouse=True)
def checked():
    """After each test the check finds nothing wrong."""
    yield
    assert list(map(str, ledger_faults())) == []


def lines(after: int = 0) -> list[str]:
    """The entries after the first so many, as text."""
    return [
        f"{entry.kind}: {entry.debit} < {entry.credit}: {entry.amount:.2f}"
        for entry in MoneyEntry.objects.order_by("pk")[after:]
    ]


def accounts() -> dict[str, str]:
    return {account: f"{amount:.2f}" for account, amount in balances(MoneyEntry.objects.all()).items()}


def requested(show: Show, key: str = "one") -> RequestedAction:
    return RequestedAction(staff(show.screen.theatre, BOX_OFFICE), "fell ill", 0, key)


def refund_report(refund: Refund, state: RefundState) -> RefundReport:
    return RefundReport(refund_id="re_1", key=refund.key, amount=int(refund.amount * 100), currency="INR", state=state)


# Payments


def test_a_payment_is_captured_and_allocated_to_revenue_and_tax(ticket):
    assert lines() == [
        "CAPTURE: clearing:sandbox < orders: 236.00",
        "SALE: orders < revenue:SEAT:18: 200.00",
        "SALE: orders < tax:18:SEAT: 36.00",
    ]
    payment = ticket.order.payments.get()
    assert {(entry.theatre, entry.order, entry.payment, entry.refund) for entry in MoneyEntry.objects.all()} == {
        (ticket.order.theatre, ticket.order, payment, None)
    }
    assert {entry.at for entry in MoneyEntry.objects.all()} == {payment.settled_at}
    assert [entry.pk for entry in entries_of(ticket.order)] == sorted(MoneyEntry.objects.values_list("pk", flat=True))


def test_a_price_without_tax_has_no_entry_for_tax():
    sold(ShowFactory(price=100), "A1")

    assert lines()[1:] == ["SALE: orders < revenue:SEAT:0: 100.00"]


def test_an_order_for_nothing_moves_nothing():
    show = on_card(adult=0)
    start_payment(payment=booked(show, "A1"))

    assert Order.objects.get().status == Order.Status.PAID
    assert lines() == []


def test_a_declined_payment_moves_nothing(show):
    settle_payment(report=report(booked(show, "A1"), Result.DECLINED))

    assert lines() == []


def test_money_that_comes_twice_is_in_the_accounts_once(show):
    payment = booked(show, "A1")
    settle_payment(report=report(payment))
    settle_payment(report=report(payment))

    assert len(lines()) == 3


def test_money_for_seats_that_are_gone_is_owed_to_the_buyer_at_once(show):
    late = booked(show, "A1")
    lapsed(ticket_of(late).hold)
    sold(show, "A1", buyer="ben")

    settle_payment(report=report(late))

    assert lines(3) == ["CAPTURE: clearing:sandbox < orders: 118.00", "REFUND_OWED: orders < refunds: 118.00"]
    refund = Refund.objects.get()
    assert MoneyEntry.objects.filter(refund=refund, payment=late).count() == 1


def test_an_order_that_is_paid_twice_owes_the_second_payment(show):
    first = booked(show, "A1")
    Payment.objects.filter(pk=first.pk).update(status=Payment.Status.REPLACED)
    second = Payment.objects.create(
        order=first.order, gateway="sandbox", mode="CARD", amount=first.amount, key="second", created_at=timezone.now()
    )
    settle_payment(report=report(second))
    settle_payment(report=report(first))

    assert lines(3) == ["CAPTURE: clearing:sandbox < orders: 118.00", "REFUND_OWED: orders < refunds: 118.00"]


# Refunds


def test_a_refund_lessens_revenue_and_tax_by_the_same_share(ticket):
    cancel_ticket(code=ticket.code)

    assert lines(3) == [
        "REFUND_OWED: revenue:SEAT:18 < refunds: 100.00",
        "REFUND_OWED: tax:18:SEAT < refunds: 18.00",
    ]
    refund = Refund.objects.get()
    assert {(entry.refund, entry.payment) for entry in entries_of(ticket.order)[3:]} == {(refund, refund.payment)}


def test_a_refund_of_a_returned_seat_lessens_the_revenue_of_that_seat(show):
    payment, untaxed = booked(show, "A1 A2"), seat_ids(show, "A2")
    TicketSeat.objects.filter(show_seat__in=untaxed).update(tax_percent=0)
    ticket = ticket_of(settle_payment(report=report(payment)))

    return_seats(code=ticket.code, seat_ids=untaxed, requested=requested(show))

    assert lines() == [
        "CAPTURE: clearing:sandbox < orders: 236.00",
        "SALE: orders < revenue:SEAT:18: 100.00",
        "SALE: orders < tax:18:SEAT: 18.00",
        "SALE: orders < revenue:SEAT:0: 118.00",
        "REFUND_OWED: revenue:SEAT:0 < refunds: 118.00",
    ]


def test_goodwill_of_a_cent_is_found_to_the_cent(show, ticket):
    for key in ("one", "two", "three"):
        asked = requested(show, key)._replace(seen=10**9)
        give_goodwill(code=ticket.code, amount=Decimal("0.01"), requested=asked)

    assert accounts() == {
        "clearing:sandbox": "-236.00",
        "revenue:SEAT:18": "199.97",
        "tax:18:SEAT": "36.00",
        "refunds": "0.03",
    }


def test_an_exchange_for_cheaper_seats_lessens_revenue_and_tax(show, ticket):
    cheaper = ShowFactory(screen=show.screen, movie=show.movie, price=59, starts_at=show.starts_at.replace(hour=3))

    exchange_order(code=ticket.code, show_id=cheaper.pk, seat_ids=[], requested=requested(show), refund_difference=True)

    assert lines(3) == [
        "REFUND_OWED: revenue:SEAT:18 < refunds: 100.00",
        "REFUND_OWED: tax:18:SEAT < refunds: 18.00",
    ]


def test_a_refund_that_is_done_leaves_the_provider(ticket):
    cancel_ticket(code=ticket.code)
    due(Refund.objects.get())
    send_due_refunds()

    assert lines(5) == ["REFUND_PAID: refunds < clearing:sandbox: 118.00"]
    assert accounts() == {"clearing:sandbox": "-118.00", "revenue:SEAT:18": "100.00", "tax:18:SEAT": "18.00"}


def test_a_refund_that_fails_after_it_was_done_is_owed_again(ticket):
    cancel_ticket(code=ticket.code)
    refund = Refund.objects.get()
    settle_refund(refund_id=refund.pk, report=refund_report(refund, RefundState.DONE))

    settle_refund(refund_id=refund.pk, report=refund_report(refund, RefundState.FAILED))

    assert lines(6) == ["REFUND_UNDONE: clearing:sandbox < refunds: 118.00"]
    assert accounts()["refunds"] == "118.00"


def test_a_refund_that_fails_before_it_is_done_moves_nothing(ticket):
    cancel_ticket(code=ticket.code)
    refund = Refund.objects.get()

    settle_refund(refund_id=refund.pk, report=refund_report(refund, RefundState.FAILED))

    assert lines(5) == []


def test_a_refund_settled_by_hand_is_not_paid_by_the_provider(show, ticket):
    cancel_ticket(code=ticket.code)
    refund = Refund.objects.get()
    Refund.objects.update(tries=MOST_TRIES - 1)
    refund.refresh_from_db()
    settle_refund(refund_id=refund.pk, report=refund_report(refund, RefundState.FAILED))

    settle_by_hand(code=ticket.code, refund_id=refund.pk, requested=requested(show)._replace(seen=10**9))

    assert lines(5) == ["REFUND_PAID: refunds < by_hand: 118.00"]


def test_a_refund_made_in_the_dashboard_is_owed_and_paid_at_once(ticket):
    Payment.objects.update(capture_id="pay_1")
    facts = {"refund_id": "re_9", "key": "", "capture_id": "pay_1", "currency": "INR", "state": RefundState.DONE}

    receive_refund(report=RefundReport(amount=11_800, **facts), gateway="sandbox", asked=True)

    assert lines(3) == [
        "REFUND_OWED: revenue:SEAT:18 < refunds: 100.00",
        "REFUND_OWED: tax:18:SEAT < refunds: 18.00",
        "REFUND_PAID: refunds < clearing:sandbox: 118.00",
    ]


# Disputes


def dispute(state: DisputeState) -> None:
    Payment.objects.update(capture_id="pay_1")
    facts = {"dispute_id": "dp_1", "capture_id": "pay_1", "amount": 23_600, "currency": "INR"}
    receive_dispute(report=DisputeReport(state=state, **facts), gateway="sandbox", asked=True)


OPENED = "DISPUTE_OPENED: disputes:sandbox < clearing:sandbox: 236.00"
WON = "DISPUTE_WON: clearing:sandbox < disputes:sandbox: 236.00"
LOST = "DISPUTE_LOST: dispute_losses < disputes:sandbox: 236.00"
WON_AFTER_ALL = "DISPUTE_WON: clearing:sandbox < dispute_losses: 236.00"
LOST_AFTER_ALL = "DISPUTE_LOST: dispute_losses < clearing:sandbox: 236.00"


@pytest.mark.parametrize(
    ("states", "entries"),
    [
        ([DisputeState.OPEN], [OPENED]),
        ([DisputeState.OPEN, DisputeState.OPEN], [OPENED]),
        ([DisputeState.OPEN, DisputeState.WON], [OPENED, WON]),
        ([DisputeState.OPEN, DisputeState.LOST], [OPENED, LOST]),
        ([DisputeState.WON], [OPENED, WON]),
        ([DisputeState.LOST, DisputeState.OPEN, DisputeState.WON], [OPENED, LOST, WON_AFTER_ALL]),
        ([DisputeState.WON, DisputeState.LOST], [OPENED, WON, LOST_AFTER_ALL]),
    ],
)
def test_a_dispute_withholds_money_until_it_is_decided(ticket, states, entries):
    for state in states:
        dispute(state)

    assert lines(3) == entries
    assert {entry.dispute.dispute_id for entry in entries_of(ticket.order)[3:]} == {"dp_1"}


# Statements


def test_a_step_writes_its_entries_in_one_statement(ticket):
    with CaptureQueriesContext(connection) as captured:
        cancel_ticket(code=ticket.code)

    written = [query["sql"] for query in captured if query["sql"].startswith('INSERT INTO "cinema_moneyentry"')]
    assert len(written) == 1
    assert len(lines(3)) == 2
