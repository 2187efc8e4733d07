"""Free tickets and lower prices at the counter: allowed for a reason, recorded with the sale, counted by seller."""

from decimal import Decimal

import pytest

from cinema.exceptions import NoSeats, PriceChanged, PriceNotLower, SaleEmpty, SalePartPaid
from cinema.models import AllowedPrice, CounterAction, MoneyEntry, OrderLine, TicketSeat, TicketType
from cinema.models.codes import new_code
from cinema.selectors.figures.ledger import ledger_faults
from cinema.selectors.money.counter_actions import actions_by_seller
from cinema.selectors.money.tills import in_drawer, till_faults
from cinema.selectors.orders.counter import SaleInput, interrupted_sale, sale_in_hand
from cinema.services.money.counter_actions import Permission
from cinema.services.orders.allowances import PriceRequest, allow_price, charge_list_prices
from cinema.services.orders.counter import void_sale
from tests.factories import (
    MANAGER,
    ScreenFactory,
    ShowFactory,
    counter_sale,
    on_card,
    paid_at_till,
    price_card,
    seat_ids,
    staff,
    till_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory()


@pytest.fixture
def session(show):
    return till_session(show.screen.theatre, float=500)


@pytest.fixture
def boss(session):
    return staff(session.theatre, MANAGER)


def allowed(session, boss, show, names: str, price=0, reason="GUEST", types=None) -> None:
    permission = Permission(session.opened_by, boss, reason, new_code())
    wanted = PriceRequest(seat_ids(show, names), types or {}, Decimal(price))
    allow_price(theatre=session.theatre, buyer="counter", wanted=wanted, permission=permission)


def now(session, chosen=None):
    return sale_in_hand(session.theatre, "counter", chosen or SaleInput())


def sold(session, sale, **more):
    return paid_at_till(session, sale._replace(seen=now(session, sale.chosen).quote.total), **more).order


def test_a_free_ticket_costs_nothing_and_takes_no_money(session, show, boss):
    sale = counter_sale(session, show, "A1 A2")
    allowed(session, boss, show, "A1 A2")
    assert now(session).due == 0
    order = sold(session, sale)
    assert (order.status, order.total, in_drawer(session)) == ("PAID", 0, 500)
    assert not MoneyEntry.objects.filter(order=order).exists()
    show.refresh_from_db()
    assert (show.admissions, show.revenue) == (2, 0)
    assert not list(ledger_faults())


def test_a_lower_price_is_what_the_seat_costs_in_money_tax_and_report(session, show, boss):
    sale = counter_sale(session, show, "A1 A2")
    allowed(session, boss, show, "A1", 100, "COMPLAINT")
    assert [line.price for line in now(session).quote.lines] == [100, 250]
    order = sold(session, sale)
    assert (order.total, in_drawer(session)) == (350, 850)
    lines = OrderLine.objects.filter(order=order).order_by("pk")
    assert [(line.amount, line.reported_price) for line in lines] == [(100, 100), (250, 250)]
    assert not list(ledger_faults())
    assert not list(till_faults())


def test_the_distributor_is_told_what_the_ticket_type_says(boss):
    screen = ScreenFactory(plan="aaaa")
    show = on_card(card=price_card(screen.theatre, adult=250), screen=screen)
    TicketType.objects.update(reported="PLAIN")
    session = till_session(show.screen.theatre)
    kind = TicketType.objects.get()
    chosen = SaleInput(dict.fromkeys(seat_ids(show, "A1"), kind.pk))
    sale = counter_sale(session, show, "A1", chosen=chosen)
    allowed(session, staff(session.theatre, MANAGER), show, "A1", types=chosen.types)
    order = sold(session, sale)
    assert [(line.amount, line.reported_price) for line in OrderLine.objects.filter(order=order)] == [(0, 250)]


def test_each_reason_is_counted_for_the_seller_with_seats_and_amount(session, show, boss):
    sale = counter_sale(session, show, "A1 A2 A3")
    allowed(session, boss, show, "A1 A2", reason="PRESS")
    allowed(session, boss, show, "A3", 200, "AGREED")
    order = sold(session, sale)
    sums = [
        (one.seller, one.kind, one.reason, one.seats, one.amount) for one in actions_by_seller(session.actions.all())
    ]
    seller = session.opened_by
    assert sums == [(seller, "COMP", "PRESS", 2, 500), (seller, "PRICE", "AGREED", 1, 50)]
    assert set(CounterAction.objects.values_list("order", "allowed_by")) == {(order.pk, boss.pk)}


def test_a_price_is_changed_again_and_taken_back(session, show, boss):
    counter_sale(session, show, "A1")
    for price in (100, 50, 0):
        allowed(session, boss, show, "A1", price)
        assert now(session).due == price
    charge_list_prices(theatre=session.theatre, buyer="counter")
    assert now(session).due == 250
    assert not CounterAction.objects.exists()


@pytest.mark.parametrize("price", [250, 300])
def test_a_price_that_is_not_lower_is_refused(session, show, boss, price):
    counter_sale(session, show, "A1")
    with pytest.raises(PriceNotLower):
        allowed(session, boss, show, "A1", price)


def test_seats_that_are_not_in_the_sale_get_no_price(session, show, boss):
    counter_sale(session, show, "A1")
    for names, refusal in (("A1 A3", SaleEmpty), ("", NoSeats)):
        with pytest.raises(refusal):
            allowed(session, boss, show, names)
    counter_sale(session, show, "B1", buyer="another till")
    with pytest.raises(SaleEmpty):
        allowed(session, boss, show, "B1")


def test_a_seat_that_leaves_the_sale_and_is_sold_by_another_costs_its_price(session, show, boss):
    counter_sale(session, show, "A1 A2")
    allowed(session, boss, show, "A1 A2")
    counter_sale(session, show, "A2 A3")  # instead of A1 A2
    assert [line.price for line in now(session).quote.lines] == [0, 250]
    other = counter_sale(session, show, "A1", buyer="another till")
    assert other.seen == 250


def test_a_price_that_changes_while_it_is_paid_is_not_paid(session, show, boss):
    sale = counter_sale(session, show, "A1")
    allowed(session, boss, show, "A1")
    with pytest.raises(PriceChanged):
        paid_at_till(session, sale)  # with the total as it was shown before


def test_a_sale_in_part_keeps_its_prices_until_it_is_finished(session, show, boss):
    sale = counter_sale(session, show, "A1 A2")
    allowed(session, boss, show, "A1", 150, "AGREED")
    order = sold(session, sale, amount=100)
    with pytest.raises(SalePartPaid):
        allowed(session, boss, show, "A2")
    buyer, chosen = interrupted_sale(session.theatre, order.reference)
    assert sale_in_hand(session.theatre, buyer, chosen).due == 300
    assert sold(session, sale).status == "PAID"
    assert CounterAction.objects.count() == 1
    assert in_drawer(session) == 900


def test_what_was_never_sold_does_not_count(session, show, boss):
    sale = counter_sale(session, show, "A1 A2")
    allowed(session, boss, show, "A1")
    order = sold(session, sale, amount=100)
    void_sale(theatre=session.theatre, reference=order.reference, till=session.code, by=session.opened_by)
    assert [one.kind for one in actions_by_seller(session.actions.all())] == ["VOID"]


def test_the_price_on_the_ticket_is_what_it_cost(session, show, boss):
    sale = counter_sale(session, show, "A1")
    allowed(session, boss, show, "A1", 100)
    sold(session, sale)
    assert (TicketSeat.objects.get().price, AllowedPrice.objects.get().list_price) == (100, 250)
