"""Reports of the payment provider: services.money.settlement."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cinema.exceptions import PaymentMismatch
from cinema.gateways.base import Result
from cinema.models import (
    Hold,
    Payment,
    PriceAdjustment,
    SandboxCharge,
    Show,
    ShowSeat,
    Ticket,
    TicketType,
)
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.expiry import release_expired
from cinema.services.money.payments import (
    start_payment,
)
from cinema.services.money.refunds import send_due_refunds
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.prices.repricing import reprice_coming
from tests.factories import (
    CONTACT,
    ShowFactory,
    booked,
    cancelled,
    held,
    lapsed,
    on_card,
    order_hold,
    past,
    report,
    seat,
    ticket_of,
)
from tests.mails import outbox
from tests.services.statements import on

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return ShowFactory()


def settled(payment: Payment, result: Result = Result.PAID) -> Payment:
    payment = settle_payment(report=report(payment, result))
    send_due_refunds()
    payment.refresh_from_db()
    return payment


def refunded(payment: Payment) -> list[tuple[str, Decimal, str]]:
    return list(payment.refunds.values_list("reason", "amount", "status"))


def test_a_payment_confirms_the_ticket_and_books_its_seats(show):
    payment = settled(booked(show, "A1 A2"))

    assert payment.status == Payment.Status.SUCCESS
    assert ticket_of(payment).status == Ticket.Status.CONFIRMED
    assert ticket_of(payment).hold.status == Hold.Status.BOOKED
    assert seat(show, "A1").status == seat(show, "A2").status == ShowSeat.Status.BOOKED
    assert unexplained_seats(show) == []


def test_the_ticket_is_mailed_once_it_is_confirmed(show):
    payment = settled(booked(show, "A1"))

    assert [message.to for message in outbox()] == [[ticket_of(payment).order.email]]


def test_a_repeated_report_changes_nothing(show):
    payment = settled(booked(show, "A1"))
    show.refresh_from_db()

    settled(payment)

    revision = show.revision
    show.refresh_from_db()
    assert show.revision == revision
    assert refunded(payment) == []
    assert len(outbox()) == 1


def test_a_declined_payment_keeps_the_seats_for_another_try(show):
    hold = held(show, "A1")
    first = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="first")
    assert settled(first, Result.DECLINED).status == Payment.Status.FAILED

    second = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="CARD", key="second")

    assert ticket_of(settled(second)).status == Ticket.Status.CONFIRMED


def test_a_declined_report_after_a_paid_one_changes_nothing(show):
    payment = settled(booked(show, "A1"))

    assert settled(payment, Result.DECLINED).status == Payment.Status.SUCCESS


def test_money_that_was_taken_counts_even_after_a_declined_report(show):
    payment = booked(show, "A1")
    settled(payment, Result.DECLINED)

    assert ticket_of(settled(payment)).status == Ticket.Status.CONFIRMED


def test_paying_late_still_books_when_the_seats_are_free(show):
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)

    assert ticket_of(settled(payment)).status == Ticket.Status.CONFIRMED
    assert unexplained_seats(show) == []


def test_paying_late_still_books_after_the_seats_were_freed(show):
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)
    release_expired(show_id=show.pk)

    assert ticket_of(settled(payment)).status == Ticket.Status.CONFIRMED
    assert unexplained_seats(show) == []


def priced_at(show: Show, more: int) -> None:
    """Let every seat of the show cost ``more`` than before."""
    PriceAdjustment.objects.create(card=show.price_card, name=f"{more} more", amount=more)
    reprice_coming(theatre=show.screen.theatre, card_id=show.price_card_id, version=0, user=None)


def test_paying_late_books_nothing_below_todays_price():
    show = on_card(adult=100)
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)
    priced_at(show, 400)

    payment = settled(payment)

    assert ticket_of(payment).status == Ticket.Status.EXPIRED
    assert refunded(payment) == [("PRICE_ROSE", 100, "DONE")]
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    assert unexplained_seats(show) == []
    assert "By then your seats cost more" in outbox()[-1].body


def test_paying_late_still_books_when_the_seats_cost_less_now():
    show = on_card(adult=100)
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)
    priced_at(show, -20)

    assert ticket_of(settled(payment)).status == Ticket.Status.CONFIRMED
    assert unexplained_seats(show) == []


def test_paying_in_time_books_at_the_price_that_was_held():
    show = on_card(adult=100)
    payment = booked(show, "A1")
    priced_at(show, 400)

    assert ticket_of(settled(payment)).status == Ticket.Status.CONFIRMED
    assert unexplained_seats(show) == []


def test_paying_late_compares_the_price_of_the_ticket_type_that_was_chosen():
    show = on_card(adult=100, child=50)
    child = {seat(show, "A1").pk: TicketType.objects.get(name="Child").pk}
    payment = booked(show, "A1", types=child)
    lapsed(ticket_of(payment).hold)

    assert ticket_of(settled(payment)).status == Ticket.Status.CONFIRMED


def test_paying_late_for_unavailable_seats_is_refunded(show):
    payment = booked(show, "A1 A2", buyer="asha")
    lapsed(ticket_of(payment).hold)
    held(show, "A2", buyer="ben")

    payment = settled(payment)

    assert payment.status == Payment.Status.REFUNDED
    assert ticket_of(payment).status == Ticket.Status.EXPIRED
    assert refunded(payment) == [("SEATS_GONE", Decimal(500), "DONE")]
    assert SandboxCharge.objects.get(reference=payment.code).refunds != {}
    assert unexplained_seats(show) == []


def test_paying_late_takes_seats_back_from_another_lapsed_hold(show):
    payment = booked(show, "A1", buyer="asha")
    lapsed(ticket_of(payment).hold)
    lapsed(held(show, "A1", buyer="ben"))

    assert ticket_of(settled(payment)).status == Ticket.Status.CONFIRMED
    assert unexplained_seats(show) == []


def test_paying_for_the_earlier_choice_of_a_changed_hold_books_that_choice(show):
    hold = held(show, "A1 A2")
    first = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="first")
    held(show, "A1 A2 A3")
    order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="second")

    assert ticket_of(settled(first)).status == Ticket.Status.CONFIRMED
    assert unexplained_seats(show) == []
    hold.refresh_from_db()
    assert hold.status == Hold.Status.ACTIVE
    assert [s.pk for s in hold.seats.all()] == [seat(show, "A3").pk]


def test_paying_after_the_start_of_the_show_gives_the_money_back(show):
    payment = booked(show, "A1")
    lapsed(ticket_of(payment).hold)
    past(show)

    assert settled(payment).status == Payment.Status.REFUNDED


def test_paying_after_the_start_is_fine_while_the_hold_lives(show):
    payment = booked(show, "A1")
    past(show)

    assert ticket_of(settled(payment)).status == Ticket.Status.CONFIRMED


def test_paying_twice_gives_the_second_payment_back(show):
    hold = held(show, "A1")
    first = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="first")
    second = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="CARD", key="second")
    for payment in (first, second):
        start_payment(payment=Payment.objects.get(pk=payment.pk))

    settled(first)

    assert settled(second).status == Payment.Status.REFUNDED
    assert refunded(second) == [("PAID_TWICE", Decimal(250), "DONE")]
    assert unexplained_seats(show) == []


def test_paying_for_a_cancelled_ticket_gives_the_money_back(show):
    hold = held(show, "A1")
    first = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="first")
    second = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="CARD", key="second")
    for payment in (first, second):
        start_payment(payment=payment)
    cancel_ticket(code=ticket_of(settled(first)).code)

    assert settled(second).status == Payment.Status.REFUNDED
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_paying_for_a_cancelled_show_gives_the_money_back(show):
    payment = booked(show, "A1")
    cancelled(show)

    assert settled(payment).status == Payment.Status.REFUNDED


@pytest.mark.parametrize("said", [{"amount": 100}, {"currency": "USD"}])
def test_another_amount_than_requested_is_rejected(show, said):
    payment = booked(show, "A1")

    with pytest.raises(PaymentMismatch):
        settle_payment(report=replace(report(payment), **said))

    payment.refresh_from_db()
    assert payment.status == Payment.Status.PENDING


def test_a_report_of_an_unknown_payment_is_refused(show):
    payment = booked(show, "A1")

    with pytest.raises(Payment.DoesNotExist):
        settle_payment(report=replace(report(payment), reference="unknown"))


@pytest.mark.parametrize("fee", [0, 20])
def test_confirming_takes_the_same_number_of_statements_for_any_number_of_seats(fee, django_assert_max_num_queries):
    show = ShowFactory(screen__theatre__api_fee=fee, screen__theatre__web_fee=fee)
    for buyer, names in [("a", "A1"), ("b", "B1 B2 B3"), ("c", "C1 C2 C3 C4 C5 C6 C7 C8")]:
        payment = booked(show, names, buyer=buyer)
        said = report(payment)
        with django_assert_max_num_queries(on(sqlite=14, postgresql=7)):  # begin and commit among them
            settle_payment(report=said)
