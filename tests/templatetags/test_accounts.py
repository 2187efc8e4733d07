"""The accounts of the money ledger in words."""

import pytest

from cinema.domain import accounts
from cinema.templatetags.accounts import account_name


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("clearing:stripe", "Stripe: to be paid out"),
        ("disputes:razorpay", "Razorpay: withheld for disputes"),
        ("provider_fees:stripe", "Stripe: fees"),
        ("bank", "Bank"),
        ("by_hand", "Settled by hand"),
        ("orders", "Received for orders"),
        ("refunds", "Owed to buyers"),
        ("revenue:SEAT:18", "Revenue: seat, 18 % tax"),
        ("revenue:FEE:5.5", "Revenue: fee, 5.5 % tax"),
        ("tax:18:SEAT", "Tax: seat, 18 %"),
        ("dispute_losses", "Lost in disputes"),
        ("gift_cards", "Gift cards"),
        ("rounding", "Rounding"),
    ],
)
def test_an_account_has_a_name_in_words(account: str, words: str):
    assert accounts.NAME.fullmatch(account)
    assert account_name(account) == words


@pytest.mark.parametrize("account", ["", "till:7", "revenue:SEAT", "bank:1", "tax:18", "tax:18:5"])
def test_an_account_that_is_not_known_is_shown_as_it_is(account: str):
    assert account_name(account) == account
