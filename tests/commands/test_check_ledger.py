"""manage.py check_ledger."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cinema.models import MoneyEntry, Receipt, ShowSeat
from tests.factories import ShowFactory, held, receipt_of, seat, sold
from tests.trail import alterable_trail

# It opens the transaction it reads in, which must be the outermost one.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


def check(*shows: int) -> tuple[str, str]:
    """Run the command; return its output and its error."""
    said, complaints = StringIO(), StringIO()
    try:
        call_command("check_ledger", *shows, stdout=said, stderr=complaints)
    except CommandError as error:
        complaints.write(str(error))
    return said.getvalue(), complaints.getvalue()


def corrupted(show, name):
    """Sell a seat without a ledger row."""
    ShowSeat.objects.filter(pk=seat(show, name).pk).update(status="BOOKED", hold=None)
    return show


def test_it_is_content_with_what_the_services_wrote():
    sold(ShowFactory(), "A1 A2")
    held(ShowFactory(), "B3")

    said, _ = check()

    assert "explains every seat of 2 shows" in said


def test_it_names_receipts_whose_numbers_have_a_gap():
    receipt = receipt_of(sold(ShowFactory(), "A1"))
    with alterable_trail():
        Receipt.objects.update(number=2)

    _, complaints = check()

    assert f"Theatre {receipt.theatre_id}, {receipt.year}: 1 receipts have numbers up to 2" in complaints
    assert "Found 1 faults" in complaints


def test_an_empty_database_is_fine():
    said, _ = check()

    assert "every seat of 0 shows" in said


def test_it_names_the_seat_that_is_wrong_and_fails():
    show = corrupted(ShowFactory(), "B3")

    said, complaints = check()

    assert not said
    assert f"Show {show.pk}, Row B, seat 3: it is BOOKED, the ledger says AVAILABLE" in complaints
    assert "faults in 1 shows" in complaints


def test_it_names_the_order_that_does_not_balance():
    ticket = sold(ShowFactory(), "A1")
    with alterable_trail():
        MoneyEntry.objects.filter(kind="CAPTURE").update(amount=1)

    said, complaints = check()

    assert not said
    assert f"Order {ticket.order.reference}: account orders has a debit of 249.00 and should have nothing" in complaints


def test_it_names_an_order_for_no_show():
    order = sold(ShowFactory(), "A1").order
    order.pk, order.code, order.reference = None, "another", "ANOTHER1"
    order.save()
    facts = {"kind": "CAPTURE", "debit": "clearing:sandbox", "credit": "orders", "amount": 1}
    MoneyEntry.objects.create(order=order, theatre=order.theatre, at=timezone.now(), **facts)

    assert "Order ANOTHER1: account orders has a credit of 1.00 and should have nothing" in check()[1]


def test_it_exits_with_an_error_for_scripts():
    corrupted(ShowFactory(), "B3")

    with pytest.raises(CommandError) as error:
        call_command("check_ledger", stderr=StringIO())

    assert error.value.returncode


def test_it_checks_only_the_named_shows():
    fine, wrong = ShowFactory(), corrupted(ShowFactory(), "B3")

    assert "every seat of 1 shows" in check(fine.pk)[0]
    assert f"Show {wrong.pk}, Row B, seat 3" in check(wrong.pk)[1]


def test_a_show_that_does_not_exist_is_not_fine():
    assert "There is no show 4711" in check(ShowFactory().pk, 4711)[1]
