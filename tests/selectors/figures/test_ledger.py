"""Faults found by the check of the ledger: selectors.figures.ledger. Rows are corrupted by direct SQL."""

from decimal import Decimal

import pytest
from django.db.models.functions import Now

from cinema.models import (
    Hold,
    MoneyEntry,
    Order,
    OrderLine,
    Payment,
    Refund,
    SeatEvent,
    Show,
    ShowSeat,
    Ticket,
    TicketSeat,
)
from cinema.selectors.figures.ledger import Fault, ledger_faults, unexplained_seats
from cinema.services.booking.expiry import release_expired
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.moves import change_seats
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    BOX_OFFICE,
    ShowFactory,
    booked,
    held,
    lapsed,
    report,
    seat,
    seat_ids,
    sold,
    staff,
    ticket_of,
)
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    """Asha has bought A1 and A2, ben is about to pay for B1, cleo holds B2."""
    show = ShowFactory()
    sold(show, "A1 A2", buyer="asha")
    booked(show, "B1", buyer="ben")
    held(show, "B2", buyer="cleo")
    return show


def change(which, **values) -> None:
    """Alter the one row found by ``which``, without services and models."""
    assert which.update(**values) == 1


def stored(show: Show, name: str):
    return ShowSeat.objects.filter(pk=seat(show, name).pk)


def off(show: Show, revenue: int, owed: int, status: str = "CANCELLED"):
    """Set the show to cancelled, with this revenue and this sum owed to its buyers."""
    change(Show.objects.filter(pk=show.pk), status=status, revenue=revenue, owed=owed)


def line(show: Show, name: str):
    return TicketSeat.objects.filter(show_seat=seat(show, name))


def ticket(buyer: str):
    return Ticket.objects.filter(hold__buyer=buyer)


def remove_seats(show: Show) -> None:
    OrderLine.objects.filter(ticket_seat__ticket__show=show)._raw_delete("default")
    TicketSeat.objects.filter(ticket__show=show)._raw_delete("default")


def lines(buyer: str):
    return OrderLine.objects.filter(order__tickets__hold__buyer=buyer)


def paid(show: Show, **values) -> Payment:
    return Payment.objects.filter(order__tickets__show=show, **values).get()


def test_changes_by_services_are_consistent(show):
    cancel_ticket(code=sold(show, "C1", buyer="dora").code)
    late = booked(show, "C2", buyer="emil")
    lapsed(ticket_of(late).hold)
    sold(show, "C2", buyer="dora")
    settle_payment(report=report(late))
    lapsed(held(show, "C3", buyer="fred"))
    change_seats(code=ticket("asha").get().code, seat_ids=seat_ids(show, "A2 A3"))
    assert unexplained_seats(show) == []

    release_expired(show_id=show.pk)

    assert list(ledger_faults()) == []


def test_a_show_without_events_is_consistent():
    assert unexplained_seats(ShowFactory()) == []


@pytest.mark.parametrize(
    ("name", "fault", "corrupt"),
    [
        ("C3", "it is BLOCKED, the ledger says AVAILABLE", lambda s: change(stored(s, "C3"), status="BLOCKED")),
        ("A2", "it is AVAILABLE, the ledger says BOOKED", lambda s: change(stored(s, "A2"), status="AVAILABLE")),
        ("A2", "it is AVAILABLE, but on ticket", lambda s: change(stored(s, "A2"), status="AVAILABLE")),
        (
            "C3",
            "it is sold, but on no confirmed ticket",
            lambda s: change(stored(s, "C3"), status="BOOKED"),
        ),
        ("A2", "it is sold, but on no confirmed ticket", lambda s: change(line(s, "A2"), active=False)),
        (
            "B2",
            "it is in hold",
            lambda s: change(stored(s, "B2"), hold=Hold.objects.get(buyer="ben")),
        ),
        (
            "B1",
            "but waits for the payment of ticket",
            lambda s: change(stored(s, "B1"), hold=Hold.objects.get(buyer="cleo")),
        ),
        (
            "B2",
            "it is held by a hold that is RELEASED",
            lambda s: change(Hold.objects.filter(buyer="cleo"), status="RELEASED"),
        ),
        ("B1", "it is only held, but on a confirmed ticket", lambda s: change(ticket("ben"), status="CONFIRMED")),
        (
            "A2",
            "the ledger says",
            lambda s: change(line(s, "A2"), ticket=sold(s, "C1", buyer="dora")),
        ),
        ("A1", "which is for show", lambda s: change(ticket("asha"), show=ShowFactory())),
        (
            "A2",
            "starts from BOOKED, but the seat was HELD",
            lambda s: change(SeatEvent.objects.filter(show_seat=seat(s, "A2"), action="BOOK"), from_status="BOOKED"),
        ),
        (
            "A2",
            "it is BOOKED, the ledger says AVAILABLE",
            lambda s: change(SeatEvent.objects.filter(show_seat=seat(s, "A2"), action="BOOK"), to_status="AVAILABLE"),
        ),
        (
            "B2",
            "it is HELD, the ledger says AVAILABLE",
            lambda s: SeatEvent.objects.filter(show_seat=seat(s, "B2"))._raw_delete("default"),
        ),
    ],
)
def test_a_seat_that_differs_from_the_ledger_is_named(show, name, fault, corrupt):
    with alterable_trail():
        corrupt(show)

    assert [text for text in unexplained_seats(show) if fault in text and f"Row {name[0]}, seat {name[1]}:" in text]


@pytest.mark.parametrize(
    ("seats", "fault", "corrupt"),
    [
        ("Row B, seat 1", "is EXPIRED, its seats are not", lambda s: change(ticket("ben"), status="EXPIRED")),
        (
            "Row A, seat 1, Row A, seat 2",
            "costs 1.00, its seats and its fee do not",
            lambda s: change(ticket("asha"), amount=Decimal(1), kept=Decimal(1)),
        ),
        (
            "Row A, seat 1, Row A, seat 2",
            "for which 0 is paid, but 500.00 is kept",
            lambda s: change(Payment.objects.filter(status="SUCCESS"), status="FAILED"),
        ),
        (
            "Row A, seat 1, Row A, seat 2",
            "should keep 0.00, but keeps 500.00",
            lambda s: record_refund(paid(s, status="SUCCESS"), Decimal(500)),
        ),
        (
            "Row A, seat 1, Row A, seat 2",
            "refunded 501.00 of a payment of 500.00",
            lambda s: record_refund(paid(s, status="SUCCESS"), Decimal(501)),
        ),
        (
            "Row B, seat 1",
            "for which 250.00 is paid, but 0.00 is kept",
            lambda s: change(Payment.objects.filter(status="PENDING"), status="SUCCESS"),
        ),
        (
            "Row A, seat 1, Row A, seat 2",
            "for which 400.00 is paid, but 500.00 is kept",
            lambda s: record_refund(paid(s, status="SUCCESS"), Decimal(100)),
        ),
        (
            "Row A, seat 1, Row A, seat 2",
            "is CONFIRMED for 500.00, but 400.00 is kept",
            lambda s: record_refund(paid(s, status="SUCCESS"), Decimal(100)) or change(ticket("asha"), kept=400),
        ),
        (
            "Row B, seat 1",
            "should keep 0, but keeps 1.00",
            lambda s: change(ticket("ben"), kept=1),
        ),
        (
            "Row A, seat 1, Row A, seat 2",
            "refunded 100.00 for seats, more than those returned cost",
            lambda s: record_refund(paid(s, status="SUCCESS"), Decimal(100), "SEATS_RETURNED"),
        ),
        (
            "Row A, seat 1, Row A, seat 2",
            "refunded 501.00 of a payment of 500.00",
            lambda s: record_refund(paid(s, status="SUCCESS"), Decimal(501), "GOODWILL"),
        ),
        (
            "Row A, seat 1, Row A, seat 2",
            "is for a cancelled show, but 500.00 is kept",
            lambda s: record_refund(paid(s, status="SUCCESS"), Decimal(100), "SHOW_CANCELLED"),
        ),
        (
            "Row A, seat 1, Row A, seat 2",
            "is CONFIRMED, its seats are not",
            lambda s: TicketSeat.objects.filter(ticket__hold__buyer="asha").update(active=False),
        ),
    ],
)
def test_an_inconsistent_ticket_is_named_with_its_seats(show, seats, fault, corrupt):
    with alterable_trail():
        corrupt(show)

    assert [text for text in unexplained_seats(show) if fault in text and f", {seats}: ticket" in text]


@pytest.mark.parametrize(
    ("fault", "corrupt"),
    [
        ("for 1.00, whose lines come to 500.00", lambda: change(Order.objects.filter(pk=order("asha")), total=1)),
        ("whose lines come to 250.00", lambda: lines("asha").filter(pk=lines("asha").last().pk).delete()),
        ("which has no line of one of its seats", lambda: lines("asha").filter(pk=lines("asha").last().pk).delete()),
        ("which has no line of one of its seats", lambda: lines("asha").update(order=order("ben"))),
        ("which has a line of a seat of another order", lambda: lines("ben").update(order=order("asha"))),
        ("has a seat for 250.00, for which order", lambda: lines("asha").update(amount=240, unit_price=240)),
        ("which is OPEN and should be PAID", lambda: change(Order.objects.filter(pk=order("asha")), status="OPEN")),
        ("which is PAID and should be OPEN", lambda: change(Order.objects.filter(pk=order("ben")), status="PAID")),
    ],
)
def test_an_order_that_does_not_fit_its_lines_and_tickets_is_named(show, fault, corrupt):
    corrupt()

    assert [text for text in unexplained_seats(show) if (fault in text and "of order" in text) or "which order" in text]


def order(buyer: str) -> int:
    return ticket(buyer).values_list("order", flat=True).get()


def record_refund(payment: Payment, amount: Decimal, reason: str = "CANCELLED") -> None:
    facts = {"ticket": ticket_of(payment), "reason": reason, "created_at": Now()}
    Refund.objects.create(payment=payment, amount=amount, **facts)


def test_goodwill_not_deducted_from_the_revenue_is_a_fault(show):
    record_refund(paid(show, status="SUCCESS"), Decimal(100), "GOODWILL")
    change(ticket("asha"), kept=400)

    [fault] = [fault for fault in ledger_faults() if isinstance(fault, Fault)]
    assert "is kept for its tickets, but the show counts 500.00" in str(fault)


def test_an_exchange_that_did_not_move_the_revenue_is_a_fault_of_both(show):
    other = ShowFactory(screen__theatre=show.screen.theatre)
    clerk = staff(show.screen.theatre, BOX_OFFICE)
    exchange_order(
        code=ticket("asha").get().code,
        show_id=other.pk,
        seat_ids=[],
        requested=RequestedAction(clerk, "fell ill", 0, "one"),
    )
    assert list(ledger_faults()) == []

    Show.objects.filter(pk=show.pk).update(revenue=500)
    Show.objects.filter(pk=other.pk).update(revenue=0)

    assert {fault.show for fault in ledger_faults()} == {show, other}


def test_a_refund_of_a_cancelled_ticket_that_is_missing_is_a_fault(show):
    cancelled = sold(show, "C1", buyer="dora")
    cancel_ticket(code=cancelled.code)
    with alterable_trail():
        MoneyEntry.objects.exclude(refund=None)._raw_delete("default")
    Refund.objects.all()._raw_delete("default")

    assert "Row C, seat 1: ticket" in " ".join(unexplained_seats(show))
    assert "should keep 250.00, but keeps 0.00" in " ".join(unexplained_seats(show))


@pytest.mark.parametrize(
    ("fault", "corrupt"),
    [
        ("seats are free, but the show counts 7", lambda s: change(Show.objects.filter(pk=s.pk), seats_free=7)),
        ("is kept for its tickets, but the show counts 510", lambda s: off(s, revenue=10, owed=500)),
        ("is owed to its buyers, but the show counts 490", lambda s: off(s, revenue=10, owed=490)),
        ("is owed to its buyers, but the show counts 500", lambda s: off(s, 0, owed=500, status="SCHEDULED")),
        ("the show is at revision 9", lambda s: change(Show.objects.filter(pk=s.pk), revision=9)),
        (
            "the ledger has gaps",
            lambda s: SeatEvent.objects.filter(show=s, revision=1)._raw_delete("default"),
        ),
        (
            "is ACTIVE, but holds no seat",
            lambda s: change(stored(s, "B2"), status="AVAILABLE", hold=None),
        ),
        ("has no seats", lambda s: remove_seats(s)),
    ],
)
def test_a_fault_of_the_whole_show_is_found(show, fault, corrupt):
    with alterable_trail():
        corrupt(show)

    assert [text for text in unexplained_seats(show) if fault in text and "all seats: " in text]


def test_an_event_about_a_seat_of_another_show_is_found(show):
    with alterable_trail():
        change(SeatEvent.objects.filter(show_seat=seat(show, "B2")), show_seat=seat(ShowFactory(), "A3"))

    assert any(
        "Row A, seat 3: revision" in text and "is about a seat at show" in text for text in unexplained_seats(show)
    )


def test_only_the_show_with_the_fault_is_named(show):
    other = ShowFactory()
    held(other, "A1")
    change(stored(other, "A1"), status="AVAILABLE", hold=None)

    assert unexplained_seats(show) == []
    assert {fault.show for fault in ledger_faults()} == {other}


def test_the_check_takes_a_constant_number_of_statements(django_assert_max_num_queries):
    show = ShowFactory(screen__rows=10, screen__columns=30)
    for number in range(1, 11):
        sold(show, f"A{number}", buyer=f"buyer {number}")

    with django_assert_max_num_queries(24):
        assert unexplained_seats(show) == []
