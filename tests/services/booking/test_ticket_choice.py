"""Ticket types at the checkout: services.booking.booking with ``types``."""

from decimal import Decimal

import pytest

from cinema.exceptions import IdempotencyKeyReused, PriceChanged, TooManyPayments, UnknownTicketType
from cinema.gateways.base import Result
from cinema.models import PaymentMode, PriceAdjustment, Theatre, Ticket, TicketSeat, TicketType
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking.order_payments import MOST_PAYMENTS
from cinema.services.money.settlement import settle_payment
from cinema.services.prices.repricing import reprice_coming
from tests.factories import (
    CONTACT,
    ShowFactory,
    held,
    on_card,
    order_hold,
    order_seats,
    report,
    seat,
    seat_ids,
    ticket_of,
)
from tests.services.statements import on

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return on_card(plan="aaaabb", adult=250, child=150)


def kind(name):
    return TicketType.objects.get(name=name).pk


def child(show, names):
    return dict.fromkeys(seat_ids(show, names), kind("Child"))


def check_out(hold, **changes):
    return order_hold(
        code=hold.code, **{"buyer": "asha", "contact": CONTACT, "mode": PaymentMode.UPI, "key": "first"} | changes
    )


def lines():
    """The seats on active tickets: “A1 Child 150”."""
    found = TicketSeat.objects.filter(active=True).select_related("show_seat__seat", "ticket_type")
    return sorted(f"A{line.show_seat.seat.number} {line.ticket_type} {line.price:.0f}" for line in found)


def test_without_a_choice_every_ticket_is_the_plain_one(show):
    assert check_out(held(show, "A1 A5")).amount == 600
    assert lines() == ["A1 Adult 250", "A5 Adult 350"]


def test_each_seat_costs_what_its_kind_of_ticket_does(show):
    payment = check_out(held(show, "A1 A2 A5"), types=child(show, "A2 A5"))

    assert payment.amount == ticket_of(payment).amount == 250 + 150 + 250
    assert lines() == ["A1 Adult 250", "A2 Child 150", "A5 Child 250"]


def test_a_show_without_a_tariff_has_no_ticket_types():
    show = ShowFactory(screen__plan="aa")

    assert check_out(held(show, "A1")).amount == 250
    assert lines() == ["A1 None 250"]


def test_the_total_shown_must_be_that_of_the_kinds_chosen(show):
    hold = held(show, "A1")

    with pytest.raises(PriceChanged, match="from ₹250 to ₹150"):
        check_out(hold, types=child(show, "A1"), seen=Decimal(250))

    assert not Ticket.objects.exists()
    assert check_out(hold, types=child(show, "A1"), seen=Decimal(150)).amount == 150


def wrong_kinds(show):
    TicketType.objects.create(theatre=show.screen.theatre, name="Group", rank=9)
    other = on_card(adult=1, infant=1)
    mine, theirs = seat(show, "A1").pk, seat(other, "A1").pk
    yield from ({mine: kind("Group")}, {mine: kind("Infant")}, {mine: 2**63 - 1}, {mine: 0}, {theirs: kind("Child")})


def test_a_kind_that_is_not_priced_for_the_seat_is_refused(show):
    hold = held(show, "A1")

    for types in wrong_kinds(show):
        with pytest.raises(UnknownTicketType):
            check_out(hold, types=types)

    assert not Ticket.objects.exists()


def test_a_show_without_kinds_refuses_any():
    show = ShowFactory(screen__plan="aa")
    other = on_card(adult=1)

    with pytest.raises(UnknownTicketType):
        check_out(held(show, "A1"), types={seat(show, "A1").pk: other.tariff.prices.get().ticket_type_id})


def test_the_same_key_with_other_kinds_is_another_request(show):
    hold = held(show, "A1")
    first = check_out(hold)

    with pytest.raises(IdempotencyKeyReused):
        check_out(hold, types=child(show, "A1"))

    assert check_out(hold) == first


def test_other_kinds_after_a_decline_make_a_new_ticket(show):
    hold = held(show, "A1")
    first = check_out(hold)
    settle_payment(report=report(first, Result.DECLINED))

    second = check_out(hold, key="second", types=child(show, "A1"))

    assert (second.amount, ticket_of(second)) == (150, Ticket.objects.get(status="PENDING"))
    assert lines() == ["A1 Child 150"]


def test_the_same_kinds_after_a_decline_keep_the_ticket(show):
    hold = held(show, "A1")
    first = check_out(hold, types=child(show, "A1"))

    assert ticket_of(check_out(hold, key="second", types=child(show, "A1"))) == ticket_of(first)


def test_payments_cannot_be_begun_without_end_by_changing_the_kinds_of_tickets(show):
    hold = held(show, "A1")
    kinds = [{}, child(show, "A1")]
    for number in range(MOST_PAYMENTS):
        check_out(hold, key=f"key {number}", types=kinds[number % 2])

    with pytest.raises(TooManyPayments):
        check_out(hold, key="one more", types=kinds[MOST_PAYMENTS % 2])

    assert Ticket.objects.filter(status="PENDING").count() == 1


@pytest.mark.parametrize("which", [0, 1], ids=["the first is paid", "the second is paid"])
def test_whichever_of_two_tickets_of_a_hold_is_paid_its_own_amount_counts(show, which):
    hold = held(show, "A1")
    payments = [check_out(hold), check_out(hold, key="second", types=child(show, "A1"))]

    settle_payment(report=report(payments[which]))
    settle_payment(report=report(payments[1 - which]))

    assert lines() == [["A1 Adult 250"], ["A1 Child 150"]][which]
    assert unexplained_seats(show) == []


def test_what_is_held_costs_what_it_did_with_every_kind_whatever_the_card_says_since(show):
    hold = held(show, "A1 A2")
    card = show.price_card
    PriceAdjustment.objects.create(card=card, name="More", amount=50)
    reprice_coming(theatre=card.theatre, card_id=card.pk, version=0, user=None)

    assert check_out(hold, types=child(show, "A2"), seen=Decimal(400)).amount == 400


def test_a_carer_comes_free_with_any_kind_of_ticket():
    show = on_card(plan="wka", adult=250, child=150)
    Theatre.objects.update(carer_free=True)

    assert check_out(held(show, "A1 A2"), types=child(show, "A1 A2")).amount == 150


def test_booking_in_one_step_takes_kinds_too(show):
    payment = order_seats(
        show_id=show.pk,
        seat_ids=seat_ids(show, "A1 A2"),
        types=child(show, "A2"),
        buyer="kiosk",
        contact=CONTACT,
        mode=PaymentMode.UPI,
        key="k",
    )

    assert payment.amount == 400
    assert [str(line.ticket_type) for line in payment.order.ticket_list[0].lines] == ["Adult", "Child"]


def test_kinds_cost_one_statement_whatever_the_number_of_seats(django_assert_num_queries):
    show = on_card(plan="aaaaaaaa\naaaaaaaa", adult=250, child=150)
    for key, names in [("a", "A1"), ("b", "A2 A3 A4"), ("c", "B1 B2 B3 B4 B5 B6 B7 B8")]:
        ids, types = seat_ids(show, names), child(show, names)
        request = {"show_id": show.pk, "seat_ids": ids, "types": types, "buyer": key, "contact": CONTACT, "key": key}
        with django_assert_num_queries(on(sqlite=16, postgresql=9)):
            order_seats(mode=PaymentMode.UPI, **request)
