"""Fees and payouts that the money ledger does not explain: selectors.money.provider_faults."""

from datetime import date

import pytest

from cinema.gateways.base import PayoutReport, PayoutState, ReportedFee
from cinema.models import MoneyEntry, Payout, ProviderFee
from cinema.selectors.money.provider_faults import provider_faults
from cinema.services.money.payouts import receive_fee, receive_payout
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def booked():
    """A fee of 5 and one of 2 given back, a payout of 240, one that failed and one in another currency."""
    for name, amount in (("txn_1", 500), ("txn_2", -200)):
        receive_fee(report=ReportedFee(fee_id=name, capture_id="", amount=amount, currency="INR"), gateway="stripe")
    for name, state in (("po_1", PayoutState.PAID), ("po_2", PayoutState.PAID), ("po_2", PayoutState.FAILED)):
        receive_payout(report=reported(name, state), gateway="stripe")
    receive_payout(report=reported("po_3", PayoutState.PAID, currency="EUR"), gateway="stripe")


def reported(name: str, state: PayoutState, *, currency: str = "INR") -> PayoutReport:
    day = date(2026, 11, 29)
    return PayoutReport(payout_id=name, amount=24_000, currency=currency, state=state, arrives_on=day)


def test_what_services_wrote_is_explained():
    assert list(provider_faults()) == []


def test_a_fee_without_its_entry_is_named():
    ProviderFee.objects.create(gateway="stripe", fee_id="txn_3", amount=1, created_at="2026-11-29T00:00Z")

    assert list(provider_faults()) == ["Account provider_fees:stripe has 3.00 and should have 4.00"]


def test_an_entry_without_its_fee_is_named():
    ProviderFee.objects.all().delete()

    assert list(provider_faults()) == ["Account provider_fees:stripe has 3.00 and should have 0"]


def test_a_payout_without_its_entry_is_named():
    with alterable_trail():
        MoneyEntry.objects.filter(payout__payout_id="po_1")._raw_delete("default")

    assert list(provider_faults()) == ["Payout po_1 has 240.00 booked, its entries say 0"]


def test_a_payout_that_failed_and_is_still_booked_is_named():
    Payout.objects.filter(payout_id="po_1").update(status="FAILED")

    assert list(provider_faults()) == ["Payout po_1 has 240.00 booked and should have 0"]


def test_an_entry_of_a_payout_that_names_none_is_named():
    facts = {"kind": "PAYOUT", "debit": "bank", "credit": "clearing:stripe", "amount": 1}
    MoneyEntry.objects.create(at="2026-11-29T00:00Z", **facts)

    assert list(provider_faults()) == ["Entries of a payout name none"]
