"""Receipts and credit notes: services.money.receipts."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinema.exceptions import ReceiptNotChangeable
from cinema.models import (
    AuditEvent,
    Order,
    Payment,
    PriceCard,
    Receipt,
    ReceiptLine,
    ReceiptSequence,
    Refund,
    Show,
    Theatre,
    Ticket,
)
from cinema.selectors.money.receipt_lines import left_of
from cinema.selectors.money.receipts import receipt_faults, tax_rates
from cinema.services.booking.expiry import release_expired
from cinema.services.money import receipts as services
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import ReceiptBuyer, issue_due_receipts, issue_for_company, issue_receipts
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import cancel_order, give_goodwill, return_seats
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    BOX_OFFICE,
    SeatCategoryFactory,
    ShowFactory,
    TheatreFactory,
    booked,
    coupon,
    gift_card,
    held,
    lapsed,
    on_card,
    order_holds,
    price_card,
    receipt_of,
    report,
    seat,
    seat_ids,
    sold,
    staff,
    tax_rule,
    ticket_of,
)
from tests.services.order_machine import taxes_in_ledger, taxes_on_receipts
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre() -> Theatre:
    return TheatreFactory(name="Galaxy", tax=18, tax_number="GSTIN 27AAACG1234A1Z5")


def crash(*args: object) -> None:
    raise RuntimeError


def numbers(theatre: Theatre) -> list[int]:
    return list(Receipt.objects.filter(theatre=theatre).order_by("pk").values_list("number", flat=True))


def test_a_receipt_says_what_was_sold_by_whom_and_how_it_was_paid(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre, movie__title="The Film"), "A1 A2")
    receipt = receipt_of(ticket)
    start = ticket.show.starts_at.astimezone(theatre.tz)

    assert (receipt.kind, receipt.order, receipt.total, receipt.currency) == ("RECEIPT", ticket.order, 500, "INR")
    assert (receipt.issuer, receipt.issuer_address) == ("Galaxy", "1 Marine Drive, Mumbai")
    assert receipt.issuer_tax_number == "GSTIN 27AAACG1234A1Z5"
    assert (receipt.company, receipt.company_tax_number) == ("", "")
    assert receipt.tenders == [["UPI", "500.00"]]
    assert [(line.text, line.amount, line.tax_percent, line.tax) for line in receipt.lines.all()] == [
        (f"The Film, {start:%a} {start.day} {start:%b %Y}, 18:00, Row A, seat {n}", 250, 18, Decimal("38.14"))
        for n in (1, 2)
    ]
    assert tax_rates(receipt) == [(18, Decimal("423.72"), Decimal("76.28"), 500)]


def test_a_ticket_type_is_named(theatre):
    show = on_card(adult=250, child=150)
    assert receipt_of(sold(show, "A1")).lines.get().text.endswith(", Row A, seat 1, Adult")


def test_a_registered_name_and_address_stand_instead_of_those_of_the_theatre(theatre):
    Theatre.objects.update(legal_name="Galaxy Films Pvt Ltd", legal_address="2 Fort Road, Pune", receipt_prefix="GP-")
    receipt = receipt_of(sold(ShowFactory(screen__theatre=theatre), "A1"))
    assert (receipt.issuer, receipt.issuer_address) == ("Galaxy Films Pvt Ltd", "2 Fort Road, Pune")
    assert str(receipt) == f"GP-{receipt.year}-000001"


def test_a_receipt_names_the_company_that_asked_for_it(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    Order.objects.update(company="Rao & Co", company_tax_number="27AAACR1234A1Z5")
    receipt = receipt_of(ticket)
    assert (receipt.company, receipt.company_tax_number) == ("Rao & Co", "27AAACR1234A1Z5")


def test_what_changes_later_does_not_change_the_receipt(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    before = Receipt.objects.filter(pk=receipt_of(ticket).pk).values()
    first = list(before)
    Theatre.objects.update(name="Nova", legal_name="Nova Ltd", tax_number="1", receipt_prefix="N-")
    Order.objects.update(company="Rao & Co", name=Order.ERASED, email="")
    assert list(before) == first


def test_a_receipt_is_issued_once(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    assert [issue_receipts(order_id=ticket.order_id) for _ in range(3)] == [1, 0, 0]
    assert (issue_due_receipts(), numbers(theatre)) == (0, [1])


def test_where_nothing_is_due_nothing_is_locked(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    receipt_of(ticket)
    with CaptureQueriesContext(connection) as queries:
        issue_receipts(order_id=ticket.order_id)
    assert all(query["sql"].startswith("SELECT 1 ") for query in queries), queries.captured_queries
    assert len(queries) == 2


def test_numbers_count_up_in_each_theatre():
    here, there = TheatreFactory(), TheatreFactory()
    show, other = ShowFactory(screen__theatre=here), ShowFactory(screen__theatre=there)
    for n in range(1, 4):
        sold(show, f"A{n}", buyer=f"buyer {n}")
    sold(other, "A1")
    assert issue_due_receipts() == 4
    assert (numbers(here), numbers(there)) == ([1, 2, 3], [1])
    assert list(receipt_faults()) == []


@pytest.mark.parametrize(
    ("zone", "moment", "year"),
    [
        ("Asia/Kolkata", datetime(2026, 12, 31, 18, 29), 2026),
        ("Asia/Kolkata", datetime(2026, 12, 31, 18, 30), 2027),
        ("America/New_York", datetime(2027, 1, 1, 4, 59), 2026),
    ],
)
def test_the_year_is_that_on_the_clock_of_the_theatre(zone, moment, year):
    assert services._year(Theatre(time_zone=zone), moment.replace(tzinfo=ZoneInfo("UTC"))) == year


def test_each_year_begins_with_number_1(theatre, monkeypatch):
    show = ShowFactory(screen__theatre=theatre)
    first = receipt_of(sold(show, "A1"))
    monkeypatch.setattr(services, "_year", lambda theatre, moment: first.year + 1)
    second = receipt_of(sold(show, "A2", buyer="ben"))
    assert [(receipt.year - first.year, receipt.number) for receipt in (first, second)] == [(0, 1), (1, 1)]


def test_a_failure_takes_its_number_back(theatre, monkeypatch):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(ReceiptLine.objects, "bulk_create", crash)
        issue_receipts(order_id=ticket.order_id)
    assert (numbers(theatre), ReceiptSequence.objects.filter(last__gt=0).exists()) == ([], False)
    issue_due_receipts()
    assert numbers(theatre) == [1]


def test_an_order_that_is_not_paid_gets_none(theatre):
    payment = booked(ShowFactory(screen__theatre=theatre), "A1")
    assert (issue_receipts(order_id=payment.order_id), issue_due_receipts()) == (0, 0)
    settle_payment(report=report(payment))
    assert issue_due_receipts() == 1


def test_a_free_order_gets_none(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre, price=0), "A1")
    assert (issue_receipts(order_id=ticket.order_id), issue_due_receipts()) == (0, 0)


def test_money_that_came_too_late_gets_none(theatre):
    show = ShowFactory(screen__theatre=theatre)
    payment = booked(show, "A1")
    lapsed(payment.order.tickets.get().hold)
    release_expired(show_id=show.pk)
    sold(show, "A1", buyer="ben")
    settle_payment(report=report(payment))
    assert (issue_due_receipts(), numbers(theatre)) == (1, [1])
    assert Receipt.objects.get().order.tickets.get().hold.buyer == "ben"


def test_the_job_finds_what_is_due_by_an_index(theatre):
    for _ in range(3):
        sold(ShowFactory(screen__theatre=theatre), "A1")
    issue_due_receipts()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert issue_due_receipts() == 0
    assert len(queries) == 2


def test_receipts_that_do_not_come_to_what_is_kept_are_named(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    issue_due_receipts()
    Refund.objects.create(
        payment=ticket.order.payments.get(), amount=10, reason="GOODWILL", created_at=ticket.created_at
    )
    assert list(receipt_faults()) == []  # its credit note is still due
    Refund.objects.update(credit_note_due=False)
    assert list(receipt_faults()) == [f"Receipts of order {ticket.order} come to 250.00, but 240.00 is kept"]


def test_a_gap_and_a_wrong_sum_are_named(theatre):
    show = ShowFactory(screen__theatre=theatre)
    receipts = [receipt_of(sold(show, f"A{n}", buyer=f"buyer {n}")) for n in (1, 2)]
    with alterable_trail():
        receipts[0].lines.all()._raw_delete("default")
        Receipt.objects.filter(pk=receipts[1].pk).update(number=3)
    year = receipts[0].year
    assert list(receipt_faults()) == [
        f"Theatre {theatre.pk}, {year}: 2 receipts have numbers up to 3, and the last is 2",
        f"Receipt {year}-000001 is for 250.00, its lines come to 0.00",
    ]


# --- Credit notes ---


def credit_notes(ticket: Ticket) -> list[Receipt]:
    issue_receipts(order_id=ticket.order_id)
    return list(Receipt.objects.filter(order=ticket.order, kind="CREDIT_NOTE").order_by("pk"))


def credited(note: Receipt) -> list[tuple[str, str, str]]:
    """The end of each line's text, its amount and tax."""
    return [(line.text.rpartition(", ")[2], str(line.amount), str(line.tax)) for line in note.lines.order_by("pk")]


def requested(theatre: Theatre, key: str = "one") -> RequestedAction:
    seen = AuditEvent.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    return RequestedAction(staff(theatre, BOX_OFFICE), "fell ill", seen, key)


def test_a_cancelled_ticket_gets_a_credit_note_for_all_of_its_receipt(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1 A2")
    receipt = receipt_of(ticket)
    cancel_ticket(code=ticket.code)
    [note] = credit_notes(ticket)

    assert (note.total, note.refund, note.number) == (-500, Refund.objects.get(), receipt.number + 1)
    assert credited(note) == [("seat 1", "-250.00", "-38.14"), ("seat 2", "-250.00", "-38.14")]
    assert note.tenders == [["UPI", "-500.00"]]
    assert set(left_of(ticket.order).values()) and not any(part.amount for part in left_of(ticket.order).values())


def test_a_credit_note_is_issued_once(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    cancel_ticket(code=ticket.code)
    assert issue_due_receipts() == 1
    assert numbers(theatre) == [1, 2]
    assert [issue_receipts(order_id=ticket.order_id), issue_due_receipts()] == [0, 0]


def test_it_is_issued_while_the_refund_is_on_its_way_and_stays_when_it_fails(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    cancel_ticket(code=ticket.code)
    assert len(credit_notes(ticket)) == 1
    Refund.objects.update(status=Refund.Status.FAILED)
    assert len(credit_notes(ticket)) == 1


def test_a_refund_in_part_credits_a_part_of_each_seat(theatre):
    Theatre.objects.update(refund_percent=50)
    theatre.refresh_from_db()
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1 A2 A3")
    cancel_ticket(code=ticket.code)
    [note] = credit_notes(ticket)
    assert credited(note) == [(f"seat {n}", "-125.00", "-19.07") for n in (1, 2, 3)]


def test_a_returned_seat_is_credited_and_no_other(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1 A2 A3")
    return_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, "A2"), requested=requested(theatre))
    assert credited(credit_notes(ticket)[0]) == [("seat 2", "-250.00", "-38.14")]


def test_seats_taxed_differently_are_credited_each_with_its_tax(theatre):
    tax_rule(theatre, 5, up_to=100)
    card = price_card_with_rates(theatre)
    show = on_card(card=card, plan="aaaa")
    child, adult = card.prices.get(amount=90).ticket_type_id, card.prices.get(amount=250).ticket_type_id
    seats = [seat(show, name).pk for name in ("A1", "A2")]
    payment = booked(show, "A1 A2", types=dict(zip(seats, (child, adult), strict=True)))
    ticket = ticket_of(settle_payment(report=report(payment)))
    return_seats(code=ticket.code, seat_ids=seats[:1], requested=requested(theatre))
    [note] = credit_notes(ticket)
    assert [(str(rate.percent), rate.amount, str(rate.tax)) for rate in tax_rates(note)] == [("5.00", -90, "-4.29")]


def price_card_with_rates(theatre: Theatre) -> PriceCard:
    SeatCategoryFactory(theatre=theatre)
    return price_card(theatre, adult=250, child=90)


def test_goodwill_and_a_later_cancellation_come_to_the_cent(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1 A2 A3")
    give_goodwill(code=ticket.code, amount=Decimal("100.01"), requested=requested(theatre))
    cancel_order(code=ticket.code, requested=requested(theatre, "two"))
    notes = credit_notes(ticket)
    assert [str(note.total) for note in notes] == ["-100.01", "-649.99"]
    assert not any(part.amount or part.tax for part in left_of(ticket.order).values())
    assert list(receipt_faults()) == []


def test_the_next_note_says_what_a_seat_returned_for_nothing_has_moved_to_the_fee(theatre):
    """The fee is not taxed, so the tax in what is kept has changed."""
    Theatre.objects.update(web_fee=20)
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1 A2 A3")
    give_goodwill(code=ticket.code, amount=Decimal(300), requested=requested(theatre))
    seats = seat_ids(ticket.show, "A2")
    return_seats(code=ticket.code, seat_ids=seats, requested=requested(theatre, "two"), amount=Decimal(0))
    give_goodwill(code=ticket.code, amount=Decimal(10), requested=requested(theatre, "three"))

    credit_notes(ticket)

    assert taxes_on_receipts(ticket.order) == taxes_in_ledger(ticket.order)


@pytest.fixture
def swapped(theatre) -> tuple[Ticket, Ticket]:
    """Two tickets of an order with its receipt. The seats of the first, which were 300 each, are now 250 and 350 in
    another show: as much together, but with one cent more of tax in the ledger."""
    first, other = (
        ShowFactory(screen__theatre=theatre, screen__plan="aaaa\nbbbb", price=price) for price in (300, 250)
    )
    Show.objects.filter(pk=other.pk).update(movie=first.movie)
    holds = [held(first, "A1 A2"), held(other, "B1 B2")]
    payment = order_holds(*holds)
    start_payment(payment=payment)
    tickets = list(settle_payment(report=report(payment)).order.tickets.order_by("pk"))
    issue_due_receipts()
    new = {"show_id": other.pk, "seat_ids": seat_ids(other, "A1 B3")}
    exchange_order(code=tickets[0].code, requested=requested(theatre), **new)
    return tickets[0], tickets[1]


def test_whole_seats_are_credited_with_a_cent_that_an_exchange_moved(theatre, swapped):
    exchanged, other = swapped
    cancel_order(code=other.code, requested=requested(theatre, "two"))
    [note] = credit_notes(other)
    assert [(line.amount, str(line.tax)) for line in note.lines.order_by("pk")] == [(-350, "-53.38"), (-350, "-53.39")]
    assert taxes_on_receipts(other.order) == taxes_in_ledger(other.order)
    assert [str(part.tax) for part in left_of(other.order).values() if part.amount] == ["45.77", "45.76"]

    issue_for_company(order_id=other.order_id, buyer=ReceiptBuyer("Rao & Co", ""))
    assert taxes_on_receipts(other.order) == taxes_in_ledger(other.order)

    cancel_order(code=exchanged.code, requested=requested(theatre, "three"))
    credit_notes(other)
    assert not any(part.amount or part.tax for part in left_of(other.order).values())
    assert taxes_on_receipts(other.order) == taxes_in_ledger(other.order) == {}
    assert list(receipt_faults()) == []


def test_fees_and_discounts_are_lines_and_are_credited_with_their_seats(theatre):
    Theatre.objects.update(web_fee=20)
    coupon(theatre, code="TEN")
    payment = booked(ShowFactory(screen__theatre=theatre), "A1 A2", coupon="TEN")
    ticket = ticket_of(settle_payment(report=report(payment)))
    receipt = receipt_of(ticket)
    assert [(line.quantity, str(line.amount)) for line in receipt.lines.order_by("pk")] == [
        *((1, "250.00"), (1, "250.00")),
        *((2, "40.00"), (1, "-50.00")),
    ]

    return_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, "A1"), requested=requested(theatre))
    issue_due_receipts()
    give_goodwill(code=ticket.code, amount=Decimal(10), requested=requested(theatre, "two"))
    issue_due_receipts()
    Show.objects.update(status=Show.Status.CANCELLED)
    cancel_order(code=ticket.code, requested=requested(theatre, "three"))

    first, second, third = credit_notes(ticket)
    assert [(line.quantity, str(line.amount)) for line in first.lines.order_by("pk")] == [(1, "-250.00"), (1, "25.00")]
    assert [str(note.total) for note in (first, second, third)] == ["-225.00", "-10.00", "-255.00"]
    assert not any(part.amount or part.tax for part in left_of(ticket.order).values())


def test_a_payment_made_twice_is_on_no_receipt_and_needs_no_credit_note(theatre):
    payment = booked(ShowFactory(screen__theatre=theatre), "A1")
    ticket = ticket_of(settle_payment(report=report(payment)))
    again = Payment.objects.create(
        order=ticket.order,
        mode="CARD",
        gateway="sandbox",
        amount=Decimal(250),
        key="again",
        created_at=ticket.created_at,
    )
    settle_payment(report=report(again))
    assert Refund.objects.get().payment == again
    assert (credit_notes(ticket), receipt_of(ticket).tenders) == ([], [["UPI", "250.00"]])
    assert not Refund.objects.filter(credit_note_due=True).exists()


def test_refunds_of_orders_sold_before_there_were_receipts_get_none(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    Order.objects.update(receipt_due=False)
    cancel_ticket(code=ticket.code)
    assert (credit_notes(ticket), numbers(theatre)) == ([], [])


# --- Receipts for companies ---

RAO = ReceiptBuyer("Rao & Co", "27AAACR1234A1Z5")


def test_a_receipt_for_a_company_replaces_one_without(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1 A2")
    first = receipt_of(ticket)
    second = issue_for_company(order_id=ticket.order_id, buyer=RAO)
    [note] = credit_notes(ticket)

    assert [first.number, note.number, second.number] == [1, 2, 3]
    assert (note.corrects, note.total, note.company) == (first, -500, "")
    assert (second.corrects, second.total) == (first, 500)
    assert ReceiptBuyer(second.company, second.company_tax_number) == RAO
    assert second.tenders == [["UPI", "500.00"]]
    assert [part.amount for part in left_of(ticket.order).values()] == [250, 250]


def test_before_the_receipt_is_issued_there_is_nothing_to_replace(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    receipt = issue_for_company(order_id=ticket.order_id, buyer=RAO)
    assert (receipt.company, receipt.corrects, numbers(theatre)) == ("Rao & Co", None, [1])


def test_it_is_for_what_is_left_after_refunds(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1 A2")
    issue_due_receipts()
    return_seats(code=ticket.code, seat_ids=seat_ids(ticket.show, "A2"), requested=requested(theatre))
    receipt = issue_for_company(order_id=ticket.order_id, buyer=RAO)
    assert (receipt.total, receipt.tenders) == (250, [["UPI", "250.00"]])
    assert [(line.text.rpartition(", ")[2], line.amount) for line in receipt.lines.all()] == [("seat 1", 250)]


def test_a_later_refund_credits_the_new_receipt(theatre):
    ticket = sold(ShowFactory(screen__theatre=theatre), "A1")
    issue_for_company(order_id=ticket.order_id, buyer=RAO)
    cancel_ticket(code=ticket.code)
    note = credit_notes(ticket)[-1]
    assert (note.total, note.company) == (-250, "Rao & Co")
    assert not any(part.amount for part in left_of(ticket.order).values())


@pytest.mark.parametrize("before", ["named at the checkout", "done before", "refunded", "not paid"])
def test_a_receipt_is_not_issued_again(theatre, before):
    payment = booked(ShowFactory(screen__theatre=theatre), "A1")
    if before == "named at the checkout":
        Order.objects.update(company="Iyer Ltd")
    if before != "not paid":
        ticket = ticket_of(settle_payment(report=report(payment)))
        issue_due_receipts()
    if before == "done before":
        issue_for_company(order_id=payment.order_id, buyer=RAO)
    if before == "refunded":
        cancel_ticket(code=ticket.code)
    count = Receipt.objects.count()
    with pytest.raises(ReceiptNotChangeable):
        issue_for_company(order_id=payment.order_id, buyer=ReceiptBuyer("Menon", ""))
    assert Receipt.objects.exclude(company="Menon").count() == Receipt.objects.count() >= count


def test_a_gift_card_whose_seats_were_lost_is_credited_and_the_rest_stands():
    show = ShowFactory(price=300)
    other = ShowFactory(price=200, screen__theatre=show.screen.theatre)
    card = gift_card(show.screen.theatre, 100)
    holds = held(show, "A1"), held(other, "A1")
    payment = order_holds(*holds, gift_cards=[card.code])
    lapsed(holds[0])
    sold(show, "A1", buyer="ben")

    settle_payment(report=report(payment))
    issue_receipts(order_id=payment.order_id)

    totals = Receipt.objects.filter(order=payment.order_id).order_by("pk").values_list("total", flat=True)
    assert list(totals) == [500, -100, -200]
    assert list(receipt_faults()) == []
