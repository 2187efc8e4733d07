"""Cancelling a ticket: services.orders.cancellations."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.exceptions import NotCancellable, TicketAdmitted
from cinema.models import Payment, Refund, ShowSeat, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.door.check_ins import Door, undo
from cinema.services.money.refunds import send_due_refunds
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import cancel_order
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import ShowFactory, admitted, booked, cancelled, held, seat, sold, starting_in, ticket_of
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return ShowFactory(screen__theatre__cancel_cutoff=60, screen__theatre__refund_percent=50)


def test_cancelling_frees_the_seats_at_once(show):
    ticket = sold(show, "A1 A2")

    cancel_ticket(code=ticket.code)

    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.CANCELLED
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    assert held(show, "A1", buyer="ben")
    assert unexplained_seats(show) == []


def test_a_buyer_cannot_cancel_once_a_seat_of_the_ticket_was_admitted(show):
    ticket = sold(show, "A1 A2")
    check = admitted(ticket, "A1")
    with pytest.raises(TicketAdmitted, match="Please ask our staff"):
        cancel_ticket(code=ticket.code)

    undo(door=Door(show.screen.theatre, check.user), check_id=check.pk, key="the key of an undo")
    cancel_ticket(code=ticket.code)
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.CANCELLED


def test_staff_cancel_a_ticket_that_was_admitted(show):
    ticket = sold(show, "A1 A2")
    check = admitted(ticket)
    cancel_order(code=ticket.code, requested=RequestedAction(check.user, "ill", 0, "key"), amount=None)
    ticket.refresh_from_db()
    assert ticket.status == Ticket.Status.CANCELLED


def test_who_was_inside_when_the_show_was_cancelled_gets_the_money(show):
    ticket = sold(show, "A1 A2")
    admitted(ticket)
    cancelled(show)
    cancel_ticket(code=ticket.code)
    assert Refund.objects.get().amount == ticket.amount


def test_cancelling_gives_back_the_theatres_percentage(show):
    ticket = sold(show, "A1 A2 A3")

    cancel_ticket(code=ticket.code)
    send_due_refunds()

    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.status) == (Decimal(375), "CANCELLED", "DONE")
    assert Payment.objects.get().status == Payment.Status.PART_REFUNDED


def test_the_refund_is_rounded_to_the_smallest_coin():
    show = ShowFactory(price=Decimal("33.35"), screen__theatre__refund_percent=50)

    cancel_ticket(code=sold(show, "A1").code)

    assert Refund.objects.get().amount == Decimal("16.68")


def test_a_theatre_that_refunds_nothing_writes_no_refund():
    show = ShowFactory(screen__theatre__refund_percent=0)

    cancel_ticket(code=sold(show, "A1").code)

    assert not Refund.objects.exists()
    assert Payment.objects.get().status == Payment.Status.SUCCESS


def test_a_full_refund_leaves_the_payment_refunded():
    show = ShowFactory(screen__theatre__refund_percent=100)

    cancel_ticket(code=sold(show, "A1").code)
    send_due_refunds()

    assert Payment.objects.get().status == Payment.Status.REFUNDED


def test_a_cancellation_is_confirmed_by_mail(show):
    ticket = sold(show, "A1")
    forget_mails()

    cancel_ticket(code=ticket.code)

    assert ["cancelled" in message.subject.lower() for message in outbox()] == [True]


def test_it_is_too_late_after_the_cut_off(show):
    ticket = sold(show, "A1")
    starting_in(show, timedelta(minutes=59))

    with pytest.raises(NotCancellable, match="60 minutes before the show"):
        cancel_ticket(code=ticket.code)

    assert seat(show, "A1").status == ShowSeat.Status.BOOKED


def test_a_ticket_is_cancelled_only_once(show):
    ticket = sold(show, "A1")
    cancel_ticket(code=ticket.code)

    with pytest.raises(NotCancellable, match="already cancelled"):
        cancel_ticket(code=ticket.code)

    assert Refund.objects.count() == 1


def test_a_ticket_that_is_not_paid_cannot_be_cancelled(show):
    with pytest.raises(NotCancellable, match="Only a paid ticket"):
        cancel_ticket(code=ticket_of(booked(show, "A1")).code)
