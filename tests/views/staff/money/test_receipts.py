"""Staff see and download receipts and credit notes."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import AuditEvent, Order, Receipt, Theatre, Ticket
from cinema.services.money.receipts import ReceiptBuyer, issue_due_receipts, issue_for_company
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    ShowFactory,
    TheatreFactory,
    counter_sale,
    on_invoice,
    receipt_of,
    sold,
    staff,
    tax_rule,
    till_session,
)
from tests.mails import outbox
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre() -> Theatre:
    return TheatreFactory(name="Galaxy", slug="galaxy", tax=18, receipt_prefix="GX-")


@pytest.fixture
def ticket(theatre: Theatre) -> Ticket:
    ticket = sold(ShowFactory(screen__theatre=theatre, movie__title="The Lunchbox"), "A1 A2")
    receipt_of(ticket)
    return ticket


def of(theatre: Theatre, role: str = MANAGER):
    client = browser()
    client.force_login(staff(theatre, role))
    return client


def listing(**query: str) -> str:
    return reverse("staff-figures-receipts", args=["galaxy"], query=query)


def today() -> dict[str, str]:
    """The period of the trading day, on which receipts are issued."""
    day = Theatre.objects.get().trading_day(timezone.now())
    return {"start": f"{day}", "end": f"{day}"}


def exported(theatre: Theatre, **query: str) -> list[list[str]]:
    response = of(theatre).get(reverse("staff-figures-export", args=["galaxy", "receipts", "csv"], query=query))
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode().removeprefix("\ufeff"))))


def test_a_receipt_is_mailed_again_with_its_file(theatre, ticket):
    receipt = Receipt.objects.get()
    page = reverse("staff-receipts-receipt", args=["galaxy", receipt.code])
    client = of(theatre, BOX_OFFICE)
    assert "Email it to the buyer again" in text(client.get(page))

    shown = text(client.post(reverse("staff-receipts-send", args=["galaxy", receipt.code]), follow=True))

    assert "It is on its way to asha@example.org." in shown
    mail = outbox()[-1]
    assert mail.subject == f"Receipt {receipt}: Galaxy"
    assert [kind for _name, _file, kind in mail.attachments if kind == "application/pdf"]
    assert AuditEvent.objects.filter(action="RESEND").count() == 1


def test_a_receipt_of_an_erased_buyer_is_not_mailed(theatre, ticket):
    Order.objects.update(email="")
    receipt, client = Receipt.objects.get(), of(theatre)
    assert "Email it" not in text(client.get(reverse("staff-receipts-receipt", args=["galaxy", receipt.code])))
    shown = text(client.post(reverse("staff-receipts-send", args=["galaxy", receipt.code]), follow=True))
    assert "erased" in shown and not AuditEvent.objects.filter(action="RESEND").exists()


def test_an_order_lists_its_receipts_and_credit_notes(theatre, ticket):
    cancel_ticket(code=ticket.code)
    issue_due_receipts()
    page = of(theatre, BOX_OFFICE).get(reverse("staff-orders-order", args=["galaxy", ticket.reference]))
    for receipt in Receipt.objects.all():
        assert str(receipt) in text(page)
        assert reverse("staff-receipts-receipt", args=["galaxy", receipt.code]) in page.content.decode()


def test_staff_see_receipts_of_buyers_whose_data_was_erased(theatre, ticket):
    receipt = Receipt.objects.get()
    Order.objects.update(name=Order.ERASED, email="")
    client = of(theatre, BOX_OFFICE)
    page = client.get(reverse("staff-receipts-receipt", args=["galaxy", receipt.code]))
    assert f"Receipt {receipt}" in text(page) and "Total ₹500.00" in text(page)
    file = client.get(reverse("staff-receipts-pdf", args=["galaxy", receipt.code]))
    assert file["Content-Disposition"] == f'attachment; filename="receipt-{receipt}.pdf"'


def test_those_of_another_theatre_are_not_there(theatre):
    other = receipt_of(sold(ShowFactory(), "A1"))
    for name in ("staff-receipts-receipt", "staff-receipts-pdf"):
        assert of(theatre).get(reverse(name, args=["galaxy", other.code])).status_code == 404


def test_a_manager_sees_the_receipts_of_a_period(theatre, ticket):
    issue_for_company(order_id=ticket.order_id, buyer=ReceiptBuyer("Rao & Co", "27AAACR1234A1Z5"))
    year = Receipt.objects.first().year
    said = text(of(theatre).get(listing(**today())))
    assert f"GX-{year}-000001 receipt" in said
    assert f"GX-{year}-000002 credit note" in said
    assert "Rao & Co Tax included ₹76.28 ₹500.00" in said


def test_no_receipts_and_no_such_period_are_said(theatre):
    client = of(theatre)
    assert "No receipts were issued in this period." in text(client.get(listing(**today())))
    assert client.get(listing(start="2026-02-30", end="x")).status_code == 400


def test_a_receipt_counts_on_the_day_of_the_theatre_on_which_it_was_issued(theatre, ticket):
    today = theatre.trading_day(timezone.now())
    tomorrow = today + timedelta(days=1)
    assert "000001" in text(of(theatre).get(listing(start=f"{today}", end=f"{today}")))
    assert "000001" not in text(of(theatre).get(listing(start=f"{tomorrow}", end=f"{tomorrow}")))


def test_they_are_exported_by_tax_rate(theatre, ticket):
    cancel_ticket(code=ticket.code)
    issue_due_receipts()
    year = Receipt.objects.first().year
    header, *rows = exported(theatre, **today())
    assert header == [
        *("Number", "Kind", "Issued", "Order", "Company", "Company’s tax number", "Tax %"),
        *("Net", "Tax", "Amount", "Currency"),
    ]
    assert [[*row[:2], *row[3:]] for row in rows] == [
        [f"GX-{year}-000001", "receipt", ticket.reference, "", "", "18.00", "423.72", "76.28", "500.00", "INR"],
        [f"GX-{year}-000002", "credit note", ticket.reference, "", "", "18.00", "-423.72", "-76.28", "-500.00", "INR"],
    ]
    assert AuditEvent.objects.filter(action="EXPORT").exists()


def test_the_export_calls_an_invoice_so(theatre):
    session = till_session(theatre)
    on_invoice(session, counter_sale(session, ShowFactory(screen__theatre=theatre), "A1"))
    issue_due_receipts()
    assert [row[1] for row in exported(theatre, **today())] == ["Kind", "invoice"]


def test_a_receipt_with_two_rates_has_a_line_for_each(theatre):
    tax_rule(theatre, 5, up_to=100)
    show = ShowFactory(screen__theatre=theatre, screen__plan="aa\nbb", price=50)
    receipt_of(sold(show, "A1 B1"))
    _header, *rows = exported(theatre, **today())
    assert [row[6:10] for row in rows] == [["18.00", "127.12", "22.88", "150.00"], ["5.00", "47.62", "2.38", "50.00"]]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_takes_as_many_statements_however_many_there_are(theatre, django_assert_num_queries, count):
    show = ShowFactory(screen__theatre=theatre, screen__rows=4)
    for n in range(count):
        receipt_of(sold(show, f"{'ABCD'[n // 8]}{n % 8 + 1}", buyer=f"buyer {n}"))
    client, page = of(theatre), listing(**today())
    with django_assert_num_queries(5):
        assert client.get(page).status_code == 200
