"""What providers charge and pay out, in the money ledger: each once, however often it is reported."""

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.db.models.functions import Now

from cinema.domain.accounts import BANK, clearing, provider_fees
from cinema.domain.money import exact, from_minor, minor_digits
from cinema.exceptions import FeeMismatch
from cinema.gateways.base import ItemKind, PayoutItem, PayoutReport, PayoutState, ReportedFee
from cinema.models import MoneyEntry, Payment, Payout, ProviderFee
from cinema.services.core.locking import lock_payout
from cinema.services.core.transactions import atomically
from cinema.services.money.reports import words_of

NOTHING = Decimal(0)
AT_ONCE = 500  # payments looked up in one statement


@atomically
def receive_fee(*, report: ReportedFee, gateway: str) -> bool:
    """Book a fee; return whether it was new. Not those of others who use the same account. Raises FeeMismatch."""
    payment = None
    if report.capture_id:
        known = Payment.objects.filter(gateway=gateway, capture_id=report.capture_id)
        payment = known.select_related("order").order_by("pk").first()
        if payment is None:
            return False
    currency = payment.currency if payment else settings.CURRENCY
    if report.currency != currency or not _is_possible(report.amount, currency):
        if payment is None:
            return False
        raise FeeMismatch(payment, words_of(report.amount, report.currency))
    amount = from_minor(report.amount, currency)
    facts = {"payment": payment, "amount": amount, "currency": currency, "created_at": Now()}
    fee, is_new = ProviderFee.objects.get_or_create(gateway=gateway, fee_id=report.fee_id, defaults=facts)
    if is_new:
        about = MoneyEntry(kind=MoneyEntry.Kind.PROVIDER_FEE, payment=payment)
        if payment:
            about.order, about.theatre_id = payment.order, payment.order.theatre_id
        _post(about, provider_fees(gateway), clearing(gateway), amount)
    elif payment and fee.amount != amount:
        raise FeeMismatch(payment, words_of(report.amount, report.currency))
    return is_new


@atomically
def receive_payout(*, report: PayoutReport, gateway: str) -> tuple[Payout, bool]:
    """Book a payout, or undo one that has failed; return it and whether something was booked."""
    amount = from_minor(report.amount, report.currency)
    facts = {"amount": amount, "currency": report.currency, "arrives_on": report.arrives_on, "created_at": Now()}
    row, _ = Payout.objects.get_or_create(
        gateway=gateway, payout_id=report.payout_id, defaults=facts | {"status": Payout.Status(report.state)}
    )
    payout = lock_payout(pk=row.pk)
    payout.status, payout.arrives_on = Payout.Status(report.state), report.arrives_on
    if report.items is not None:
        _itemize(payout, report.items)
    payout.difference = _difference(payout, amount, report.currency)
    moved = _due(payout) - payout.booked
    if moved:
        about = MoneyEntry(kind=MoneyEntry.Kind.PAYOUT, payout=payout)
        _post(about, BANK, clearing(gateway), moved)
        payout.booked += moved
    payout.save()
    return payout, bool(moved)


def _is_possible(amount: int, currency: str) -> bool:
    """Whether a fee or a refund of one can be stored. It may be more than its payment: that of a dispute often is."""
    limit: int = 10 ** (8 + minor_digits(currency))
    return 0 < abs(amount) < limit


def _itemize(payout: Payout, items: Iterable[PayoutItem]) -> None:
    """Add up what a payout contains; what is about a payment that is not ours is foreign."""
    items = list(items)
    ours = _ours(payout.gateway, {item.capture_id for item in items if item.capture_id})
    sums = dict.fromkeys([*ItemKind, "fees", "foreign"], 0)
    for item in items:
        if item.capture_id and item.capture_id not in ours:
            sums["foreign"] += item.amount - item.fee
        else:
            sums[item.kind] += item.amount
            sums["fees"] += item.fee
    money = {kind: from_minor(amount, payout.currency) for kind, amount in sums.items()}
    payout.payments, payout.refunds = money[ItemKind.PAYMENT], -money[ItemKind.REFUND]
    payout.other, payout.fees, payout.foreign = money[ItemKind.OTHER], money["fees"], money["foreign"]


def _ours(gateway: str, captures: set[str]) -> set[str]:
    names, found = sorted(captures), set[str]()
    for start in range(0, len(names), AT_ONCE):
        some = Payment.objects.filter(gateway=gateway, capture_id__in=names[start : start + AT_ONCE])
        found.update(some.values_list("capture_id", flat=True))
    return found


def _difference(payout: Payout, amount: Decimal, currency: str) -> str:
    if (amount, currency) != (payout.amount, payout.currency):
        return Payout.Difference.CHANGED
    if currency != settings.CURRENCY:
        return Payout.Difference.CURRENCY
    if payout.payments is not None and _contained(payout) != payout.amount:
        return Payout.Difference.CONTENTS
    return ""


def _contained(payout: Payout) -> Decimal:
    added = (payout.payments, payout.other, payout.foreign)
    taken = (payout.refunds, payout.fees)
    return exact(sum((one or NOTHING for one in added), NOTHING) - sum((one or NOTHING for one in taken), NOTHING))


def _due(payout: Payout) -> Decimal:
    """What of a payout belongs in the ledger as it stands."""
    if payout.status != PayoutState.PAID or payout.currency != settings.CURRENCY:
        return NOTHING
    return payout.amount - (payout.foreign or NOTHING)


def _post(entry: MoneyEntry, debit: str, credit: str, amount: Decimal) -> None:
    """Write an entry; with a negative ``amount`` the other way round."""
    entry.debit, entry.credit = (debit, credit) if amount > 0 else (credit, debit)
    entry.amount, entry.at = abs(amount), Now()
    entry.save()
