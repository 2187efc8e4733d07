"""Orders and their lines, as checkout, payment and cancellation write them: services.booking.orders."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from cinema.models import Order, OrderLine, OutgoingMail, Ticket, TicketSeat
from cinema.services.booking.holds import release_hold
from cinema.services.booking.orders import update_status
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.moves import change_seats
from cinema.services.orders.orders import return_seats
from tests.factories import (
    BOX_OFFICE,
    CONTACT,
    ShowFactory,
    TheatreFactory,
    booked,
    held,
    on_card,
    order_hold,
    report,
    seat_ids,
    sold,
    staff,
    tax_rule,
    ticket_of,
)
from tests.services.orders.test_orders import requested

pytestmark = pytest.mark.django_db

PRICE, TAX = Decimal("250.00"), Decimal("38.14")


@pytest.fixture
def show():
    return ShowFactory(screen__theatre=TheatreFactory(tax=18), price=PRICE)


def check_out(hold, **how):
    how = {"contact": CONTACT, "mode": "UPI", "key": "key"} | how
    return ticket_of(order_hold(code=hold.code, buyer=hold.buyer, **how))


def facts():
    return list(OrderLine.objects.order_by("pk").values_list("amount", "tax", "reported_price", "ticket_seat__active"))


def test_a_checkout_writes_one_order_with_its_buyer_and_its_ticket(show):
    with override("de"):
        ticket = check_out(held(show, "A1 A2"), terms=3)

    order = Order.objects.get()
    assert (order.reference, order.total, order.status) == (ticket.reference, 2 * PRICE, "OPEN")
    assert (order.name, order.email, order.phone) == CONTACT
    assert (order.theatre, order.channel, order.currency) == (show.screen.theatre, "WEB", "INR")
    assert (order.language, order.terms_version, order.terms_accepted_at) == ("de", 3, order.created_at)
    assert order.code != ticket.code
    assert list(order.tickets.all()) == [ticket]


def test_an_order_has_a_line_of_each_seat_with_the_tax_contained_in_it(show):
    ticket = check_out(held(show, "A1 A2"))

    lines = OrderLine.objects.filter(order=ticket.order).order_by("pk")
    assert [line.ticket_seat for line in lines] == list(ticket.seats.order_by("pk"))
    for line in lines:
        assert (line.kind, line.quantity, line.unit_price, line.amount) == ("SEAT", 1, PRICE, PRICE)
        assert (line.tax_percent, line.tax, line.reported_price) == (18, TAX, PRICE)


def test_each_line_has_the_tax_of_its_own_price_by_the_rules_of_the_day():
    show = on_card(adult=250, child=100)
    for percent, rule in [(5, {"up_to": 100}), (18, {})]:
        tax_rule(show.screen.theatre, percent, **rule)
    hold = held(show, "A1 A2")

    check_out(hold, types={seat_ids(show, "A2")[0]: show.screen.theatre.ticket_types.get(name="Child").pk})

    lines = OrderLine.objects.order_by("pk").values_list("amount", "tax_percent", "tax")
    assert list(lines) == [(250, 18, TAX), (100, 5, Decimal("4.76"))]


def test_another_choice_of_the_same_hold_is_another_order(show):
    hold = held(show, "A1")
    first = check_out(hold)
    TicketSeat.objects.update(price=1)  # as if it had been chosen with another kind of ticket

    second = check_out(hold, key="another")

    assert second.order != first.order
    assert dict(Order.objects.values_list("pk", "status")) == {first.order_id: "EXPIRED", second.order_id: "OPEN"}


def test_another_checkout_of_the_same_hold_corrects_the_buyer_of_the_order(show):
    hold = held(show, "A1")
    check_out(hold)

    check_out(hold, key="another", contact=CONTACT._replace(name="Ben"))

    assert Order.objects.get().name == "Ben"
    assert OrderLine.objects.count() == 1


def test_an_order_is_paid_and_cancelled_with_its_ticket(show):
    payment = booked(show, "A1")
    settle_payment(report=report(payment))
    assert Order.objects.get().status == "PAID"

    cancel_ticket(code=ticket_of(payment).code)

    assert Order.objects.get().status == "CANCELLED"


def test_an_order_that_is_not_paid_expires_with_its_hold_and_is_paid_by_late_money(show):
    payment = booked(show, "A1")
    release_hold(code=ticket_of(payment).hold.code, buyer="asha")
    assert Order.objects.get().status == "EXPIRED"

    settle_payment(report=report(payment))

    assert Order.objects.get().status == "PAID"


def test_lines_stay_as_sold_whatever_becomes_of_the_seats(show):
    ticket = sold(show, "A1 A2 A3")
    before = [(PRICE, TAX, PRICE, True)] * 3
    assert facts() == before

    change_seats(code=ticket.code, seat_ids=seat_ids(show, "A2 A3 A4"))
    assert facts() == before
    clerk = staff(show.screen.theatre, BOX_OFFICE)
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A3"), requested=requested(clerk))
    assert sorted(facts()) == [(PRICE, TAX, PRICE, False), *before[1:]]
    cancel_ticket(code=ticket.code)

    assert facts() == [(PRICE, TAX, PRICE, False)] * 3
    assert Order.objects.get().total == 3 * PRICE


@pytest.mark.parametrize(
    ("others", "status"),
    [
        (["CONFIRMED", "CANCELLED"], "PAID"),
        (["CONFIRMED", "PENDING"], "PAID"),
        (["PENDING", "EXPIRED"], "OPEN"),
        (["CANCELLED", "EXPIRED"], "CANCELLED"),
        (["EXPIRED", "EXPIRED"], "EXPIRED"),
    ],
)
def test_an_order_of_several_tickets_stands_as_the_best_of_them(show, others, status):
    tickets = [ticket_of(booked(show, "A1", buyer="asha")), ticket_of(booked(show, "A2", buyer="ben"))]
    order = tickets[0].order
    for ticket, of_ticket in zip(tickets, others, strict=True):
        Ticket.objects.filter(pk=ticket.pk).update(order=order, status=of_ticket)

    update_status(order_ids=[order.pk])

    order.refresh_from_db()
    assert order.status == status


def test_mails_about_an_order_are_in_the_language_of_its_buyer(show):
    with override("de"):
        payment = booked(show, "A1")

    settle_payment(report=report(payment))

    assert OutgoingMail.objects.get(kind="TICKET").language == "de"


@pytest.mark.parametrize(
    "wrong",
    [
        {"ticket_seat": None},
        {"kind": "FEE"},
        {"quantity": 0},
        {"quantity": 2},
        {"amount": 1},
        {"tax": 251},
        {"tax": -1},
        {"reported_price": None},
        {"unit_price": -1, "amount": -1, "tax": 0},
    ],
)
def test_the_database_refuses_a_line_that_makes_no_sense(show, wrong):
    line = check_out(held(show, "A1")).order.lines.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(**wrong)


def test_the_database_refuses_a_second_line_of_a_seat(show):
    line = check_out(held(show, "A1")).order.lines.get()
    line.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        line.save()
