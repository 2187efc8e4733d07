"""Orders that gift cards and vouchers pay in part or in full, and whether the books fit them."""

from typing import Any

from django.db.models import Sum

from cinema.models import GiftCard, Hold, MoneyEntry, Order, Payment, Refund, Show, Voucher
from cinema.selectors.figures.ledger import coupon_faults, unexplained_seats
from cinema.selectors.money.ledger_faults import gift_card_faults, order_faults, voucher_faults
from cinema.selectors.money.receipts import receipt_faults
from cinema.services.booking.booking import pay_again
from cinema.services.booking.expiry import release_expired
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.settlement import settle_payment
from tests.factories import lapsed, order_holds, report, ticket_of


def codes(*some: Voucher | str) -> list[str]:
    return [one if isinstance(one, str) else one.groups for one in some]


def check_out(hold: Hold | list[Hold], *some: GiftCard | Voucher | str, **more: Any) -> Payment:
    """Check out one hold or several with gift cards and vouchers, and ask the provider for the rest. A text is the code
    of a voucher."""
    holds = hold if isinstance(hold, list) else [hold]
    cards = [one.groups for one in some if isinstance(one, GiftCard)]
    vouchers = codes(*(one for one in some if not isinstance(one, GiftCard)))
    payment = order_holds(*holds, **{"key": "a key", "vouchers": vouchers, "gift_cards": cards} | more)
    start_payment(payment=payment)
    return payment


def paid(payment: Payment) -> Payment:
    return settle_payment(report=report(payment))


def paid_again(payment: Payment) -> Payment:
    """Pay the rest after a payment was declined."""
    again = pay_again(code=ticket_of(payment).code, key="again")
    start_payment(payment=again)
    paid(again)
    return again


def expired(hold: Hold) -> None:
    """Let a hold end, with its order."""
    lapsed(hold)
    release_expired(show_id=hold.show_id)


def balance(card: GiftCard) -> Any:
    return GiftCard.objects.get(pk=card.pk).balance


def is_used(voucher: Voucher) -> bool:
    return Voucher.objects.get(pk=voucher.pk).used_at is not None


def tenders(order: Order) -> list[tuple[Any, ...]]:
    return list(order.payments.order_by("pk").values_list("mode", "amount", "status"))


def refunds() -> list[tuple[Any, ...]]:
    return sorted(Refund.objects.values_list("payment__mode", "amount", "status"))


def is_sound() -> bool:
    """Whether ledgers, receipts, coupons, gift cards and vouchers have no fault, and the account of gift cards has what
    is left on them and reserved."""
    issue_due_receipts()
    entries = MoneyEntry.objects.filter(debit="gift_cards"), MoneyEntry.objects.filter(credit="gift_cards")
    debit, credit = (rows.aggregate(sum=Sum("amount"))["sum"] or 0 for rows in entries)
    reserved = Payment.objects.filter(gift_card__isnull=False, status="PENDING").aggregate(sum=Sum("amount"))["sum"]
    left = GiftCard.objects.aggregate(sum=Sum("balance"))["sum"]
    assert credit - debit == (left or 0) + (reserved or 0)
    faults = [*order_faults(Order.objects.all()), *gift_card_faults(), *voucher_faults(), *coupon_faults()]
    faults += [*receipt_faults(), *(fault for show in Show.objects.all() for fault in unexplained_seats(show))]
    return [str(fault) for fault in faults] == []
