"""What a theatre owes on gift cards: selectors.figures.gift_cards."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone

from cinema.domain.periods import Period
from cinema.gateways.base import RefundReport, RefundState
from cinema.models import GiftCard, MoneyEntry, Payment, Theatre
from cinema.selectors.figures.exports import liability_sheet
from cinema.selectors.figures.gift_cards import LiabilityReport, liability_report
from cinema.services.money.gift_cards import replace_gift_card
from cinema.services.money.payments import start_payment
from cinema.services.money.refunds import receive_refund
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import CONTACT, ShowFactory, TheatreFactory, gift_card, held, order_hold, owner, report, ticket_of

pytestmark = pytest.mark.django_db


def spend(card, show, seats, buyer="asha"):
    hold = held(show, seats, buyer)
    codes = {"gift_cards": [card.groups], "key": f"key {seats}"}
    payment = order_hold(code=hold.code, buyer=buyer, contact=CONTACT, mode="UPI", **codes)
    start_payment(payment=payment)
    if payment.amount:
        settle_payment(report=report(payment))
    return ticket_of(payment)


def found(theatre: Theatre) -> LiabilityReport:
    today = theatre.trading_day(timezone.now())
    return liability_report(theatre, Period(today, today))


def in_ledger() -> Decimal:
    """The account of gift cards."""
    debit, credit = (
        MoneyEntry.objects.filter(**{side: "gift_cards"}).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        for side in ("debit", "credit")
    )
    return credit - debit


def amounts(line) -> tuple[Decimal, ...]:
    return line[1:]


def test_what_is_owed_is_what_the_ledger_has_after_sales_and_refunds():
    show = ShowFactory(price=Decimal("120.50"), screen__theatre__refund_percent=50)
    theatre = show.screen.theatre
    card, _other = gift_card(theatre, amount=500), gift_card(theatre, amount=300)
    spend(card, show, "A1 A2")
    cancel_ticket(code=spend(card, show, "B1 B2", "ben").code)

    line = found(theatre).total

    assert amounts(line) == (800, -482, Decimal("120.50"), 0, Decimal("438.50"))
    assert line.owed == in_ledger() == GiftCard.objects.aggregate(sum=Sum("balance"))["sum"]


def test_a_card_whose_buyer_got_the_money_back_is_owed_no_more():
    theatre = TheatreFactory()
    card = gift_card(theatre, amount=500)
    payment = Payment.objects.get()
    facts = {"refund_id": "re_1", "key": "", "reference": payment.code, "amount": 50000, "currency": payment.currency}
    back = RefundReport(state=RefundState.DONE, **facts)
    receive_refund(report=back, gateway=payment.gateway, asked=True)

    assert amounts(found(theatre).total) == (500, 0, 0, -500, 0)
    assert in_ledger() == GiftCard.objects.get(pk=card.pk).balance == 0


def test_a_card_is_the_debt_of_the_theatre_that_sold_it_wherever_it_is_spent():
    show, seller = ShowFactory(price=Decimal(100)), TheatreFactory()
    card = replace_gift_card(theatre=seller, pk=gift_card(seller, amount=250).pk, email="new@example.org", user=owner())
    spend(card, show, "A1 A2")

    assert amounts(found(seller).total) == (250, -200, 0, 0, 50)
    assert amounts(found(show.screen.theatre).total) == (0, 0, 0, 0, 0)


def test_what_an_unpaid_order_has_reserved_is_still_owed():
    show = ShowFactory(price=Decimal(100))
    card = gift_card(show.screen.theatre, amount=150)
    hold = held(show, "A1 A2")
    order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="a key", gift_cards=[card.groups])
    assert GiftCard.objects.get().balance == 0
    assert found(show.screen.theatre).total.owed == in_ledger() == 150


def test_each_day_on_which_it_changed_says_what_was_owed_at_its_end():
    theatre = TheatreFactory()
    card = gift_card(theatre, amount=500)
    order = card.order_line.order
    for day, debit, credit, amount, kind in [
        (1, "orders", "gift_cards", "100", "SALE"),
        (4, "orders", "gift_cards", "40", "SALE"),
        (6, "gift_cards", "refunds", "30", "REFUND_OWED"),
        (9, "orders", "gift_cards", "1000", "SALE"),
    ]:
        facts = {"at": datetime(2026, 5, day, 12, tzinfo=UTC), "theatre": theatre, "order": order, "kind": kind}
        MoneyEntry.objects.create(**facts, debit=debit, credit=credit, amount=Decimal(amount))

    report = liability_report(theatre, Period(date(2026, 5, 2), date(2026, 5, 8)))

    assert report.before == 100
    assert [(line.day.day, line.change, line.owed) for line in report.lines] == [(4, 40, 140), (6, -30, 110)]
    assert amounts(report.total) == (40, 0, 0, -30, 110)
    sheet = list(liability_sheet(report).rows)
    assert sheet[0] == ["Before", None, None, None, None, 100]
    assert sheet[1] == [date(2026, 5, 4), 40, 0, 0, 0, 140]
    assert sheet[-1] == ["Total", 40, 0, 0, -30, 110]


@pytest.mark.parametrize("number", [1, 3, 30])
def test_it_takes_two_statements_for_any_number_of_cards(number, django_assert_num_queries):
    theatre = TheatreFactory()
    for _ in range(number):
        gift_card(theatre)
    with django_assert_num_queries(2):
        liability_report(theatre, Period(date(2026, 1, 1), date(2026, 12, 31)))
