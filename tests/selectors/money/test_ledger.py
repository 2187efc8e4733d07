"""The balances of accounts, and what is allocated for tickets: selectors.money.ledger."""

from decimal import Decimal

from cinema.domain.allocation import SoldItem
from cinema.models import MoneyEntry, Ticket, TicketSeat
from cinema.selectors.money.ledger import balances, sold_with


def test_a_balance_is_the_credit_of_an_account_less_its_debit():
    entries = [
        MoneyEntry(debit="clearing:stripe", credit="orders", amount=Decimal(118)),
        MoneyEntry(debit="orders", credit="revenue:SEAT:18", amount=Decimal(100)),
        MoneyEntry(debit="orders", credit="tax:18:SEAT", amount=Decimal(18)),
    ]

    assert balances(entries) == {
        "clearing:stripe": Decimal(-118),
        "revenue:SEAT:18": Decimal(100),
        "tax:18:SEAT": Decimal(18),
    }


PRICE, TAX = Decimal(118), Decimal(18)


def test_seats_count_for_what_they_are_worth_now_in_the_order_of_their_keys():
    seats = [
        TicketSeat(pk=3, price=PRICE, tax_percent=TAX, active=False),
        TicketSeat(pk=1, price=PRICE, tax_percent=TAX),
        TicketSeat(pk=2, price=PRICE, tax_percent=TAX, repriced=Decimal(59)),
    ]

    assert sold_with(Ticket(), seats, TAX) == [
        SoldItem("SEAT", PRICE, TAX, returned=False),
        SoldItem("SEAT", Decimal(59), TAX, returned=False),
        SoldItem("SEAT", PRICE, TAX, returned=True),
    ]


def test_a_booking_fee_is_sold_with_a_ticket():
    assert sold_with(Ticket(fee=Decimal("11.80")), [], TAX) == [SoldItem("FEE", Decimal("11.80"), TAX, returned=False)]
