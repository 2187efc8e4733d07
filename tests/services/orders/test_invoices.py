"""Sales on invoice: what the payer owes, pays and gets back, and what the ledger and the drawer then say."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from cinema.domain.accounts import kind_of
from cinema.exceptions import (
    CashNotInCoins,
    DrawerTooEmpty,
    InvoiceOverpaid,
    InvoicePaidTooEarly,
    InvoicePaymentKeyReused,
    InvoicePaymentRefunded,
    InvoicePaymentReversed,
    NothingToInvoice,
    TillCounted,
)
from cinema.models import (
    AuditEvent,
    CounterAction,
    Invoice,
    InvoicePayment,
    MoneyEntry,
    Order,
    Payment,
    Receipt,
    Refund,
    Show,
    Ticket,
    TillSession,
)
from cinema.selectors.figures.days import day_faults
from cinema.selectors.money.tills import in_drawer, report_of
from cinema.selectors.orders.counter import SaleInput
from cinema.services.figures.days import close_day
from cinema.services.money.invoice_reversals import reverse_invoice_payment
from cinema.services.money.invoices import MoneyReceived, pay_invoice
from cinema.services.money.ledger import post_part_payment
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.tills import CashMove, Closing, close_till, count_drawer, move_cash
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.counter import CounterSale, pay_out
from cinema.services.orders.exchanges import exchange_order
from cinema.services.orders.orders import return_seats
from cinema.services.orders.parking import take_up
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.orders.voids import void_order
from tests.factories import (
    MANAGER,
    ShowFactory,
    counter_sale,
    gift_card,
    in_the_afternoon,
    on_invoice,
    paid_at_till,
    parked,
    permission,
    sold_at_till,
    staff,
    till_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    """At a theatre where the trading day is that of the calendar at this hour."""
    return ShowFactory(screen__theatre__time_zone=in_the_afternoon())


@pytest.fixture
def session(show: Show) -> TillSession:
    return till_session(show.screen.theatre, float=500)


@pytest.fixture(autouse=True)
def books_agree():
    """Whatever a test does, every amount is explained, and every receipt, afterwards."""
    yield
    issue_due_receipts()
    call_command("check_ledger")


def balance(name: str) -> Decimal:
    """The debit of the accounts of a kind, less their credit."""
    found = Decimal(0)
    for debit, credit, amount in MoneyEntry.objects.values_list("debit", "credit", "amount"):
        found += amount * ((kind_of(debit) == name) - (kind_of(credit) == name))
    return found


def invoice_of_two(session: TillSession, show: Show, **terms: Any) -> Invoice:
    """An invoice for two seats, of 500."""
    return on_invoice(session, counter_sale(session, show, "A1 A2"), **terms)


def transfer(invoice: Invoice, amount: int | str, key: str = "a key of 16 chars", **more: Any) -> InvoicePayment:
    paid = MoneyReceived("TRANSFER", Decimal(amount), key, "T 4711", **more)
    return pay_invoice(theatre=invoice.theatre, code=invoice.code, paid=paid, by=staff(invoice.theatre, MANAGER))


def cash(invoice: Invoice, session: TillSession, amount: int | str, key: str = "a key of 16 chars") -> InvoicePayment:
    paid = MoneyReceived("CASH", Decimal(amount), key, till=session.code)
    return pay_invoice(theatre=invoice.theatre, code=invoice.code, paid=paid, by=session.opened_by)


def left(invoice: Invoice) -> Decimal:
    invoice.refresh_from_db()
    return invoice.left


def test_a_group_gets_its_tickets_and_owes_the_money(session, show):
    invoice = invoice_of_two(session, show, days=14)
    order = invoice.payment.order
    order.refresh_from_db()
    assert (order.status, order.company, invoice.left) == ("PAID", "City School", 500)
    assert order.tickets.get().status == Ticket.Status.CONFIRMED
    assert invoice.due_on == timezone.now().astimezone(session.theatre.tz).date() + timedelta(days=14)
    assert (balance("receivables"), in_drawer(session)) == (500, 500)


def test_it_needs_a_permission_which_is_recorded(session, show):
    boss = staff(session.theatre, MANAGER)
    invoice = on_invoice(session, counter_sale(session, show, "A1 A2"), boss=boss)
    action = CounterAction.objects.get()
    assert (action.kind, action.amount, action.seats) == ("INVOICE", 500, 2)
    assert (action.order, action.allowed_by, action.reason) == (invoice.payment.order, boss, "SCHOOL")
    assert AuditEvent.objects.filter(action="COUNTER", subject=invoice.payment.order.reference).exists()


def test_what_was_paid_in_cash_before_is_not_on_the_invoice(session, show):
    sale = counter_sale(session, show, "A1 A2")
    paid_at_till(session, sale, amount=200)
    assert on_invoice(session, sale).left == 300


def test_a_gift_card_pays_first_and_nothing_is_left_to_invoice(session, show):
    card = gift_card(session.theatre, 250)
    sale = counter_sale(session, show, "A1", chosen=SaleInput(gift_cards=[card.code]))
    with pytest.raises(NothingToInvoice):
        on_invoice(session, sale)
    assert not Order.objects.filter(channel="COUNTER").exists()


def test_a_sale_of_which_nothing_is_left_to_pay_gets_no_invoice(session, show):
    """A card that was waited for has paid the rest before the seller sold it on invoice."""
    sale = counter_sale(session, show, "A1 A2")
    part = paid_at_till(session, sale, amount=200)
    reader = {"mode": "READER", "gateway": "stripe", "status": "SUCCESS", "amount": 300}
    columns = {"till_session": session, "taken_by": session.opened_by, "created_at": part.created_at}
    late = Payment.objects.create(order=part.order, key="late", fingerprint="", **reader, **columns)
    post_part_payment(payment=late, at=part.created_at)
    with pytest.raises(NothingToInvoice):
        on_invoice(session, sale)
    assert not Invoice.objects.exists()


def test_a_repeated_sale_is_the_same_invoice(session, show):
    sale, key = counter_sale(session, show, "A1"), "the same key as before"
    first, again = (on_invoice(session, sale, key=key) for _ in range(2))
    assert first == again
    assert CounterAction.objects.count() == 1


def test_it_is_paid_by_transfer_in_parts(session, show):
    invoice = invoice_of_two(session, show)
    paid = transfer(invoice, 200, paid_on=invoice.sold_on)
    assert (left(invoice), paid.paid_on, balance("bank"), balance("receivables")) == (300, invoice.sold_on, 200, 300)
    transfer(invoice, 300, "another key of 16")
    assert (left(invoice), balance("bank"), balance("receivables"), in_drawer(session)) == (0, 500, 0, 500)
    trail = AuditEvent.objects.filter(action="INVOICE")
    assert [event.reason for event in trail] == ["", ""]  # the bank's reference may name somebody


def test_it_is_paid_in_cash_at_a_till(session, show):
    invoice = invoice_of_two(session, show)
    cash(invoice, session, 500)
    assert (left(invoice), in_drawer(session), balance("receivables")) == (0, 1000, 0)


def test_a_repeated_payment_counts_once(session, show):
    invoice = invoice_of_two(session, show)
    first, again = (transfer(invoice, 200) for _ in range(2))
    assert first == again
    assert left(invoice) == 300
    with pytest.raises(InvoicePaymentKeyReused):
        cash(invoice, session, 200)


def test_a_transfer_is_not_older_than_its_invoice(session, show):
    invoice = invoice_of_two(session, show)
    with pytest.raises(InvoicePaidTooEarly, match="please check the day"):
        transfer(invoice, 200, paid_on=invoice.sold_on - timedelta(days=1))
    assert not InvoicePayment.objects.exists()


def test_a_transfer_of_a_closed_day_is_in_the_next_report(session, show):
    """Banks say the next day what came, so closed days may be entered; no report is changed by that."""
    invoice, day, by = invoice_of_two(session, show), session.theatre.trading_day(session.opened_at), session.opened_by
    count_drawer(theatre=session.theatre, code=session.code, counts={"500": 1}, by=by)
    close_till(theatre=session.theatre, code=session.code, closing=Closing(by))
    report = close_day(theatre=session.theatre, day=day, by=by)
    paid = transfer(invoice, 200, paid_on=day)
    assert paid.entries.get().pk > report.last_entry
    assert list(day_faults()) == []


def test_no_more_is_paid_than_is_left(session, show):
    invoice = invoice_of_two(session, show)
    with pytest.raises(InvoiceOverpaid, match="500"):
        transfer(invoice, 501)
    transfer(invoice, 500)
    with pytest.raises(InvoiceOverpaid, match="Nothing of this invoice"):
        transfer(invoice, 1, "another key of 16")


def test_no_cash_is_taken_in_a_till_that_is_counted(session, show):
    invoice = invoice_of_two(session, show)
    count_drawer(theatre=session.theatre, code=session.code, counts={"500": 1}, by=session.opened_by)
    with pytest.raises(TillCounted):
        cash(invoice, session, 500)
    assert not InvoicePayment.objects.exists()


@pytest.mark.parametrize("handed_over", ["24.66", "24.65"])
def test_cash_that_pays_all_of_it_is_rounded_to_coins(settings, session, show, handed_over):
    settings.CURRENCY = "CHF"
    show.seats.update(price=Decimal("12.33"))
    invoice = invoice_of_two(session, show)
    with pytest.raises(CashNotInCoins):
        cash(invoice, session, "10.01")
    paid = cash(invoice, session, handed_over)
    assert (paid.amount, paid.rounding, left(invoice)) == (Decimal("24.66"), Decimal("-0.01"), 0)
    assert in_drawer(session) == Decimal("524.65")


def test_a_ticket_that_is_cancelled_is_owed_no_more(session, show):
    invoice = invoice_of_two(session, show)
    issue_due_receipts()
    cancel_ticket(code=invoice.payment.order.tickets.get().code)
    issue_due_receipts()
    refund = Refund.objects.get()
    assert (refund.status, refund.till_session, left(invoice)) == ("DONE", None, 0)
    assert (balance("receivables"), balance("refunds"), in_drawer(session)) == (0, 0, 500)
    assert Receipt.objects.get(kind="CREDIT_NOTE").total == -500


def test_only_what_was_paid_of_a_cancelled_ticket_goes_back(session, show):
    invoice = invoice_of_two(session, show)
    cash(invoice, session, 200)
    cancel_ticket(code=invoice.payment.order.tickets.get().code)
    owed, waiting = Refund.objects.order_by("pk")
    assert (owed.amount, owed.status, waiting.amount, waiting.status) == (300, "DONE", 200, "PENDING")
    assert (left(invoice), balance("receivables"), balance("refunds")) == (0, 0, -200)
    boss = staff(session.theatre, MANAGER)
    pay_out(theatre=session.theatre, code=waiting.code, till=session.code, by=session.opened_by, supervisor=boss)
    assert (in_drawer(session), balance("refunds")) == (500, 0)
    invoice.payment.refresh_from_db()
    assert invoice.payment.status == "REFUNDED"


def test_what_goes_back_in_cash_is_rounded_too(settings, session, show):
    settings.CURRENCY = "CHF"
    show.seats.update(price=Decimal("12.33"))
    invoice = invoice_of_two(session, show)
    cash(invoice, session, "24.65")
    cancel_ticket(code=invoice.payment.order.tickets.get().code)
    boss = staff(session.theatre, MANAGER)
    issue_due_receipts()  # what it comes to is not known yet
    code = Refund.objects.get().code
    pay_out(theatre=session.theatre, code=code, till=session.code, by=session.opened_by, supervisor=boss)
    issue_due_receipts()
    assert in_drawer(session) == 500
    assert Receipt.objects.get(kind="CREDIT_NOTE").total == Decimal("-24.65")


def test_a_returned_seat_lessens_the_invoice_before_the_cash_beside_it(session, show):
    sale = counter_sale(session, show, "A1 A2")
    paid_at_till(session, sale, amount=200)
    invoice = on_invoice(session, sale)
    ticket, boss = invoice.payment.order.tickets.get(), staff(session.theatre, MANAGER)
    seats = [ticket.seats.first().show_seat_id]
    requested = RequestedAction(boss, "ill", ticket.audit.latest("pk").pk, "an action's key")
    return_seats(code=ticket.code, seat_ids=seats, requested=requested)
    assert [refund.status for refund in Refund.objects.all()] == ["DONE"]
    assert (left(invoice), in_drawer(session)) == (50, 700)


def test_a_reservation_is_taken_up_and_sold_on_invoice(session, show):
    kept = parked(session, show, "A1 A2", before=timedelta(minutes=30))
    buyer, chosen = take_up(theatre=session.theatre, code=kept.code)
    invoice = on_invoice(session, CounterSale(session, buyer, chosen, seen=Decimal(500)))
    assert (left(invoice), invoice.payment.order.tickets.get().seats.count()) == (500, 2)


def test_nothing_is_owed_for_a_show_that_is_cancelled(session, show):
    invoice = invoice_of_two(session, show)
    transfer(invoice, 100)
    process_cancellation(cancellation=cancel_show(show_id=show.pk, user=None, reason="no light", remedy="REFUND"))
    assert sorted((one.amount, one.status) for one in Refund.objects.all()) == [(100, "PENDING"), (400, "DONE")]
    assert left(invoice) == 0


def test_a_cheaper_show_lessens_the_invoice(session, show):
    invoice, boss = invoice_of_two(session, show), staff(session.theatre, MANAGER)
    cheaper = ShowFactory(screen__theatre=session.theatre, price=Decimal(100), movie=show.movie)
    ticket = invoice.payment.order.tickets.get()
    requested = RequestedAction(boss, "ill", ticket.audit.latest("pk").pk, "an action's key")
    exchange_order(code=ticket.code, show_id=cheaper.pk, seat_ids=[], requested=requested, refund_difference=True)
    assert [(one.amount, one.status) for one in Refund.objects.all()] == [(300, "DONE")]
    assert left(invoice) == 200


def test_a_void_takes_all_of_it_back(session, show):
    invoice = invoice_of_two(session, show)
    order = invoice.payment.order
    allowed = permission(session, "WRONG_SHOW")
    void_order(theatre=session.theatre, reference=order.reference, till=session.code, permission=allowed)
    assert (left(invoice), balance("receivables"), in_drawer(session)) == (0, 0, 500)
    show.refresh_from_db()
    assert show.revenue == 0


def reverse(paid: InvoicePayment, session: TillSession, reason: str = "WRONG_AMOUNT", key: str = "") -> InvoicePayment:
    allowed = permission(session, reason, staff(session.theatre, MANAGER), key)
    return reverse_invoice_payment(theatre=session.theatre, pk=paid.pk, till=session.code, permission=allowed)


def test_a_transfer_that_was_entered_by_mistake_is_reversed_once(session, show):
    invoice = invoice_of_two(session, show)
    wrong = transfer(invoice, 200)
    first, again = (reverse(wrong, session, key="the key of a reversal") for _ in range(2))
    assert first == again
    assert (first.amount, first.reverses, left(invoice)) == (-200, wrong, 500)
    assert (balance("bank"), balance("receivables")) == (0, 500)
    for paid in (wrong, first):
        with pytest.raises(InvoicePaymentReversed):
            reverse(paid, session)
    transfer(invoice, 500, "another key of 16")
    assert left(invoice) == 0


def test_a_reversal_is_counted_with_its_reason_and_who_allowed_it(session, show):
    wrong = transfer(invoice_of_two(session, show), 200)
    reverse(wrong, session)
    action = CounterAction.objects.get(kind="REVERSAL")
    assert (action.reason, action.amount, action.session) == ("WRONG_AMOUNT", 200, None)
    assert action.allowed_by_id not in (None, action.by_id)
    assert AuditEvent.objects.get(action="COUNTER", details__what="REVERSAL").details["amount"] == "200.00"


def test_cash_is_booked_out_of_the_drawer_and_the_z_report_says_so(settings, session, show):
    settings.CURRENCY = "CHF"
    show.seats.update(price=Decimal("12.33"))
    invoice = invoice_of_two(session, show)
    wrong = cash(invoice, session, "24.65")
    other = till_session(session.theatre, float=500)
    reverse(wrong, other)
    assert (in_drawer(session), in_drawer(other), left(invoice)) == (Decimal("524.65"), Decimal("475.35"), wrong.amount)
    assert (report_of(session).invoices_paid, report_of(other).invoices_paid) == (wrong.amount, -wrong.amount)
    assert [one.kind for one in report_of(other).actions] == ["REVERSAL"]


def test_no_more_cash_is_booked_out_than_is_there(session, show):
    wrong = cash(invoice_of_two(session, show), session, 500)
    drop = CashMove("DROP", Decimal(600), "", "a key of 16 chars")
    move_cash(theatre=session.theatre, code=session.code, move=drop, by=session.opened_by)
    with pytest.raises(DrawerTooEmpty):
        reverse(wrong, session)
    assert InvoicePayment.objects.get() == wrong


def test_what_waits_to_be_refunded_of_it_is_taken_off_the_invoice_instead(session, show):
    invoice = invoice_of_two(session, show)
    wrong = transfer(invoice, 500)
    cancel_ticket(code=invoice.payment.order.tickets.get().code)
    assert Refund.objects.get().status == "PENDING"
    reverse(wrong, session, "NOT_RECEIVED")
    assert (Refund.objects.get().status, left(invoice)) == ("DONE", 0)
    assert (balance("bank"), balance("receivables"), balance("refunds")) == (0, 0, 0)


def test_what_was_refunded_is_not_reversed(session, show):
    invoice = invoice_of_two(session, show)
    wrong = transfer(invoice, 500)
    cancel_ticket(code=invoice.payment.order.tickets.get().code)
    till, boss = till_session(session.theatre, float=500), staff(session.theatre, MANAGER)
    pay_out(theatre=session.theatre, code=Refund.objects.get().code, till=till.code, by=boss, supervisor=boss)
    with pytest.raises(InvoicePaymentRefunded):
        reverse(wrong, session)
    assert left(invoice) == 0


def test_a_payment_at_another_theatre_is_not_reversed(session, show):
    wrong = transfer(invoice_of_two(session, show), 200)
    with pytest.raises(InvoicePayment.DoesNotExist):
        reverse(wrong, till_session())


def test_what_was_paid_of_an_invoice_is_never_altered(session, show):
    reverse(transfer(invoice_of_two(session, show), 1), session)
    for row in InvoicePayment.objects.all():
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            InvoicePayment.objects.filter(pk=row.pk).update(amount=2)


def test_the_check_finds_an_invoice_that_does_not_fit(session, show, capsys):
    invoice = invoice_of_two(session, show)
    Invoice.objects.update(left=1)
    with pytest.raises(CommandError):
        call_command("check_ledger")
    assert "1.00 is left of its invoice, and 500.00 should be" in capsys.readouterr().err
    Invoice.objects.update(left=invoice.left)


def test_a_sale_for_cash_knows_no_invoice(session, show):
    sold_at_till(session, show, "A1")
    assert not Invoice.objects.exists()
