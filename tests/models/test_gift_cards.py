"""Codes of gift cards, and what the database refuses to store of them."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cinema.models import GiftCard
from cinema.models.codes import REFERENCE_ALPHABET
from cinema.models.gift_cards import gift_code_in, new_gift_code
from tests.factories import gift_card

pytestmark = [pytest.mark.both, pytest.mark.django_db]


def test_codes_are_long_random_and_without_confusing_characters():
    codes = {new_gift_code() for _ in range(1000)}

    assert len(codes) == 1000
    assert all(len(code) == 16 and set(code) <= set(REFERENCE_ALPHABET) for code in codes)


@pytest.mark.parametrize(
    "typed", ["k7pm3wxy9qrtcdfg", "K7PM-3WXY-9QRT-CDFG", " k7pm 3wxy\t9qrt–cdfg ", "Ｋ７ＰＭ3wxy9qrtcdfg"]
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert gift_code_in(typed) == "K7PM3WXY9QRTCDFG"


@pytest.mark.parametrize("typed", ["", "K7PM", "K7PM3WXY9QRTCDFGK", "K7PM3WXY9QRTCDF0", "K7PM3WXY9QRTCDFÄ"])
def test_what_can_be_no_code_is_none(typed):
    assert gift_code_in(typed) == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"balance": -1},
        {"balance": 501},
        {"amount": 0, "balance": 0},
        {"activated_at": None},
    ],
)
def test_the_database_refuses_an_impossible_balance(wrong):
    card = gift_card(amount=500)

    with pytest.raises(IntegrityError), transaction.atomic():
        GiftCard.objects.filter(pk=card.pk).update(**wrong)


def test_a_replaced_card_must_be_empty_and_blocked():
    old, new = gift_card(), gift_card()

    for state in ({"balance": 1, "blocked_at": timezone.now()}, {"balance": 0, "blocked_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            GiftCard.objects.filter(pk=old.pk).update(replaced_by=new, **state)
