"""Receipts and credit notes in mails: cinema.mail.receipts."""

import io
from decimal import Decimal

import pytest
from django.core.mail import EmailMessage
from pypdf import PdfReader

from cinema.mail import receipts as papers
from cinema.models import AuditEvent, Receipt, Ticket
from cinema.selectors.money.receipts import receipt_faults
from cinema.services.booking.expiry import release_expired
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import give_goodwill, resend_ticket, return_seats
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    BOX_OFFICE,
    ShowFactory,
    TheatreFactory,
    booked,
    gift_order,
    held,
    lapsed,
    order_holds,
    report,
    seat_ids,
    sold,
    staff,
)
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    return sold(ShowFactory(screen__theatre__receipt_prefix="GX-"), "A1 A2")


@pytest.fixture
def requested(ticket: Ticket) -> RequestedAction:
    seen = AuditEvent.objects.count()
    return RequestedAction(staff(ticket.order.theatre, BOX_OFFICE), "fell ill", seen, "one")


def files(mail: EmailMessage) -> list[str]:
    return [name for name, _file, kind in mail.attachments if kind == "application/pdf"]


def number(n: int) -> str:
    return str(Receipt.objects.get(number=n))


def test_a_ticket_comes_with_its_receipt(ticket):
    [mail] = outbox()
    assert files(mail) == [f"receipt-{number(1)}.pdf"]
    assert "Your receipt is attached." in mail.body
    [file] = [file for name, file, kind in mail.attachments if kind == "application/pdf"]
    assert "Total ₹500.00" in " ".join(PdfReader(io.BytesIO(file)).pages[0].extract_text().split())


def test_a_free_ticket_comes_without():
    sold(ShowFactory(price=0), "A1")
    [mail] = outbox()
    assert (files(mail), "receipt" in mail.body) == ([], False)


def test_it_is_the_same_receipt_when_the_ticket_is_sent_again(ticket, requested):
    resend_ticket(code=ticket.code, requested=requested)
    assert [files(mail) for mail in outbox()] == [[f"receipt-{number(1)}.pdf"]] * 2
    assert Receipt.objects.count() == 1


def test_a_cancellation_comes_with_its_credit_note(ticket):
    forget_mails()
    cancel_ticket(code=ticket.code)
    [mail] = outbox()
    assert files(mail) == [f"credit-note-{number(2)}.pdf"]
    assert "A credit note is attached." in mail.body


def test_a_cancellation_without_a_refund_comes_without(ticket, requested):
    give_goodwill(code=ticket.code, amount=Decimal(100), requested=requested)
    Ticket.objects.update(refund_percent=0)
    forget_mails()
    cancel_ticket(code=ticket.code)
    assert [files(mail) for mail in outbox()] == [[]]


def test_returned_seats_come_with_their_credit_note(ticket, requested):
    forget_mails()
    return_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, "A2"), requested=requested)
    assert [files(mail) for mail in outbox()] == [[f"credit-note-{number(2)}.pdf"]]


def test_money_that_came_twice_goes_back_without(ticket):
    again = booked(ticket.show, "A3")
    again.order_id, again.code = ticket.order_id, "again"
    again.pk = None
    again.key, again.amount = "again", ticket.amount
    again.save(force_insert=True)
    forget_mails()
    settle_payment(report=report(again))
    assert [(mail.subject.partition(":")[0], files(mail)) for mail in outbox()] == [("Refund of ₹500", [])]


def test_the_first_ticket_of_an_order_has_the_receipt():
    theatre = TheatreFactory()
    holds = [held(ShowFactory(screen__theatre=theatre), "A1") for _ in range(2)]
    settle_payment(report=report(order_holds(*holds)))
    assert [files(mail) for mail in outbox()] == [[f"receipt-{number(1)}.pdf"], []]


def test_seats_that_were_lost_go_back_with_a_credit_note():
    theatre = TheatreFactory()
    lost, kept = (held(ShowFactory(screen__theatre=theatre), "A1") for _ in range(2))
    payment = order_holds(lost, kept)
    lapsed(lost)
    release_expired(show_id=lost.show_id)
    sold(lost.show, "A1", buyer="ben")
    forget_mails()
    settle_payment(report=report(payment))
    found = {mail.subject.partition(":")[0]: files(mail) for mail in outbox()}
    mine = payment.order.receipts.order_by("pk")
    assert found == {
        "Your ticket": [f"receipt-{mine[0]}.pdf"],
        "Refund of ₹250": [f"credit-note-{mine[1]}.pdf"],
    }
    assert [receipt.total for receipt in mine] == [500, -250]
    assert list(receipt_faults()) == []


def test_the_buyer_of_a_gift_card_gets_the_receipt_and_its_recipient_does_not():
    settle_payment(report=report(gift_order(TheatreFactory(), recipient_email="ben@example.org")))
    assert {mail.to[0]: len(files(mail)) for mail in outbox()} == {"asha@example.org": 1, "ben@example.org": 0}


def test_if_no_file_can_be_made_the_mail_has_a_link(ticket, monkeypatch, settings, caplog):
    monkeypatch.setattr(papers, "receipt_pdf", lambda receipt: 1 / 0)
    [mail] = outbox()
    assert files(mail) == []
    assert f"Your receipt: {settings.SITE_URL}/tickets/{ticket.code}/receipt/" in mail.body
    assert "A receipt could not be made for a mail" in caplog.text


def test_an_order_from_before_there_were_receipts_comes_without(ticket):
    type(ticket.order).objects.update(receipt_due=False)
    [mail] = outbox()
    assert (files(mail), "receipt" in mail.body) == ([], False)


def test_a_receipt_for_a_company_is_in_the_mail_if_it_is_known_in_time(ticket):
    type(ticket.order).objects.update(company="Rao & Co")
    [mail] = outbox()
    [file] = [file for name, file, kind in mail.attachments if kind == "application/pdf"]
    assert "Rao & Co" in PdfReader(io.BytesIO(file)).pages[0].extract_text()
