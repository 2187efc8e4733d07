"""What is kept for things sold, by account."""

from decimal import Decimal

from cinema.domain.allocation import SoldItem, allocated


def seat(price: str, tax_percent: str = "18", *, returned: bool = False) -> SoldItem:
    return SoldItem("SEAT", Decimal(price), Decimal(tax_percent), returned)


def credits(kept: str, *sold: SoldItem) -> dict[str, str]:
    return {account: f"{amount:.2f}" for account, amount in allocated(sold, Decimal(kept)).items() if amount}


def test_a_price_is_revenue_and_the_tax_contained_in_it():
    assert credits("118", seat("118")) == {"revenue:SEAT:18": "100.00", "tax:18:SEAT": "18.00"}


def test_tax_is_rounded_for_each_seat_as_on_the_lines_of_the_order():
    assert credits("30", seat("10"), seat("10"), seat("10")) == {"revenue:SEAT:18": "25.41", "tax:18:SEAT": "4.59"}


def test_each_rate_has_accounts_of_its_own():
    assert credits("223", seat("105", "5"), seat("118")) == {
        "revenue:SEAT:5": "100.00",
        "tax:5:SEAT": "5.00",
        "revenue:SEAT:18": "100.00",
        "tax:18:SEAT": "18.00",
    }


def test_free_seats_earn_nothing():
    assert credits("0", seat("0"), seat("0")) == {}


def test_goodwill_lessens_the_revenue_of_every_seat_in_proportion():
    assert credits("111.50", seat("105", "5"), seat("118")) == {
        "revenue:SEAT:5": "50.00",
        "tax:5:SEAT": "2.50",
        "revenue:SEAT:18": "50.00",
        "tax:18:SEAT": "9.00",
    }


def test_a_refund_for_a_returned_seat_leaves_the_revenue_of_the_others():
    assert credits("105", seat("105", "5"), seat("118", returned=True)) == {
        "revenue:SEAT:5": "100.00",
        "tax:5:SEAT": "5.00",
    }


def test_what_is_kept_of_a_returned_seat_is_its_revenue():
    assert credits("164", seat("105", "5"), seat("118", returned=True)) == {
        "revenue:SEAT:5": "100.00",
        "tax:5:SEAT": "5.00",
        "revenue:SEAT:18": "50.00",
        "tax:18:SEAT": "9.00",
    }


def test_what_is_kept_of_a_cancelled_ticket_is_shared_by_all_its_seats():
    assert credits("111.50", seat("105", "5", returned=True), seat("118", returned=True)) == {
        "revenue:SEAT:5": "50.00",
        "tax:5:SEAT": "2.50",
        "revenue:SEAT:18": "50.00",
        "tax:18:SEAT": "9.00",
    }


def test_a_seat_counts_for_its_new_price_after_a_difference_was_refunded():
    assert credits("164", seat("105", "5"), seat("59")) == {
        "revenue:SEAT:5": "100.00",
        "tax:5:SEAT": "5.00",
        "revenue:SEAT:18": "50.00",
        "tax:18:SEAT": "9.00",
    }


def test_not_a_cent_is_lost_however_little_is_kept():
    seats = [seat("99.99", "5"), seat("100", "12"), seat("100.01", "18", returned=True)]

    for cents in range(0, 30_001, 101):
        assert sum(allocated(seats, Decimal(cents) / 100).values()) == Decimal(cents) / 100
