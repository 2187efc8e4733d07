"""Consistency check: the fees and payouts of providers are compared with their entries in the money ledger."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from cinema.domain.accounts import BANK, provider_fees
from cinema.domain.money import exact
from cinema.models import MoneyEntry, Payout, ProviderFee

NOTHING = Decimal(0)


def provider_faults() -> Iterator[str]:
    """Yield, as a sentence, every account of fees and every payout whose entries do not fit its rows."""
    charged, posted = _charged(), _debits(MoneyEntry.Kind.PROVIDER_FEE)
    for account in sorted(charged.keys() | {account for account, _ in posted if account.startswith(provider_fees(""))}):
        has = sum((amount for (debited, _), amount in posted.items() if debited == account), NOTHING)
        if has != (should := charged.get(account, NOTHING)):
            yield f"Account {account} has {has} and should have {should}"
    paid = _debits(MoneyEntry.Kind.PAYOUT)
    for payout in Payout.objects.order_by("pk").iterator():
        should = payout.amount - (payout.foreign or NOTHING) if payout.status == Payout.Status.PAID else NOTHING
        if payout.difference == Payout.Difference.CURRENCY:
            should = NOTHING
        if payout.booked != should:
            yield f"Payout {payout.payout_id} has {payout.booked} booked and should have {should}"
        if (has := paid.pop((BANK, payout.pk), NOTHING)) != payout.booked:
            yield f"Payout {payout.payout_id} has {payout.booked} booked, its entries say {has}"
    for account, key in paid:
        if account == BANK and key is None:
            yield "Entries of a payout name none"


def _charged() -> dict[str, Decimal]:
    sums = ProviderFee.objects.order_by().values_list("gateway").annotate(sum=Sum("amount"))
    return {provider_fees(gateway): exact(amount) for gateway, amount in sums}


def _debits(kind: MoneyEntry.Kind) -> dict[tuple[str, int | None], Decimal]:
    """What came to each account by entries of a kind, and by payout, less what left it."""
    debits = defaultdict[tuple[str, int | None], Decimal](Decimal)
    entries = MoneyEntry.objects.filter(kind=kind).order_by().values_list("debit", "credit", "payout")
    for debit, credit, payout, amount in entries.annotate(sum=Sum("amount")):
        debits[debit, payout] += exact(amount)
        debits[credit, payout] -= exact(amount)
    return debits
