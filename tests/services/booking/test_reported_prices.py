"""What the distributor is told that seats cost: services.booking.orders.set_reported() and the report that reads it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.models import OrderLine, Show, TicketSeat, TicketType
from cinema.selectors.figures.box_office import FilmReport, film_report
from cinema.selectors.figures.exports import film_sheet
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import return_seats
from tests.factories import BOX_OFFICE, CONTACT, held, on_card, order_hold, report, seat_ids, staff, tax_rule, ticket_of
from tests.services.orders.test_orders import requested

pytestmark = pytest.mark.django_db

PLAIN, FIXED = {"reported": "PLAIN"}, {"reported": "FIXED", "reported_amount": Decimal(120)}


def shown(**child) -> Show:
    """A show with adults for 250 and children for nothing, who are reported as the fields ``child`` have it."""
    show = on_card(plan="aaaaaa", adult=250, child=0)
    TicketType.objects.filter(theatre=show.screen.theatre, name="Child").update(**child)
    return show


def buy(show: Show, adults: str = "", children: str = "", buyer: str = "asha"):
    """A paid ticket for these seats."""
    child = TicketType.objects.get(theatre=show.screen.theatre, name="Child")
    hold = held(show, f"{adults} {children}".strip(), buyer=buyer)
    types = dict.fromkeys(seat_ids(show, children), child.pk) if children else {}
    payment = order_hold(code=hold.code, buyer=buyer, contact=CONTACT, mode="UPI", key=buyer, types=types)
    settle_payment(report=report(payment))
    return ticket_of(payment)


def told(show: Show) -> FilmReport:
    return film_report(show.screen.theatre, show.movie, show.screen.theatre.film_week_of(show.trading_day))


def lines(show: Show) -> list[tuple[str, Decimal, int]]:
    return [(line.kind, line.price, line.revenue.admissions) for line in told(show).kinds]


@pytest.mark.parametrize(
    ("rule", "price"), [({}, Decimal(0)), (PLAIN, Decimal(250)), (FIXED, Decimal(120))], ids=["paid", "plain", "fixed"]
)
def test_a_free_child_is_reported_by_the_rule_of_its_ticket_type(rule, price):
    show = shown(**rule)
    buy(show, "A1", "A2 A3")

    assert lines(show) == [("Adult", 250, 1), ("Child", price, 2)]
    assert list(OrderLine.objects.order_by("pk").values_list("amount", "reported_price")) == [
        (250, 250),
        (0, price),
        (0, price),
    ]
    found = told(show)
    assert (found.total.gross, found.total.paid) == (250 + 2 * price, 250)
    assert (found.difference, found.other, found.revenue) == (-2 * price, 0, 250)


def test_the_tax_of_a_reported_price_is_that_of_a_ticket_at_this_price():
    show = shown(**PLAIN)
    for percent, rule in [(5, {"up_to": 100}), (18, {})]:
        tax_rule(show.screen.theatre, percent, **rule)
    buy(show, children="A1")

    [line] = told(show).kinds
    assert (line.percent, line.revenue.gross, line.revenue.tax) == (18, 250, Decimal("38.14"))
    assert (OrderLine.objects.get().tax_percent, OrderLine.objects.get().tax) == (5, 0)


def test_a_rule_changes_nothing_that_is_sold():
    show = shown()
    buy(show, children="A1")
    TicketType.objects.filter(name="Child").update(**PLAIN)
    buy(show, children="A2", buyer="ben")

    assert lines(show) == [("Child", 0, 1), ("Child", 250, 1)]


def test_returned_seats_and_cancelled_tickets_are_reported_no_more():
    show = shown(**PLAIN)
    ticket = buy(show, "A1", "A2 A3")
    clerk = staff(show.screen.theatre, BOX_OFFICE)
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(clerk, "ill"))
    assert lines(show) == [("Adult", 250, 1), ("Child", 250, 1)]

    cancel_ticket(code=ticket.code)
    assert lines(show) == []
    assert told(show).difference == 0


@pytest.mark.parametrize(
    ("rule", "price"), [({}, Decimal(0)), (PLAIN, Decimal(180)), (FIXED, Decimal(120))], ids=["paid", "plain", "fixed"]
)
def test_after_an_exchange_the_plain_price_is_that_of_the_new_show(rule, price):
    """The adult, who paid 250, gets the difference and counts for 180 there."""
    show = shown(**rule)
    other = on_card(card=show.price_card, screen=show.screen, starts_at=show.starts_at + timedelta(hours=4))
    other.seats.update(price=180)
    other.tariff.prices.filter(ticket_type__name="Adult").update(amount=180)
    ticket = buy(show, "A1", "A2")
    clerk = staff(show.screen.theatre, BOX_OFFICE)

    exchange_order(
        code=ticket.code,
        show_id=other.pk,
        seat_ids=seat_ids(other, "A3 A4"),
        requested=requested(clerk, "train"),
        refund_difference=True,
    )

    assert lines(show) == []
    assert lines(other) == [("Adult", 180, 1), ("Child", price, 1)]
    assert told(other).revenue == 180


def test_the_file_for_the_distributor_names_what_was_not_paid():
    show = shown(**PLAIN)
    buy(show, "A1", "A2")

    *_, total, difference, _fees, _owed = film_sheet(told(show)).rows

    assert total[7] == 500
    assert difference == ["Difference from the prices that buyers paid", *[None] * 6, -250]


def test_without_a_rule_nothing_is_stored_beside_the_price():
    show = shown()
    buy(show, "A1", "A2")
    assert set(TicketSeat.objects.values_list("reported", "reported_percent")) == {(None, None)}
