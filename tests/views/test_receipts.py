"""Receipts and credit notes as pages and PDF files, and receipts for companies."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from cinema.models import Order, Receipt, Theatre, Ticket
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    CONTACT,
    ShowFactory,
    TheatreFactory,
    UserFactory,
    booked,
    gift_order,
    held,
    order_holds,
    receipt_of,
    report,
    sold,
    ticket_of,
)
from tests.views.browsers import browser, inputs, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre() -> Theatre:
    return TheatreFactory(name="Galaxy", tax=18, tax_number="GSTIN 27AAACG1234A1Z5", receipt_prefix="GX-")


@pytest.fixture
def ticket(theatre) -> Ticket:
    return sold(ShowFactory(screen__theatre=theatre, movie__title="The Lunchbox"), "A1 A2")


def address(name: str, ticket: Ticket) -> str:
    return reverse(name, args=[ticket.code])


def page_of(ticket: Ticket, client=None):
    return (client or browser()).get(address("ticket-receipt", ticket), follow=True)


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_the_ticket_leads_to_its_receipt_which_is_issued_then(ticket):
    page = browser().get(ticket.get_absolute_url())
    assert address("ticket-receipt", ticket) in page.content.decode()

    response = page_of(ticket)

    receipt = Receipt.objects.get()
    assert response.redirect_chain == []
    said = text(response)
    for words in (f"Receipt {receipt}", "Galaxy", "1 Marine Drive, Mumbai", "GSTIN 27AAACG1234A1Z5", "The Lunchbox"):
        assert words in said
    assert "Row A, seat 2 18% ₹250.00 Total ₹500.00" in said
    assert "18% ₹423.72 ₹76.28 ₹500.00 Paid: UPI ₹500.00" in said
    assert f"{ticket.reference[:4]}-{ticket.reference[4:]}" in said


def test_it_names_nobody_who_did_not_ask_for_it(ticket):
    said = text(page_of(ticket))
    assert CONTACT.name not in said and CONTACT.email not in said


def test_without_a_tax_number_and_without_tax_neither_is_mentioned():
    ticket = sold(ShowFactory(), "A1")
    said = text(page_of(ticket)).partition(" · ")[2].partition("Find my ticket")[2]
    assert "Total ₹250.00" in said
    assert "Tax" not in said and "%" not in said


def test_the_pdf_has_the_same_words_as_the_page(ticket):
    receipt_of(ticket)
    cancel_ticket(code=ticket.code)
    page_of(ticket)
    for receipt in Receipt.objects.all():
        page = browser().get(receipt.get_absolute_url())
        file = browser().get(reverse("receipt-pdf", args=[receipt.code]))
        article = text(page).partition(f"{receipt.issuer} 1 Marine")[2].partition("Download")[0]
        assert article and words(file.content).partition(f"{receipt.issuer} 1 Marine")[2].split() == article.split()


def test_the_pdf_has_a_name_a_title_and_a_language(ticket):
    receipt = receipt_of(ticket)
    file = browser().get(reverse("receipt-pdf", args=[receipt.code]))
    pdf = PdfReader(BytesIO(file.content))
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"] == f'attachment; filename="receipt-{receipt}.pdf"'
    assert (pdf.metadata.title, pdf.trailer["/Root"]["/Lang"]) == (f"Receipt {receipt}", "en")


def test_a_cancelled_ticket_leads_to_its_receipt_and_the_credit_note(ticket):
    cancel_ticket(code=ticket.code)
    assert address("ticket-receipt", ticket) in browser().get(ticket.get_absolute_url()).content.decode()

    page = page_of(ticket)

    note = Receipt.objects.get(kind="CREDIT_NOTE")
    assert f"Credit note {note}" in text(page)
    said = text(browser().get(note.get_absolute_url()))
    assert f"For receipt GX-{note.year}-000001" in said
    assert "Reason ticket cancelled" in said
    assert "Total -₹500.00" in said and "Refunded: UPI -₹500.00" in said


@pytest.mark.parametrize(("price", "why"), [(0, "free of charge"), (250, "hasn’t been paid for")])
def test_what_was_not_paid_for_has_none(theatre, price, why):
    ticket = ticket_of(booked(ShowFactory(screen__theatre=theatre, price=price), "A1"))
    response = page_of(ticket)
    assert (response.status_code, why in text(response)) == (404, True)
    assert address("ticket-receipt", ticket) not in browser().get(ticket.get_absolute_url()).content.decode()


def test_nor_has_what_was_sold_before_there_were_receipts(ticket):
    Order.objects.update(receipt_due=False)
    response = page_of(ticket)
    assert (response.status_code, "please ask the box office" in text(response)) == (404, True)


def test_once_the_buyer_is_erased_only_staff_see_the_receipt(ticket):
    receipt = receipt_of(ticket)
    Order.objects.update(name=Order.ERASED, email="", phone="")
    pdf = reverse("receipt-pdf", args=[receipt.code])
    for url in (
        receipt.get_absolute_url(),
        pdf,
        *(address(name, ticket) for name in ("ticket-receipt", "ticket-company")),
    ):
        assert browser().get(url).status_code == 404
    assert address("ticket-receipt", ticket) not in browser().get(ticket.get_absolute_url()).content.decode()


def test_a_receipt_that_is_passed_on_leads_to_no_ticket(ticket):
    receipt = receipt_of(ticket)
    page = browser().get(receipt.get_absolute_url())
    assert f"Receipt {receipt}" in text(page)
    assert ticket.code not in page.content.decode() and ticket.order.code not in page.content.decode()


# --- Orders of several tickets, or of none ---


def test_the_page_of_an_order_leads_to_its_receipt(theatre):
    holds = [held(ShowFactory(screen__theatre=theatre), "A1") for _ in range(2)]
    payment = settle_payment(report=report(order_holds(*holds)))
    page = browser().get(payment.order.get_absolute_url())
    assert payment.order.receipt_path in page.content.decode()
    said = text(browser().get(payment.order.receipt_path))
    assert all(hold.show.movie.title in said for hold in holds)
    assert "Total ₹500.00" in said and "Back to the order" in said


def test_gift_cards_have_a_receipt_that_leads_to_none_of_them(theatre):
    payment = settle_payment(report=report(gift_order(theatre)))
    said = text(browser().get(payment.order.receipt_path))
    assert "Gift card ₹500.00 Total ₹500.00" in said
    receipt = Receipt.objects.get()
    assert payment.order.code not in browser().get(receipt.get_absolute_url()).content.decode()


# --- For a company ---

COMPANY = {"company": " Rao &  Co ", "company_tax_number": "27AAACR1234A1Z5"}


def test_the_owner_gets_a_receipt_for_a_company(ticket):
    first = receipt_of(ticket)
    client = browser()
    client.force_login(UserFactory(email=CONTACT.email))
    assert address("ticket-company", ticket) in page_of(ticket, client).content.decode()

    response = client.post(address("ticket-company", ticket), COMPANY, follow=True)

    new = Receipt.objects.latest("pk")
    assert response.redirect_chain == [(new.get_absolute_url(), 303)]
    said = text(response)
    assert "Your receipt for Rao & Co is ready." in said
    assert "For Rao & Co 27AAACR1234A1Z5 Item" in said
    assert f"Replaces receipt {first}" in said
    assert f"Receipt {first}" in said and "Credit note" in said
    assert f"This receipt was replaced by receipt {new}" in text(client.get(first.get_absolute_url()))
    assert address("ticket-company", ticket) not in response.content.decode()


def test_others_enter_the_email_address_of_the_booking(ticket):
    receipt_of(ticket)
    form = COMPANY | {"email": "wrong@example.org"}
    response = browser().post(address("ticket-company", ticket), form)
    assert (response.status_code, Receipt.objects.count()) == (400, 1)
    assert "This ticket was booked with another email address." in text(response)

    assert browser().post(address("ticket-company", ticket), form | {"email": CONTACT.email}).status_code == 303
    assert Receipt.objects.count() == 3


def test_a_company_has_a_name(ticket):
    response = browser().post(address("ticket-company", ticket), {"company": " ", "email": CONTACT.email})
    assert (response.status_code, "This field is required." in text(response)) == (400, True)


def test_it_is_done_once(ticket):
    form = COMPANY | {"email": CONTACT.email}
    receipt_of(ticket)
    browser().post(address("ticket-company", ticket), form)
    for response in (
        browser().get(address("ticket-company", ticket)),
        browser().post(address("ticket-company", ticket), form),
    ):
        assert response.status_code == 409
        assert "This receipt can’t be issued again." in text(response)
    assert Receipt.objects.count() == 3


# --- At the checkout ---


def checked_out(page, **more: str):
    """Post the checkout as shown, with these values."""
    shown = {field["name"]: field.get("value", "") for field in inputs(page) if field.get("name")}
    contact = {"name": CONTACT.name, "email": CONTACT.email, "phone": CONTACT.phone, "mode": "UPI"}
    return browser("asha").post(page.wsgi_request.path, shown | contact | more)


@pytest.fixture
def checkout(theatre):
    hold = held(ShowFactory(screen__theatre=theatre), "A1")
    return browser("asha").get(hold.get_absolute_url())


def test_a_company_named_at_the_checkout_is_on_the_receipt(checkout):
    assert checked_out(checkout, **COMPANY).status_code == 303
    order = Order.objects.get()
    assert (order.company, order.company_tax_number) == ("Rao & Co", "27AAACR1234A1Z5")

    settle_payment(report=report(order.payments.get()))

    receipt = receipt_of(order.tickets.get())
    assert (receipt.company, receipt.corrects) == ("Rao & Co", None)


def test_the_checkout_can_be_done_without_a_company(checkout):
    assert checked_out(checkout).status_code == 303
    assert (Order.objects.get().company, Receipt.objects.count()) == ("", 0)


def test_another_checkout_of_the_same_seats_changes_the_company(checkout):
    checked_out(checkout, **COMPANY)
    again = browser("asha").get(checkout.wsgi_request.path)
    assert {"Rao & Co", "27AAACR1234A1Z5"} <= {field.get("value") for field in inputs(again)}

    checked_out(again, company="", company_tax_number="")

    assert Order.objects.get().company == ""


def test_a_tax_number_alone_is_refused(checkout):
    response = checked_out(checkout, company_tax_number="27AAACR1234A1Z5")
    assert response.status_code == 400
    assert "Please enter the name of the company, too." in text(response)
    assert not Order.objects.exists()
