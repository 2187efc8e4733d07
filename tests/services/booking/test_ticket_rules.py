"""The rules of ticket types in an order: services.booking.ticket_rules."""

import pytest

from cinema.exceptions import NeedsPaidTickets, NeedsWheelchairSpace, SoldAtCounterOnly, TooManyOfType
from cinema.models import Payment, Ticket, TicketType
from cinema.services.money.payments import start_payment
from tests.factories import CONTACT, held, on_card, order_hold, order_seats, seat, seat_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    """Adults pay 250, carers nothing; B1 is a wheelchair space."""
    return on_card(plan="aaaaaa\nwkaaaa", adult=250, child=150, carer=0)


def rule(name: str = "Carer", **rules) -> None:
    TicketType.objects.filter(name=name).update(**rules)


def check_out(show, seats: str, *, key: str = "key", **types: str) -> Payment:
    """Hold seats and check them out: check_out(show, "A1 A2", carer="A2")."""
    hold = held(show, seats)
    return order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key=key, types=chosen(show, types))


def chosen(show, types: dict[str, str]) -> dict[int, int]:
    return {
        seat(show, name).pk: TicketType.objects.get(name=kind.title()).pk
        for kind, names in types.items()
        for name in names.split()
    }


def in_one_step(show, seats: str, *, staff: bool = False, **types: str) -> Payment:
    return order_seats(
        show_id=show.pk,
        seat_ids=seat_ids(show, seats),
        buyer="a program",
        contact=CONTACT,
        mode="UPI",
        key=seats,
        types=chosen(show, types),
        staff=staff,
    )


@pytest.mark.parametrize("book", [check_out, in_one_step])
def test_a_carer_needs_a_paid_ticket(show, book):
    rule(paying_others=1)

    with pytest.raises(NeedsPaidTickets, match="Each “Carer” ticket needs 1 other paid ticket in the same order"):
        book(show, "A1", carer="A1")

    assert not Ticket.objects.exists()
    assert book(show, "A1 A2", carer="A1").amount == 250


def test_each_carer_needs_one_of_their_own(show):
    rule(paying_others=1)

    with pytest.raises(NeedsPaidTickets):
        check_out(show, "A1 A2 A3", carer="A1 A2")

    assert check_out(show, "A1 A2 A3 A4", carer="A1 A2").amount == 500


def test_two_tickets_that_need_each_other_are_not_enough(show):
    rule(paying_others=1)
    rule("Child", paying_others=1)

    with pytest.raises(NeedsPaidTickets):
        check_out(show, "A1 A2", carer="A1", child="A2")


def test_a_family_ticket_may_need_two_others(show):
    rule("Child", paying_others=2)

    with pytest.raises(NeedsPaidTickets, match="needs 2 other paid tickets"):
        check_out(show, "A1 A2", child="A1")

    assert check_out(show, "A1 A2 A3", child="A1").amount == 650


def test_a_type_only_with_a_wheelchair_space_needs_one_each(show):
    rule(with_wheelchair=True)

    with pytest.raises(NeedsWheelchairSpace):
        check_out(show, "A1 A2", carer="A1")
    with pytest.raises(NeedsWheelchairSpace):
        check_out(show, "B1 A1 A2", carer="A1 A2")

    assert check_out(show, "B1 A1", carer="A1").amount == 250


def test_a_type_may_be_limited_in_an_order(show):
    rule("Child", most_per_order=2)

    with pytest.raises(TooManyOfType, match="at most 2 “Child” tickets"):
        check_out(show, "A1 A2 A3", child="A1 A2 A3")

    assert check_out(show, "A1 A2 A3", child="A1 A2").amount == 550


@pytest.mark.parametrize("book", [check_out, in_one_step])
def test_a_type_of_the_box_office_is_not_sold_online(show, book):
    rule("Child", counter_only=True)

    with pytest.raises(SoldAtCounterOnly, match="at the box office only"):
        book(show, "A1", child="A1")

    assert in_one_step(show, "A2", staff=True, child="A2").amount == 150


def test_a_hall_cannot_be_emptied_with_tickets_that_cost_nothing(show):
    rule(paying_others=1)

    with pytest.raises(NeedsPaidTickets):
        start_payment(payment=check_out(show, "A1 A2 A3 A4 A5 A6", carer="A1 A2 A3 A4 A5 A6"))

    show.refresh_from_db()
    assert show.admissions == 0
