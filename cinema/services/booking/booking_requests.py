"""What a booking consists of beside its seats, and the holds that one order is made of."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.translation import get_language

from cinema.domain.cash import rounded
from cinema.domain.discounts import fold_code
from cinema.models import Order, PaymentMode, TillSession, User
from cinema.models.orders import currency
from cinema.models.orders import language as site_language
from cinema.selectors.booking.gift_cards import GiftCardRequest


class Contact(NamedTuple):
    """The buyer, as the order has them."""

    name: str
    email: str
    phone: str = ""


class AtTill(NamedTuple):
    """What is paid in the session of a till, and ``by`` whom it is taken: ``given`` is the cash that is handed over or
    what is charged to a card, None for all that is due; ``reference`` is what the card terminal has printed."""

    session: TillSession
    by: User
    given: Decimal | None = None
    reference: str = ""

    @property
    def taker(self) -> dict[str, Any]:
        """The columns of a payment that say where it was taken, and by whom."""
        return {"till_session": self.session, "taken_by": self.by}

    def columns(self, due: Decimal, mode: str) -> dict[str, Any]:
        """The columns of the payment, of which ``due`` is the most; cash that pays all of it is rounded."""
        to_pay = rounded(due, currency()) if mode == PaymentMode.CASH else due
        given = to_pay if self.given is None or not due else self.given
        is_last = given >= to_pay
        return {
            "amount": due if is_last else given,
            "rounding": to_pay - due if is_last else Decimal(0),
            **self.taker,
            "tendered": given if mode == PaymentMode.CASH else None,
            "capture_id": self.reference if mode == PaymentMode.TERMINAL else "",
        }


class BookingRequest(NamedTuple):
    """What a booking consists of beside its seats.

    ``mode`` is how the buyer pays, "" if there is nothing to pay. ``key`` is the idempotency key: repeating the request
    returns the same payment. Keys are scoped to their ``owner``, or else to the buyer. With ``is_new_key`` it was made
    for this request, so nothing can have been booked with it. ``types`` are ticket types as in tariffs.order_lines(),
    ``coupon`` is a code as typed. ``vouchers`` and ``gift_cards`` are codes of those that pay first, and
    ``seen_rest`` is what the buyer was shown that they leave to pay (None: not compared). ``terms`` is the version of
    the terms the buyer accepted. ``till`` is what staff take at a till, ``prices`` are those they may charge instead of
    list prices, by the keys of ShowSeats, and ``bought`` are gift cards sold with it there. ``fingerprint`` is a digest
    of the request's parameters: see bound().
    """

    contact: Contact
    mode: str
    key: str
    owner: str = ""
    types: Mapping[int, int] = MappingProxyType({})
    coupon: str = ""
    vouchers: Sequence[str] = ()
    gift_cards: Sequence[str] = ()
    seen_rest: Decimal | None = None
    user: User | None = None
    terms: int | None = None
    channel: Order.Channel = Order.Channel.WEB
    till: AtTill | None = None
    prices: Mapping[int, Decimal] = MappingProxyType({})
    bought: Sequence[GiftCardRequest] = ()
    fingerprint: str = ""
    is_new_key: bool = False

    @property
    def language(self) -> str:
        """The language of the page that the buyer reads; at the counter the site's own, whatever staff read."""
        return site_language() if self.channel == Order.Channel.COUNTER else get_language() or site_language()

    @property
    def taker(self) -> dict[str, Any]:
        """The columns of a payment that say at which till it was taken, and by whom; none elsewhere."""
        return self.till.taker if self.till else {}

    def bound(self, *, buyer: str, about: str) -> "BookingRequest":
        """The request with its key scoped to its owner and bound to its parameters."""
        kinds = [f"kinds {sorted(self.types.items())}"] if self.types else []
        coupon = [f"coupon {fold_code(self.coupon)}"] if self.coupon else []
        vouchers = [f"vouchers {self.vouchers}"] if self.vouchers else []
        cards = [f"gift cards {self.gift_cards}"] if self.gift_cards else []
        prices = [f"prices {sorted(self.prices.items())}"] if self.prices else []
        bought = [f"bought {[(str(card.amount), card.email) for card in self.bought]}"] if self.bought else []
        fingerprint = _digest(about, self.mode, *self.contact, *kinds, *coupon, *vouchers, *cards, *prices, *bought)
        return self._replace(key=scoped_key(self.owner or buyer, self.key), fingerprint=fingerprint)


class Basket(NamedTuple):
    """The buyer's holds, by code, that one order is made of; at shows of one theatre.

    ``seen`` is the total that the buyer was shown and ``seen_seats`` are the seats; without them nothing is compared.
    """

    buyer: str
    codes: Sequence[str]
    seen: Decimal | None = None
    seen_seats: Collection[int] = ()


def scoped_key(owner: str, key: str) -> str:
    """The idempotency key of a request as it is stored: that of one owner only."""
    return _digest(owner, key)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
