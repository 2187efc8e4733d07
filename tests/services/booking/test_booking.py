"""Checkout of held seats: services.booking.booking."""

from decimal import Decimal

import pytest
from django.utils import translation

from cinema.exceptions import (
    AlreadyPaid,
    HoldExpired,
    IdempotencyKeyReused,
    PriceChanged,
    SeatsChanged,
    SeatsUnavailable,
    ShowNotOnSale,
    TooManyPayments,
)
from cinema.gateways.base import Result
from cinema.models import Hold, Order, Payment, PaymentMode, Refund, ShowSeat, Theatre, Ticket, TicketSeat
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.orders.orders import find_orders
from cinema.services.booking import booking, sql
from cinema.services.booking.booking import pay_again
from cinema.services.booking.booking_requests import Contact
from cinema.services.booking.expiry import drop_pending_tickets
from cinema.services.booking.holds import lock_active_holds
from cinema.services.booking.order_payments import MOST_PAYMENTS
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    ShowFactory,
    TheatreFactory,
    UserFactory,
    booked,
    cancelled,
    held,
    lapsed,
    order_hold,
    order_seats,
    report,
    seat,
    seat_ids,
    sold,
    ticket_of,
)
from tests.services.statements import on

pytestmark = pytest.mark.django_db

ASHA = Contact("Asha Rao", "asha@example.org", "+91 98200 12345")


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aabb")


def check_out(hold: Hold, **changes) -> Payment:
    request = {"buyer": "asha", "contact": ASHA, "mode": PaymentMode.UPI, "key": "first"} | changes
    return order_hold(code=hold.code, **request)


def one_step(show, names="A1 A2", **changes) -> Payment:
    request = {"buyer": "kiosk", "contact": ASHA, "mode": PaymentMode.CARD, "key": "first"} | changes
    return order_seats(show_id=show.pk, seat_ids=seat_ids(show, names), **request)


def test_checking_out_writes_a_ticket_its_seats_and_a_payment(show):
    payment = check_out(held(show, "A2 A3"))

    ticket = ticket_of(payment)
    assert (ticket.status, payment.status) == (Ticket.Status.PENDING, Payment.Status.PENDING)
    assert (ticket.order.name, ticket.order.email, ticket.order.phone) == ASHA
    assert [line.price for line in ticket.seats.order_by("price")] == [Decimal(250), Decimal(350)]
    assert ticket.amount == payment.amount == Decimal(600)
    assert seat(show, "A2").status == ShowSeat.Status.HELD


def test_the_price_at_the_hold_is_the_price_paid(show):
    payment = check_out(held(show, "A1"), seen=Decimal("250.00"))

    assert payment.amount == Decimal(250)


def test_an_altered_price_is_refused_and_nothing_is_written(show):
    with pytest.raises(PriceChanged, match="from ₹1 to ₹250"):
        check_out(held(show, "A1"), seen=Decimal(1))

    assert not Ticket.objects.exists()


def test_the_same_request_again_gets_the_same_payment(show):
    hold = held(show, "A1")

    assert check_out(hold) == check_out(hold)
    assert Payment.objects.count() == Ticket.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"contact": ASHA._replace(name="Ben Sen")},
        {"contact": ASHA._replace(email="ben@example.org")},
        {"contact": ASHA._replace(phone="022 123456")},
        {"mode": PaymentMode.CARD},
    ],
    ids=["name", "email", "phone", "mode"],
)
def test_a_key_cannot_be_used_for_a_different_request(show, other):
    hold = held(show, "A1")
    first = check_out(hold)

    with pytest.raises(IdempotencyKeyReused):
        check_out(hold, **other)

    assert Payment.objects.get() == first
    ticket = Ticket.objects.get()
    assert (ticket.order.name, ticket.order.email, ticket.order.phone) == ASHA


def test_a_key_is_bound_to_its_hold(show):
    check_out(held(show, "A1"))
    other = held(ShowFactory(), "A1")

    with pytest.raises(IdempotencyKeyReused):
        check_out(other)


def test_two_buyers_may_use_the_same_key(show):
    first = check_out(held(show, "A1"))
    second = check_out(held(show, "A2", buyer="ben"), buyer="ben")

    assert first != second


def test_a_new_key_gets_the_payment_that_is_open_and_may_correct_the_contact(show):
    hold = held(show, "A1")

    first, second = check_out(hold), check_out(hold, key="second", contact=ASHA._replace(phone="022 123456"))

    assert first == second
    assert Payment.objects.get().status == Payment.Status.PENDING
    assert Ticket.objects.get().order.phone == "022 123456"


def test_an_order_is_found_by_its_contact_from_the_checkout_on(show):
    ticket, theatre = ticket_of(check_out(held(show, "A1"))), show.screen.theatre

    for word in ("rao", "asha@example.org"):
        assert list(find_orders(theatre, word).tickets) == [ticket]


def test_a_corrected_contact_is_found_by_the_new_name_and_not_by_the_old_one(show):
    hold = held(show, "A1")
    check_out(hold)

    check_out(hold, key="second", contact=ASHA._replace(name="Bela Sen", email="bela@example.org"))

    ticket, theatre = Ticket.objects.get(), show.screen.theatre
    assert list(find_orders(theatre, "bela").tickets) == [ticket]
    assert ticket.order.email == "bela@example.org"
    assert list(find_orders(theatre, "rao").tickets) == []


def test_mails_follow_the_language_of_the_last_checkout(show):
    hold = held(show, "A1")
    check_out(hold)

    with translation.override("fr"):
        check_out(hold, key="second")

    assert Order.objects.get().language == "fr"


def test_an_open_payment_of_another_buyer_is_nobody_elses(show):
    check_out(held(show, "A2", buyer="ben"), buyer="ben")
    hold = held(show, "A1")

    assert check_out(hold, key="second") == check_out(hold)


def test_every_key_of_a_payment_is_bound_to_its_request(show):
    hold = held(show, "A1")
    first = check_out(hold)
    check_out(hold, key="second", contact=ASHA._replace(phone="022 123456"))
    settle_payment(report=report(first, Result.DECLINED))

    assert check_out(hold, key="second", contact=ASHA._replace(phone="022 123456")) == first
    with pytest.raises(IdempotencyKeyReused):
        check_out(hold, key="second", contact=ASHA._replace(phone="022 654321"))
    assert check_out(hold) == first
    assert Ticket.objects.get().order.phone == "022 123456"


def test_a_new_key_after_a_declined_payment_makes_a_new_one_for_the_same_ticket(show):
    hold = held(show, "A1")
    first = check_out(hold)
    settle_payment(report=report(first, Result.DECLINED))

    second = check_out(hold, key="second")

    assert second != first
    assert ticket_of(second) == ticket_of(first)


def test_another_way_to_pay_replaces_the_open_payment_which_may_still_count(show):
    hold = held(show, "A1")
    first = check_out(hold)

    second = check_out(hold, key="second", mode=PaymentMode.CARD)

    first.refresh_from_db()
    assert [first.status, second.status] == [Payment.Status.REPLACED, Payment.Status.PENDING]
    assert ticket_of(settle_payment(report=report(first))).status == Ticket.Status.CONFIRMED
    assert settle_payment(report=report(second)).refund_reason == Refund.Reason.PAID_TWICE


def test_payments_for_the_seats_of_a_hold_cannot_be_begun_without_end(show):
    hold = held(show, "A1")
    modes = [PaymentMode.UPI, PaymentMode.CARD]
    for number in range(MOST_PAYMENTS):
        check_out(hold, key=f"key {number}", mode=modes[number % 2])

    with pytest.raises(TooManyPayments):
        check_out(hold, key="one more", mode=modes[MOST_PAYMENTS % 2])
    assert Payment.objects.count() == MOST_PAYMENTS
    assert check_out(hold, key="the last once more", mode=modes[(MOST_PAYMENTS - 1) % 2])


def test_changing_the_seats_makes_a_new_ticket(show):
    hold = held(show, "A1 A2")
    first = check_out(hold)
    held(show, "A2 A3")
    second = check_out(hold, key="second")

    ticket_of(first).refresh_from_db()
    assert ticket_of(first).status == Ticket.Status.EXPIRED
    assert {line.show_seat_id for line in TicketSeat.objects.filter(active=True)} == set(seat_ids(show, "A2 A3"))
    assert second.amount == Decimal(600)


def test_a_hold_that_ran_out_cannot_be_checked_out(show):
    with pytest.raises(HoldExpired):
        check_out(lapsed(held(show, "A1")))

    assert not Ticket.objects.exists()


def test_nobody_checks_out_anothers_hold(show):
    with pytest.raises(HoldExpired):
        check_out(held(show, "A1", buyer="ben"), buyer="asha")


def test_a_paid_hold_cannot_be_paid_again(show):
    ticket = sold(show, "A1")

    with pytest.raises(AlreadyPaid) as refusal:
        check_out(ticket.hold, key="second")

    assert refusal.value.ticket == ticket


def test_only_its_buyer_learns_that_a_hold_is_paid(show):
    """Nobody else does; and another hold, which has expired unpaid, is not paid."""
    paid, other = sold(show, "A1"), held(show, "A2")
    check_out(other, key="unpaid")
    lapsed(other)

    with pytest.raises(HoldExpired):
        check_out(paid.hold, buyer="ben", key="second")
    with pytest.raises(HoldExpired):
        check_out(other, key="third")


def test_a_cancelled_show_cannot_be_checked_out(show):
    hold = held(show, "A1")
    cancelled(show)

    with pytest.raises(ShowNotOnSale):
        check_out(hold)


def test_a_guest_who_signs_in_before_paying_has_the_ticket_in_the_account(show):
    hold, user = held(show, "A1"), UserFactory()
    check_out(hold)

    check_out(hold, key="second", user=user)

    assert list(user.orders.all()) == [Order.objects.get()]


def test_signing_out_before_paying_leaves_the_ticket_in_the_account(show):
    hold, user = held(show, "A1"), UserFactory()
    check_out(hold, user=user)

    check_out(hold, key="second")

    assert Order.objects.get().user == user


def test_a_checkout_of_other_seats_than_were_seen_is_refused(show):
    hold = held(show, "A1 A2")

    with pytest.raises(SeatsChanged) as refusal:
        check_out(hold, seen_seats=seat_ids(show, "A1"))
    assert [taken.seat.label for taken in refusal.value.seats] == ["Row A, seat 1", "Row A, seat 2"]
    assert not Ticket.objects.exists()

    assert check_out(hold, seen_seats=seat_ids(show, "A2 A1")).amount == Decimal(500)


@pytest.mark.parametrize("terms", [None, 3])
def test_the_terms_are_accepted_at_the_moment_of_the_checkout_if_at_all(show, terms):
    ticket = ticket_of(check_out(held(show, "A1"), terms=terms))

    assert (ticket.order.terms_version, ticket.order.terms_accepted_at) == (terms, ticket.created_at if terms else None)


def test_terms_accepted_at_a_later_checkout_stay_with_the_ticket(show):
    hold = held(show, "A1")
    check_out(hold)

    check_out(hold, key="second", terms=4)
    check_out(hold, key="third")

    order = Order.objects.get()
    assert order.terms_version == 4
    assert order.terms_accepted_at >= order.created_at


def test_a_payment_is_left_to_the_buyer_before_a_job_polls_it(show, settings):
    payment = check_out(held(show, "A1"))

    assert payment.due_at - payment.created_at == settings.LEFT_ALONE_FOR


def test_the_terms_of_the_day_of_booking_stay_with_the_ticket(show):
    ticket = sold(show, "A1")
    Theatre.objects.update(refund_percent=0, cancel_cutoff=100_000)

    cancel_ticket(code=ticket.code)

    assert Refund.objects.get().amount == Decimal(250)


def test_after_a_decline_anybody_with_the_ticket_can_pay_again(show):
    first = one_step(show)
    settle_payment(report=report(first, Result.DECLINED))

    again = pay_again(code=ticket_of(first).code, key="again")

    assert again != first
    assert (ticket_of(again), again.amount, again.status) == (ticket_of(first), first.amount, Payment.Status.PENDING)
    assert pay_again(code=ticket_of(first).code, key="again") == again


def test_nobody_pays_again_once_the_hold_is_over(show):
    first = one_step(show)
    lapsed(ticket_of(first).hold)

    with pytest.raises(HoldExpired):
        pay_again(code=ticket_of(first).code, key="again")


def test_nobody_pays_again_for_a_ticket_whose_seats_were_changed_since(show):
    first = check_out(held(show, "A1"))
    held(show, "A2")

    with pytest.raises(HoldExpired):
        pay_again(code=ticket_of(first).code, key="again")


def test_nobody_pays_again_for_a_ticket_that_expires_just_before_its_show_is_locked(show, monkeypatch):
    first = one_step(show)

    def lock_late(**which):
        drop_pending_tickets(hold_ids={ticket_of(first).hold_id})
        return lock_active_holds(**which)

    monkeypatch.setattr(booking, "lock_active_holds", lock_late)

    with pytest.raises(HoldExpired):
        pay_again(code=ticket_of(first).code, key="again")


def test_nobody_pays_again_for_a_ticket_that_is_paid(show):
    with pytest.raises(AlreadyPaid):
        pay_again(code=sold(show, "A1").code, key="again")


def test_one_step_holds_and_checks_out(show):
    payment = one_step(show, "A1 A3")

    assert payment.amount == Decimal(600)
    assert ticket_of(payment).hold.seats.count() == 2
    assert unexplained_seats(show) == []


def test_one_step_gets_every_seat_or_none(show):
    held(show, "A3", buyer="ben")

    with pytest.raises(SeatsUnavailable, match="Row A, seat 3"):
        one_step(show, "A2 A3")

    assert not Ticket.objects.exists()
    assert seat(show, "A2").status == ShowSeat.Status.AVAILABLE


def test_one_step_repeated_gets_the_same_payment_though_its_seats_are_taken_by_now(show):
    assert one_step(show, buyer="kiosk 1", owner="kiosk") == one_step(show, buyer="kiosk 2", owner="kiosk")


def test_a_booking_comes_with_all_that_its_answer_needs_when_repeated_too(show, django_assert_num_queries):
    def answer(payment: Payment):
        (ticket,) = payment.order.ticket_list
        seats = [(line.show_seat.seat.label, line.show_seat.seat.category.name) for line in ticket.lines]
        return ticket.hold, ticket.show.movie, ticket.show.screen.theatre, seats

    first, again = one_step(show, "A1 A3"), one_step(show, "A1 A3")

    with django_assert_num_queries(0):
        assert answer(again) == answer(first)
    assert answer(first)[-1] == [("Row A, seat 1", "Classic"), ("Row A, seat 3", "Premium")]


def test_what_costs_nothing_is_paid_in_no_way():
    free, dear = ShowFactory(price=0), ShowFactory()

    assert one_step(free, "A1", key="free").mode == ""
    assert one_step(dear, "A1", key="dear").mode == PaymentMode.CARD


def test_one_step_takes_the_same_number_of_statements_for_any_number_of_seats(django_assert_num_queries):
    show = ShowFactory()
    for key, names in [("a", "A1"), ("b", "B1 B2 B3"), ("c", "C1 C2 C3 C4 C5 C6 C7 C8")]:
        ids = seat_ids(show, names)
        with django_assert_num_queries(on(sqlite=15, postgresql=8)):
            order_seats(show_id=show.pk, seat_ids=ids, buyer=key, contact=ASHA, mode=PaymentMode.UPI, key=key)


@pytest.mark.parametrize("names", ["A1", "A1 A2 A3", "A1 A2 A3 A4 A5 A6 A7 A8"])
def test_a_checkout_takes_the_same_number_of_statements_for_any_number_of_seats(names, django_assert_num_queries):
    hold = held(ShowFactory(), names)

    with django_assert_num_queries(on(sqlite=11, postgresql=6)):
        check_out(hold)


def test_tax_rules_cost_a_checkout_no_statement_once_they_are_read(django_assert_num_queries):
    show = ShowFactory(screen__theatre=TheatreFactory(tax=18))
    check_out(held(show, "A1"))
    hold = held(show, "B1 B2", buyer="ben")

    with django_assert_num_queries(on(sqlite=11, postgresql=6)):
        check_out(hold, buyer="ben")


def test_a_booking_survives_nothing_half(show, monkeypatch):
    """If something fails once all is written, the ticket and its seats are rolled back, too."""
    hold, write = held(show, "A1"), sql.ORDER.run
    monkeypatch.setattr(sql.ORDER, "run", lambda rows: [write(rows), 1 / 0])

    with pytest.raises(ZeroDivisionError):
        check_out(hold)

    assert not Ticket.objects.exists()
    assert not TicketSeat.objects.exists()


def test_a_fresh_ticket_is_pending(show):
    assert ticket_of(booked(show, "A1")).status == Ticket.Status.PENDING
