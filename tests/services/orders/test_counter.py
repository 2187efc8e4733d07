"""Sales at the counter: tenders, parts, change, voids; what the ledger and the drawer then say."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from cinema.exceptions import (
    DrawerTooEmpty,
    HoldExpired,
    NoBlockLeft,
    PrepaidChanged,
    PriceChanged,
    SaleEmpty,
    SaleNotOpen,
    SalePartPaid,
    SeatsUnavailable,
    ShowNotOnSale,
    SoldAtCounterOnly,
    TenderTooHigh,
    TillCounted,
    TillNotOpen,
    TillOfEarlierDay,
    UnknownShow,
    VoucherUsed,
)
from cinema.gateways.base import RefundReport, RefundState
from cinema.models import (
    Hold,
    MoneyEntry,
    Order,
    Payment,
    Refund,
    SeatEvent,
    Show,
    ShowSeat,
    Theatre,
    Ticket,
    TicketType,
    TillSession,
)
from cinema.selectors.figures.ledger import coupon_faults
from cinema.selectors.money.tills import in_drawer, report_of
from cinema.selectors.orders.counter import SaleInput, interrupted_sale, sale_in_hand, sales_to_finish, tiles
from cinema.services.core.outbox import OutgoingMail
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.refunds import receive_refund
from cinema.services.money.settlement import settle_payment
from cinema.services.money.tills import CashMove, Closing, close_till, count_drawer, move_cash
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.counter import CounterSale, CounterSeatRequest, drop_sale, hold_for_sale, pay_out, void_sale
from tests.factories import (
    CONTACT,
    ShowFactory,
    TheatreFactory,
    UserFactory,
    counter_sale,
    coupon,
    gift_card,
    held,
    lapsed,
    on_card,
    order_hold,
    owner,
    paid_at_till,
    past,
    report,
    seat,
    sold,
    sold_at_till,
    ticket_of,
    till_session,
    vouchers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory()


@pytest.fixture
def session(show) -> TillSession:
    return till_session(show.screen.theatre, float=500)


@pytest.fixture(autouse=True)
def books_agree():
    """Whatever a test does, every amount is explained afterwards."""
    yield
    call_command("check_ledger")


def test_seats_are_sold_for_cash_without_a_name(session, show):
    payment = paid_at_till(session, counter_sale(session, show, "A1 A2"), amount=600)
    ticket = ticket_of(payment)
    assert (payment.amount, payment.tendered, payment.change) == (500, 600, 100)
    assert (ticket.status, ticket.kept, ticket.order.status) == ("CONFIRMED", 500, "PAID")
    assert (ticket.order.channel, ticket.order.name, ticket.order.email) == ("COUNTER", "", "")
    assert payment.taken_by == session.opened_by
    assert in_drawer(session) == 1000
    assert not OutgoingMail.objects.exists()


def test_a_buyer_who_gives_an_address_gets_a_mail(session, show):
    paid_at_till(session, counter_sale(session, show, "A1", contact=CONTACT))
    assert OutgoingMail.objects.get().recipient == CONTACT.email


def test_the_best_seats_are_sold(session, show):
    payment = paid_at_till(session, counter_sale(session, show, party=3))
    assert ticket_of(payment).seats.count() == 3


def test_a_card_is_taken_at_the_terminal_with_its_reference(session, show):
    payment = paid_at_till(session, counter_sale(session, show, "A1"), "TERMINAL", reference="T 0815")
    assert (payment.amount, payment.capture_id, payment.tendered) == (250, "T 0815", None)
    assert in_drawer(session) == 500
    entry = MoneyEntry.objects.get(kind="CAPTURE")
    assert (entry.debit, entry.till_session) == (f"terminal:{session.theatre_id}", session)


def test_a_terminal_takes_no_more_than_is_due(session, show):
    sale = counter_sale(session, show, "A1")
    with pytest.raises(TenderTooHigh):
        paid_at_till(session, sale, "TERMINAL", 300)
    assert not Order.objects.exists()


def test_a_sale_is_paid_by_card_and_the_rest_in_cash(session, show):
    sale = counter_sale(session, show, "A1 A2")
    first = paid_at_till(session, sale, "TERMINAL", 300, reference="T 1")
    assert (first.order.status, ticket_of(first).status, seat(show, "A1").status) == ("OPEN", "PENDING", "HELD")
    assert sale_in_hand(session.theatre, sale.buyer, SaleInput()).due == 200
    call_command("check_ledger")
    last = paid_at_till(session, sale, "CASH", 500)
    assert (last.amount, last.change, last.order_id) == (200, 300, first.order_id)
    assert ticket_of(last).status == Ticket.Status.CONFIRMED
    issue_due_receipts()
    assert sorted(last.order.receipts.get().paid_by) == [("CASH", 200), ("TERMINAL", 300)]
    assert {str(line): line.amount for line in report_of(session).tenders} == {"Cash": 200, "Card terminal": 300}


def test_several_shows_are_one_order(session, show):
    later = ShowFactory(screen__theatre=session.theatre)
    counter_sale(session, show, "A1")
    payment = paid_at_till(session, counter_sale(session, later, "A2"))
    assert payment.amount == 500
    assert {ticket.show for ticket in payment.order.tickets.all()} == {show, later}


@pytest.mark.both
def test_a_request_that_is_sent_twice_is_paid_once(session, show):
    sale = counter_sale(session, show, "A1")
    first = paid_at_till(session, sale, key="a key of 16 chars")
    assert paid_at_till(session, sale, key="a key of 16 chars") == first
    assert in_drawer(session) == 750


def test_a_gift_card_pays_first(session, show):
    card = gift_card(session.theatre, 300)
    sale = counter_sale(session, show, "A1 A2", chosen=SaleInput(gift_cards=[card.code]))
    payment = paid_at_till(session, sale)
    card.refresh_from_db()
    assert (payment.amount, card.balance) == (200, 0)


def test_a_gift_card_pays_all(session, show):
    card = gift_card(session.theatre, 300)
    payment = paid_at_till(session, counter_sale(session, show, "A1", chosen=SaleInput(gift_cards=[card.code])))
    assert (payment.amount, payment.mode, ticket_of(payment).status) == (0, "", "CONFIRMED")


def test_a_voucher_pays_for_a_seat_and_cash_for_the_rest(session, show):
    [voucher] = vouchers(session.theatre)
    sale = counter_sale(session, show, "A1 A2", chosen=SaleInput(vouchers=[voucher.code]))
    payment = paid_at_till(session, sale)
    [used] = Payment.objects.filter(voucher=voucher)
    assert (payment.amount, used.amount, used.status) == (250, 250, "SUCCESS")
    assert (used.till_session, used.taken_by) == (session, session.opened_by)
    assert {str(line): line.amount for line in report_of(session).tenders} == {"Cash": 250, "Voucher": 250}
    assert (in_drawer(session), ticket_of(payment).kept_vouchers) == (750, 250)


@pytest.mark.both
def test_vouchers_and_a_gift_card_pay_all_without_a_tender(session, show):
    two, card = vouchers(session.theatre, 2), gift_card(session.theatre, 250)
    chosen = SaleInput(vouchers=[one.code for one in two], gift_cards=[card.code])
    payment = paid_at_till(session, counter_sale(session, show, "A1 A2 A3", chosen=chosen))
    assert (payment.amount, payment.mode, ticket_of(payment).status) == (0, "", "CONFIRMED")
    assert {str(line): line.amount for line in report_of(session).tenders} == {"Gift card": 250, "Voucher": 500}
    assert in_drawer(session) == 500


def test_tickets_that_cost_nothing_need_no_tender():
    show = on_card(adult=250, child=0)
    session, child = till_session(show.screen.theatre), TicketType.objects.get(name="Child")
    wanted = CounterSeatRequest(show.pk, {child.pk: 1}, [seat(show, "A2").pk])
    types = hold_for_sale(theatre=session.theatre, buyer="counter", wanted=wanted, by=session.opened_by)
    payment = paid_at_till(session, CounterSale(session, "counter", SaleInput(types=types), Decimal(0)))
    assert (payment.amount, payment.mode, payment.till_session) == (0, "", session)
    assert ticket_of(payment).status == "CONFIRMED"
    assert not MoneyEntry.objects.filter(order=payment.order).exists()


def test_a_voucher_of_a_sale_that_is_voided_can_be_used_again(session, show):
    [voucher] = vouchers(session.theatre)
    sale = counter_sale(session, show, "A1 A2", chosen=SaleInput(vouchers=[voucher.code]))
    payment = paid_at_till(session, sale, amount=100)
    again = sale.chosen._replace(gift_cards=[])
    assert interrupted_sale(session.theatre, payment.order.reference) == (sale.buyer, again)
    with pytest.raises(VoucherUsed):
        paid_at_till(session, counter_sale(session, show, "A3", buyer="other", chosen=sale.chosen))
    void_sale(theatre=session.theatre, reference=payment.order.reference, till=session.code, by=session.opened_by)
    again = counter_sale(session, show, "A1", buyer="third", chosen=sale.chosen)
    assert ticket_of(paid_at_till(session, again)).status == "CONFIRMED"


def test_what_codes_leave_to_pay_must_be_what_was_shown(session, show):
    card = gift_card(session.theatre, 300)
    sale = counter_sale(session, show, "A1 A2", chosen=SaleInput(gift_cards=[card.code]), seen_rest=Decimal(200))
    paid_at_till(session, counter_sale(session, show, "B1", buyer="other", chosen=sale.chosen))
    with pytest.raises(PrepaidChanged):
        paid_at_till(session, sale)
    assert Order.objects.filter(channel="COUNTER").count() == 1


def test_a_coupon_lessens_the_price(session, show):
    coupon(session.theatre, code="TEN")
    payment = paid_at_till(session, counter_sale(session, show, "A1", chosen=SaleInput(coupon="ten")))
    assert payment.amount == 225


def test_a_sale_that_is_not_finished_gives_the_use_of_its_coupon_back(session, show):
    ten = coupon(session.theatre, code="TEN", most_uses=1)
    paid_at_till(session, counter_sale(session, show, "A1", chosen=SaleInput(coupon="ten")), amount=50)

    void_sale(theatre=session.theatre, reference=Order.objects.get().reference, till=session.code, by=session.opened_by)

    ten.refresh_from_db()
    assert ten.used == 0 and list(coupon_faults()) == []


def test_ticket_types_of_the_counter_are_sold_there_only():
    show = on_card(adult=250, staff=100)
    session, kind = till_session(show.screen.theatre), TicketType.objects.get(name="Staff")
    TicketType.objects.filter(pk=kind.pk).update(counter_only=True)
    with pytest.raises(SoldAtCounterOnly):
        order_hold(
            code=held(show, "A1").code,
            buyer="asha",
            contact=CONTACT,
            mode="UPI",
            key="web",
            types={seat(show, "A1").pk: kind.pk},
        )
    wanted = CounterSeatRequest(show.pk, {kind.pk: 1}, [seat(show, "A2").pk])
    types = hold_for_sale(theatre=session.theatre, buyer="counter", wanted=wanted, by=session.opened_by)
    sale = counter_sale(session, show, "A2", chosen=SaleInput(types=types))
    assert paid_at_till(session, sale).amount == 100


def test_the_price_that_was_shown_is_paid(session, show):
    sale = counter_sale(session, show, "A1")._replace(seen=Decimal(200))
    with pytest.raises(PriceChanged):
        paid_at_till(session, sale)


def test_what_is_taken_cannot_be_sold(session, show):
    sold(show, "A1")
    with pytest.raises(SeatsUnavailable):
        counter_sale(session, show, "A1")
    with pytest.raises(NoBlockLeft):
        counter_sale(session, show, party=24)


def test_a_show_that_is_over_a_draft_or_elsewhere_is_not_sold(session, show):
    with pytest.raises(UnknownShow):
        counter_sale(session, ShowFactory(), "A1")
    draft = ShowFactory(screen__theatre=session.theatre)
    Show.objects.filter(pk=draft.pk).update(status=Show.Status.DRAFT)
    with pytest.raises(UnknownShow):
        counter_sale(session, draft, "A1")
    with pytest.raises(ShowNotOnSale):
        counter_sale(session, past(show), "A1")


def test_staff_sell_more_seats_than_buyers_may_hold(session, show):
    assert paid_at_till(session, counter_sale(session, show, party=20)).amount == 5000


def test_seats_that_were_held_too_long_are_chosen_again(session, show):
    sale = counter_sale(session, show, "A1")
    lapsed(Hold.objects.get())
    with pytest.raises((SaleEmpty, HoldExpired)):
        paid_at_till(session, sale)


def test_a_sale_is_dropped(session, show):
    sale = counter_sale(session, show, "A1")
    drop_sale(buyer=sale.buyer, by=session.opened_by)
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_the_ledger_names_the_seller_who_held_and_released_its_seats(session, show):
    sale = counter_sale(session, show, "A1 A2")
    counter_sale(session, show, "A1")
    drop_sale(buyer=sale.buyer, by=session.opened_by)
    events = SeatEvent.objects.order_by("pk").values_list("action", "actor", "user")
    assert list(events) == [
        (action, "STAFF", session.opened_by.pk) for action in ("HOLD", "HOLD", "RELEASE", "RELEASE")
    ]


def test_nothing_changes_in_a_sale_that_is_paid_in_part(session, show):
    sale = counter_sale(session, show, "A1 A2")
    paid_at_till(session, sale, amount=100)
    for change in (
        lambda: counter_sale(session, show, "A3"),
        lambda: drop_sale(buyer=sale.buyer, by=session.opened_by),
    ):
        with pytest.raises(SalePartPaid):
            change()


@pytest.mark.parametrize("waits", [False, True])
def test_a_sale_that_is_paid_in_part_is_not_begun_anew_at_another_price(session, show, settings, waits):
    settings.COUNTER_GATEWAYS = {"QR": "sandbox"}
    sale = counter_sale(session, show, "A1 A2")
    paid_at_till(session, sale, "QR" if waits else "CASH", 100)
    Theatre.objects.update(counter_fee=10)
    seen = sale_in_hand(session.theatre, sale.buyer, SaleInput()).quote.total

    with pytest.raises(SalePartPaid):
        paid_at_till(session, sale._replace(seen=seen), amount=1000)

    assert Payment.objects.count() == Order.objects.filter(status="OPEN").count() == 1


def test_a_sale_whose_part_the_provider_has_returned_is_begun_anew(session, show, settings):
    settings.COUNTER_GATEWAYS = {"QR": "sandbox"}
    sale = counter_sale(session, show, "A1 A2")
    payment = paid_at_till(session, sale, "QR", 100)
    settle_payment(report=report(payment))
    told = {"key": "", "refund_id": "re_1", "reference": payment.code, "amount": 10_000, "currency": "INR"}
    receive_refund(report=RefundReport(state=RefundState.DONE, **told), gateway="sandbox", asked=True)
    Theatre.objects.update(counter_fee=10)
    seen = sale_in_hand(session.theatre, sale.buyer, SaleInput()).quote.total

    paid_at_till(session, sale._replace(seen=seen), amount=1000)

    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == ["EXPIRED", "PAID"]


def test_a_sale_that_was_broken_off_is_listed_and_voided(session, show):
    sale = counter_sale(session, show, "A1 A2")
    paid_at_till(session, sale, "TERMINAL", 150, reference="T 1")
    payment = paid_at_till(session, sale, "CASH", 100)
    [order] = sales_to_finish(session.theatre)
    assert (order, order.received) == (payment.order, 250)
    void_sale(theatre=session.theatre, reference=order.reference, till=session.code, by=session.opened_by)
    assert not sales_to_finish(session.theatre)
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    assert in_drawer(session) == 500
    assert {refund.reason for refund in Refund.objects.all()} == {"VOIDED"}
    assert set(Payment.objects.values_list("status", flat=True)) == {"REFUNDED"}
    with pytest.raises(SaleNotOpen):
        void_sale(theatre=session.theatre, reference=order.reference, till=session.code, by=session.opened_by)


def test_a_sale_in_part_keeps_its_seats_for_an_hour_and_is_then_voided(session, show):
    payment = paid_at_till(session, counter_sale(session, show, "A1 A2"), amount=100)
    hold = Hold.objects.get()
    assert (hold.expires_at - payment.created_at).total_seconds() == 3600
    lapsed(hold)
    ticket = sold_at_till(session, show, "A1")
    [order] = sales_to_finish(session.theatre)
    void_sale(theatre=session.theatre, reference=order.reference, till=session.code, by=session.opened_by)
    assert (in_drawer(session), ticket.status) == (750, "CONFIRMED")


def test_an_empty_drawer_voids_nothing(session, show):
    payment = paid_at_till(session, counter_sale(session, show, "A1 A2"), amount=100)
    drop = CashMove("DROP", Decimal(600), "", "a key of 16 chars")
    move_cash(theatre=session.theatre, code=session.code, move=drop, by=session.opened_by)
    with pytest.raises(DrawerTooEmpty):
        void_sale(theatre=session.theatre, reference=payment.order.reference, till=session.code, by=session.opened_by)
    assert seat(show, "A1").status == ShowSeat.Status.HELD


def test_nothing_is_sold_once_the_drawer_is_counted_or_closed(session, show):
    sale = counter_sale(session, show, "A1")
    count_drawer(theatre=session.theatre, code=session.code, counts={"500": 1}, by=session.opened_by)
    with pytest.raises(TillCounted):
        paid_at_till(session, sale)
    close_till(theatre=session.theatre, code=session.code, closing=Closing(session.opened_by))
    with pytest.raises(TillNotOpen):
        paid_at_till(session, sale)
    assert not Order.objects.exists()


def test_a_day_begins_with_a_new_session(session, show):
    TillSession.objects.update(opened_at=session.opened_at.replace(year=2020))
    with pytest.raises(TillOfEarlierDay):
        paid_at_till(session, counter_sale(session, show, "A1"))


def test_what_was_paid_at_a_till_waits_to_be_paid_out(session, show):
    ticket = sold_at_till(session, show, "A1")
    cancel_ticket(code=ticket.code)
    refund = Refund.objects.get()
    assert (refund.status, refund.due_at) == ("PENDING", None)


def test_shows_of_the_day_are_offered_the_next_first(session):
    show = on_card(adult=250, child=150)
    theatre = show.screen.theatre
    [tile] = tiles(theatre, show.starts_at - timedelta(hours=5))
    assert [(kind.ticket_type.name, kind.lowest) for kind in tile.types] == [("Adult", 250), ("Child", 150)]
    assert tile.lowest == 250
    assert not tiles(TheatreFactory(), show.starts_at - timedelta(hours=5))
    assert not tiles(theatre, show.ends_at)


def refunded_at_till(session, show, mode="CASH", **more) -> Refund:
    """A refund of a seat that was sold at a till."""
    cancel_ticket(code=sold_at_till(session, show, "A1", mode, **more).code)
    return Refund.objects.get()


def paid_out(session, refund, by=None) -> Refund:
    by = by or session.opened_by
    return pay_out(theatre=session.theatre, code=refund.code, till=session.code, by=by, supervisor=owner())


@pytest.mark.both
def test_a_refund_is_paid_out_of_the_drawer_once(session, show):
    refund, seller = refunded_at_till(session, show), UserFactory()
    for _ in range(2):
        paid_out(session, refund, seller)
    refund.refresh_from_db()
    assert (refund.status, refund.paid_by, refund.till_session) == ("DONE", seller, session)
    assert in_drawer(session) == 500
    assert refund.payment.status == Payment.Status.REFUNDED
    [line] = report_of(session).tenders
    assert (line.amount, line.refunds) == (250, 250)


def test_a_refund_is_paid_out_at_another_till_on_another_day(session, show):
    refund, other = refunded_at_till(session, show), till_session(session.theatre, float=300)
    paid_out(other, refund)
    assert (in_drawer(session), in_drawer(other)) == (750, 50)


def test_a_card_is_reversed_on_the_terminal(session, show):
    refund = refunded_at_till(session, show, "TERMINAL", reference="T 1")
    paid_out(session, refund)
    assert in_drawer(session) == 500
    assert MoneyEntry.objects.get(kind="REFUND_PAID").credit == f"terminal:{session.theatre_id}"


def test_a_refund_larger_than_the_drawer_is_refused(session, show):
    refund, poor = refunded_at_till(session, show), till_session(session.theatre, float=100)
    with pytest.raises(DrawerTooEmpty):
        paid_out(poor, refund)
    assert Refund.objects.get().status == "PENDING"


def test_a_refund_at_a_provider_is_not_paid_out_in_cash(session, show):
    cancel_ticket(code=sold(show, "A1").code)
    with pytest.raises(Payment.DoesNotExist):
        paid_out(session, Refund.objects.get())
