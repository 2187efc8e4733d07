"""Nothing that is done all day reads a whole table of those that grow for ever.

SQLite says beforehand how it would look for rows, and plans alike however many there are, so a small cinema shows it.
PostgreSQL counts first, so it is told that there are millions; how quick it is then is measured (benchmarks/growth.py,
benchmarks/back_office.py).
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from cinema.domain.periods import last_days
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
from cinema.selectors.figures.receipts import receipts_between
from cinema.selectors.money.gift_cards import find_gift_cards
from cinema.selectors.orders.orders import find_orders
from cinema.selectors.prices.coupons import coupons_at
from cinema.selectors.privacy.personal_data import has_any, person_by_email, personal_data
from cinema.services.booking.booking import book_holds
from cinema.services.booking.booking_requests import Basket, BookingRequest
from cinema.services.booking.holds import hold_seats
from cinema.services.money.payments import start_payment
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.privacy.erasure import erase_person
from cinema.services.privacy.retention import erase_what_is_due
from tests.factories import (
    CONTACT,
    ShowFactory,
    UserFactory,
    coupon,
    gift_card,
    held,
    receipt_of,
    report,
    seat_ids,
    sold,
    ticket_of,
    waiting,
)
from tests.security.site import Site

pytestmark = pytest.mark.django_db(transaction=True)

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
COUNTED = """
DELETE FROM pg_statistic USING pg_index
WHERE indrelid = ANY(%s) AND starelid IN (indrelid, indexrelid)
"""
COSTLY = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")  # with many rows
# Lists by any column, for whoever looks after the site; and the newest orders: from the last one back, until there are
# enough for a page.
THOROUGH = ("admin:", "staff-orders")


@contextmanager
def whole_tables_read(found: list[str]) -> Iterator[None]:
    """Add to ``found`` each growing table that a statement reads from end to end, with the statement."""
    read = _read_by_postgresql if connection.vendor == "postgresql" else _read_by_sqlite

    def explain(execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.startswith(("SELECT", "UPDATE", "DELETE")):
            cursor = context["connection"].connection.cursor()
            found.extend(f"{step}: {sql}" for step in read(cursor, sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield


def _read_by_sqlite(cursor: Any, sql: str, params: Any) -> Iterator[str]:
    aliases = {alias for table, alias in re.findall(r'"(cinema_\w+)" (\w+)', sql) if table in GROWING}
    cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%s", "?").replace("%%", "%"), params or ())
    for *_, step in cursor.fetchall():
        scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
        if scan and scan[1] in GROWING | aliases and scan[2] not in FEW:
            yield step


def _read_by_postgresql(cursor: Any, sql: str, params: Any) -> Iterator[str]:
    """An index that is read without a condition is a whole table, too."""
    cursor.execute("EXPLAIN (FORMAT JSON) " + sql, params)
    plans = [row["Plan"] for row in _json(cursor.fetchone()[0])]
    for plan in plans:  # which grows by the steps below each
        plans.extend(plan.get("Plans", ()))
        whole = plan["Node Type"] == "Seq Scan" or (plan["Node Type"].startswith("Index") and "Index Cond" not in plan)
        if whole and plan.get("Relation Name") in GROWING and plan.get("Index Name") not in FEW:
            name, rows = plan.get("Index Name"), plan["Plan Rows"]
            yield f"{plan['Node Type']} of {plan['Relation Name']} ({name}, {rows} rows)"


def _json(plan: Any) -> Any:
    return json.loads(plan) if isinstance(plan, str) else plan


@pytest.mark.only("sqlite")
def test_no_page_reads_a_whole_table():
    site = Site()
    browser = site.browser()
    found: list[str] = []

    with whole_tables_read(found):
        for name, address in site.addresses():
            if not name.startswith(THOROUGH):
                browser.get(address)

    assert not found


@pytest.mark.only("sqlite")
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


@pytest.mark.only("sqlite")
def test_no_run_of_the_jobs_does():
    show, found = ShowFactory(), []
    held(show, "A1")

    with whole_tables_read(found):
        assert None not in run_jobs().values()

    assert not found


@pytest.mark.only("sqlite")
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


@pytest.mark.only("sqlite")
def test_a_whole_table_that_is_read_is_noticed():
    found: list[str] = []

    with whole_tables_read(found):
        Show.objects.filter(format="IMAX").exists()
        Payment.objects.filter(status__in=Payment.UNPAID).update(status=Payment.Status.FAILED)

    assert len(found) == 2


@pytest.fixture
def millions():
    """Let PostgreSQL expect a million rows on each page of the growing tables, and use an index wherever it can.

    Without counts of their values it could take a whole table for the better choice even then; what it counted in the
    few rows of earlier tests is forgotten. The tables are truncated, because it avoids an index that was filled and
    emptied, and it does not count them again meanwhile. It has room to sort: without counts it expects thousands of
    tickets in an order.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid, reltuples, relpages FROM pg_class WHERE relname = ANY(%s)", [[*GROWING]])
        before = cursor.fetchall()
        for table in GROWING:
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(GROWING)} CASCADE")
        cursor.execute("RESET session_replication_role")
        cursor.execute(COUNTED, [[oid for oid, *_ in before]])
        cursor.execute("UPDATE pg_class SET reltuples = 1e6, relpages = 1 WHERE relname = ANY(%s)", [[*GROWING]])
        for costly in COSTLY:
            cursor.execute(f"SET {costly} = off")
        cursor.execute("SET work_mem = '1GB'")
        yield
        cursor.execute("RESET work_mem")
        for costly in COSTLY:
            cursor.execute(f"RESET {costly}")
        for table in GROWING:
            cursor.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)")
        for oid, rows, pages in before:
            cursor.execute("UPDATE pg_class SET reltuples = %s, relpages = %s WHERE oid = %s", [rows, pages, oid])


@pytest.mark.both
@pytest.mark.parametrize(
    "form",
    [
        "name",
        "two names",
        "email",
        "reference",
        "first half",
        "last half",
        "phone",
        "code",
        "link",
        "receipt",
        "nonsense",
    ],
)
def test_orders_are_found_by_an_index_in_every_form(millions, form):
    ticket = sold(ShowFactory(), "A1 A2")
    order, receipt = ticket.order, receipt_of(ticket)
    asked = {
        "name": order.name.split()[0],
        "two names": order.name,
        "email": order.email,
        "reference": ticket.reference,
        "first half": ticket.reference[:4],
        "last half": ticket.reference[4:],
        "phone": order.phone,
        "code": ticket.code,
        "link": f"https://tickets.example/orders/{order.code}/",
        "receipt": str(receipt),
        "nonsense": "xyzzy",
    }[form]
    found: list[str] = []

    with whole_tables_read(found):
        page = find_orders(order.theatre, asked)

    assert [one.pk for one in page.tickets] == ([] if form == "nonsense" else [ticket.pk])
    assert not found


@pytest.mark.both
@pytest.mark.parametrize("form", ["end", "code", "reference", "recipient", "buyer", "nonsense"])
def test_gift_cards_are_found_by_an_index_in_every_form(millions, form):
    card = gift_card()
    order = card.order_line.order
    asked = {
        "end": card.code[-4:],
        "code": card.code,
        "reference": order.reference,
        "recipient": card.recipient_email,
        "buyer": order.name,
        "nonsense": "xyzzy",
    }[form]
    found: list[str] = []

    with whole_tables_read(found):
        page = find_gift_cards(card.theatre, asked)

    assert [one.pk for one in page.cards] == ([] if form == "nonsense" else [card.pk])
    assert not found


@pytest.mark.both
def test_receipts_and_coupons_are_found_by_an_index(millions):
    ticket, found = sold(ShowFactory(), "A1"), []
    theatre, receipt = ticket.order.theatre, receipt_of(ticket)
    made = coupon(theatre)

    with whole_tables_read(found):
        assert list(receipts_between(theatre, last_days(timezone.now().astimezone(theatre.tz).date(), 2))) == [receipt]
        assert coupons_at(theatre).current == [made]

    assert not found


@pytest.mark.both
def test_a_search_without_an_index_is_noticed(millions):
    sold(ShowFactory(), "A1")
    found: list[str] = []

    with whole_tables_read(found):
        list(Order.objects.filter(name="Asha"))

    assert len(found) == 1


@pytest.mark.only("postgresql")
def test_a_choice_of_two_lists_for_which_every_row_is_read_is_noticed(millions):
    late, failing = (Payment.objects.filter(**{f"{name}__lt": timezone.now()}) for name in ("due_at", "failing_since"))
    found: list[str] = []

    with whole_tables_read(found):
        list(Payment.objects.filter(Q(pk__in=late.values("pk")) | Q(pk__in=failing.values("pk"))))

    assert found
