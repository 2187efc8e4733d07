"""Which voucher pays for which seat."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Voucher = TypeVar("Voucher", bound=Hashable)
Seat = TypeVar("Seat", bound=Hashable)


def match_vouchers(
    vouchers: Sequence[Voucher], seats: Sequence[Seat], fitting: Mapping[Voucher, Sequence[Seat]]
) -> dict[Voucher, Seat]:
    """The seat that each voucher pays for. ``seats`` come dearest first, and ``fitting`` are those a voucher is good
    for.

    As many vouchers as possible are used, and those together pay for the dearest seats that they can: a seat is
    given to a voucher even if others must then change to other seats (augmenting paths, which never free a seat again).
    """
    taken: dict[Seat, Voucher] = {}

    def place(seat: Seat, tried: set[Voucher]) -> bool:
        """Find a voucher for the seat, letting vouchers change seats on the way."""
        holders = {voucher: other for other, voucher in taken.items()}
        for voucher in vouchers:
            if voucher in tried or seat not in fitting.get(voucher, ()):
                continue
            tried.add(voucher)
            if voucher not in holders or place(holders[voucher], tried):
                taken[seat] = voucher
                return True
        return False

    for seat in seats:
        place(seat, set())
    return {voucher: seat for seat, voucher in taken.items()}
