"""Cash that the answers explain, and some that they do not: a sale and a refund, written by hand."""

from decimal import Decimal

import pytest

from tests.chaos import drawers
from tests.chaos.books import Back, Books, Paid, Sold
from tests.chaos.history import BROKEN, Answer

DRAWER = "drawer:1"


def cash(key: str, amount: int, payment: str = "", status: int = 303) -> Answer:
    saw = {"payment": payment} if payment else {}
    return Answer("seller", "cash", 1, 1.0, 2.0, status, {"key": key, "cash": f"{amount}.00"}, saw)


@pytest.fixture
def answers() -> list[Answer]:
    """Two sales, of 200 and 500, one of which was cancelled; one on invoice, of 300, of which 100 were paid in cash."""
    cancelled = Answer("seller", "cancellation at the till", 0, 3.0, 4.0, 303, {"reference": "REF two"}, {})
    invoiced = Answer("seller", "invoice", 1, 1.0, 2.0, 303, {"key": "i", "owed": "300.00"}, {"payment": "school"})
    paid = Answer("seller", "invoice paid", 0, 2.0, 3.0, 303, {"key": "p", "cash": "100"}, {})
    return [invoiced, paid, cash("a", 200, "one"), cash("b", 500, "two"), cash("b", 500, "two"), cancelled]


@pytest.fixture
def books() -> Books:
    books = Books(floats={DRAWER: Decimal(1000)}, clearing={DRAWER: Decimal(1300)}, invoices_paid={"p": Decimal(100)})
    for name, amount, status in (("one", 200, "SUCCESS"), ("two", 500, "REFUNDED")):
        books.tickets[f"ticket {name}"] = Sold(1, "CONFIRMED", "", f"REF {name}", Decimal(0))
        books.payments[name] = Paid(f"ticket {name}", Decimal(amount), status, "CASH")
    books.payments["school"] = Paid("ticket one", Decimal(300), "SUCCESS", "INVOICE")
    books.payments["online"] = Paid("ticket online", Decimal(800), "SUCCESS", "UPI")
    books.refunds = [
        Back("two", "refund", Decimal(500), "STAFF", "DONE"),
        Back("online", "", Decimal(1), "", "PENDING"),
    ]
    return books


def test_what_was_taken_and_refunded_is_the_difference_in_the_drawer(answers, books):
    assert list(drawers.faults(answers, books)) == []


def a_cent_more(answers: list[Answer], books: Books) -> None:
    books.clearing[DRAWER] += Decimal("0.01")


def a_sale_lost(answers: list[Answer], books: Books) -> None:
    """Everywhere: only the answer knows of it."""
    del books.payments["one"]
    books.clearing[DRAWER] -= 200


def another_amount(answers: list[Answer], books: Books) -> None:
    books.payments["one"] = books.payments["one"]._replace(amount=Decimal(300))
    books.clearing[DRAWER] += 100


def not_received(answers: list[Answer], books: Books) -> None:
    books.payments["one"] = books.payments["one"]._replace(status="PENDING")


def sold_by_nobody(answers: list[Answer], books: Books) -> None:
    books.payments["three"] = Paid("ticket one", Decimal(100), "SUCCESS", "CASH")
    books.clearing[DRAWER] += 100


def still_owed(answers: list[Answer], books: Books) -> None:
    books.refunds[0] = books.refunds[0]._replace(status="PENDING")


def an_invoice_lost(answers: list[Answer], books: Books) -> None:
    del books.payments["school"]


def cash_for_an_invoice_lost(answers: list[Answer], books: Books) -> None:
    books.invoices_paid.clear()
    books.clearing[DRAWER] -= 100


def cash_for_an_invoice_twice(answers: list[Answer], books: Books) -> None:
    books.invoices_paid["another"] = Decimal(100)
    books.clearing[DRAWER] += 100


def refunded_for_nothing(answers: list[Answer], books: Books) -> None:
    answers.pop()


@pytest.mark.parametrize(
    "tamper",
    [
        *(a_cent_more, a_sale_lost, another_amount, not_received, sold_by_nobody, still_owed, refunded_for_nothing),
        *(an_invoice_lost, cash_for_an_invoice_lost, cash_for_an_invoice_twice),
    ],
)
def test_a_difference_is_found(answers, books, tamper):
    tamper(answers, books)

    assert list(drawers.faults(answers, books))


def test_a_sale_without_an_answer_may_have_been_made(answers, books):
    sold_by_nobody(answers, books)
    answers.append(cash("c", 100, status=BROKEN))

    assert list(drawers.faults(answers, books)) == []


def test_only_what_was_paid_of_a_cancelled_invoice_is_refunded_in_cash(answers, books):
    answers.append(Answer("seller", "cancellation at the till", 0, 3.0, 4.0, 303, {"reference": "REF one"}, {}))
    books.refunds.append(Back("school", "off", Decimal(200), "CANCELLED", "DONE"))
    books.refunds.append(Back("school", "cash", Decimal(100), "CANCELLED", "DONE", at_till=True))
    books.clearing[DRAWER] -= 100

    assert list(drawers.faults(answers, books)) == []


def test_the_price_of_a_cancelled_show_is_refunded(answers, books):
    refunded_for_nothing(answers, books)
    books.cancelled_shows.add(1)

    assert list(drawers.faults(answers, books)) == []
