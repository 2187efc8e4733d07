"""Booking fees and coupons at the checkout, and how often a coupon is used."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cinema.exceptions import (
    CouponAlreadyUsed,
    CouponChanged,
    CouponEnded,
    CouponUsedUp,
    IdempotencyKeyReused,
    PriceChanged,
    UnknownCoupon,
)
from cinema.models import Coupon, Order, OrderLine, Payment, Show, Theatre, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.booking_requests import Contact
from cinema.services.booking.coupons import take_uses
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import release_hold
from cinema.services.money.payments import start_payment
from cinema.services.money.settlement import settle_payment
from tests.factories import (
    CONTACT,
    ShowFactory,
    UserFactory,
    booked,
    coupon,
    held,
    lapsed,
    order_hold,
    order_holds,
    order_seats,
    report,
    seat_ids,
    tax_rule,
    ticket_of,
)

pytestmark = pytest.mark.django_db
SEAT, FEE, DISCOUNT = OrderLine.Kind.SEAT, OrderLine.Kind.FEE, OrderLine.Kind.DISCOUNT


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaaaaaa")


def has_fee(show: Show, amount: int = 20, basis: str = "TICKET", channel: str = "web") -> None:
    fields = {f"{channel}_fee": amount, f"{channel}_fee_basis": basis}
    Theatre.objects.filter(pk=show.screen.theatre_id).update(**fields)


def checked_out(hold, *, code: str = "", contact: Contact = CONTACT, **how) -> Payment:
    how = {"mode": "UPI", "key": f"{hold.pk} {code} {contact.email}", "user": None} | how
    return order_hold(code=hold.code, buyer=hold.buyer, contact=contact, coupon=code, **how)


def lines_of(order: Order) -> list[tuple[str, Decimal, Decimal]]:
    return [(line.kind, line.amount, line.tax) for line in order.lines.order_by("pk")]


def uses(code: str = "TEN") -> int:
    return Coupon.objects.get(code=code).used


def test_the_order_has_lines_for_seats_fee_and_discount_each_with_its_tax(show):
    tax_rule(show.screen.theatre, 18)
    tax_rule(show.screen.theatre, 5, kind=FEE)
    has_fee(show)
    coupon(show.screen.theatre, code="TEN")
    ticket = ticket_of(checked_out(held(show, "A1 A2"), code="ten"))

    assert lines_of(ticket.order) == [
        (SEAT, 250, Decimal("38.14")),
        (SEAT, 250, Decimal("38.14")),
        (FEE, 40, Decimal("1.90")),
        (DISCOUNT, -50, Decimal("-7.64")),  # 3.82 for each seat
    ]
    assert (ticket.order.total, ticket.amount, ticket.fee) == (490, 490, 40)
    assert list(ticket.seats.values_list("price", flat=True)) == [225, 225]
    assert set(ticket.order.lines.filter(kind=SEAT).values_list("reported_price", flat=True)) == {225}
    assert unexplained_seats(show) == []


def test_a_discount_has_a_line_for_each_rate_of_tax():
    show = ShowFactory(screen__plan="ab", price=100)
    tax_rule(show.screen.theatre, 18)
    tax_rule(show.screen.theatre, 5, up_to=90)
    coupon(show.screen.theatre, code="TEN")
    order = checked_out(held(show, "A1 A2"), code="TEN").order
    assert [(line.amount, line.tax_percent) for line in order.lines.filter(kind=DISCOUNT)] == [(-10, 5), (-20, 18)]


def test_the_fee_is_that_of_the_channel(show):
    has_fee(show, 20)
    has_fee(show, 30, "ORDER", channel="api")
    assert booked(show, "A1 A2", channel=Order.Channel.API).amount == 530
    assert booked(show, "A3 A4", buyer="ben").amount == 540


def test_a_discount_of_everything_leaves_nothing_to_pay(show):
    has_fee(show)
    coupon(show.screen.theatre, code="ALL", value=100)
    payment = checked_out(held(show, "A1"), code="ALL")
    start_payment(payment=payment)
    assert (payment.amount, ticket_of(payment).status) == (0, Ticket.Status.CONFIRMED)
    assert unexplained_seats(show) == []


def test_the_total_that_was_seen_is_the_total_that_is_paid(show):
    has_fee(show)
    hold = held(show, "A1")
    with pytest.raises(PriceChanged):
        checked_out(hold, seen=Decimal(250))
    assert checked_out(hold, seen=Decimal(270)).amount == 270


def test_a_refused_code_books_nothing(show):
    with pytest.raises(UnknownCoupon):
        checked_out(held(show, "A1"), code="NONE")
    assert not Order.objects.exists()


def test_a_coupon_is_used_up(show):
    coupon(show.screen.theatre, code="TEN", most_uses=1)
    checked_out(held(show, "A1"), code="TEN")
    assert uses() == 1
    with pytest.raises(CouponUsedUp):
        checked_out(held(show, "A2", buyer="ben"), code="TEN")


@pytest.mark.parametrize(
    ("meanwhile", "refusal"),
    [
        ({"used": 1}, CouponUsedUp),
        ({"ended_at": timezone.now(), "version": 1}, CouponEnded),
        ({"value": 20, "version": 1}, CouponChanged),
    ],
)
def test_a_coupon_is_taken_only_as_it_was_when_the_price_was_computed(meanwhile, refusal):
    seen = coupon(None, code="TEN", most_uses=1)
    Coupon.objects.update(**meanwhile)
    with pytest.raises(refusal, match="TEN"):
        take_uses(coupons=[seen], email="asha@example.org", user_id=None)
    assert uses() == meanwhile.get("used", 0)


def test_a_person_who_used_it_since_the_price_was_computed_is_refused(show):
    seen = coupon(show.screen.theatre, code="TEN", most_per_person=1)
    asha = UserFactory()
    checked_out(held(show, "A1"), code="TEN", user=asha)
    with pytest.raises(CouponAlreadyUsed, match="TEN"):
        take_uses(coupons=[seen], email=CONTACT.email, user_id=None)
    with pytest.raises(CouponAlreadyUsed, match="TEN"):
        take_uses(coupons=[seen], email="ben@example.org", user_id=asha.pk)
    take_uses(coupons=[seen], email="ben@example.org", user_id=None)


def test_coupons_that_are_combined_give_back_one_use_each(show):
    """Whatever the number of their lines: each has one for every rate of tax."""
    tax_rule(show.screen.theatre, 18)
    tax_rule(show.screen.theatre, 5, up_to=100)
    show.seats.filter(seat__number=1).update(price=100)
    coupon(show.screen.theatre, code="TEN", combinable=True)
    coupon(show.screen.theatre, name="AUTO", combinable=True)
    other = checked_out(held(show, "A3 A4", buyer="ben"), code="TEN").order
    hold = held(show, "A1 A2")
    checked_out(hold, code="TEN")
    assert list(Coupon.objects.values_list("used", flat=True)) == [2, 2]

    lapsed(hold)
    release_expired(show_id=show.pk)

    assert list(Coupon.objects.values_list("used", flat=True)) == [1, 1]
    assert Order.objects.get(status=Order.Status.OPEN) == other


def test_an_unpaid_order_gives_its_use_back_when_it_expires(show):
    coupon(show.screen.theatre, code="TEN", most_uses=1)
    hold = held(show, "A1")
    checked_out(hold, code="TEN")
    lapsed(hold)
    release_expired(show_id=show.pk)
    assert uses() == 0
    checked_out(held(show, "A2", buyer="ben"), code="TEN")
    assert uses() == 1


def test_a_released_hold_gives_its_use_back(show):
    coupon(show.screen.theatre, code="TEN")
    hold = held(show, "A1")
    checked_out(hold, code="TEN")
    release_hold(code=hold.code, buyer=hold.buyer)
    assert uses() == 0


def test_a_second_checkout_of_a_hold_uses_its_coupon_once(show):
    coupon(show.screen.theatre, code="TEN", most_uses=1, most_per_person=1)
    hold = held(show, "A1")
    first = checked_out(hold, code="TEN")
    assert checked_out(hold, code="TEN", key="another key of it") == first
    assert uses() == 1


def test_a_second_checkout_with_another_code_takes_back_the_first(show):
    coupon(show.screen.theatre, code="TEN", most_uses=1)
    coupon(show.screen.theatre, code="HALF", value=50)
    hold = held(show, "A1")
    first = checked_out(hold, code="TEN")
    second = checked_out(hold, code="HALF")
    assert (ticket_of(first).status, second.amount) == (Ticket.Status.EXPIRED, 125)
    assert (uses("TEN"), uses("HALF")) == (0, 1)
    assert checked_out(hold, code="TEN", key="once more the first").amount == 225


def test_a_second_checkout_with_another_code_of_the_same_worth_uses_that_one(show):
    coupon(show.screen.theatre, code="TEN")
    coupon(show.screen.theatre, code="ALSO")
    hold = held(show, "A1")
    checked_out(hold, code="TEN")
    checked_out(hold, code="ALSO")
    assert (uses("TEN"), uses("ALSO")) == (0, 1)


@pytest.mark.parametrize("email", ["asha@example.org", "Asha+again@example.org"])
def test_a_person_is_known_by_the_mailbox(show, email):
    coupon(show.screen.theatre, code="TEN", most_per_person=1)
    checked_out(held(show, "A1"), code="TEN")
    with pytest.raises(CouponAlreadyUsed, match="once"):
        checked_out(held(show, "A2", buyer="ben"), code="TEN", contact=Contact("Ben", email.lower()))
    assert checked_out(held(show, "A3", buyer="eva"), code="TEN", contact=Contact("Eva", "eva@example.org"))


def test_a_person_is_known_by_the_account(show):
    coupon(show.screen.theatre, code="TEN", most_per_person=1)
    asha = UserFactory()
    checked_out(held(show, "A1"), code="TEN", user=asha)
    with pytest.raises(CouponAlreadyUsed):
        checked_out(held(show, "A2", buyer="ben"), code="TEN", user=asha, contact=Contact("Ben", "ben@example.org"))


def test_an_automatic_coupon_that_a_person_has_used_is_left_out(show):
    coupon(show.screen.theatre, most_per_person=1)
    assert checked_out(held(show, "A1")).amount == 225
    assert checked_out(held(show, "A2", buyer="ben")).amount == 250


def test_another_address_at_the_second_checkout_is_another_person(show):
    coupon(show.screen.theatre, code="TEN", most_per_person=1)
    checked_out(held(show, "A1"), code="TEN")
    hold = held(show, "A2", buyer="ben")
    checked_out(hold, code="TEN", contact=Contact("Ben", "ben@example.org"))
    with pytest.raises(CouponAlreadyUsed):
        checked_out(hold, code="TEN")
    assert uses() == 2


def test_a_use_moves_to_whoever_checks_out_the_same_seats_again(show):
    coupon(show.screen.theatre, code="TEN", most_per_person=1)
    hold = held(show, "A1")
    checked_out(hold, code="TEN")
    checked_out(hold, code="TEN", contact=Contact("Eva", "eva@example.org"))
    checked_out(held(show, "A2", buyer="ben"), code="TEN")
    with pytest.raises(CouponAlreadyUsed):
        checked_out(held(show, "A3", buyer="cleo"), code="TEN", contact=Contact("Eva", "eva@example.org"))


def test_a_key_is_bound_to_the_coupon(show):
    coupon(show.screen.theatre, code="TEN")
    order = {"show_id": show.pk, "seat_ids": seat_ids(show, "A1"), "contact": CONTACT, "mode": "UPI"}
    key = {"buyer": "api", "owner": "api:1", "key": "the same key"}
    first = order_seats(**order, **key, coupon="TEN")
    assert order_seats(**order, **key, coupon="t-e-n") == first
    with pytest.raises(IdempotencyKeyReused):
        order_seats(**order, **key, coupon="")


def test_money_that_arrives_late_takes_the_use_again(show):
    coupon(show.screen.theatre, code="TEN", most_uses=1)
    hold = held(show, "A1")
    payment = checked_out(hold, code="TEN")
    start_payment(payment=payment)
    lapsed(hold)
    release_expired(show_id=show.pk)
    settle_payment(report=report(payment))
    assert (ticket_of(payment).status, uses()) == (Ticket.Status.CONFIRMED, 1)
    assert unexplained_seats(show) == []


def test_money_that_arrives_late_is_refunded_once_the_coupon_is_used_up(show):
    coupon(show.screen.theatre, code="TEN", most_uses=1)
    hold = held(show, "A1")
    payment = checked_out(hold, code="TEN")
    start_payment(payment=payment)
    lapsed(hold)
    release_expired(show_id=show.pk)
    checked_out(held(show, "A2", buyer="ben"), code="TEN")
    settle_payment(report=report(payment))
    assert ticket_of(payment).status == Ticket.Status.EXPIRED
    assert payment.refunds.get().reason == "PRICE_ROSE"
    assert uses() == 1
    assert unexplained_seats(show) == []


def test_late_money_is_refunded_once_its_buyer_has_used_the_coupon_again(show):
    coupon(show.screen.theatre, code="TEN", most_per_person=1)
    hold = held(show, "A1")
    payment = checked_out(hold, code="TEN")
    start_payment(payment=payment)
    lapsed(hold)
    release_expired(show_id=show.pk)
    checked_out(held(show, "A2", buyer="ben"), code="TEN")
    settle_payment(report=report(payment))
    assert (payment.refunds.get().reason, uses()) == ("PRICE_ROSE", 1)


def test_a_use_is_an_order_however_many_lines_it_has(show):
    tax_rule(show.screen.theatre, 18)
    tax_rule(show.screen.theatre, 5, up_to=100)
    show.seats.filter(seat__number=1).update(price=100)
    seen = coupon(show.screen.theatre, code="TEN", most_per_person=2)
    order = checked_out(held(show, "A1 A2"), code="TEN").order
    take_uses(coupons=[seen], email=CONTACT.email, user_id=None)
    assert order.lines.filter(coupon=seen).count() == 2


def test_late_money_is_refunded_once_any_of_its_coupons_is_used_up(show):
    coupon(show.screen.theatre, code="TEN", combinable=True)
    coupon(show.screen.theatre, combinable=True, most_uses=1)
    hold = held(show, "A1")
    payment = checked_out(hold, code="TEN")
    start_payment(payment=payment)
    lapsed(hold)
    release_expired(show_id=show.pk)
    checked_out(held(show, "A2", buyer="ben"))
    settle_payment(report=report(payment))
    assert (payment.refunds.get().reason, uses()) == ("PRICE_ROSE", 0)


def test_late_money_for_two_shows_takes_the_use_once(show):
    coupon(show.screen.theatre, code="TEN", most_per_person=1)
    coupon(show.screen.theatre, code="OTHER")
    checked_out(held(show, "A2", buyer="ben"), code="TEN", contact=Contact("Ben", "ben@example.org"))
    holds = [held(each, "A1") for each in (show, ShowFactory(screen__theatre=show.screen.theatre))]
    payment = order_holds(*holds, coupon="TEN")
    start_payment(payment=payment)
    for hold in holds:
        lapsed(hold)
        release_expired(show_id=hold.show_id)
    settle_payment(report=report(payment))
    assert payment.order.tickets.filter(status=Ticket.Status.CONFIRMED).count() == 2
    assert (payment.refunds.count(), uses(), uses("OTHER")) == (0, 2, 0)


def test_late_money_for_a_discounted_seat_is_not_refunded_because_of_its_plain_price(show):
    coupon(show.screen.theatre, code="TEN")
    has_fee(show)
    hold = held(show, "A1")
    payment = checked_out(hold, code="TEN")
    start_payment(payment=payment)
    lapsed(hold)
    release_expired(show_id=show.pk)
    settle_payment(report=report(payment))
    assert ticket_of(payment).status == Ticket.Status.CONFIRMED


def test_a_coupon_costs_a_checkout_two_statements_and_a_limit_per_person_one(show):
    coupon(show.screen.theatre, code="TEN")
    coupon(show.screen.theatre, code="ONCE", most_per_person=1)
    counts = []
    for name, code in (("A1", ""), ("A2", "TEN"), ("A3", "ONCE")):
        hold = held(show, name, buyer=f"buyer of {name}")
        with CaptureQueriesContext(connection) as seen:
            checked_out(hold, code=code)
        counts.append(len(seen))
    assert [count - counts[0] for count in counts] == [0, 2, 3]
