"""Staff actions on orders: services.orders.orders."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import (
    CompanionOnlyWithWheelchair,
    LastSeats,
    LoveSeatsArePairs,
    NeedsPaidTickets,
    NoSeats,
    NotCancellable,
    OrderChanged,
    RefundTooHigh,
    TicketNotPaid,
    UnknownSeats,
)
from cinema.models import AuditEvent, Payment, Refund, SeatEvent, ShowSeat, Ticket, TicketType
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.money.refunds import send_due_refunds
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import (
    cancel_order,
    give_goodwill,
    move_order,
    resend_ticket,
    return_seats,
)
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    BOX_OFFICE,
    ShowFactory,
    booked,
    cancelled,
    on_card,
    past,
    report,
    seat,
    seat_ids,
    sold,
    staff,
    starting_in,
    tax_rule,
    ticket_of,
)
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return ShowFactory(screen__theatre__cancel_cutoff=60, screen__theatre__refund_percent=50)


@pytest.fixture
def clerk(show):
    return staff(show.screen.theatre, BOX_OFFICE, name="Carla", email="carla@example.org")


@pytest.fixture
def ticket(show):
    ticket = sold(show, "A1 A2 A3")
    forget_mails()
    return ticket


def requested(user, key="one", *, seen=0, reason="fell ill"):
    return RequestedAction(user, reason, seen, key)


def latest():
    return AuditEvent.objects.latest("pk").pk


def kept(ticket):
    payments = Payment.objects.filter(order=ticket.order, status__in=["SUCCESS", "PART_REFUNDED", "REFUNDED"])
    refunds = Refund.objects.filter(payment__order=ticket.order)
    return sum(payment.amount for payment in payments) - sum(refund.amount for refund in refunds)


def agrees(show):
    show.refresh_from_db()
    assert unexplained_seats(show) == []
    return True


# --- Cancelling the whole ticket -----------------------------------------------------------------


def test_a_cancelled_show_is_refunded_in_full_whatever_staff_enter(show, ticket, clerk):
    cancelled(show)

    cancel_order(code=ticket.code, requested=requested(clerk), amount=Decimal(100))

    assert kept(ticket) == 0
    assert agrees(show)


def test_staff_cancel_by_the_terms_it_was_sold_under(show, ticket, clerk):
    cancel_order(code=ticket.code, requested=requested(clerk))

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.CANCELLED
    assert Refund.objects.get().amount == Decimal(375)
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    assert agrees(show)
    assert show.revenue == 375


def test_staff_cancel_after_the_cut_off_until_the_show_is_over(show, ticket, clerk):
    starting_in(show, timedelta(minutes=-30))

    cancel_order(code=ticket.code, requested=requested(clerk), amount=Decimal(750))

    assert Refund.objects.get().amount == Decimal(750)
    assert agrees(show)


def test_nobody_cancels_a_ticket_of_a_show_that_is_over(show, ticket, clerk):
    starting_in(show, timedelta(hours=-5))

    with pytest.raises(NotCancellable, match="This show is over"):
        cancel_order(code=ticket.code, requested=requested(clerk))


def test_no_more_than_was_paid_can_go_back(show, ticket, clerk):
    with pytest.raises(RefundTooHigh, match="At most ₹750 can be refunded"):
        cancel_order(code=ticket.code, requested=requested(clerk), amount=Decimal(751))

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.CONFIRMED
    assert agrees(show)


def test_a_cancellation_is_recorded_with_user_and_reason(show, ticket, clerk):
    cancel_order(code=ticket.code, requested=requested(clerk))

    event = SeatEvent.objects.filter(action="CANCEL").first()
    assert (event.actor, event.user, event.reason) == ("STAFF", clerk, "fell ill")
    note = AuditEvent.objects.get()
    assert (note.action, note.user, note.reason, note.ticket) == ("CANCEL", clerk, "fell ill", ticket)
    assert note.details["amount"] == "375.00"


def test_the_same_click_twice_cancels_once(show, ticket, clerk):
    for _ in range(2):
        cancel_order(code=ticket.code, requested=requested(clerk))

    assert Refund.objects.count() == AuditEvent.objects.count() == len(outbox()) == 1


# --- Some of its seats -----------------------------------------------------------------------------


def test_a_returned_seat_is_available_and_its_price_is_refunded(show, ticket, clerk):
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(clerk))

    ticket.refresh_from_db()
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (Decimal(250), "SEATS_RETURNED")
    assert seat(show, "A2").status == ShowSeat.Status.AVAILABLE
    assert (ticket.status, ticket.amount) == ("CONFIRMED", Decimal(750))
    assert [line.active for line in ticket.seats.order_by("pk")] == [True, False, True]
    assert agrees(show)
    assert (show.revenue, show.admissions) == (500, 2)


def test_a_seat_can_be_returned_for_less_or_for_nothing(show, ticket, clerk):
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(clerk), amount=Decimal(0))
    assert not Refund.objects.exists()
    assert agrees(show)

    again = requested(clerk, "two", seen=latest())
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A1"), requested=again, amount=Decimal(100))
    assert Refund.objects.get().amount == 100
    assert agrees(show)


def test_a_seat_is_not_refunded_for_more_than_it_cost(show, ticket, clerk):
    with pytest.raises(RefundTooHigh, match="At most ₹250 can be refunded"):
        return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(clerk), amount=Decimal(251))


def test_the_buyer_is_mailed_the_refund_and_the_remaining_seats(show, ticket, clerk):
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(clerk))

    [message] = outbox()
    assert message.subject.startswith("Refund of ₹250")
    assert "Row A, seat 1" in message.body
    assert "Row A, seat 2" not in message.body


@pytest.mark.parametrize(("names", "refusal"), [("", NoSeats), ("B1", UnknownSeats), ("A1 A2 A3", LastSeats)])
def test_seats_that_cannot_be_returned(show, ticket, clerk, names, refusal):
    with pytest.raises(refusal):
        return_seats(code=ticket.code, seat_ids=seat_ids(show, names), requested=requested(clerk))

    assert agrees(show)


def test_the_same_click_twice_gives_back_once(show, ticket, clerk):
    for _ in range(2):
        return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(clerk))

    assert Refund.objects.count() == 1


# --- What stays after some seats were returned ---------------------------------------------------


@pytest.fixture
def special():
    """Carers are free with a wheelchair space; an hour before the show anybody may have A2. A6 is a love seat."""
    return ShowFactory(screen__plan="wkaaa.AA", screen__theatre__carer_free=True)


def give_seats_back(ticket, names, **how):
    clerk = staff(ticket.show.screen.theatre, BOX_OFFICE)
    done = AuditEvent.objects.filter(ticket=ticket).order_by("pk").last()
    how["requested"] = requested(clerk, names, seen=done.pk if done else 0)
    return return_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, names), **how)


def test_a_companion_seat_does_not_stay_without_its_wheelchair_place(special):
    ticket = sold(special, "A1 A2")

    with pytest.raises(CompanionOnlyWithWheelchair):
        give_seats_back(ticket, "A1")

    assert kept(ticket) == 250


def test_a_free_carer_pays_once_the_wheelchair_space_is_returned(special):
    ticket = sold(special, "A1 A2")
    starting_in(special, timedelta(minutes=30))

    with pytest.raises(RefundTooHigh):
        give_seats_back(ticket, "A1", amount=Decimal(1))
    give_seats_back(ticket, "A1")

    assert kept(ticket) == 250
    assert [line.current_price for line in ticket.seats.filter(active=True)] == [250]
    assert agrees(special)


def test_a_carer_who_pays_after_all_is_taxed_at_the_price_paid(special):
    for percent, rule in [(5, {"up_to": 100}), (18, {})]:
        tax_rule(special.screen.theatre, percent, **rule)
    ticket = sold(special, "A1 A2")
    assert sorted(ticket.seats.values_list("price", "tax_percent")) == [(0, 5), (250, 18)]
    starting_in(special, timedelta(minutes=30))

    give_seats_back(ticket, "A1")

    assert [(line.current_price, line.tax_percent) for line in ticket.seats.filter(active=True)] == [(250, 18)]


def test_half_a_love_seat_does_not_stay(special):
    ticket = sold(special, "A6 A7 A3")

    with pytest.raises(LoveSeatsArePairs):
        give_seats_back(ticket, "A6")

    give_seats_back(ticket, "A6 A7")
    assert kept(ticket) == 250
    assert agrees(special)


def test_a_ticket_type_that_needs_a_paid_ticket_does_not_stay_alone():
    show = on_card(plan="aaaa", adult=250, carer=0)
    TicketType.objects.filter(name="Carer").update(paying_others=1)
    carer = {seat(show, "A2").pk: TicketType.objects.get(name="Carer").pk}
    ticket = ticket_of(settle_payment(report=report(booked(show, "A1 A2", types=carer))))

    with pytest.raises(NeedsPaidTickets):
        give_seats_back(ticket, "A1")

    give_seats_back(ticket, "A2")
    assert kept(ticket) == 250


def test_after_goodwill_a_returned_seat_refunds_only_what_the_others_leave(show, clerk):
    ticket = sold(show, "A5 A6")
    give_goodwill(code=ticket.code, amount=Decimal(300), requested=requested(clerk, "goodwill"))

    give_seats_back(ticket, "A5")

    assert kept(ticket) == 200
    assert agrees(show)


def test_a_freed_seat_can_be_sold_again_and_the_rest_cancelled_by_its_buyer(show, ticket, clerk):
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(clerk))
    sold(show, "A2", buyer="ben")

    cancel_ticket(code=ticket.code)

    assert sum(refund.amount for refund in Refund.objects.all()) == 500  # 250, and half of the other 500
    assert seat(show, "A2").status == ShowSeat.Status.BOOKED
    assert agrees(show)


# --- Goodwill ----------------------------------------------------------------------------------------


def test_goodwill_leaves_the_ticket_as_it_is(show, ticket, clerk):
    give_goodwill(code=ticket.code, amount=Decimal("99.50"), requested=requested(clerk))

    ticket.refresh_from_db()
    assert (ticket.status, Refund.objects.get().reason) == ("CONFIRMED", "GOODWILL")
    assert agrees(show)
    assert show.revenue == Decimal("650.50")
    assert outbox()[0].subject.startswith("Refund of ₹99.50")


def test_goodwill_can_be_given_after_the_show(show, ticket, clerk):
    past(show)

    give_goodwill(code=ticket.code, amount=Decimal(100), requested=requested(clerk))

    assert agrees(show)


def test_all_goodwill_together_is_never_more_than_was_paid(show, ticket, clerk):
    give_goodwill(code=ticket.code, amount=Decimal(700), requested=requested(clerk))

    with pytest.raises(RefundTooHigh, match="At most ₹50 can be refunded"):
        give_goodwill(code=ticket.code, amount=Decimal(51), requested=requested(clerk, "two", seen=latest()))

    assert kept(ticket) == 50
    assert agrees(show)


def test_a_buyer_who_cancels_later_gets_only_what_is_left(show, clerk):
    show.screen.theatre.refund_percent = 100
    show.screen.theatre.save()
    ticket = sold(show, "B1 B2")
    give_goodwill(code=ticket.code, amount=Decimal(100), requested=requested(clerk))

    cancel_ticket(code=ticket.code)
    send_due_refunds()

    assert kept(ticket) == 0
    assert ticket.order.payments.get().status == Payment.Status.REFUNDED
    assert agrees(show)


def test_an_action_after_an_unseen_change_is_rejected_and_nothing_is_done(show, ticket, clerk):
    other = staff(show.screen.theatre, BOX_OFFICE, email="ben@example.org", name="Ben")
    give_goodwill(code=ticket.code, amount=Decimal(100), requested=requested(clerk))

    with pytest.raises(OrderChanged, match="refund made \\(fell ill\\)"):
        give_goodwill(code=ticket.code, amount=Decimal(100), requested=requested(other, "two"))

    assert Refund.objects.count() == 1


def test_sending_a_ticket_again_disturbs_nobody(show, ticket, clerk):
    resend_ticket(code=ticket.code, requested=requested(clerk))

    give_goodwill(code=ticket.code, amount=Decimal(100), requested=requested(clerk, "two"))

    assert [message.subject[:14] for message in outbox()] == ["Your ticket: T", "Refund of ₹100"]
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["REFUND", "RESEND"]


def test_nothing_is_refunded_for_an_unpaid_ticket(show, clerk):
    ticket = ticket_of(booked(show, "B1"))

    for give in (
        lambda: give_goodwill(code=ticket.code, amount=Decimal(1), requested=requested(clerk)),
        lambda: return_seats(code=ticket.code, seat_ids=seat_ids(show, "B1"), requested=requested(clerk)),
        lambda: resend_ticket(code=ticket.code, requested=requested(clerk)),
    ):
        with pytest.raises(TicketNotPaid, match="not paid"):
            give()


# --- Moving -------------------------------------------------------------------------------------------


def test_staff_move_a_ticket_and_a_second_click_changes_nothing(show, ticket, clerk):
    for _ in range(2):
        move_order(code=ticket.code, seat_ids=seat_ids(show, "B1 B2 B3"), requested=requested(clerk))

    assert seat(show, "B1").status == ShowSeat.Status.BOOKED
    assert AuditEvent.objects.get().reason == "fell ill"
    assert agrees(show)


def test_a_ticket_that_gave_a_seat_back_moves_with_those_it_still_has(show, ticket, clerk):
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(clerk))

    move_order(code=ticket.code, seat_ids=seat_ids(show, "B1 B2"), requested=requested(clerk, "two", seen=latest()))

    assert agrees(show)
    assert Ticket.objects.get().seats.filter(active=True).count() == 2
