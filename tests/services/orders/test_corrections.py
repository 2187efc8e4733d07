"""Correcting the email address of an order: services.orders.corrections."""

import json
from decimal import Decimal

import pytest
from django.db.models.functions import Now

from cinema.exceptions import OrderChanged, SameEmail
from cinema.mail.sending import send_mails
from cinema.models import AuditEvent, OrderWord, OutgoingMail, Ticket
from cinema.selectors.core.mails import undelivered_mail
from cinema.selectors.orders.orders import find_orders
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.corrections import correct_email
from cinema.services.orders.orders import give_goodwill, resend_ticket
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import BOX_OFFICE, ShowFactory, booked, coupon, sold, staff, ticket_of
from tests.mails import forget_mails, outbox
from tests.relay import Relay

pytestmark = pytest.mark.django_db(transaction=True)

RIGHT = "asha.rao@example.org"


@pytest.fixture
def ticket():
    return sold(ShowFactory(), "A1 A2")


@pytest.fixture
def clerk(ticket):
    return staff(ticket.show.screen.theatre, BOX_OFFICE)


def correct(ticket, clerk, email=RIGHT, seen=0, key="key"):
    return correct_email(code=ticket.code, email=email, requested=RequestedAction(clerk, "mistyped", seen, key))


def refused(**which):
    """Mark these mails as rejected for good."""
    OutgoingMail.objects.filter(**which).update(due_at=None, failed_at=Now(), error="550")


def test_the_ticket_is_sent_to_the_corrected_address(ticket, clerk):
    forget_mails()

    correct(ticket, clerk)

    assert [message.to for message in outbox()] == [[RIGHT]]
    assert Ticket.objects.get().order.email == RIGHT


def test_what_waits_or_was_refused_goes_to_the_corrected_address_and_nothing_twice(ticket, clerk):
    refused()
    cancel_ticket(code=ticket.code)

    correct(ticket, clerk)

    assert [(message.to, message.subject[:9]) for message in outbox()] == [([RIGHT], "Cancelled")]
    assert undelivered_mail(ticket) is None


def test_a_refused_ticket_is_sent_once(ticket, clerk):
    refused()

    correct(ticket, clerk)

    assert [message.to for message in outbox()] == [[RIGHT]]


def test_the_amount_of_a_refused_mail_about_a_refund_is_still_known(ticket, clerk, settings):
    outbox()
    give_goodwill(code=ticket.code, amount=Decimal(50), requested=RequestedAction(clerk, "too loud", 0, "other"))
    relay = Relay()
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", relay.port
    relay.says[ticket.order.email] = ["550 No such user"]
    with relay.open():
        send_mails()
    assert undelivered_mail(ticket).why_failed == "The mail server refused it (550)."
    settings.EMAIL_BACKEND = backend
    outbox().clear()

    correct(ticket, clerk, seen=AuditEvent.objects.latest("pk").pk)

    assert [message.subject[:9] for message in outbox() if message.to == [RIGHT]] == ["Refund of", "Your tick"]


def test_the_trail_has_user_and_reason_but_no_email(ticket, clerk):
    correct(ticket, clerk)
    resend_ticket(
        code=ticket.code, requested=RequestedAction(clerk, "asked for it", AuditEvent.objects.get().pk, "other")
    )

    corrected, resent = AuditEvent.objects.order_by("pk")
    assert (corrected.action, corrected.user, corrected.reason, corrected.ticket) == (
        *("EMAIL", clerk),
        *("mistyped", ticket),
    )
    for event in (corrected, resent):
        assert "@" not in json.dumps([event.subject, event.reason, event.details])


def test_the_order_is_found_by_the_corrected_address_only(ticket, clerk):
    correct(ticket, clerk)

    theatre = ticket.show.screen.theatre
    assert [order.pk for order in find_orders(theatre, RIGHT).tickets] == [ticket.pk]
    assert find_orders(theatre, "asha@example.org").tickets == []
    assert OrderWord.objects.filter(order__tickets=ticket).exists()


def test_the_address_it_has_already_is_refused(ticket, clerk):
    with pytest.raises(SameEmail):
        correct(ticket, clerk, ticket.order.email)


def test_a_second_click_sends_nothing_more(ticket, clerk):
    forget_mails()
    for _ in range(2):
        correct(ticket, clerk)

    assert len(outbox()) == 1
    assert AuditEvent.objects.count() == 1


def test_an_action_after_an_unseen_change_is_rejected(ticket, clerk):
    correct(ticket, clerk)

    with pytest.raises(OrderChanged):
        correct(ticket, clerk, "somebody@example.org", key="another")


def test_an_order_that_is_not_paid_is_corrected_and_sends_nothing(clerk):
    waiting = ticket_of(booked(ShowFactory(), "A1"))
    forget_mails()

    correct(waiting, clerk)

    assert outbox() == []
    waiting.refresh_from_db()
    assert waiting.order.email == RIGHT


def test_the_person_who_used_a_coupon_is_known_by_the_corrected_address():
    show = ShowFactory()
    coupon(show.screen.theatre)
    bought = sold(show, "A1")

    correct(bought, staff(show.screen.theatre, BOX_OFFICE), email="asha.rao+films@example.org")

    assert Ticket.objects.get().order.coupon_email == "asha.rao@example.org"
