"""Cash in currencies whose smallest coins are gone: what is taken, paid out, printed and booked."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from cinema.domain.periods import Period
from cinema.exceptions import CashNotInCoins
from cinema.models import MoneyEntry, OrderLine, Payment, Refund, TillSession
from cinema.selectors.figures.takings import takings, takings_sheet
from cinema.selectors.money.ledger_faults import order_faults
from cinema.selectors.money.tills import in_drawer, report_of, till_faults
from cinema.selectors.orders.counter import SaleInput, sale_in_hand
from cinema.selectors.orders.orders import order_at
from cinema.services.money.receipts import ReceiptBuyer, issue_due_receipts, issue_for_company, issue_receipts
from cinema.services.money.tills import Closing, close_till, count_drawer
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.counter import pay_out, void_sale
from cinema.services.orders.orders import give_goodwill, settle_by_hand
from cinema.services.orders.staff_actions import RequestedAction
from tests.factories import (
    ShowFactory,
    counter_sale,
    gift_card,
    owner,
    paid_at_till,
    sold_at_till,
    ticket_of,
    till_session,
)
from tests.services.orders.test_orders import latest
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db

UP, DOWN = Decimal("12.33"), Decimal("12.32")
CENT = Decimal("0.01")


@pytest.fixture(autouse=True)
def francs(settings):
    settings.CURRENCY = "CHF"


@pytest.fixture
def show():
    return priced(UP)


@pytest.fixture
def session(show) -> TillSession:
    return till_session(show.screen.theatre, float=500)


@pytest.fixture(autouse=True)
def books_agree():
    """Whatever a test does, every amount is explained afterwards."""
    yield
    issue_due_receipts()
    call_command("check_ledger")


def priced(price: Decimal, **fields):
    """A show with seats at this price, which is refunded in full."""
    show = ShowFactory(screen__theatre__refund_percent=100, **fields)
    show.seats.update(price=price)
    return show


def rounding(session) -> Decimal:
    return report_of(session).rounding


@pytest.mark.parametrize(("price", "paid"), [(UP, "12.35"), (DOWN, "12.30"), (Decimal("12.30"), "12.30")])
def test_cash_is_rounded_to_the_smallest_coin(price, paid):
    show = priced(price)
    session = till_session(show.screen.theatre, float=500)
    payment = paid_at_till(session, counter_sale(session, show, "A1"), amount=20)
    more = Decimal(paid) - price
    assert (payment.amount, payment.rounding, payment.change) == (price, more, 20 - Decimal(paid))
    assert in_drawer(session) == 500 + Decimal(paid)
    assert payment.order.total == Decimal(paid)
    assert ticket_of(payment).kept == price
    lines = OrderLine.objects.filter(kind="ROUNDING").values_list("amount", flat=True)
    assert list(lines) == ([more] if more else [])
    assert rounding(session) == more


def test_a_card_pays_to_the_cent(session, show):
    payment = paid_at_till(session, counter_sale(session, show, "A1"), "TERMINAL", reference="T 1")
    assert (payment.amount, payment.rounding, payment.order.total) == (UP, 0, UP)
    assert not MoneyEntry.objects.filter(kind="ROUNDING").exists()


def test_only_the_part_that_is_paid_in_cash_is_rounded(session, show):
    sale = counter_sale(session, show, "A1")
    paid_at_till(session, sale, "TERMINAL", Decimal("5.01"), reference="T 1")
    assert sale_in_hand(session.theatre, sale.buyer, SaleInput()).due_in_cash == Decimal("7.30")
    last = paid_at_till(session, sale)
    assert (last.amount, last.rounding, last.rounded) == (Decimal("7.32"), Decimal("-0.02"), Decimal("7.30"))
    assert in_drawer(session) == Decimal("507.30")


def test_a_part_in_cash_is_taken_as_it_is_and_the_last_is_rounded(session, show):
    sale = counter_sale(session, show, "A1")
    first = paid_at_till(session, sale, amount=10)
    last = paid_at_till(session, sale, amount=Decimal("2.35"))
    assert [(one.amount, one.rounding) for one in (first, last)] == [(10, 0), (Decimal("2.33"), Decimal("0.02"))]
    assert in_drawer(session) == Decimal("512.35")


def test_a_gift_card_pays_to_the_cent_and_cash_the_rest(session, show):
    card = gift_card(session.theatre, Decimal("10.00"))
    payment = paid_at_till(session, counter_sale(session, show, "A1", chosen=SaleInput(gift_cards=[card.code])))
    assert (payment.rounded, payment.order.total) == (Decimal("2.35"), Decimal("12.35"))


def test_less_than_half_a_coin_is_waived(session, show):
    sale = counter_sale(session, show, "A1")
    paid_at_till(session, sale, "TERMINAL", UP - 2 * CENT, reference="T 1")
    last = paid_at_till(session, sale)
    assert (last.amount, last.rounded, last.order.status) == (2 * CENT, 0, "PAID")
    assert in_drawer(session) == 500


@pytest.mark.parametrize("given", ["12.33", "12.34", "20.01"])
def test_cash_for_which_there_are_no_coins_is_refused(session, show, given):
    sale = counter_sale(session, show, "A1")
    with pytest.raises(CashNotInCoins) as refusal:
        paid_at_till(session, sale, amount=Decimal(given))
    assert (refusal.value.due, refusal.value.coin) == (Decimal("12.35"), Decimal("0.05"))
    assert not Payment.objects.exists()


def test_the_same_request_sent_twice_rounds_once(session, show):
    sale = counter_sale(session, show, "A1")
    for _ in range(2):
        payment = paid_at_till(session, sale, key="a key of 16 chars")
    assert (payment.order.total, in_drawer(session)) == (Decimal("12.35"), Decimal("512.35"))


def test_the_receipt_has_a_line_for_the_rounding(session, show):
    ticket = sold_at_till(session, show, "A1")
    issue_receipts(order_id=ticket.order_id)
    receipt = ticket.order.receipts.get()
    assert (receipt.total, receipt.paid_by) == (Decimal("12.35"), [("CASH", Decimal("12.35"))])
    assert [(line.text, line.amount) for line in receipt.lines.all()][-1] == ("Rounding", 2 * CENT)


def refunded(session, show) -> Refund:
    """A refund of a seat that was sold for cash."""
    cancel_ticket(code=sold_at_till(session, show, "A1").code)
    return Refund.objects.get(status="PENDING")


@pytest.mark.parametrize("price", [UP, DOWN])
def test_a_refund_in_cash_is_rounded_likewise(price):
    show = priced(price)
    session = till_session(show.screen.theatre, float=500)
    refund = refunded(session, show)
    expected = refund.rounded
    paid = paid_out(refund, session)
    assert (paid.amount, paid.rounded) == (price, expected)
    assert (in_drawer(session), rounding(session)) == (500, 0)


def paid_out(refund: Refund, session) -> Refund:
    return pay_out(
        theatre=session.theatre, code=refund.code, till=session.code, by=session.opened_by, supervisor=owner()
    )


def refunded_in_part(session, show, amount: Decimal = Decimal("6.17")) -> Refund:
    """Goodwill for a seat that was sold for cash, whose receipt was issued."""
    ticket = sold_at_till(session, show, "A1")
    issue_receipts(order_id=ticket.order_id)
    give_goodwill(code=ticket.code, amount=amount, requested=RequestedAction(session.opened_by, "late", latest(), "1"))
    return Refund.objects.get()


def credit_notes(refund: Refund) -> list[tuple[Decimal, list, list]]:
    """The total, the lines and the tenders of each credit note of the refund's order."""
    issue_receipts(order_id=refund.payment.order_id)
    return [
        (note.total, [(line.text.split(",")[0], line.amount) for line in note.lines.order_by("pk")], note.paid_by)
        for note in refund.payment.order.receipts.filter(kind="CREDIT_NOTE").order_by("pk")
    ]


def test_its_credit_note_states_the_rounding_once_it_is_paid_out(session, show):
    refund = refunded(session, show)
    assert credit_notes(refund) == []
    assert issue_due_receipts() == 0  # nothing that waits stands in the way of others
    paid_out(refund, session)
    lines = [(str(show.movie), -UP), ("Rounding", -2 * CENT)]
    assert credit_notes(refund) == [(Decimal("-12.35"), lines, [("CASH", Decimal("-12.35"))])]


def test_one_that_is_settled_by_hand_is_exact(session, show):
    refund = refunded(session, show)
    ticket = refund.ticket
    settle_by_hand(
        code=ticket.code, refund_id=refund.pk, requested=RequestedAction(owner(), "sent", latest(), "by hand")
    )
    assert [total for total, *_ in credit_notes(refund)] == [-UP]


def test_the_refund_of_a_sale_that_was_not_rounded_may_be(session):
    show = priced(Decimal("12.30"), screen__theatre=session.theatre)
    refund = paid_out(refunded_in_part(session, show), session)
    [(total, lines, _paid)] = credit_notes(refund)
    assert (total, lines[1:]) == (Decimal("-6.15"), [("Rounding", 2 * CENT)])
    issue_for_company(order_id=refund.payment.order_id, buyer=ReceiptBuyer("Rao & Co"))
    assert refund.payment.order.receipts.order_by("pk").last().total == Decimal("6.15")
    assert "ROUNDING" not in {
        line.kind for line in order_at(session.theatre, refund.ticket.reference).order.lines.all()
    }


def test_a_refund_of_less_than_half_a_coin_pays_nothing_and_says_so(session, show):
    refund = paid_out(refunded_in_part(session, show, 2 * CENT), session)
    assert [(total, paid) for total, _, paid in credit_notes(refund)] == [(0, [("CASH", 0)])]


def test_a_receipt_for_a_company_while_a_refund_waits_says_what_was_paid(session, show):
    refund = refunded_in_part(session, show)
    receipt = issue_for_company(order_id=refund.payment.order_id, buyer=ReceiptBuyer("Rao & Co"))
    assert (receipt.total, receipt.paid_by) == (Decimal("12.35"), [("CASH", Decimal("12.35"))])
    paid_out(refund, session)
    assert credit_notes(refund)[-1][0] == Decimal("-6.15")


def test_a_sale_that_is_voided_gives_the_cash_back_that_was_taken(session, show):
    order = paid_at_till(session, counter_sale(session, show, "A1"), amount=10).order
    void_sale(theatre=session.theatre, reference=order.reference, till=session.code, by=session.opened_by)
    assert in_drawer(session) == 500


def test_takings_and_the_z_report_say_it(session, show):
    payment = paid_at_till(session, counter_sale(session, show, "A1"))
    day = session.theatre.trading_day(payment.created_at)
    period = Period(day, day)
    assert takings(session.theatre, period).rounding == 2 * CENT
    assert [row[3:] for row in takings_sheet(session.theatre, period).rows] == [
        ["Cash", 1, UP, 0, UP, None],
        ["Rounding of cash", None, None, None, 2 * CENT, None],
    ]
    counts = {"500": 0, "200": 2, "100": 1, "10": 1, "2": 1, "0.20": 1, "0.10": 1, "0.05": 1}
    count_drawer(theatre=session.theatre, code=session.code, counts=counts, by=session.opened_by)
    closed = close_till(theatre=session.theatre, code=session.code, closing=Closing(session.opened_by))
    assert (closed.expected, closed.variance, rounding(closed)) == (Decimal("512.35"), 0, 2 * CENT)


@pytest.mark.parametrize(("currency", "setting", "paid"), [("EUR", "0.05", "12.35"), ("CHF", "0", "12.33")])
def test_the_setting_decides_before_the_currency(settings, session, show, currency, setting, paid):
    settings.CURRENCY, settings.CASH_ROUNDING = currency, Decimal(setting)
    assert paid_at_till(session, counter_sale(session, show, "A1")).rounded == Decimal(paid)


def test_a_rounding_that_no_line_says_is_a_fault(session, show):
    order = sold_at_till(session, show, "A1").order
    OrderLine.objects.filter(kind="ROUNDING").update(amount=CENT, unit_price=CENT)
    [fault] = order_faults(type(order).objects.all())
    assert fault.problem == "its lines are rounded by 0.01, its payments by 0.02"
    OrderLine.objects.filter(kind="ROUNDING").update(amount=2 * CENT, unit_price=2 * CENT)


def test_a_rounding_that_was_not_booked_is_a_fault(session, show):
    sold_at_till(session, show, "A1")
    entries = MoneyEntry.objects.filter(kind="ROUNDING")
    with alterable_trail():
        entries.update(amount=CENT)
        assert any("should have 512.35" in fault for fault in till_faults())
        entries.update(amount=2 * CENT)


def test_only_cash_is_rounded_whatever_is_written(session, show):
    payment = sold_at_till(session, show, "A1", "TERMINAL", reference="T 1").order.payments.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(rounding=CENT)
