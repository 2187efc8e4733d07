"""Nothing that is done all day reads a whole table of those that grow for ever.

SQLite says beforehand how it would look for rows, and plans alike however many there are, so a small cinema shows it.
PostgreSQL counts first; what it makes of many rows is measured (benchmarks/growth.py).
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from cinema.jobs.jobs import run_jobs
from cinema.models import (
    AuditEvent,
    Hold,
    Order,
    OrderLine,
    OrderWord,
    OutgoingMail,
    Payment,
    PaymentMode,
    Receipt,
    ReceiptLine,
    Refund,
    SeatEvent,
    Show,
    ShowSeat,
    Ticket,
    TicketSeat,
    WaitingEntry,
)
from cinema.selectors.privacy.personal_data import has_any, person_by_email, personal_data
from cinema.services.booking.booking import book_holds
from cinema.services.booking.booking_requests import Basket, BookingRequest
from cinema.services.booking.holds import hold_seats
from cinema.services.money.payments import settle_payment, start_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.privacy.erasure import erase_person
from cinema.services.privacy.retention import erase_what_is_due
from tests.factories import CONTACT, ShowFactory, UserFactory, held, report, seat_ids, sold, ticket_of, waiting
from tests.security.site import Site

pytestmark = [pytest.mark.only("sqlite"), pytest.mark.django_db(transaction=True)]

GROWING = {
    model._meta.db_table
    for model in (
        Show,
        ShowSeat,
        Hold,
        OutgoingMail,
        Order,
        OrderLine,
        OrderWord,
        Ticket,
        TicketSeat,
        Payment,
        Receipt,
        ReceiptLine,
        Refund,
        SeatEvent,
        WaitingEntry,
        AuditEvent,
    )
}
# Indexes of what is open at the moment, which is little: to read such a one from end to end is no harm.
FEW = {
    "waiting_by_email",
    "hold_active_by_show",
    "mail_due",
    "mail_failed",
    "payment_due",
    "payment_failing",
    "refund_due",
    "refund_pending",
    "refund_without_credit_note",
    "show_seat_by_hold",
    "show_with_house_seats",
    "waiting_by_show_and_party",
    "waiting_once_per_show_and_address",
}
# Lists by any column, for whoever looks after the site; and the newest orders: from the last one back, until there are
# enough for a page.
THOROUGH = ("admin:", "staff-orders")


@contextmanager
def whole_tables_read(found: list[str]) -> Iterator[None]:
    """Add to ``found`` each growing table that a statement reads from end to end, with the statement."""

    def explain(execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.startswith(("SELECT", "UPDATE", "DELETE")):
            aliases = {alias for table, alias in re.findall(r'"(cinema_\w+)" (\w+)', sql) if table in GROWING}
            cursor = context["connection"].connection.cursor()
            cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%s", "?").replace("%%", "%"), params or ())
            for *_, step in cursor.fetchall():
                scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
                if scan and scan[1] in GROWING | aliases and scan[2] not in FEW:
                    found.append(f"{step}: {sql}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield


def test_no_page_reads_a_whole_table():
    site = Site()
    browser = site.browser()
    found: list[str] = []

    with whole_tables_read(found):
        for name, address in site.addresses():
            if not name.startswith(THOROUGH):
                browser.get(address)

    assert not found


def test_no_booking_does():
    show, found = ShowFactory(), []

    with whole_tables_read(found):
        hold = hold_seats(show_id=show.pk, seat_ids=seat_ids(show, "A1 A2"), buyer="asha", client_ip="192.0.2.1")
        payment = book_holds(
            basket=Basket("asha", [hold.code]), request=BookingRequest(CONTACT, PaymentMode.UPI, "key")
        )
        start_payment(payment=payment)
        settle_payment(report=report(payment))
        cancel_ticket(code=ticket_of(payment).code)

    assert not found


def test_no_run_of_the_jobs_does():
    show, found = ShowFactory(), []
    held(show, "A1")

    with whole_tables_read(found):
        assert None not in run_jobs().values()

    assert not found


def test_no_erasure_does():
    show, found = ShowFactory(screen__plan="aa"), []
    sold(show, "A1 A2")
    waiting(show, CONTACT.email)
    UserFactory(email=CONTACT.email)

    with whole_tables_read(found):
        erase_what_is_due()
        person = person_by_email(CONTACT.email)
        assert has_any(personal_data(person))
        erase_person(person=person, by=None, insist=True)

    assert not found


def test_a_whole_table_that_is_read_is_noticed():
    found: list[str] = []

    with whole_tables_read(found):
        Show.objects.filter(format="IMAX").exists()
        Payment.objects.filter(status__in=Payment.UNPAID).update(status=Payment.Status.FAILED)

    assert len(found) == 2
