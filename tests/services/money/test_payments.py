"""Reports of the payment provider: services.money.payments."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from cinema.exceptions import PaymentMismatch, PaymentsUnavailable
from cinema.gateways.base import PaymentReport, Result
from cinema.gateways.sandbox import SandboxGateway, decide
from cinema.models import (
    Hold,
    Order,
    Payment,
    PriceAdjustment,
    Refund,
    SandboxCharge,
    Show,
    ShowSeat,
    Ticket,
    TicketType,
)
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.expiry import release_expired
from cinema.services.money import payments
from cinema.services.money.payments import (
    ASK_EVERY,
    DECLINED_FOR,
    UNDECIDED_FOR,
    check_due_payments,
    check_payment,
    settle_payment,
    start_payment,
)
from cinema.services.money.refunds import send_due_refunds
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.prices.repricing import reprice_coming
from tests.factories import (
    CONTACT,
    ShowFactory,
    booked,
    cancelled,
    due,
    held,
    lapsed,
    on_card,
    order_hold,
    past,
    report,
    seat,
    sold,
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


# Asking the gateway


class SlowGateway(SandboxGateway):
    """Reports from the test gateway's records after a quarter of a second of the jobs' clock, and counts the polls."""

    clock, asked = [0.0], []

    def report(self, *, reference: str, provider_id: str) -> PaymentReport:
        self.clock[0] += 0.25
        self.asked.append(reference)
        return super().report(reference=reference, provider_id=provider_id)


@pytest.fixture
def slow(monkeypatch) -> SlowGateway:
    SlowGateway.clock, SlowGateway.asked = [0.0], []
    monkeypatch.setattr("cinema.services.core.retries.monotonic", lambda: SlowGateway.clock[0])
    monkeypatch.setattr("cinema.services.money.payments.get_gateway", lambda name: SlowGateway())
    return SlowGateway


def test_a_payment_that_was_made_is_found_behind_many_that_were_not(show, slow):
    paid = booked(show, "A1")
    decide(reference=paid.code, result=Result.PAID)
    Payment.objects.bulk_create(abandoned(number, paid) for number in range(80))
    Payment.objects.update(due_at=Now() - timedelta(minutes=1))
    due(paid, ago=timedelta(minutes=3))

    assert check_due_payments() == 1


def test_rounds_go_through_all_payments_in_turn(show, slow):
    first = booked(show, "A1")
    Payment.objects.bulk_create(abandoned(number, first) for number in range(80))
    Payment.objects.update(due_at=Now() - timedelta(minutes=1))

    for _ in range(3):
        check_due_payments()

    assert len(slow.asked) == len(set(slow.asked)) == 81


def abandoned(number: int, like: Payment) -> Payment:
    """An abandoned payment, for another ticket than that of ``like``."""
    order = Order.objects.create(
        theatre=ticket_of(like).order.theatre,
        status=Order.Status.EXPIRED,
        total=like.amount,
        name=f"Buyer {number}",
        created_at=like.created_at,
    )
    ticket = Ticket.objects.create(
        order=order,
        reference=order.reference,
        show=ticket_of(like).show,
        hold=ticket_of(like).hold,
        amount=like.amount,
        status=Ticket.Status.EXPIRED,
        cancel_cutoff=0,
        refund_percent=0,
        created_at=like.created_at,
    )
    return Payment(
        order=ticket.order, gateway="sandbox", amount=like.amount, key=f"{number}", created_at=like.created_at
    )


def test_money_that_is_reported_after_days_is_found(show):
    payment = booked(show, "A1")
    charge = SandboxCharge.objects.filter(reference=payment.code)
    aged(payment, timedelta(days=5))
    assert check_due_payments() == 0

    charge.update(status=Result.PAID)
    due(payment)

    assert check_due_payments() == 1
    assert Payment.objects.get().status == Payment.Status.SUCCESS
    assert Payment.objects.get().due_at is None


def test_a_payment_is_polled_at_growing_intervals_and_daily_in_the_end(show):
    payment, waits = booked(show, "A1"), []
    for attempts in (0, 10, 20, 30, 100):
        Payment.objects.update(attempts=attempts)
        due(payment)
        check_due_payments()
        waits.append(Payment.objects.annotate(wait=F("due_at") - F("attempted_at")).get().wait)

    assert [wait // timedelta(seconds=1) for wait in waits] == [20, 186, 1734, 16155, 86400]


def test_an_undecided_payment_ends_but_its_money_still_counts(show):
    payment = booked(show, "A1")
    aged(payment, UNDECIDED_FOR)

    check_due_payments()

    undecided = Payment.objects.get()
    assert (undecided.status, undecided.due_at, undecided.last_error) == ("PENDING", None, "PaymentUndecided")
    assert undecided.failing_since
    assert ticket_of(settled(payment)).status == Ticket.Status.CONFIRMED


def test_a_declined_payment_is_polled_for_two_days(show):
    payment = booked(show, "A1")
    settled(payment, Result.DECLINED)
    aged(payment, DECLINED_FOR - timedelta(minutes=1))
    check_due_payments()
    assert Payment.objects.get().due_at

    aged(payment, DECLINED_FOR)
    check_due_payments()

    assert (Payment.objects.get().due_at, Payment.objects.get().failing_since) == (None, None)


def aged(payment: Payment, age: timedelta) -> None:
    Payment.objects.filter(pk=payment.pk).update(created_at=Now() - age, due_at=Now() - timedelta(seconds=1))


def test_a_provider_timeout_is_recorded_and_the_payment_polled_again(show, monkeypatch):
    payment = booked(show, "A1")
    decide(reference=payment.code, result=Result.PAID)
    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "report", unavailable)
        due(payment)
        assert check_due_payments() == 0
    assert Payment.objects.get().failing_since

    due(payment)

    assert check_due_payments() == 1
    assert Payment.objects.get().failing_since is None


def test_a_report_of_another_amount_is_noted_on_the_payment(show):
    payment = booked(show, "A1")
    SandboxCharge.objects.update(status="PAID", amount=Decimal(1))
    due(payment)

    check_due_payments()

    assert Payment.objects.get().last_error == "PaymentMismatch"


def test_a_page_polls_its_payment_at_most_once_in_some_seconds(show, slow):
    payment = booked(show, "A1")

    for _ in range(3):
        check_payment(payment=payment)
    assert len(slow.asked) == 1

    Payment.objects.update(attempted_at=Now() - ASK_EVERY)
    check_payment(payment=payment)
    assert len(slow.asked) == 2


def test_at_most_half_of_the_threads_wait_for_the_provider(show, slow, settings):
    payment = booked(show, "A1")
    places = settings.THREADS // 2
    for _ in range(places):
        assert payments._pages_asking.acquire(blocking=False)

    check_payment(payment=payment)
    assert slow.asked == []

    payments._pages_asking.release(places)
    check_payment(payment=payment)
    assert slow.asked == [payment.code]


def test_starting_a_payment_waits_for_a_turn_and_then_gives_up(show, settings, monkeypatch):
    payment = booked(show, "A1")
    Payment.objects.update(pay_url="")
    payment.refresh_from_db()
    monkeypatch.setattr(payments, "TURN_WITHIN", 0.01)
    places = settings.THREADS // 2
    for _ in range(places):
        assert payments._pages_asking.acquire(blocking=False)
    try:
        with pytest.raises(PaymentsUnavailable):
            start_payment(payment=payment)
    finally:
        payments._pages_asking.release(places)

    assert start_payment(payment=payment) == SandboxCharge.objects.get().get_absolute_url()


def test_the_gateway_is_asked_for_its_page_once(show, monkeypatch):
    payment = booked(show, "A1")
    monkeypatch.setattr(SandboxGateway, "start", unavailable)

    assert start_payment(payment=Payment.objects.get(pk=payment.pk)) == SandboxCharge.objects.get().get_absolute_url()


def test_what_costs_nothing_and_was_cut_off_is_confirmed_by_the_next_round():
    payment = order_hold(
        code=held(ShowFactory(price=0), "A1").code, buyer="asha", contact=CONTACT, mode="UPI", key="key"
    )
    due(payment)

    assert check_due_payments() == 1
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


def unavailable(*args, **kwargs):
    raise PaymentsUnavailable


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


def test_polling_the_provider_replaces_a_lost_webhook(show):
    payment = booked(show, "A1")
    charge = SandboxCharge.objects.get(reference=payment.code)
    assert check_payment(payment=payment).status == Payment.Status.PENDING
    assert check_due_payments() == 0

    decide(reference=charge.reference, result=Result.PAID)

    due(payment)
    assert check_due_payments() == 1
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


@pytest.mark.parametrize("said", ["unknown", "other"])
def test_an_answer_about_another_payment_settles_none(show, monkeypatch, said):
    payment, other = booked(show, "A1"), booked(show, "B1", buyer="ben")
    answer = replace(report(other), reference=other.code if said == "other" else said)
    monkeypatch.setattr(SandboxGateway, "report", lambda self, **asked: answer)

    assert check_payment(payment=payment) == payment

    assert not Ticket.objects.filter(status=Ticket.Status.CONFIRMED).exists()


@pytest.mark.parametrize("name", ["cinema.gateways.gone.Gateway", "cinema.gateways.sandbox.Gone", "gone.", "nothing"])
def test_a_payment_of_a_gateway_there_no_longer_is_stays_as_it_is(show, name):
    payment = booked(show, "A1")
    Payment.objects.update(gateway=name)
    payment.refresh_from_db()

    assert check_payment(payment=payment).status == Payment.Status.PENDING


def test_no_provider_is_asked_inside_a_transaction(show, monkeypatch):
    asked = []

    def outside(name):
        call = getattr(SandboxGateway, name)

        def checked(*args, **kwargs):
            asked.append((name, connection.in_atomic_block))
            return call(*args, **kwargs)

        monkeypatch.setattr(SandboxGateway, name, checked)

    for name in ("start", "report", "refund"):
        outside(name)
    payment = booked(show, "A1")
    start_payment(payment=Payment.objects.get())
    check_payment(payment=Payment.objects.get())
    decide(reference=payment.code, result=Result.PAID)
    due(Payment.objects.get())
    check_due_payments()
    cancel_ticket(code=Ticket.objects.get().code)
    send_due_refunds()

    assert {name for name, _ in asked} == {"start", "report", "refund"}
    assert not [name for name, inside in asked if inside]


def test_a_payment_reported_late_is_still_open_when_asked_early(show):
    payment = booked(show, "A1")
    charge = SandboxCharge.objects.get(reference=payment.code)

    decide(reference=charge.reference, result=Result.PAID, late=True)

    assert check_payment(payment=payment).status == Payment.Status.PENDING


def charge_of(payment: Payment) -> SandboxCharge:
    return SandboxCharge.objects.get(reference=payment.code)


def test_a_refund_after_a_provider_timeout_is_sent_later(show, monkeypatch):
    ticket = sold(show, "A1")

    cancel_ticket(code=ticket.code)
    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "refund", unavailable)
        assert send_due_refunds() == 0
    assert Refund.objects.get().status == Refund.Status.PENDING

    due(Refund.objects.get())
    assert send_due_refunds() == 1
    assert Refund.objects.get().status == Refund.Status.DONE
    assert Payment.objects.get().status == Payment.Status.REFUNDED


@pytest.mark.parametrize("fee", [0, 20])
def test_confirming_takes_the_same_number_of_statements_for_any_number_of_seats(fee, django_assert_max_num_queries):
    show = ShowFactory(screen__theatre__api_fee=fee, screen__theatre__web_fee=fee)
    for buyer, names in [("a", "A1"), ("b", "B1 B2 B3"), ("c", "C1 C2 C3 C4 C5 C6 C7 C8")]:
        payment = booked(show, names, buyer=buyer)
        said = report(payment)
        with django_assert_max_num_queries(on(sqlite=14, postgresql=7)):  # begin and commit among them
            settle_payment(report=said)
