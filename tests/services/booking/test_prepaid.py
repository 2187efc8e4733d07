"""What gift cards and vouchers have in common as they pay: services.booking.prepaid, and settlements and refunds."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

import pytest

from cinema.exceptions import TooManyWrongGiftCards
from cinema.gateways.base import Result
from cinema.models import FailedTry, GiftCard, Order, Refund, Show, Ticket, Voucher
from cinema.services.booking.booking import pay_again
from cinema.services.booking.prepaid import check_prepaid
from cinema.services.money.refunds import send_due_refunds
from cinema.services.money.settlement import settle_payment
from tests.factories import ShowFactory, gift_card, held, report, sold, ticket_of, vouchers
from tests.services.booking.prepaid import (
    balance,
    check_out,
    expired,
    is_sound,
    is_used,
    paid,
    paid_again,
    refunds,
    tenders,
)

pytestmark = pytest.mark.django_db(transaction=True)


class Prepaid(NamedTuple):
    """A gift card of 300, or a voucher for one seat of 250: what it pays of two seats, and whether it can pay again."""

    code: GiftCard | Voucher
    mode: str
    amount: Decimal
    is_free: Callable[[], bool]

    @property
    def rest(self) -> Decimal:
        return 500 - self.amount


@pytest.fixture
def show() -> Show:
    return ShowFactory()


@pytest.fixture(params=["GIFT_CARD", "VOUCHER"])
def prepaid(show: Show, request: pytest.FixtureRequest) -> Prepaid:
    if request.param == "GIFT_CARD":
        card = gift_card(show.screen.theatre, amount=300)
        return Prepaid(card, request.param, Decimal(300), lambda: balance(card) == 300)
    [voucher] = vouchers(show.screen.theatre)
    return Prepaid(voucher, request.param, Decimal(250), lambda: not is_used(voucher))


def test_codes_cannot_be_found_by_trying_many(prepaid):
    """Right ones are not counted; a card that was not paid for yet is none."""
    kind = "gift_cards" if isinstance(prepaid.code, GiftCard) else "vouchers"

    def wrong_after(*codes: str) -> int:
        check_prepaid(**{"vouchers": [], "gift_cards": [], kind: codes}, client_ip="203.0.113.7")
        return FailedTry.objects.filter(kind=FailedTry.Kind.GIFT_CARD).count()

    assert wrong_after(prepaid.code.groups) == 0
    assert wrong_after("K7PM-3WXY-9QRT-CDFG", "K7PM-3WXY-9QRT-CDFH") == 2
    GiftCard.objects.update(balance=0, activated_at=None)
    assert wrong_after(prepaid.code.groups) == (3 if kind == "gift_cards" else 2)

    first = FailedTry.objects.filter(kind=FailedTry.Kind.GIFT_CARD)[0]
    FailedTry.objects.bulk_create(FailedTry(kind=first.kind, origin=first.origin, at=first.at) for _ in range(20))
    with pytest.raises(TooManyWrongGiftCards):
        wrong_after(prepaid.code.groups)


def test_what_an_expired_order_had_reserved_is_free_again(show, prepaid):
    hold = held(show, "A1 A2")
    payment = check_out(hold, prepaid.code)
    assert not prepaid.is_free()

    expired(hold)

    assert prepaid.is_free()
    assert tenders(payment.order)[0] == (prepaid.mode, prepaid.amount, "FAILED")
    assert is_sound()


def test_it_stays_reserved_until_the_last_ticket_of_its_order_expires(show, prepaid):
    holds = [held(each, "A1") for each in (show, ShowFactory(screen__theatre=show.screen.theatre))]
    check_out(holds, prepaid.code)

    expired(holds[0])
    assert not prepaid.is_free()
    expired(holds[1])
    assert prepaid.is_free()


def test_what_a_replaced_order_had_reserved_is_free_again(show, prepaid):
    hold = held(show, "A1 A2")
    check_out(hold, prepaid.code, key="one")

    payment = check_out(hold, key="two")

    assert (payment.amount, prepaid.is_free()) == (500, True)
    assert Order.objects.filter(status=Order.Status.OPEN).exclude(lines__kind="GIFT_CARD").count() == 1
    assert is_sound()


def test_the_same_checkout_again_reserves_nothing_again(show, prepaid):
    hold = held(show, "A1 A2")
    first = check_out(hold, prepaid.code, key="one")

    assert check_out(hold, prepaid.code, key="two", seen_rest=prepaid.rest) == first
    other = check_out(hold, prepaid.code, key="three", mode="CARD")
    assert (other.amount, other.order, prepaid.is_free()) == (prepaid.rest, first.order, False)


def test_a_declined_payment_can_be_made_again_while_the_first_part_stays_reserved(show, prepaid):
    payment = check_out(held(show, "A1 A2"), prepaid.code)
    settle_payment(report=report(payment, Result.DECLINED))

    again = paid_again(payment)

    assert (again.amount, prepaid.is_free()) == (prepaid.rest, False)
    assert is_sound()


def test_money_that_comes_late_uses_it_again(show, prepaid):
    hold = held(show, "A1 A2")
    payment = check_out(hold, prepaid.code)
    expired(hold)

    paid(payment)

    assert (ticket_of(payment).status, prepaid.is_free()) == (Ticket.Status.CONFIRMED, False)
    assert not payment.order.payments.filter(settled_at=None).exists()
    assert is_sound()


def test_lost_seats_are_refunded_to_it_and_the_rest_the_way_it_came(show, prepaid):
    hold = held(show, "A1 A2")
    payment = check_out(hold, prepaid.code)
    expired(hold)
    sold(show, "A1", buyer="ben")

    paid(payment)
    send_due_refunds()

    assert prepaid.is_free()
    assert refunds() == sorted([("UPI", prepaid.rest, "DONE"), (prepaid.mode, prepaid.amount, "DONE")])
    assert is_sound()


def test_a_second_payment_of_the_rest_is_refunded_and_it_stays_used(show, prepaid):
    payment = check_out(held(show, "A1 A2"), prepaid.code)
    settle_payment(report=report(payment, Result.DECLINED))
    paid_again(payment)

    paid(payment)

    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.reason) == (payment, prepaid.rest, "PAID_TWICE")
    assert not prepaid.is_free()
    assert is_sound()


@pytest.mark.parametrize("spent", [False, True])
def test_money_that_comes_after_lost_seats_were_refunded_needs_it_again(show, prepaid, spent):
    """A payment that was declined is reported as paid, after another one was refunded since the seats were gone."""
    hold = held(show, "A1 A2")
    first = check_out(hold, prepaid.code)
    settle_payment(report=report(first, Result.DECLINED))
    second = pay_again(code=ticket_of(first).code, key="second")
    expired(hold)
    others = held(show, "A1 A2", "ben")
    paid(second)
    expired(others)
    if spent:
        paid(check_out(held(show, "A5 A6", "ben"), prepaid.code, key="other"))

    paid(first)

    ticket = ticket_of(first)
    assert (ticket.status, ticket.kept) == (("EXPIRED", 0) if spent else ("CONFIRMED", 500))
    assert not prepaid.is_free()
    assert is_sound()
