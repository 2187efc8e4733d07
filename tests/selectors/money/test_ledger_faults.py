"""Faults found by the check of the money ledger: selectors.money.ledger_faults. Rows are corrupted by direct SQL."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.gateways.base import DisputeReport, DisputeState
from cinema.models import Dispute, MoneyEntry, Order, Payment, Refund, Show, Ticket, TicketSeat
from cinema.selectors.figures.ledger import ledger_faults
from cinema.selectors.money.ledger import balances
from cinema.selectors.money.ledger_faults import order_faults
from cinema.services.money.disputes import receive_dispute
from cinema.services.money.refunds import send_due_refunds
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, TheatreFactory, booked, due, sold, tax_rule
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = MoneyEntry.objects


@pytest.fixture
def show() -> Show:
    return ShowFactory(price=118, screen__theatre__tax=18, screen__theatre__cancel_cutoff=60)


@pytest.fixture
def ticket(show) -> Ticket:
    return sold(show, "A1")


@pytest.fixture
def refunded(ticket) -> Ticket:
    """The ticket is cancelled, and its money went back."""
    cancel_ticket(code=ticket.code)
    due(Refund.objects.get())
    send_due_refunds()
    return ticket


def lose(ticket: Ticket) -> None:
    """Lose a dispute about the ticket."""
    Payment.objects.update(capture_id="pay_1")
    facts = {"dispute_id": "dp_1", "capture_id": "pay_1", "amount": 11_800, "currency": "INR"}
    receive_dispute(report=DisputeReport(state=DisputeState.LOST, **facts), gateway="sandbox")


def faults(*orders: Order) -> list[str]:
    found = Order.objects.filter(pk__in=[order.pk for order in orders]) if orders else Order.objects.all()
    return [str(fault) for fault in order_faults(found)]


def entry(**which: object) -> MoneyEntry:
    return ENTRIES.get(**which)


def test_an_order_that_is_not_paid_has_no_entries(show):
    booked(show, "A1")

    assert faults() == []


def test_what_services_wrote_is_consistent(refunded):
    lose(refunded)

    assert faults() == []


def test_a_booking_fee_is_revenue_of_its_own_and_stays_when_the_ticket_is_cancelled():
    show = ShowFactory(price=118, screen__theatre__tax=18, screen__theatre__web_fee=Decimal("12.50"))
    tax_rule(show.screen.theatre, 25, kind="FEE")
    ticket = sold(show, "A1")

    seat = {"revenue:SEAT:18": Decimal(100), "tax:18:SEAT": Decimal(18)}
    fee = {"revenue:FEE:25": Decimal(10), "tax:25:FEE": Decimal("2.50")}
    assert balances(ENTRIES.filter(kind="SALE")) == {"orders": Decimal("-130.50")} | seat | fee

    cancel_ticket(code=ticket.code)

    refunds = {"orders": Decimal("-130.50"), "refunds": Decimal(118)}
    assert balances(ENTRIES.exclude(kind="CAPTURE")) == refunds | fee
    assert faults() == []


@pytest.mark.parametrize(
    ("fault", "corrupt"),
    [
        (
            "account orders has a debit of 10.00 and should have nothing",
            lambda: ENTRIES.filter(kind="CAPTURE").update(amount=108),
        ),
        (
            "account clearing:sandbox has a debit of 108.00 and should have a debit of 118.00",
            lambda: ENTRIES.filter(kind="CAPTURE").update(amount=108),
        ),
        (
            "account clearing:sandbox has nothing and should have a debit of 118.00",
            lambda: ENTRIES.filter(kind="CAPTURE")._raw_delete("default"),
        ),
        ("is 118.00, its entries say 0", lambda: ENTRIES.filter(kind="CAPTURE")._raw_delete("default")),
        ("is 118.00, its entries say 236.00", lambda: twice(entry(kind="CAPTURE"))),
        (
            "its sale is 118.00, its entries say 100.00",
            lambda: ENTRIES.filter(credit="tax:18:SEAT")._raw_delete("default"),
        ),
        (
            "account tax:5:SEAT has a credit of 18.00 and should have nothing",
            lambda: ENTRIES.filter(credit="tax:18:SEAT").update(credit="tax:5:SEAT"),
        ),
        (
            "account clearing:stripe has a debit of 118.00 and should have nothing",
            lambda: ENTRIES.filter(kind="CAPTURE").update(debit="clearing:stripe"),
        ),
        ("is of another theatre or currency", lambda: ENTRIES.filter(kind="CAPTURE").update(currency="EUR")),
        ("is of another theatre or currency", lambda: ENTRIES.filter(kind="CAPTURE").update(theatre=TheatreFactory())),
        ("account clearing:sandbox has a debit of 118.00", lambda: Payment.objects.update(status="FAILED")),
        ("account revenue:SEAT:18 has a credit of 100.00", lambda: Ticket.objects.update(kept=0)),
        ("account tax:18:SEAT has a credit of 18.00", lambda: TicketSeat.objects.update(tax_percent=5)),
    ],
)
def test_an_order_whose_sale_does_not_balance_is_named(ticket, fault: str, corrupt: Callable[[], object]):
    corrupt_behind_the_triggers(corrupt)

    assert [text for text in faults() if text.startswith(f"Order {ticket.order.reference}: ") and fault in text]


@pytest.mark.parametrize(
    ("fault", "corrupt"),
    [
        ("account refunds has a debit of 118.00", lambda: ENTRIES.filter(kind="REFUND_OWED")._raw_delete("default")),
        (
            "refund {refund} is 118.00, its entries say 0",
            lambda: ENTRIES.filter(kind="REFUND_OWED")._raw_delete("default"),
        ),
        ("account refunds has a credit of 118.00", lambda: ENTRIES.filter(kind="REFUND_PAID")._raw_delete("default")),
        (
            "payout of refund {refund} is 118.00, its entries say 236.00",
            lambda: twice(entry(kind="REFUND_PAID")),
        ),
        ("payout of refund {refund} is 0, its entries say 118.00", lambda: Refund.objects.update(status="PENDING")),
        ("account by_hand has nothing", lambda: Refund.objects.update(status="BY_HAND")),
        ("refund {refund} is 100.00, its entries say 118.00", lambda: Refund.objects.update(amount=100)),
        ("refund is 0, its entries say 118.00", lambda: ENTRIES.filter(kind="REFUND_OWED").update(refund=None)),
    ],
)
def test_an_order_whose_refunds_do_not_balance_is_named(refunded, fault: str, corrupt: Callable[[], object]):
    fault = fault.format(refund=Refund.objects.get().pk)
    corrupt_behind_the_triggers(corrupt)

    assert [text for text in faults() if text.startswith(f"Order {refunded.order.reference}: ") and fault in text]


@pytest.mark.parametrize(
    ("fault", "corrupt"),
    [
        (
            "account dispute_losses has nothing",
            lambda: ENTRIES.filter(kind__startswith="DISPUTE")._raw_delete("default"),
        ),
        ("dispute {dispute} is 118.00", lambda: ENTRIES.filter(kind__startswith="DISPUTE")._raw_delete("default")),
        ("account disputes:sandbox has nothing", lambda: Dispute.objects.update(status="OPEN")),
        ("account dispute_losses has a debit of 118.00", lambda: Dispute.objects.update(status="WON")),
        ("dispute {dispute} is 100.00, its entries say 118.00", lambda: Dispute.objects.update(amount=100)),
    ],
)
def test_an_order_whose_dispute_does_not_balance_is_named(ticket, fault: str, corrupt: Callable[[], object]):
    lose(ticket)
    fault = fault.format(dispute=Dispute.objects.get().pk)
    corrupt_behind_the_triggers(corrupt)

    assert [text for text in faults() if text.startswith(f"Order {ticket.order.reference}: ") and fault in text]


def corrupt_behind_the_triggers(corrupt: Callable[[], object]) -> None:
    with alterable_trail():
        corrupt()


def twice(row: MoneyEntry) -> None:
    """Write an entry a second time."""
    row.pk = None
    row.save()


@pytest.mark.parametrize(
    ("forgets", "act"),
    [
        ("settlement.settlement_entries", lambda show: sold(show, "A1")),
        ("refunds.post_refunds", lambda show: cancel_ticket(code=sold(show, "A1").code)),
        ("refunds.post_refund_status", lambda show: refund(sold(show, "A1"))),
        ("disputes.post_dispute", lambda show: lose(sold(show, "A1"))),
    ],
)
def test_a_service_that_forgets_to_write_entries_is_found(show, monkeypatch, forgets: str, act: Callable):
    monkeypatch.setattr(f"cinema.services.money.{forgets}", lambda **step: [])

    act(show)

    assert faults(Order.objects.get())
    assert {fault.order for fault in ledger_faults()} == {Order.objects.get()}


def refund(ticket: Ticket) -> None:
    cancel_ticket(code=ticket.code)
    due(Refund.objects.get())
    assert send_due_refunds() == 1


def test_fees_of_a_provider_are_no_fault(ticket):
    facts = {"debit": "provider_fees:sandbox", "credit": "clearing:sandbox", "amount": Decimal("2.36")}
    theatre = ticket.order.theatre
    ENTRIES.create(kind="PROVIDER_FEE", at=timezone.now(), order=ticket.order, theatre=theatre, **facts)

    assert faults() == []


def test_only_the_order_with_the_fault_is_named(show, ticket):
    other = sold(show, "A2", buyer="ben")
    corrupt_behind_the_triggers(lambda: ENTRIES.filter(order=other.order, kind="CAPTURE").update(amount=1))

    assert {fault.order for fault in order_faults(Order.objects.all())} == {other.order}
    assert faults(ticket.order) == []


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_check_takes_the_same_statements_for_any_number_of_orders(count, django_assert_num_queries):
    show = ShowFactory(screen__rows=1, screen__columns=30)
    for number in range(1, count + 1):
        cancel_ticket(code=sold(show, f"A{number}", buyer=f"buyer {number}").code)

    with django_assert_num_queries(9):
        assert faults() == []
