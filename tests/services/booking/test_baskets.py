"""One order of several holds: seats at more than one show, paid together."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import HoldExpired, PriceChanged, SeatsChanged, ShowNotOnSale
from cinema.gateways.base import RefundReport, RefundState
from cinema.models import Order, OrderLine, OutgoingMail, Payment, Refund, Show, Ticket
from cinema.selectors.figures.ledger import coupon_faults, ledger_faults
from cinema.services.booking.booking import book_holds, pay_again
from cinema.services.booking.booking_requests import Basket, BookingRequest
from cinema.services.booking.expiry import release_all_expired
from cinema.services.booking.holds import hold_seats, release_hold
from cinema.services.money.refunds import receive_refund
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    CONTACT,
    ShowFactory,
    cancelled,
    coupon,
    held,
    lapsed,
    order_holds,
    report,
    seat,
    seat_ids,
    sold,
)
from tests.services.statements import on

pytestmark = pytest.mark.django_db


@pytest.fixture
def shows():
    """A show for 250 and, at the same theatre, one for 300."""
    first = ShowFactory(price=250)
    return first, ShowFactory(price=300, screen__theatre=first.screen.theatre)


@pytest.fixture
def holds(shows):
    return held(shows[0], "A1 A2"), held(shows[1], "B1")


def refunded_at_provider(payment: Payment, amount: int) -> RefundReport:
    facts = {"refund_id": "re_1", "key": "", "state": RefundState.DONE}
    return RefundReport(reference=payment.code, amount=amount, currency="INR", **facts)


def tickets() -> dict[int, str]:
    return dict(Ticket.objects.order_by("pk").values_list("show", "status"))


def test_one_order_has_a_ticket_for_each_hold_and_one_payment_for_all(shows, holds):
    payment = order_holds(*holds)

    order = Order.objects.get()
    first, second = order.tickets.order_by("pk")
    assert (payment.amount, order.total, first.amount, second.amount) == (800, 800, 500, 300)
    assert (first.show, second.show) == shows
    assert first.reference == order.reference != second.reference
    assert order.lines.filter(kind=OrderLine.Kind.SEAT).count() == 3


def test_one_payment_books_every_ticket_and_each_is_mailed(shows, holds):
    settle_payment(report=report(order_holds(*holds)))

    assert set(tickets().values()) == {"CONFIRMED"}
    assert Order.objects.get().status == Order.Status.PAID
    assert list(Show.objects.order_by("pk").values_list("revenue", flat=True)) == [500, 300]
    assert OutgoingMail.objects.filter(kind="TICKET").count() == 2
    assert list(ledger_faults()) == []


def test_seats_lost_meanwhile_are_refunded_and_the_rest_stands(shows, holds):
    payment = order_holds(*holds)
    lapsed(holds[0])
    sold(shows[0], "A2", buyer="ben")

    settle_payment(report=report(payment))

    ticket = Ticket.objects.get(hold=holds[1])
    assert (ticket.status, ticket.kept) == ("CONFIRMED", 300)
    assert Order.objects.get(payments=payment).status == Order.Status.PAID
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.ticket.hold) == (500, "SEATS_GONE", holds[0])
    assert list(ledger_faults()) == []


def test_if_all_seats_are_lost_all_is_refunded_with_a_reason_for_each(shows, holds):
    payment = order_holds(*holds)
    for show, hold, names in zip(shows, holds, ["A2", "B1"], strict=True):
        lapsed(hold)
        sold(show, names, buyer="ben")

    settle_payment(report=report(payment))

    assert dict(Refund.objects.values_list("ticket__hold", "amount")) == {holds[0].pk: 500, holds[1].pk: 300}
    assert Order.objects.get(payments=payment).status == Order.Status.EXPIRED
    assert list(ledger_faults()) == []


def test_a_ticket_is_not_booked_if_the_one_that_made_it_cheaper_is_lost(shows, holds):
    coupon(shows[0].screen.theatre, code="PAIR", kind="N_FOR_M", value=0, buy=3, pay=1)
    payment = order_holds(*holds, coupon="PAIR")
    lapsed(holds[1])
    sold(shows[1], "B1", buyer="ben")

    settle_payment(report=report(payment))

    assert not Ticket.objects.filter(hold__in=holds, status="CONFIRMED").exists()
    assert set(Refund.objects.values_list("amount", "reason", "ticket__hold")) == {(300, "SEATS_GONE", holds[1].pk)}
    lapsed(holds[0])
    release_all_expired()
    assert Order.objects.get(payments=payment).status == Order.Status.EXPIRED
    assert list(ledger_faults()) == list(coupon_faults()) == []


def test_a_ticket_is_booked_at_its_price_if_the_show_of_the_other_is_cancelled(shows, holds):
    coupon(shows[0].screen.theatre, code="PAIR", kind="N_FOR_M", value=0, buy=3, pay=1)
    payment = order_holds(*holds, coupon="PAIR")
    Show.objects.filter(pk=shows[1].pk).update(status="CANCELLED")

    settle_payment(report=report(payment))

    assert Ticket.objects.get(hold=holds[0]).status == "CONFIRMED"
    assert Refund.objects.get().amount == 300


def test_a_second_payment_of_the_order_goes_back_as_a_whole(holds):
    first = order_holds(*holds)
    second = order_holds(*holds, mode="CARD", key="another")
    settle_payment(report=report(second))

    settle_payment(report=report(first))

    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.reason, refund.ticket) == (first, 800, "PAID_TWICE", None)
    assert list(ledger_faults()) == []


def test_cancelling_one_ticket_refunds_its_part_alone(shows, holds):
    settle_payment(report=report(order_holds(*holds)))

    cancel_ticket(code=Ticket.objects.get(hold=holds[1]).code)

    refund = Refund.objects.get()
    share = Decimal(300) * shows[1].screen.theatre.refund_percent / 100
    assert (refund.amount, refund.ticket.hold) == (share, holds[1])
    assert Order.objects.get().status == Order.Status.PAID
    assert list(ledger_faults()) == []


def test_a_refund_of_all_at_the_provider_is_booked_for_each_ticket(shows, holds):
    payment = settle_payment(report=report(order_holds(*holds)))
    made = refunded_at_provider(payment, 80000)

    for _ in range(2):  # messages may come twice
        receive_refund(report=made, gateway=payment.gateway, asked=True)

    refunds = Refund.objects.order_by("amount").values_list("amount", "ticket__hold", "status", "reason")
    assert list(refunds) == [
        (300, holds[1].pk, "DONE", "AT_PROVIDER"), (500, holds[0].pk, "DONE", "AT_PROVIDER"),
    ]  # fmt: skip
    assert Payment.objects.get().status == Payment.Status.REFUNDED
    assert list(Show.objects.order_by("pk").values_list("revenue", flat=True)) == [0, 0]
    assert list(ledger_faults()) == []


def test_a_refund_at_the_provider_is_for_the_ticket_that_cost_so_much(holds):
    payment = settle_payment(report=report(order_holds(*holds)))
    made = refunded_at_provider(payment, 30000)

    receive_refund(report=made, gateway=payment.gateway, asked=True)

    assert Refund.objects.get().ticket.hold == holds[1]


def test_the_same_checkout_again_returns_the_open_payment(holds):
    assert order_holds(*holds) == order_holds(*holds, key="another")
    assert Order.objects.count() == 1


def test_a_hold_more_in_the_basket_makes_a_new_order(shows, holds):
    first = order_holds(holds[0])

    both = order_holds(*holds, key="another")

    assert (both.amount, Order.objects.get(payments=first).status) == (800, "EXPIRED")
    assert Order.objects.filter(status="OPEN").count() == 1


def test_without_a_hold_that_was_released_the_rest_is_a_new_order(holds):
    first = order_holds(*holds)
    release_hold(code=holds[1].code, buyer="asha")

    alone = order_holds(holds[0], key="another")

    assert (alone.amount, Order.objects.get(payments=first).status) == (500, "EXPIRED")


def test_a_hold_that_ends_while_the_buyer_types_is_said_and_nothing_is_written(holds):
    lapsed(holds[1])
    seen = [seat.pk for hold in holds for seat in hold.seats.all()]
    basket = Basket("asha", [hold.code for hold in holds], Decimal(800), seen)

    with pytest.raises(SeatsChanged):
        book_holds(basket=basket, request=BookingRequest(CONTACT, "UPI", "key"))

    assert not Order.objects.exists()


def test_the_first_hold_must_be_active(holds):
    lapsed(holds[0])

    with pytest.raises(HoldExpired):
        order_holds(*holds)


def test_the_total_of_all_holds_is_compared_with_what_the_buyer_saw(holds):
    basket = Basket("asha", [hold.code for hold in holds], Decimal(500))

    with pytest.raises(PriceChanged):
        book_holds(basket=basket, request=BookingRequest(CONTACT, "UPI", "key"))


def test_the_hold_of_another_buyer_goes_into_no_basket(shows, holds):
    other = held(shows[1], "B2", buyer="ben")

    payment = order_holds(*holds, other)

    assert payment.amount == 800
    assert seat(shows[1], "B2").hold == other


def test_a_hold_at_another_theatre_stays_out_of_the_order(holds):
    order_holds(*holds, held(ShowFactory(), "A1"))

    assert list(tickets()) == [hold.show_id for hold in holds]


def test_nothing_is_ordered_while_a_show_of_the_basket_is_cancelled(shows, holds):
    cancelled(shows[1])

    with pytest.raises(ShowNotOnSale):
        order_holds(*holds)

    assert not Order.objects.exists()


def test_paying_again_pays_for_all_holds_while_they_are_active(holds):
    payment = order_holds(*holds)
    code = Ticket.objects.get(hold=holds[1]).code

    assert pay_again(code=code, key="again") == payment

    lapsed(holds[0])
    with pytest.raises(HoldExpired):
        pay_again(code=code, key="once more")


@pytest.mark.parametrize("number", [1, 3])
def test_each_further_hold_costs_the_same_few_statements(number, django_assert_num_queries):
    show = ShowFactory()
    later = [show.starts_at + timedelta(hours=5 * n) for n in range(1, number)]
    shows = [show, *(ShowFactory(screen=show.screen, starts_at=at) for at in later)]
    holds = [hold_seats(show_id=one.pk, seat_ids=seat_ids(one, "A1 A2"), buyer="asha") for one in shows]

    with django_assert_num_queries(on(sqlite=11, postgresql=6)):
        order_holds(*holds)
