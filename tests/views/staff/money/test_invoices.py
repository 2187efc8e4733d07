"""Sales on invoice at the counter, the list of invoices, and what is entered as paid."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.domain.periods import Period
from cinema.models import CounterAction, Invoice, InvoicePayment, Order, Payment, Receipt, Show, TillSession
from cinema.selectors.figures.days import day_faults
from cinema.selectors.figures.journal import journal_sheet
from cinema.selectors.figures.takings import takings, takings_sheet
from cinema.selectors.money.day_payments import invoices_of_day
from cinema.selectors.money.ledger_faults import order_faults
from cinema.selectors.money.tills import in_drawer
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.people.pins import set_pin
from tests.factories import BOX_OFFICE, MANAGER, ShowFactory, counter_sale, on_invoice, sold, staff, till_session
from tests.mails import outbox

pytestmark = pytest.mark.django_db

FORM = {
    "payer": "City School",
    "address": "1 School Road",
    "days": "14",
    "reason": "SCHOOL",
    "key": "a key of 16 chars",
}


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__theatre__slug="nova")


@pytest.fixture
def session(show: Show) -> TillSession:
    return till_session(show.screen.theatre, float=500)


@pytest.fixture
def boss(client: Client, session: TillSession):
    """A manager, signed in."""
    user = staff(session.theatre, MANAGER)
    client.force_login(user)
    return user


def url(name: str, *args: Any) -> str:
    return reverse(f"staff-{name}", args=["nova", *args])


def choose(client: Client, show: Show, number: int = 2) -> None:
    """Hold the best seats for the sale of this browser."""
    client.post(url("sell-add"), {"show": show.pk, "kind-0": number})


def sell(client: Client, **more: str) -> Any:
    return client.post(url("sell-invoice"), FORM | {"total": "500", "rest": "500"} | more)


def pay(client: Client, invoice: Invoice, **more: str) -> Any:
    said = {"way": "TRANSFER", "amount": "200", "reference": "T 4711", "key": "a key of 16 chars"}
    return client.post(url("payments-invoice", invoice.code), said | more)


@pytest.fixture
def invoice(session: TillSession, show: Show) -> Invoice:
    return on_invoice(session, counter_sale(session, show, "A1 A2"))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_manager_sells_on_invoice_and_sees_its_number(client, boss, show):
    choose(client, show)
    assert "₹500" in text(client.get(url("sell-invoice")))

    answer = sell(client, email="office@school.example.org", tax_number="TAX 1")

    invoice = Invoice.objects.get()
    assert answer.url == f"{url('sell')}?done={invoice.payment.code}"
    assert url("payments-invoice", invoice.code) in text(client.get(answer.url))
    order = invoice.payment.order
    assert (order.name, order.email) == ("City School", "office@school.example.org")
    assert Receipt.objects.get(order=order).invoice["address"] == "1 School Road"
    assert CounterAction.objects.get().allowed_by == boss
    assert [mail.to for mail in outbox()] == [["office@school.example.org"]]


def test_a_seller_needs_the_pin_of_a_supervisor(client, session, show):
    boss = staff(session.theatre, MANAGER)
    set_pin(theatre=session.theatre, user=boss, pin="4711", by=boss)
    client.force_login(staff(session.theatre, BOX_OFFICE))
    choose(client, show)

    assert sell(client).status_code == 400
    assert sell(client, supervisor=str(boss.pk), pin="9999").status_code == 400
    assert not Payment.objects.exists()
    assert sell(client, supervisor=str(boss.pk), pin="4711").status_code == 303
    assert CounterAction.objects.get().allowed_by == boss


def test_the_plain_payment_form_takes_no_invoice(client, boss, show):
    choose(client, show)
    said = {"mode": "INVOICE", "total": "500", "rest": "500", "key": "a key of 16 chars"}
    assert client.post(url("sell-pay"), said).status_code == 400
    assert not Payment.objects.exists()


def test_another_price_is_shown_before_it_is_sold(client, boss, show):
    choose(client, show)
    answer = sell(client, total="400", rest="400")
    assert answer.status_code == 409
    assert 'value="500.00"' in text(answer)
    assert not Payment.objects.exists()


def test_the_form_sent_twice_is_one_invoice(client, boss, show):
    choose(client, show)
    first, again = sell(client), sell(client)
    assert (first.url, Invoice.objects.count()) == (again.url, 1)


@pytest.mark.parametrize("other", [{"payer": "City Scouts"}, {"address": "2 School Road"}, {"days": "30"}])
def test_the_form_of_an_invoice_that_is_altered_and_sent_again_is_refused(client, boss, show, other):
    choose(client, show)
    sell(client)
    answer = sell(client, **other)
    assert answer.status_code == 409
    assert "Nothing was booked" in text(answer)


@pytest.mark.parametrize(
    ("field", "value"), [("payer", ""), ("address", ""), ("days", "-1"), ("days", "999"), ("reason", "GUEST")]
)
def test_what_is_missing_is_asked_for(client, boss, show, field, value):
    choose(client, show)
    assert sell(client, **{field: value}).status_code == 400
    assert not Payment.objects.exists()


def test_without_a_sale_there_is_nothing_to_invoice(client, boss):
    assert "There are no seats in this sale" in text(client.get(url("sell-invoice")))
    assert sell(client).status_code == 409


def test_the_list_says_what_is_open_and_overdue(client, boss, session, show, invoice):
    late = on_invoice(session, counter_sale(session, show, "B1", buyer="another"))
    today = timezone.now().astimezone(session.theatre.tz).date()
    Invoice.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=1), payer="Late Club")

    page = text(client.get(url("payments-invoices")))

    assert "Left to pay: <strong>₹750</strong>, of which overdue: <strong>₹250</strong>" in page
    assert page.index("Late Club") < page.index("City School")
    assert page.count("state-bad") == 1
    assert "City School" not in text(client.get(url("payments-invoices"), {"q": "late"}))
    assert "Late Club" not in text(client.get(url("payments-invoices"), {"state": "paid"}))
    assert url("payments-invoices") in text(client.get(url("payments")))


def test_the_list_needs_as_many_statements_for_many_as_for_one(
    client, boss, session, show, invoice, django_assert_num_queries
):
    client.get(url("payments-invoices"))
    with CaptureQueriesContext(connection) as one:
        client.get(url("payments-invoices"))
    for number in range(3):
        on_invoice(session, counter_sale(session, show, party=1, buyer=f"buyer {number}"))
    with django_assert_num_queries(len(one)):
        client.get(url("payments-invoices"))


def test_a_transfer_is_entered_in_part(client, boss, invoice):
    answer = pay(client, invoice)
    page = text(client.get(answer.url))
    assert "₹200 is entered as paid. ₹300 is left to pay." in page
    assert "T 4711" in page
    assert InvoicePayment.objects.get().by == boss


def test_sent_twice_it_is_entered_once(client, boss, invoice):
    for _ in range(2):
        assert pay(client, invoice).status_code == 303
    assert InvoicePayment.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"amount": "201"}, {"reference": "T 4712"}, {"paid_on": "2026-01-02"}, {"way": "CASH"}]
)
def test_the_form_of_a_payment_that_is_altered_and_sent_again_is_refused(client, boss, invoice, other):
    """The browser's way back shows the form as it was sent, with its key."""
    pay(client, invoice)
    answer = pay(client, invoice, **other)
    assert answer.status_code == 409
    assert "Nothing was booked" in text(answer)
    assert InvoicePayment.objects.get().amount == 200
    fresh = answer.context["form"]["key"].value()
    assert pay(client, invoice, amount="201", key=fresh).status_code == 303


def test_a_null_character_is_searched_for_in_vain(client, boss, invoice):
    assert "City School" in text(client.get(url("payments-invoices"), {"q": "\0school\0 "}))


def test_cash_is_taken_at_the_till_of_the_browser(client, boss, session, invoice):
    answer = pay(client, invoice, way="CASH", amount="500", reference="")
    assert "Nothing is left to pay." in text(client.get(answer.url))
    assert in_drawer(session) == 1000
    assert "₹500" in text(client.get(url("tills-report", session.code)))


def test_without_a_till_no_cash_is_taken(client, boss, session, invoice):
    till_session(session.theatre)  # of two, none was chosen
    answer = pay(client, invoice, way="CASH", amount="500")
    assert answer.status_code == 409
    assert "This till is closed" in text(answer)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (lambda today: {"amount": "501"}, "left to pay. Nothing was booked."),
        (lambda today: {"amount": "0"}, "greater than or equal to"),
        (lambda today: {"amount": "many"}, "Please enter a number"),
        (lambda today: {"reference": ""}, "Please enter the reference of the transfer."),
        (lambda today: {"paid_on": f"{today + timedelta(days=1)}"}, "This day is still to come."),
        (lambda today: {"way": "GOLD"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused(client, boss, session, invoice, said: Callable, why):
    today = timezone.now().astimezone(session.theatre.tz).date()
    answer = pay(client, invoice, **said(today))
    assert answer.status_code == 400
    assert why in text(answer)
    assert not InvoicePayment.objects.exists()


def test_a_day_before_the_invoice_is_refused(client, boss, session, invoice):
    answer = pay(client, invoice, paid_on=f"{invoice.sold_on - timedelta(days=1)}")
    assert answer.status_code == 400
    assert "please check the day of the transfer" in text(answer)
    assert not InvoicePayment.objects.exists()


def reversing(invoice: Invoice) -> str:
    return url("payments-invoice-reverse", invoice.code, InvoicePayment.objects.first().pk)


def test_a_manager_reverses_cash_that_was_entered_by_mistake(client, boss, session, invoice):
    pay(client, invoice, way="CASH", amount="200", reference="")
    address, said = reversing(invoice), {"reason": "WRONG_AMOUNT", "key": "another key of 16"}
    assert address in text(client.get(url("payments-invoice", invoice.code)))
    assert "out of the drawer of Till 1" in text(client.get(address))

    page = text(client.get(client.post(address, said).url))

    assert "The payment of ₹200 is reversed. ₹500 is left to pay." in page
    assert "₹200 less should now be in the drawer of Till 1." in page
    assert "Reversed: wrong amount" in page
    assert address not in page
    assert in_drawer(session) == 500
    assert client.post(address, said).status_code == 303  # sent twice
    assert client.post(address, said | {"key": "a third key of 16"}).status_code == 409
    day = session.theatre.trading_day(timezone.now())
    found = takings(session.theatre, Period(day, day))
    assert [(line.tender, line.number, line.amount) for line in found.invoices] == [("Cash", 1, 0)]
    assert [one.kind for one in found.actions] == ["INVOICE", "REVERSAL"]
    assert invoices_of_day(session.theatre, day)[0].amount == 0
    assert not list(order_faults(Order.objects.all()))


def test_a_seller_reverses_a_payment_only_with_the_pin_of_a_supervisor(client, boss, session, invoice):
    pay(client, invoice)
    set_pin(theatre=session.theatre, user=boss, pin="4711", by=boss)
    client.force_login(staff(session.theatre, BOX_OFFICE))
    said = {"reason": "NOT_RECEIVED", "key": "another key of 16", "supervisor": str(boss.pk)}
    for more in ({}, {"pin": "9999"}):
        assert client.post(reversing(invoice), said | more).status_code == 400
    assert client.post(reversing(invoice), said | {"pin": "4711"}).status_code == 303
    assert CounterAction.objects.get(kind="REVERSAL").allowed_by == boss


def test_cash_is_not_reversed_without_a_till(client, boss, session, invoice):
    pay(client, invoice, way="CASH", amount="200", reference="")
    till_session(session.theatre)  # of two, none was chosen
    answer = client.post(reversing(invoice), {"reason": "WRONG_AMOUNT", "key": "another key of 16"})
    assert answer.status_code == 409
    assert InvoicePayment.objects.count() == 1


def test_an_invoice_of_another_theatre_is_not_found(client, boss):
    elsewhere = till_session()
    other = on_invoice(elsewhere, counter_sale(elsewhere, ShowFactory(screen__theatre=elsewhere.theatre), "A1"))
    assert client.get(url("payments-invoice", other.code)).status_code == 404


def test_the_order_says_what_is_left_of_its_invoice(client, boss, invoice):
    page = text(client.get(url("orders-order", invoice.payment.order.reference)))
    assert url("payments-invoice", invoice.code) in page
    assert "₹500 left to pay" in page


def test_an_order_without_an_invoice_has_no_link_to_one(client, boss, show):
    page = text(client.get(url("orders-order", sold(show, "C1").reference)))
    assert "payments/invoices/" not in page


def test_what_was_paid_of_a_cancelled_order_may_be_transferred_back(client, boss, invoice):
    pay(client, invoice)
    ticket = invoice.payment.order.tickets.get()
    cancel_ticket(code=ticket.code)
    page = client.get(url("orders-order", ticket.reference))
    assert "Transfer ₹200 back" in text(page)
    [(refund, form)] = page.context["to_transfer"]
    said = {name: form[name].value() for name in form.fields} | {"reason": "Transferred today"}

    client.post(url("orders-settle", ticket.reference), said)

    refund.refresh_from_db()
    assert refund.status == "BY_HAND"
    assert not list(order_faults(Order.objects.all()))


def test_what_came_for_invoices_stands_beside_the_takings(client, boss, session, invoice):
    day = session.theatre.trading_day(timezone.now())
    pay(client, invoice, way="CASH", amount="100", reference="")
    pay(client, invoice, key="another key of 16")

    found = takings(session.theatre, Period(day, day))

    assert [(line.tender, line.amount) for line in found.lines] == [("Invoice", 500)]
    paid = [(line.till, line.tender, line.seller, line.amount) for line in found.invoices]
    assert paid == [("Till 1", "Cash", boss, 100), ("", "Bank transfer", boss, 200)]
    rows = list(takings_sheet(session.theatre, Period(day, day)).rows)
    assert [row[3:] for row in rows] == [
        ["Invoice", 1, 500, 0, 500, None],
        ["Cash", 1, None, None, None, 100],
        ["Bank transfer", 1, None, None, None, 200],
    ]
    query = {"period": "today"}
    assert "Invoices paid" in text(client.get(url("figures-takings"), query))
    assert "Invoices paid: Bank transfer" in text(client.get(url("payments")))
    assert list(day_faults()) == []


def test_the_journal_has_the_reference_of_a_transfer(client, boss, session, invoice):
    pay(client, invoice)
    day = session.theatre.trading_day(timezone.now())
    rows = list(journal_sheet([session.theatre], Period(day, day)).rows)
    assert [row[5:10] for row in rows if "T 4711" in row] == [
        ["T 4711", "invoice paid", "bank", "receivables", 200],
    ]


def test_today_says_that_invoices_are_overdue(client, boss, session, invoice):
    assert "overdue" not in text(client.get(url("today")))
    today = timezone.now().astimezone(session.theatre.tz).date()
    Invoice.objects.update(due_on=today - timedelta(days=1))
    assert "1 invoice is overdue; ₹500 is left to pay." in text(client.get(url("today")))


def test_a_void_says_what_to_give_back_of_what_was_paid(client, boss, session, invoice):
    pay(client, invoice, way="CASH", amount="100", reference="")
    reference = invoice.payment.order.reference
    said = {"reason": "WRONG_SHOW", "key": "a key of 16 chars"}

    page = text(client.get(client.post(url("sell-void-sold", reference), said).url))

    assert "Its invoice is cancelled." in page
    assert "Please refund ₹100: Cash." in page
    assert in_drawer(session) == 500
