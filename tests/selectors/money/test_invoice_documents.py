"""What an invoice, and a credit note about one, says on paper and in mails."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import formats

from cinema.models import Invoice, Receipt, Theatre, TillSession
from cinema.selectors.money.receipt_documents import receipt_document
from cinema.selectors.money.receipts import receipts
from cinema.services.money.invoices import MoneyReceived, pay_invoice
from cinema.services.money.receipts import issue_due_receipts, issue_receipts
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import CONTACT, ShowFactory, counter_sale, on_invoice, paid_at_till, till_session
from tests.mails import outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> TillSession:
    show = ShowFactory(screen__theatre__bank_account="City Bank 4711", screen__theatre__receipt_prefix="GX-")
    return till_session(show.screen.theatre, float=500)


def invoice_at(session: TillSession, cash: int = 0, **more) -> Invoice:
    """An invoice for two seats of 500, less what is paid in cash at once."""
    sale = counter_sale(session, ShowFactory(screen__theatre=session.theatre), "A1 A2", **more)
    if cash:
        paid_at_till(session, sale, amount=cash)
    return on_invoice(session, sale)


def documents(invoice: Invoice) -> list:
    issue_receipts(order_id=invoice.payment.order_id)
    issue_due_receipts()
    return [receipt_document(one) for one in receipts().order_by("pk")]


def test_an_invoice_names_its_payer_the_day_it_is_due_and_the_account(session):
    invoice = invoice_at(session, cash=200)

    [document] = documents(invoice)

    receipt, due = Receipt.objects.get(), formats.date_format(invoice.due_on, "j F Y")
    assert document.title == f"Invoice {receipt}"
    assert str(receipt).startswith("GX-")
    assert document.filename == f"invoice-{receipt}.pdf"
    assert document.company == ["City School", "1 School Road", "TAX 1"]
    assert [(one.label, one.value) for one in document.tenders] == [
        ("Paid: Cash", "₹200.00"),
        (f"To be paid by {due}", "₹300.00"),
        ("Please pay to", "City Bank 4711"),
        ("Please state", str(receipt)),
    ]


def test_what_was_issued_stays_when_the_account_changes(session):
    invoice = invoice_at(session)
    documents(invoice)
    Theatre.objects.update(bank_account="Other Bank 1")
    [document] = documents(invoice)
    assert "City Bank 4711" in [one.value for one in document.tenders]


def test_credit_notes_say_what_is_taken_off_and_what_goes_back(session):
    invoice = invoice_at(session)
    documents(invoice)
    paid = MoneyReceived("TRANSFER", Decimal(100), "a key of 16 chars", "T 1")
    pay_invoice(theatre=session.theatre, code=invoice.code, paid=paid, by=session.opened_by)
    cancel_ticket(code=invoice.payment.order.tickets.get().code)

    first, off, back = documents(invoice)

    assert [(one.label, one.value) for one in off.tenders] == [("Taken off the invoice", "-₹400.00")]
    assert [(one.label, one.value) for one in back.tenders] == [("Refunded", "-₹100.00")]
    assert "For invoice" in [fact.label for fact in off.facts]
    assert first.title.startswith("Invoice")


def test_it_is_attached_to_the_mail_with_the_tickets(session):
    invoice_at(session, contact=CONTACT)
    [mail] = outbox()
    assert "Your invoice is attached." in mail.body
    assert any(file.filename.startswith("invoice-") for file in mail.attachments)


def test_a_cancellation_is_mailed_as_taken_off_the_invoice(session):
    invoice = invoice_at(session, contact=CONTACT)
    outbox()
    cancel_ticket(code=invoice.payment.order.tickets.get().code)
    assert "taken ₹500 off your invoice" in outbox()[-1].body


def test_the_day_is_that_of_the_theatre(session):
    invoice = invoice_at(session)
    sold = invoice.payment.created_at.astimezone(session.theatre.tz).date()
    assert invoice.due_on - sold == timedelta(days=14)
