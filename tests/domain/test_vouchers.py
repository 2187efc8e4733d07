"""Which voucher pays for which seat: domain.vouchers."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from cinema.domain.vouchers import match_vouchers

SEATS = [50, 40, 30, 20]  # named by their prices, the dearest first
FITTING = st.dictionaries(st.sampled_from("abcd"), st.lists(st.sampled_from(SEATS), unique=True), max_size=4)


def best(fitting):
    """The most vouchers that can be used, and the most that they can pay, by trying all ways."""
    ways = permutations([*SEATS, *(None for _voucher in fitting)], len(fitting))
    paid = [
        [seat for voucher, seat in zip(fitting, way, strict=True) if seat and seat in fitting[voucher]] for way in ways
    ]
    return max((len(seats), sum(seats)) for seats in paid)


@given(FITTING)
def test_vouchers_pay_for_as_many_and_as_dear_seats_as_any_other_choice(fitting):
    matched = match_vouchers(list(fitting), SEATS, fitting)

    assert all(seat in fitting[voucher] for voucher, seat in matched.items())
    assert len(set(matched.values())) == len(matched)
    assert (len(matched), sum(matched.values())) == best(fitting)


def test_a_voucher_for_any_seat_leaves_the_dearest_to_one_for_that_only():
    assert match_vouchers(["any", "front"], [350, 250], {"any": [350, 250], "front": [350]}) == {
        "front": 350,
        "any": 250,
    }
