"""Gift cards sold at the counter: alone or beside tickets, paid in parts, voided, refunded; what the books then say."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from cinema.domain.periods import Period
from cinema.exceptions import (
    GiftCardNotReturnable,
    GiftCardsNotOnInvoice,
    IdempotencyKeyReused,
    SaleEmpty,
    SaleNotVoidable,
    SalePartPaid,
)
from cinema.gateways.base import Reader, RefundReport, RefundState
from cinema.models import GiftCard, Hold, MoneyEntry, Order, OutgoingMail, Payment, Receipt, Refund, TillSession
from cinema.models.codes import new_code
from cinema.selectors.booking.gift_cards import GiftCardRequest
from cinema.selectors.figures.takings import takings
from cinema.selectors.money.tills import in_drawer, report_of
from cinema.selectors.orders.counter import SaleInput, interrupted_sale, new_buyer, sale_in_hand, sales_to_finish
from cinema.services.booking.expiry import release_expired
from cinema.services.money.gift_card_returns import refund_gift_card
from cinema.services.money.gift_cards import expire_unpaid_gift_cards
from cinema.services.money.provider_events import handle_due_events, receive_event
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.refunds import receive_refund
from cinema.services.money.till_payments import begin_payment, choose_reader
from cinema.services.orders.counter import CounterSale, drop_sale, pay_out, void_sale
from cinema.services.orders.orders import cancel_order
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.orders.voids import void_order
from tests.factories import (
    CONTACT,
    ShowFactory,
    counter_sale,
    gift_card,
    held,
    lapsed,
    on_invoice,
    order_hold,
    owner,
    paid_at_till,
    permission,
    sale_of_cards,
    till_session,
)
from tests.fakes.stripe import KEY, SECRETS, FakeStripe, message

pytestmark = pytest.mark.django_db

FIFTY, PRESENT = GiftCardRequest(Decimal(50)), GiftCardRequest(Decimal(100), "ben@example.com")


@pytest.fixture
def show():
    return ShowFactory()


@pytest.fixture
def session(show) -> TillSession:
    return till_session(show.screen.theatre, float=500)


@pytest.fixture(autouse=True)
def books_agree():
    """Whatever a test does, every amount is explained afterwards, also on its receipts and credit notes."""
    yield
    issue_due_receipts()
    call_command("check_ledger")


def with_tickets(session: TillSession, show, *cards: GiftCardRequest, names: str = "A1", **more) -> CounterSale:
    """A sale of seats for 250 each, and of gift cards."""
    chosen = SaleInput(bought=cards, **more)
    sale = counter_sale(session, show, names, buyer=new_buyer(), chosen=chosen)
    return sale._replace(seen_rest=sale_in_hand(session.theatre, sale.buyer, chosen).rest)


def sold_cards(payment: Payment) -> list[GiftCard]:
    return list(GiftCard.objects.filter(order_line__order=payment.order).order_by("pk"))


def test_a_gift_card_is_sold_for_cash_without_a_ticket(session):
    payment = paid_at_till(session, sale_of_cards(session, 50), amount=100)
    [card] = sold_cards(payment)
    assert (payment.amount, payment.change, payment.order.status) == (50, 50, "PAID")
    assert (card.balance, card.amount, payment.order.channel, payment.order.tickets.count()) == (50, 50, "COUNTER", 0)
    assert in_drawer(session) == 550
    sale = MoneyEntry.objects.get(kind="SALE")
    assert (sale.debit, sale.credit, sale.till_session) == ("orders", "gift_cards", session)
    assert not OutgoingMail.objects.exists()


def test_a_recipient_with_an_address_gets_the_card_by_mail(session):
    payment = paid_at_till(session, sale_of_cards(session, 100, email=PRESENT.email))
    [card] = sold_cards(payment)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient) == ("GIFT_CARD", "ben@example.com") and card.delivered_at


def test_gift_cards_are_sold_with_tickets_in_one_order(session, show):
    payment = paid_at_till(session, with_tickets(session, show, FIFTY, PRESENT, names="A1 A2"))
    assert (payment.amount, payment.order.total, payment.order.tickets.get().kept) == (650, 650, 500)
    assert [card.balance for card in sold_cards(payment)] == [50, 100]
    issue_due_receipts()
    lines = Receipt.objects.get().lines.order_by("pk").values_list("order_line__kind", "amount")
    assert list(lines) == [("SEAT", 250), ("SEAT", 250), ("GIFT_CARD", 50), ("GIFT_CARD", 100)]


def test_a_gift_card_that_pays_buys_no_gift_card(session, show):
    card = gift_card(session.theatre, 500)
    sale = with_tickets(session, show, FIFTY, gift_cards=[card.code])
    payment = paid_at_till(session, sale)
    card.refresh_from_db()
    assert (payment.amount, card.balance) == (50, 250)
    alone = SaleInput(gift_cards=[card.code], bought=[FIFTY])
    assert "cannot pay for gift cards" in str(sale_in_hand(session.theatre, new_buyer(), alone).refusal)


def test_gift_cards_are_not_sold_on_invoice(session, show):
    with pytest.raises(GiftCardsNotOnInvoice):
        on_invoice(session, with_tickets(session, show, FIFTY))


def test_a_request_that_is_sent_twice_sells_one_gift_card(session):
    sale = sale_of_cards(session, 50)
    first = paid_at_till(session, sale, key="a key of 16 chars")
    assert paid_at_till(session, sale, key="a key of 16 chars") == first
    with pytest.raises(SaleEmpty):  # another window of the same sale
        paid_at_till(session, sale)
    assert GiftCard.objects.count() == 1


def test_a_sale_with_tickets_that_is_over_sells_its_gift_cards_no_second_time(session, show):
    sale = with_tickets(session, show, FIFTY)
    paid_at_till(session, sale)
    assert sale_in_hand(session.theatre, sale.buyer, sale.chosen) is None
    with pytest.raises(SaleEmpty):
        paid_at_till(session, sale)


def test_a_key_is_bound_to_the_gift_cards(session, show):
    sale = with_tickets(session, show, FIFTY)
    first = paid_at_till(session, sale, "TERMINAL", 10, key="a key of 16 chars", reference="T 1")
    other = sale._replace(chosen=SaleInput(bought=[PRESENT]), seen=sale.seen + 50)
    with pytest.raises(IdempotencyKeyReused):
        paid_at_till(session, other, key="a key of 16 chars")
    assert first.order.lines.filter(kind="GIFT_CARD").get().amount == 50
    void_sale(theatre=session.theatre, reference=first.order.reference, till=session.code, by=session.opened_by)


def test_a_gift_card_paid_in_parts_is_good_with_the_last(session):
    sale = sale_of_cards(session, 50)
    first = paid_at_till(session, sale, "TERMINAL", 30, reference="T 1")
    [card] = sold_cards(first)
    assert (card.balance, card.activated_at, first.order.status) == (0, None, "OPEN")
    assert [order.reference for order in sales_to_finish(session.theatre)] == [first.order.reference]
    buyer, chosen = interrupted_sale(session.theatre, first.order.reference)
    assert (buyer, chosen.bought) == (sale.buyer, (FIFTY,))
    with pytest.raises(SalePartPaid):
        drop_sale(buyer=sale.buyer, by=session.opened_by)
    assert sale_in_hand(session.theatre, sale.buyer, sale.chosen).due == 20
    last = paid_at_till(session, sale)
    card.refresh_from_db()
    assert (last.amount, last.order_id, card.balance) == (20, first.order_id, 50)
    assert MoneyEntry.objects.get(kind="SALE").amount == 50


def test_a_sale_that_was_begun_at_one_theatre_is_not_paid_at_another(session, show):
    elsewhere = till_session(float=500)
    for sale in (sale_of_cards(session, 50), with_tickets(session, show, FIFTY)):
        paid_at_till(session, sale, amount=20)
        assert sale_in_hand(elsewhere.theatre, sale.buyer, sale.chosen) is None
        with pytest.raises(SaleEmpty):
            paid_at_till(elsewhere, sale._replace(session=elsewhere, seen=Decimal(50), seen_rest=None))
    assert in_drawer(elsewhere) == 500
    assert len(sales_to_finish(session.theatre)) == 2


def test_a_part_paid_sale_of_gift_cards_is_voided(session):
    first = paid_at_till(session, sale_of_cards(session, 50), "CASH", 30)
    args = {"theatre": session.theatre, "till": session.code, "by": session.opened_by}
    assert void_sale(reference=first.order.reference, **args).status == "EXPIRED"
    assert (in_drawer(session), Refund.objects.get().reason) == (500, "VOIDED")
    assert sales_to_finish(session.theatre) == [] and not GiftCard.objects.filter(activated_at__isnull=False).exists()


def test_seats_that_lapse_leave_their_gift_cards_unsold(session, show):
    sale = with_tickets(session, show, FIFTY)
    paid_at_till(session, sale, "CASH", 10)
    lapsed(Hold.objects.get())
    release_expired(show_id=show.pk)
    order = Order.objects.get()
    assert order.status == "EXPIRED" and expire_unpaid_gift_cards() == 0
    void_sale(theatre=session.theatre, reference=order.reference, till=session.code, by=session.opened_by)
    assert in_drawer(session) == 500


def test_a_void_takes_back_tickets_and_gift_cards(session, show):
    order = paid_at_till(session, with_tickets(session, show, FIFTY, PRESENT)).order
    issue_due_receipts()
    allowed = permission(session, "WRONG_TICKETS")
    void_order(theatre=session.theatre, reference=order.reference, till=session.code, permission=allowed)
    order.refresh_from_db()
    assert (order.status, in_drawer(session)) == ("CANCELLED", 500)
    assert all(card.blocked_at and not card.balance for card in GiftCard.objects.all())
    assert order.counter_actions.get().amount == 400


def test_a_void_takes_back_gift_cards_alone(session):
    order = paid_at_till(session, sale_of_cards(session, 50), "TERMINAL", reference="T 1").order
    allowed = permission(session, "WRONG_TENDER")
    void_order(theatre=session.theatre, reference=order.reference, till=session.code, permission=allowed)
    void_order(theatre=session.theatre, reference=order.reference, till=session.code, permission=allowed)
    order.refresh_from_db()
    assert (order.status, Refund.objects.get().status) == ("CANCELLED", "DONE")
    today = session.theatre.trading_day(session.opened_at)
    assert takings(session.theatre, Period(today, today)).gift_cards == 0


def test_a_part_paid_sale_of_gift_cards_is_no_sale_to_void(session):
    order = paid_at_till(session, sale_of_cards(session, 50), "CASH", 10).order
    with pytest.raises(SaleNotVoidable):
        allowed = permission(session, "WRONG_TENDER")
        void_order(theatre=session.theatre, reference=order.reference, till=session.code, permission=allowed)


def test_a_gift_card_that_was_spent_cannot_be_voided(session, show):
    order = paid_at_till(session, with_tickets(session, show, FIFTY)).order
    card = GiftCard.objects.get()
    hold = held(ShowFactory(), "A1")
    how = {"contact": CONTACT, "mode": "UPI", "key": "a key of 16 chars"}
    order_hold(code=hold.code, buyer=hold.buyer, gift_cards=[card.code], **how)
    with pytest.raises(GiftCardNotReturnable):
        allowed = permission(session, "WRONG_TICKETS")
        void_order(theatre=session.theatre, reference=order.reference, till=session.code, permission=allowed)


def test_the_price_of_one_of_two_cards_goes_back_to_the_drawer(session):
    sale = sale_of_cards(session, 50, 100)
    paid_at_till(session, sale, "TERMINAL", 20, reference="T 1")
    order = paid_at_till(session, sale).order
    card = GiftCard.objects.get(amount=50)
    refund_gift_card(theatre=session.theatre, pk=card.pk, user=owner())
    order.refresh_from_db()
    assert order.status == "PAID" and sorted(Refund.objects.values_list("amount", flat=True)) == [20, 30]
    for refund in Refund.objects.all():
        by = session.opened_by
        pay_out(theatre=session.theatre, code=refund.code, till=session.code, by=by, supervisor=owner())
    assert in_drawer(session) == 600
    other = GiftCard.objects.get(amount=100)
    refund_gift_card(theatre=session.theatre, pk=other.pk, user=owner())
    order.refresh_from_db()
    assert order.status == "CANCELLED"


def test_cancelled_tickets_leave_the_gift_cards_of_their_order(session, show):
    order = paid_at_till(session, with_tickets(session, show, FIFTY)).order
    ticket = order.tickets.get()
    requested = RequestedAction(owner(), "ill", 0, "a key of 16 chars")
    cancel_order(code=ticket.code, requested=requested, amount=ticket.kept)
    order.refresh_from_db()
    assert (order.status, GiftCard.objects.get().balance, Refund.objects.get().amount) == ("PAID", 50, 250)
    issue_due_receipts()
    note = Receipt.objects.get(kind="CREDIT_NOTE")
    assert [(line.order_line.kind, line.amount) for line in note.lines.all()] == [("SEAT", -250)]


def test_reports_name_the_gift_cards_that_were_sold(session, show):
    paid_at_till(session, with_tickets(session, show, FIFTY))
    paid_at_till(session, sale_of_cards(session, 100, email=PRESENT.email))
    spent = gift_card(session.theatre, 70)
    paid_at_till(session, with_tickets(session, show, names="A2", gift_cards=[spent.code]))
    assert report_of(session).gift_cards == 150
    today = session.theatre.trading_day(session.opened_at)
    assert takings(session.theatre, Period(today, today)).gift_cards == 150 + 70


class TestAtAReader:
    """A provider takes the money."""

    @pytest.fixture(autouse=True)
    def stripe(self, settings):
        fake = FakeStripe()
        with fake.running():
            settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API = KEY, [*SECRETS], fake.url
            settings.COUNTER_GATEWAYS = {"READER": "stripe"}
            self.stripe, self.reader = fake, fake.terminal.connect("Box office")
            yield

    def paid(self, session: TillSession, sale: CounterSale, amount: int | None = None) -> Payment:
        reader = Reader(self.reader, "Box office", True)
        session.till = choose_reader(theatre=session.theatre, pk=session.till_id, reader=reader, by=session.opened_by)
        payment = paid_at_till(session, sale, "READER", amount)
        begin_payment(payment=payment)
        self.stripe.terminal.present(self.reader)
        while self.stripe.events:
            body, headers = message(self.stripe.events.pop(0))
            receive_event(gateway="stripe", body=body, headers=headers)
        handle_due_events()
        payment.refresh_from_db()
        return payment

    def refunded(self, payment: Payment, amount: int) -> None:
        report = RefundReport(
            reference=payment.code,
            refund_id=new_code(),
            state=RefundState.DONE,
            amount=amount * 100,
            currency="INR",
            key="",
            capture_id=payment.capture_id,
        )
        receive_refund(report=report, gateway="stripe", asked=True)

    def test_a_card_pays_a_part_and_sells_nothing_yet(self, session):
        sale = sale_of_cards(session, 50)
        payment = self.paid(session, sale, 30)
        assert (payment.status, GiftCard.objects.get().balance) == ("SUCCESS", 0)
        paid_at_till(session, sale)
        assert GiftCard.objects.get().balance == 50

    def test_a_refund_in_the_dashboard_takes_tickets_first_then_gift_cards(self, session, show):
        payment = self.paid(session, sale := with_tickets(session, show, FIFTY, PRESENT))
        paid_at_till(session, sale)  # nothing is left to pay
        self.refunded(payment, 320)
        assert payment.order.tickets.get().kept == 0
        assert [(card.balance, card.returned) for card in sold_cards(payment)] == [(0, 50), (80, 20)]

    def test_a_refund_in_the_dashboard_of_an_unfinished_sale_leaves_less_to_finish(self, session, show):
        payment = self.paid(session, sale := with_tickets(session, show, FIFTY), 200)
        self.refunded(payment, 150)
        assert sale_in_hand(session.theatre, sale.buyer, sale.chosen).due == 250
        paid_at_till(session, sale)
        assert GiftCard.objects.get().balance == 50
