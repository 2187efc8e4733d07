"""What receipt printers print, in words."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.domain.slips import Code, Line, Pair
from cinema.models import GiftCard, PrintJob
from cinema.selectors.orders.slips import slip_of
from cinema.services.money.gift_cards import block_gift_card
from cinema.services.money.invoices import MoneyReceived, pay_invoice
from cinema.services.money.printers import open_drawer, queue_report_copy, save_printer
from cinema.services.money.receipts import issue_receipts
from cinema.services.money.tills import Closing, close_till, count_drawer
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    MANAGER,
    ShowFactory,
    counter_sale,
    on_invoice,
    paid_at_till,
    sale_of_cards,
    sold_at_till,
    staff,
    till_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaa", movie__title="The Lunchbox", movie__certificate="UA")


@pytest.fixture
def session(show):
    session = till_session(show.screen.theatre)
    save_printer(till=session.till, name="Star", by=session.opened_by)
    return session


def slip(**which):
    return slip_of(PrintJob.objects.select_related("order", "session__till", "session__theatre").get(**which))


def lines(parts) -> list[str]:
    return [part.text for part in parts if isinstance(part, Line)]


def pairs(parts) -> list[tuple[str, str]]:
    return [(part.first, part.last) for part in parts if isinstance(part, Pair)]


def test_a_sale_is_its_tickets_and_the_receipt(session, show):
    payment = paid_at_till(session, counter_sale(session, show, "A1 A2"), amount=600)
    issue_receipts(order_id=payment.order_id)
    ticket = payment.order.tickets.get()

    parts = slip()

    assert "The Lunchbox" in lines(parts)
    assert f"{show.screen} · A 1–2" in lines(parts)
    assert "UA" in lines(parts)
    assert Code(ticket.get_absolute_url()) in parts
    assert any(line.startswith("Receipt ") for line in lines(parts))
    assert ("Total", "₹500.00") in pairs(parts)
    assert ("Paid: Cash", "₹500.00") in pairs(parts)
    assert pairs(parts)[-2:] == [("Handed over", "₹600"), ("Change", "₹100")]


def test_a_ticket_that_was_cancelled_in_the_meantime_has_no_code(session, show):
    cancel_ticket(code=sold_at_till(session, show, "A1").code)

    parts = slip()

    assert not [part for part in parts if isinstance(part, Code)]
    assert "cancelled" in lines(parts)


def test_a_z_report_has_the_sums_of_its_page(session, show):
    sold_at_till(session, show, "A1")
    theatre, by = session.theatre, session.opened_by
    count_drawer(theatre=theatre, code=session.code, counts={"100": 3}, by=by)
    close_till(theatre=theatre, code=session.code, closing=Closing(by, "A note is torn", staff(theatre, MANAGER)))

    parts = slip(kind="REPORT")

    assert "Z report 1" in lines(parts)
    assert {("Expected", "₹350"), ("Counted", "₹300"), ("Reason", "A note is torn"), ("Cash × 1", "₹250")} <= set(
        pairs(parts)
    )


def test_a_copy_of_a_z_report_says_so_before_and_after(session):
    count_drawer(theatre=session.theatre, code=session.code, counts={"50": 2}, by=session.opened_by)
    close_till(theatre=session.theatre, code=session.code, closing=Closing(session.opened_by))
    queue_report_copy(session=session, by=session.opened_by, key="the key of a copy")

    texts = lines(slip(kind="ZCOPY"))

    assert (texts[0], texts[-2]) == ("COPY", "COPY")
    assert {"Z report 1", str(session.opened_by)} <= {part for text in texts for part in text.split(" · ")}


def test_a_z_report_has_the_cash_that_came_for_invoices(session, show):
    invoice, theatre, by = on_invoice(session, counter_sale(session, show, "A1")), session.theatre, session.opened_by
    pay_invoice(
        theatre=theatre, code=invoice.code, paid=MoneyReceived("CASH", Decimal(250), "a key", till=session.code), by=by
    )
    count_drawer(theatre=theatre, code=session.code, counts={"50": 7}, by=by)
    close_till(theatre=theatre, code=session.code, closing=Closing(by))

    assert {("Expected", "₹350"), ("Invoices paid", "₹250"), ("Invoice × 1", "₹250")} <= set(pairs(slip(kind="REPORT")))


def test_a_slip_says_who_opened_the_drawer_and_when(session):
    open_drawer(
        session=session, by=session.opened_by, supervisor=session.opened_by, reason="Change", key="a drawer's key"
    )
    PrintJob.objects.update(created_at=session.opened_at + timedelta(minutes=1))

    assert "Drawer opened without a sale" in lines(slip())
    assert str(session.opened_by) in lines(slip())


def test_a_gift_card_is_printed_with_its_code_until_it_is_blocked(session):
    payment = paid_at_till(session, sale_of_cards(session, 50))
    card = GiftCard.objects.get()
    assert {"Gift card", "₹50", card.groups} <= set(lines(slip()))
    assert Code(card.get_absolute_url()) in slip()
    block_gift_card(theatre=session.theatre, pk=card.pk, blocked=True, user=payment.taken_by)
    assert card.groups not in lines(slip()) and Code(card.get_absolute_url()) not in slip()
