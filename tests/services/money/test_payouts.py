"""Fees and payouts of providers in the money ledger, by way of the comparison: services.money.payouts."""

from datetime import date
from decimal import Decimal

import pytest

from cinema.gateways.base import ItemKind, PayoutItem, PayoutReport, PayoutState, ReportedFee
from cinema.models import MoneyEntry, Payment, PaymentIncident, Payout, ProviderFee
from cinema.services.money.payouts import receive_fee, receive_payout
from cinema.services.money.reconciliation import Reconciliation, reconcile
from tests.concurrency.harness import race, without_constraints, without_locks
from tests.fakes.stripe import DISPUTE_FEE
from tests.services.money.providers import Providers

pytestmark = pytest.mark.django_db(transaction=True)

real = pytest.mark.parametrize("gateway", ["stripe", "razorpay"])
Entry = tuple[str, str, str, Decimal]
"""Kind, debit, credit and amount."""


def run(gateway: str) -> Reconciliation:
    [result] = [result for result in reconcile() if result.gateway == gateway]
    assert result.is_complete
    return result


def entries() -> list[Entry]:
    kinds = (MoneyEntry.Kind.PROVIDER_FEE, MoneyEntry.Kind.PAYOUT)
    found = MoneyEntry.objects.filter(kind__in=kinds).order_by("pk")
    return list(found.values_list("kind", "debit", "credit", "amount"))


def fee_entry(gateway: str, amount: str) -> Entry:
    return "PROVIDER_FEE", f"provider_fees:{gateway}", f"clearing:{gateway}", Decimal(amount)


def payout_entry(gateway: str, amount: str) -> Entry:
    return "PAYOUT", "bank", f"clearing:{gateway}", Decimal(amount)


def undone(gateway: str, amount: str) -> Entry:
    return "PAYOUT", f"clearing:{gateway}", "bank", Decimal(amount)


def pay_out(providers: Providers, gateway: str, status: str = "paid") -> str:
    if gateway == "stripe":
        return providers.stripe.pay_out(status)["id"]
    return providers.razorpay.settle("processed" if status == "paid" else "created")["id"]


def decide(providers: Providers, gateway: str, payout: str, status: str) -> None:
    if gateway == "stripe":
        providers.stripe.decide_payout(payout, status)
    else:
        providers.razorpay.settlements[payout]["status"] = "processed" if status == "paid" else status


# Fees


@real
def test_the_fee_of_a_payment_is_booked_once_with_its_order(providers, gateway):
    payment = providers.sold(gateway)

    assert run(gateway).fees == 1
    assert run(gateway).fees == 0

    assert entries() == [fee_entry(gateway, "5.00")]
    entry = MoneyEntry.objects.get(kind="PROVIDER_FEE")
    assert (entry.payment, entry.order, entry.theatre_id) == (payment, payment.order, payment.order.theatre_id)


@real
def test_a_fee_is_still_booked_once_when_it_is_paid_out(providers, gateway):
    providers.sold(gateway)
    run(gateway)
    pay_out(providers, gateway)

    assert run(gateway).fees == 0


@real
def test_fees_of_others_who_use_the_account_are_not_booked(providers, gateway):
    providers.sold(gateway)
    Payment.objects.update(gateway="another")

    assert run(gateway).fees == 0
    assert entries() == []


@real
def test_a_fee_that_changes_is_named_once(providers, gateway):
    providers.sold(gateway)
    run(gateway)
    ProviderFee.objects.update(amount=4)

    for _ in range(2):
        assert len(run(gateway).differences) == 1

    assert list(PaymentIncident.objects.values_list("kind", "reported")) == [("FEE", "5.00 INR")]
    assert entries() == [fee_entry(gateway, "5.00")]


@pytest.mark.parametrize("odd", [{"currency": "EUR"}, {"amount": 10**10}, {"amount": -(10**10)}, {"amount": 0}])
def test_a_fee_that_cannot_be_is_named_and_not_booked(providers, odd):
    payment = providers.sold("stripe")
    for entry in providers.stripe.balance.values():
        entry |= {"fee": odd.get("amount", entry["fee"]), "currency": odd.get("currency", entry["currency"])}

    result = run("stripe")

    assert entries() == []
    assert [found.payment for found in result.differences] == [payment] * (odd != {"amount": 0})


def test_what_is_charged_for_no_payment_belongs_to_no_theatre(providers):
    providers.stripe.charge_monthly(1_180)

    run("stripe")

    assert entries() == [fee_entry("stripe", "11.80")]
    assert MoneyEntry.objects.filter(theatre=None, order=None).count() == 1


def test_a_fee_of_more_than_its_payment_is_booked(providers):
    payment = providers.sold("stripe")
    report = ReportedFee(fee_id="txn_1", capture_id=payment.capture_id, amount=30_000, currency="INR")

    assert receive_fee(report=report, gateway="stripe")

    assert entries() == [fee_entry("stripe", "300.00")]


def test_a_fee_given_back_is_booked_the_other_way_round(providers):
    payment = providers.sold("stripe")
    report = ReportedFee(fee_id="txn_1", capture_id=payment.capture_id, amount=-200, currency="INR")

    assert receive_fee(report=report, gateway="stripe")

    assert entries() == [("PROVIDER_FEE", "clearing:stripe", "provider_fees:stripe", Decimal(2))]


# Payouts


@real
def test_a_payout_is_booked_once_with_what_it_contains(providers, gateway):
    providers.refunded(gateway)
    providers.sold(gateway)
    payout = pay_out(providers, gateway)

    assert run(gateway).payouts == 1
    assert run(gateway).payouts == 0

    assert entries()[2:] == [payout_entry(gateway, "240.00")]
    row = Payout.objects.get()
    assert (row.payout_id, row.status, row.amount, row.booked) == (payout, "PAID", 240, 240)
    assert (row.payments, row.refunds, row.fees, row.other, row.foreign) == (500, 250, 10, 0, 0)
    assert row.difference == ""
    entry = MoneyEntry.objects.get(kind="PAYOUT")
    assert (entry.payout, entry.theatre, entry.order) == (row, None, None)


@real
def test_after_a_payout_nothing_of_it_is_left_at_the_provider(providers, gateway):
    providers.sold(gateway)
    pay_out(providers, gateway)
    run(gateway)
    payment = Payment.objects.get()

    taken = sum(entry[3] for entry in entries() if entry[2] == f"clearing:{gateway}")

    assert taken == payment.amount


@real
def test_a_payout_on_its_way_is_booked_when_it_is_paid(providers, gateway):
    providers.sold(gateway)
    payout = pay_out(providers, gateway, "pending")
    assert run(gateway).payouts == 0
    assert Payout.objects.get().status == Payout.Status.PENDING

    decide(providers, gateway, payout, "paid")

    assert run(gateway).payouts == 1
    assert entries()[1:] == [payout_entry(gateway, "245.00")]


@real
def test_a_payout_that_fails_afterwards_is_undone_once(providers, gateway):
    providers.sold(gateway)
    payout = pay_out(providers, gateway)
    run(gateway)
    decide(providers, gateway, payout, "failed")

    assert run(gateway).payouts == 1
    assert run(gateway).payouts == 0

    assert entries()[1:] == [payout_entry(gateway, "245.00"), undone(gateway, "245.00")]
    row = Payout.objects.get()
    assert (row.status, row.booked) == ("FAILED", 0)


@real
def test_a_payout_that_failed_before_it_was_seen_is_not_booked(providers, gateway):
    providers.sold(gateway)
    decide(providers, gateway, pay_out(providers, gateway), "failed")

    assert run(gateway).payouts == 0
    assert len(entries()) == 1


def test_a_payout_of_days_ago_that_fails_is_undone(providers):
    providers.sold("stripe")
    payout = pay_out(providers, "stripe")
    run("stripe")
    for one in (*providers.stripe.payouts.values(), *providers.stripe.balance.values()):
        one["created"] -= 9 * 86_400
    decide(providers, "stripe", payout, "failed")

    run("stripe")

    assert entries()[-1] == undone("stripe", "245.00")
    assert Payout.objects.get().payments == 250  # as it was known


@real
def test_money_of_others_who_use_the_account_stays_out_of_the_ledger(providers, gateway):
    providers.sold(gateway)
    foreign = providers.sold(gateway)
    Payment.objects.filter(pk=foreign.pk).update(gateway="another")
    pay_out(providers, gateway)

    run(gateway)

    assert entries() == [fee_entry(gateway, "5.00"), payout_entry(gateway, "245.00")]
    row = Payout.objects.get()
    assert (row.amount, row.payments, row.foreign, row.booked) == (490, 250, 245, 245)
    assert row.difference == ""


def test_a_payout_made_by_hand_is_booked_though_nobody_knows_what_it_contains(providers):
    providers.sold("stripe")
    providers.stripe.pay_out(automatic=False)

    run("stripe")

    row = Payout.objects.get()
    assert (row.payments, row.booked, row.difference) == (None, 245, "")


def test_a_dispute_and_its_fee_lessen_a_payout(providers):
    payment = providers.sold("stripe")
    providers.stripe.pay_out()
    providers.stripe.dispute(payment.capture_id)
    providers.stripe.pay_out()

    run("stripe")

    fee = DISPUTE_FEE // 100
    rows = Payout.objects.order_by("amount").values_list("amount", "payments", "fees", "other", "difference")
    assert list(rows) == [(-250 - fee, 0, fee, -250, ""), (245, 250, 5, 0, "")]
    assert undone("stripe", f"{250 + fee}") in entries()


@real
def test_a_payout_that_does_not_add_up_is_named_each_time(providers, gateway):
    providers.sold(gateway)
    payout = pay_out(providers, gateway)
    entity = (providers.stripe.payouts | providers.razorpay.settlements)[payout]
    entity["amount"] -= 100

    for _ in range(2):
        [found] = run(gateway).differences
        assert (found, found.difference) == (Payout.objects.get(), "CONTENTS")

    assert entries()[1:] == [payout_entry(gateway, "244.00")]  # what the bank has got


@real
def test_a_payout_whose_amount_changes_is_named_and_stays_as_booked(providers, gateway):
    providers.sold(gateway)
    payout = pay_out(providers, gateway)
    run(gateway)
    (providers.stripe.payouts | providers.razorpay.settlements)[payout]["amount"] = 1

    [found] = run(gateway).differences

    assert (found.difference, found.amount, found.booked) == ("CHANGED", 245, 245)


def test_a_payout_in_another_currency_is_named_and_not_booked():
    payout, is_booked = receive_payout(report=reported(currency="EUR"), gateway="stripe")

    assert (payout.difference, is_booked, entries()) == ("CURRENCY", False, [])


def test_money_that_a_provider_collects_from_the_bank_is_booked_the_other_way_round():
    receive_payout(report=reported(amount=-100), gateway="stripe")

    assert entries() == [undone("stripe", "1.00")]


def reported(*, amount: int = 100, currency: str = "INR") -> PayoutReport:
    return PayoutReport(
        payout_id="po_1",
        amount=amount,
        currency=currency,
        state=PayoutState.PAID,
        arrives_on=date(2026, 11, 29),
        items=(PayoutItem(ItemKind.OTHER, "", amount, 0),),
    )


# At once


def test_a_fee_reported_twice_at_once_is_booked_once(providers):
    payment = providers.sold("stripe")
    report = ReportedFee(fee_id="txn_1", capture_id=payment.capture_id, amount=500, currency="INR")

    outcomes = race(*[lambda: receive_fee(report=report, gateway="stripe")] * 3)

    assert sorted(outcome.value for outcome in outcomes) == [False, False, True]
    assert entries() == [fee_entry("stripe", "5.00")]


def test_a_payout_reported_twice_at_once_is_booked_once():
    outcomes = race(*[lambda: receive_payout(report=reported(), gateway="stripe")] * 3)

    assert sorted(outcome.value[1] for outcome in outcomes) == [False, False, True]
    assert entries() == [payout_entry("stripe", "1.00")]


def test_control_without_the_constraints_both_are_booked_twice(providers):
    payment = providers.sold("stripe")
    report = ReportedFee(fee_id="txn_1", capture_id=payment.capture_id, amount=500, currency="INR")

    with without_constraints("provider_fee_once", "payout_once"), without_locks():
        race(*[lambda: receive_fee(report=report, gateway="stripe")] * 3)
        race(*[lambda: receive_payout(report=reported(), gateway="stripe")] * 3)
        booked = sorted(entry[0] for entry in entries())

    assert booked.count("PROVIDER_FEE") > 1
    assert booked.count("PAYOUT") > 1
