"""Orders with a booking fee and a discount: what is refunded, and that all figures agree to the cent."""

from decimal import Decimal

import pytest

from cinema.domain.periods import Period
from cinema.exceptions import RefundTooHigh
from cinema.models import Refund, Show, Theatre, Ticket
from cinema.selectors.booking.tickets import cancellation_terms, ticket_by_code
from cinema.selectors.figures.box_office import film_report
from cinema.selectors.figures.ledger import coupon_faults, unexplained_seats
from cinema.services.money.payments import start_payment
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import give_goodwill, return_seats
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from tests.factories import CONTACT, ShowFactory, coupon, held, order_hold, owner, report, seat_ids, ticket_of
from tests.services.orders.test_orders import requested

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    show = ShowFactory(screen__plan="aaaaaaaa", screen__theatre__web_fee=20, screen__theatre__refund_percent=50)
    coupon(show.screen.theatre, code="TEN")
    return show


@pytest.fixture
def ticket(show) -> Ticket:
    """Two seats at 250, 10 % off, with a fee of 20 each: 490."""
    hold = held(show, "A1 A2")
    payment = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="the key", coupon="TEN")
    start_payment(payment=payment)
    settle_payment(report=report(payment))
    return ticket_of(payment)


def now(ticket: Ticket) -> Ticket:
    return ticket_by_code(ticket.code)


def refunded(ticket: Ticket) -> Decimal:
    return sum((refund.amount for refund in Refund.objects.filter(ticket=ticket)), Decimal(0))


def is_consistent(*shows: Show) -> bool:
    return not [fault for show in shows for fault in unexplained_seats(show)] and not list(coupon_faults())


def test_a_buyer_who_cancels_gets_the_share_of_the_seats_and_not_the_fee(show, ticket):
    assert cancellation_terms(now(ticket)).of == 450
    cancel_ticket(code=ticket.code)
    assert refunded(ticket) == 225
    show.refresh_from_db()
    assert show.revenue == 265
    assert is_consistent(show)


def test_a_cancelled_show_gives_back_the_fee_as_well(show, ticket):
    off = cancel_show(show_id=show.pk, user=owner(), reason="no light", remedy="REFUND")
    process_cancellation(cancellation=off)
    assert refunded(ticket) == 490
    show.refresh_from_db()
    assert (show.revenue, show.owed) == (0, 0)
    assert is_consistent(show)


def test_a_returned_seat_is_refunded_as_it_was_paid_for(show, ticket):
    by = {"requested": requested(owner(), reason="sick"), "seat_ids": seat_ids(show, "A2"), "code": ticket.code}
    with pytest.raises(RefundTooHigh):
        return_seats(**by, amount=Decimal(226))
    return_seats(**by)
    assert refunded(ticket) == 225
    assert is_consistent(show)


def test_goodwill_is_not_taken_off_the_fee_only(show, ticket):
    give_goodwill(code=ticket.code, amount=Decimal(50), requested=requested(owner(), reason="noise"))
    assert cancellation_terms(now(ticket)).of == 400
    assert is_consistent(show)


def test_an_exchanged_ticket_keeps_discount_and_fee(show, ticket):
    cheaper = ShowFactory(screen__theatre=show.screen.theatre, screen__plan="aaaa", movie=show.movie, price=200)
    exchange_order(
        code=ticket.code,
        show_id=cheaper.pk,
        seat_ids=(),
        requested=requested(owner(), reason="another day"),
        refund_difference=True,
    )
    assert refunded(ticket) == 50
    assert is_consistent(show, cheaper)


def test_the_distributor_is_told_what_the_seats_cost_and_the_fee_is_other_revenue(show, ticket):
    theatre = Theatre.objects.get(pk=show.screen.theatre_id)
    found = film_report(theatre, show.movie, Period(show.trading_day, show.trading_day))
    assert (found.total.admissions, found.total.gross, found.other, found.revenue) == (2, 450, 40, 490)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (lambda ticket: ticket.order.lines.filter(kind="DISCOUNT").update(unit_price=-40, amount=-40), "discounts of"),
        (lambda ticket: ticket.order.lines.filter(kind="FEE").update(unit_price=10, amount=20), "fees of 20"),
        (lambda ticket: Ticket.objects.filter(pk=ticket.pk).update(fee=0), "its seats and its fee do not"),
    ],
)
def test_what_does_not_agree_is_named(show, ticket, wrong, fault):
    wrong(ticket)
    assert [sentence for sentence in unexplained_seats(show) if fault in sentence]


def test_a_coupon_that_is_counted_wrong_is_named(show, ticket):
    coupon_used = ticket.order.lines.get(kind="DISCOUNT").coupon
    assert coupon_used.used == 1
    type(coupon_used).objects.update(used=5)
    assert list(coupon_faults()) == [f"Coupon {coupon_used.pk} is used by 1 orders, but counts 5."]
