"""The accounts of the money ledger."""

from decimal import Decimal

import pytest

from cinema.domain import accounts
from cinema.domain.accounts import transfers


@pytest.mark.parametrize(
    ("percent", "name"),
    [("18.00", "tax:18:SEAT"), ("5.50", "tax:5.5:SEAT"), ("0", "tax:0:SEAT"), ("100", "tax:100:SEAT")],
)
def test_tax_has_an_account_for_each_rate_and_kind(percent: str, name: str):
    assert accounts.tax("SEAT", Decimal(percent)) == name
    assert accounts.kind_of(name) in accounts.ALLOCATED


@pytest.mark.parametrize("kind", ["SEAT", "FEE", "PRODUCT"])
def test_the_accounts_of_an_order_line_say_what_they_are_about(kind: str):
    percent = Decimal("5.5")
    assert accounts.taxable(accounts.of_line(kind, percent)) == (kind, percent, False)
    assert accounts.taxable(accounts.tax(kind, percent)) == (kind, percent, True)


@pytest.mark.parametrize("account", ["orders", "clearing:stripe", "gift_cards", "rounding", "bank"])
def test_other_accounts_are_about_no_tax(account: str):
    assert accounts.taxable(account) is None


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("SEAT", "revenue:SEAT:18"),
        ("FEE", "revenue:FEE:18"),
        ("PRODUCT", "revenue:PRODUCT:18"),
        ("GIFT_CARD", "gift_cards"),
        ("ROUNDING", "rounding"),
    ],
)
def test_an_order_line_earns_on_an_account_of_its_kind(kind: str, name: str):
    assert accounts.of_line(kind, Decimal(18)) == name
    assert accounts.kind_of(name) in accounts.ALLOCATED


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ("orders", "3250"),
        ("revenue:SEAT:18", "8400"),
        ("revenue:SEAT:5", "8300"),
        ("revenue:FEE:18", "8000"),
        ("tax:18:SEAT", "1776"),
        ("taxi", "taxi"),
        ("refunds", "refunds"),
        ("clearing:stripe", "clearing:stripe"),
    ],
)
def test_the_code_of_the_longest_beginning_counts(account: str, code: str):
    codes = {
        "orders": "3250",
        "revenue": "8000",
        "revenue:SEAT": "8300",
        "revenue:SEAT:18": "8400",
        "tax": "1776",
    }

    assert accounts.code_of(account, codes) == code


def moved(**credits: int) -> list[tuple[str, str, int]]:
    return [
        (debit, credit, int(amount))
        for debit, credit, amount in transfers({account: Decimal(amount) for account, amount in credits.items()})
    ]


def test_one_debit_is_split_between_its_credits():
    assert moved(orders=-118, revenue=100, tax=18) == [("orders", "revenue", 100), ("orders", "tax", 18)]


def test_several_debits_are_matched_with_several_credits():
    assert moved(revenue=-100, tax=-18, one=60, other=58) == [
        ("revenue", "one", 60),
        ("revenue", "other", 40),
        ("tax", "other", 18),
    ]


def test_what_is_nothing_is_not_moved():
    assert moved(orders=0, tax=0) == []


def test_transfers_that_do_not_balance_are_refused():
    with pytest.raises(ValueError, match="do not balance"):
        moved(orders=-100, revenue=99)
