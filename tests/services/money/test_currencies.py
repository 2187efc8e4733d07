"""A currency without decimals: such amounts are rejected, and existing ones do not block refunds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.exceptions import AmountTooPrecise
from cinema.models import (
    AuditEvent,
    GiftCard,
    MoneyEntry,
    Order,
    OrderLine,
    Payment,
    Receipt,
    ReceiptLine,
    Refund,
    Show,
    ShowCancellation,
    Theatre,
    Ticket,
    TicketSeat,
)
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.money.ledger_faults import gift_card_faults, order_faults
from cinema.selectors.money.receipts import receipt_faults
from cinema.services.money.ledger import post_refunds
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import cancel_order, give_goodwill, return_seats
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.prices.price_cards import Adjustment, CardPlan, add_card
from tests.factories import (
    BOX_OFFICE,
    CONTACT,
    LanguageFactory,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    coupon,
    gift_card,
    held,
    order_hold,
    price_card,
    report,
    schedule_one,
    seat_ids,
    sold,
    staff,
    ticket_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def yen(settings):
    settings.CURRENCY = "JPY"


@pytest.fixture
def show():
    return ShowFactory(price=300, screen__theatre__refund_percent=100)


@pytest.fixture
def requested(show):
    return RequestedAction(staff(show.screen.theatre, BOX_OFFICE), "fell ill", 0, "one")


def give_half_a_yen(ticket: Ticket) -> None:
    """A refund from before such amounts were rejected."""
    payment = ticket.order.payments.get()
    facts = {"reason": "GOODWILL", "created_at": payment.settled_at}
    refund = Refund.objects.create(payment=payment, ticket=ticket, amount=Decimal("0.50"), **facts)
    ticket.kept -= Decimal("0.50")
    ticket.save(update_fields=["kept"])
    post_refunds(order=ticket.order, refunds=[refund], at=payment.settled_at)
    show = ticket.show
    show.revenue -= Decimal("0.50")
    show.save(update_fields=["revenue"])


def refunded() -> Decimal:
    return sum(Refund.objects.values_list("amount", flat=True))


def test_goodwill_of_half_a_yen_is_refused_with_a_sentence(show, requested):
    ticket = sold(show, "A1")

    with pytest.raises(AmountTooPrecise, match="An amount in JPY has no decimal places, such as ¥10"):
        give_goodwill(code=ticket.code, amount=Decimal("100.50"), requested=requested)

    assert not Refund.objects.exists()


def test_another_amount_for_a_cancellation_or_for_seats_is_refused_as_well(show, requested):
    ticket = sold(show, "A1 A2")

    with pytest.raises(AmountTooPrecise):
        cancel_order(code=ticket.code, requested=requested, amount=Decimal("0.50"))
    with pytest.raises(AmountTooPrecise):
        return_seats(code=ticket.code, seat_ids=seat_ids(show, "A1"), requested=requested, amount=Decimal("0.50"))

    assert not Refund.objects.exists()


def test_prices_and_surcharges_of_half_a_yen_are_refused(show):
    theatre = show.screen.theatre
    card = price_card(theatre, adult=300)
    key = card.prices.values_list("category", "ticket_type").get()

    for price, surcharge in [("1500.50", "10"), ("1500", "10.50")]:
        more = [Adjustment(name="Night", amount=Decimal(surcharge))]
        plan = CardPlan(name="Other", prices={key: Decimal(price)}, adjustments=more)
        with pytest.raises(AmountTooPrecise):
            add_card(theatre=theatre, plan=plan, user=None)


def schedule_at(price: Decimal) -> None:
    screen = ScreenFactory(plan="a")
    films = {"movie": MovieFactory(), "language": LanguageFactory(), "starts_at": timezone.now() + timedelta(days=1)}
    schedule_one(screen=screen, prices={screen.theatre.seat_categories.get().pk: price}, **films)


def test_a_show_is_not_priced_in_half_yen():
    with pytest.raises(AmountTooPrecise):
        schedule_at(Decimal("100.50"))


def test_cents_have_no_parts_either(settings):
    settings.CURRENCY = "EUR"

    with pytest.raises(AmountTooPrecise, match="in EUR has at most 2 decimal places, such as €9"):
        schedule_at(Decimal("1.005"))


def test_an_earlier_refund_of_half_a_yen_does_not_prevent_cancelling(show):
    ticket = sold(show, "A1")
    give_half_a_yen(ticket)

    cancel_ticket(code=ticket.code)

    assert refunded() == 300
    assert unexplained_seats(show) == []


def test_nor_staff_from_refunding_all_that_is_kept(show, requested):
    ticket = sold(show, "A1")
    give_half_a_yen(ticket)

    cancel_order(code=ticket.code, requested=requested, amount=Decimal("299.50"))

    assert refunded() == 300


def test_nor_a_show_cancellation_from_finishing(show):
    give_half_a_yen(sold(show, "A1"))
    off = cancel_show(show_id=show.pk, user=None, reason="Power cut", remedy=ShowCancellation.Remedy.REFUND)

    assert process_cancellation(cancellation=off) == 1

    assert refunded() == 300
    off.refresh_from_db()
    assert off.done_at


def test_a_price_of_half_a_yen_from_before_is_refunded_to_the_last_half(show):
    ticket = sold(show, "A1")
    Payment.objects.update(amount=Decimal("300.50"))
    Ticket.objects.update(amount=Decimal("300.50"), kept=Decimal("300.50"))
    TicketSeat.objects.update(price=Decimal("300.50"))

    cancel_ticket(code=ticket.code)

    assert refunded() == Decimal("300.50")


AMOUNTS = {
    Order: ["total"],
    OrderLine: ["unit_price", "amount", "tax", "reported_price"],
    Ticket: ["amount", "fee", "kept", "deducted"],
    TicketSeat: ["price", "repriced"],
    Payment: ["amount"],
    Refund: ["amount"],
    MoneyEntry: ["amount"],
    GiftCard: ["amount", "balance", "returned"],
    Receipt: ["total"],
    ReceiptLine: ["unit_price", "amount", "tax"],
    Show: ["revenue"],
}


def parts_of_a_yen() -> list[str]:
    """Every stored amount that nobody can pay."""
    found = []
    for model, names in AMOUNTS.items():
        for row in model.objects.all():
            found += [f"{row!r}.{name} {getattr(row, name)}" for name in names if (getattr(row, name) or 0) % 1]
    return found


def test_a_whole_order_has_whole_yen_only_whatever_becomes_of_it(requested):
    """Fees, a percentage off, tax, a gift card beside UPI; goodwill, a seat returned, the rest cancelled."""
    show = ShowFactory(price=333, screen__plan="aaaaa", screen__theatre__tax=10, screen__theatre__refund_percent=33)
    theatre = show.screen.theatre
    Theatre.objects.update(web_fee=17)
    coupon(theatre, code="THIRD", value=Decimal("33.33"))
    card, hold = gift_card(theatre, amount=101), held(show, "A1 A2 A3")
    codes = {"coupon": "THIRD", "gift_cards": [card.groups], "key": "a key"}
    payment = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", **codes)
    start_payment(payment=payment)
    settle_payment(report=report(payment))
    ticket = ticket_of(payment)
    assert (ticket.amount, payment.amount) == (3 * 222 + 3 * 17, 616)
    assert parts_of_a_yen() == []

    by = staff(theatre, BOX_OFFICE)
    give_goodwill(code=ticket.code, amount=Decimal(100), requested=RequestedAction(by, "sorry", 0, "goodwill"))
    seen = AuditEvent.objects.latest("pk").pk
    asked = RequestedAction(by, "ill", seen, "seat")
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A1"), requested=asked, amount=Decimal(77))
    cancel_ticket(code=ticket.code)
    issue_due_receipts()

    assert Refund.objects.count() == 4  # the first one in two parts
    assert parts_of_a_yen() == []
    assert [*order_faults(Order.objects.all()), *gift_card_faults(), *receipt_faults()] == []
