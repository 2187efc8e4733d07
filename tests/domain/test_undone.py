"""Which parts of a receipt's lines credit just what the money ledger says that refunds undo."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from cinema.domain.money import tax_in
from cinema.domain.receipts import Left, LinePart
from cinema.domain.undone import Lines, Undone, carried, with_tax

NOTHING_GONE = Lines([])


def line(key: int, amount: str, percent: str = "18", kind: str = "SEAT") -> LinePart:
    return LinePart(key, Decimal(amount), tax_in(Decimal(amount), Decimal(percent)), Decimal(percent), kind)


def lines(*parts: LinePart) -> Lines:
    return Lines([[Left(part) for part in parts]])


def undone(**amounts: str) -> Undone:
    """What was undone, by account with “_” for “:”."""
    return Undone({account.replace("_", ":"): -Decimal(amount) for account, amount in amounts.items()})


def sums(parts: list[LinePart]) -> Mapping[int, tuple[str, str]]:
    return {part.key: (str(part.amount), str(part.tax)) for part in parts}


def test_a_refund_credits_of_seats_and_fee_what_the_ledger_says():
    ledger = undone(revenue_SEAT_18="78.47", tax_18_SEAT="14.12", revenue_FEE_0="7.41")
    parts = ledger.credited(Decimal("100.00"), lines(line(1, "250.00"), line(2, "20.00", "0", "FEE")), NOTHING_GONE)
    assert sums(parts) == {1: ("92.59", "14.12"), 2: ("7.41", "0.00")}


@pytest.mark.parametrize("tax", ["7.61", "7.62", "7.63"])
def test_the_tax_is_that_of_the_ledger_to_the_cent(tax):
    ledger = undone(revenue_SEAT_18=str(50 - Decimal(tax)), tax_18_SEAT=tax)
    seats = lines(line(1, "100.00"), line(2, "100.00"), line(3, "100.00"))
    assert sum(part.tax for part in ledger.credited(Decimal("50.00"), seats, NOTHING_GONE)) == Decimal(tax)


def test_refunds_recorded_together_credit_as_much_as_the_ledger_says_together():
    ledger = undone(revenue_SEAT_18="127.13", tax_18_SEAT="22.87")
    first = ledger.credited(Decimal("100.00"), lines(line(1, "250.00")), NOTHING_GONE)
    left = line(1, "250.00")._replace(amount=Decimal("150.00"), tax=line(1, "250.00").tax - first[0].tax)
    second = ledger.credited(Decimal("50.00"), lines(left), NOTHING_GONE)
    assert [part.amount for part in [*first, *second]] == [100, 50]
    assert first[0].tax + second[0].tax == Decimal("22.87")


def test_a_fee_that_is_kept_after_all_comes_back():
    """Goodwill had taken a part of it; the cancellation keeps it, and refunds more of the seats."""
    ledger = undone(revenue_SEAT_0="110.00", revenue_FEE_0="-10.00")
    left = lines(line(1, "200.00", "0"), line(2, "10.00", "0", "FEE"))
    gone = lines(line(1, "50.00", "0"), line(2, "10.00", "0", "FEE"))
    parts = ledger.credited(Decimal("100.00"), left, gone)
    assert sums(parts) == {2: ("-10.00", "0.00"), 1: ("110.00", "0.00")}


def test_seats_sold_anew_at_another_rate_are_stated_at_it():
    ledger = undone(revenue_SEAT_18="211.86", tax_18_SEAT="38.14", revenue_SEAT_5="-85.71", tax_5_SEAT="-4.29")
    anew = [line(1, "90.00", "5")]
    parts = ledger.credited(Decimal("160.00"), lines(line(1, "250.00"), line(2, "250.00")), NOTHING_GONE, anew)
    assert [(str(part.percent), str(part.amount), str(part.tax)) for part in parts] == [
        *(("18", "125.00", "19.07"), ("18", "125.00", "19.07")),
        ("5", "-90.00", "-4.29"),
    ]


def test_what_is_gone_at_a_rate_comes_back_before_seats_sold_anew_at_a_third():
    ledger = undone(revenue_SEAT_0="110.00", revenue_SEAT_5="-9.52", tax_5_SEAT="-0.48")
    left, gone = lines(line(1, "200.00", "0")), lines(line(2, "10.00", "5"))
    parts = ledger.credited(Decimal("100.00"), left, gone, [line(1, "80.00", "6")])
    assert sums(parts) == {1: ("110.00", "0.00"), 2: ("-10.00", "-0.48")}


def test_a_refund_of_all_that_is_left_credits_all_of_it():
    ledger = undone(revenue_SEAT_18="211.80", tax_18_SEAT="38.20")
    assert ledger.credited(Decimal("250.00"), lines(line(1, "250.00")), NOTHING_GONE) == [line(1, "250.00")]


def test_a_refund_that_the_ledger_knows_nothing_of_is_credited_by_the_lines():
    parts = undone().credited(Decimal("50.00"), lines(line(1, "250.00")), NOTHING_GONE)
    assert sums(parts) == {1: ("50.00", "7.63")}


def test_no_line_ever_contains_more_tax_than_it_is():
    part = line(1, "0.01")
    assert [one.tax for one in with_tax([part], {1: line(1, "0.02")}, Decimal("5.00"))] == [Decimal("0.01")]
    less = LinePart(2, Decimal("-0.02"), Decimal("-0.01"), Decimal(18))
    assert [one.tax for one in with_tax([less], {2: less}, Decimal("5.00"))] == [0]


def test_a_cent_of_tax_is_in_whole_lines_only_if_no_other_can_contain_it():
    left = {key: line(key, "300") for key in (1, 2)}
    taxes = [one.tax for one in with_tax([left[1], left[2].of(Decimal(100))], left, Decimal("61.00"))]
    assert taxes == [Decimal("45.76"), Decimal("15.24")]
    assert sum(one.tax for one in with_tax(list(left.values()), left, Decimal("91.51"))) == Decimal("91.51")


def test_tax_left_of_a_credited_line_is_in_others_of_its_kind_and_rate():
    over = line(1, "0.00")._replace(tax=Decimal("0.01"))
    others = [line(2, "100.00", "5"), line(3, "20.00", kind="FEE"), line(4, "250.00")]
    assert [one.tax for one in carried([over, *others])] == [0, others[0].tax, others[1].tax, Decimal("38.15")]
    assert carried(others) == others


def test_what_a_discount_cannot_contain_of_the_tax_is_in_its_seats(settings):
    """Of seats for 350 yen with discounts of 37, a tax rounded to whole yen is more in 21 yen than usual."""
    settings.CURRENCY = "JPY"
    seats, other = [Left(line(key, "350"), Decimal(37)) for key in (1, 2)], Left(line(3, "250"), Decimal(26))
    discount = line(4, "-100", kind="DISCOUNT")._replace(tax=Decimal(-14))
    ledger = undone(revenue_SEAT_18="17", tax_18_SEAT="4")
    parts = ledger.credited(Decimal(21), Lines([seats, [other]], [discount]), NOTHING_GONE)
    assert (sum(part.amount for part in parts), sum(part.tax for part in parts)) == (21, 4)
